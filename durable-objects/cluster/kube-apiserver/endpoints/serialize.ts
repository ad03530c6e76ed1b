import type { KubeObject, ObjectMeta } from '#apimachinery/object.ts'
import { goJson } from '#kube-apiserver/endpoints/http.ts'

// Objects never change, so their bytes are made once and kept while they are cheap to keep.
const CACHE_CHARACTERS = 24_000_000

let cache = new WeakMap<KubeObject, string>()
let cached = 0

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
  if (Object.isFrozen(object)) {
    cached += body.length
    if (cached > CACHE_CHARACTERS) {
      cache = new WeakMap()
      cached = body.length
    }
    cache.set(object, body)
  }
  return body
}

/** The object with its kind, as a single object or a watch event is written. */
export const objectJson = (object: KubeObject): string =>
  `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)},${bodyOf(object)}`

/** The object as an item of a list of built-in kind: without its kind. */
export const itemJson = (object: KubeObject): string => `{${bodyOf(object)}`

/** Only the object's metadata. */
export const partialJson = (object: KubeObject): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${goJson(inOrder(object.metadata))}}`
