import { describe, expect, test } from 'vitest'
import { kubectlTool } from '#kubectl/kubectl.ts'
import { Desk } from '../../support/workstation.ts'

const newDesk = (): Desk => new Desk({ template: 'bare', delays: 'instant' }, kubectlTool)

describe('the preferences of a home folder', () => {
  test('give defaults to flags and names to commands', () => {
    const desk = newDesk()
    const set = 'kubectl kuberc set --section'
    expect(desk.run(`${set} aliases --name nodenames --command get --prependarg nodes`)).toEqual({
      stdout: 'Updated /home/learner/.kube/kuberc\n',
      stderr: '',
      exitCode: 0,
    })
    desk.run(`${set} defaults --command get --option output=name`)
    expect(desk.run('kubectl nodenames -o name').stdout).toBe(
      'node/node-1\nnode/node-2\nnode/node-3\n',
    )
    expect(desk.run('kubectl get ns default').stdout).toBe('namespace/default\n')
    expect(desk.run('KUBERC=off kubectl get ns default').stdout).toContain('Active')
  })

  test('are offered to whoever has none', () => {
    const desk = newDesk()
    const { stdout } = desk.run('kubectl kuberc view', { stdin: 'y\n' })
    expect(stdout).toContain('(y/N): Updated /home/learner/.kube/kuberc\n')
    expect(desk.run('cat ~/.kube/kuberc').stdout).toContain('command: delete')
  })

  test.each(['a: [', '__proto__: x', '- 1', 'kind: Preference', '"\u0000"'])(
    'stop nobody if they are none: %j',
    (text) => {
      const desk = newDesk()
      desk.run('cat > ~/.kube/kuberc', { stdin: text })
      const { exitCode, stderr } = desk.run('kubectl get ns default')
      expect(exitCode).toBe(0)
      expect(stderr).toContain('kuberc: no preferences loaded from /home/learner/.kube/kuberc: ')
    },
  )
})
