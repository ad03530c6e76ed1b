import { decodeBase64 } from '#apimachinery/base64.ts'
import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { FieldType, Message } from '#apimachinery/protobuf/messages.ts'
import { ProtobufWriter } from '#apimachinery/protobuf/writer.ts'
import { parseTime } from '#apimachinery/time.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'

/** An object's message. Fields that the message does not have (apiVersion, kind) are left out. */
export const encodeMessage = (object: JsonObject, message: Message): Uint8Array => {
  const writer = new ProtobufWriter()
  for (const field of message.fields) {
    if (field.name === '' && field.type.form === 'message') {
      writer.bytes(field.number, encodeMessage(object, field.type.message))
      continue
    }
    const value = own(object, field.name)
    if (value === undefined || value === null) continue
    if (field.label === 'one') write(writer, field.number, field.type, value)
    else if (field.label === 'list')
      for (const item of value as readonly JsonValue[])
        write(writer, field.number, field.type, item)
    else
      for (const [key, item] of Object.entries(value))
        writeEntry(writer, field.number, field.type, key, item)
  }
  return writer.finish()
}

const writeEntry = (
  writer: ProtobufWriter,
  number: number,
  type: FieldType,
  key: string,
  value: JsonValue,
): void => {
  const entry = new ProtobufWriter()
  entry.text(1, key)
  write(entry, 2, type, value)
  writer.bytes(number, entry.finish())
}

const write = (writer: ProtobufWriter, number: number, type: FieldType, value: JsonValue): void => {
  switch (type.form) {
    case 'integer':
      writer.integer(number, value as number)
      break
    case 'boolean':
      writer.integer(number, value === true ? 1 : 0)
      break
    case 'double':
      writer.double(number, value as number)
      break
    case 'string':
      writer.text(number, (value ?? '') as string)
      break
    default:
      writer.bytes(number, encodeValue(type, value))
  }
}

const encodeValue = (type: FieldType, value: JsonValue): Uint8Array => {
  switch (type.form) {
    case 'bytes':
      return decodeBase64((value ?? '') as string)
    case 'message':
      return encodeMessage((value ?? {}) as JsonObject, type.message)
    case 'quantity':
      return single((writer) => writer.text(1, (value ?? '0') as string))
    case 'time':
    case 'micro-time':
      return encodeTime(value)
    case 'raw-json':
      return value === null
        ? new Uint8Array()
        : single((writer) => writer.text(1, JSON.stringify(value)))
    case 'int-or-string':
      return encodeIntOrString(value)
    case 'wrapped-list':
      return single((writer) => {
        for (const item of (value ?? []) as readonly JsonValue[]) write(writer, 1, type.items, item)
      })
    case 'schema-or':
      return encodeSchemaOr(type.message, type.other, value)
    default:
      return encodeUtf8('')
  }
}

const single = (fill: (writer: ProtobufWriter) => void): Uint8Array => {
  const writer = new ProtobufWriter()
  fill(writer)
  return writer.finish()
}

const encodeTime = (value: JsonValue): Uint8Array => {
  if (typeof value !== 'string') return new Uint8Array()
  const micros = Number(/\.(\d{6})/.exec(value)?.[1] ?? '0')
  return single((writer) => {
    writer.integer(1, Math.floor(parseTime(value) / 1000))
    writer.integer(2, micros * 1000)
  })
}

const encodeIntOrString = (value: JsonValue): Uint8Array => {
  const isText = typeof value === 'string'
  return single((writer) => {
    writer.integer(1, isText ? 1 : 0)
    writer.integer(2, isText ? 0 : (value as number))
    writer.text(3, isText ? value : '')
  })
}

const encodeSchemaOr = (
  message: Message,
  other: 'boolean' | 'schemas' | 'strings',
  value: JsonValue,
): Uint8Array => {
  const asMessage: FieldType = { form: 'message', message }
  return single((writer) => {
    if (other === 'boolean') writer.integer(1, value === false ? 0 : 1)
    if (typeof value !== 'object' || value === null) return
    if (!Array.isArray(value)) write(writer, other === 'boolean' ? 2 : 1, asMessage, value)
    else
      for (const item of value as readonly JsonValue[])
        write(writer, 2, other === 'strings' ? { form: 'string' } : asMessage, item)
  })
}
