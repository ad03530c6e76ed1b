// kubernetes: pkg/scheduler/framework/plugins/volumebinding, volumerestrictions; without PersistentVolumes' own node affinity
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import type { Client } from '#client/client.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { NodeInfo } from '#kube-scheduler/node-info.ts'
import { final, type Refusal, type Rejection } from '#kube-scheduler/filter-status.ts'

const PLUGIN = 'VolumeBinding'
const NO_VOLUME = final(PLUGIN, "node(s) didn't find available persistent volumes to bind")

const refusal = (reason: string, isFinal: boolean): Refusal => ({ plugin: PLUGIN, reason, isFinal })

/** Judges by the Pod's claims: refused, rejected on every node, or (undefined) no matter. */
export const volumeFilter = (
  pod: Pod,
  client: Client,
): Refusal | ((info: NodeInfo) => Rejection) | undefined => {
  let waits = false
  for (const volume of pod.spec.volumes ?? []) {
    const name =
      volume.persistentVolumeClaim?.claimName ??
      (volume.ephemeral === undefined ? undefined : `${pod.metadata.name ?? ''}-${volume.name}`)
    if (name === undefined) continue
    const claim = client.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name)
    if (claim === undefined)
      return volume.ephemeral === undefined
        ? refusal(`persistentvolumeclaim "${name}" not found`, false)
        : refusal(
            `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`,
            true,
          )
    if (claim.metadata.deletionTimestamp !== undefined)
      return refusal(`persistentvolumeclaim "${name}" is being deleted`, true)
    if ((claim.spec.volumeName ?? '') !== '') continue
    if (!waitsForConsumer(client, claim.spec.storageClassName))
      return refusal('pod has unbound immediate PersistentVolumeClaims', true)
    waits = true
  }
  return waits ? () => NO_VOLUME : undefined
}

const waitsForConsumer = (client: Client, name = ''): boolean => {
  const found: KubeObject | undefined =
    name === '' ? undefined : client.dynamic.get('storageclasses.storage.k8s.io', '', name)
  return (found as StorageClass | undefined)?.volumeBindingMode === 'WaitForFirstConsumer'
}
