// kubernetes: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaim…
import { append } from '#apimachinery/append.ts'
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  TypedLocalObjectReference,
  TypedObjectReference,
} from '#api/core/v1/persistent-volume-claim/types.ts'
import { internalDiff } from '#api/core/v1/pod/internal-diff.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import {
  BETA_CLASS_ANNOTATION,
  mixesReadWriteOncePod,
  validateAccessModes,
  validateClassName,
  validatePositiveQuantity,
  validateVolumeMode,
} from '#api/core/v1/storage-validation.ts'
import {
  at,
  child,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { assign, equal, own } from '#apimachinery/object.ts'
import { compareQuantity, quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import {
  FIELD_IMMUTABLE,
  invalidEach,
  validateImmutable,
  validateLabelSelector,
} from '#apimachinery/validation/metadata.ts'
import { isDns1123Label, isDns1123Subdomain } from '#apimachinery/validation/names.ts'

/** Also of the claim templates of StatefulSets and of ephemeral volumes. */
export const validateClaimSpec = (
  spec: PersistentVolumeClaimSpec | undefined,
  path: string,
): readonly FieldError[] => {
  const modes = spec?.accessModes ?? []
  const storage = own(spec?.resources?.requests, 'storage')
  const where = at(child(path, 'resources'), 'storage')
  return [
    ...(modes.length === 0
      ? [requiredValue(child(path, 'accessModes'), 'at least 1 access mode is required')]
      : []),
    ...validateLabelSelector(spec?.selector, child(path, 'selector')),
    ...validateAccessModes(modes, child(path, 'accessModes')),
    ...(mixesReadWriteOncePod(modes)
      ? [
          forbiddenValue(
            child(path, 'accessModes'),
            'may not use ReadWriteOncePod with other access modes',
          ),
        ]
      : []),
    ...(storage === undefined ? [requiredValue(where)] : validatePositiveQuantity(storage, where)),
    ...validateClassName(spec?.storageClassName, child(path, 'storageClassName')),
    ...validateVolumeMode(spec?.volumeMode, child(path, 'volumeMode')),
    ...validateSources(spec, path),
    ...validateClassName(spec?.volumeAttributesClassName, child(path, 'volumeAttributesClassName')),
  ]
}

/** kubernetes: validateDataSource, validateDataSourceRef */
const validateSource = (
  source: TypedLocalObjectReference & { readonly namespace?: string },
  path: string,
): readonly FieldError[] => {
  const { name = '', kind = '', apiGroup = '', namespace = '' } = source
  return [
    ...(name === '' ? [requiredValue(child(path, 'name'))] : []),
    ...(kind === '' ? [requiredValue(child(path, 'kind'))] : []),
    ...(apiGroup === '' && kind !== 'PersistentVolumeClaim'
      ? [
          invalidValue(
            path,
            kind,
            "must be 'PersistentVolumeClaim' when referencing the default apiGroup",
          ),
        ]
      : []),
    ...(apiGroup === ''
      ? []
      : invalidEach(child(path, 'apiGroup'), apiGroup, isDns1123Subdomain(apiGroup))),
    ...(namespace === ''
      ? []
      : invalidEach(child(path, 'namespace'), namespace, isDns1123Label(namespace))),
  ]
}

const isSameSource = (source: TypedLocalObjectReference, ref: TypedObjectReference): boolean =>
  source.apiGroup === ref.apiGroup && source.kind === ref.kind && source.name === ref.name

const validateSources = (
  spec: PersistentVolumeClaimSpec | undefined,
  path: string,
): readonly FieldError[] => {
  const { dataSource, dataSourceRef } = spec ?? {}
  const errors = [
    ...(dataSource === undefined ? [] : validateSource(dataSource, child(path, 'dataSource'))),
    ...(dataSourceRef === undefined
      ? []
      : validateSource(dataSourceRef, child(path, 'dataSourceRef'))),
  ]
  if (dataSource === undefined || dataSourceRef === undefined) return errors
  const problem =
    (dataSourceRef.namespace ?? '') !== ''
      ? 'may not be specified when dataSourceRef.namespace is specified'
      : isSameSource(dataSource, dataSourceRef)
        ? undefined
        : 'must match dataSourceRef'
  // upstream shows the path as the value, and a path has nothing to show in JSON
  return problem === undefined ? errors : [...errors, invalidValue(path, {}, problem)]
}

export const validatePersistentVolumeClaim = (
  claim: PersistentVolumeClaim,
): readonly FieldError[] => validateClaimSpec(claim.spec, 'spec')

type Claim = PersistentVolumeClaim

const betaClassOf = ({ metadata }: Claim): string | undefined =>
  own(metadata.annotations, BETA_CLASS_ANNOTATION)

/** A class that stood in the annotation moves to its field. kubernetes: validateStorageClassUpgradeFromAnnotation */
const movesClass = (claim: Claim, old: Claim): boolean => {
  const before = betaClassOf(old)
  return (
    before !== undefined &&
    old.spec.storageClassName === undefined &&
    claim.spec.storageClassName === before &&
    (betaClassOf(claim) ?? before) === before
  )
}

/** A class is named where there was none. kubernetes: validateStorageClassUpgradeFromNil */
const namesClass = (claim: Claim, old: Claim): boolean =>
  claim.spec.storageClassName !== undefined &&
  old.spec.storageClassName === undefined &&
  (betaClassOf(old) ?? claim.spec.storageClassName) === claim.spec.storageClassName

/** The new spec with what may change put back. */
const withoutAllowed = (claim: Claim, old: Claim): PersistentVolumeClaimSpec => {
  const { spec, status } = claim
  const changes: { -readonly [K in keyof PersistentVolumeClaimSpec]?: unknown } = {}
  if (movesClass(claim, old) || namesClass(claim, old))
    changes.storageClassName = old.spec.storageClassName
  if (status?.phase === 'Bound') {
    if (spec.resources?.requests !== undefined)
      changes.resources = {
        ...spec.resources,
        requests: {
          ...spec.resources.requests,
          storage: own(old.spec.resources?.requests, 'storage') ?? '0',
        },
      }
    if (spec.volumeAttributesClassName !== undefined)
      changes.volumeAttributesClassName = old.spec.volumeAttributesClassName
  }
  return assign(spec, changes as PersistentVolumeClaimSpec)
}

const validateSpecKept = (claim: Claim, old: Claim): readonly FieldError[] => {
  const spec = withoutAllowed(claim, old)
  // the volume's name is written once
  const before =
    (old.spec.volumeName ?? '') === ''
      ? assign(old.spec, { volumeName: spec.volumeName })
      : old.spec
  if (equal(spec, before)) return []
  const diff = internalDiff(
    internalForm('PersistentVolumeClaimSpec', before),
    internalForm('PersistentVolumeClaimSpec', spec),
  )
  return [
    forbiddenValue(
      'spec',
      `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${diff}`,
    ),
  ]
}

const validateAttributesKept = (claim: Claim, old: Claim): readonly FieldError[] => {
  const name = claim.spec.volumeAttributesClassName
  if (old.spec.volumeAttributesClassName === undefined || (name ?? '') !== '') return []
  if (name === old.spec.volumeAttributesClassName) return []
  const to = name === undefined ? 'nil' : 'an empty string'
  return [
    forbiddenValue(
      'spec.volumeAttributesClassName',
      `update from non-nil value to ${to} is forbidden`,
    ),
  ]
}

export const validatePersistentVolumeClaimUpdate = (
  claim: Claim,
  old: Claim,
): readonly FieldError[] => {
  const errors: FieldError[] = [...validatePersistentVolumeClaim(claim)]
  if (!movesClass(claim, old) && betaClassOf(claim) !== betaClassOf(old))
    errors.push(
      invalidValue(
        `metadata.annotations.${BETA_CLASS_ANNOTATION}`,
        betaClassOf(claim) ?? '',
        FIELD_IMMUTABLE,
      ),
    )
  append(errors, validateSpecKept(claim, old))
  const size = quantityOf(own(claim.spec.resources?.requests, 'storage') ?? '0')
  const before = quantityOf(own(old.spec.resources?.requests, 'storage') ?? '0')
  const capacity = quantityOf(own(old.status?.capacity, 'storage') ?? '0')
  if (compareQuantity(size, before) < 0 && compareQuantity(size, capacity) <= 0)
    errors.push(
      forbiddenValue(
        'spec.resources.requests.storage',
        'field can not be less than status.capacity',
      ),
    )
  return [
    ...errors,
    ...validateImmutable(claim.spec.volumeMode, old.spec.volumeMode, 'volumeMode'),
    ...validateAttributesKept(claim, old),
  ]
}

const RESIZE_STATUSES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
]

const checkAmounts = (
  amounts: Readonly<Record<string, string>> | undefined,
  path: string,
): readonly FieldError[] =>
  Object.entries(amounts ?? {}).flatMap(([name, amount]) => {
    const value = quantityValue(quantityOf(amount))
    return value < 0
      ? [invalidValue(at(path, name), value, 'must be a valid resource quantity')]
      : []
  })

/** kubernetes: ValidatePersistentVolumeClaimStatusUpdate */
export const validatePersistentVolumeClaimStatus = ({
  spec,
  status,
}: Claim): readonly FieldError[] => [
  ...((spec.accessModes ?? []).length === 0 ? [requiredValue('Spec.accessModes')] : []),
  ...checkAmounts(status?.capacity, 'status.capacity'),
  ...Object.entries(status?.allocatedResourceStatuses ?? {})
    .filter(([, state]) => !RESIZE_STATUSES.includes(state))
    .map(([name]) => notSupported('status.allocatedResourceStatus', name, RESIZE_STATUSES)),
  ...checkAmounts(status?.allocatedResources, 'status.allocatedResources'),
]
