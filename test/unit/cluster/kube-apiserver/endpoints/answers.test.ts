import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()

const NOT_FOUND = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'the server could not find the requested resource',
  reason: 'NotFound',
  details: {},
  code: 404,
}

const NOT_ALLOWED = {
  ...NOT_FOUND,
  message: 'the server does not allow this method on the requested resource',
  reason: 'MethodNotAllowed',
  code: 405,
}

describe('a path', () => {
  test.each([
    '/api/v2',
    '/api/v1/bars',
    '/apis/apps/v2',
    '/apis/apps/v1/bars',
    '/apis/autoscaling/v3/x',
    '/version/x',
  ])('%s in a group that there is is refused by the API', (path) => {
    expect(api.send('GET', path).body).toEqual(NOT_FOUND)
  })

  test.each([
    '/foo',
    '/metric',
    '/apis/foo',
    '/apis/foo/v1',
    '/apis/foo/v1/bars',
    '/healthz/odd',
    '/openapi',
    '/openapi/v2/x',
  ])('%s in no group is not found', (path) => {
    expect(api.send('GET', path)).toMatchObject({
      status: 404,
      contentType: 'text/plain; charset=utf-8',
      text: '404 page not found\n',
    })
  })

  test.each([
    ['POST', '/api/v1/pods'],
    ['DELETE', '/api/v1/pods'],
    ['PUT', '/api/v1/namespaces/default/pods'],
    ['POST', '/api/v1/namespaces/default/pods/x'],
    ['DELETE', '/api/v1/namespaces'],
    ['HEAD', '/api/v1/namespaces/default'],
    ['HEAD', '/api/v1/pods'],
    ['GET', '/api/v1/namespaces/default/finalize'],
    ['PATCH', '/api/v1/namespaces/default/finalize'],
    ['DELETE', '/apis/apps/v1/namespaces/default/deployments/x/scale'],
    ['GET', '/api/v1/namespaces/default/pods/x/binding'],
    ['GET', '/api/v1/namespaces/default/bindings'],
    ['GET', '/api/v1/namespaces/default/serviceaccounts/default/token'],
    ['POST', '/version'],
    ['POST', '/apis'],
    ['POST', '/api/v1/componentstatuses'],
  ])('%s %s is no method of it', (method, path) => {
    expect(api.send(method, path).body).toEqual(NOT_ALLOWED)
  })

  test.each([
    '/api/v1/namespaces/default/configmaps/kube-root-ca.crt/status',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/admin/status',
    '/apis/apps/v1/namespaces/default/daemonsets/x/scale',
    '/api/v1/namespaces/default/nodes',
    '/api/v1/pods/x',
    '/api/v1/namespaces/default/configmaps/a%2Fb',
    '/api/v1/namespaces/default/configmaps/%E0',
  ])('%s is not served', (path) => {
    expect(api.send('GET', path).body).toEqual(NOT_FOUND)
  })

  test('may name what has dots', () => {
    expect(api.send('GET', '/api/v1/namespaces/default/configmaps/kube-root-ca.crt').status).toBe(
      200,
    )
  })
})

describe('the form of an answer', () => {
  test('is YAML for a Status, too', () => {
    const answer = api.send('GET', '/api/v1/namespaces/x', '', { accept: 'application/yaml' })
    expect(answer).toMatchObject({ status: 404, contentType: 'application/yaml' })
    expect(answer.text).toContain('message: namespaces "x" not found\n')
  })

  test('that nobody can give is refused in indented JSON', () => {
    const answer = api.send('GET', '/api/v1/namespaces/default', '', { accept: 'text/html' })
    expect(answer.text).toBe(`{
  "kind": "Status",
  "apiVersion": "v1",
  "metadata": {},
  "status": "Failure",
  "message": "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
  "reason": "NotAcceptable",
  "code": 406
}`)
  })

  test('is JSON for a table of an error', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    expect(api.send('GET', '/api/v1/namespaces/x', '', { accept }).body).toMatchObject({
      kind: 'Status',
      reason: 'NotFound',
    })
  })

  test.each([
    [
      '/api/v1/pods',
      'PartialObjectMetadata',
      'you requested PartialObjectMetadata, but the requested object is a list (*core.PodList)',
    ],
    [
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/view',
      'PartialObjectMetadataList',
      'you requested PartialObjectMetadataList, but the requested object is not a list (*rbac.ClusterRole)',
    ],
  ])('of %s is not that of %s', (path, as, message) => {
    const accept = `application/json;as=${as};v=v1;g=meta.k8s.io,application/json`
    const { status, body } = api.send('GET', path, '', { accept })
    expect([status, body]).toEqual([
      406,
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message,
        reason: 'NotAcceptable',
        code: 406,
      },
    ])
  })

  test('of a list of metadata is asked for with its own name', () => {
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    const { body } = api.send('GET', '/api/v1/namespaces?limit=1', '', { accept })
    expect(body).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ kind: 'PartialObjectMetadata' }],
    })
    expect(body['items']).not.toHaveProperty('0.spec')
  })

  test('of a watch is never YAML', () => {
    const accept = 'application/yaml'
    expect(api.send('GET', '/api/v1/pods?watch=1', '', { accept })).toMatchObject({ status: 406 })
  })

  test('is indented for people', () => {
    const { text } = api.send('GET', '/api/v1/namespaces/default?pretty=true')
    expect(text.startsWith('{\n  "kind": "Namespace",\n  "apiVersion": "v1",\n')).toBe(true)
    expect(text.endsWith('}')).toBe(true)
    const failure = api.send('GET', '/api/v1/namespaces/x', '', { userAgent: 'curl/8.5' }).text
    expect(failure.startsWith('{\n  "kind": "Status"')).toBe(true)
  })

  test('escapes what has a meaning in HTML', () => {
    api.send('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'html' },
      data: { a: '<b>&\u2028' },
    })
    const { text, body } = api.send('GET', '/api/v1/namespaces/default/configmaps/html')
    expect(text).toContain('\\u003cb\\u003e\\u0026\\u2028')
    expect(body['data']).toEqual({ a: '<b>&\u2028' })
  })

  test('as a table knows only three ways to show its objects', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    expect(api.send('GET', '/api/v1/pods?includeObject=odd', '', { accept }).body['message']).toBe(
      `Unable to convert to Table as requested: includeObject: Invalid value: "odd": must be 'Metadata', 'Object', 'None', or empty`,
    )
    expect(api.send('GET', '/api/v1/pods?includeObject=odd').status).toBe(200)
  })
})

