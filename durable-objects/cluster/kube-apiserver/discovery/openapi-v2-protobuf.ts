// The document of /openapi/v2 as clients in Go ask for it. gnostic: openapiv2/OpenAPIv2.proto
import { ProtobufWriter } from '#apimachinery/protobuf/writer.ts'
import type {
  Operation,
  Parameter,
  PathItem,
  Reference,
} from '#kube-apiserver/discovery/openapi-v2-parameters.ts'

type Json = Readonly<Record<string, unknown>>

interface DocumentV2 {
  readonly swagger: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, PathItem>>
  readonly definitions: Readonly<Record<string, unknown>>
  readonly parameters: Readonly<Record<string, Parameter>>
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

/** Who names what of a message that holds one of several. */
const only = (number: number, value: Uint8Array): Uint8Array =>
  message((writer) => writer.bytes(number, value))

const parameterOf = ({ in: where, name, required, type, uniqueItems, schema: of }: Parameter) =>
  where === 'body'
    ? only(
        1,
        message((writer) => {
          writer.text(2, name)
          writer.text(3, where)
          flag(writer, 4, required)
          writer.bytes(5, schemaOf(of as Json))
        }),
      )
    : only(
        2,
        only(
          where === 'query' ? 3 : 4,
          message((writer) => {
            const later = where === 'query' ? 1 : 0
            flag(writer, 1, required)
            writer.text(2, where)
            writer.text(4, name)
            writer.text(5 + later, type ?? '')
            flag(writer, 19 + later, uniqueItems)
          }),
        ),
      )

const parameterItem = (parameter: Parameter | Reference): Uint8Array =>
  '$ref' in parameter
    ? only(
        2,
        message((writer) => writer.text(1, parameter.$ref)),
      )
    : only(1, parameterOf(parameter))

type Response = Operation['responses'][string]

const responseOf = ({ description = '', schema: of }: Response): Uint8Array =>
  only(
    1,
    message((writer) => {
      writer.text(1, description)
      if (of !== undefined) writer.bytes(2, only(1, schemaOf(of as Json)))
    }),
  )

const operationOf = (operation: Operation): Uint8Array =>
  message((writer) => {
    each(text)(writer, 1, operation.tags)
    if (operation.description !== undefined) writer.text(3, operation.description)
    writer.text(5, operation.operationId)
    for (const parameter of operation.parameters ?? []) writer.bytes(8, parameterItem(parameter))
    const responses = message((inner) => {
      for (const [code, response] of Object.entries(operation.responses))
        inner.bytes(1, named(code, responseOf(response)))
    })
    writer.bytes(9, responses)
    each(text)(writer, 10, operation.schemes)
    for (const [key, value] of Object.entries(operation))
      if (key.startsWith('x-')) writer.bytes(13, named(key, anyOf(value)))
  })

const OPERATIONS = [
  ['get', 2],
  ['put', 3],
  ['post', 4],
  ['delete', 5],
  ['patch', 8],
] as const

const pathItemOf = (item: PathItem): Uint8Array =>
  message((writer) => {
    for (const [method, number] of OPERATIONS) {
      const operation = item[method]
      if (operation !== undefined) writer.bytes(number, operationOf(operation))
    }
    for (const parameter of item.parameters ?? []) writer.bytes(9, parameterItem(parameter))
  })

/** A map as pairs in the field of that number. */
const pairs = <T>(
  number: number,
  values: Readonly<Record<string, T>>,
  encode: (value: T) => Uint8Array,
): Uint8Array =>
  message((writer) => {
    for (const [name, value] of Object.entries(values))
      writer.bytes(number, named(name, encode(value)))
  })

export const encodeDocumentV2 = (document: DocumentV2): Uint8Array =>
  message((writer) => {
    const { swagger, info, paths, definitions, parameters } = document
    writer.text(1, swagger)
    writer.bytes(
      2,
      message((head) => {
        head.text(1, info.title)
        head.text(2, info.version)
      }),
    )
    writer.bytes(8, pairs(2, paths, pathItemOf))
    writer.bytes(9, namedSchemas(definitions))
    writer.bytes(10, pairs(1, parameters, parameterOf))
  })
