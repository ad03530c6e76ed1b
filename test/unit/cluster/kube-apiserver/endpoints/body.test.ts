import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const UNRECOGNIZED = 'the object provided is unrecognized (must be of type ConfigMap): '
const PARSE = `${UNRECOGNIZED}couldn't get version/kind; json parse error: `
const STRUCT = `Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`
const SCHEME = 'in scheme "pkg/api/legacyscheme/scheme.go:30"'

const message = (body: string | Uint8Array, contentType = 'application/json'): unknown =>
  api.send('POST', CONFIG_MAPS, body, { contentType }).body['message']

describe('a body', () => {
  test.each([
    ['', `${PARSE}unexpected end of JSON input (<empty>)`],
    ['{', `${PARSE}unexpected end of JSON input ({)`],
    ['[]', `${PARSE}json: cannot unmarshal array into ${STRUCT} (5b5d)`],
    ['"x"', `${PARSE}json: cannot unmarshal string into ${STRUCT} (227822)`],
    ['true', `${PARSE}json: cannot unmarshal bool into ${STRUCT} (74727565)`],
    ['1', `${PARSE}json: cannot unmarshal number into ${STRUCT} (31)`],
    [
      '{"kind":5}',
      `${PARSE}json: cannot unmarshal number into Go struct field .kind of type string ({"kind":5})`,
    ],
    [
      '{"apiVersion":"a/b/c","metadata":{}}',
      `${UNRECOGNIZED}unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c","metadat ...)`,
    ],
    [
      '{"apiVersion":"v1","kind":"Foo"}',
      `Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is registered for version "v1" ${SCHEME}`,
    ],
    [
      '{"apiVersion":"apps/v1","kind":"ConfigMap"}',
      `ConfigMap in version "v1" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "apps/v1" ${SCHEME}`,
    ],
    [
      '{"apiVersion":"v1","kind":"Secret"}',
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
    [
      '{"apiVersion":"v1","kind":"ConfigMapList","items":[]}',
      'ConfigMapList in version "v1" cannot be handled as a ConfigMap: converting (v1.ConfigMapList) to (core.ConfigMap): unknown conversion',
    ],
    [
      '{"apiVersion":"v1","kind":"List","items":[]}',
      'List in version "v1" cannot be handled as a ConfigMap: converting (v1.List) to (core.ConfigMap): unknown conversion',
    ],
    [
      'null',
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      '{"metadata":{"name":"a","namespace":"other"}}',
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
  ])('of JSON: %s', (body, expected) => {
    expect(message(body)).toBe(expected)
  })

  test('of YAML that is none', () => {
    expect(message('a: [', 'application/yaml')).toBe(
      `${UNRECOGNIZED}error converting YAML to JSON: yaml: line 1: did not find expected node content (613a205b)`,
    )
  })

  test('of another version of the kind', () => {
    const path = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
    const body = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'a' },
    }
    expect(api.send('POST', path, body).body['message']).toBe(
      'the API version in the data (autoscaling/v2) does not match the expected API version (autoscaling/v1)',
    )
  })

  test('may be of any of three types, with parameters or without', () => {
    const named = (name: string) => `{"metadata":{"name":"${name}"}}`
    const create = (body: string, contentType: string) =>
      api.send('POST', CONFIG_MAPS, body, { contentType }).status
    expect(create(named('a1'), 'application/json;charset=utf-8')).toBe(201)
    expect(create(named('a2'), '')).toBe(201)
    expect(create(named('a3'), 'APPLICATION/JSON')).toBe(201)
    expect(create('metadata:\n  name: a4\n', 'application/yaml')).toBe(201)
    expect(
      api.send('POST', CONFIG_MAPS, named('a5'), { contentType: 'text/plain' }).body,
    ).toMatchObject({
      code: 415,
      reason: 'UnsupportedMediaType',
      message:
        'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    })
  })

  test('of a patch has a type of its own', () => {
    expect(api.send('PATCH', `${CONFIG_MAPS}/a1`, '{}', { contentType: '' }).body).toMatchObject({
      code: 415,
      message:
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
    })
  })

  test.each([
    ['letters', 'x'.repeat(3 * 1024 * 1024)],
    ['letters of three bytes', '€'.repeat(1024 * 1024 + 1)],
  ])('may be 3 MiB long: %s', (_name, text) => {
    const create = (value: string) =>
      api.send('POST', CONFIG_MAPS, `{"metadata":{"name":"big"},"data":{"a":"${value}"}}`)
    expect(create(text).body).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: 'Request entity is too large: limit is 3145728',
    })
  })

  test('that is no UTF-8 is read as Go reads it', () => {
    const bytes = new TextEncoder().encode('{"metadata":{"name":"bytes"},"data":{"a":"?"}}')
    bytes[bytes.indexOf('?'.charCodeAt(0))] = 0xff
    expect(
      api.send('POST', CONFIG_MAPS, bytes, { contentType: 'application/json' }).body['data'],
    ).toEqual({ a: '\ufffd' })
  })

  test('of an update must name the object', () => {
    const put = (metadata: object) => api.send('PUT', `${CONFIG_MAPS}/a1`, { metadata }).body
    expect(put({})).toMatchObject({
      code: 400,
      message: 'the name of the object (a1 based on URL) was undeterminable: name must be provided',
    })
    expect(put({ name: 'b' })['message']).toBe(
      'the name of the object (b) does not match the name on the URL (a1)',
    )
    expect(put({ name: 'a1', namespace: 'b' })['message']).toBe(
      'the namespace of the object (b) does not match the namespace on the request (default)',
    )
    const { uid } = api.send('GET', `${CONFIG_MAPS}/a1`).body['metadata'] as { uid: string }
    expect(put({ name: 'a1', uid: 'other' })['message']).toBe(
      `Operation cannot be fulfilled on configmaps "a1": StorageError: invalid object, Code: 4, Key: /registry/configmaps/default/a1, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
    )
  })

  test('may give a namespace to what lives in none: it is forgotten', () => {
    const { metadata } = api.send('POST', '/api/v1/namespaces', {
      metadata: { name: 'n', namespace: 'x' },
    }).body as { metadata: object }
    expect(Object.keys(metadata)).not.toContain('namespace')
  })
})

describe('a field that stands twice', () => {
  test('is warned of, and holds what both of its values say', () => {
    const { status, warnings, body } = api.send(
      'POST',
      CONFIG_MAPS,
      '{"metadata":{"name":"twice"},"data":{"a":"1","b":"1"},"data":{"b":"2"}}',
    )
    expect([status, warnings]).toEqual([201, [String.raw`duplicate field \"data\"`]])
    expect(body['data']).toEqual({ a: '1', b: '2' })
  })
})

describe('what a strict decoder finds', () => {
  const problems = (body: string, contentType = 'application/json'): unknown =>
    String(
      api.send('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, body, { contentType }).body[
        'message'
      ],
    ).replace(/^.*strict decoding error: /, '')

  test('in JSON stands in the order of the text', () => {
    expect(
      problems(
        '{"zzz":1,"metadata":{"name":"a","nope":1,"name":"b"},"data":{"a":"1","a":"2"},"aaa":1,"b\\u0007":2}',
      ),
    ).toBe(
      'unknown field "zzz", unknown field "metadata.nope", duplicate field "metadata.name", duplicate field "data.a", unknown field "aaa", unknown field "b\\a"',
    )
  })

  test('does not lie within what nobody knows', () => {
    expect(
      problems('{"zzz":{"a":1,"a":2},"metadata":{"name":"a","name":"b"},"zzz":[{"b":1,"b":2}]}'),
    ).toBe('unknown field "zzz", duplicate field "metadata.name"')
  })

  test('in YAML stands in the order of the names, after what is there twice', () => {
    expect(
      problems(
        'zzz: 1\nmetadata: {name: a, nope: 1}\naaa: 1\ndata: {a: "1", a: "2"}',
        'application/yaml',
      ),
    ).toBe(
      'strict decoding error: yaml: unmarshal errors:\n  line 4: key "a" already set in map, unknown field "aaa", unknown field "metadata.nope", unknown field "zzz"'.slice(
        'strict decoding error: '.length,
      ),
    )
  })
})
