// kubernetes: pkg/apis/core/validation/validation.go ValidateVolumes, validateVolumeSource
import { validateAttachedVolume } from '#api/core/v1/pod/attached-volume-validation.ts'
import {
  checkChoice,
  checkDnsLabel,
  checkNoBacksteps,
  type Errors,
} from '#api/core/v1/pod/checks.ts'
import type { Volumes } from '#api/core/v1/pod/mount-validation.ts'
import { validateProjected } from '#api/core/v1/pod/projected-volume-validation.ts'
import {
  checkMode,
  validateDownwardFile,
  validateItems,
} from '#api/core/v1/pod/volume-file-validation.ts'
import { VOLUME_KINDS, type VolumeKind } from '#api/core/v1/pod/volume-kinds.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import {
  duplicateValue,
  forbiddenValue,
  invalidValue,
  quote,
  requiredValue,
} from '#apimachinery/field-error.ts'
import { quantityOf } from '#apimachinery/quantity.ts'
import { nameIsDnsSubdomain } from '#apimachinery/validation/names.ts'

/** What upstream calls the field when it is one too many. */
const SECOND_NAMES: { readonly [kind: string]: string | undefined } = {
  cephfs: 'cephFS',
  downwardAPI: 'downwarAPI',
}

/** Returns the valid volumes. `podName` is known for Pods only, not for templates. */
export const validateVolumes = (
  errors: Errors,
  volumes: readonly Volume[] | undefined,
  podName: string | undefined,
  path: string,
): Volumes => {
  const valid = new Map<string, Volume>()
  if (volumes === undefined) return valid
  const created = new Set(
    podName
      ? volumes.filter((v) => v.ephemeral !== undefined).map((v) => `${podName}-${v.name}`)
      : [],
  )
  for (const [index, volume] of volumes.entries()) {
    const here = `${path}[${index}]`
    const { name = '' } = volume
    const before = errors.length
    validateSource(errors, volume, podName, here)
    if (name === '') errors.push(requiredValue(`${here}.name`))
    else checkDnsLabel(errors, `${here}.name`, name)
    if (valid.has(name)) errors.push(duplicateValue(`${here}.name`, name))
    if (errors.length === before) valid.set(name, volume)
    const claim = volume.persistentVolumeClaim?.claimName
    if (claim !== undefined && created.has(claim))
      errors.push(
        invalidValue(
          `${here}.persistentVolumeClaim.claimName`,
          claim,
          'must not reference a PVC that gets created for an ephemeral volume',
        ),
      )
  }
  return valid
}

const validateSource = (
  errors: Errors,
  volume: Volume,
  podName: string | undefined,
  path: string,
): void => {
  let found = false
  for (const kind of VOLUME_KINDS) {
    if (volume[kind] === undefined) continue
    if (found)
      errors.push(
        forbiddenValue(
          `${path}.${SECOND_NAMES[kind] ?? kind}`,
          'may not specify more than 1 volume type',
        ),
      )
    else validateKind(errors, volume, kind, `${path}.${kind}`)
    found = true
  }
  if (volume.ephemeral !== undefined && podName && volume.name) {
    const claim = `${podName}-${volume.name}`
    for (const message of nameIsDnsSubdomain(claim, false))
      errors.push(invalidValue(`${path}.name`, volume.name, `PVC name ${quote(claim)}: ${message}`))
  }
  if (!found) errors.push(requiredValue(path, 'must specify a volume type'))
}

const validateKind = (errors: Errors, volume: Volume, kind: VolumeKind, path: string): void => {
  switch (kind) {
    case 'emptyDir': {
      const limit = volume.emptyDir!.sizeLimit
      if (limit !== undefined && quantityOf(limit).unscaled < 0n)
        errors.push(
          forbiddenValue(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'),
        )
      return
    }
    case 'hostPath':
      return validateHostPath(errors, volume.hostPath!, path)
    case 'secret': {
      const { secretName = '', defaultMode, items } = volume.secret!
      if (secretName === '') errors.push(requiredValue(`${path}.secretName`))
      checkMode(errors, `${path}.defaultMode`, defaultMode)
      return validateItems(errors, items, path)
    }
    case 'configMap': {
      const { name = '', defaultMode, items } = volume.configMap!
      if (name === '') errors.push(requiredValue(`${path}.name`))
      checkMode(errors, `${path}.defaultMode`, defaultMode)
      return validateItems(errors, items, path)
    }
    case 'persistentVolumeClaim':
      if (!volume.persistentVolumeClaim!.claimName) errors.push(requiredValue(`${path}.claimName`))
      return
    case 'downwardAPI': {
      checkMode(errors, `${path}.defaultMode`, volume.downwardAPI!.defaultMode)
      for (const file of volume.downwardAPI!.items ?? []) validateDownwardFile(errors, file, path)
      return
    }
    case 'projected':
      checkMode(errors, `${path}.defaultMode`, volume.projected!.defaultMode)
      return validateProjected(errors, volume.projected!, path)
    case 'ephemeral':
    case 'image':
      return validateGenerated(errors, volume, path)
    default:
      return validateAttachedVolume(errors, volume, kind, path)
  }
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

export const validateHostPath = (
  errors: Errors,
  { path: target = '', type }: NonNullable<Volume['hostPath']>,
  path: string,
): void => {
  if (target === '') return void errors.push(requiredValue(`${path}.path`))
  checkNoBacksteps(errors, `${path}.path`, target)
  if (type !== undefined) checkChoice(errors, `${path}.type`, type, HOST_PATH_TYPES)
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']

/** Volumes made for the Pod: a claim of its own, or an image. */
const validateGenerated = (errors: Errors, volume: Volume, path: string): void => {
  if (volume.ephemeral !== undefined && volume.ephemeral.volumeClaimTemplate === undefined)
    errors.push(requiredValue(`${path}.volumeClaimTemplate`))
  const { image } = volume
  if (image === undefined || volume.ephemeral !== undefined) return
  if (!image.reference) errors.push(requiredValue(`${path}.reference`))
  else if (image.reference.trim() !== image.reference)
    errors.push(
      invalidValue(
        `${path}.reference`,
        image.reference,
        'must not have leading or trailing whitespace',
      ),
    )
  checkChoice(errors, `${path}.pullPolicy`, image.pullPolicy ?? '', PULL_POLICIES)
}
