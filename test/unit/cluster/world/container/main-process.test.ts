import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { ExecSession } from '#world/container/container-session.ts'
import { ScriptedCluster } from '../../../../support/scripted-cluster.ts'

const A_SECOND = 1000

const started = (container: object) => {
  const script = new ScriptedCluster({ settings: { delays: 'instant' } })
  script.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', ...container }] },
  })
  script.advance(A_SECOND)
  const pod = () => script.get('/api/v1/namespaces/default/pods/p') as Pod
  const exec = (...command: string[]) =>
    script.cluster.look(
      new ExecSession({ pod: pod(), container: 'c', command, stdin: false, tty: false }),
    )
  const status = () => pod().status.containerStatuses![0]!
  return { script, exec, status }
}

const TRAPPING = ['sh', '-c', 'trap "exit 3" TERM; sleep 1000']

describe("a container's first process", () => {
  it('is seen beside what is started later', () => {
    const { exec } = started({ image: 'busybox', command: ['sleep', '1000'] })
    expect(exec('ps').stdout).toMatch(
      /^PID +USER.*\n +1 root +\d+:\d\d sleep 1000\n +\d+ root +\d+:\d\d ps\n$/,
    )
    expect(exec('pidof', 'sleep').stdout).toBe('1\n')
    expect(exec('sh', '-c', 'kill -0 1').exitCode).toBe(0)
    expect(exec('sh', '-c', 'kill 7').exitCode).toBe(1)
  })

  it.each([
    ['nginx', {}, ['nginx', '-s', 'quit'], 0],
    ['nginx', {}, ['/usr/sbin/nginx', '-s', 'stop'], 0],
    ['nginx', {}, ['sh', '-c', 'kill 1'], 0],
    ['busybox', { command: TRAPPING }, ['kill', '-TERM', '1'], 3],
  ])('of %s %j ends when it is told to with %j', (image, more, command, code) => {
    const { script, exec, status } = started({ image, ...more })
    expect(exec(...command).exitCode).toBe(0)
    script.advance(A_SECOND)
    expect(status()).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: code } },
    })
  })

  it.each([
    ['busybox', { command: ['sleep', '1000'] }, ['kill', '1']],
    ['busybox', { command: ['sleep', '1000'] }, ['kill', '-9', '1']],
    ['nginx', {}, ['nginx', '-s', 'reload']],
    ['nginx', {}, ['nginx', '-t']],
  ])('of %s %j goes on in spite of %j', (image, more, command) => {
    const { script, exec, status } = started({ image, ...more })
    expect(exec(...command).exitCode).toBe(0)
    script.advance(A_SECOND)
    expect(status().restartCount).toBe(0)
  })
})
