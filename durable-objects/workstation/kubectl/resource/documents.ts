// What stands in manifests, before the server sees it. kubernetes: cli-runtime pkg/resource/mapper.go
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import type { ResourceInfo } from '#kubectl/client/discovery.ts'
import { KubectlFailure } from '#kubectl/failure.ts'

/** The items of a list, each with its kind. */
export const itemsOf = (list: JsonObject): readonly JsonObject[] => {
  const items = (list['items'] ?? []) as readonly JsonObject[]
  const { kind, apiVersion } = list
  if (typeof kind !== 'string' || kind === 'List') return items
  return items.map((item) =>
    item['kind'] === undefined
      ? { apiVersion: apiVersion!, kind: kind.replace(/List$/, ''), ...item }
      : item,
  )
}

const compact = (value: JsonValue): string => JSON.stringify(value)

/** kubernetes: unstructured UnstructuredJSONScheme.Decode */
export const checkedObject = (
  object: JsonObject,
  source: string,
): { readonly kind: string; readonly apiVersion: string } => {
  const decoding = (message: string): KubectlFailure =>
    new KubectlFailure(`unable to decode ${JSON.stringify(source)}: ${message}`)
  if (typeof object !== 'object' || Array.isArray(object))
    throw decoding(
      `json: cannot unmarshal ${goTypeOf(object)} into Go value of type struct { metav1.TypeMeta "json:\\",inline\\""; Items []json.RawMessage "json:\\"items\\"" }`,
    )
  const { kind, apiVersion } = object
  if (typeof kind !== 'string' || kind === '')
    throw decoding(`Object 'Kind' is missing in '${compact(object)}'`)
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw decoding(`Object 'apiVersion' is missing in '${compact(object)}'`)
  return { kind, apiVersion }
}

const goTypeOf = (value: JsonValue): string => {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** Undefined: without any. */
export const withNamespace = (object: JsonObject, namespace: string | undefined): JsonObject => {
  const metadata = (object['metadata'] ?? {}) as JsonObject
  if (namespace === undefined) {
    if (metadata['namespace'] === undefined) return object
    const { namespace: _namespace, ...rest } = metadata
    return { ...object, metadata: rest }
  }
  return { ...object, metadata: { ...metadata, namespace } }
}

/** What a kind's resource would be called, where nobody can be asked. */
export const localResource = (apiVersion: string, kind: string): ResourceInfo => {
  const slash = apiVersion.indexOf('/')
  const plural = `${kind.toLowerCase()}s`
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    plural,
    singular: kind.toLowerCase(),
    isNamespaced: true,
    shortNames: [],
    categories: [],
    verbs: [],
    subresources: [],
  }
}
