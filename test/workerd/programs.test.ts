import { abortAllDurableObjects } from 'cloudflare:test'
import { afterEach, expect, test, vi } from 'vitest'
import { call, newSession, stored, withBody, type TestSession } from './session.ts'

interface Traced {
  readonly outcome: string
  readonly reply?: { readonly status?: number; readonly body?: string }
}

afterEach(() => {
  vi.restoreAllMocks()
})

/** Lets the platform's clock go ahead by so much. */
const wait = (milliseconds: number): void => {
  const now = Date.now() + milliseconds
  vi.spyOn(Date, 'now').mockReturnValue(now)
}

const send = async (session: TestSession, to: string, more: object = {}): Promise<Traced> => {
  const body = { from: { workstation: true }, to, ...more }
  const answer = await call(`/api/sessions/${session.id}/trace`, {
    ...withBody('POST', body),
    headers: { authorization: `Bearer ${session.key}` },
  })
  expect(answer.status).toBe(200)
  return answer.json()
}

const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments/synergychat-api'

/** One Pod, so that all who ask ask the same. */
const configure = async (session: TestSession, crawler: string): Promise<string> => {
  const env = [
    { name: 'API_PORT', value: '8080' },
    { name: 'CRAWLER_BASE_URL', value: crawler },
  ]
  const containers = [{ name: 'synergychat-api', env }]
  const spec = { replicas: 1, template: { spec: { containers } } }
  await session.kubernetes(DEPLOYMENT, {
    method: 'PATCH',
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
    body: JSON.stringify({ spec }),
  })
  wait(60_000)
  const { items } = await session.json<{ items: readonly { metadata: { name: string } }[] }>(
    '/api/v1/namespaces/default/pods?labelSelector=app%3Dsynergychat-api',
  )
  expect(items).toHaveLength(1)
  return `default/${items[0]!.metadata.name}`
}

const inPod = async (
  session: TestSession,
): Promise<{ readonly from: { readonly pod: string } }> => {
  const { items } = await session.json<{ items: readonly { metadata: { name: string } }[] }>(
    '/api/v1/namespaces/default/pods?labelSelector=app%3Dsynergychat-web',
  )
  return { from: { pod: `default/${items[0]!.metadata.name}` } }
}

const saying = (Text: string) => ({
  method: 'POST',
  body: JSON.stringify({ AuthorUsername: 'ann', Text }),
})

test('the application of the tutorial works, and goes on working after an eviction', async () => {
  const session = await newSession({ template: 'synergychat', delays: 'instant' })
  await configure(session, 'http://crawler-service')
  const pod = await inPod(session)
  const page = await send(session, 'http://web-service/', pod)
  expect(page).toMatchObject({ outcome: 'delivered', reply: { status: 200 } })
  const created = await send(session, 'http://api-service/messages', { ...pod, ...saying('hello') })
  expect(created.reply!.status).toBe(201)
  const asked = { ...pod, ...saying('/stats keywords=love') }
  const found = await send(session, 'http://api-service/messages', asked)
  expect(found.reply!.body).toMatch(/I have found \d+ matches/)
  await abortAllDurableObjects()
  const kept = await send(session, 'http://192.168.49.2:30080/messages')
  expect(kept.reply!.body).toContain('"Text": "hello"')
})

test('a wrong address of the crawler is told in the words of Go, and logged', async () => {
  const session = await newSession({ template: 'synergychat', delays: 'instant' })
  const name = await configure(session, 'http://crawler')
  const asked = { ...(await inPod(session)), ...saying('/stats') }
  const { reply } = await send(session, 'http://api-service/messages', asked)
  const error = 'dial tcp: lookup crawler on 10.96.0.10:53: no such host'
  expect(reply!.status).toBe(400)
  expect(reply!.body).toContain(error)
  const entries = (await stored(session))['memory']!
  const log = entries.find((entry) => JSON.stringify(entry).includes(`kubelet/data/${name}`))
  expect(JSON.stringify(log)).toContain(error)
})
