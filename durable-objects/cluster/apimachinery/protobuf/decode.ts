import { encodeBase64 } from '#apimachinery/base64.ts'
import { JsonSyntaxError, parseJson } from '#apimachinery/json.ts'
import { setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { FieldType, Message, MessageField } from '#apimachinery/protobuf/messages.ts'
import { ProtobufError, ProtobufReader, type WireType } from '#apimachinery/protobuf/reader.ts'
import { formatTime } from '#apimachinery/time.ts'
import { decodeUtf8, Utf8Error } from '#apimachinery/utf8.ts'

/** How deep messages may lie in one another. */
const MAX_DEPTH = 100

/**
 * A message as the JSON object it stands for, without what says no more than its absence. Throws a
 * ProtobufError. `decode()` with the schema makes the object canonical.
 */
export const decodeMessage = (bytes: Uint8Array, message: Message): JsonObject => {
  const object: Record<string, JsonValue> = {}
  readFields(new ProtobufReader(bytes), message, object, 0)
  return object
}

const readFields = (
  reader: ProtobufReader,
  message: Message,
  object: Record<string, JsonValue>,
  depth: number,
): void => {
  if (depth > MAX_DEPTH) throw new ProtobufError('proto: exceeded max recursion depth')
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    const field = message.byNumber.get(number)
    if (field === undefined) reader.skip(wireType)
    else if (field.label === 'map') readEntry(reader, field, wireType, object, depth)
    else if (field.label === 'list') readItem(reader, field, wireType, object, depth)
    else if (field.name === '' && field.type.form === 'message') {
      expect(wireType, 2, field)
      readFields(new ProtobufReader(reader.bytes()), field.type.message, object, depth + 1)
    } else {
      const value = readValue(reader, field, field.type, wireType, depth)
      if (value === undefined || (field.dropZero && isZero(value))) delete object[field.name]
      else setKey(object, field.name, value)
    }
  }
}

const readItem = (
  reader: ProtobufReader,
  field: MessageField,
  wireType: WireType,
  object: Record<string, JsonValue>,
  depth: number,
): void => {
  const list = (object[field.name] ??= []) as JsonValue[]
  if (wireType === 2 && (field.type.form === 'integer' || field.type.form === 'boolean')) {
    const packed = new ProtobufReader(reader.bytes())
    while (!packed.done) list.push(readValue(packed, field, field.type, 0, depth) ?? null)
  } else list.push(readValue(reader, field, field.type, wireType, depth) ?? null)
}

const readEntry = (
  reader: ProtobufReader,
  field: MessageField,
  wireType: WireType,
  object: Record<string, JsonValue>,
  depth: number,
): void => {
  expect(wireType, 2, field)
  const entry = new ProtobufReader(reader.bytes())
  let key = ''
  let value: JsonValue | undefined
  while (!entry.done) {
    const tag = entry.tag()
    if (tag.number === 1) key = entry.text()
    else if (tag.number === 2) value = readValue(entry, field, field.type, tag.wireType, depth)
    else entry.skip(tag.wireType)
  }
  setKey(
    (object[field.name] ??= {}) as Record<string, JsonValue>,
    key,
    value ?? (field.type.form === 'string' || field.type.form === 'bytes' ? '' : null),
  )
}

/** Nothing for a time that was never set. */
const readValue = (
  reader: ProtobufReader,
  field: MessageField,
  type: FieldType,
  wireType: WireType,
  depth: number,
): JsonValue | undefined => {
  switch (type.form) {
    case 'integer':
    case 'boolean': {
      expect(wireType, 0, field)
      const value = reader.integer()
      return type.form === 'integer' ? value : value !== 0
    }
    case 'double':
      expect(wireType, 1, field)
      return reader.double()
    case 'string':
      expect(wireType, 2, field)
      return reader.text()
    default:
      expect(wireType, 2, field)
      return readMessage(reader.bytes(), field, type, depth + 1)
  }
}

