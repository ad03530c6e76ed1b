// Requests that no sane client sends.
import { setKey, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { Random } from '#environment.ts'
import { apiVersionOf, builtInResources, type Resource } from '#kube-apiserver/resources.ts'
import fc from 'fast-check'
import { mutate, mutation, textOf, WEIRD, weird, type Mutable } from './mutations.ts'
import { VALID } from './valid-objects.ts'

export interface HostileRequest {
  readonly method: string
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
  readonly contentType: string
  readonly accept: string
  readonly body: string | Uint8Array
}

const RESOURCES = builtInResources()

/** A value for a schema, now and then of another kind. */
const instance = (schema: Schema | undefined, random: Random, depth = 0): JsonValue => {
  if (schema === undefined || random.below(12) === 0 || depth > 6)
    return WEIRD[random.below(WEIRD.length)]!
  switch (schema.kind) {
    case 'object': {
      const object: Record<string, JsonValue> = {}
      for (const [name, field] of schema.fields ?? [])
        if (field.required ? random.below(20) > 0 : random.below(4 + depth) === 0)
          setKey(object, name, instance(field.schema, random, depth + 1))
      return object
    }
    case 'map':
      return Object.fromEntries(
        ['app', 'b/c', 'constructor']
          .slice(random.below(4))
          .map((key) => [key, instance(schema.items, random, depth + 1)]),
      )
    case 'list':
      return Array.from({ length: random.below(3) }, () =>
        instance(schema.items, random, depth + 1),
      )
    case 'integer':
      return [0, 1, 80, -1, 30_000, 2_147_483_647][random.below(6)]!
    case 'number':
      return [0, 0.5, 1e9][random.below(3)]!
    case 'boolean':
      return random.below(2) === 0
    case 'quantity':
      return ['1', '100m', '1Gi', '-5', 'abc'][random.below(5)]!
    case 'bytes':
      return ['YQ==', 'not base64', ''][random.below(3)]!
    case 'time':
    case 'micro-time':
      return ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000Z', 'never'][random.below(3)]!
    default:
      return (
        schema.enum?.[random.below(schema.enum.length)] ??
        ['web', 'a.b', '80', ''][random.below(4)]!
      )
  }
}

const collectionOf = (resource: Resource): string =>
  `${resource.group === '' ? '/api' : '/apis'}/${apiVersionOf(resource)}${resource.namespaced ? '/namespaces/default' : ''}/${resource.plural}`

const NO_QUERY: readonly (readonly [string, string])[] = []

const QUERY_NAMES = [
  'dryRun',
  'fieldManager',
  'fieldValidation',
  'force',
  'limit',
  'continue',
  'watch',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'allowWatchBookmarks',
  'timeoutSeconds',
  'labelSelector',
  'fieldSelector',
  'gracePeriodSeconds',
  'propagationPolicy',
  'orphanDependents',
  'pretty',
  '__proto__',
  'includeObject',
] as const
const QUERY_VALUES = [
  'All',
  'true',
  'false',
  '0',
  '1',
  '-1',
  '2',
  '99999999999999999999',
  'abc',
  '',
  'Strict',
  'Warn',
  'Exact',
  'NotOlderThan',
  'a=b',
  'a in (b,c)',
  '!a',
  'a notin (',
  'metadata.name=fuzz',
  'spec.nope=1',
  'Foreground',
  'Orphan',
  'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0',
  '\u0000',
  'x'.repeat(2000),
] as const

const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NO_QUERY) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.tuple(fc.constantFrom(...QUERY_NAMES), fc.constantFrom(...QUERY_VALUES)),
      {
        maxLength: 3,
      },
    ),
  },
)

const accept = fc.constantFrom(
  '',
  '',
  'application/json',
  'application/yaml',
  '*/*',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
  'application/vnd.kubernetes.protobuf',
  'text/html',
  ';;;,,,',
)

const JSON_TYPE = 'application/json'

