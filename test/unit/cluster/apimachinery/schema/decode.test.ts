import { schemaForKind } from '#api/schemas.ts'
import { freeze } from '#apimachinery/object.ts'
import { decode, DecodeError } from '#apimachinery/schema/decode.ts'
import { describe, expect, test } from 'vitest'

const schema = (kind: string, group = '') => schemaForKind(group, 'v1', kind)!
const object = (value: unknown, kind: string, group = '') =>
  decode(value, schema(kind, group)).object
const message = (value: unknown, kind = 'Service', group = ''): string => {
  try {
    decode(value, schema(kind, group))
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
  return ''
}

describe('decode()', () => {
  test('leaves out what was not set and writes what Go always writes', () => {
    const given = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', labels: null, creationTimestamp: null },
      spec: {
        externalIPs: [],
        publishNotReadyAddresses: false,
        ports: [{ protocol: '', targetPort: 0 }],
        type: '',
      },
    }
    expect(object(given, 'Service')).toEqual({
      kind: 'Service',
      apiVersion: 'v1',
      metadata: { name: 'a' },
      spec: { ports: [{ port: 0 }] },
      status: { loadBalancer: {} },
    })
  })

  test('keeps a zero behind a pointer', () => {
    expect(object({ spec: { replicas: 0, paused: false } }, 'Deployment', 'apps')).toMatchObject({
      spec: { replicas: 0, strategy: {} },
    })
  })

  test('writes lists without omitempty as null when they are empty', () => {
    expect(
      object({ addressType: 'IPv4', endpoints: [] }, 'EndpointSlice', 'discovery.k8s.io'),
    ).toEqual({
      metadata: {},
      endpoints: null,
      ports: null,
      addressType: 'IPv4',
    })
  })

  test('keeps no bytes under a key as empty bytes', () => {
    expect(object({ data: { key: null } }, 'Secret')).toMatchObject({ data: { key: '' } })
  })

  test('writes fields in the order of Go and maps by key', () => {
    const decoded = object(
      { spec: { type: 'ClusterIP', selector: { b: '1', a: '2' } }, kind: 'Service', metadata: {} },
      'Service',
    )
    expect(JSON.stringify(decoded)).toBe(
      '{"kind":"Service","metadata":{},"spec":{"selector":{"a":"2","b":"1"},"type":"ClusterIP"},"status":{"loadBalancer":{}}}',
    )
  })

  test('makes quantities, times and base64 canonical', () => {
    const pod = {
      metadata: { creationTimestamp: '2024-01-02T03:04:05.678+02:00' },
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: 0.1, memory: '1024Mi' } } }] },
    }
    expect(object(pod, 'Pod')).toMatchObject({
      metadata: { creationTimestamp: '2024-01-02T01:04:05Z' },
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: '100m', memory: '1Gi' } } }] },
    })
    expect(object({ data: { a: 'YWJj\n' } }, 'Secret')).toMatchObject({ data: { a: 'YWJj' } })
  })

  test('takes null for the zero value in lists and maps', () => {
    expect(
      object({ metadata: { labels: { a: null }, finalizers: [null] } }, 'Service'),
    ).toMatchObject({
      metadata: { labels: { a: '' }, finalizers: [''] },
    })
  })

  test('returns a canonical object itself and never changes what it is given', () => {
    const given = freeze({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { k: 'v' },
    })
    const first = object(given, 'ConfigMap')
    expect(first['metadata']).toBe(given.metadata)
    expect(first['data']).toBe(given.data)
    expect(object(first, 'ConfigMap')).toBe(first)
  })

  test('reports unknown fields in the order of the document, by path', () => {
    const { unknownFields } = decode(
      { metadata: { lables: {} }, spec: { ports: [{ targetport: 1, Port: 2 }], seletor: {} } },
      schema('Service'),
    )
    expect(unknownFields).toEqual([
      'unknown field "metadata.lables"',
      'unknown field "spec.ports[0].targetport"',
      'unknown field "spec.ports[0].Port"',
      'unknown field "spec.seletor"',
    ])
  })

  test('treats keys that objects inherit as any other', () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b"}')
    const decoded = object({ metadata: { labels }, data: labels, toString: 1 }, 'ConfigMap')
    expect(JSON.stringify(decoded)).toBe(
      '{"metadata":{"labels":{"__proto__":"a","constructor":"b"}},"data":{"__proto__":"a","constructor":"b"}}',
    )
  })

  test.each([
    [
      'a struct for a list',
      { spec: { ports: {} } },
      'object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort',
    ],
    [
      'a fraction',
      { spec: { ports: [{ port: 80.5 }] } },
      'number 80.5 into Go struct field ServicePort.spec.ports.port of type int32',
    ],
    [
      'what is out of range',
      { spec: { ports: [{ port: 4294967296 }] } },
      'number 4294967296 into Go struct field ServicePort.spec.ports.port of type int32',
    ],
    [
      'a string for a boolean',
      { spec: { publishNotReadyAddresses: 'x' } },
      'string into Go struct field ServiceSpec.spec.publishNotReadyAddresses of type bool',
    ],
    [
      'a number in a map',
      { metadata: { labels: { a: 1 } } },
      'number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      'a number in a list of structs',
      { spec: { ports: [{ port: 1 }, 5] } },
      'number into Go struct field ServiceSpec.spec.ports of type v1.ServicePort',
    ],
    [
      'a number for a named string',
      { spec: { type: 5 } },
      'number into Go struct field ServiceSpec.spec.type of type v1.ServiceType',
    ],
    [
      'a fraction in a type that decodes itself',
      { spec: { ports: [{ targetPort: 1.5 }] } },
      'number 1.5 into Go struct field ServicePort.spec.ports.targetPort of type int32',
    ],
    [
      'a number for a time',
      { metadata: { creationTimestamp: 5 } },
      'number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
    ],
    ['a list for the object', [], 'array into Go value of type v1.Service'],
  ])('refuses %s in the words of Go', (_, value, text) => {
    expect(message(value)).toBe(`json: cannot unmarshal ${text}`)
  })

  test('reports the first mismatch, unless a type that decodes itself fails later', () => {
    expect(message({ spec: { type: 5, ports: {} } })).toContain('spec.type')
    expect(message({ spec: { type: 5 }, metadata: { creationTimestamp: 'x' } })).toContain(
      'parsing time "x"',
    )
  })

  test.each([
    ['Secret', { data: { a: 'not base64!' } }, 'illegal base64 data at input byte 3'],
    [
      'Pod',
      { spec: { containers: [{ resources: { limits: { cpu: 'x' } } }] } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'Pod',
      { metadata: { creationTimestamp: '2024-13-01T00:00:00Z' } },
      'parsing time "2024-13-01T00:00:00Z": month out of range',
    ],
    [
      'Lease',
      { spec: { renewTime: '2024-01-01T00:00:00Z' } },
      'parsing time "2024-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
    ],
  ])('refuses a malformed value of a %s', (kind, value, text) => {
    expect(message(value, kind, kind === 'Lease' ? 'coordination.k8s.io' : '')).toBe(text)
  })

  test('decodes schemas of custom resources whatever their shape, not reporting inside', () => {
    const schemas = {
      properties: {
        list: { items: { type: 'string', foo: 1 } },
        map: { additionalProperties: true, default: { x: null } },
      },
      bar: 1,
    }
    const given = { spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema: schemas } }] } }
    const { object: decoded, unknownFields } = decode(
      given,
      schema('CustomResourceDefinition', 'apiextensions.k8s.io'),
    )
    expect(decoded).toMatchObject({
      spec: {
        versions: [
          {
            schema: {
              openAPIV3Schema: {
                properties: {
                  list: { items: { type: 'string' } },
                  map: { additionalProperties: true, default: { x: null } },
                },
              },
            },
          },
        ],
      },
    })
    expect(JSON.stringify(decoded)).not.toContain('foo')
    expect(unknownFields).toEqual(['unknown field "spec.versions[0].schema.openAPIV3Schema.bar"'])
  })
})
