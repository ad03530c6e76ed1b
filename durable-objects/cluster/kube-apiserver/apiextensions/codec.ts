// How custom objects are read from requests and from the store.
// kubernetes: apiextensions pkg/apiserver/customresource_handler.go unstructuredSchemaCoercer, unstructuredDefaulter, crdConversionRESTOptionsGetter
import { append } from '#apimachinery/append.ts'
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { schemaOf } from '#api/schemas.ts'
import { quote } from '#apimachinery/field-error.ts'
import {
  assign,
  freeze,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type ObjectMeta,
} from '#apimachinery/object.ts'
import { complete, prune, type PruneMetadata } from '#apimachinery/structural/complete.ts'
import type { JsonSchema } from '#apimachinery/structural/json-schema.ts'
import { decode, DecodeError } from '#apimachinery/schema/decode.ts'
import type { CustomKind } from '#kube-apiserver/resources.ts'

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

const isMap = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Nothing is pruned where the definition says so, or says nothing. */
const schemaFor = (
  { spec }: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
): JsonSchema | undefined =>
  spec.preserveUnknownFields === true ? undefined : version.schema?.openAPIV3Schema

/** The object with defaults where fields are absent. */
export const withSchemaDefaults = (
  object: KubeObject,
  schema: JsonSchema | undefined,
): KubeObject => {
  if (schema === undefined) return object
  const value = object as unknown as JsonObject
  const completed = complete<JsonValue>(value, schema) as JsonObject
  if (completed === value) return object
  // metadata is not the schema's to fill
  return assign(completed as unknown as KubeObject, { metadata: object.metadata })
}

const decodeMetadata = (metadata: JsonValue, unknown: string[]): ObjectMeta => {
  if (!isMap(metadata))
    throw new DecodeError(
      `json: cannot unmarshal ${Array.isArray(metadata) ? 'array' : typeof metadata} into Go value of type v1.ObjectMeta`,
    )
  const decoded = decode(metadata, schemaOf(OBJECT_META)!)
  append(
    unknown,
    decoded.unknownFields.map((text) => text.replace('"', '"metadata.')),
  )
  return decoded.object
}

/** The metadata of an embedded resource without what no object has. What is not of its form is validated later. */
const embeddedMetadata: PruneMetadata = (metadata, path, unknown) => {
  if (!isMap(metadata)) return metadata
  const known = schemaOf(OBJECT_META)!.fields!
  const kept = Object.entries(metadata).filter(([key]) => {
    if (known.has(key)) return true
    unknown.push(`unknown field ${quote(`${path}.${key}`)}`)
    return false
  })
  return kept.length === Object.keys(metadata).length ? metadata : Object.fromEntries(kept)
}

const decodeWith = (
  value: JsonObject,
  schema: JsonSchema | undefined,
  unknown: string[],
): KubeObject => {
  const metadata = decodeMetadata(value['metadata'] ?? {}, unknown)
  const paths: string[] = []
  const pruned = schema === undefined ? value : prune(value, schema, true, paths, embeddedMetadata)
  append(unknown, paths.sort())
  return assign(pruned as unknown as KubeObject, { metadata })
}

export const codecOf = (
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  storage: CustomResourceDefinitionVersion,
): Pick<CustomKind, 'decode' | 'read' | 'write'> => {
  const { group, versions } = definition.spec
  const apiVersion = `${group}/${version.name}`
  const stored = `${group}/${storage.name}`
  const own = schemaFor(definition, version)
  const shown = new WeakMap<KubeObject, KubeObject>()
  const read = (object: KubeObject): KubeObject => {
    const written = versions.find(({ name }) => `${group}/${name}` === object.apiVersion) ?? storage
    const schema = schemaFor(definition, written)
    const value = object as unknown as JsonObject
    const known =
      schema === undefined
        ? object
        : (prune<JsonValue>(value, schema, true) as unknown as KubeObject)
    const completed = withSchemaDefaults(known, schema)
    if (completed.apiVersion === apiVersion) return completed
    const converted = assign(completed, { apiVersion })
    return own === undefined
      ? converted
      : (prune<JsonValue>(converted as unknown as JsonObject, own, true) as unknown as KubeObject)
  }
  return {
    decode: (value, unknown) => decodeWith(value, own, unknown),
    read: (object) => {
      const known = shown.get(object)
      if (known !== undefined) return known
      const made = freeze(read(object))
      shown.set(object, made)
      return made
    },
    write: (object) => assign(object, { apiVersion: stored }),
  }
}
