import { describe, expect, test } from 'vitest'
import { call, newSession, stored, withBody, type TestSession } from './session.ts'

interface Problem {
  readonly title: string
  readonly detail: string
}

interface Traced {
  readonly outcome: string
  readonly says: string
  readonly reply?: { readonly status?: number; readonly body?: string; readonly from: string }
  readonly hops: readonly { readonly what: string; readonly says: string }[]
}

const MANIFESTS = `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers: [{name: web, image: nginx, ports: [{containerPort: 8080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`

const webSession = async (): Promise<TestSession> => {
  const session = await newSession({ template: 'bare', delays: 'instant', manifests: MANIFESTS })
  // what was applied has come to rest
  await session.kubernetes('/api/v1/pods')
  return session
}

const authorized = (session: TestSession) => ({ authorization: `Bearer ${session.key}` })

const send = (session: TestSession, body: unknown, headers: Record<string, string> = {}) =>
  call(`/api/sessions/${session.id}/trace`, {
    method: 'POST',
    headers: { ...authorized(session), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const clusterIPOf = async (session: TestSession): Promise<string> => {
  const service = await session.json<{ spec: { clusterIP: string } }>(
    '/api/v1/namespaces/default/services/web',
  )
  return service.spec.clusterIP
}

describe('POST /api/sessions/:id/trace', () => {
  test('tells the way from a node through a Service to a Pod and back', async () => {
    const session = await webSession()
    const to = `http://${await clusterIPOf(session)}/`
    const answer = await send(session, { from: { node: 'node-1' }, to })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    const traced = await answer.json<Traced>()
    expect(traced).toMatchObject({
      outcome: 'delivered',
      reply: { status: 200, body: 'web\n', from: 'default/web' },
    })
    expect(traced.hops.map(({ what }) => what)).toContain('dnat')
    expect(traced.hops.every(({ says }) => says.length > 5)).toBe(true)
  })

  test('takes and gives YAML, and a walk to be read', async () => {
    const session = await webSession()
    const body = `from: {node: node-1}\nto: http://${await clusterIPOf(session)}/\n`
    const yaml = await send(session, body, { accept: 'application/yaml' })
    expect(yaml.headers.get('content-type')).toBe('application/yaml')
    expect(await yaml.text()).toMatch(/^hops:\n[\s\S]*\noutcome: delivered\n/)
    const text = await send(session, body, { accept: 'text/plain' })
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await text.text()).toMatch(/^GET http:\/\/10\.[\d.]+:80\/: DELIVERED\n/)
  })

  test.each([
    ['nothing', '', 400, 'The body is empty'],
    ['no YAML', '{"from": [', 400, 'cannot be read'],
    ['a list', '[]', 400, 'must be an object'],
    ['an unknown sender', '{"from": {"moon": true}, "to": "http://a/"}', 400, 'from: must be one'],
    ['no target', '{"from": {"internet": true}}', 400, 'to: must be text'],
    ['a port that is none', '{"from": {"internet": true}, "to": "tcp://a:99999"}', 400, 'to: '],
    ['an unknown field', '{"from": {"internet": true}, "to": "http://a/", "x": 1}', 400, '"x"'],
    ['a Pod that is not there', '{"from": {"pod": "a/b"}, "to": "http://a/"}', 404, 'no Pod "b"'],
    ['a node that is not there', '{"from": {"node": "n"}, "to": "http://a/"}', 404, 'no Node "n"'],
    ['too much', `{"x": "${'x'.repeat(300_000)}"}`, 413, '262144 bytes'],
  ])('refuses %s and says what to do', async (_what, body, status, expected) => {
    const session = await newSession()
    const answer = await send(session, body)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect((await answer.json<Problem>()).detail).toContain(expected)
  })

  test('leaves connections behind, unless its sender only looks', async () => {
    const session = await webSession()
    const to = `tcp://${await clusterIPOf(session)}:80`
    const before = await stored(session)
    const looked = await call(
      `/api/sessions/${session.id}/trace`,
      withBody('POST', { from: { node: 'node-1' }, to }),
    )
    expect(await looked.json()).toMatchObject({ outcome: 'delivered' })
    expect((await stored(session))['memory']).toEqual(before['memory'])
    await send(session, { from: { node: 'node-1' }, to })
    const after = await stored(session)
    expect(JSON.stringify(after['memory'])).toContain('network/connections/node-1')
    expect(after['revisions']).toEqual(before['revisions'])
  })

  test('needs a session and the right key', async () => {
    const session = await newSession()
    const wrong = { authorization: 'Bearer nonsense' }
    expect((await send(session, { from: { internet: true }, to: 'http://a/' }, wrong)).status).toBe(
      401,
    )
    const nowhere = await call(`/api/sessions/${'a'.repeat(26)}/trace`, withBody('POST', {}))
    expect(nowhere.status).toBe(404)
  })
})

describe('POST /api/sessions/:id/requests', () => {
  const sendMany = (session: TestSession, body: unknown, headers: Record<string, string> = {}) =>
    call(`/api/sessions/${session.id}/requests`, {
      method: 'POST',
      headers: { ...authorized(session), ...headers },
      body: JSON.stringify(body),
    })

  test('tells how requests spread', async () => {
    const session = await webSession()
    const to = `http://${await clusterIPOf(session)}/`
    const from = { node: 'node-1' }
    const answer = await sendMany(session, { from, to, count: 100_000 })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toMatchObject({
      count: 100_000,
      outcomes: { delivered: 100_000 },
      endpoints: [{ name: 'default/web', count: 100_000, share: 1, status: 200 }],
    })
    const yaml = await sendMany(session, { from, to, count: 3 }, { accept: 'application/yaml' })
    expect(yaml.headers.get('content-type')).toBe('application/yaml')
    expect(await yaml.text()).toContain('delivered: 3\n')
  })

  test('stores little, however many were sent', async () => {
    const session = await webSession()
    const to = `http://${await clusterIPOf(session)}/`
    await sendMany(session, { from: { node: 'node-1' }, to, count: 20_000 })
    expect(JSON.stringify((await stored(session))['memory']).length).toBeLessThan(200_000)
  })

  test.each([
    ['no count', {}, 400, 'count: '],
    ['too many', { count: 1_000_000_000 }, 400, '100000'],
    ['half a request', { count: 0.5 }, 400, 'count: '],
    ['a Pod that is not there', { count: 1, from: { pod: 'a/b' } }, 404, 'no Pod "b"'],
  ])('refuses %s and says what to do', async (_what, more, status, expected) => {
    const session = await newSession()
    const body = { from: { internet: true }, to: 'http://192.168.49.2/', ...more }
    const answer = await sendMany(session, body)
    expect(answer.status).toBe(status)
    expect((await answer.json<Problem>()).detail).toContain(expected)
  })
})
