// What stands in manifests, before the server sees it. kubernetes: cli-runtime pkg/resource/mapper.go
import { type JsonObject, type JsonValue, own } from '#apimachinery/object.ts'
import type { Field, Schema } from '#apimachinery/schema.ts'
import { decode, DecodeError } from '#apimachinery/schema/decode.ts'
import { schemaOf } from '#api/schemas.ts'
import type { ResourceInfo } from '#kubectl/client/discovery.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import { asTyped } from '#kubectl/output/typed.ts'
import { goJsonLine } from '#kubectl/resource/last-applied.ts'

/** kubernetes: unstructured UnstructuredJSONScheme.decodeToList */
export const itemsOf = (list: JsonObject): readonly JsonObject[] => {
  const items = (list['items'] ?? []) as readonly JsonObject[]
  const { kind = '', apiVersion = '' } = list
  const itemKind = text(kind).replace(/List$/, '')
  return items.map((item) =>
    text(item['kind']) === '' && text(item['apiVersion']) === ''
      ? { ...item, apiVersion, kind: itemKind }
      : item,
  )
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** A list of other objects, whatever it is called. */
export const isList = (object: JsonObject): boolean => {
  const items = own(object, 'items')
  return items === null || Array.isArray(items)
}

interface Types {
  readonly kind: string
  readonly apiVersion: string
}

const nameOfType = (value: JsonValue): string => {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** What a document says that it is. Throws what is wrong with it. kubernetes: unstructured UnstructuredJSONScheme.Decode */
export const checkedObject = (object: JsonObject, source: string): Types => {
  const decoding = (message: string): KubectlFailure =>
    new KubectlFailure(`unable to decode ${JSON.stringify(source)}: ${message}`)
  if (typeof object !== 'object' || Array.isArray(object))
    throw decoding(
      `json: cannot unmarshal ${nameOfType(object)} into Go value of type unstructured.detector`,
    )
  const { kind, apiVersion = '' } = object
  if (text(kind) === '' || text(apiVersion).split('/').length > 2)
    throw decoding(`Object 'Kind' is missing in '${goJsonLine(object)}'`)
  const items = own(object, 'items')
  if (typeof items === 'object' && items !== null && !Array.isArray(items))
    throw decoding(
      'json: cannot unmarshal object into Go struct field decodeList.items of type []json.RawMessage',
    )
  const wrong = Array.isArray(items) ? items.find((item) => !isMap(item)) : undefined
  if (wrong !== undefined && wrong !== null)
    throw decoding(
      `json: cannot unmarshal ${nameOfType(wrong as JsonValue)} into Go value of type map[string]interface {}`,
    )
  try {
    decode(object, metadataOnly())
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw decoding(
      error.message.replace(/(?<=metadataOnlyObject\.)(?=apiVersion|kind)/, 'TypeMeta.'),
    )
  }
  return { kind: text(kind), apiVersion: text(apiVersion) }
}

/** What an item of a list says that it is. kubernetes: cli-runtime pkg/resource/mapper.go infoForObject */
export const checkedItem = ({ kind, apiVersion }: JsonObject): Types => {
  const typing = (message: string): KubectlFailure =>
    new KubectlFailure(
      `unable to get type info from the object "*unstructured.Unstructured": ${message}`,
    )
  if (text(apiVersion) === '')
    throw typing("Object 'apiVersion' is missing in 'object has no apiVersion field'")
  if (text(kind) === '') throw typing("Object 'Kind' is missing in 'object has no kind field '")
  return { kind: text(kind), apiVersion: text(apiVersion) }
}

/** An object that must have one of Go's types. Throws what does not fit it. */
export const typedObject = (object: JsonObject): JsonObject => {
  checkRegistered(object)
  return asTyped(object)
}

/** Objects of custom resources have no type of Go's. */
export const checkRegistered = ({ kind, apiVersion }: JsonObject): void => {
  const group = text(apiVersion).includes('/') ? text(apiVersion).split('/')[0]! : ''
  if (group.includes('.') && !group.endsWith('.k8s.io'))
    throw new KubectlFailure(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/scheme/scheme.go:28"`,
    )
}

const isMap = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

let metadataSchema: Schema | undefined

/** kubernetes: cli-runtime pkg/resource/metadata_decoder.go metadataOnlyObject */
const metadataOnly = (): Schema => {
  const field = (name: string, schema: Schema, order: number): readonly [string, Field] => [
    name,
    { name, schema, required: false, keepZero: false, pointer: false, order },
  ]
  const string: Schema = { kind: 'string', name: '', goType: 'string' }
  return (metadataSchema ??= {
    kind: 'object',
    name: 'metadataOnlyObject',
    goType: 'resource.metadataOnlyObject',
    preserveUnknown: true,
    fields: new Map([
      field('kind', string, 0),
      field('apiVersion', string, 1),
      field('metadata', schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')!, 2),
    ]),
  })
}

/** Undefined: without any. */
export const withNamespace = (object: JsonObject, namespace: string | undefined): JsonObject => {
  const metadata = (object['metadata'] ?? {}) as JsonObject
  if (namespace === undefined) {
    if (metadata['namespace'] === undefined) return object
    const { namespace: _namespace, ...rest } = metadata
    return { ...object, metadata: rest }
  }
  return { ...object, metadata: { ...metadata, namespace } }
}

/** What a kind's resource would be called, where nobody can be asked. */
export const localResource = (apiVersion: string, kind: string): ResourceInfo => {
  const slash = apiVersion.indexOf('/')
  const plural = `${kind.toLowerCase()}s`
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    plural,
    singular: kind.toLowerCase(),
    isNamespaced: false,
    shortNames: [],
    categories: [],
    verbs: [],
    subresources: [],
  }
}
