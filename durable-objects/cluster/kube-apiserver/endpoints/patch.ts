import { invalidValue } from '#apimachinery/field-error.ts'
import { apply as applyConfiguration } from '#apimachinery/managed-fields/manager.ts'
import type { JsonObject, KubeObject } from '#apimachinery/object.ts'
import { goValue } from '#apimachinery/patch/go-format.ts'
import {
  applyJsonPatch,
  decodeJsonPatch,
  unknownOperationFields,
} from '#apimachinery/patch/json-patch.ts'
import { applyMergePatch } from '#apimachinery/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import { decode, DecodeError } from '#apimachinery/schema/decode.ts'
import {
  badRequest,
  invalid,
  notFound,
  StatusError,
  unsupportedMediaType,
} from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { validatePatchOptions } from '#apimachinery/validation/options.ts'
import { parseYamlDocuments } from '#apimachinery/yaml/parse.ts'
import {
  fieldValidationOf,
  mediaType,
  readJson,
  type FieldValidation,
  type RawBody,
} from '#kube-apiserver/endpoints/body.ts'
import {
  dryRunOf,
  managerOf,
  operationOf,
  viewOf,
  type ResourceRequest,
} from '#kube-apiserver/endpoints/context.ts'
import { objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import { queryFlag, queryValue, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { checkName } from '#kube-apiserver/endpoints/write.ts'
import { resetFieldsOf } from '#kube-apiserver/registry/field-managers.ts'
import type { Operation } from '#kube-apiserver/registry/operation.ts'
import { update, type Updater } from '#kube-apiserver/registry/update.ts'
import { apiVersionOf, groupResourceOf, isBuiltIn } from '#kube-apiserver/resources.ts'

const JSON_PATCH = 'application/json-patch+json'
const MERGE_PATCH = 'application/merge-patch+json'
const STRATEGIC = 'application/strategic-merge-patch+json'
const APPLY = 'application/apply-patch+yaml'

const typesOf = (target: ResourceRequest): readonly string[] =>
  isBuiltIn(target.resource)
    ? [JSON_PATCH, MERGE_PATCH, STRATEGIC, APPLY]
    : [JSON_PATCH, MERGE_PATCH, APPLY]

/** PATCH of an object or of one of its subresources. kubernetes: apiserver pkg/endpoints/handlers/patch.go */
export const patch = (target: ResourceRequest): Answer => {
  const { context, request, path } = target
  const type = mediaType(request)
  const types = typesOf(target)
  if (!types.includes(type)) {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
    )
  }
  const view = viewOf(target)
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
  const operation = operationOf(target, 'PatchOptions')
  const updater = type === APPLY ? applier(target, operation) : patcher(target, type)
  const { object, created } = update(
    context,
    operation,
    path.name,
    updater,
    type === APPLY && path.subresource === '',
  )
  return objectAnswer(view, object, created ? 201 : 200)
}

const textOf = ({ request }: ResourceRequest): string => {
  if (typeof request.body === 'string') return request.body
  throw badRequest('the request body is not valid UTF-8 text')
}

/** JSON, merge and strategic merge patches: the patched object is decoded as if it had been sent. */
const patcher = (target: ResourceRequest, type: string): Updater => {
  const { resource, path, request, warnings } = target
  const raw = readPatch(textOf(target))
  const validation = fieldValidationOf(request)
  return (live) => {
    if (live === undefined) throw notFound(groupResourceOf(resource), path.name)
    const document = live as unknown as JsonObject
    const { patched, shown, problems } = patchDocument(target, type, document, raw)
    const decoded = decodePatched(
      target,
      patched,
      shown,
      validation === 'Ignore' ? [] : problems,
      validation,
      warnings,
    )
    checkName(target, decoded)
    return { object: decoded }
  }
}

// Patches are parsed without the wrapping that bodies with a kind have.
const readPatch = (text: string): RawBody => {
  try {
    return readJson(text)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    throw badRequest(error.message.replace("couldn't get version/kind; json parse error: ", ''))
  }
}

interface Patched {
  readonly patched: unknown
  /** How errors show what was made of the patch. */
  readonly shown: () => string
  readonly problems: readonly string[]
}

const patchDocument = (
  { resource }: ResourceRequest,
  type: string,
  document: JsonObject,
  raw: RawBody,
): Patched => {
  switch (type) {
    case JSON_PATCH: {
      const unknown = unknownOperationFields(decodeJsonPatch(raw.value))
      const patched = applyJsonPatch(document, raw.value)
      return { patched, shown: () => JSON.stringify(patched), problems: unknown }
    }
    case MERGE_PATCH: {
      const patched = applyMergePatch(document, raw.value)
      return { patched, shown: () => JSON.stringify(patched), problems: raw.duplicates }
    }
    default: {
      const patched =
        resource.schema === undefined
          ? applyMergePatch(document, raw.value)
          : applyStrategicMergePatch(document, raw.value, resource.schema)
      return { patched, shown: () => goValue(raw.value), problems: raw.duplicates }
    }
  }
}

const decodePatched = (
  { resource }: ResourceRequest,
  patched: unknown,
  shown: () => string,
  given: readonly string[],
  validation: FieldValidation,
  warnings: string[],
): KubeObject => {
  const refuse = (why: string): StatusError =>
    invalid({ group: '', kind: '' }, '', [invalidValue('patch', shown(), why)])
  if (resource.schema === undefined) return patched as KubeObject
  try {
    const { object, unknownFields } = decode(patched, resource.schema)
    const problems = [...given, ...(validation === 'Ignore' ? [] : unknownFields)]
    if (problems.length > 0 && validation === 'Strict')
      throw refuse(`strict decoding error: ${problems.join(', ')}`)
    warnings.push(...problems)
    return object as unknown as KubeObject
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message)
    throw error
  }
}

/** Server-side apply: the configuration is merged into what there is, and its manager owns what it names. */
const applier = (target: ResourceRequest, operation: Operation): Updater => {
  const { context, resource, path, request, warnings } = target
  const raw = readConfiguration(textOf(target))
  const validation = fieldValidationOf(request)
  if (raw.duplicates.length > 0) {
    if (validation === 'Strict')
      throw badRequest(`error strict decoding YAML: ${raw.duplicates.join(', ')}`)
    if (validation === 'Warn') warnings.push(...raw.duplicates)
  }
  return (live) => {
    const merged = applyConfiguration({
      live,
      applied: raw.value,
      manager: managerOf(request),
      force: queryFlag(request, 'force'),
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      time: formatTime(context.now()),
      schema: resource.schema,
      defaults: resource.strategy.defaults,
      resetFields: resetFieldsOf(operation),
      ...(path.subresource === '' ? {} : { subresource: path.subresource }),
    })
    checkName(target, merged)
    return { object: merged, fieldsAreManaged: true }
  }
}

const readConfiguration = (text: string): RawBody => {
  try {
    const [first] = parseYamlDocuments(text).documents
    return { value: first?.value ?? {}, duplicates: first?.duplicates ?? [] }
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`)
  }
}
