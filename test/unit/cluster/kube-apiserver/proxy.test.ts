import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { RawApi } from '../../../support/raw-api.ts'

// The specs of [sig-network] Proxy, and what else a client meets there.
const NAMESPACE = '/api/v1/namespaces/default'
const JSON_BODY = { contentType: 'application/json' }

const pass = ({ cluster }: RawApi, seconds: number): void =>
  cluster.advance(cluster.now + seconds * 1000)

const env = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }))

/** A Pod `porter` with its Service, as the spec makes them. */
const withPorter = (): RawApi => {
  const api = new RawApi({ template: 'default', delays: 'instant' })
  const container = {
    name: 'porter',
    image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
    args: ['porter'],
    env: env({
      SERVE_PORT_80: '<a href="/rewriteme">test</a>',
      SERVE_PORT_160: 'foo',
      SERVE_PORT_162: 'bar',
      SERVE_TLS_PORT_443: 'tls baz',
    }),
    ports: [
      { containerPort: 80 },
      { name: 'dest1', containerPort: 160 },
      { name: 'dest2', containerPort: 162 },
      { name: 'tlsdest1', containerPort: 443 },
    ],
  }
  const metadata = { name: 'porter', labels: { app: 'porter' } }
  const spec = { containers: [container] }
  api.send(
    'POST',
    `${NAMESPACE}/pods`,
    { apiVersion: 'v1', kind: 'Pod', metadata, spec },
    JSON_BODY,
  )
  const ports = [
    { name: 'portname1', port: 80, targetPort: 'dest1' },
    { name: 'portname2', port: 81, targetPort: 162 },
    { name: 'tlsportname1', port: 443, targetPort: 'tlsdest1' },
  ]
  api.send(
    'POST',
    `${NAMESPACE}/services`,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'porter' }, ports },
    },
    JSON_BODY,
  )
  pass(api, 10)
  return api
}

describe('[sig-network] Proxy version v1 should proxy through a service and a pod', () => {
  it.each([
    ['services/web:portname1/proxy/', 'foo'],
    ['services/http:web:portname1/proxy/', 'foo'],
    ['services/web:80/proxy/', 'foo'],
    ['services/web:portname2/proxy/', 'bar'],
    ['services/https:web:tlsportname1/proxy/', 'tls baz'],
    ['services/https:web:443/proxy/', 'tls baz'],
    ['pods/porter:160/proxy/', 'foo'],
    ['pods/http:porter:162/proxy/', 'bar'],
    ['pods/https:porter:443/proxy/', 'tls baz'],
    ['pods/porter/proxy/', `<a href="${NAMESPACE}/pods/porter/proxy/rewriteme">test</a>`],
    ['pods/porter:80/proxy/', `<a href="${NAMESPACE}/pods/porter:80/proxy/rewriteme">test</a>`],
  ])('%s', (path, text) => {
    expect(withPorter().send('GET', `${NAMESPACE}/${path}`)).toMatchObject({ status: 200, text })
  })
})

describe('[sig-network] Proxy version v1 A set of valid responses are returned for both pod and service', () => {
  const withJson = (): RawApi => {
    const api = new RawApi({ template: 'default', delays: 'instant' })
    const container = {
      name: 'agnhost',
      image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
      args: ['porter', '--json-response'],
      env: env({ SERVE_PORT_80: 'foo' }),
    }
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'agnhost' },
      spec: { containers: [container] },
    }
    api.send('POST', `${NAMESPACE}/pods`, pod, JSON_BODY)
    pass(api, 10)
    return api
  }

  it.each(['DELETE', 'GET', 'OPTIONS', 'PATCH', 'POST', 'PUT'])(
    'ProxyWithPath: %s goes through as it is',
    (verb) => {
      const answer = withJson().send(verb, `${NAMESPACE}/pods/agnhost/proxy/some/path/with/${verb}`)
      expect([answer.status, answer.body]).toEqual([200, { Method: verb, Body: 'foo' }])
    },
  )

  it.each([
    ['DELETE', 200],
    ['OPTIONS', 200],
    ['PATCH', 200],
    ['POST', 200],
    ['PUT', 200],
    ['GET', 301],
    ['HEAD', 301],
  ])('without a path %s is answered with %i', (verb, status) => {
    const url = `${NAMESPACE}/pods/agnhost/proxy`
    const answer = withJson().send(verb, `${url}?method=${verb}`)
    expect(answer.status).toBe(status)
    if (status === 301) expect(answer.headers).toEqual([['location', `${url}/?method=${verb}`]])
  })
})

