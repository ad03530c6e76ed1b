// A custom resource's schema in the form that field ownership works on. kubernetes: apiextensions pkg/apiserver/schema/kubeopenapi.go, kube-openapi pkg/schemaconv
import { own, type Mutable } from '#apimachinery/object.ts'
import type { Field, Schema, SchemaKind } from '#apimachinery/schema.ts'
import {
  additionalOf,
  isEmbedded,
  isIntOrString,
  itemsOf,
  preservesUnknown,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'

const STRING: Schema = { kind: 'string', name: '', goType: 'string' }
const ANY: Schema = { kind: 'any', name: '', goType: 'interface {}', preserveUnknown: true }

const SCALARS: Readonly<Record<string, SchemaKind>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
}

/** The schema of a whole object: that of the definition with what every object has. */
export const compileRoot = (
  schema: JsonSchema | undefined,
  name: string,
  objectMeta: Schema,
): Schema => {
  const open = schema === undefined || preservesUnknown(schema)
  const root = object(schema ?? {}, objectMeta, true)
  return { ...root, name, ...(open ? { preserveUnknown: true } : {}) }
}

const compile = (schema: JsonSchema, objectMeta: Schema): Schema => {
  if (isIntOrString(schema)) return { kind: 'int-or-string', name: '', goType: 'interface {}' }
  const scalar = own(SCALARS, schema.type ?? '')
  if (scalar !== undefined) return { kind: scalar, name: '', goType: schema.type! }
  if (schema.type === 'array') return list(schema, objectMeta)
  if (schema.type === 'object') return object(schema, objectMeta, isEmbedded(schema))
  return ANY
}

const list = (schema: JsonSchema, objectMeta: Schema): Schema => {
  const items = itemsOf(schema)
  const compiled: Mutable<Schema> = {
    kind: 'list',
    name: '',
    goType: '[]interface {}',
    items: items === undefined ? ANY : compile(items, objectMeta),
  }
  const type = schema['x-kubernetes-list-type']
  if (type === 'set' || type === 'map' || type === 'atomic') compiled.listType = type
  const keys = schema['x-kubernetes-list-map-keys']
  if (keys !== undefined) compiled.listKeys = keys
  return compiled
}

const object = (schema: JsonSchema, objectMeta: Schema, isResource: boolean): Schema => {
  const compiled: Mutable<Schema> = {
    kind: 'object',
    name: '',
    goType: 'map[string]interface {}',
    fields: fieldsOf(schema, objectMeta, isResource),
  }
  const additional = additionalOf(schema)
  if (additional !== undefined && !isResource) {
    compiled.kind = 'map'
    compiled.items = compile(additional, objectMeta)
  } else if (schema.additionalProperties === true) compiled.preserveUnknown = true
  if (schema['x-kubernetes-map-type'] === 'atomic') compiled.mapType = 'atomic'
  if (preservesUnknown(schema)) compiled.preserveUnknown = true
  return compiled
}

const fieldsOf = (
  schema: JsonSchema,
  objectMeta: Schema,
  isResource: boolean,
): ReadonlyMap<string, Field> => {
  const fields = new Map<string, Field>()
  const add = (name: string, property: Schema, fallback?: unknown): void => {
    fields.set(name, {
      name,
      schema: property,
      required: schema.required?.includes(name) ?? false,
      keepZero: false,
      // an absent field and a zero are never the same in a custom resource
      pointer: true,
      order: fields.size,
      ...(fallback === undefined ? {} : { default: fallback }),
    })
  }
  if (isResource) {
    add('apiVersion', STRING)
    add('kind', STRING)
    add('metadata', objectMeta)
  }
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    if (!fields.has(name)) add(name, compile(property, objectMeta), property.default)
  return fields
}
