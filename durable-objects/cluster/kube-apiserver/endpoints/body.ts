import { append } from '#apimachinery/append.ts'
import { decodeProtobuf } from '#api/protobuf.ts'
import { definitionForKind } from '#api/schemas.ts'
import { invalidValue } from '#apimachinery/field-error.ts'
import { MAX_JSON_DEPTH, parseJson } from '#apimachinery/json.ts'
import { assign, withSortedKeys, type JsonObject, type KubeObject } from '#apimachinery/object.ts'
import { decode, DecodeError, type Decoded } from '#apimachinery/schema/decode.ts'
import { withRepeatedFields } from '#apimachinery/schema/repeated-fields.ts'
import type { Schema } from '#apimachinery/schema.ts'
import {
  badRequest,
  invalid,
  requestEntityTooLarge,
  unsupportedMediaType,
} from '#apimachinery/status-error.ts'
import { inOrderOfText } from '#apimachinery/strict-order.ts'
import { decodeUtf8Loosely, encodeUtf8, utf8Length } from '#apimachinery/utf8.ts'
import { parseYamlDocuments } from '#apimachinery/yaml/parse.ts'
import { queryValue, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import type { CustomKind } from '#kube-apiserver/resources.ts'

/** kubernetes: apiserver pkg/server/config.go MaxRequestBodyBytes */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

/** What a text says before anything is known of its kind. */
export interface RawBody {
  readonly value: unknown
  /** `duplicate field "data.a"` */
  readonly duplicates: readonly string[]
  /** What it was read from, unless that is protobuf. */
  readonly text?: string
  readonly isYaml?: boolean
}

/** What the body's objects are to be. */
export interface Expected {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly schema: Schema | undefined
  readonly custom?: CustomKind
}

/** Why a body is no object, before a kind was found in it. */
export class BodyError extends Error {}

const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const CUSTOM_TYPES = ['application/json', 'application/yaml']
const TYPES = [...CUSTOM_TYPES, PROTOBUF]

/** The media type of the body without its parameters. */
export const mediaType = (request: ApiRequest): string =>
  (request.contentType.split(';')[0] ?? '').trim().toLowerCase()

/** Throws if the body is longer than any may be. */
export const checkLength = ({ body }: ApiRequest): void => {
  const isLong =
    body.length > MAX_BODY_BYTES ||
    (typeof body === 'string' &&
      body.length * 3 > MAX_BODY_BYTES &&
      utf8Length(body) > MAX_BODY_BYTES)
  if (isLong) throw requestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`)
}

/** Parses the body by its content type; none counts as JSON. Throws a BodyError if it is not of that type. */
export const readBody = (request: ApiRequest, types: readonly string[] = TYPES): RawBody => {
  const type = mediaType(request) || 'application/json'
  if (!types.includes(type))
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
    )
  checkLength(request)
  if (type === PROTOBUF) return readProtobuf(request.body)
  if (type === 'application/yaml') return readYaml(request.body)
  return readJson(request.body)
}

const readProtobuf = (body: string | Uint8Array): RawBody => {
  try {
    const bytes = typeof body === 'string' ? encodeUtf8(body) : body
    return { value: decodeProtobuf(bytes), duplicates: [] }
  } catch (error) {
    throw new BodyError((error as Error).message)
  }
}

/** JSON text. Throws a BodyError in the words of Go's parser. */
export const readJson = (body: string | Uint8Array): RawBody => {
  try {
    // Go's parser takes bytes that are no character for one that stands for them
    const text = typeof body === 'string' ? body : decodeUtf8Loosely(body)
    return { ...parseJson(text), text }
  } catch (error) {
    throw new BodyError(`couldn't get version/kind; json parse error: ${(error as Error).message}`)
  }
}

