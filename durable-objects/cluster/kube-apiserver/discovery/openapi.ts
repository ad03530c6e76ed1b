import schemaFacts from '#api/facts/schemas.json' with { type: 'json' }
import { kubariumSchemas } from '#api/kubarium/v1/schemas.ts'
import { definitionForKind } from '#api/schemas.ts'
import { noSuchPath } from '#apimachinery/status-error.ts'
import { KUBERNETES_VERSION } from '#kube-apiserver/discovery/version.ts'
import { jsonAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'
import type { GroupDiscovery, ResourceDiscovery } from '#kube-apiserver/resources.ts'

type Definitions = Readonly<Record<string, unknown>>

interface GroupVersion {
  readonly group: string
  readonly version: string
  readonly resources: readonly ResourceDiscovery[]
}

const pathOf = ({ group, version }: GroupVersion): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`

const groupVersionsOf = (groups: readonly GroupDiscovery[]): readonly GroupVersion[] =>
  groups.flatMap((group) =>
    group.versions.map(({ version, resources }) => ({
      group: group.metadata.name ?? '',
      version,
      resources,
    })),
  )

const definitions = (): Definitions => ({
  ...(schemaFacts as unknown as Definitions),
  ...(kubariumSchemas as Definitions),
})

/** /openapi/v3: which documents there are. */
const index = (groups: readonly GroupDiscovery[]): Answer => {
  const paths = groupVersionsOf(groups).map((groupVersion) => {
    const path = pathOf(groupVersion)
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${KUBERNETES_VERSION}` }] as const
  })
  return jsonAnswer(200, { paths: Object.fromEntries(paths) })
}

/** A reference is a bare name in the facts and a pointer in the document. */
const withPointers = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withPointers)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, withPointers(inner)] as const)
  const { $ref, ...rest } = Object.fromEntries(entries) as { readonly $ref?: string }
  if (typeof $ref !== 'string') return rest
  const pointer = { $ref: `#/components/schemas/${$ref}` }
  return Object.keys(rest).length === 0 ? pointer : { ...rest, allOf: [pointer] }
}

/** The definitions that `roots` are made of. */
const closure = (all: Definitions, roots: readonly string[]): readonly string[] => {
  const seen = new Set<string>()
  const todo = [...roots]
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (seen.has(name) || !Object.hasOwn(all, name)) continue
    seen.add(name)
    for (const match of JSON.stringify(all[name]).matchAll(/"\$ref":"([^"]+)"/g))
      todo.push(match[1]!)
  }
  return [...seen].sort()
}

const parameter = (name: string, type: string) => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
})

const WRITE_PARAMETERS = [
  parameter('dryRun', 'string'),
  parameter('fieldManager', 'string'),
  parameter('fieldValidation', 'string'),
]

const operation = (action: string, gvk: object, parameters: readonly object[] = []) => ({
  'x-kubernetes-action': action,
  'x-kubernetes-group-version-kind': gvk,
  parameters,
  responses: { '200': { description: 'OK' } },
})

const pathsOf = (
  groupVersion: GroupVersion,
  resource: ResourceDiscovery,
): readonly (readonly [string, object])[] => {
  const { group, version } = groupVersion
  const gvk = { group, version, kind: resource.responseKind.kind }
  const scope = resource.scope === 'Namespaced' ? 'namespaces/{namespace}/' : ''
  const collection = `/${pathOf(groupVersion)}/${scope}${resource.resource}`
  const has = (verb: string): boolean => resource.verbs.includes(verb)
  return [
    [
      collection,
      {
        ...(has('list') ? { get: operation('list', gvk) } : {}),
        ...(has('create') ? { post: operation('post', gvk, WRITE_PARAMETERS) } : {}),
      },
    ],
    [
      `${collection}/{name}`,
      {
        ...(has('get') ? { get: operation('get', gvk) } : {}),
        ...(has('update') ? { put: operation('put', gvk, WRITE_PARAMETERS) } : {}),
        ...(has('patch')
          ? { patch: operation('patch', gvk, [...WRITE_PARAMETERS, parameter('force', 'boolean')]) }
          : {}),
      },
    ],
  ]
}

const built = new Map<string, string>()

const document = (groupVersion: GroupVersion): string => {
  const all = definitions()
  const { group, version, resources } = groupVersion
  const roots = resources.map(
    ({ responseKind }) =>
      definitionForKind(group, version, responseKind.kind) ??
      kubariumName(version, responseKind.kind),
  )
  const schemas = closure(all, roots).map((name) => [name, withPointers(all[name])] as const)
  return JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
    paths: Object.fromEntries(resources.flatMap((resource) => pathsOf(groupVersion, resource))),
    components: { schemas: Object.fromEntries(schemas) },
  })
}

const kubariumName = (version: string, kind: string): string => `dev.kubarium.${version}.${kind}`

const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/**
 * /openapi/v2. kubectl asks for it, as protobuf, only for kinds that v3 does not describe: the document then says that there are none.
 * As JSON it holds every definition.
 */
const openapiV2 = (accept: string): Answer => {
  const info = { title: 'Kubernetes', version: KUBERNETES_VERSION }
  if (accept.includes('com.github.proto-openapi.spec.v2'))
    return { status: 200, contentType: PROTOBUF_V2, body: [emptyDocumentV2(info)] }
  const all = definitions()
  const named = Object.keys(all).map((name) => [name, withDefinitionPaths(all[name])] as const)
  return jsonAnswer(200, {
    swagger: '2.0',
    info,
    paths: {},
    definitions: Object.fromEntries(named),
  })
}

const withDefinitionPaths = (definition: unknown): unknown =>
  JSON.parse(JSON.stringify(definition).replaceAll('"$ref":"', '"$ref":"#/definitions/'))

/** A gnostic openapi.v2.Document with nothing but its head. All texts are ASCII and shorter than 128 bytes. */
const emptyDocumentV2 = ({
  title,
  version,
}: {
  readonly title: string
  readonly version: string
}): string => {
  const field = (number: number, text: string): string =>
    String.fromCharCode(number * 8 + 2, text.length) + text
  const [swagger, paths, schemas] = [1, 8, 9]
  return (
    field(swagger, '2.0') +
    field(2, field(1, title) + field(2, version)) +
    field(paths, '') +
    field(schemas, '')
  )
}

/** /openapi/v3 and /openapi/v3/apis/apps/v1: what kubectl reads before it applies and explains. */
export const openapi = (
  groups: readonly GroupDiscovery[],
  segments: readonly string[],
  accept: string,
): Answer => {
  if (segments[1] === 'v2' && segments.length === 2) return openapiV2(accept)
  if (segments[1] !== 'v3') throw noSuchPath()
  if (segments.length === 2) return index(groups)
  const path = segments.slice(2).join('/')
  const groupVersion = groupVersionsOf(groups).find((candidate) => pathOf(candidate) === path)
  if (groupVersion === undefined) throw noSuchPath()
  let text = built.get(path)
  if (text === undefined) built.set(path, (text = document(groupVersion)))
  return {
    status: 200,
    contentType: 'application/json',
    headers: [['etag', `"${KUBERNETES_VERSION}"`]],
    body: [text],
  }
}
