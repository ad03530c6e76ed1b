import { describe, expect, test } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { Cluster } from '#cluster.ts'
import { applyManifests } from '#manifests/apply.ts'
import { settingsOf } from '#settings.ts'
import { containerProcess } from '../../../durable-objects/session/streams/container-process.ts'
import { ADMINISTRATOR } from '../../../durable-objects/session/users.ts'
import { type Pace, SessionClock } from '../../../durable-objects/session-clock.ts'

const BORN = Date.UTC(2026, 0, 1)
const MANIFEST = `
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: nginx}]}
`

/** A program in a container of a cluster whose time is set by hand. */
const exec = (pace: Pace, ...command: readonly string[]) => {
  const cluster = new Cluster({
    seed: 1,
    settings: settingsOf({ delays: 'instant' }),
    createdAt: BORN,
  })
  applyManifests(cluster, ADMINISTRATOR, MANIFEST)
  const clock = new SessionClock(BORN, BORN, pace)
  const pods = cluster.objects('pods') as readonly Pod[]
  const pod = pods.find(({ metadata }) => metadata.name === 'web')!
  const asked = { kind: 'exec', pod, container: 'web', command, stdin: true, tty: false } as const
  const connection = asked as unknown as Parameters<typeof containerProcess>[0]
  const process = containerProcess(
    connection,
    (act) => act(cluster),
    () => clock,
  )
  const pass = (ms: number): void => {
    cluster.advance(cluster.now + ms)
    clock.setTo(cluster.now)
  }
  return { process, pass }
}

describe('a program in a container', () => {
  test.each([
    [{}, 500],
    [{ speed: 10 }, 50],
    // nobody tells it that time was let pass
    [{ speed: 0.1 }, 1000],
    [{ isRunning: false }, 1000],
  ])('with %j is looked at again after %j ms', (pace, wakeIn) => {
    const { process, pass } = exec(pace, 'sh', '-c', 'sleep 0.5; echo done')
    expect(process.look()).toMatchObject({ stdout: '', wakeIn })
    pass(499)
    expect(process.look().exitCode).toBeUndefined()
    pass(1)
    expect(process.look()).toMatchObject({ stdout: 'done\n', exitCode: 0 })
  })

  test('that waits for input is looked at as ever', () => {
    const { process } = exec({ speed: 100 }, 'cat')
    expect(process.look()).toMatchObject({ wakeIn: 1000 })
    process.feed('hello\n')
    expect(process.look()).toMatchObject({ stdout: 'hello\n', wakeIn: 1000 })
  })

  test('is answered by the network at once while time stands', () => {
    const curl = ['curl', '-sk', '-o', '/dev/null', '-w', '%{http_code}', 'http://localhost']
    expect(exec({ isRunning: false }, ...curl).process.look()).toMatchObject({
      stdout: '200',
      exitCode: 0,
    })
    expect(exec({}, ...curl).process.look().exitCode).toBeUndefined()
  })
})