const readYaml = (body: string | Uint8Array): RawBody => {
  if (typeof body !== 'string')
    throw new BodyError('error converting YAML to JSON: yaml: invalid leading UTF-8 octet')
  try {
    const [first] = parseYamlDocuments(body).documents
    // upstream makes JSON of it, whose keys are in order
    return {
      value: withSortedKeys(first?.value ?? null),
      duplicates: first?.duplicates ?? [],
      text: body,
      isYaml: true,
    }
  } catch (error) {
    throw new BodyError(`error converting YAML to JSON: ${(error as Error).message}`)
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
 * The body as an object of the expected kind. Unknown fields are dropped and, as the client asked, refused or warned of.
 * kubernetes: apiserver pkg/endpoints/handlers/create.go, rest.go transformDecodeError
 */
export const decodeBody = (
  request: ApiRequest,
  expected: Expected,
  warnings: string[],
): KubeObject => {
  try {
    const raw = readBody(request, expected.custom === undefined ? TYPES : CUSTOM_TYPES)
    return decodeObject(raw, expected, fieldValidationOf(request), warnings)
  } catch (error) {
    if (!(error instanceof BodyError)) throw error
    throw badRequest(
      `the object provided is unrecognized (must be of type ${expected.kind}): ${error.message} (${summary(request.body)})`,
    )
  }
}

const SUMMARY_BYTES = 30

/** The beginning of a body: as text if it may be an object, else in hexadecimal. kubernetes: summarizeData */
const summary = (body: string | Uint8Array): string => {
  if (body.length === 0) return '<empty>'
  const bytes = typeof body === 'string' ? encodeUtf8(body.slice(0, SUMMARY_BYTES + 1)) : body
  const first = bytes.slice(0, SUMMARY_BYTES)
  const text =
    first[0] === '{'.charCodeAt(0)
      ? decodeUtf8Loosely(first)
      : Array.from(first, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return bytes.length > SUMMARY_BYTES ? `${text} ...` : text
}

/** A parsed body, as decodeBody. Throws a BodyError where no kind can be made out. */
export const decodeObject = (
  raw: RawBody,
  expected: Expected,
  validation: FieldValidation,
  warnings: string[],
): KubeObject => {
  const value = withKind(mergedBody(raw, expected), expected)
  if (expected.schema === undefined) return value as unknown as KubeObject
  const handled = `${expected.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}`
  try {
    const { object, unknownFields } = decodeAs(value, expected, expected.schema)
    const problems = strictProblems(raw, expected, unknownFields)
    if (problems.length > 0 && validation === 'Strict')
      throw badRequest(`${handled}: strict decoding error: ${problems.join(', ')}`)
    if (validation === 'Warn') append(warnings, problems)
    return withMetadata(object) as unknown as KubeObject
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${handled}: ${error.message}`)
    throw error
  }
}

/** Of a field that stands twice the second value goes into the first, but not in a plain map. */
const mergedBody = (raw: RawBody, { schema, custom }: Expected): RawBody => {
  const { text, isYaml = false, duplicates } = raw
  const isMerged =
    text !== undefined &&
    !isYaml &&
    duplicates.length > 0 &&
    custom === undefined &&
    isObject(raw.value)
  return isMerged && schema !== undefined
    ? { ...raw, value: withRepeatedFields(text, schema) }
    : raw
}

/** Custom objects are read as plain maps first, and then by their schema. */
const strictProblems = (
  { text, isYaml = false, duplicates }: RawBody,
  { custom }: Expected,
  unknownFields: readonly string[],
): readonly string[] =>
  text === undefined || isYaml || custom !== undefined
    ? [...duplicates, ...unknownFields]
    : inOrderOfText(text, MAX_JSON_DEPTH, duplicates, unknownFields)

const decodeAs = (value: JsonObject, { custom }: Expected, schema: Schema): Decoded =>
  custom === undefined ? decode(value, schema) : decodeCustom(value, custom)

/** A document as an object of a custom kind, with what was dropped of it. */
export const decodeCustom = (value: unknown, custom: CustomKind): Decoded => {
  const unknownFields: string[] = []
  const object = custom.decode(value as JsonObject, unknownFields)
  return { object: object as unknown as JsonObject, unknownFields }
}

const withMetadata = (object: JsonObject): JsonObject =>
  isObject(object['metadata']) ? object : { ...object, metadata: {} }

const goKind = (value: unknown): string => {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

const KIND_STRUCT =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** The kind and version that a body names. kubernetes: apimachinery pkg/runtime/serializer/json/meta.go Interpret */
const kindOf = (value: unknown): { readonly apiVersion: string; readonly kind: string } => {
  const refuse = (why: string): BodyError =>
    new BodyError(`couldn't get version/kind; json parse error: json: cannot unmarshal ${why}`)
  if (!isObject(value)) throw refuse(`${goKind(value)} into Go value of type ${KIND_STRUCT}`)
  const apiVersion = value['apiVersion'] ?? ''
  const kind = value['kind'] ?? ''
  for (const [field, text] of Object.entries({ apiVersion, kind }))
    if (typeof text !== 'string')
      throw refuse(`${goKind(text)} into Go struct field .${field} of type string`)
  if (String(apiVersion).split('/').length > 2)
    throw new BodyError(`unexpected GroupVersion string: ${String(apiVersion)}`)
  return { apiVersion: String(apiVersion), kind: String(kind) }
}

/** Fills in a missing kind, which a custom object must have; refuses another one. */
const withKind = ({ value = {}, text = '' }: RawBody, expected: Expected): JsonObject => {
  const given = kindOf(value ?? {})
  const object = (value ?? {}) as JsonObject
  if (expected.custom !== undefined) {
    if (given.kind === '') throw new BodyError(`Object 'Kind' is missing in '${text}'`)
    checkCustomKind(object, given.apiVersion, given.kind, expected)
    return object
  }
  const expectedVersion =
    expected.group === '' ? expected.version : `${expected.group}/${expected.version}`
  const apiVersion = given.apiVersion === '' ? expectedVersion : given.apiVersion
  const kind = given.kind === '' ? expected.kind : given.kind
  if (apiVersion !== expectedVersion || kind !== expected.kind)
    throw wrongKind(apiVersion, kind, expected, expectedVersion)
  return apiVersion === object['apiVersion'] && kind === object['kind']
    ? object
    : assign(object, { apiVersion, kind })
}

/** Custom objects are of no Go type: their version is compared, their kind is validated. */
const checkCustomKind = (
  object: JsonObject,
  apiVersion: string,
  kind: string,
  { group, version, kind: served }: Expected,
): void => {
  const expectedVersion = `${group}/${version}`
  if (apiVersion !== expectedVersion)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expectedVersion})`,
    )
  if (kind === served) return
  const metadata = object['metadata']
  const name = isObject(metadata) ? metadata['name'] : undefined
  throw invalid({ group, kind: served }, typeof name === 'string' ? name : '', [
    invalidValue('kind', kind, `must be ${served}`),
  ])
}

/** Where the types of a group's kinds are that only the server knows; events have theirs in core. */
export const internalPackage = (group: string): string =>
  group === '' || group === 'events.k8s.io' ? 'core' : group.split('.')[0]!

// registered, but of no resource
const BARE_KINDS: ReadonlySet<string> = new Set(['v1 List'])

/** Why what was read as one kind is not the other, if it is not. kubernetes: apimachinery pkg/conversion/converter.go Convert */
export const kindProblem = (
  apiVersion: string,
  kind: string,
  expected: Pick<Expected, 'group' | 'kind'>,
): string | undefined => {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const version = apiVersion.slice(slash + 1)
  const isKnown =
    definitionForKind(group, version, kind) !== undefined || BARE_KINDS.has(`${apiVersion} ${kind}`)
  if (!isKnown)
    return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`
  const internal = internalPackage(expected.group)
  if (kind === expected.kind && internal === internalPackage(group)) return undefined
  return `converting (${version}.${kind}) to (${internal}.${expected.kind}): unknown conversion`
}

const wrongKind = (
  apiVersion: string,
  kind: string,
  expected: Expected,
  expectedVersion: string,
) => {
  const problem = kindProblem(apiVersion, kind, expected)
  if (problem === undefined)
    return badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expectedVersion})`,
    )
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  return badRequest(
    `${kind} in version "${version}" cannot be handled as a ${expected.kind}: ${problem}`,
  )
}
