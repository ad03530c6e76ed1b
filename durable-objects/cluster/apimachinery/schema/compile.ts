import type { Field, Schema, SchemaKind } from '#apimachinery/schema.ts'
import type { Mutable } from '#apimachinery/object.ts'
import { goTypeOf, namedTypeOf } from '#apimachinery/schema/go-types.ts'

/** A definition as OpenAPI v3 has it, with a reference being the name of another definition. */
interface Definition {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly properties?: Readonly<Record<string, Definition>>
  readonly additionalProperties?: Definition
  readonly items?: Definition
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
}

/** One field of a protobuf message: number, name in JSON, label, type, flags. */
export type MessageField = readonly [number, string | null, 'o' | 'r' | 'm', string, string]

type Definitions = Readonly<Record<string, Definition>>
type Messages = Readonly<Record<string, readonly MessageField[]>>

const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'

/** Definitions with a form of their own on the wire. */
const SPECIAL: ReadonlyMap<string, SchemaKind> = new Map([
  ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', 'int-or-string'],
  ['io.k8s.apimachinery.pkg.api.resource.Quantity', 'quantity'],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.Time', 'time'],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime', 'micro-time'],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1', 'any'],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.Patch', 'any'],
  ['io.k8s.apimachinery.pkg.runtime.RawExtension', 'any'],
  [`${APIEXTENSIONS}.JSON`, 'any'],
  [`${APIEXTENSIONS}.JSONSchemaPropsOrBool`, 'any'],
  [`${APIEXTENSIONS}.JSONSchemaPropsOrArray`, 'any'],
  [`${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`, 'any'],
] as const)

/** Values that Go leaves out when zero although they are structs. kubernetes: metav1.ObjectMeta `omitzero` */
const OMITTED_WHEN_ZERO: ReadonlySet<string> = new Set([
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta.creationTimestamp',
])

/**
 * Compiles every definition to a Schema. `protobuf` supplies what OpenAPI does not say: the order of
 * fields, which are pointers, which are written even when zero. Definitions without a message there keep
 * zero values as they are given.
 */
export const compileSchemas = (
  schemas: Readonly<Record<string, unknown>>,
  protobuf: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Schema> => {
  // JSON data of a known form; its types would be far larger than itself.
  const compiler = new Compiler(schemas as Definitions, protobuf as unknown as Messages)
  return compiler.compile()
}

class Compiler {
  readonly #definitions: Definitions
  readonly #messages: Messages
  readonly #done = new Map<string, Mutable<Schema>>()

  constructor(definitions: Definitions, messages: Messages) {
    this.#definitions = definitions
    this.#messages = messages
  }

  compile(): ReadonlyMap<string, Schema> {
    for (const name of Object.keys(this.#definitions)) this.#reference(name)
    return this.#done
  }

  /** Registered before its fields are compiled, so that a definition may hold itself. */
  #reference(name: string): Mutable<Schema> {
    const known = this.#done.get(name)
    if (known !== undefined) return known
    const definition = this.#definitions[name]
    if (definition === undefined) throw new Error(`no definition of ${name}`)
    const special = SPECIAL.get(name)
    if (special !== undefined) return this.#special(name, special)
    if (definition.properties === undefined) {
      const schema = this.#inline(definition, `${name}.`)
      this.#done.set(name, schema)
      return schema
    }
    const fields = new Map<string, Field>()
    const schema: Mutable<Schema> = { kind: 'object', name, goType: goTypeOf(name), fields }
    this.#done.set(name, schema)
    addDirectives(schema, definition)
    this.#fields(name, definition, fields)
    return schema
  }

  #special(name: string, kind: SchemaKind): Mutable<Schema> {
    const schema: Mutable<Schema> = { kind, name, goType: goTypeOf(name) }
    if (kind === 'any') schema.preserveUnknown = true
    if (kind === 'time' || kind === 'micro-time') schema.format = 'date-time'
    this.#done.set(name, schema)
    if (name.startsWith(`${APIEXTENSIONS}.JSONSchemaPropsOr`)) {
      const props = this.#reference(`${APIEXTENSIONS}.JSONSchemaProps`)
      const strings = listOf(scalar('string', 'string'))
      schema.either = name.endsWith('OrBool')
        ? [props, scalar('boolean', 'bool')]
        : [props, name.endsWith('OrArray') ? listOf(props) : strings]
    }
    return schema
  }

  #fields(name: string, definition: Definition, fields: Map<string, Field>): void {
    const properties = definition.properties ?? {}
    const message = this.#messages[name]
    const layout = message === undefined ? new Map<string, MessageField>() : this.#flatten(message)
    const required = new Set(definition.required)
    for (const [order, key] of orderOf(properties, layout).entries()) {
      const property = properties[key]!
      const schema = this.#property(property, `${name}.${key}`)
      const row = layout.get(key)
      const flags = row?.[4] ?? (message !== undefined && isTypeMeta(key) ? '' : undefined)
      const pointer =
        flags === undefined ? !Object.hasOwn(property, 'default') : flags.includes('p')
      fields.set(key, {
        name: key,
        schema,
        required: required.has(key),
        keepZero:
          flags === undefined
            ? !pointer
            : flags.includes('k') || (!pointer && isStruct(schema, `${name}.${key}`)),
        pointer,
        ...(saysMore(property.default, pointer) ? { default: property.default } : {}),
        order,
      })
    }
  }

  /** The message's fields by their name in JSON, with those of inlined messages in their place. */
  #flatten(
    message: readonly MessageField[],
    into = new Map<string, MessageField>(),
  ): Map<string, MessageField> {
    for (const field of message) {
      if (field[4].includes('i')) this.#flatten(this.#messages[field[3]] ?? [], into)
      else if (field[1] !== null) into.set(field[1], field)
    }
    return into
  }

  #property(property: Definition, path: string): Schema {
    if (property.$ref === undefined) return this.#inline(property, path)
    const target = this.#reference(property.$ref)
    const extra: Mutable<Partial<Schema>> = {}
    addDirectives(extra, property)
    return Object.keys(extra).length === 0 ? target : { ...target, ...extra }
  }

  #inline(definition: Definition, path: string): Mutable<Schema> {
    const schema = this.#shape(definition, path)
    addDirectives(schema, definition)
    if (definition.format !== undefined) schema.format = definition.format
    if (definition.enum !== undefined) schema.enum = definition.enum
    return schema
  }

  #shape(definition: Definition, path: string): Mutable<Schema> {
    const named = namedTypeOf(path)
    switch (definition.type) {
      case 'array': {
        const items = this.#property(definition.items ?? {}, `${path}[]`)
        return { kind: 'list', name: '', goType: named ?? `[]${items.goType}`, items }
      }
      case 'object': {
        if (definition.additionalProperties === undefined)
          return {
            kind: 'any',
            name: '',
            goType: named ?? 'map[string]interface {}',
            preserveUnknown: true,
          }
        const items = this.#property(definition.additionalProperties, `${path}{}`)
        return { kind: 'map', name: '', goType: named ?? `map[string]${items.goType}`, items }
      }
      case 'string':
        return definition.format === 'byte'
          ? scalar('bytes', '[]uint8')
          : scalar('string', named ?? 'string')
      case 'integer':
        return scalar('integer', named ?? (definition.format === 'int32' ? 'int32' : 'int64'))
      case 'number':
        return scalar('number', 'float64')
      case 'boolean':
        return scalar('boolean', 'bool')
      default:
        return { kind: 'any', name: '', goType: 'interface {}', preserveUnknown: true }
    }
  }
}

