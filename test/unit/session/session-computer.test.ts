import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Cluster } from '#cluster.ts'
import { settingsOf } from '#settings.ts'
import { callClock, type ClockCall } from '../../../durable-objects/session/clock-call.ts'
import { HomeStore } from '../../../durable-objects/session/computer/home-store.ts'
import { SessionComputer } from '../../../durable-objects/session/computer/session-computer.ts'
import { SessionClock } from '../../../durable-objects/session-clock.ts'

const BORN = Date.UTC(2026, 0, 1)
const MANIFEST = `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
`

/** A session without storage, in a time that the test lets pass. */
class Session {
  readonly cluster = new Cluster({
    seed: 1,
    settings: settingsOf({ delays: 'lively' }),
    createdAt: BORN,
  })
  readonly clock = new SessionClock(BORN, BORN)
  readonly computer = new SessionComputer({
    turn: (act) => this.turn(act),
    hold: () => () => undefined,
    store: new HomeStore({ exec: () => ({ toArray: () => [] }) }),
    clock: () => this.clock,
    session: 'session',
  })
  #heard: string[] = []

  turn<T>(act: (cluster: Cluster) => T): T {
    const { cluster, clock } = this
    cluster.advance(clock.advance(Date.now(), true))
    const result = act(cluster)
    cluster.takeChanges()
    cluster.flushWatches()
    this.computer.afterTurn()
    return result
  }

  call(call: ClockCall): void {
    this.turn((cluster) => callClock(cluster, this.clock, call))
  }

  /** Starts a command; what it has said by now is `heard`. */
  async start(command: string, stdin = ''): Promise<void> {
    this.#heard = []
    const body = JSON.stringify({ command, stdin })
    const request = new Request('http://session/', { method: 'POST', body })
    const asked = { computer: 'shell', isStreamed: true, key: 'key' } as const
    const { body: answer } = await this.computer.answer(asked, request)
    const reader = answer!.pipeThrough(new TextDecoderStream()).getReader()
    const read = async (): Promise<void> => {
      for (;;) {
        const { value, done } = await reader.read()
        if (done) return
        this.#heard.push(value.trim())
      }
    }
    void read()
    await vi.advanceTimersByTimeAsync(0)
  }

  /** Lets real time pass. */
  async after(ms: number): Promise<string> {
    await vi.advanceTimersByTimeAsync(ms)
    return this.#heard.join('')
  }

  /** A command that ends at once. */
  async run(command: string, stdin?: string): Promise<string> {
    await this.start(command, stdin)
    return this.after(1)
  }
}

const DONE = '{"exitCode":0}'

describe("programs on the learner's computer", () => {
  let session: Session

  // they are loaded when somebody first uses them, which takes real time
  beforeAll(async () => void (await import('#workstation/programs.ts')), 60_000)

  beforeEach(() => {
    vi.useFakeTimers({ now: BORN })
    session = new Session()
  })

  afterEach(() => {
    session.computer.drop('the test is over')
    vi.useRealTimers()
  })

  test.each([
    [1, 5000],
    [10, 500],
    [0.5, 10_000],
  ])('at speed %s five seconds take %s ms', async (speed, real) => {
    session.call({ run: true, speed })
    await session.start('sleep 5')
    expect(await session.after(real - 50)).toBe('')
    expect(await session.after(100)).toBe(DONE)
  })

  test('a sleep lasts as long as the clock stands, and ends when time was let pass', async () => {
    session.call({ pause: true })
    await session.start('sleep 5; date +%T')
    expect(await session.after(50_000)).toBe('')
    session.call({ advance: '4s' })
    expect(await session.after(100)).toBe('')
    session.call({ advance: '1s' })
    expect(await session.after(1)).toBe(`{"stdout":"00:00:05\\n"}${DONE}`)
  })

  test('what sleeps goes on at the new pace when that changes', async () => {
    await session.start('sleep 100')
    await session.after(10_000)
    session.call({ run: true, speed: 10 })
    expect(await session.after(8900)).toBe('')
    expect(await session.after(200)).toBe(DONE)
  })

  test('what has something to do does not wait for the clock', async () => {
    session.call({ pause: true })
    const many = 'for i in $(seq 3000); do x=$i; done; echo $x'
    expect(await session.run(many)).toContain('{"stdout":"3000\\n"}')
  })

  test('who waits for the cluster sees at once what an advance has brought', async () => {
    session.call({ pause: true })
    await session.run('kubectl apply -f -', MANIFEST)
    await session.start('kubectl wait --for=condition=Ready pod/web --timeout=60s')
    expect(await session.after(30_000)).toBe('')
    session.call({ until: { for: 'condition=Ready', object: 'pod/web' } })
    expect(await session.after(1)).toContain(`condition met\\n"}${DONE}`)
  })

  test('a timeout of kubectl is one of the session', async () => {
    session.call({ pause: true })
    await session.run('kubectl apply -f -', MANIFEST)
    await session.start('kubectl wait --for=condition=Scarlet pod/web --timeout=30s')
    expect(await session.after(50_000)).toBe('')
    session.call({ advance: '31s' })
    expect(await session.after(1)).toContain('timed out waiting for the condition')
  })

  test('the network answers at once while the clock stands', async () => {
    await session.run('kubectl apply -f -', MANIFEST)
    session.call({ advance: '1m' })
    session.call({ pause: true })
    const curl = 'curl -s -o /dev/null -w "%{http_code}" http://192.168.49.2:30080'
    expect(await session.run(curl)).toContain('{"stdout":"200"}')
    expect(await session.run('curl http://192.168.49.99')).toContain('"exitCode":7')
    const inside = `kubectl exec web -- ${curl.replace('192.168.49.2:30080', 'web')}`
    expect(await session.run(inside)).toContain('{"stdout":"200"}')
    expect(session.clock.session).toBe(session.cluster.now)
    expect(session.clock.isRunning).toBe(false)
  })
})
