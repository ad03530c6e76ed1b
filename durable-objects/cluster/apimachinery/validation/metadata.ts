// kubernetes: apimachinery pkg/api/validation/objectmeta.go, pkg/apis/meta/v1/validation/validation.go
import { append } from '#apimachinery/append.ts'
import {
  at,
  child,
  forbiddenValue,
  invalidValue,
  quote,
  requiredValue,
  tooLong,
  type FieldError,
} from '#apimachinery/field-error.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import {
  equal,
  type ManagedFieldsEntry,
  type ObjectMeta,
  type OwnerReference,
  type StringMap,
} from '#apimachinery/object.ts'
import {
  byteLength,
  isQualifiedName,
  isValidLabelValue,
  nameIsDnsLabel,
  type NameValidator,
} from '#apimachinery/validation/names.ts'
import { validateFieldManager } from '#apimachinery/validation/options.ts'

export const FIELD_IMMUTABLE = 'field is immutable'
export const NOT_NEGATIVE = 'must be greater than or equal to 0'
const MAX_ANNOTATIONS_BYTES = 256 * 1024

export interface ObjectMetaRules {
  readonly namespaced: boolean
  readonly validateName: NameValidator
}

/** Expects that generateName was already turned into a name. */
export const validateObjectMetaCreate = (
  meta: ObjectMeta,
  { namespaced, validateName }: ObjectMetaRules,
  path = 'metadata',
): FieldError[] => {
  const errors: FieldError[] = []
  const invalid = (field: string, value: string, messages: readonly string[]): void => {
    for (const message of messages) errors.push(invalidValue(child(path, field), value, message))
  }
  const { name = '', generateName = '', namespace = '' } = meta
  if (generateName !== '') invalid('generateName', generateName, validateName(generateName, true))
  if (name === '')
    errors.push(requiredValue(child(path, 'name'), 'name or generateName is required'))
  else invalid('name', name, validateName(name, false))
  if (!namespaced) {
    if (namespace !== '')
      errors.push(forbiddenValue(child(path, 'namespace'), 'not allowed on this type'))
  } else if (namespace === '') errors.push(requiredValue(child(path, 'namespace')))
  else invalid('namespace', namespace, nameIsDnsLabel(namespace, false))
  if ((meta.generation ?? 0) < 0)
    errors.push(invalidValue(child(path, 'generation'), meta.generation, NOT_NEGATIVE))
  append(
    errors,
    validateLabels(meta.labels, child(path, 'labels')),
    validateAnnotations(meta.annotations, child(path, 'annotations')),
    validateOwnerReferences(meta.ownerReferences, child(path, 'ownerReferences')),
    validateFinalizers(meta.finalizers, child(path, 'finalizers')),
    validateManagedFields(meta.managedFields, child(path, 'managedFields')),
  )
  return errors
}

const IMMUTABLE = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const satisfies readonly (keyof ObjectMeta)[]

