// kubernetes: apiextensions pkg/controller/openapi/builder/builder.go
import { own } from '#apimachinery/object.ts'
import {
  isEmbedded,
  itemsOf,
  additionalOf,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'
import { definitionNameOf, OBJECT_META } from '#kube-apiserver/apiextensions/custom-resource.ts'
import type { Resource } from '#kube-apiserver/resources.ts'

const LIST_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta'
const CONVENTIONS =
  'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md'

const GROUP_VERSION_KIND = 'x-kubernetes-group-version-kind'
const OPEN = 'x-kubernetes-preserve-unknown-fields'

const TYPE_META = {
  apiVersion: {
    description: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${CONVENTIONS}#resources`,
    type: 'string',
  },
  kind: {
    description: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
    type: 'string',
  },
}

const RESOURCE_PROPERTIES = {
  ...TYPE_META,
  metadata: {
    description: `Standard object's metadata. More info: ${CONVENTIONS}#metadata`,
    $ref: OBJECT_META,
  },
}

type Definition = Readonly<Record<string, unknown>>

/** Every embedded resource is described as what it is. */
const withEmbedded = (schema: JsonSchema, isRoot = false): Definition => {
  const { properties, ...rest } = schema
  const items = itemsOf(schema)
  const additional = additionalOf(schema)
  const inner = Object.entries(properties ?? {}).map(
    ([name, property]) => [name, withEmbedded(property)] as const,
  )
  const isResource = isRoot || isEmbedded(schema)
  const own_ = Object.fromEntries(inner)
  const all = isResource ? { ...own_, ...RESOURCE_PROPERTIES } : own_
  return {
    ...rest,
    ...(items === undefined ? {} : { items: withEmbedded(items) }),
    ...(additional === undefined ? {} : { additionalProperties: withEmbedded(additional) }),
    ...(Object.keys(all).length === 0 ? {} : { properties: all }),
  }
}

/** The definitions of a custom kind and of its list. */
export const customDefinitions = (
  resource: Resource,
): readonly (readonly [string, Definition])[] => {
  const { group, version, kind, custom } = resource
  const name = definitionNameOf(group, version, kind)
  const listKind = custom?.listKind ?? `${kind}List`
  const schema = custom?.schema ?? {}
  const object: Definition = {
    ...withEmbedded(schema, true),
    type: 'object',
    [GROUP_VERSION_KIND]: [{ group, kind, version }],
  }
  const list: Definition = {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...TYPE_META,
      items: {
        description: `List of ${resource.plural}. More info: ${CONVENTIONS}`,
        type: 'array',
        items: { $ref: name },
      },
      metadata: {
        description: `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`,
        $ref: LIST_META,
      },
    },
    [GROUP_VERSION_KIND]: [{ group, kind: listKind, version }],
  }
  return [
    [name, object],
    [definitionNameOf(group, version, listKind), list],
  ]
}

/**
 * A definition as the older document has it. Of an object that keeps unknown fields nothing is said: kubectl would refuse what is not
 * listed. kubernetes: apiextensions pkg/controller/openapi/builder/builder.go buildKubeNative
 */
export const inV2 = (definition: Definition): unknown =>
  definition[OPEN] === true
    ? { type: 'object', [GROUP_VERSION_KIND]: definition[GROUP_VERSION_KIND] }
    : withoutV3(definition)

const NOT_IN_V2 = ['oneOf', 'anyOf', 'allOf', 'not', 'nullable', 'default']

/** What of a definition the older document can say. kubernetes: pkg/controller/openapi/v2/conversion.go ToStructuralOpenAPIV2 */
const withoutV3 = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutV3)
  if (typeof value !== 'object' || value === null) return value
  const schema = value as Definition
  const dropped = droppedOf(schema)
  const kept = Object.entries(schema)
    .filter(([key]) => !dropped.includes(key))
    .map(
      ([key, inner]) => [key, key === 'properties' ? mapValues(inner) : withoutV3(inner)] as const,
    )
  return Object.fromEntries(kept)
}

/** kubectl can cope neither with lists of something unknown nor with fields beside unknown ones. */
const droppedOf = (schema: Definition): readonly string[] => {
  const isOpen = schema[OPEN] === true
  const isUntyped = schema['nullable'] === true || schema['x-kubernetes-int-or-string'] === true
  const hasInner = !isOpen && !isUntyped
  const isVague =
    (schema['type'] === 'array' && !(hasInner && schema['items'] !== undefined)) ||
    (schema['type'] === 'object' && isOpen)
  return [
    ...NOT_IN_V2,
    ...(hasInner ? [] : ['items', 'properties']),
    ...(isUntyped || isVague ? ['type'] : []),
  ]
}

const mapValues = (properties: unknown): unknown => {
  const map = properties as Readonly<Record<string, unknown>>
  return Object.fromEntries(Object.keys(map).map((name) => [name, withoutV3(own(map, name))]))
}
