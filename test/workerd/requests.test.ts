import { afterEach, describe, expect, test, vi } from 'vitest'
import { call, newSession, withBody, type TestSession } from './session.ts'

interface Sent {
  readonly outcomes: Readonly<Record<string, number>>
  readonly endpoints: readonly { readonly name: string; readonly count: number }[]
  readonly retried?: readonly { readonly outcome: string; readonly count: number }[]
}

interface Traced {
  readonly outcome: string
  readonly reply?: { readonly from: string }
  readonly hops: readonly { readonly what: string; readonly says: string }[]
}

afterEach(() => {
  vi.restoreAllMocks()
})

/** Lets the platform's clock go ahead by so much. */
const wait = (milliseconds: number): void => {
  const now = Date.now() + milliseconds
  vi.spyOn(Date, 'now').mockReturnValue(now)
}

const post = (session: TestSession, path: string, body: object, accept = 'application/json') => {
  const { headers, ...init } = withBody('POST', body)
  return call(`/api/sessions/${session.id}/${path}`, {
    ...init,
    headers: { ...headers, accept, authorization: `Bearer ${session.key}` },
  })
}

const deployment = (replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  containers: [{name: client, image: busybox, command: [sleep, 1d]}]
---
`

const sessionWith = async (manifests: string, settings: object = {}): Promise<TestSession> => {
  const session = await newSession({ delays: 'instant', manifests, ...settings })
  wait(60_000)
  await session.kubernetes('/api/v1/pods')
  return session
}

const FROM = { pod: 'default/client' }

describe.each(['iptables', 'nftables', 'ipvs'])('session affinity in mode %s', (proxyMode) => {
  const AFFINITY = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  clusterIP: 10.96.0.77
  selector: {app: web}
  ports: [{port: 80}]
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
`

  const sent = async (session: TestSession, count: number): Promise<readonly string[]> => {
    const to = 'http://10.96.0.77/'
    const answer = await post(session, 'requests', { from: { node: 'node-1' }, to, count })
    const { endpoints, outcomes } = await answer.json<Sent>()
    expect(outcomes).toEqual({ delivered: count })
    return endpoints.map(({ name }) => name)
  }

  test('sticks until the client was silent for as long as the Service says', async () => {
    const session = await sessionWith(deployment(12) + AFFINITY, { proxyMode })
    const first = await sent(session, 1)
    expect(first).toHaveLength(1)
    // each request begins the time anew
    for (let times = 0; times < 3; times++) {
      wait(50_000)
      expect(await sent(session, 100)).toEqual(first)
    }
    const found = new Set<string>()
    for (let times = 0; times < 8; times++) {
      wait(61_000)
      for (const name of await sent(session, 1)) found.add(name)
    }
    expect(found.size).toBeGreaterThan(1)
  })
})

const HEADLESS = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}
`

describe('requests to a headless Service', () => {
  test('spread as CoreDNS shuffles its addresses', async () => {
    const session = await sessionWith(deployment(4) + HEADLESS)
    const body = { from: FROM, to: 'http://web/', count: 4000 }
    const { outcomes, endpoints } = await (await post(session, 'requests', body)).json<Sent>()
    expect(outcomes).toEqual({ delivered: 4000 })
    expect(endpoints).toHaveLength(4)
    for (const { count } of endpoints) expect(Math.abs(count - 1000)).toBeLessThan(200)
  })

  test('can be read in a terminal', async () => {
    const session = await sessionWith(deployment(2) + HEADLESS)
    const body = { from: FROM, to: 'http://web/', count: 1000 }
    const answer = await post(session, 'requests', body, 'text/plain')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const text = await answer.text()
    expect(text).toContain('1000 × GET http://web:80/\nFrom: Client Pod default/client\n')
    expect(text).toContain('All were delivered, to 2 servers.')
    expect(text).toMatch(
      /^ {2}default\/web-\S+ +node-\d +10\.\S+:80 +HTTP 200 +\d+ +\d+\.\d % +#+$/m,
    )
  })
})

test('what CoreDNS knows of the internet is answered from its cache for half a minute', async () => {
  const session = await sessionWith(deployment(1))
  const answers = async (): Promise<readonly string[]> => {
    const body = { from: FROM, to: 'http://example.com./' }
    const { hops } = await (await post(session, 'trace', body)).json<Traced>()
    return hops.filter(({ what }) => what === 'dns-answer').map(({ says }) => says)
  }
  // two Pods, each with a cache of its own
  for (let times = 0; times < 20; times++) await answers()
  wait(18_000)
  expect(await answers()).toEqual([expect.stringContaining('answered from the cache, 12 s left')])
  wait(13_000)
  expect(await answers()).toEqual([expect.not.stringContaining('cache')])
})

test('a kept connection stays with its Pod until that ends, and then another one is opened', async () => {
  const session = await sessionWith(`${deployment(3)}
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`)
  const sendOver = async (): Promise<Traced> => {
    const body = { from: FROM, to: 'http://web/', connection: 'reuse' }
    return (await post(session, 'trace', body)).json<Traced>()
  }
  const first = (await sendOver()).reply!.from
  for (let times = 0; times < 5; times++) expect((await sendOver()).reply?.from).toBe(first)
  const pod = first.replace('default/', '')
  await session.kubernetes(`/api/v1/namespaces/default/pods/${pod}`, { method: 'DELETE' })
  wait(60_000)
  const after = await sendOver()
  expect(after.hops[0]).toMatchObject({ what: 'closed' })
  expect(after.outcome).toBe('delivered')
  expect(after.reply!.from).not.toBe(first)
})
