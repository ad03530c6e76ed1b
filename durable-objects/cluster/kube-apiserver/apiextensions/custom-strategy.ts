// kubernetes: apiextensions pkg/registry/customresource/{strategy,status_strategy,validator}.go
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import type { Strategy } from '#api/strategy.ts'
import { invalidValue, type FieldError, type FieldErrorType } from '#apimachinery/field-error.ts'
import { assign, type JsonObject, type JsonValue, type KubeObject } from '#apimachinery/object.ts'
import { evaluateRules, hasRules } from '#apimachinery/structural/cel-rules.ts'
import { validateEmbedded } from '#apimachinery/structural/embedded.ts'
import type { JsonSchema } from '#apimachinery/structural/json-schema.ts'
import { validateListTypes } from '#apimachinery/structural/list-type.ts'
import { NO_FIELD, validateValue } from '#apimachinery/structural/validate-value.ts'
import { withSchemaDefaults } from '#kube-apiserver/apiextensions/codec.ts'
import { scaleAccess, validateScale } from '#kube-apiserver/apiextensions/custom-scale.ts'
import { valueAt } from '#kube-apiserver/apiextensions/simple-path.ts'

/** With these, rules cannot be relied upon to make sense of the object. */
const BLOCKING: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

const valueOf = (object: KubeObject): JsonObject => object as unknown as JsonObject

const withRules = (
  errors: readonly FieldError[],
  schema: JsonSchema,
  object: KubeObject,
  old: KubeObject | undefined,
): readonly FieldError[] => {
  if (!hasRules(schema)) return errors
  if (errors.some(({ type }) => BLOCKING.has(type)))
    return [...errors, invalidValue(NO_FIELD, null, NOT_CHECKED)]
  return [
    ...errors,
    ...evaluateRules(schema, valueOf(object), old === undefined ? undefined : valueOf(old)),
  ]
}

const validate = (
  version: CustomResourceDefinitionVersion,
  object: KubeObject,
  old: KubeObject | undefined,
  parts: readonly ('spec' | 'status')[],
): readonly FieldError[] => {
  const schema = version.schema?.openAPIV3Schema ?? {}
  const value = valueOf(object)
  const before = old === undefined ? undefined : valueOf(old)
  const doubles = validateListTypes(value, schema, '')
  // lists that had doubles before may keep them
  const wereDouble = before !== undefined && validateListTypes(before, schema, '').length > 0
  return withRules(
    [
      ...validateValue(value, schema, { old: before }),
      ...validateScale(version.subresources?.scale, value, parts),
      ...validateEmbedded(value, schema),
      ...(wereDouble ? [] : doubles),
    ],
    schema,
    object,
    old,
  )
}

const FINALIZERS = 'metadata.finalizers'

const finalizerWarnings = (object: KubeObject, old?: KubeObject): readonly string[] =>
  (object.metadata.finalizers ?? [])
    .filter((name) => !name.includes('/') && !FINALIZERS_OF_ALL.has(name))
    .filter((name) => old?.metadata.finalizers?.includes(name) !== true)
    .map(
      (name) =>
        `${FINALIZERS}: "${name}": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`,
    )

const FINALIZERS_OF_ALL: ReadonlySet<string> = new Set([
  'orphan',
  'foregroundDeletion',
  'kubernetes',
])

const desiredPart = (object: KubeObject): unknown => {
  const { metadata: _metadata, apiVersion: _version, kind: _kind, ...rest } = valueOf(object)
  return rest
}

/** All but its status and managed fields stays when a status is written. */
const onlyStatus = (object: KubeObject, old: KubeObject): KubeObject =>
  assign(object, {
    metadata: assign(old.metadata, { managedFields: object.metadata.managedFields }),
  })

const selectableFields =
  (version: CustomResourceDefinitionVersion) =>
  (object: KubeObject): Readonly<Record<string, string>> => {
    const fields: Record<string, string> = {}
    for (const { jsonPath } of version.selectableFields ?? []) {
      const value = valueAt(valueOf(object), jsonPath)
      fields[jsonPath.replace(/^\./, '')] = textOf(value)
    }
    return fields
  }

const textOf = (value: JsonValue | undefined): string =>
  value === undefined || value === null || typeof value === 'object' ? '' : String(value)

export const customStrategy = (
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
): Strategy => {
  const schema =
    definition.spec.preserveUnknownFields === true ? undefined : version.schema?.openAPIV3Schema
  const scale = version.subresources?.scale
  return {
    defaults: (object) => withSchemaDefaults(object, schema),
    validate: (object) => validate(version, object, undefined, ['spec', 'status']),
    validateUpdate: (object, old) => validate(version, object, old, ['spec', 'status']),
    warningsOnCreate: (object) => finalizerWarnings(object),
    warningsOnUpdate: (object, old) => finalizerWarnings(object, old),
    status: {
      prepareForUpdate: onlyStatus,
      validateUpdate: (object, old) => validate(version, object, old, ['status']),
    },
    hasGeneration: true,
    generationOf: desiredPart,
    allowUnconditionalUpdate: false,
    selectableFields: selectableFields(version),
    ...(scale === undefined ? {} : { scale: scaleAccess(scale) }),
  }
}
