import { definitionForKind } from '#api/schemas.ts'
import { noSuchPath } from '#apimachinery/status-error.ts'
import {
  bareDefinitions,
  described,
  type Definitions,
} from '#kube-apiserver/discovery/definitions.ts'
import { openapiV2 } from '#kube-apiserver/discovery/openapi-v2.ts'
import { KUBERNETES_VERSION } from '#kube-apiserver/discovery/version.ts'
import { jsonAnswer, pageNotFound, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { customDefinitions } from '#kube-apiserver/apiextensions/openapi-definitions.ts'
import type {
  GroupDiscovery,
  Resource,
  ResourceDiscovery,
  Resources,
} from '#kube-apiserver/resources.ts'

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

/** /openapi/v3: which documents there are. A document that changes has another address. */
const index = (resources: Resources): Answer => {
  const paths = groupVersionsOf(resources.groups()).map((groupVersion) => {
    const path = pathOf(groupVersion)
    const hash = isCustom(resources, groupVersion)
      ? documentOf(resources, groupVersion).hash
      : KUBERNETES_VERSION
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const
  })
  return jsonAnswer(200, { paths: Object.fromEntries(paths) })
}

/** A reference is a bare name in the facts and a pointer in the document. */
const withPointers = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withPointers)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, withPointers(inner)] as const)
  const schema = Object.fromEntries(entries) as { readonly $ref?: unknown }
  const { $ref, ...rest } = schema
  // JSONSchemaProps has a property of that name
  if (typeof $ref !== 'string') return schema
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

interface Document {
  readonly text: string
  readonly hash: string
}

const builtIn = new Map<string, Document>()
// what is served under a custom group and version is another list whenever a definition changes
const custom = new WeakMap<readonly ResourceDiscovery[], Document>()

const isCustom = (resources: Resources, { group, version }: GroupVersion): boolean =>
  resources.custom().some((one) => one.group === group && one.version === version)

const customIn = (resources: Resources, { group, version }: GroupVersion): readonly Resource[] =>
  resources.custom().filter((one) => one.group === group && one.version === version)

const documentOf = (resources: Resources, groupVersion: GroupVersion): Document => {
  const path = pathOf(groupVersion)
  if (!isCustom(resources, groupVersion)) {
    let known = builtIn.get(path)
    if (known === undefined)
      builtIn.set(path, (known = { text: document(groupVersion, []), hash: KUBERNETES_VERSION }))
    return known
  }
  const known = custom.get(groupVersion.resources)
  if (known !== undefined) return known
  const text = document(groupVersion, customIn(resources, groupVersion))
  const made = { text, hash: hashOf(text) }
  custom.set(groupVersion.resources, made)
  return made
}

/** FNV-1a, twice: enough to tell two documents apart. */
const hashOf = (text: string): string => {
  let [a, b] = [0x811c9dc5, 0x9747b28c]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b)
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0').toUpperCase()).join('')
}

const document = (groupVersion: GroupVersion, customs: readonly Resource[]): string => {
  const own = Object.fromEntries(customs.flatMap(customDefinitions)) as Definitions
  const all = { ...bareDefinitions(), ...own }
  const { group, version, resources } = groupVersion
  const roots =
    customs.length > 0
      ? Object.keys(own)
      : resources.map(
          ({ responseKind }) =>
            definitionForKind(group, version, responseKind.kind) ??
            kubariumName(version, responseKind.kind),
        )
  const schemas = closure(all, roots).map(
    (name) => [name, withPointers(described(name, all[name]!))] as const,
  )
  return JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
    paths: Object.fromEntries(resources.flatMap((resource) => pathsOf(groupVersion, resource))),
    components: { schemas: Object.fromEntries(schemas) },
  })
}

const kubariumName = (version: string, kind: string): string => `dev.kubarium.${version}.${kind}`

/** /openapi/v3 and /openapi/v3/apis/apps/v1: what kubectl reads before it applies and explains. */
export const openapi = (
  resources: Resources,
  segments: readonly string[],
  accept: string,
): Answer => {
  if (segments[1] === 'v2' && segments.length === 2) return openapiV2(accept, resources)
  if (segments[1] !== 'v3') return pageNotFound()
  if (segments.length === 2) return index(resources)
  const path = segments.slice(2).join('/')
  const groupVersion = groupVersionsOf(resources.groups()).find(
    (candidate) => pathOf(candidate) === path,
  )
  if (groupVersion === undefined) throw noSuchPath()
  const { text, hash } = documentOf(resources, groupVersion)
  return {
    status: 200,
    contentType: 'application/json',
    headers: [['etag', `"${hash}"`]],
    body: [text],
  }
}
