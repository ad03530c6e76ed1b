import type { Pod } from '#api/core/v1/pod/types.ts'
import { AttachedSession } from '#world/container/attached-session.ts'
import { describe, expect, it } from 'vitest'
import { ScriptedCluster } from '../../../../support/scripted-cluster.ts'

const started = (command: readonly string[], container: object = {}, age = 60_000) => {
  const script = new ScriptedCluster()
  script.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'job', namespace: 'default' },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox', command, stdin: true, ...container }],
    },
  })
  const { cluster } = script
  cluster.advance(cluster.now + age)
  const podNow = () =>
    cluster.objects('pods').find(({ metadata }) => metadata.name === 'job') as Pod
  const attach = (stdin = true) =>
    new AttachedSession({ pod: podNow(), container: 'c', command: [], stdin, tty: false })
  return { cluster, attach, podNow }
}

describe('attach', () => {
  it('feeds a program that reads, and ends it with its input if there is none to come', () => {
    const { cluster, attach, podNow } = started(['sh', '-c', 'cat; echo over'], { stdinOnce: true })
    expect(podNow().status?.phase).toBe('Running')
    const session = attach()
    session.feed('one\n')
    session.endInput()
    expect(cluster.look(session)).toEqual({ stdout: 'one\nover\n', stderr: '', exitCode: 0 })
    expect(podNow().status?.phase).toBe('Succeeded')
  })

  it('lets go who has no more to say to a program that goes on without him', () => {
    const { cluster, attach, podNow } = started(['cat'])
    const session = attach()
    session.feed('one\n')
    session.endInput()
    expect(cluster.look(session)).toEqual({ stdout: 'one\n', stderr: '', exitCode: 0 })
    expect(podNow().status?.phase).toBe('Running')
    const next = attach()
    next.feed('two\n')
    expect(cluster.look(next).stdout).toBe('two\n')
  })

  it('shows what comes from now on, before and after the program reads', () => {
    const script = 'echo one; sleep 100; echo two; read x; echo "got $x"'
    const { cluster, attach } = started(['sh', '-c', script], { stdinOnce: true })
    const session = attach()
    session.feed('it\n')
    expect(cluster.look(session).stdout).toBe('')
    cluster.advance(cluster.now + 60_000)
    expect(cluster.look(session)).toEqual({ stdout: 'two\ngot it\n', stderr: '', exitCode: 0 })
  })

  it('goes on from where the program is, not from its beginning', () => {
    const script = 'sleep 30; echo slept; read x; date +%s'
    const { cluster, attach } = started(['sh', '-c', script], { stdinOnce: true })
    const session = attach()
    session.feed('it\n')
    expect(cluster.look(session)).toEqual({
      stdout: `${Math.floor(cluster.now / 1000)}\n`,
      stderr: '',
      exitCode: 0,
    })
  })

  it('has nothing to show of what has just ended, and refuses what ended before', () => {
    const { cluster, attach, podNow } = started(['echo', 'hello'], {}, 0)
    for (let looks = 0; looks < 100 && podNow().status?.phase !== 'Succeeded'; looks++)
      cluster.advance(cluster.now + 100)
    expect(podNow().status?.phase).toBe('Succeeded')
    expect(cluster.look(attach())).toEqual({ stdout: '', stderr: '', exitCode: 0 })
    cluster.advance(cluster.now + 60_000)
    expect(cluster.look(attach()).failure).toBe(
      'unable to upgrade connection: container c not found in pod job_default',
    )
  })
})
