import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()

const PODS = '/api/v1/pods'
const INVALID = 'ListOptions.meta.k8s.io "" is invalid: '

const said = (url: string) => {
  const { code, message } = api.send('GET', url).body as { code?: number; message?: string }
  return [code, message]
}

describe('the options of a list', () => {
  test.each([
    ['limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['limit=', 400, 'strconv.ParseInt: parsing "": invalid syntax'],
    ['limit=1.5', 400, 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    [
      'limit=9223372036854775808',
      400,
      'strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ],
    ['timeoutSeconds=x&limit=y', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['limit=x&labelSelector=!!', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['fieldSelector=x', 400, "invalid selector: 'x'; can't understand 'x'"],
    ['fieldSelector=spec.x=1', 400, 'field label not supported: spec.x'],
    [
      'resourceVersion=x',
      400,
      'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    [
      'resourceVersionMatch=Odd&resourceVersion=1',
      422,
      `${INVALID}resourceVersionMatch: Unsupported value: "Odd": supported values: "", "Exact", "NotOlderThan"`,
    ],
    [
      'sendInitialEvents=true',
      422,
      `${INVALID}sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list`,
    ],
    [
      'watch=1&sendInitialEvents=true',
      422,
      `${INVALID}resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`,
    ],
    [
      'watch=1&resourceVersion=x',
      400,
      'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    ['watch=1&timeoutSeconds=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
  ])('%s', (query, code, message) => {
    expect(said(`${PODS}?${query}`)).toEqual([code, message])
  })

  test.each([
    'limit=-1',
    'limit=%2B5',
    'odd=1',
    'watch=false',
    'watch=0',
    'watch=False',
    'limit=0',
  ])('%s is a list like any', (query) => {
    expect(api.send('GET', `${PODS}?${query}`).body['kind']).toBe('PodList')
  })

  test.each(['watch', 'watch=', 'watch=1', 'watch=yes'])('%s is a watch', (query) => {
    expect(api.watch(`/api/v1/namespaces?${query}&fieldSelector=metadata.name=default`)).toEqual([
      { type: 'ADDED', object: api.send('GET', '/api/v1/namespaces/default').body },
    ])
  })

  test('watches may be asked for by their path', () => {
    const names = (url: string) =>
      api
        .watch(url)
        .map(({ object }) => (object as { metadata: { name: string } }).metadata.name)
        .sort()
    expect(names('/api/v1/watch/namespaces/default')).toEqual(['default'])
    expect(names('/api/v1/watch/namespaces')).toContain('kube-system')
    expect(names('/api/v1/watch/namespaces/default/configmaps')).toEqual(['kube-root-ca.crt'])
  })

  test('what cannot be watched says so', () => {
    expect(said('/api/v1/componentstatuses?watch=1')).toEqual([
      405,
      'watch is not supported on resources of kind "componentstatuses"',
    ])
  })

  test('one object is not watched by its own path', () => {
    expect(api.send('GET', '/api/v1/namespaces/default?watch=1').body['kind']).toBe('Namespace')
  })
})

describe('the options of a get', () => {
  test('may ask for a revision that there is', () => {
    const { resourceVersion } = api.send('GET', PODS).body['metadata'] as {
      resourceVersion: string
    }
    const get = (revision: string) =>
      api.send('GET', `/api/v1/namespaces/default?resourceVersion=${revision}`).body
    expect(get(resourceVersion)['kind']).toBe('Namespace')
    expect(get('99999999')).toMatchObject({
      code: 504,
      reason: 'Timeout',
      message: `Too large resource version: 99999999, current: ${resourceVersion}`,
    })
    expect(get('x')).toMatchObject({ code: 400 })
  })
})

describe('the options of a write', () => {
  const create = (query: string) =>
    api.send('POST', `/api/v1/namespaces/default/configmaps?${query}`, { metadata: { name: 'o' } })
      .body

  test.each([
    [
      'dryRun=x',
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["x"]: supported values: "All"',
    ],
    [
      'fieldValidation=x',
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"',
    ],
    [
      `fieldManager=${'x'.repeat(129)}`,
      'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    ],
    [
      'fieldManager=a%0Ab',
      'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "a\\nb": invalid character U+000A (at position 1)',
    ],
  ])('%s', (query, message) => {
    expect(create(query)).toMatchObject({ code: 422, reason: 'Invalid', message })
  })

  test('dryRun=All changes nothing', () => {
    const revision = api.cluster.revision
    const { metadata } = create('dryRun=All') as { metadata: object }
    expect(Object.keys(metadata)).toContain('uid')
    expect(Object.keys(metadata)).not.toContain('resourceVersion')
    const named = '/api/v1/namespaces/default?dryRun=All'
    const labels = { metadata: { labels: { a: 'b' } } }
    const merge = { contentType: 'application/merge-patch+json' }
    expect(api.send('PATCH', named, labels, merge).body).toMatchObject(labels)
    expect(api.send('DELETE', '/api/v1/namespaces/default/configmaps?dryRun=All').status).toBe(200)
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    expect(api.send('POST', '/api/v1/namespaces/default/pods?dryRun=All', pod).status).toBe(201)
    expect(api.cluster.revision).toBe(revision)
  })

  test('a Service that is only tried out keeps neither address nor port', () => {
    const service = (name: string) => ({
      metadata: { name },
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30_123 }], clusterIP: '10.96.1.2' },
    })
    const services = '/api/v1/namespaces/default/services'
    expect(api.send('POST', `${services}?dryRun=All`, service('a')).status).toBe(201)
    expect(api.send('POST', services, service('b')).status).toBe(201)
  })
})
