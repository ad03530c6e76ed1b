import { describe, expect, test } from 'vitest'
import { Desk } from '../../support/workstation.ts'

const desk = new Desk()

describe('the computer', () => {
  test.each([
    ['whoami; hostname; pwd; id -u', 'learner\nworkstation\n/home/learner\n1000\n'],
    ['echo $HOME $USER $SHELL ${KUBECONFIG-unset}', '/home/learner learner /bin/bash unset\n'],
    ['ls -A', '.bashrc\n.kube\n.profile\n'],
    [
      'type kubectl; which k curl',
      'kubectl is /usr/bin/kubectl\n/usr/local/bin/k\n/usr/bin/curl\n',
    ],
    ['grep current-context .kube/config', 'current-context: kubarium\n'],
    ['yes | head -n 3', 'y\ny\ny\n'],
    [
      'cat /etc/hostname; tail -n 1 /etc/passwd',
      'workstation\nlearner:x:1000:1000::/home/learner:/bin/bash\n',
    ],
  ])('%s', (command, stdout) => {
    expect(desk.run(command)).toEqual({ stdout, stderr: '', exitCode: 0 })
  })

  test('says what it does not have as bash does', () => {
    expect(desk.run('helm list')).toEqual({
      stdout: '',
      stderr: 'bash: line 1: helm: command not found\n',
      exitCode: 127,
    })
  })
})
