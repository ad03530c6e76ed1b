// kubernetes: pkg/apis/core/validation/validation.go ValidateVolumeMounts, ValidateVolumeDevices
import { checkChoice, checkDescendingPath, type Errors } from '#api/core/v1/pod/checks.ts'
import type { Container, VolumeDevice, VolumeMount } from '#api/core/v1/pod/container-types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import {
  forbiddenValue,
  invalidValue,
  notFoundValue,
  requiredValue,
} from '#apimachinery/field-error.ts'

/** The Pod's valid volumes by name. */
export type Volumes = ReadonlyMap<string, Volume>

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None']
const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible']

export const validateVolumeMounts = (
  errors: Errors,
  container: Container,
  volumes: Volumes,
  path: string,
): void => {
  const { volumeMounts: mounts, volumeDevices: devices = [] } = container
  if (mounts === undefined) return
  const seen = new Set<string>()
  for (const [index, mount] of mounts.entries()) {
    const { name = '', mountPath = '' } = mount
    const here = (field: string): string => `${path}[${index}].${field}`
    if (name === '') errors.push(requiredValue(here('name')))
    if (!volumes.has(name)) errors.push(notFoundValue(here('name'), name))
    if (mountPath === '') errors.push(requiredValue(here('mountPath')))
    if (seen.has(mountPath))
      errors.push(invalidValue(here('mountPath'), mountPath, 'must be unique'))
    seen.add(mountPath)
    if (devices.some((device) => device.name === name))
      errors.push(invalidValue(here('name'), name, 'must not already exist in volumeDevices'))
    if (devices.some((device) => device.devicePath === mountPath))
      errors.push(
        invalidValue(
          here('mountPath'),
          mountPath,
          'must not already exist as a path in volumeDevices',
        ),
      )
    validateSubPaths(errors, mount, path, here('subPathExpr'))
    validatePropagation(errors, mount, container, `${path}.mountPropagation`)
    validateRecursiveReadOnly(errors, mount, `${path}.recursiveReadOnly`)
  }
}

/** Some of these paths lack the index, as upstream's do. */
const validateSubPaths = (
  errors: Errors,
  { subPath, subPathExpr }: VolumeMount,
  path: string,
  expressionPath: string,
): void => {
  if (subPath) checkDescendingPath(errors, `${path}.subPath`, subPath)
  if (!subPathExpr) return
  if (subPath)
    errors.push(
      invalidValue(expressionPath, subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
    )
  checkDescendingPath(errors, `${path}.subPathExpr`, subPathExpr)
}

const validatePropagation = (
  errors: Errors,
  { mountPropagation }: VolumeMount,
  container: Container,
  path: string,
): void => {
  if (mountPropagation === undefined) return
  checkChoice(errors, path, mountPropagation, PROPAGATIONS)
  if (mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true)
    errors.push(
      forbiddenValue(
        path,
        'Bidirectional mount propagation is available only to privileged containers',
      ),
    )
}

const validateRecursiveReadOnly = (errors: Errors, mount: VolumeMount, path: string): void => {
  const { recursiveReadOnly: mode, mountPropagation } = mount
  if (mode === undefined || mode === 'Disabled') return
  if (mode !== 'Enabled' && mode !== 'IfPossible') {
    checkChoice(errors, path, mode, RECURSIVE)
    return
  }
  if (mount.readOnly !== true)
    errors.push(forbiddenValue(path, 'may only be specified when readOnly is true'))
  if (mountPropagation !== undefined && mountPropagation !== 'None')
    errors.push(
      forbiddenValue(path, 'may only be specified when mountPropagation is None or not specified'),
    )
}

export const validateVolumeDevices = (
  errors: Errors,
  container: Container,
  volumes: Volumes,
  path: string,
): void => {
  const paths = new Set<string>()
  const names = new Set<string>()
  for (const [index, device] of (container.volumeDevices ?? []).entries()) {
    validateDevice(errors, device, { volumes, paths, names, path: `${path}[${index}]` })
    const { name = '', devicePath = '' } = device
    const mounts = container.volumeMounts ?? []
    if (mounts.some((mount) => mount.name === name))
      errors.push(
        invalidValue(`${path}[${index}].name`, name, 'must not already exist in volumeMounts'),
      )
    if (mounts.some((mount) => mount.mountPath === devicePath))
      errors.push(
        invalidValue(
          `${path}[${index}].devicePath`,
          devicePath,
          'must not already exist as a path in volumeMounts',
        ),
      )
    if (name !== '') names.add(name)
  }
}

interface DeviceContext {
  readonly volumes: Volumes
  readonly paths: Set<string>
  readonly names: ReadonlySet<string>
  readonly path: string
}

const validateDevice = (
  errors: Errors,
  { name = '', devicePath = '' }: VolumeDevice,
  { volumes, paths, names, path }: DeviceContext,
): void => {
  const volume = volumes.get(name)
  const isClaim = volume?.persistentVolumeClaim !== undefined || volume?.ephemeral !== undefined
  if (name === '') errors.push(requiredValue(`${path}.name`))
  if (names.has(name)) errors.push(invalidValue(`${path}.name`, name, 'must be unique'))
  if (volume !== undefined && !isClaim)
    errors.push(
      invalidValue(
        `${path}.name`,
        name,
        'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
      ),
    )
  if (volume === undefined) errors.push(notFoundValue(`${path}.name`, name))
  if (devicePath === '') errors.push(requiredValue(`${path}.devicePath`))
  if (paths.has(devicePath))
    errors.push(invalidValue(`${path}.devicePath`, devicePath, 'must be unique'))
  if (devicePath.split('/').includes('..'))
    errors.push(invalidValue(`${path}.devicePath`, devicePath, "can not contain backsteps ('..')"))
  else paths.add(devicePath)
}
