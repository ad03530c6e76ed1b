import type {
  DownwardAPIVolumeSource,
  EmptyDirVolumeSource,
  EphemeralVolumeSource,
  ProjectedVolumeSource,
  Volume,
} from '#api/core/v1/pod/volume-types.ts'
import { formatQuantity, quantityOf } from '#apimachinery/quantity.ts'
import { describeClaim } from '#kubectl/describe/claim.ts'
import { describePlainSource } from '#kubectl/describe/volume-source.ts'
import { nested, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe describeVolumes */
export const describeVolumes = (
  w: PrefixWriter,
  volumes: readonly Volume[] = [],
  space: string,
): void => {
  w.write(0, volumes.length === 0 ? `${space}Volumes:\t<none>\n` : `${space}Volumes:\n`)
  for (const volume of volumes) {
    w.write(1, `${space === '' ? '' : ' '}${volume.name}:\n`)
    const { emptyDir, downwardAPI, projected, ephemeral } = volume
    if (emptyDir !== undefined) describeEmptyDir(w, emptyDir)
    else if (downwardAPI !== undefined) describeDownwardApi(w, downwardAPI)
    else if (projected !== undefined) describeProjected(w, projected)
    else if (ephemeral !== undefined) describeEphemeral(w, ephemeral)
    else if (!describePlainSource(w, { ...volume }, false)) w.write(1, '<unknown>\n')
  }
}

const describeEmptyDir = (w: PrefixWriter, { medium, sizeLimit }: EmptyDirVolumeSource): void => {
  const limit = quantityOf(sizeLimit ?? '0')
  w.field(2, 'Type', "EmptyDir (a temporary directory that shares a pod's lifetime)")
  w.field(2, 'Medium', medium)
  w.field(2, 'SizeLimit', limit.unscaled > 0n ? formatQuantity(limit) : '<unset>')
}

const describeDownwardApi = (w: PrefixWriter, { items = [] }: DownwardAPIVolumeSource): void => {
  w.field(2, 'Type', 'DownwardAPI (a volume populated by information about the pod)')
  w.write(2, 'Items:\n')
  for (const { path, fieldRef, resourceFieldRef } of items) {
    if (fieldRef !== undefined) w.write(3, `${fieldRef.fieldPath} -> ${path}\n`)
    if (resourceFieldRef !== undefined) w.write(3, `${resourceFieldRef.resource} -> ${path}\n`)
  }
}

const describeProjected = (w: PrefixWriter, { sources = [] }: ProjectedVolumeSource): void => {
  w.field(2, 'Type', 'Projected (a volume that contains injected data from multiple sources)')
  for (const { secret, downwardAPI, configMap, serviceAccountToken } of sources) {
    if (secret !== undefined) {
      w.field(2, 'SecretName', secret.name)
      w.field(2, 'Optional', secret.optional ?? false)
    } else if (downwardAPI !== undefined) w.field(2, 'DownwardAPI', true)
    else if (configMap !== undefined) {
      w.field(2, 'ConfigMapName', configMap.name)
      w.field(2, 'Optional', configMap.optional ?? false)
    } else if (serviceAccountToken !== undefined)
      w.field(2, 'TokenExpirationSeconds', serviceAccountToken.expirationSeconds)
  }
}

const describeEphemeral = (w: PrefixWriter, source: EphemeralVolumeSource): void => {
  w.field(
    2,
    'Type',
    'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
  )
  const template = source.volumeClaimTemplate
  if (template !== undefined) describeClaim(nested(w, 2), template.metadata ?? {}, template.spec)
}
