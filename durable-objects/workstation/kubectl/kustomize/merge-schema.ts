// What a merge has to know of an object's kind: which lists are merged, and by which keys. kustomize: kyaml/openapi
import { schemaForKind } from '#api/schemas.ts'
import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { parseYaml, YamlError } from '#apimachinery/yaml/parse.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import type { Gvk } from '#kubectl/kustomize/gvk.ts'

export interface MergeSchema {
  readonly field: (name: string) => MergeSchema | undefined
  readonly items: () => MergeSchema | undefined
  /** How elements of the list find one another; undefined: a patch's list takes its place. */
  readonly keys: readonly string[] | undefined
}

export type MergeSchemas = (gvk: Gvk) => MergeSchema | undefined

const keysOfBuiltIn = ({ patchStrategy, patchMergeKey, listKeys }: Schema) => {
  if (patchStrategy?.includes('merge') !== true) return undefined
  if (listKeys !== undefined && listKeys.length > 0) return listKeys
  return patchMergeKey === undefined ? [] : [patchMergeKey]
}

const builtIn = (schema: Schema | undefined): MergeSchema | undefined =>
  schema && {
    field: (name) =>
      builtIn(
        schema.fields?.get(name)?.schema ?? (schema.kind === 'map' ? schema.items : undefined),
      ),
    items: () => builtIn(schema.items),
    keys: keysOfBuiltIn(schema),
  }

/** Of the kinds that every cluster has. */
export const builtInSchemas: MergeSchemas = ({ group, version, kind }) =>
  builtIn(schemaForKind(group, version, kind))

const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mapAt = (node: JsonObject, key: string): JsonObject | undefined => {
  const value = own(node, key)
  return isMap(value) ? value : undefined
}

const keysOfDefinition = (node: JsonObject): readonly string[] | undefined => {
  const strategy = own(node, 'x-kubernetes-patch-strategy')
  if (typeof strategy !== 'string' || !strategy.split(',').includes('merge')) return undefined
  const keys = own(node, 'x-kubernetes-list-map-keys')
  if (Array.isArray(keys)) return keys.filter((key) => typeof key === 'string')
  const key = own(node, 'x-kubernetes-patch-merge-key')
  return typeof key === 'string' ? [key] : []
}

const REFERENCE = '#/definitions/'
const MAX_REFERENCES = 100

const defined = (
  node: JsonObject | undefined,
  definitions: JsonObject,
): MergeSchema | undefined => {
  let found = node
  for (let count = 0; found !== undefined && count < MAX_REFERENCES; count++) {
    const reference = own(found, '$ref')
    if (typeof reference !== 'string') break
    found = mapAt(definitions, reference.slice(REFERENCE.length))
  }
  const schema = found
  return (
    schema && {
      field: (name) =>
        defined(
          mapAt(mapAt(schema, 'properties') ?? {}, name) ?? mapAt(schema, 'additionalProperties'),
          definitions,
        ),
      items: () => defined(mapAt(schema, 'items'), definitions),
      // the strategy may stand beside the reference
      keys: keysOfDefinition(node ?? {}) ?? keysOfDefinition(schema),
    }
  )
}

const isKind = (value: JsonValue, { group, version, kind }: Gvk): boolean =>
  isMap(value) &&
  (own(value, 'group') ?? '') === group &&
  own(value, 'version') === version &&
  own(value, 'kind') === kind

/** Of the kinds in an OpenAPI document, and of no others. Throws a KustomizeError. */
export const documentSchemas = (text: string): MergeSchemas => {
  let document: JsonValue
  try {
    document = parseYaml(text).value
  } catch (error) {
    if (error instanceof YamlError) throw new KustomizeError(error.message)
    throw error
  }
  const definitions = isMap(document) ? (mapAt(document, 'definitions') ?? {}) : {}
  return (gvk) => {
    const found = Object.values(definitions).find((definition) => {
      if (!isMap(definition)) return false
      const kinds = own(definition, 'x-kubernetes-group-version-kind')
      return Array.isArray(kinds) && kinds.some((one: JsonValue) => isKind(one, gvk))
    })
    return isMap(found) ? defined(found, definitions) : undefined
  }
}
