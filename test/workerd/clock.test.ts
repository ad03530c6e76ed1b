import { abortAllDurableObjects } from 'cloudflare:test'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { call, linesOf, newSession, withBody, type TestSession } from './session.ts'

interface Clock {
  readonly running: boolean
  readonly speed: number
  readonly now: string
  readonly atRest: boolean
  readonly revision: number
  readonly reached?: boolean
  readonly why?: string
  readonly count?: number
  readonly happened?: readonly { readonly kind: string; readonly at: string }[]
}

const PODS = '/api/v1/namespaces/default/pods'
const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
})

const auth = ({ key }: TestSession) => ({ authorization: `Bearer ${key}` })
const path = ({ id }: TestSession): string => `/api/sessions/${id}`

const clockOf = async (session: TestSession): Promise<Clock> =>
  (await call(`${path(session)}/clock`)).json()

const setClock = (session: TestSession, body: object): Promise<Response> =>
  call(`${path(session)}/clock`, {
    method: 'POST',
    headers: auth(session),
    body: JSON.stringify(body),
  })

const turn = async (session: TestSession, body: object): Promise<Clock> => {
  const answer = await setClock(session, body)
  expect(answer.status).toBe(200)
  return answer.json()
}

const phaseOf = async (session: TestSession, name: string): Promise<string> => {
  const { status } = await session.json<{ status: { phase: string } }>(`${PODS}/${name}`)
  return status.phase
}

/** Lets the platform's clock go ahead by so much. */
const pass = (milliseconds: number): void => void vi.setSystemTime(Date.now() + milliseconds)

describe("a session's clock", () => {
  afterEach(() => void vi.useRealTimers())

  test('runs in real time until somebody stops it, and stands across an eviction', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const session = await newSession()
    const before = await clockOf(session)
    expect(before).toMatchObject({ running: true, speed: 1, atRest: true })
    pass(30_000)
    const paused = await turn(session, { pause: true })
    expect(Date.parse(paused.now) - Date.parse(before.now)).toBe(30_000)
    pass(3_600_000)
    await abortAllDurableObjects()
    pass(3_600_000)
    expect(await clockOf(session)).toMatchObject({ running: false, now: paused.now })
    const described = await (await call(path(session))).json<{ clock: Clock }>()
    expect(described.clock).toEqual({ running: false, speed: 1, now: paused.now })
    await turn(session, { run: true, speed: 100 })
    await abortAllDurableObjects()
    pass(1000)
    const fast = await clockOf(session)
    expect(fast).toMatchObject({ running: true, speed: 100 })
    expect(Date.parse(fast.now) - Date.parse(paused.now)).toBeGreaterThanOrEqual(100_000)
  })

  test('that stands lets nothing happen until it is told to', async () => {
    const session = await newSession({ delays: 'real', paused: true, template: 'bare' })
    await session.kubernetes(PODS, withBody('POST', pod('web')))
    expect(await phaseOf(session, 'web')).toBe('Pending')
    const step = await turn(session, { step: true })
    expect(step).toMatchObject({ reached: true, running: false })
    expect(step.happened!.at(-1)).toMatchObject({ kind: 'Pod', at: step.now })
    expect(await phaseOf(session, 'web')).toBe('Running')
    await abortAllDurableObjects()
    expect((await clockOf(session)).now).toBe(step.now)
  })

  test('who watches is told at once what an advance has brought', async () => {
    const session = await newSession({ delays: 'real', paused: true, template: 'bare' })
    const watch = await session.kubernetes(`${PODS}?watch=true`)
    const lines = linesOf(watch)
    await session.kubernetes(PODS, withBody('POST', pod('web')))
    const until = { for: 'condition=Ready', object: 'pod/web' }
    expect(await turn(session, { until })).toMatchObject({ reached: true })
    let text = ''
    while (!text.includes('"phase":"Running"')) text = JSON.stringify(await lines.next())
    expect(text).toContain('"MODIFIED"')
    await lines.cancel()
  })

  test('is turned with the key alone', async () => {
    const session = await newSession()
    const asked = { method: 'POST', body: '{"pause": true}' }
    expect((await call(`${path(session)}/clock`, asked)).status).toBe(403)
    expect((await clockOf(session)).running).toBe(true)
  })

  test.each([
    ['nothing', ''],
    ['no number', '{"run": true, "speed": 1e9}'],
    ['the past', '{"advance": "-1h"}'],
    ['a million steps', '{"step": 1000000}'],
    ['no condition', '{"until": {"for": "luck", "object": "pod/web"}}'],
  ])('refuses %s and stays as it was', async (_name, body) => {
    const session = await newSession({ template: 'bare', paused: true })
    const before = await clockOf(session)
    const answer = await call(`${path(session)}/clock`, {
      method: 'POST',
      headers: auth(session),
      body,
    })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await clockOf(session)).toEqual(before)
  })
})

test('delays are changed while the session lives, and come back after an eviction', async () => {
  const session = await newSession({ delays: 'real', paused: true, template: 'bare' })
  await session.kubernetes(PODS, withBody('POST', pod('before')))
  const changed = await call(path(session), {
    method: 'PATCH',
    headers: auth(session),
    body: '{"delays": {"preset": "instant", "imagePull": 5}}',
  })
  expect(changed.status).toBe(200)
  await abortAllDurableObjects()
  await session.kubernetes(PODS, withBody('POST', pod('after')))
  expect(await phaseOf(session, 'after')).toBe('Running')
  const refused = await call(path(session), {
    method: 'PATCH',
    headers: auth(session),
    body: '{"delays": {"imagePull": -5}}',
  })
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('milliseconds')
})
