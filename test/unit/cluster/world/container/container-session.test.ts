import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { ExecSession } from '#world/container/container-session.ts'
import { ScriptedCluster } from '../../../../support/scripted-cluster.ts'

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
}

const started = (): { readonly cluster: ScriptedCluster['cluster']; readonly pod: Pod } => {
  const script = new ScriptedCluster({ rebuilt: false })
  script.create(POD)
  script.cluster.advance(script.cluster.now + 60_000)
  const pod = script.cluster.objects('pods').find(({ metadata }) => metadata.name === 'web') as Pod
  return { cluster: script.cluster, pod }
}

const execOf = (pod: Pod, command: readonly string[], stdin = false) =>
  new ExecSession({ pod, container: 'c', command, stdin, tty: false })

describe('a command in a container', () => {
  it('writes and ends', () => {
    const { cluster, pod } = started()
    const news = cluster.look(execOf(pod, ['sh', '-c', 'echo é; exit 3']))
    expect(news).toEqual({ stdout: '\xc3\xa9\n', stderr: '', exitCode: 3 })
  })

  it('tells what it writes to two places in its order', () => {
    const { cluster, pod } = started()
    const news = cluster.look(execOf(pod, ['sh', '-c', 'echo no >&2; echo a; echo b; ls /nope']))
    const nope = "ls: cannot access '/nope': No such file or directory\n"
    expect(news).toEqual({
      stdout: 'a\nb\n',
      stderr: `no\n${nope}`,
      pieces: [
        [2, 'no\n'],
        [1, 'a\nb\n'],
        [2, nope],
      ],
      exitCode: 2,
    })
  })

  it('sleeps on the clock of the session', () => {
    const { cluster, pod } = started()
    const session = execOf(pod, ['sh', '-c', 'sleep 0.5; echo awake'])
    expect(cluster.look(session)).toEqual({ stdout: '', stderr: '', wakeIn: 500 })
    cluster.advance(cluster.now + 500)
    expect(cluster.look(session)).toEqual({ stdout: 'awake\n', stderr: '', exitCode: 0 })
  })

  it('reads characters that come in pieces, and the end of its input', () => {
    const { cluster, pod } = started()
    const session = execOf(pod, ['cat'], true)
    session.feed('a\xc3')
    expect(cluster.look(session).stdout).toBe('a')
    session.feed('\xa9\xff')
    session.endInput()
    expect(cluster.look(session)).toEqual({ stdout: '\xc3\xa9\xff', stderr: '', exitCode: 0 })
  })

  it('finds what an earlier one wrote', () => {
    const { cluster, pod } = started()
    cluster.look(execOf(pod, ['sh', '-c', 'echo kept > /tmp/x']))
    expect(cluster.look(execOf(pod, ['cat', '/tmp/x'])).stdout).toBe('kept\n')
    const kept = () => cluster.state().memory.filter(([key]) => key.startsWith('kubelet/files/'))
    expect(kept()).toHaveLength(1)
  })

  it('works for ever without holding anybody up', () => {
    const { cluster, pod } = started()
    const session = execOf(pod, ['sh', '-c', 'while :; do :; done'])
    for (let turn = 0; turn < 3; turn++) expect(cluster.look(session).wakeIn).toBeGreaterThan(0)
  })

  it('is refused where there is no such program, and no such container', () => {
    const { cluster, pod } = started()
    const missing = cluster.look(execOf(pod, ['/bin/nope']))
    expect(missing.stdout).toBe(
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/nope": stat /bin/nope: no such file or directory: unknown\r\n',
    )
    expect(missing.exitCode).toBe(127)
    const nowhere = new ExecSession({
      pod,
      container: 'other',
      command: ['true'],
      stdin: false,
      tty: false,
    })
    expect(cluster.look(nowhere).failure).toBe(
      'unable to upgrade connection: container not found ("other")',
    )
  })
})
