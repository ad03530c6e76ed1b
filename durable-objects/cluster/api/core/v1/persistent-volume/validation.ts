// kubernetes: pkg/apis/core/validation/validation.go ValidatePersistentVolume, ValidatePersistentVolumeUpdate
import { append } from '#apimachinery/append.ts'
import { SOURCES, validateVolumeSource } from '#api/core/v1/persistent-volume/source-validation.ts'
import type {
  PersistentVolume,
  PersistentVolumeSpec,
} from '#api/core/v1/persistent-volume/types.ts'
import { validateNodeSelector } from '#api/core/v1/pod/affinity-validation.ts'
import type { Errors } from '#api/core/v1/pod/checks.ts'
import { internalDiff } from '#api/core/v1/pod/internal-diff.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import {
  mixesReadWriteOncePod,
  validateAccessModes,
  validateClassName,
  validatePositiveQuantity,
  validateVolumeMode,
} from '#api/core/v1/storage-validation.ts'
import {
  at,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { assign, equal, own } from '#apimachinery/object.ts'
import { quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain']

const validateCapacity = (errors: Errors, spec: PersistentVolumeSpec): void => {
  const capacity = spec.capacity ?? {}
  const names = Object.keys(capacity).sort()
  if (names.length === 0) errors.push(requiredValue('spec.capacity'))
  if (own(capacity, 'storage') === undefined || names.length > 1)
    errors.push(notSupported('spec.capacity', capacity, ['storage']))
  for (const name of names) {
    const path = at('spec.capacity', name)
    const value = quantityValue(quantityOf(capacity[name]!))
    if (value < 0) errors.push(invalidValue(path, value, 'must be a valid resource quantity'))
    append(errors, validatePositiveQuantity(capacity[name]!, path))
  }
}

const validateModes = (errors: Errors, spec: PersistentVolumeSpec, path: string): void => {
  const modes = spec.accessModes ?? []
  if (modes.length === 0) errors.push(requiredValue(`${path}.accessModes`))
  append(errors, validateAccessModes(modes, `${path}.accessModes`))
  if (mixesReadWriteOncePod(modes))
    errors.push(
      forbiddenValue(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes'),
    )
}

const validateAffinity = (errors: Errors, spec: PersistentVolumeSpec): void => {
  if (spec.nodeAffinity === undefined) return
  const path = 'spec.nodeAffinity.required'
  const { required } = spec.nodeAffinity
  if (required === undefined)
    errors.push(requiredValue(path, 'must specify required node constraints'))
  else validateNodeSelector(errors, required, path)
}

const validateAttributesClass = (
  errors: Errors,
  { volumeAttributesClassName: name, csi }: PersistentVolumeSpec,
  path: string,
): void => {
  if (name === undefined) return
  const here = `${path}.volumeAttributesClassName`
  if (name === '') errors.push(requiredValue(here, 'an empty string is disallowed'))
  else append(errors, validateClassName(name, here))
  if (csi === undefined)
    errors.push(
      requiredValue(`${path}.csi`, 'has to be specified when using volumeAttributesClassName'),
    )
}

/** `/.//` is `/`, too. */
const isRoot = (path: string | undefined): boolean =>
  path?.startsWith('/') === true &&
  path.split('/').every((part) => part === '' || part === '.' || part === '..')

export const validatePersistentVolume = (volume: PersistentVolume): readonly FieldError[] => {
  const { metadata, spec } = volume
  const errors: FieldError[] = []
  const policy = spec.persistentVolumeReclaimPolicy ?? ''
  validateModes(errors, spec, 'spec')
  validateCapacity(errors, spec)
  if (policy !== '' && !RECLAIM_POLICIES.includes(policy))
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES))
  validateAffinity(errors, spec)
  validateVolumeSource(errors, spec, metadata.name ?? '', spec.nodeAffinity !== undefined, 'spec')
  if (isRoot(spec.hostPath?.path) && policy === 'Recycle')
    errors.push(
      forbiddenValue(
        'spec.persistentVolumeReclaimPolicy',
        "may not be 'recycle' for a hostPath mount of '/'",
      ),
    )
  append(
    errors,
    validateClassName(spec.storageClassName, 'spec.storageClassName'),
    validateVolumeMode(spec.volumeMode, 'spec.volumeMode'),
  )
  validateAttributesClass(errors, spec, 'spec')
  return errors
}

const INLINE = 'in the context of inline volumes'

/** A volume that is described where it is used. kubernetes: ValidatePersistentVolumeSpec with validateInlinePersistentVolumeSpec */
export const validateInlineVolumeSpec = (
  spec: PersistentVolumeSpec,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  const forbid = (field: string): void => {
    errors.push(forbiddenValue(`${path}.${field}`, `may not be specified ${INLINE}`))
  }
  if (spec.claimRef !== undefined) forbid('claimRef')
  if (Object.keys(spec.capacity ?? {}).length > 0) forbid('capacity')
  if (spec.csi === undefined)
    errors.push(requiredValue(`${path}.csi`, `has to be specified ${INLINE}`))
  validateModes(errors, spec, path)
  if ((spec.persistentVolumeReclaimPolicy ?? 'Retain') !== 'Retain')
    errors.push(
      forbiddenValue(`${path}.persistentVolumeReclaimPolicy`, `may only be Retain ${INLINE}`),
    )
  if (spec.nodeAffinity !== undefined) forbid('nodeAffinity')
  validateVolumeSource(errors, spec, '', false, path)
  if ((spec.storageClassName ?? '') !== '') forbid('storageClassName')
  if ((spec.volumeMode ?? 'Filesystem') !== 'Filesystem')
    errors.push(
      forbiddenValue(
        `${path}.volumeMode`,
        `may not specify volumeMode other than Filesystem ${INLINE}`,
      ),
    )
  validateAttributesClass(errors, spec, path)
  return errors
}

/** The secret that a volume is grown with may be named later. */
const withoutLateSecret = (
  spec: PersistentVolumeSpec,
  old: PersistentVolumeSpec,
): PersistentVolumeSpec =>
  spec.csi !== undefined && old.csi !== undefined && old.csi.controllerExpandSecretRef === undefined
    ? assign(spec, { csi: assign(spec.csi, { controllerExpandSecretRef: undefined }) })
    : spec

const validateSourceKept = (
  spec: PersistentVolumeSpec,
  old: PersistentVolumeSpec,
): readonly FieldError[] => {
  const fixed = withoutLateSecret(spec, old)
  if (SOURCES.every((name) => equal(fixed[name], old[name]))) return []
  const diff = internalDiff(
    internalForm('PersistentVolumeSource', old),
    internalForm('PersistentVolumeSource', fixed),
  )
  return [
    forbiddenValue(
      'spec.persistentvolumesource',
      `spec.persistentvolumesource is immutable after creation\n${diff}`,
    ),
  ]
}

export const validatePersistentVolumeUpdate = (
  volume: PersistentVolume,
  old: PersistentVolume,
): readonly FieldError[] => {
  const { volumeMode, nodeAffinity, volumeAttributesClassName } = volume.spec
  return [
    ...validatePersistentVolume(volume),
    ...validateSourceKept(volume.spec, old.spec),
    ...validateImmutable(volumeMode, old.spec.volumeMode, 'volumeMode'),
    ...(old.spec.nodeAffinity === undefined || equal(nodeAffinity, old.spec.nodeAffinity)
      ? []
      : [
          invalidValue(
            'nodeAffinity',
            internalForm('VolumeNodeAffinity', nodeAffinity),
            'field is immutable',
          ),
        ]),
    ...(old.spec.volumeAttributesClassName !== undefined && volumeAttributesClassName === undefined
      ? [
          forbiddenValue(
            'spec.volumeAttributesClassName',
            'update from non-nil value to nil is forbidden',
          ),
        ]
      : []),
  ]
}
