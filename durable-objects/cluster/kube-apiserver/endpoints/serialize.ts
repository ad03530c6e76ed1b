import { withSortedKeys, type KubeObject, type ObjectMeta } from '#apimachinery/object.ts'
import { goJson } from '#kube-apiserver/endpoints/http.ts'

// Objects never change, so their text is made once and kept as long as there is room: that of 10,000 Pods.
const CACHE_CHARACTERS = 64_000_000

let cache = new WeakMap<KubeObject, string>()
let characters = 0
let count = 0
/** How many texts were made in vain since there was no room any more. */
let missed = 0

/**
 * What is kept stays when there is no more room: a list that is longer than the room would otherwise find nothing. Only if most of what
 * is asked for is not there, it is time for a new beginning; what is there is of objects that are gone.
 */
const keep = (object: KubeObject, text: string): void => {
  if (characters + text.length > CACHE_CHARACTERS) {
    missed++
    if (missed <= count) return
    cache = new WeakMap()
    characters = count = missed = 0
  }
  characters += text.length
  count++
  cache.set(object, text)
}

/** Metadata in the order of Go's struct, in which clients that print raw answers see it. */
const inOrder = (metadata: ObjectMeta): ObjectMeta => {
  const ordered: Record<string, unknown> = {}
  for (const key of META_KEYS) if (metadata[key] !== undefined) ordered[key] = metadata[key]
  return ordered
}

const META_KEYS = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const satisfies readonly (keyof ObjectMeta)[]

/** The object's JSON without kind and apiVersion: `"metadata":{…},…}`. */
const bodyOf = (object: KubeObject): string => {
  const known = cache.get(object)
  if (known !== undefined) return known
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object
  const body = goJson({ metadata: inOrder(metadata), ...rest }).slice(1)
  if (Object.isFrozen(object)) keep(object, body)
  return body
}

/** The object with its kind, as a single object or a watch event is written. */
export const objectJson = (object: KubeObject): string =>
  `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)},${bodyOf(object)}`

let customCache = new WeakMap<KubeObject, string>()
let customCached = 0

/** A custom object: to Go it is a map, whose keys are written in order. Alone or in a list, it says what it is. */
export const customJson = (object: KubeObject): string => {
  const known = customCache.get(object)
  if (known !== undefined) return known
  const text = goJson(withSortedKeys(object))
  if (Object.isFrozen(object)) {
    customCached += text.length
    if (customCached > CACHE_CHARACTERS) {
      customCache = new WeakMap()
      customCached = text.length
    }
    customCache.set(object, text)
  }
  return text
}

/** The object as an item of a list of built-in kind: without its kind. */
export const itemJson = (object: KubeObject): string => `{${bodyOf(object)}`

/** Only the object's metadata. */
export const partialJson = (object: KubeObject): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${goJson(inOrder(object.metadata))}}`
