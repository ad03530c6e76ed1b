import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const SERVICES = '/api/v1/namespaces/default/services'
const STRATEGIC = 'application/strategic-merge-patch+json'
const MERGE = 'application/merge-patch+json'
const JSON_PATCH = 'application/json-patch+json'

const made = (): RawApi => {
  const api = new RawApi()
  api.send('POST', CONFIG_MAPS, '{"metadata":{"name":"c"},"data":{"a":"1"}}')
  api.send('POST', SERVICES, '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}}')
  return api
}

const patched = (api: RawApi, path: string, contentType: string, body: unknown) =>
  api.send('PATCH', path, JSON.stringify(body), { contentType }).body

describe('what a strategic merge patch makes of a wrong type', () => {
  const refused = (value: string, why: string): string =>
    ` "" is invalid: patch: Invalid value: "${value}": ${why}`

  test.each([
    [{ type: 5 }, 'map[type:5]', 'cannot convert int64 to v1.ServiceType'],
    [{ type: true }, 'map[type:true]', 'unrecognized type: string'],
    [{ type: 1.5 }, 'map[type:1.5]', 'unrecognized type: string'],
    [{ clusterIP: 1 }, 'map[clusterIP:1]', 'cannot convert int64 to string'],
    [{ healthCheckNodePort: 'x' }, 'map[healthCheckNodePort:x]', 'unrecognized type: int32'],
    [
      { healthCheckNodePort: 1.5 },
      'map[healthCheckNodePort:1.5]',
      'cannot convert float64 to int32',
    ],
    [
      { publishNotReadyAddresses: 'x' },
      'map[publishNotReadyAddresses:x]',
      'unrecognized type: bool',
    ],
    [{ selector: 'x' }, 'map[selector:x]', 'cannot restore map from string'],
    [{ ports: 'x' }, 'map[ports:x]', 'cannot restore slice from string'],
    [
      { sessionAffinityConfig: 5 },
      'map[sessionAffinityConfig:5]',
      'cannot restore struct from: int64',
    ],
    [
      { ports: [{ port: 80, targetPort: true }] },
      'map[ports:[map[port:80 targetPort:true]]]',
      'json: cannot unmarshal bool into Go value of type int32',
    ],
  ])('%j', (spec, shown, why) => {
    const { message } = patched(made(), `${SERVICES}/s`, STRATEGIC, { spec })
    expect(message).toBe(refused(`map[spec:${shown}]`, why))
  })

  test('bytes that are no base64', () => {
    const { message } = patched(made(), `${CONFIG_MAPS}/c`, STRATEGIC, { binaryData: { a: '!!' } })
    expect(message).toBe(
      refused(
        'map[binaryData:map[a:!!]]',
        'error decoding from json: illegal base64 data at input byte 0',
      ),
    )
  })

  test('unknown fields are told sorted', () => {
    const api = made()
    const answer = api.send('PATCH', `${SERVICES}/s`, '{"zz":1,"spec":{"b":1,"a":2}}', {
      contentType: STRATEGIC,
    })
    expect(answer.status).toBe(200)
    expect(answer.warnings).toEqual([
      String.raw`unknown field \"spec.a\"`,
      String.raw`unknown field \"spec.b\"`,
      String.raw`unknown field \"zz\"`,
    ])
  })
})

describe('a patch of the text', () => {
  test('may not make another kind of the object', () => {
    const body = [{ op: 'replace', path: '/kind', value: 'Secret' }]
    const { message } = patched(made(), `${CONFIG_MAPS}/c`, JSON_PATCH, body)
    expect(message).toMatch(
      /: converting \(v1\.Secret\) to \(core\.ConfigMap\): unknown conversion$/,
    )
  })

  test('may not make an unknown kind of it', () => {
    const { message } = patched(made(), `${CONFIG_MAPS}/c`, MERGE, { apiVersion: 'v2' })
    expect(message).toMatch(
      /: no kind "ConfigMap" is registered for version "v2" in scheme "pkg\/api\/legacyscheme\/scheme.go:30"$/,
    )
  })

  test('is shown with the keys of what it changed sorted, and the rest as it stood', () => {
    const body = { metadata: { annotations: { b: '<' } }, data: { a: 1 } }
    const { message } = patched(made(), `${CONFIG_MAPS}/c`, MERGE, body)
    const shown = JSON.parse(/Invalid value: (".*"): json:/.exec(String(message))![1]!) as string
    expect(shown).toMatch(
      /^\{"apiVersion":"v1","data":\{"a":1\},"kind":"ConfigMap","metadata":\{"annotations":\{"b":"\\u003c"\},"creationTimestamp":/,
    )
    expect(shown).toContain('"managedFields":[{"manager":')
  })
})

describe('a resource version', () => {
  test('may not be set on what is created', () => {
    const api = made()
    const body = '{"metadata":{"name":"d","resourceVersion":"5"}}'
    expect(api.send('POST', CONFIG_MAPS, body).body['message']).toBe(
      'resourceVersion should not be set on objects to be created',
    )
    expect(api.send('POST', `${CONFIG_MAPS}?dryRun=All`, body).status).toBe(201)
  })

  test('that is no number passes for none there', () => {
    const body = '{"metadata":{"name":"d","resourceVersion":"x"}}'
    expect(made().send('POST', CONFIG_MAPS, body).status).toBe(201)
  })

  test('of an update has to be a number, and 0 is any', () => {
    const api = made()
    const put = (resourceVersion: string) =>
      api.send(
        'PUT',
        `${CONFIG_MAPS}/c`,
        JSON.stringify({ metadata: { name: 'c', resourceVersion } }),
      )
    expect(put('abc').body['message']).toBe('strconv.ParseUint: parsing "abc": invalid syntax')
    expect(put('0').status).toBe(200)
  })
})

describe('what is applied and fits no Go type is told of the whole object', () => {
  const TEMPLATE = {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ name: 'c', image: 'x', resources: { limits: { cpu: '1x' } } }] },
  }
  const selector = { matchLabels: { a: 'b' } }

  test.each([
    [
      '/api/v1/namespaces/default/secrets',
      { apiVersion: 'v1', kind: 'Secret', data: { a: 'not base64' } },
      '/v1, Kind=Secret',
      'error decoding from json: illegal base64 data at input byte 3',
    ],
    [
      '/apis/apps/v1/namespaces/default/deployments',
      { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 2.5 } },
      'apps/v1, Kind=Deployment',
      'cannot convert float64 to int32',
    ],
    [
      '/api/v1/namespaces/default/services',
      { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80, targetPort: true }] } },
      '/v1, Kind=Service',
      'json: cannot unmarshal bool into Go value of type int32',
    ],
    [
      '/apis/apps/v1/namespaces/default/deployments',
      { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector, template: TEMPLATE } },
      'apps/v1, Kind=Deployment',
      `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    ],
  ])('%s %j', (path, object, kind, why) => {
    const body = { ...object, metadata: { name: 'x', namespace: 'default' } }
    const headers = { contentType: 'application/apply-patch+yaml' }
    const answer = new RawApi().send('PATCH', `${path}/x?fieldManager=me`, body, headers)
    expect(answer.body['message']).toBe(
      `failed to convert new object (default/x; ${kind}) to proper version: unable to convert unstructured object to ${kind}: ${why}`,
    )
  })
})
