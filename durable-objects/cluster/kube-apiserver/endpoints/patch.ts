import { append } from '#apimachinery/append.ts'
import { invalidValue } from '#apimachinery/field-error.ts'
import { parseJson } from '#apimachinery/json.ts'
import { apply as applyConfiguration } from '#apimachinery/managed-fields/manager.ts'
import type { JsonObject, JsonValue, KubeObject } from '#apimachinery/object.ts'
import { goValue } from '#apimachinery/patch/go-format.ts'
import {
  applyJsonPatch,
  decodeJsonPatch,
  unknownOperationFields,
} from '#apimachinery/patch/json-patch.ts'
import { patchedText } from '#apimachinery/patch/patched-text.ts'
import { applyMergePatch } from '#apimachinery/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { convert, decode, DecodeError, type Decoded } from '#apimachinery/schema/decode.ts'
import {
  badRequest,
  conflict,
  invalid,
  notFound,
  type StatusError,
  unsupportedMediaType,
} from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { validatePatchOptions } from '#apimachinery/validation/options.ts'
import { parseYamlDocuments } from '#apimachinery/yaml/parse.ts'
import {
  checkLength,
  decodeCustom,
  fieldValidationOf,
  kindProblem,
  mediaType,
  type RawBody,
} from '#kube-apiserver/endpoints/body.ts'
import {
  dryRunOf,
  managerOf,
  operationOf,
  viewOf,
  type ResourceRequest,
} from '#kube-apiserver/endpoints/context.ts'
import { authorizeCreate } from '#kube-apiserver/endpoints/create-on-update.ts'
import { objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import { queryFlag, queryValue, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { withoutDoubleOwners } from '#kube-apiserver/endpoints/owner-references.ts'
import { checkName } from '#kube-apiserver/endpoints/write.ts'
import { resetFieldsOf } from '#kube-apiserver/registry/field-managers.ts'
import type { Operation } from '#kube-apiserver/registry/operation.ts'
import { update, type Updater } from '#kube-apiserver/registry/update.ts'
import {
  apiVersionOf,
  groupResourceOf,
  isBuiltIn,
  type Resource,
} from '#kube-apiserver/resources.ts'

const JSON_PATCH = 'application/json-patch+json'
const MERGE_PATCH = 'application/merge-patch+json'
const STRATEGIC = 'application/strategic-merge-patch+json'
const APPLY = 'application/apply-patch+yaml'

const typesOf = (target: ResourceRequest): readonly string[] =>
  isBuiltIn(target.resource)
    ? [JSON_PATCH, MERGE_PATCH, STRATEGIC, APPLY]
    : [JSON_PATCH, MERGE_PATCH, APPLY]

/** The type of the patch. Throws UnsupportedMediaType, or Invalid if it was not asked for as it must be. */
export const patchTypeOf = (target: ResourceRequest): string => {
  const { request } = target
  const type = mediaType(request)
  const types = typesOf(target)
  if (!types.includes(type)) {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
    )
  }
  checkLength(request)
  const force = queryValue(request, 'force')
  const errors = validatePatchOptions(
    {
      fieldManager: queryValue(request, 'fieldManager') ?? '',
      dryRun: dryRunOf(request),
      fieldValidation: queryValue(request, 'fieldValidation') ?? '',
      ...(force === undefined ? {} : { force: queryFlag(request, 'force') }),
    },
    type === APPLY,
  )
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', errors)
  return type
}

export const isApply = (type: string): boolean => type === APPLY

/** PATCH of an object or of one of its subresources. kubernetes: apiserver pkg/endpoints/handlers/patch.go */
export const patch = (target: ResourceRequest): Answer => {
  const { context, path } = target
  const view = viewOf(target)
  const type = patchTypeOf(target)
  const operation = operationOf(target, 'PatchOptions')
  const updater = isApply(type)
    ? applier(target, operation, configurationOf(target))
    : patcher(target, type)
  const mayCreate = isApply(type) && path.subresource === ''
  const { object, created } = update(context, operation, path.name, updater, mayCreate)
  return objectAnswer(view, object, created ? 201 : 200)
}

const textOf = ({ request }: ResourceRequest): string => {
  if (typeof request.body === 'string') return request.body
  throw badRequest('the request body is not valid UTF-8 text')
}

const patcher =
  (target: ResourceRequest, type: string): Updater =>
  (live) => {
    const { resource, path } = target
    if (live === undefined) throw notFound(groupResourceOf(resource), path.name)
    const object = patchedObject(target, type, live, resource)
    checkName(target, object)
    return { object: withoutDoubleOwners(object, target.warnings, true) }
  }

/** What JSON, merge and strategic merge patches make of a document, decoded as if it had been sent. */
export const patchedObject = (
  target: ResourceRequest,
  type: string,
  document: KubeObject,
  resource: Resource,
): KubeObject => {
  const raw = readPatch(textOf(target))
  const patched = patchDocument(type, document as unknown as JsonObject, raw, resource.schema)
  return decodePatched(target, patched, resource)
}

const readPatch = (text: string): RawBody => {
  try {
    return parseJson(text)
  } catch (error) {
    throw badRequest((error as Error).message)
  }
}

interface Patched {
  readonly patched: unknown
  /** How errors show what was made of the patch. */
  readonly shown: () => string
  readonly problems: readonly string[]
  readonly read: (patched: unknown, schema: Schema) => Decoded
}

const patchDocument = (
  type: string,
  document: JsonObject,
  raw: RawBody,
  schema: Schema | undefined,
): Patched => {
  switch (type) {
    case JSON_PATCH: {
      const unknown = unknownOperationFields(decodeJsonPatch(raw.value))
      const patched = applyJsonPatch(document, raw.value)
      return asJson(document, patched, unknown)
    }
    case MERGE_PATCH: {
      const patched = applyMergePatch(document, raw.value)
      return asJson(document, patched, raw.duplicates)
    }
    default: {
      const patched =
        schema === undefined
          ? applyMergePatch(document, raw.value)
          : applyStrategicMergePatch(document, raw.value, schema)
      return {
        patched,
        shown: () => goValue(raw.value),
        problems: raw.duplicates,
        read: convert,
      }
    }
  }
}

/** A patch may not make another kind of the object. */
const checkKind = (patched: unknown, document: JsonObject): void => {
  const { apiVersion, kind } = patched as { readonly apiVersion?: unknown; readonly kind?: unknown }
  const expected = document as unknown as KubeObject
  if (apiVersion === expected.apiVersion && kind === expected.kind) return
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return
  const { apiVersion: version = '', kind: expectedKind = '' } = expected
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : ''
  const problem = kindProblem(apiVersion, kind, { group, kind: expectedKind })
  if (problem !== undefined) throw new DecodeError(problem)
}

/** These two patch the text of the object, which is then read like any body. */
const asJson = (
  document: JsonObject,
  patched: JsonValue,
  problems: readonly string[],
): Patched => ({
  patched,
  shown: () => patchedText(document, patched),
  problems,
  read: (value, schema) => {
    checkKind(value, document)
    return decode(value, schema)
  },
})

const decodePatched = (
  { request, warnings }: ResourceRequest,
  { patched, shown, problems: given, read }: Patched,
  { schema, custom }: Resource,
): KubeObject => {
  const refuse = (why: string): StatusError =>
    invalid({ group: '', kind: '' }, '', [invalidValue('patch', shown(), why)])
  if (schema === undefined) return patched as KubeObject
  const validation = fieldValidationOf(request)
  try {
    const { object, unknownFields } =
      custom === undefined ? read(patched, schema) : decodeCustom(patched, custom)
    const problems = validation === 'Ignore' ? [] : [...given, ...unknownFields]
    if (problems.length > 0 && validation === 'Strict')
      throw refuse(`strict decoding error: ${problems.join(', ')}`)
    append(warnings, problems)
    return object as unknown as KubeObject
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message)
    throw error
  }
}

