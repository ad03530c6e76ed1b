// What another cluster calls an object, as an object of a kind that is served here.
import type { JsonObject, JsonValue, KubeObject } from '#apimachinery/object.ts'
import { apiVersionOf, type Resource } from '#kube-apiserver/resources.ts'
import type { ImportedObject } from '#manifests/import-report.ts'
import { shortened } from '#manifests/import-report.ts'
import { groupedBy } from '#manifests/order.ts'
import { groupToday, inVersion, whyGone } from '#manifests/older-versions.ts'
import { at, isObject, objectOf, textOf, within } from '#manifests/shapes.ts'

/** An object whose metadata is what its type says, of a kind that is served. */
export interface Known {
  readonly resource: Resource
  readonly object: KubeObject
  /** What it was called, if that version is not served. */
  readonly formerVersion?: string
}

export type Reading = Known | { readonly dropped: string } | { readonly failed: string }

/** The served kinds by `group/Kind`, each with its versions. */
export type ServedKinds = ReadonlyMap<string, readonly Resource[]>

export const servedKinds = (resources: readonly Resource[]): ServedKinds =>
  groupedBy(resources, ({ group, kind }) => `${group}/${kind}`)

const identity = (object: JsonObject) => ({
  apiVersion: textOf(at(object, 'apiVersion')),
  kind: textOf(at(object, 'kind')),
  namespace: textOf(within(object, 'metadata', 'namespace')),
  name: textOf(within(object, 'metadata', 'name')),
})

/** What a report calls it. */
export const nameOf = (object: JsonObject): ImportedObject => {
  const { apiVersion, kind, namespace, name } = identity(object)
  return {
    apiVersion: shortened(apiVersion),
    kind: shortened(kind),
    ...(namespace === '' ? {} : { namespace: shortened(namespace) }),
    name: shortened(name),
  }
}

const isText = (value: JsonValue | undefined): boolean => typeof value === 'string'
const isTexts = (value: JsonValue | undefined): boolean =>
  isObject(value) && Object.values(value).every(isText)
const isList =
  (isItem: (item: JsonValue) => boolean) =>
  (value: JsonValue | undefined): boolean =>
    Array.isArray(value) && (value as readonly JsonValue[]).every(isItem)
const isOwner = (value: JsonValue): boolean =>
  isObject(value) && ['apiVersion', 'kind', 'name'].every((key) => isText(at(value, key)))

/** Fields of the metadata that are looked at here; the API server looks at the rest. */
const SHAPES: Readonly<Record<string, (value: JsonValue | undefined) => boolean>> = {
  name: isText,
  namespace: isText,
  labels: isTexts,
  annotations: isTexts,
  finalizers: isList(isText),
  managedFields: isList(isObject),
  ownerReferences: isList(isOwner),
}

const present = (metadata: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null))

/** Reads one object; what it is named is looked up among the kinds. */
export const readForeign = (given: JsonObject, kinds: ServedKinds): Reading => {
  const { apiVersion, kind } = identity(given)
  if (kind === '' || apiVersion === '')
    return { failed: 'an object begins with apiVersion, kind and metadata' }
  const metadata = present(objectOf(at(given, 'metadata')))
  const wrong = Object.keys(SHAPES).find(
    (field) => at(metadata, field) !== undefined && !SHAPES[field]!(at(metadata, field)),
  )
  if (wrong !== undefined) return { failed: `metadata.${wrong} is not what it is in Kubernetes` }
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const versions = kinds.get(`${groupToday(group, kind)}/${kind}`)
  if (versions === undefined) return readUnserved(group, apiVersion, kind)
  const resource =
    versions.find((candidate) => apiVersionOf(candidate) === apiVersion) ?? versions[0]!
  const { verbs } = resource.discovery
  if (!verbs.includes('create') || !verbs.includes('list'))
    return { dropped: 'no manifest makes it' }
  const servedVersion = apiVersionOf(resource)
  const isServed = servedVersion === apiVersion
  const object = { ...(isServed ? given : inVersion(given, servedVersion)), metadata }
  return {
    resource,
    object: withNamespace(object as unknown as KubeObject, resource),
    ...(isServed ? {} : { formerVersion: apiVersion }),
  }
}

const withNamespace = (object: KubeObject, { namespaced }: Resource): KubeObject => {
  const { namespace = '', ...metadata } = object.metadata
  if (!namespaced) return { ...object, metadata }
  return {
    ...object,
    metadata: { ...metadata, namespace: namespace === '' ? 'default' : namespace },
  }
}

const MEASURED: ReadonlySet<string> = new Set([
  'metrics.k8s.io',
  'custom.metrics.k8s.io',
  'external.metrics.k8s.io',
])

const readUnserved = (group: string, apiVersion: string, kind: string): Reading => {
  if (MEASURED.has(group)) return { dropped: 'it is measured' }
  const gone = whyGone(group, kind)
  if (gone !== undefined) return { dropped: gone }
  const unknown = `no matches for kind "${kind}" in version "${apiVersion}"`
  const isCustom = group.includes('.') && !group.endsWith('.k8s.io')
  return {
    failed: isCustom
      ? `${unknown}: its CustomResourceDefinition is not in the list; \`kubectl get crd -o yaml\` has it`
      : unknown,
  }
}
