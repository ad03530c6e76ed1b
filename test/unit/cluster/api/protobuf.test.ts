import { decodeProtobuf, encodeProtobuf } from '#api/protobuf.ts'
import { schemaForKind } from '#api/schemas.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { ProtobufError } from '#apimachinery/protobuf/reader.ts'
import { decode } from '#apimachinery/schema/decode.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const text = (value: string): number[] => [...new TextEncoder().encode(value)]
/** A field of bytes. */
const field = (number: number, bytes: readonly number[]): number[] => [
  ...varint(number * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
]
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
const number = (id: number, value: number): number[] => [...varint(id * 8), ...varint(value)]
const body = (apiVersion: string, kind: string, message: readonly number[]): Uint8Array =>
  Uint8Array.from([
    ...text('k8s\0'),
    ...field(1, [...field(1, text(apiVersion)), ...field(2, text(kind))]),
    ...field(2, message),
    ...field(3, []),
    ...field(4, []),
  ])

const fault = (bytes: Uint8Array): string => {
  try {
    decodeProtobuf(bytes)
  } catch (error) {
    if (error instanceof ProtobufError) return error.message
    throw error
  }
  return ''
}

/** JSONSchemaProps.not */
const NOT = 28

describe('decodeProtobuf()', () => {
  test.each(['v1', 'apps/v1', 'batch/v1', 'rbac.authorization.k8s.io/v1', 'storage.k8s.io/v1'])(
    'reads DeleteOptions of every group: %s',
    (apiVersion) => {
      const options = [...number(1, 5), ...field(2, field(1, text('u')))]
      expect(decodeProtobuf(body(apiVersion, 'DeleteOptions', options))).toEqual({
        apiVersion,
        kind: 'DeleteOptions',
        gracePeriodSeconds: 5,
        preconditions: { uid: 'u' },
      })
    },
  )

  test('reads an object, dropping what was not set', () => {
    const meta = field(1, [
      ...field(1, text('a')),
      ...field(2, []),
      ...field(8, []),
      ...field(11, [...field(1, text('k')), ...field(2, text('v'))]),
    ])
    const port = field(1, [
      ...field(1, []),
      ...field(2, text('TCP')),
      ...number(3, 80),
      ...field(4, [...number(1, 1), ...number(2, 0), ...field(3, text('http'))]),
      ...number(5, 0),
    ])
    const spec = field(2, [
      ...port,
      ...field(3, []),
      ...number(13, 0),
      ...number(20, 0),
      ...field(18, text('10.0.0.1')),
    ])
    expect(decodeProtobuf(body('v1', 'Service', [...meta, ...spec, ...field(3, [])]))).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', labels: { k: 'v' } },
      spec: {
        ports: [{ protocol: 'TCP', port: 80, targetPort: 'http' }],
        clusterIPs: ['10.0.0.1'],
        allocateLoadBalancerNodePorts: false,
      },
      status: {},
    })
  })

  test('reads the fields of inlined messages into their parent', () => {
    const probe = [
      ...field(
        1,
        field(2, [
          ...field(1, text('/')),
          ...field(2, [...number(1, 0), ...number(2, 80), ...field(3, [])]),
        ]),
      ),
      ...number(2, 5),
    ]
    const container = [...field(1, text('c')), ...field(10, probe)]
    expect(decodeProtobuf(body('v1', 'Pod', field(2, field(2, container))))['spec']).toEqual({
      containers: [
        { name: 'c', livenessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 5 } },
      ],
    })
  })

  test.each([
    ['nothing', new Uint8Array(), 'empty data'],
    [
      'JSON',
      Uint8Array.from(text('{"a":1}')),
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    ],
    ['a length beyond the end', body('v1', 'Pod', [10, 5]), 'unexpected EOF'],
    [
      'a number without end',
      body('v1', 'ConfigMap', [32, ...Array.from({ length: 10 }, () => 0xff), 1]),
      'proto: integer overflow',
    ],
    [
      'the wrong wire type',
      body('v1', 'ConfigMap', [8, 1]),
      'proto: wrong wireType = 0 for field Metadata',
    ],
    ['a wire type that does not exist', body('v1', 'ConfigMap', [11]), 'proto: illegal wireType 3'],
    [
      'bad text',
      body('v1', 'ConfigMap', field(1, field(1, [0xff]))),
      'proto: string field contains invalid UTF-8',
    ],
    ['an unknown kind', body('v9', 'Thing', []), 'no kind "Thing" is registered for version "v9"'],
  ])('refuses %s', (_, bytes, message) => {
    expect(fault(bytes)).toBe(message)
  })

  test('bounds the depth', () => {
    let schema: number[] = []
    for (let level = 0; level < 150; level++) schema = field(NOT, schema)
    const versions = field(7, [...field(1, text('v1')), ...field(4, field(1, schema))])
    expect(
      fault(body('apiextensions.k8s.io/v1', 'CustomResourceDefinition', field(2, versions))),
    ).toBe('proto: exceeded max recursion depth')
  })

  test('throws nothing but its own error, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Pod', 'Service', 'Secret', 'Event'),
        fc.uint8Array({ maxLength: 100 }),
        (kind, bytes) => {
          fault(body('v1', kind, [...bytes]))
        },
      ),
      { numRuns: 2000 },
    )
  })
})

const OBJECTS: readonly JsonObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      creationTimestamp: '2024-05-06T07:08:09Z',
      deletionGracePeriodSeconds: 0,
      annotations: { ü: '', b: '1' },
      managedFields: [
        {
          manager: 'm',
          operation: 'Update',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:metadata': {} },
        },
      ],
    },
    spec: {
      containers: [
        {
          name: 'c',
          args: ['', 'x'],
          resources: { limits: { cpu: '100m' } },
          env: [
            { name: 'E', valueFrom: { configMapKeyRef: { name: 'n', key: 'k', optional: false } } },
          ],
          readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 3 },
        },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
      terminationGracePeriodSeconds: 0,
      priority: -5,
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: { a: 'AAECAw==', b: '' },
    immutable: false,
  },
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {},
    eventTime: '2024-05-06T07:08:09.000123Z',
    count: 2147483647,
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { generation: 9007199254740991 },
    spec: { replicas: 0, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } } },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {},
    spec: {
      versions: [
        {
          name: 'v1',
          schema: {
            openAPIV3Schema: {
              properties: {
                a: { items: { type: 'string' }, maximum: 1.5, default: { x: [null] } },
                b: { additionalProperties: true },
              },
              'x-kubernetes-validations': [{ rule: 'true' }],
            },
          },
          subresources: { status: {} },
        },
      ],
    },
  },
]

describe('encodeProtobuf()', () => {
  test.each(OBJECTS.map((object) => [String(object['kind']), object] as const))(
    'carries a %s there and back',
    (kind, object) => {
      const apiVersion = String(object['apiVersion'])
      const [version, group = ''] = apiVersion.split('/').reverse()
      const schema = schemaForKind(group, version!, kind)!
      const canonical = decode(object, schema).object
      expect(decode(decodeProtobuf(encodeProtobuf(canonical)!), schema).object).toEqual(canonical)
    },
  )

  test('cannot carry a custom object', () => {
    expect(encodeProtobuf({ apiVersion: 'example.com/v1', kind: 'Widget' })).toBeUndefined()
  })
})
