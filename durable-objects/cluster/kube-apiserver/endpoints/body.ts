import { definitionForKind } from '#api/schemas.ts'
import { parseJson } from '#apimachinery/json.ts'
import { assign, type JsonObject, type KubeObject } from '#apimachinery/object.ts'
import { decodeProtobuf } from '#api/protobuf.ts'
import { decode, DecodeError } from '#apimachinery/schema/decode.ts'
import type { Schema } from '#apimachinery/schema.ts'
import {
  badRequest,
  requestEntityTooLarge,
  unsupportedMediaType,
} from '#apimachinery/status-error.ts'
import { parseYamlDocuments } from '#apimachinery/yaml/parse.ts'
import { queryValue, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'

/** kubernetes: apiserver pkg/server/config.go MaxRequestBodyBytes */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

export interface RawBody {
  readonly value: unknown
  /** `duplicate field "data.a"` */
  readonly duplicates: readonly string[]
}

/** What the body's objects are to be. */
export interface Expected {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly schema: Schema | undefined
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const TYPES = ['application/json', 'application/yaml', PROTOBUF]

/** The media type of the body; '' counts as JSON, as upstream's. */
export const mediaType = (request: ApiRequest): string => {
  const type = (request.contentType.split(';')[0] ?? '').trim().toLowerCase()
  return type === '' ? 'application/json' : type
}

/** Parses the body by its content type. */
export const readBody = (request: ApiRequest): RawBody => {
  if (request.body.length > MAX_BODY_BYTES)
    throw requestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`)
  const type = mediaType(request)
  if (!TYPES.includes(type)) {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${[...TYPES].sort().join(', ')}`,
    )
  }
  if (typeof request.body !== 'string') {
    if (type === PROTOBUF) return { value: readProtobuf(request.body), duplicates: [] }
    throw badRequest('the request body is not valid UTF-8 text')
  }
  return type === 'application/yaml' ? readYaml(request.body) : readJson(request.body)
}

const readProtobuf = (bytes: Uint8Array): unknown => {
  try {
    return decodeProtobuf(bytes)
  } catch (error) {
    throw badRequest((error as Error).message)
  }
}

/** JSON text, or BadRequest in the words of Go's parser. */
export const readJson = (text: string): RawBody => {
  try {
    return parseJson(text)
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`)
  }
}

const readYaml = (text: string): RawBody => {
  try {
    const [first] = parseYamlDocuments(text).documents
    return { value: first?.value ?? null, duplicates: first?.duplicates ?? [] }
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: ${(error as Error).message}`)
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** How unknown and duplicate fields are met. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export const fieldValidationOf = (request: ApiRequest): FieldValidation => {
  const value = queryValue(request, 'fieldValidation')
  return value === 'Strict' || value === 'Ignore' ? value : 'Warn'
}

/**
 * A parsed body as an object of the expected kind. Unknown fields are dropped and, as the client asked, refused or warned of.
 * kubernetes: apiserver pkg/endpoints/handlers/create.go, apimachinery pkg/runtime/serializer/json/json.go
 */
export const decodeObject = (
  raw: RawBody,
  expected: Expected,
  validation: FieldValidation,
  warnings: string[],
): KubeObject => {
  if (!isObject(raw.value)) {
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(raw.value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  }
  const value = withKind(raw.value, expected)
  if (expected.schema === undefined) return value as unknown as KubeObject
  const handled = `${expected.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}`
  try {
    const { object, unknownFields } = decode(value, expected.schema)
    const problems = [...raw.duplicates, ...unknownFields]
    if (problems.length > 0 && validation === 'Strict')
      throw badRequest(`${handled}: strict decoding error: ${problems.join(', ')}`)
    if (validation === 'Warn') warnings.push(...problems)
    return withMetadata(object) as unknown as KubeObject
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${handled}: ${error.message}`)
    throw error
  }
}

const withMetadata = (object: JsonObject): JsonObject =>
  isObject(object['metadata']) ? object : { ...object, metadata: {} }

const goKind = (value: unknown): string => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
}

/** Fills in a missing kind, refuses another one. */
const withKind = (value: JsonObject, expected: Expected): JsonObject => {
  const apiVersion = value['apiVersion'] ?? ''
  const kind = value['kind'] ?? ''
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    const field = typeof kind === 'string' ? 'apiVersion' : 'kind'
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(value[field])} into Go struct field .${field} of type string`,
    )
  }
  const expectedVersion =
    expected.group === '' ? expected.version : `${expected.group}/${expected.version}`
  const [actualVersion, actualKind] = [
    apiVersion === '' ? expectedVersion : apiVersion,
    kind === '' ? expected.kind : kind,
  ]
  if (actualVersion === expectedVersion && actualKind === expected.kind) {
    return apiVersion === actualVersion && kind === actualKind
      ? value
      : assign(value, { apiVersion: actualVersion, kind: actualKind })
  }
  throw wrongKind(actualVersion, actualKind, expected)
}

const wrongKind = (apiVersion: string, kind: string, expected: Expected) => {
  const slash = apiVersion.indexOf('/')
  const [group, version] =
    slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
  if (definitionForKind(group, version, kind) === undefined) {
    return badRequest(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`,
    )
  }
  const internalGroup = expected.group === '' ? 'core' : (expected.group.split('.')[0] ?? '')
  return badRequest(
    `${kind} in version "${version}" cannot be handled as a ${expected.kind}: converting (${version}.${kind}) to (${internalGroup}.${expected.kind}): unknown conversion`,
  )
}