describe('a timeout', () => {
  test.each([
    ['/api/v1/pods?timeout=invalid', 'time: invalid duration \\"invalid\\"'],
    ['/version?timeout=5', 'time: missing unit in duration \\"5\\"'],
    ['/readyz?timeout=5x', 'time: unknown unit \\"x\\" in duration \\"5x\\"'],
  ])('of %s is none', (path, problem) => {
    const { status, text } = api.send('GET', path)
    expect(status).toBe(400)
    expect(text).toContain(
      `"message":"invalid timeout specified in the request URL - ${problem}","reason":"BadRequest"`,
    )
  })

  test.each(['0s', '1h', '1.5s', ''])('of "%s" is one', (timeout) => {
    expect(api.send('GET', `/api/v1/pods?timeout=${timeout}`).status).toBe(200)
  })

  test('is nothing to what goes on and on', () => {
    expect(api.watch('/api/v1/namespaces?watch=1&timeout=invalid').length).toBeGreaterThan(0)
  })
})

describe('what is no resource', () => {
  test('may be YAML, if it is discovery', () => {
    const yaml = (path: string) => api.send('GET', path, '', { accept: 'application/yaml' })
    expect(yaml('/apis/apps')).toMatchObject({ status: 200, contentType: 'application/yaml' })
    expect(yaml('/apis/apps').text).toContain('\nkind: APIGroup\nname: apps\n')
    expect(yaml('/apis/apps/v1').text).toContain('\ngroupVersion: apps/v1\nkind: APIResourceList\n')
    expect(yaml('/version').contentType).toBe('application/json')
  })

  test('is shown to everybody, but for single checks', () => {
    const asked = (path: string): number =>
      api.send('GET', path, '', { impersonate: { user: 'x', groups: ['system:authenticated'] } })
        .status
    expect(['/livez', '/readyz?verbose', '/version'].map(asked)).toEqual([200, 200, 200])
    expect(['/livez/etcd', '/readyz/ping', '/'].map(asked)).toEqual([403, 403, 403])
  })

  test('/ lists what is served', () => {
    const paths = api.send('GET', '/').body['paths'] as readonly string[]
    expect(paths).toEqual([...paths].sort())
    for (const path of ['/api/v1', '/apis/apps/v1', '/readyz/etcd-readiness', '/version'])
      expect(paths).toContain(path)
  })

  test('every path of / is served', () => {
    const paths = api.send('GET', '/').body['paths'] as readonly string[]
    const statuses = paths.map((path) => [path, api.send('GET', path).status])
    expect(statuses.filter(([, status]) => status !== 200)).toEqual([])
  })

  test('/version is indented for everybody', () => {
    expect(api.send('GET', '/version').text).toMatch(/^\{\n {2}"major": "1",\n/)
  })

  test('checks say ok, and more if asked', () => {
    expect(api.send('GET', '/livez')).toMatchObject({ status: 200, text: 'ok' })
    expect(api.send('GET', '/readyz/poststarthook/rbac/bootstrap-roles').text).toBe('ok')
    const verbose = api.send('GET', '/readyz?verbose').text.split('\n')
    expect(verbose.slice(0, 5)).toEqual([
      '[+]ping ok',
      '[+]log ok',
      '[+]etcd ok',
      '[+]etcd-readiness ok',
      '[+]informer-sync ok',
    ])
    expect(verbose.slice(-3)).toEqual(['[+]shutdown ok', 'readyz check passed', ''])
    const without = api.send('GET', '/healthz?verbose&exclude=etcd&exclude=odd').text
    expect(without).toContain('[+]etcd excluded: ok\n')
    expect(without).toContain(
      'warn: some health checks cannot be excluded: no matches for "odd"\nhealthz check passed\n',
    )
  })
})