const request = (parts: Partial<HostileRequest>): HostileRequest => ({
  method: 'GET',
  path: '/',
  query: NO_QUERY,
  contentType: JSON_TYPE,
  accept: '',
  body: '',
  ...parts,
})

const changedObject = fc
  .tuple(
    fc.constantFrom(...VALID),
    fc.array(mutation, { maxLength: 4 }),
    fc.constantFrom('POST', 'POST', 'PUT', 'APPLY'),
    query,
    accept,
  )
  .map(([[path, object], mutations, method, asked, accepted]) => {
    const body = textOf(mutate(object, mutations))
    const { name } = object['metadata'] as { readonly name: string }
    const single = { path: `${path}/${name}`, query: asked, accept: accepted, body }
    if (method === 'POST') return request({ ...single, method, path })
    if (method === 'PUT') return request({ ...single, method })
    return request({
      ...single,
      method: 'PATCH',
      query: [...asked, ['fieldManager', 'fuzz'], ['force', 'true']],
      contentType: 'application/apply-patch+yaml',
    })
  })

const anyObject = fc
  .tuple(fc.constantFrom(...RESOURCES), fc.nat(), query)
  .map(([resource, seed, asked]) => {
    const value = instance(resource.schema, new Random(seed))
    const object =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : value
    // most would fall at the first hurdle
    if (seed % 4 > 0 && object === Object(object)) {
      const metadata = (object as Mutable)['metadata']
      Object.assign(object as Mutable, {
        apiVersion: apiVersionOf(resource),
        kind: resource.kind,
        metadata: {
          ...(Object(metadata) as object),
          name: 'fuzz',
          namespace: undefined,
          generateName: undefined,
        },
      })
    }
    return request({
      method: 'POST',
      path: collectionOf(resource),
      query: asked,
      body: textOf(object),
    })
  })

const pointer = fc
  .array(
    fc.constantFrom(
      'spec',
      'metadata',
      'labels',
      'data',
      'a',
      '0',
      '-',
      '-1',
      '99',
      '__proto__',
      'constructor',
      'ports',
      'template',
      'containers',
      '~1',
      '~',
      'status',
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.map((part) => `/${part}`).join(''))

const jsonPatch = fc.array(
  fc.record({
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'delete', ''),
    path: pointer,
    from: pointer,
    value: weird,
  }),
  { maxLength: 4 },
)

const directives = fc.constantFrom<JsonValue>(
  { $patch: 'replace' },
  { $patch: 'delete' },
  { $patch: 1 },
  { spec: { $retainKeys: ['a', 1] } },
  { spec: { ports: [{ $patch: 'delete', port: 80 }, { $patch: 'replace' }] } },
  { spec: { '$setElementOrder/ports': [{ port: 80 }, 1], ports: [{ name: 'x' }] } },
  { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: [1] } },
  { metadata: { name: 'other', uid: 'x', resourceVersion: '1', namespace: 'kube-system' } },
  { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a.io/b'] } },
  { metadata: { managedFields: [{ manager: '', fieldsV1: { 'f:spec': { 'k:{': {} } } }] } },
  {
    metadata: {
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'fuzz', uid: 'x' }],
    },
  },
)

const patch = fc
  .tuple(
    fc.constantFrom(...VALID),
    fc.constantFrom('json', 'merge', 'strategic-merge', 'apply', 'nonsense'),
    fc.oneof(
      jsonPatch as fc.Arbitrary<unknown>,
      directives,
      weird,
      fc
        .tuple(fc.constantFrom(...VALID), fc.array(mutation, { minLength: 1, maxLength: 3 }))
        .map(([[, object], mutations]) => mutate(object, mutations)),
    ),
    query,
    fc.constantFrom('', '', '', '/status', '/scale', '/finalize', '/nothing'),
  )
  .map(([[path, object], type, body, asked, subresource]) =>
    request({
      method: 'PATCH',
      path: `${path}/${(object['metadata'] as { readonly name: string }).name}${subresource}`,
      query: type === 'apply' ? [...asked, ['fieldManager', 'fuzz']] : asked,
      contentType: `application/${type}-patch+${type === 'apply' ? 'yaml' : 'json'}`,
      body: textOf(body),
    }),
  )

