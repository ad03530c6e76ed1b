// The document of /openapi/v2 as clients in Go ask for it. gnostic: openapiv2/OpenAPIv2.proto
import { ProtobufWriter } from '#apimachinery/protobuf/writer.ts'

type Json = Readonly<Record<string, unknown>>

interface DocumentV2 {
  readonly swagger: string
  readonly info: { readonly title: string; readonly version: string }
  readonly definitions: Readonly<Record<string, unknown>>
}

type Field = (writer: ProtobufWriter, number: number, value: unknown) => void

const text: Field = (writer, number, value) => writer.text(number, String(value))
const flag: Field = (writer, number, value) => {
  if (value === true) writer.integer(number, 1)
}
const integer: Field = (writer, number, value) => writer.integer(number, Number(value))
const double: Field = (writer, number, value) => writer.double(number, Number(value))
const any: Field = (writer, number, value) => writer.bytes(number, anyOf(value))
const each =
  (field: Field): Field =>
  (writer, number, value) => {
    for (const item of value as readonly unknown[]) field(writer, number, item)
  }

const message = (write: (writer: ProtobufWriter) => void): Uint8Array => {
  const writer = new ProtobufWriter()
  write(writer)
  return writer.finish()
}

/** JSON is YAML too. */
const anyOf = (value: unknown): Uint8Array =>
  message((writer) => writer.text(2, `${JSON.stringify(value)}\n`))

const schema: Field = (writer, number, value) => writer.bytes(number, schemaOf(value as Json))

const named = (name: string, value: Uint8Array): Uint8Array =>
  message((writer) => {
    writer.text(1, name)
    writer.bytes(2, value)
  })

const namedSchemas = (schemas: Json): Uint8Array =>
  message((writer) => {
    for (const [name, value] of Object.entries(schemas))
      writer.bytes(1, named(name, schemaOf(value as Json)))
  })

const FIELDS: ReadonlyMap<string, readonly [number, Field]> = new Map([
  ['$ref', [1, text]],
  ['format', [2, text]],
  ['title', [3, text]],
  ['description', [4, text]],
  ['default', [5, any]],
  ['multipleOf', [6, double]],
  ['maximum', [7, double]],
  ['exclusiveMaximum', [8, flag]],
  ['minimum', [9, double]],
  ['exclusiveMinimum', [10, flag]],
  ['maxLength', [11, integer]],
  ['minLength', [12, integer]],
  ['pattern', [13, text]],
  ['maxItems', [14, integer]],
  ['minItems', [15, integer]],
  ['uniqueItems', [16, flag]],
  ['maxProperties', [17, integer]],
  ['minProperties', [18, integer]],
  ['required', [19, each(text)]],
  ['enum', [20, each(any)]],
  [
    'additionalProperties',
    [
      21,
      (writer, number, value) =>
        writer.bytes(
          number,
          message((item) =>
            (typeof value === 'object' ? schema : flag)(
              item,
              typeof value === 'object' ? 1 : 2,
              value,
            ),
          ),
        ),
    ],
  ],
  [
    'type',
    [
      22,
      (writer, number, value) =>
        writer.bytes(
          number,
          message((item) => item.text(1, String(value))),
        ),
    ],
  ],
  [
    'items',
    [
      23,
      (writer, number, value) =>
        writer.bytes(
          number,
          message((item) => schema(item, 1, value)),
        ),
    ],
  ],
  [
    'properties',
    [25, (writer, number, value) => writer.bytes(number, namedSchemas(value as Json))],
  ],
  ['example', [30, any]],
])
const EXTENSION = 31

const schemaOf = (definition: Json): Uint8Array =>
  message((writer) => {
    for (const [key, value] of Object.entries(definition)) {
      const field = FIELDS.get(key)
      if (field !== undefined) field[1](writer, field[0], value)
      else if (key.startsWith('x-')) writer.bytes(EXTENSION, named(key, anyOf(value)))
    }
  })

export const encodeDocumentV2 = ({ swagger, info, definitions }: DocumentV2): Uint8Array =>
  message((writer) => {
    writer.text(1, swagger)
    writer.bytes(
      2,
      message((head) => {
        head.text(1, info.title)
        head.text(2, info.version)
      }),
    )
    writer.bytes(8, new Uint8Array())
    writer.bytes(9, namedSchemas(definitions))
  })