export const validateObjectMetaUpdate = (
  meta: ObjectMeta,
  old: ObjectMeta,
  path = 'metadata',
): FieldError[] => {
  const errors = changedParts(meta, old, path)
  if (old.deletionTimestamp !== undefined) {
    const added = (meta.finalizers ?? []).filter((name) => !(old.finalizers ?? []).includes(name))
    if (added.length > 0)
      errors.push(
        forbiddenValue(
          child(path, 'finalizers'),
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${[...new Set(added)].sort().map(quote).join(', ')}}`,
        ),
      )
  }
  if ((meta.resourceVersion ?? '') === '')
    errors.push(invalidValue(child(path, 'resourceVersion'), '', 'must be specified for an update'))
  if ((meta.generation ?? 0) < (old.generation ?? 0))
    errors.push(
      invalidValue(child(path, 'generation'), meta.generation ?? 0, 'must not be decremented'),
    )
  for (const field of IMMUTABLE)
    if (meta[field] !== old[field])
      append(errors, validateImmutable(meta[field], old[field], child(path, field)))
  return errors
}

/** What is validated of all metadata; what did not change was validated when it was written. kubernetes: ValidateObjectMetaAccessor */
const changedParts = (meta: ObjectMeta, old: ObjectMeta, path: string): FieldError[] => {
  const errors: FieldError[] = []
  if (meta.labels !== old.labels) append(errors, validateLabels(meta.labels, child(path, 'labels')))
  if (meta.annotations !== old.annotations)
    append(errors, validateAnnotations(meta.annotations, child(path, 'annotations')))
  if (meta.ownerReferences !== old.ownerReferences)
    append(errors, validateOwnerReferences(meta.ownerReferences, child(path, 'ownerReferences')))
  if (meta.finalizers !== old.finalizers)
    append(errors, validateFinalizers(meta.finalizers, child(path, 'finalizers')))
  if (meta.managedFields !== old.managedFields)
    append(errors, validateManagedFields(meta.managedFields, child(path, 'managedFields')))
  return errors
}

/** kubernetes: ValidateImmutableField */
export const validateImmutable = (
  value: unknown,
  old: unknown,
  path: string,
  shown: unknown = value,
): FieldError[] => (equal(value, old) ? [] : [invalidValue(path, shown, FIELD_IMMUTABLE)])

/** An Invalid error for each message. */
export const invalidEach = (
  path: string,
  value: string,
  messages: readonly string[],
): FieldError[] => messages.map((message) => invalidValue(path, value, message))

export const validateLabelName = (name: string, path: string): FieldError[] =>
  invalidEach(path, name, isQualifiedName(name))

/** Goes by key, where upstream goes by Go's random map order. */
export const validateLabels = (labels: StringMap | undefined, path: string): FieldError[] =>
  Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, value]) => [
      ...validateLabelName(key, path),
      ...invalidEach(path, value, isValidLabelValue(value)),
    ])

export const validateAnnotations = (
  annotations: StringMap | undefined,
  path: string,
): FieldError[] => {
  if (annotations === undefined) return []
  const keys = Object.keys(annotations).sort()
  const errors = keys.flatMap((key) => invalidEach(path, key, isQualifiedName(key.toLowerCase())))
  let size = 0
  for (const key of keys) size += byteLength(key) + byteLength(annotations[key]!)
  if (size > MAX_ANNOTATIONS_BYTES) errors.push(tooLong(path, MAX_ANNOTATIONS_BYTES))
  return errors
}

/** In the order in which Go writes the fields, since an error may show the whole reference. */
const shownReference = (reference: OwnerReference): Readonly<Record<string, unknown>> => {
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = reference
  return { apiVersion, kind, name, uid, controller, blockOwnerDeletion }
}

export const validateOwnerReferences = (
  references: readonly OwnerReference[] | undefined,
  path: string,
): FieldError[] => {
  const errors: FieldError[] = []
  let firstController: string | undefined
  for (const reference of references ?? []) {
    append(errors, validateOwnerReference(reference, path))
    if (reference.controller !== true) continue
    const controller = `${reference.kind}/${reference.name}`
    if (firstController === undefined) firstController = controller
    else
      errors.push(
        invalidValue(
          path,
          references!.map(shownReference),
          `Only one reference can have Controller set to true. Found "true" in references for ${firstController} and ${controller}`,
        ),
      )
  }
  return errors
}

const validateOwnerReference = (reference: OwnerReference, path: string): FieldError[] => {
  const errors: FieldError[] = []
  const parts = (reference.apiVersion ?? '').split('/')
  const hasVersion = parts.length <= 2 && parts.at(-1) !== ''
  if (!hasVersion)
    errors.push(
      invalidValue(
        child(path, 'apiVersion'),
        reference.apiVersion ?? '',
        'version must not be empty',
      ),
    )
  for (const field of ['kind', 'name', 'uid'] as const)
    if ((reference[field] ?? '') === '')
      errors.push(invalidValue(child(path, field), '', 'must not be empty'))
  if (reference.apiVersion === 'v1' && reference.kind === 'Event')
    errors.push(
      invalidValue(
        path,
        shownReference(reference),
        '/v1, Kind=Event is disallowed from being an owner',
      ),
    )
  return errors
}

export const validateFinalizers = (
  finalizers: readonly string[] | undefined,
  path: string,
): FieldError[] => {
  const errors = (finalizers ?? []).flatMap((name) => validateFinalizerName(name, path))
  if (finalizers?.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.push(
      invalidValue(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'),
    )
  return errors
}

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion']

/** What built-in kinds ask of finalizers beyond their form. kubernetes: pkg/apis/core/validation validateKubeFinalizerName */
export const validateKubeFinalizers = (
  finalizers: readonly string[] | undefined,
  path: string,
): FieldError[] =>
  (finalizers ?? []).flatMap((name, index) =>
    name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [
          invalidValue(
            `${path}[${index}]`,
            name,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  )

export const validateFinalizerName = (name: string, path: string): FieldError[] =>
  invalidEach(path, name, isQualifiedName(name))

export const validateManagedFields = (
  entries: readonly ManagedFieldsEntry[] | undefined,
  path: string,
): FieldError[] =>
  (entries ?? []).flatMap((entry, index) => {
    const errors: FieldError[] = []
    const here = at(path, index)
    if (entry.operation !== 'Apply' && entry.operation !== 'Update')
      errors.push(
        invalidValue(
          child(here, 'operation'),
          entry.operation ?? '',
          'must be `Apply` or `Update`',
        ),
      )
    if ((entry.fieldsType ?? '') !== '' && entry.fieldsType !== 'FieldsV1')
      errors.push(invalidValue(child(here, 'fieldsType'), entry.fieldsType, 'must be `FieldsV1`'))
    append(errors, validateFieldManager(entry.manager ?? '', child(here, 'manager')))
    if (byteLength(entry.subresource ?? '') > 256)
      errors.push(tooLong(child(here, 'subresource'), 256))
    return errors
  })

/** kubernetes: metav1validation.ValidateLabelSelector */
export const validateLabelSelector = (
  selector: LabelSelector | undefined,
  path: string,
): FieldError[] => {
  if (selector === undefined) return []
  return [
    ...validateLabels(selector.matchLabels, child(path, 'matchLabels')),
    ...(selector.matchExpressions ?? []).flatMap((expression, index) => {
      const here = at(child(path, 'matchExpressions'), index)
      const values = expression.values?.length ?? 0
      const errors: FieldError[] = []
      const { operator = '', key = '' } = expression
      if (operator === 'In' || operator === 'NotIn') {
        if (values === 0)
          errors.push(
            requiredValue(
              child(here, 'values'),
              "must be specified when `operator` is 'In' or 'NotIn'",
            ),
          )
      } else if (operator === 'Exists' || operator === 'DoesNotExist') {
        if (values > 0)
          errors.push(
            forbiddenValue(
              child(here, 'values'),
              "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
          )
      } else
        errors.push(
          invalidValue(child(here, 'operator'), operator, 'not a valid selector operator'),
        )
      return [
        ...errors,
        ...validateLabelName(key, child(here, 'key')),
        ...(expression.values ?? []).flatMap((value, valueIndex) =>
          invalidEach(at(child(here, 'values'), valueIndex), value, isValidLabelValue(value)),
        ),
      ]
    }),
  ]
}