/** The configuration that is to be applied. Fields that it has twice are refused or warned of. */
export const configurationOf = (target: ResourceRequest): unknown => {
  const { request, warnings } = target
  const { value, duplicates } = readConfiguration(textOf(target))
  const validation = fieldValidationOf(request)
  if (duplicates.length > 0) {
    if (validation === 'Strict')
      throw badRequest(`error strict decoding YAML: ${duplicates.join(', ')}`)
    if (validation === 'Warn') append(warnings, duplicates)
  }
  return value
}

/** Server-side apply: the configuration is merged into what there is, and its manager owns what it names. */
export const applier = (
  target: ResourceRequest,
  operation: Operation,
  configuration: unknown,
): Updater => {
  const { context, resource, path, request } = target
  return (live) => {
    if (live === undefined) authorizeCreate(target)
    const merged = applyConfiguration({
      live,
      applied: configuration,
      manager: managerOf(request),
      force: queryFlag(request, 'force'),
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      time: formatTime(context.now()),
      schema: resource.schema,
      defaults: resource.strategy.defaults,
      ...(resource.custom === undefined ? {} : { decode: asMerged }),
      resetFields: resetFieldsOf(operation),
      ...(path.subresource === '' ? {} : { subresource: path.subresource }),
    })
    checkName(target, merged)
    const { uid } = merged.metadata
    if (live === undefined && uid !== undefined)
      throw conflict(
        groupResourceOf(resource),
        path.name,
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      )
    return { object: merged, fieldsAreManaged: true }
  }
}

/** What was merged by a custom schema fits it already. */
const asMerged = (merged: JsonObject): KubeObject => merged as unknown as KubeObject

const readConfiguration = (text: string): RawBody => {
  try {
    const [first] = parseYamlDocuments(text).documents
    return { value: first?.value ?? {}, duplicates: first?.duplicates ?? [] }
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`)
  }
}
