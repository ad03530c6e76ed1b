// What becomes of a volume. kubernetes: pkg/controller/volume/persistentvolume/pv_controller.go syncVolume, reclaimVolume
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import { assign, own } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/event-recorder.ts'

const VOLUMES = 'persistentvolumes'
const NAME = 'persistentvolume-controller'
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
const DELETABLE = /^\/tmp\/.+/

type Phase = NonNullable<PersistentVolume['status']['phase']>

export const syncVolume = (
  client: Client,
  events: EventRecorder,
  volume: PersistentVolume,
): void => {
  const ref = volume.spec.claimRef
  if (ref === undefined || (ref.uid ?? '') === '') {
    setPhase(client, volume, 'Available')
    return
  }
  const claim = client.get('persistentvolumeclaims', ref.namespace ?? '', ref.name ?? '')
  if (claim === undefined || claim.metadata.uid !== ref.uid) release(client, events, volume)
  else if (claim.spec.volumeName === volume.metadata.name) setPhase(client, volume, 'Bound')
  else if ((claim.spec.volumeName ?? '') !== '') letGo(client, events, volume)
  // otherwise the claim's own turn finishes what was begun
}

const setPhase = (
  client: Client,
  volume: PersistentVolume,
  phase: Phase,
  message?: string,
): PersistentVolume => {
  if (volume.status.phase === phase) return volume
  const { message: _message, ...status } = volume.status
  const next = { ...status, phase, ...(message === undefined ? {} : { message }) }
  return client.update(VOLUMES, assign(volume, { status: next }), {
    subresource: 'status',
  })
}

/** Its claim is gone. */
const release = (client: Client, events: EventRecorder, volume: PersistentVolume): void => {
  const released = volume.status.phase === 'Failed' ? volume : setPhase(client, volume, 'Released')
  if (released.spec.persistentVolumeReclaimPolicy !== 'Delete') return
  // whoever made it takes it away
  if (own(released.metadata.annotations, PROVISIONED_BY) !== undefined) return
  const problem = deletionProblem(released)
  if (problem === undefined) client.delete(VOLUMES, '', released.metadata.name ?? '')
  else if (released.status.phase !== 'Failed') {
    setPhase(client, released, 'Failed', problem)
    events.record({
      object: released,
      type: 'Warning',
      reason: 'VolumeFailedDelete',
      message: problem,
      component: NAME,
    })
  }
}

const deletionProblem = ({ metadata, spec }: PersistentVolume): string | undefined => {
  if (spec.hostPath === undefined)
    return `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name ?? '')}: no deletable volume plugin matched`
  return DELETABLE.test(spec.hostPath.path)
    ? undefined
    : `host_path deleter only supports /tmp/.+ but received provided ${spec.hostPath.path}`
}

/** Its claim took another volume. */
const letGo = (client: Client, events: EventRecorder, volume: PersistentVolume): void => {
  const { metadata, spec } = volume
  if (
    own(metadata.annotations, PROVISIONED_BY) !== undefined &&
    spec.persistentVolumeReclaimPolicy === 'Delete'
  ) {
    release(client, events, volume)
    return
  }
  const { [BOUND_BY_CONTROLLER]: byController, ...annotations } = metadata.annotations ?? {}
  const { uid: _uid, resourceVersion: _version, ...ref } = spec.claimRef ?? {}
  const free = client.update(
    VOLUMES,
    assign(volume, {
      metadata: assign(metadata, {
        annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
      }),
      spec: assign(spec, { claimRef: byController === undefined ? ref : undefined }),
    }),
  )
  setPhase(client, free, 'Available')
}
