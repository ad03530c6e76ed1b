import { allSchemas, schemaForKind, schemaOf } from '#api/schemas.ts'
import { compileSchemas } from '#apimachinery/schema/compile.ts'
import { describe, expect, test } from 'vitest'

const field = (definition: string, name: string) =>
  schemaOf(`io.k8s.${definition}`)?.fields?.get(name)

describe('compileSchemas()', () => {
  test('knows lists by key, their patch strategy and element type', () => {
    const ports = field('api.core.v1.ServiceSpec', 'ports')
    expect(ports).toMatchObject({ required: false, keepZero: false, pointer: false })
    expect(ports?.schema).toMatchObject({
      kind: 'list',
      goType: '[]v1.ServicePort',
      listType: 'map',
      listKeys: ['port', 'protocol'],
      patchStrategy: ['merge'],
      patchMergeKey: 'port',
    })
    expect(ports?.schema.items).toBe(schemaOf('io.k8s.api.core.v1.ServicePort'))
  })

  test('orders fields as Go writes them, type meta first', () => {
    expect([...schemaForKind('', 'v1', 'Service')!.fields!.keys()]).toEqual([
      'kind',
      'apiVersion',
      'metadata',
      'spec',
      'status',
    ])
  })

  test('takes the fields of inlined messages in their place', () => {
    expect([...schemaOf('io.k8s.api.core.v1.Probe')!.fields!.keys()].slice(0, 5)).toEqual([
      'exec',
      'httpGet',
      'tcpSocket',
      'grpc',
      'initialDelaySeconds',
    ])
    expect(field('api.core.v1.Volume', 'emptyDir')).toMatchObject({ pointer: true })
  })

  test.each([
    ['api.core.v1.ServicePort', 'port', true, false],
    ['api.core.v1.ServicePort', 'protocol', false, false],
    ['api.core.v1.ServicePort', 'appProtocol', false, true],
    ['api.core.v1.Container', 'resources', true, false],
    ['api.apps.v1.Deployment', 'status', true, false],
    ['api.core.v1.PodCondition', 'lastProbeTime', true, false],
    ['apimachinery.pkg.apis.meta.v1.ObjectMeta', 'creationTimestamp', false, false],
    ['apimachinery.pkg.apis.meta.v1.ObjectMeta', 'deletionTimestamp', false, true],
  ])(
    'knows whether %s.%s is written when zero, and whether it is a pointer',
    (definition, name, keepZero, pointer) => {
      expect(field(definition, name)).toMatchObject({ keepZero, pointer })
    },
  )

  test('keeps only defaults that say more than the zero value', () => {
    expect(field('api.core.v1.ServicePort', 'protocol')?.default).toBe('TCP')
    expect(field('api.core.v1.ServicePort', 'port')).not.toHaveProperty('default')
    expect(field('api.core.v1.FileKeySelector', 'optional')?.default).toBe(false)
  })

  test.each([
    ['api.core.v1.ServiceSpec', 'type', 'v1.ServiceType'],
    ['api.core.v1.ServiceSpec', 'ipFamilies', '[]v1.IPFamily'],
    ['api.core.v1.ResourceRequirements', 'limits', 'v1.ResourceList'],
    ['apimachinery.pkg.apis.meta.v1.ObjectMeta', 'labels', 'map[string]string'],
    ['apimachinery.pkg.apis.meta.v1.ObjectMeta', 'uid', 'types.UID'],
    ['api.core.v1.Secret', 'data', 'map[string][]uint8'],
    ['api.core.v1.ServicePort', 'targetPort', 'intstr.IntOrString'],
  ])('names the type of %s.%s as Go does', (definition, name, goType) => {
    expect(field(definition, name)?.schema.goType).toBe(goType)
  })

  test('compiles definitions that hold themselves', () => {
    const props = schemaOf(
      'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps',
    )!
    expect(props.fields!.get('not')!.schema).toBe(props)
    expect(props.fields!.get('items')!.schema.either![0]).toBe(props)
  })

  test('keeps zero values of definitions that no message describes', () => {
    const own = compileSchemas(
      {
        'a.v1.B': {
          type: 'object',
          properties: { n: { type: 'integer' }, s: { type: 'string', default: '' } },
        },
      },
      {},
    )
    expect(own.get('a.v1.B')!.fields!.get('n')).toMatchObject({ pointer: true, keepZero: false })
    expect(own.get('a.v1.B')!.fields!.get('s')).toMatchObject({ pointer: false, keepZero: true })
  })

  test('gives every object schema of the API its fields', () => {
    for (const [name, schema] of allSchemas())
      if (schema.kind === 'object') expect(schema.fields, name).toBeDefined()
  })
})

describe('schemaForKind()', () => {
  test('finds built-in kinds only', () => {
    expect(schemaForKind('apps', 'v1', 'Deployment')?.name).toBe('io.k8s.api.apps.v1.Deployment')
    expect(schemaForKind('example.com', 'v1', 'Widget')).toBeUndefined()
  })
})
