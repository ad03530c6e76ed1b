// What the server serves. kubernetes: client-go discovery, restmapper
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import type { ApiClient } from '#kubectl/client/api-client.ts'

export interface ResourceInfo {
  /** '' for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  /** `deployments` */
  readonly plural: string
  readonly singular: string
  readonly isNamespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  readonly subresources: readonly string[]
}

/** In the server's order: groups by priority, each group's preferred version first. */
export interface Discovery {
  readonly resources: readonly ResourceInfo[]
}

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

interface Read {
  readonly texts: readonly [string, string]
  readonly discovery: Discovery
}

/** Servers say the same until a definition changes. */
let latest: Read | undefined

export const discover = (client: ApiClient): Discovery => {
  const read = (path: string): string =>
    client.send({ method: 'GET', path, accept: AGGREGATED }).text
  const texts = [read('/api'), read('/apis')] as const
  if (latest?.texts[0] === texts[0] && latest.texts[1] === texts[1]) return latest.discovery
  const resources = texts.flatMap((text) => groupsOf(JSON.parse(text) as JsonObject))
  latest = { texts, discovery: { resources } }
  return latest.discovery
}

const list = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonObject[]) : []
const strings = (value: JsonValue | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : []
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

const groupsOf = ({ items }: JsonObject): readonly ResourceInfo[] =>
  list(items).flatMap(({ metadata, versions }) => {
    const group = text((metadata as JsonObject | undefined)?.['name'])
    return list(versions).flatMap(({ version, resources }) =>
      list(resources).map((resource) => resourceOf(group, text(version), resource)),
    )
  })

const resourceOf = (group: string, version: string, given: JsonObject): ResourceInfo => {
  const { resource, responseKind, scope, singularResource, verbs, shortNames, categories } = given
  return {
    group,
    version,
    kind: text((responseKind as JsonObject | undefined)?.['kind']),
    plural: text(resource),
    singular: text(singularResource),
    isNamespaced: scope === 'Namespaced',
    shortNames: strings(shortNames),
    categories: strings(categories),
    verbs: strings(verbs),
    subresources: list(given['subresources']).map((one) => text(one['subresource'])),
  }
}

/** `apps/v1` */
export const groupVersionOf = ({
  group,
  version,
}: Pick<ResourceInfo, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`

/** `deployments.apps` */
export const qualifiedName = ({ plural, group }: Pick<ResourceInfo, 'plural' | 'group'>): string =>
  group === '' ? plural : `${plural}.${group}`

/** `/apis/apps/v1/namespaces/default/deployments`, percent-encoded; without a name the collection. */
export const pathTo = (
  resource: Pick<ResourceInfo, 'group' | 'version' | 'plural' | 'isNamespaced'>,
  namespace: string,
  name?: string,
  subresource?: string,
): string => {
  const { group, version, plural, isNamespaced } = resource
  const parts = [group === '' ? '/api' : `/apis/${group}`]
  if (version !== '') parts.push(version)
  if (isNamespaced && namespace !== '') parts.push('namespaces', encodeURIComponent(namespace))
  parts.push(plural)
  if (name !== undefined) parts.push(encodeURIComponent(name))
  if (subresource !== undefined && subresource !== '') parts.push(subresource)
  return parts.join('/')
}
