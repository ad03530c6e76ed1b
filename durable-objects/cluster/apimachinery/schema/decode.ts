import { Base64Error, canonicalBase64 } from '#apimachinery/base64.ts'
import { quote } from '#apimachinery/field-error.ts'
import { setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { canonicalQuantity, QuantityError } from '#apimachinery/quantity.ts'
import { goTypeName } from '#apimachinery/patch/go-format.ts'
import type { Field, Schema } from '#apimachinery/schema.ts'
import { goStructName } from '#apimachinery/schema/go-types.ts'
import { canonicalMicroTime, canonicalTime, TimeError } from '#apimachinery/schema/time-text.ts'
import { isZero, keptFields, zeroOf } from '#apimachinery/schema/zero.ts'

// kubernetes: sigs.k8s.io/json internal/golang/encoding/json/decode.go, and what Go then writes

/** The value does not fit the schema; in the words of Go's JSON decoder. */
export class DecodeError extends Error {
  override readonly name: string = 'DecodeError'
}

export interface Decoded {
  /** As Go would write it: fields in its order, unset ones left out, quantities and times canonical. */
  readonly object: JsonObject
  /** `unknown field "spec.ports[0].targetport"`, in the order of the document, each once, 100 at most. */
  readonly unknownFields: readonly string[]
}

/**
 * Decodes a parsed JSON object by its schema. Throws a DecodeError with the first mismatch. Does not
 * change `value`; parts of it that are as they should be are returned themselves.
 */
export const decode = (value: unknown, schema: Schema): Decoded => {
  const decoder = new Decoder()
  const object = decoder.run(value, schema)
  return { object: object as JsonObject, unknownFields: decoder.unknownFields }
}

/**
 * As decode, for a document that upstream turns into an object without writing it as JSON in between: what does
 * not fit is told in other words, and unknown fields come sorted.
 * kubernetes: apimachinery pkg/runtime/converter.go FromUnstructuredWithValidation
 */
export const convert = (value: unknown, schema: Schema): Decoded => {
  const decoder = new Decoder(true)
  const object = decoder.run(value, schema)
  return { object: object as JsonObject, unknownFields: decoder.unknownFields.sort() }
}

const UNKNOWN_LIMIT = 100
const INT32 = 2 ** 31
const INT64 = 2 ** 63

/** A value of the wrong type inside a value with a decoder of its own: named by the field around it. */
class MismatchError extends DecodeError {
  readonly found: string
  readonly goType: string

  constructor(found: string, goType: string) {
    super(`json: cannot unmarshal ${found} into Go value of type ${goType}`)
    this.found = found
    this.goType = goType
  }
}

class Decoder {
  readonly unknownFields: string[] = []
  /** Where we are, for unknown fields: names, list indexes and keys. */
  readonly #path: (string | number)[] = []
  /** Where we are, for mismatches: names of fields only. */
  readonly #fields: string[] = []
  #struct: string | undefined
  // Go goes on after a mismatch, and reports the first unless something worse comes.
  #first: DecodeError | undefined
  readonly #converts: boolean

  constructor(converts = false) {
    this.#converts = converts
  }

  run(value: unknown, schema: Schema): JsonValue {
    const result = this.#value(value, schema) ?? zeroOf(schema)
    if (this.#first !== undefined) throw this.#first
    return result
  }

  /** Nothing if the value is null or Go's zero of a type that is written as null. */
  #value(value: unknown, schema: Schema): JsonValue | undefined {
    if (value === null || value === undefined) return undefined
    switch (schema.kind) {
      case 'object':
        return this.#object(value, schema)
      case 'string':
        return typeof value === 'string' ? value : this.#mismatch(value, schema)
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#mismatch(value, schema)
      case 'integer':
        return this.#integer(value, schema)
      case 'number':
        return typeof value === 'number' ? value : this.#mismatch(value, schema)
      case 'list':
        return this.#list(value, schema)
      case 'map':
        return this.#map(value, schema)
      case 'bytes':
        return this.#bytes(value, schema)
      case 'int-or-string':
        return this.#intOrString(value)
      case 'quantity':
        return this.#quantity(value)
      case 'time':
      case 'micro-time':
        return this.#time(value, schema)
      case 'any':
        return schema.either === undefined
          ? (value as JsonValue)
          : this.#either(value, schema, schema.either)
    }
  }

  #object(value: unknown, schema: Schema): JsonValue | undefined {
    if (!isObject(value)) return this.#mismatch(value, schema)
    const outer = this.#struct
    const struct = goStructName(schema.goType)
    const fields = schema.fields!
    const found: Field[] = []
    const values: JsonValue[] = []
    const extras: string[] = []
    let same = true
    let ordered = true
    for (const key of Object.keys(value)) {
      const field = fields.get(key)
      if (field === undefined) {
        if (schema.preserveUnknown === true) extras.push(key)
        else {
          this.#unknown(key)
          same = false
        }
        continue
      }
      this.#struct = struct
      const decoded = this.#field(value[key], field)
      if (decoded !== value[key]) same = false
      if (decoded === undefined) continue
      if (found.length > 0 && found.at(-1)!.order > field.order) ordered = false
      found.push(field)
      values.push(decoded)
    }
    this.#struct = outer
    for (const field of keptFields(schema)) {
      if (Object.hasOwn(value, field.name)) continue
      if (found.length > 0 && found.at(-1)!.order > field.order) ordered = false
      same = false
      found.push(field)
      values.push(zeroOf(field.schema))
    }
    if (same && ordered) return value as JsonObject
    return assemble(found, values, ordered, extras, value)
  }

  #field(value: unknown, field: Field): JsonValue | undefined {
    this.#path.push(field.name)
    this.#fields.push(field.name)
    const decoded = this.#value(value, field.schema)
    this.#path.pop()
    this.#fields.pop()
    if (decoded === undefined)
      return field.keepZero && !field.pointer ? zeroOf(field.schema) : undefined
    if (field.pointer || !isZero(decoded, field.schema.kind)) return decoded
    return field.keepZero ? zeroOf(field.schema) : undefined
  }

  #list(value: unknown, schema: Schema): JsonValue | undefined {
    if (!Array.isArray(value)) return this.#mismatch(value, schema)
    const items = schema.items!
    let copy: JsonValue[] | undefined
    for (let index = 0; index < value.length; index++) {
      this.#path.push(index)
      const decoded = this.#value(value[index], items) ?? zeroOf(items)
      this.#path.pop()
      if (decoded !== value[index]) copy ??= value.slice(0, index) as JsonValue[]
      copy?.push(decoded)
    }
    return copy ?? (value as JsonValue[])
  }

  /** Go writes maps by key. */
  #map(value: unknown, schema: Schema): JsonValue | undefined {
    if (!isObject(value)) return this.#mismatch(value, schema)
    const items = schema.items!
    const keys = Object.keys(value)
    const values: JsonValue[] = []
    let same = true
    for (const [index, key] of keys.entries()) {
      this.#path.push(key)
      const decoded = this.#value(value[key], items) ?? zeroOfItem(items)
      this.#path.pop()
      if (decoded !== value[key] || (index > 0 && keys[index - 1]! > key)) same = false
      values.push(decoded)
    }
    if (same) return value as JsonObject
    const order = keys.map((_, index) => index).sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1))
    const copy: Record<string, JsonValue> = {}
    for (const index of order) setKey(copy, keys[index]!, values[index]!)
    return copy
  }

  #integer(value: unknown, schema: Schema): JsonValue | undefined {
    if (typeof value !== 'number') return this.#mismatch(value, schema)
    const limit = schema.goType === 'int32' ? INT32 : INT64
    if (Number.isInteger(value) && value >= -limit && value < limit) return value === 0 ? 0 : value
    if (this.#converts) return this.#truncated(value, schema)
    return this.#save(new MismatchError(`number ${value}`, schema.goType))
  }

  /** Whole numbers lose what does not fit into the type. */
  #truncated(value: number, schema: Schema): JsonValue {
    if (!Number.isInteger(value)) throw new DecodeError(unconvertible(value, schema))
    return schema.goType === 'int32' ? value | 0 : value
  }

  #bytes(value: unknown, schema: Schema): JsonValue | undefined {
    if (typeof value !== 'string') return this.#mismatch(value, schema)
    try {
      return canonicalBase64(value)
    } catch (error) {
      if (!(error instanceof Base64Error)) throw error
      const where = this.#converts ? 'error decoding from json: ' : ''
      this.#first ??= new DecodeError(`${where}${error.message}`)
      return undefined
    }
  }

  // The types below decode themselves: what they find wrong stops everything.

  #intOrString(value: unknown): JsonValue {
    if (typeof value === 'string') return value
    if (typeof value !== 'number') throw this.#inContext(new MismatchError(nameOf(value), 'int32'))
    if (Number.isInteger(value) && value >= -INT32 && value < INT32) return value === 0 ? 0 : value
    throw this.#inContext(new MismatchError(`number ${value}`, 'int32'))
  }

  #quantity(value: unknown): JsonValue {
    try {
      return canonicalQuantity(typeof value === 'string' ? value : JSON.stringify(value))
    } catch (error) {
      throw error instanceof QuantityError ? new DecodeError(error.message) : error
    }
  }

  #time(value: unknown, schema: Schema): JsonValue | undefined {
    if (typeof value !== 'string') throw this.#inContext(new MismatchError(nameOf(value), 'string'))
    try {
      return schema.kind === 'time' ? canonicalTime(value) : canonicalMicroTime(value)
    } catch (error) {
      throw error instanceof TimeError ? new DecodeError(error.message) : error
    }
  }

  /** Unknown fields in here go unreported, as upstream's own decoders are not strict. */
  #either(value: unknown, schema: Schema, shapes: readonly Schema[]): JsonValue | undefined {
    const fits = shapes.find((shape) =>
      shape.kind === 'list'
        ? Array.isArray(value)
        : shape.kind === 'object'
          ? isObject(value)
          : typeof value === shape.kind,
    )
    if (fits === undefined) {
      if (schema.name.endsWith('OrBool')) throw new DecodeError('boolean or JSON schema expected')
      return undefined
    }
    try {
      return new Decoder().run(value, fits)
    } catch (error) {
      throw error instanceof MismatchError ? this.#inContext(error) : error
    }
  }

  #mismatch(value: unknown, schema: Schema): undefined {
    if (this.#converts) throw new DecodeError(unconvertible(value, schema))
    return this.#save(new MismatchError(nameOf(value), schema.goType))
  }

  #save(error: MismatchError): undefined {
    this.#first ??= this.#inContext(error)
    return undefined
  }

  #inContext(error: MismatchError): MismatchError {
    if (this.#struct !== undefined && !this.#converts) {
      error.message = `json: cannot unmarshal ${error.found} into Go struct field ${this.#struct}.${this.#fields.join('.')} of type ${error.goType}`
    }
    return error
  }

  #unknown(key: string): void {
    if (this.unknownFields.length >= UNKNOWN_LIMIT) return
    const text = `unknown field ${quote(pathText([...this.#path, key]))}`
    if (!this.unknownFields.includes(text)) this.unknownFields.push(text)
  }
}

