import { describe, expect, test } from 'vitest'
import { call, newSession } from './session.ts'

interface Problem {
  readonly title: string
  readonly status: number
  readonly detail: string
}

const problemOf = async (answer: Response): Promise<Problem> => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const problem = await answer.json<Problem>()
  expect(problem.status).toBe(answer.status)
  expect(problem.detail.length).toBeGreaterThan(20)
  return problem
}

const post = (body: BodyInit, path = '/api/sessions'): Promise<Response> =>
  call(path, { method: 'POST', body })

describe('POST /api/sessions', () => {
  test('makes a session from an empty body', async () => {
    const answer = await call('/api/sessions', { method: 'POST' })
    expect(answer.status).toBe(201)
    const { id, key, links } = await answer.json<{
      id: string
      key: string
      links: Record<string, string>
    }>()
    expect([id, key].every((secret) => /^[a-z2-7]{26}$/.test(secret))).toBe(true)
    expect(links['edit']).toBe(`${links['view']}#:${key}`)
    expect(links['kubernetes']).toContain(`/k8s/${id}.${key}`)
    expect(links['view']).not.toContain(key)
  })

  test('makes the cluster that was asked for', async () => {
    const { id } = await newSession({ title: 'mine', nodes: 5, template: 'bare' })
    const session = await (await call(`/api/sessions/${id}`)).json()
    expect(session).toMatchObject({ title: 'mine', nodes: 5, access: 'view' })
  })

  test('applies manifests', async () => {
    const manifests =
      'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n'
    const session = await newSession({ template: 'bare', manifests })
    const service = await session.json<{ spec: { clusterIP: string } }>(
      '/api/v1/namespaces/default/services/web',
    )
    expect(service.spec.clusterIP).toMatch(/^10\./)
  })

  test('makes nothing if a manifest is refused, and says which', async () => {
    const manifests = 'kind: A\napiVersion: v1\nmetadata: {name: x}\n'
    const answer = await post(JSON.stringify({ manifests }))
    expect(answer.status).toBe(422)
    expect(await problemOf(answer)).toMatchObject({
      detail: 'no matches for kind "A" in version "v1"',
      document: 1,
      line: 1,
    })
  })

  test.each([
    ['not JSON', '{"nodes": 3', 'The body is not JSON'],
    ['a list', '[]', 'The fields are title, description'],
    ['an unknown field', '{"colour": "red"}', 'colour'],
    ['too many nodes', '{"nodes": 100000}', 'nodes'],
    ['half a node', '{"nodes": 0.5}', 'nodes'],
    ['an unknown template', '{"template": "huge"}', 'template'],
    ['a title of another type', '{"title": 1}', 'title'],
    ['a negative seed', '{"seed": -1}', 'seed'],
    ['a prototype', '{"__proto__": {"nodes": 3}}', '__proto__'],
  ])('refuses %s and says what to do', async (_what, body, expected) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expect((await problemOf(answer)).detail).toContain(expected)
  })

  test('refuses what is not UTF-8', async () => {
    const answer = await post(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]))
    expect(answer.status).toBe(400)
    expect((await problemOf(answer)).detail).toContain('UTF-8')
  })

  test('refuses what is too large and answers the next request', async () => {
    const answer = await post(`{"title": "${'x'.repeat(4 * 1024 * 1024)}"}`)
    expect(answer.status).toBe(413)
    await problemOf(answer)
    await newSession()
  })
})