const scalar = (kind: SchemaKind, goType: string): Mutable<Schema> => ({ kind, name: '', goType })
const listOf = (items: Schema): Schema => ({
  kind: 'list',
  name: '',
  goType: `[]${items.goType}`,
  items,
})

const addDirectives = (schema: Mutable<Partial<Schema>>, definition: Definition): void => {
  const listType = definition['x-kubernetes-list-type']
  const keys = definition['x-kubernetes-list-map-keys']
  const mapType = definition['x-kubernetes-map-type']
  const strategy = definition['x-kubernetes-patch-strategy']
  const mergeKey = definition['x-kubernetes-patch-merge-key']
  if (listType !== undefined) schema.listType = listType
  if (keys !== undefined) schema.listKeys = keys
  if (mapType !== undefined) schema.mapType = mapType
  if (strategy !== undefined) schema.patchStrategy = strategy.split(',')
  if (mergeKey !== undefined) schema.patchMergeKey = mergeKey
  if (definition['x-kubernetes-preserve-unknown-fields'] === true) schema.preserveUnknown = true
}

const isTypeMeta = (key: string): boolean => key === 'kind' || key === 'apiVersion'

/** Go's order: the embedded TypeMeta, then the fields of the message; fields of no message last. */
const orderOf = (
  properties: Readonly<Record<string, Definition>>,
  layout: ReadonlyMap<string, MessageField>,
): string[] => {
  const names = Object.keys(properties)
  const head = ['kind', 'apiVersion'].filter((key) => names.includes(key) && !layout.has(key))
  const numbered = [...layout.keys()].filter((key) => names.includes(key))
  const rest =
    layout.size === 0 ? ['metadata', 'spec', 'status'].filter((key) => names.includes(key)) : []
  return [...new Set([...head, ...numbered, ...rest, ...names])]
}

/** Go has no empty struct: `omitempty` never leaves one out. */
const isStruct = (schema: Schema, path: string): boolean => {
  switch (schema.kind) {
    case 'object':
    case 'quantity':
      return true
    case 'time':
    case 'micro-time':
      return !OMITTED_WHEN_ZERO.has(path)
    case 'any':
      return schema.name.endsWith('.RawExtension')
    default:
      // differs: an IntOrString of zero (`targetPort`) is left out, as its defaulting takes it for absent.
      return false
  }
}

/** A default of a zero value only says that Go writes the zero, save behind a pointer. */
const saysMore = (value: unknown, pointer: boolean): boolean => {
  if (value === undefined || value === null) return false
  if (typeof value === 'object') return Object.keys(value).length > 0
  return pointer || (value !== '' && value !== 0 && value !== false)
}