const CONTENT_TYPES = [
  JSON_TYPE,
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
  '',
  'text/plain',
  'application/json; charset=latin1',
]

const YAML_PIECES = [
  'a: ',
  '- ',
  '\n',
  '  ',
  '&x ',
  '*x',
  '<<: *x',
  '!!binary ',
  '!!js/function ',
  '"',
  "'",
  '|',
  '>',
  '{',
  '}',
  '[',
  ']',
  ',',
  '? ',
  '---',
  '...',
  '#',
  '%YAML 1.1',
  '0x',
  '0o7',
  '.inf',
  '~',
  'yes',
  '2026-01-01',
  '\t',
  '\u0000',
  '\ufeff',
  '😀',
  'kind: Pod',
  'metadata:',
]

const raw = fc
  .tuple(
    fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
    fc.constantFrom(...VALID),
    fc.constantFrom(...CONTENT_TYPES),
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }) as fc.Arbitrary<string | Uint8Array>,
      fc
        .uint8Array({ maxLength: 60 })
        .map((bytes) => Uint8Array.from([0x6b, 0x38, 0x73, 0, 0x0a, ...bytes])),
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.json(),
      fc.array(fc.constantFrom(...YAML_PIECES), { maxLength: 40 }).map((pieces) => pieces.join('')),
    ),
  )
  .map(([method, [path, object], contentType, body]) => {
    const { name } = object['metadata'] as { readonly name: string }
    return request({
      method,
      path: method === 'POST' ? path : `${path}/${name}`,
      contentType,
      body,
    })
  })

const PATH_PIECES = [
  'api',
  'apis',
  'v1',
  'apps',
  'namespaces',
  'default',
  'pods',
  'services',
  'configmaps',
  'fuzz',
  'status',
  'scale',
  'eviction',
  'binding',
  'token',
  'log',
  'exec',
  'proxy',
  '..',
  '%2e%2e',
  '%2f',
  '.',
  '',
  '%',
  '%00',
  '%ff',
  '__proto__',
  'constructor',
  'nodes',
  'deployments',
  'kubarium.dev',
  'machines',
  'x'.repeat(300),
  'é',
  '%F0%9F%98%80',
  'openapi',
  'v3',
  'healthz',
  'version',
]

const path = fc
  .tuple(
    fc.constantFrom(
      'GET',
      'GET',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'HEAD',
      'OPTIONS',
      'TRACE',
      '',
      'get',
    ),
    fc.array(fc.constantFrom(...PATH_PIECES), { maxLength: 9 }),
    query,
    accept,
    fc.constantFrom('', '{}', 'null'),
  )
  .map(([method, pieces, asked, accepted, body]) =>
    request({ method, path: `/${pieces.join('/')}`, query: asked, accept: accepted, body }),
  )

const read = fc
  .tuple(
    fc.constantFrom(...RESOURCES),
    query,
    accept,
    fc.constantFrom('', '/fuzz', '/fuzz/status', '/fuzz/scale'),
  )
  .map(([resource, asked, accepted, rest]) =>
    request({ path: `${collectionOf(resource)}${rest}`, query: asked, accept: accepted }),
  )

const remove = fc
  .tuple(
    fc.constantFrom(...VALID),
    query,
    fc.oneof(fc.constant(''), weird.map(textOf), directives.map(textOf)),
  )
  .map(([[collection, object], asked, body]) =>
    request({
      method: 'DELETE',
      path: `${collection}/${(object['metadata'] as { readonly name: string }).name}`,
      query: asked,
      body,
    }),
  )

/** All of them. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc.oneof(
  { weight: 6, arbitrary: changedObject },
  { weight: 4, arbitrary: anyObject },
  { weight: 5, arbitrary: patch },
  { weight: 3, arbitrary: raw },
  { weight: 2, arbitrary: path },
  { weight: 2, arbitrary: read },
  { weight: 1, arbitrary: remove },
)