describe('a session', () => {
  test('is described with its clock, revision, counts and links', async () => {
    const { id, key } = await newSession({ title: 'shop' })
    const headers = { authorization: `Bearer ${key}` }
    const session = await (
      await call(`/api/sessions/${id}`, { headers })
    ).json<{
      revision: number
      clock: { running: boolean; now: string }
      counts: Record<string, number>
      links: Record<string, string>
    }>()
    expect(session).toMatchObject({ title: 'shop', nodes: 3, access: 'edit' })
    expect(session.clock.running).toBe(true)
    expect(session.counts).toMatchObject({ nodes: 3, namespaces: 4 })
    expect(session.revision).toBeGreaterThan(0)
    expect(JSON.stringify(session)).not.toContain(key)
  })

  test('is deleted with all that it stored', async () => {
    const session = await newSession()
    const { id, key } = session
    await session.json('/api/v1/nodes')
    const gone = await call(`/api/sessions/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${key}` },
    })
    expect([gone.status, await gone.text()]).toEqual([204, ''])
    for (const path of [`/api/sessions/${id}`, `/api/sessions/${id}/export`]) {
      const answer = await call(path)
      expect(answer.status).toBe(404)
      await problemOf(answer)
    }
    const answer = await session.kubernetes('/api/v1/nodes')
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ kind: 'Status', reason: 'NotFound' })
  })

  test.each([
    '/api/sessions/aaaaaaaaaaaaaaaaaaaaaaaaaa',
    '/api/sessions/short',
    '/api/sessions/..%2f..%2fetc',
    '/api/sessions/__proto__',
  ])('%s is unknown', async (path) => {
    const answer = await call(path)
    expect(answer.status).toBe(404)
    await problemOf(answer)
  })

  test('a wrong key is refused everywhere', async () => {
    const { id } = await newSession()
    const headers = { authorization: `Bearer ${'b'.repeat(26)}` }
    for (const init of [{ headers }, { headers, method: 'DELETE' }])
      expect((await call(`/api/sessions/${id}`, init)).status).toBe(401)
    const answer = await call(`/k8s/${id}/api/v1/nodes`, { headers })
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ kind: 'Status', reason: 'Unauthorized' })
    expect((await call(`/k8s/${id}.wrong/api/v1/nodes`)).status).toBe(401)
  })

  test('without its key is only looked at', async () => {
    const { id } = await newSession()
    expect((await call(`/api/sessions/${id}`, { method: 'DELETE' })).status).toBe(403)
    expect((await post('kind: A', `/api/sessions/${id}/apply`)).status).toBe(403)
    expect((await call(`/k8s/${id}/api/v1/nodes`)).status).toBe(200)
    const created = await post('{}', `/k8s/${id}/api/v1/namespaces`)
    expect(created.status).toBe(403)
    expect(await created.json()).toMatchObject({ kind: 'Status', reason: 'Forbidden' })
    const secrets = await call(`/k8s/${id}/api/v1/secrets`)
    expect(secrets.status).toBe(403)
  })

  test('is asked for a proxy delay and a DNS TTL of its own', async () => {
    const made = await call('/api/sessions', {
      method: 'POST',
      body: JSON.stringify({ proxySync: 0, dnsTTL: 7 }),
    })
    const { links } = await made.json<{ links: { kubernetes: string } }>()
    const path = new URL(links.kubernetes).pathname
    const answer = await call(`${path}/api/v1/namespaces/kube-system/configmaps/coredns`)
    expect(await answer.text()).toContain('ttl 7')
    const wrong = await call('/api/sessions', {
      method: 'POST',
      body: JSON.stringify({ dnsTTL: 3601 }),
    })
    expect(wrong.status).toBe(400)
  })

  test('has a kubeconfig with the key for its holder and without for others', async () => {
    const { id, key } = await newSession()
    const headers = { authorization: `Bearer ${key}` }
    const full = await (await call(`/api/sessions/${id}/kubeconfig`, { headers })).text()
    expect(full).toContain(`server: http://kubarium.test/k8s/${id}.${key}\n`)
    const view = await (await call(`/api/sessions/${id}/kubeconfig`)).text()
    expect(view).toContain(`server: http://kubarium.test/k8s/${id}\n`)
    expect(view).not.toContain(key)
  })

  test('apply, export and state', async () => {
    const { id, key } = await newSession()
    const headers = { authorization: `Bearer ${key}` }
    const apply = (body: string) =>
      call(`/api/sessions/${id}/apply`, { method: 'POST', headers, body })
    const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n'
    expect(await (await apply(manifest)).json()).toEqual({
      results: [{ object: 'configmap/a', namespace: 'default', result: 'created' }],
    })
    expect(await (await apply(manifest)).json()).toMatchObject({
      results: [{ result: 'unchanged' }],
    })
    const exported = await (await call(`/api/sessions/${id}/export`)).text()
    expect(exported).toBe(
      'apiVersion: v1\ndata:\n  k: v\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: default\n',
    )
    expect(await (await apply(exported)).json()).toMatchObject({
      results: [{ result: 'unchanged' }],
    })
    const state = await (await call(`/api/sessions/${id}/state`)).json<{ nodes: unknown[] }>()
    expect(state.nodes).toHaveLength(3)
  })

  test('apply stops at the first refusal and names its place', async () => {
    const { id, key } = await newSession()
    const body = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {type: Wrong, ports: [{port: 80}]}\n`
    const answer = await call(`/api/sessions/${id}/apply`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body,
    })
    expect(answer.status).toBe(422)
    expect(await problemOf(answer)).toMatchObject({
      document: 2,
      line: 5,
      results: [{ object: 'configmap/a', result: 'created' }],
      detail: expect.stringContaining('spec.type: Unsupported value: "Wrong"') as string,
    })
  })

  test.each([
    ['PUT', '/api/sessions'],
    ['GET', '/api/sessions'],
    ['POST', '/api/sessions/aaaaaaaaaaaaaaaaaaaaaaaaaa/nothing'],
  ])('%s %s is no call', async (method, path) => {
    const answer = await call(path, { method, ...(method === 'GET' ? {} : { body: 'x' }) })
    expect([404, 405]).toContain(answer.status)
    await problemOf(answer)
  })

  test('any page may call', async () => {
    const preflight = await call('/api/sessions', { method: 'OPTIONS' })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization')
    const { id } = await newSession()
    const answer = await call(`/k8s/${id}/api/v1/nodes`)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('set-cookie')).toBeNull()
  })
})

describe('bodies of the Kubernetes API', () => {
  test.each([
    ['over 3 MiB', 413, `{"data": {"a": "${'x'.repeat(4 * 1024 * 1024)}"}}`, 'application/json'],
    ['that are no JSON', 400, '{', 'application/json'],
    ['that are no YAML', 400, 'a: [', 'application/yaml'],
    ['of an unknown type', 415, 'a=b', 'application/x-www-form-urlencoded'],
    ['that are not UTF-8', 400, new Uint8Array([0x7b, 0xff, 0x7d]), 'application/json'],
    ['that are no protobuf', 400, new Uint8Array([1, 2, 3]), 'application/vnd.kubernetes.protobuf'],
  ])('%s are answered with %i', async (_what, status, body, type) => {
    const session = await newSession()
    const answer = await session.kubernetes('/api/v1/namespaces/default/configmaps', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ kind: 'Status', status: 'Failure', code: status })
    const { items } = await session.json<{ items: { metadata: { name: string } }[] }>(
      '/api/v1/namespaces/default/configmaps',
    )
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['kube-root-ca.crt'])
  })
})