const GO_KINDS: Readonly<Partial<Record<Schema['kind'], string>>> = {
  boolean: 'bool',
  number: 'float64',
}

/** What Go says of a value that it cannot convert. Go would make characters of whole numbers, so it has a word of its own there. */
const unconvertible = (value: unknown, schema: Schema): string => {
  const from = kindOf(value)
  switch (schema.kind) {
    case 'object':
      return `cannot restore struct from: ${from}`
    case 'map':
      return `cannot restore map from ${from}`
    case 'list':
    case 'bytes':
      return `cannot restore slice from ${from}`
    case 'string':
      if (from === 'int64') return `cannot convert int64 to ${schema.goType}`
      return 'unrecognized type: string'
    case 'integer':
      if (from === 'float64') return `cannot convert float64 to ${schema.goType}`
      return `unrecognized type: ${schema.goType}`
    default:
      return `unrecognized type: ${GO_KINDS[schema.kind] ?? schema.goType}`
  }
}

const assemble = (
  found: readonly Field[],
  values: readonly JsonValue[],
  ordered: boolean,
  extras: readonly string[],
  value: Readonly<Record<string, unknown>>,
): JsonObject => {
  const result: Record<string, JsonValue> = {}
  const order = found.map((_, index) => index)
  if (!ordered) order.sort((a, b) => found[a]!.order - found[b]!.order)
  for (const index of order) setKey(result, found[index]!.name, values[index]!)
  for (const key of extras) setKey(result, key, value[key] as JsonValue)
  return result
}

/** No bytes as a map's value are empty bytes once they have been stored. */
const zeroOfItem = (schema: Schema): JsonValue => (schema.kind === 'bytes' ? '' : zeroOf(schema))

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A JSON value as Go's errors call it. */
const nameOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** The reflect.Kind of a decoded value. */
const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'slice'
  if (typeof value === 'object') return 'map'
  return goTypeName(value)
}

/** `spec.ports[0].name` */
const pathText = (path: readonly (string | number)[]): string =>
  path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('')