describe('a client that finds the API behind a path', () => {
  const BASE = '/k8s/id.key'
  const BROWSER = ['sec-fetch-dest', 'document'] as const

  it.each([
    ['of a program', [], '', BASE],
    ['of a browser', [BROWSER], BASE, BASE],
    ['of a browser behind kubectl proxy', [BROWSER, ['x-forwarded-for', '127.0.0.1']], '', ''],
    ['with a token', [BROWSER, ['authorization', 'Bearer key']], '', BASE],
  ] as const)('%s sees links and redirects that lead back', (_, headers, links, redirects) => {
    const api = withPorter()
    const get = (path: string) =>
      api.send('GET', `${NAMESPACE}/pods/porter/${path}`, '', { basePath: BASE, headers })
    expect(get('proxy/').text).toBe(
      `<a href="${links}${NAMESPACE}/pods/porter/proxy/rewriteme">test</a>`,
    )
    expect(get('proxy').headers).toEqual([
      ['location', `${redirects}${NAMESPACE}/pods/porter/proxy/`],
    ])
  })
})

describe('a proxy request that comes to nothing', () => {
  it.each([
    ['pods/nope/proxy/', 404, 'pods "nope" not found'],
    ['services/nope/proxy/', 404, 'endpoints "nope" not found'],
    ['services/web:9/proxy/', 503, 'no service port 9 found for service "web"'],
    ['services/web:x/proxy/', 503, 'no endpoints available for service "web:x"'],
    ['services/a:b:c:d/proxy/', 400, 'invalid service request "a:b:c:d"'],
    ['pods/ftp:porter:80/proxy/', 400, 'invalid pod request "ftp:porter:80"'],
    ['pods/porter:x/proxy/', 400, 'invalid port "x"'],
  ])('%s', (path, code, message) => {
    const { status, body } = withPorter().send('GET', `${NAMESPACE}/${path}`)
    expect([status, body['message']]).toEqual([code, message])
  })

  it('says that nobody listens there', () => {
    const { status, body } = withPorter().send('GET', `${NAMESPACE}/pods/porter:99/proxy/`)
    expect(status).toBe(503)
    expect(body['message']).toMatch(
      /^error trying to reach service: dial tcp 10\.244\.\d\.\d+:99: connect: connection refused$/,
    )
  })

  it('is not for those who only look', () => {
    const api = withPorter()
    const answer = api.cluster.handle({
      method: 'GET',
      path: `${NAMESPACE}/pods/porter/proxy/`,
      query: [],
      accept: '*/*',
      contentType: '',
      userAgent: '',
      body: '',
      user: { username: 'viewer', groups: ['kubarium:viewers', 'system:authenticated'] },
    })
    expect('status' in answer && answer.status).toBe(403)
  })
})

describe("a node's own pages", () => {
  it('are healthz and the Pods that run there', () => {
    const api = withPorter()
    const node = (api.send('GET', `${NAMESPACE}/pods/porter`).body['spec'] as { nodeName: string })
      .nodeName
    expect(api.send('GET', `/api/v1/nodes/${node}/proxy/healthz`).text).toBe('ok')
    expect(api.send('GET', `/api/v1/nodes/${node}:10250/proxy/pods`).text).toContain('"porter"')
    expect(api.send('GET', `/api/v1/nodes/${node}/proxy/x`).status).toBe(404)
    expect(api.send('GET', '/api/v1/nodes/nope/proxy/pods').status).toBe(404)
  })

  it('are the logs on its disk', () => {
    const api = withPorter()
    const { spec, status, metadata } = api.send('GET', `${NAMESPACE}/pods/porter`)
      .body as unknown as Pod
    const get = (path: string) => api.send('GET', `/api/v1/nodes/${spec.nodeName}/proxy/${path}`)
    expect(get('logs/').text).toContain('<a href="containers/">containers/</a>\n<a href="pods/">')
    const folder = `default_porter_${metadata.uid}`
    expect(get('logs/pods/').text).toContain(`<a href="${folder}/">`)
    expect(get(`logs/pods/${folder}/porter/`).text).toContain('<a href="0.log">0.log</a>')
    const id = status.containerStatuses![0]!.containerID!.replace('docker://', '')
    const link = `porter_default_porter-${id}.log`
    expect(get('logs/containers/').text).toContain(`<a href="${link}">`)
    expect([get(`logs/containers/${link}`).status, get('logs/none').status]).toEqual([200, 404])
  })

  it('are what a container has logged', () => {
    const api = withPorter()
    const container = { name: 'c', image: 'busybox', command: ['sh', '-c', 'echo hi; sleep 1d'] }
    const { body } = api.send('POST', `${NAMESPACE}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'hi' },
      spec: { containers: [container] },
    })
    pass(api, 10)
    const { spec } = api.send('GET', `${NAMESPACE}/pods/hi`).body as unknown as Pod
    const { uid } = body['metadata'] as { readonly uid: string }
    const get = (path: string) =>
      api.send('GET', `/api/v1/nodes/${spec.nodeName}/proxy/${path}`).text
    expect(get('containerLogs/default/hi/c')).toBe('hi\n')
    expect(get('containerLogs/default/nope/c')).toBe('pod "nope" does not exist\n')
    expect(get(`logs/pods/default_hi_${uid}/c/0.log`)).toMatch(
      /^\{"log":"hi\\n","stream":"stdout","time":"2026-01-01T00:00:\d\d\.\d{3}Z"\}\n$/,
    )
  })
})
