// Where a volume's bytes are. kubernetes: pkg/apis/core/validation/validation.go ValidatePersistentVolumeSpec
import { append } from '#apimachinery/append.ts'
import type {
  PersistentVolumeSpec,
  CSIPersistentVolumeSource,
} from '#api/core/v1/persistent-volume/types.ts'
import { validateAttachedVolume } from '#api/core/v1/pod/attached-volume-validation.ts'
import {
  checkChoice,
  checkDnsLabel,
  checkDnsSubdomain,
  checkNoBacksteps,
  type Errors,
} from '#api/core/v1/pod/checks.ts'
import { validateHostPath } from '#api/core/v1/pod/volume-validation.ts'
import type { SecretReference } from '#api/core/v1/reference-types.ts'
import { validateDriverName } from '#api/core/v1/storage-validation.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
} from '#apimachinery/field-error.ts'

/** In upstream's order. */
export const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const satisfies readonly (keyof PersistentVolumeSpec)[]

type SourceKind = (typeof SOURCES)[number]

/** `name`: of the volume. `hasAffinity`: it says which nodes reach it. */
export const validateVolumeSource = (
  errors: Errors,
  spec: PersistentVolumeSpec,
  name: string,
  hasAffinity: boolean,
  path: string,
): void => {
  let found = false
  for (const kind of SOURCES) {
    if (spec[kind] === undefined) continue
    // upstream forgot to ask for flexVolume
    if (found && kind !== 'flexVolume')
      errors.push(
        forbiddenValue(
          `${path}.${kind === 'cephfs' ? 'cephFS' : kind}`,
          'may not specify more than 1 volume type',
        ),
      )
    else {
      validateKind(errors, spec, kind, name, `${path}.${kind}`)
      if (kind === 'local' && !hasAffinity)
        errors.push(requiredValue(`${path}.nodeAffinity`, 'Local volume requires node affinity'))
    }
    found = true
  }
  if (!found) errors.push(requiredValue(path, 'must specify a volume type'))
}

const validateKind = (
  errors: Errors,
  spec: PersistentVolumeSpec,
  kind: SourceKind,
  name: string,
  path: string,
): void => {
  switch (kind) {
    case 'hostPath':
      return validateHostPath(errors, spec.hostPath!, path)
    case 'local': {
      const target = spec.local!.path ?? ''
      if (target === '') errors.push(requiredValue(`${path}.path`))
      else checkNoBacksteps(errors, `${path}.path`, target)
      return
    }
    case 'csi':
      return validateCsi(errors, spec.csi!, path)
    case 'storageos':
      return validateStorageOs(errors, spec.storageos!, path)
    default:
      // a Pod's volume of the kind has the same fields
      validateAttachedVolume(errors, { ...spec, name }, kind, path)
      return validateMore(errors, spec, kind, path)
  }
}

/** What volumes say beyond those of Pods. */
const validateMore = (
  errors: Errors,
  spec: PersistentVolumeSpec,
  kind: SourceKind,
  path: string,
): void => {
  if (kind === 'flexVolume') validateOptions(errors, spec.flexVolume?.options ?? {}, path)
  if (kind === 'azureFile' && spec.azureFile?.secretNamespace === '')
    errors.push(requiredValue(`${path}.secretNamespace`))
  if (kind === 'azureDisk') validateAzureDisk(errors, spec.azureDisk!, path)
  if (kind === 'cinder' && spec.cinder?.secretRef !== undefined) {
    const { name = '', namespace = '' } = spec.cinder.secretRef
    if (name === '') errors.push(requiredValue(`${path}.secretRef.name`))
    if (namespace === '') errors.push(requiredValue(`${path}.secretRef.namespace`))
  }
}

const validateOptions = (
  errors: Errors,
  options: Readonly<Record<string, string>>,
  path: string,
): void => {
  for (const key of Object.keys(options).sort()) {
    const parts = key.split('/')
    const domain = `.${(parts.length > 1 ? parts[0]! : key).toLowerCase()}`
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io'))
      errors.push(
        invalidValue(
          `${path}.options[${key}]`,
          key,
          'kubernetes.io and k8s.io namespaces are reserved',
        ),
      )
  }
}

const CACHING_MODES = ['None', 'ReadOnly', 'ReadWrite']
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared']
const MANAGED_URI =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const BLOB_URI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

const validateAzureDisk = (
  errors: Errors,
  { cachingMode, kind, diskURI = '' }: NonNullable<PersistentVolumeSpec['azureDisk']>,
  path: string,
): void => {
  if (cachingMode !== undefined)
    checkChoice(errors, `${path}.cachingMode`, cachingMode, CACHING_MODES)
  if (kind === undefined) return
  checkChoice(errors, `${path}.kind`, kind, DISK_KINDS)
  const [start, form] =
    kind === 'Managed' ? ['/subscriptions/', MANAGED_URI] : ['https://', BLOB_URI]
  if (!diskURI.startsWith(start)) errors.push(notSupported(`${path}.diskURI`, diskURI, [form]))
}

const validateStorageOs = (
  errors: Errors,
  storageos: NonNullable<PersistentVolumeSpec['storageos']>,
  path: string,
): void => {
  const { volumeName = '', volumeNamespace = '', secretRef } = storageos
  if (volumeName === '') errors.push(requiredValue(`${path}.volumeName`))
  else checkDnsLabel(errors, `${path}.volumeName`, volumeName)
  if (volumeNamespace !== '') checkDnsLabel(errors, `${path}.volumeNamespace`, volumeNamespace)
  if (secretRef === undefined) return
  if ((secretRef.name ?? '') === '') errors.push(requiredValue(`${path}.secretRef.name`))
  if ((secretRef.namespace ?? '') === '') errors.push(requiredValue(`${path}.secretRef.namespace`))
}

/** kubernetes: validatePVSecretReference */
const checkSecret = (errors: Errors, secret: SecretReference | undefined, path: string): void => {
  if (secret === undefined) return
  const { name = '', namespace = '' } = secret
  if (name === '') errors.push(requiredValue(`${path}.name`))
  else checkDnsSubdomain(errors, `${path}.name`, name)
  if (namespace === '') errors.push(requiredValue(`${path}.namespace`))
  else checkDnsLabel(errors, `${path}.namespace`, namespace)
}

const SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const

const validateCsi = (errors: Errors, csi: CSIPersistentVolumeSource, path: string): void => {
  append(errors, validateDriverName(csi.driver ?? '', `${path}.driver`))
  if ((csi.volumeHandle ?? '') === '') errors.push(requiredValue(`${path}.volumeHandle`))
  for (const secret of SECRETS) checkSecret(errors, csi[secret], `${path}.${secret}`)
}
