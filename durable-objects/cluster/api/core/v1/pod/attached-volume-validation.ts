// Volumes of storage systems. kubernetes: pkg/apis/core/validation/validation.go
import { addInvalid, checkDescendingPath, type Errors } from '#api/core/v1/pod/checks.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import type { VolumeKind } from '#api/core/v1/pod/volume-kinds.ts'
import { invalidValue, requiredValue } from '#apimachinery/field-error.ts'
import { isDns1123Subdomain, notInRange } from '#apimachinery/validation/names.ts'

const MAX_LUN = 255
const MAX_DRIVER = 63

/** Fields that must not be empty, by kind. */
const REQUIRED: { readonly [kind in VolumeKind]?: readonly string[] } = {
  gitRepo: ['repository'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  nfs: ['server', 'path'],
  glusterfs: ['endpoints', 'path'],
  rbd: ['monitors', 'image'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  flexVolume: ['driver'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  csi: ['driver'],
}

export const validateAttachedVolume = (
  errors: Errors,
  volume: Volume,
  kind: VolumeKind,
  path: string,
): void => {
  // Upstream shows the kind under its old name.
  const here =
    kind === 'gcePersistentDisk' ? path.replace(/gcePersistentDisk$/, 'persistentDisk') : path
  const source = volume[kind] as unknown as Readonly<Record<string, unknown>>
  for (const field of REQUIRED[kind] ?? []) {
    const value = source[field] as { readonly length: number } | undefined
    if (!value || value.length === 0) errors.push(requiredValue(`${here}.${field}`))
  }
  const partition = source['partition']
  if (typeof partition === 'number' && (partition < 0 || partition > MAX_LUN))
    errors.push(invalidValue(`${here}.partition`, partition, notInRange(1, MAX_LUN)))
  validateParticular(errors, volume, kind, here)
}

const validateParticular = (
  errors: Errors,
  volume: Volume,
  kind: VolumeKind,
  path: string,
): void => {
  if (kind === 'nfs' && !volume.nfs!.path?.startsWith('/'))
    errors.push(invalidValue(`${path}.path`, volume.nfs!.path ?? '', 'must be an absolute path'))
  if (kind === 'gitRepo')
    checkDescendingPath(errors, `${path}.directory`, volume.gitRepo!.directory ?? '')
  if (kind === 'iscsi') validateIscsi(errors, volume, path)
  if (kind === 'fc') validateFibreChannel(errors, volume.fc!, path)
  if (kind === 'csi') validateCsi(errors, volume.csi!, path)
}

const QUALIFIED_NAME = /^iqn\.\d{4}-\d{2}\.([a-zA-Z0-9.-]+)(:[^,;*&$|\s]+)$/
const FORMS: readonly (readonly [string, RegExp])[] = [
  ['iqn', QUALIFIED_NAME],
  ['eui', /^eui.[0-9a-fA-F]{16}$/],
  ['naa', /^naa.[0-9a-fA-F]{32}$/],
]

const validateInitiator = (errors: Errors, name: string, path: string): void => {
  const form = FORMS.find(([prefix]) => name.startsWith(prefix))
  if (form === undefined)
    errors.push(invalidValue(path, name, 'must be valid format starting with iqn, eui, or naa'))
  else if (!form[1].test(name)) errors.push(invalidValue(path, name, 'must be valid format'))
}

const validateIscsi = (errors: Errors, volume: Volume, path: string): void => {
  const iscsi = volume.iscsi!
  const { targetPortal = '', iqn = '', lun = 0, initiatorName } = iscsi
  if (targetPortal === '') errors.push(requiredValue(`${path}.targetPortal`))
  if (iqn === '') errors.push(requiredValue(`${path}.iqn`))
  else validateInitiator(errors, iqn, `${path}.iqn`)
  if (lun < 0 || lun > MAX_LUN)
    errors.push(invalidValue(`${path}.lun`, lun, notInRange(0, MAX_LUN)))
  if ((iscsi.chapAuthDiscovery || iscsi.chapAuthSession) && iscsi.secretRef === undefined)
    errors.push(requiredValue(`${path}.secretRef`))
  if (initiatorName === undefined) return
  validateInitiator(errors, initiatorName, `${path}.initiatorname`)
  if (`${volume.name}:${targetPortal}`.length > 64)
    errors.push(
      invalidValue(
        path.replace(/iscsi$/, 'name'),
        volume.name,
        'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
      ),
    )
}

const validateFibreChannel = (
  errors: Errors,
  { targetWWNs = [], wwids = [], lun }: NonNullable<Volume['fc']>,
  path: string,
): void => {
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.push(
      requiredValue(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'),
    )
  if (targetWWNs.length > 0 && wwids.length > 0)
    errors.push(
      invalidValue(
        `${path}.targetWWNs`,
        targetWWNs,
        'targetWWNs and wwids can not be specified simultaneously',
      ),
    )
  if (targetWWNs.length === 0) return
  if (lun === undefined)
    errors.push(requiredValue(`${path}.lun`, 'lun is required if targetWWNs is specified'))
  else if (lun < 0 || lun > MAX_LUN)
    errors.push(invalidValue(`${path}.lun`, lun, notInRange(0, MAX_LUN)))
}

const validateCsi = (errors: Errors, csi: NonNullable<Volume['csi']>, path: string): void => {
  const { driver = '' } = csi
  if (driver.length > MAX_DRIVER)
    errors.push({
      ...invalidValue(`${path}.driver`, driver, ''),
      type: 'FieldValueTooLong',
      detail: `may not be more than ${MAX_DRIVER} bytes`,
    })
  if (driver !== '')
    addInvalid(errors, `${path}.driver`, driver, isDns1123Subdomain(driver.toLowerCase()))
  if (csi.nodePublishSecretRef !== undefined && !csi.nodePublishSecretRef.name)
    errors.push(requiredValue(`${path}.nodePublishSecretRef.name`))
}