const readMessage = (
  bytes: Uint8Array,
  field: MessageField,
  type: FieldType,
  depth: number,
): JsonValue | undefined => {
  switch (type.form) {
    case 'bytes':
      return encodeBase64(bytes)
    case 'message': {
      const object: Record<string, JsonValue> = {}
      readFields(new ProtobufReader(bytes), type.message, object, depth)
      return object
    }
    case 'quantity':
      return quantity(bytes)
    case 'time':
    case 'micro-time':
      return time(bytes, type.form === 'micro-time')
    case 'raw-json':
      return rawJson(bytes)
    case 'int-or-string':
      return intOrString(bytes)
    case 'wrapped-list': {
      const object: Record<string, JsonValue> = {}
      const only: MessageField = {
        number: 1,
        name: 'items',
        label: 'list',
        type: type.items,
        dropZero: false,
      }
      readFields(
        new ProtobufReader(bytes),
        { name: field.name, byNumber: new Map([[1, only]]), fields: [only] },
        object,
        depth,
      )
      return object['items'] ?? []
    }
    case 'schema-or':
      return schemaOr(bytes, field, type, depth)
    default:
      return {}
  }
}

const quantity = (bytes: Uint8Array): string => {
  const reader = new ProtobufReader(bytes)
  let text = ''
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (number === 1 && wireType === 2) text = reader.text()
    else reader.skip(wireType)
  }
  return text === '' ? '0' : text
}

const time = (bytes: Uint8Array, micro: boolean): string | undefined => {
  if (bytes.length === 0) return undefined
  const reader = new ProtobufReader(bytes)
  let seconds = 0
  let nanos = 0
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (number === 1 && wireType === 0) seconds = reader.integer()
    else if (number === 2 && wireType === 0) nanos = reader.integer()
    else reader.skip(wireType)
  }
  // The years 1 to 9999: what RFC 3339 can say.
  if (seconds < -62_135_596_800 || seconds > 253_402_300_799)
    throw new ProtobufError('proto: time out of range')
  const text = formatTime(seconds * 1000)
  if (!micro) return text
  return `${text.slice(0, -1)}.${String(Math.min(Math.max(Math.floor(nanos / 1000), 0), 999_999)).padStart(6, '0')}Z`
}

const rawJson = (bytes: Uint8Array): JsonValue => {
  const reader = new ProtobufReader(bytes)
  let raw: Uint8Array | undefined
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (number === 1 && wireType === 2) raw = reader.bytes()
    else reader.skip(wireType)
  }
  if (raw === undefined || raw.length === 0) return null
  try {
    return parseJson(decodeUtf8(raw)).value
  } catch (error) {
    throw error instanceof JsonSyntaxError || error instanceof Utf8Error
      ? new ProtobufError(error.message)
      : error
  }
}

const intOrString = (bytes: Uint8Array): number | string => {
  const reader = new ProtobufReader(bytes)
  let isString = false
  let number = 0
  let text = ''
  while (!reader.done) {
    const tag = reader.tag()
    if (tag.number === 1 && tag.wireType === 0) isString = reader.integer() === 1
    else if (tag.number === 2 && tag.wireType === 0) number = reader.integer()
    else if (tag.number === 3 && tag.wireType === 2) text = reader.text()
    else reader.skip(tag.wireType)
  }
  return isString ? text : number
}

/** JSONSchemaPropsOrBool {1 allows, 2 schema}, …OrArray {1 schema, 2 schemas}, …OrStringArray {1 schema, 2 strings}. */
const schemaOr = (
  bytes: Uint8Array,
  field: MessageField,
  type: FieldType & { readonly form: 'schema-or' },
  depth: number,
): JsonValue => {
  const schemaNumber = type.other === 'boolean' ? 2 : 1
  const asMessage: FieldType = { form: 'message', message: type.message }
  const reader = new ProtobufReader(bytes)
  const list: JsonValue[] = []
  let schema: JsonValue | undefined
  let allows = false
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (number === schemaNumber) schema = readValue(reader, field, asMessage, wireType, depth)
    else if (number === 1)
      allows = readValue(reader, field, { form: 'boolean' }, wireType, depth) === true
    else if (number === 2)
      list.push(
        readValue(
          reader,
          field,
          type.other === 'strings' ? { form: 'string' } : asMessage,
          wireType,
          depth,
        ) ?? null,
      )
    else reader.skip(wireType)
  }
  return schema ?? (type.other === 'boolean' ? allows : list)
}

const expect = (actual: WireType, wanted: WireType, field: MessageField): void => {
  if (actual !== wanted)
    throw new ProtobufError(`proto: wrong wireType = ${actual} for field ${goName(field.name)}`)
}

/** The field's name in Go, as far as a capital makes it. */
const goName = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)

const isZero = (value: JsonValue): boolean => value === '' || value === 0 || value === false
