// Volumes and claims find each other. kubernetes: pkg/controller/volume/persistentvolume/pv_controller.go
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import { assign, equal, keyOf, own, splitKey } from '#apimachinery/object.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { EventRecorder } from '#client/event-recorder.ts'
import {
  classOf,
  findVolume,
  isFor,
  isLargeEnough,
  mismatch,
} from '#api/core/v1/persistent-volume/matching.ts'
import { claimsOf, waitingFor } from '#kube-controller-manager/persistentvolume/consumers.ts'
import { syncVolume } from '#kube-controller-manager/persistentvolume/volumes.ts'

const NAME = 'persistentvolume-controller'
const CLAIMS = 'persistentvolumeclaims'
const VOLUMES = 'persistentvolumes'
const CLASSES = 'storageclasses.storage.k8s.io'

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner'
const BETA_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner'
const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

type ClaimStatus = NonNullable<PersistentVolumeClaim['status']>

export const persistentVolumeController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:persistent-volume-binder',
  create: (context) => new PersistentVolumes(context),
}

class PersistentVolumes implements Component {
  readonly name = NAME
  readonly queue: ComponentContext['queue']
  readonly #client: ComponentContext['client']
  readonly #events: EventRecorder

  constructor({ client, queue, events }: ComponentContext) {
    this.queue = queue
    this.#client = client
    this.#events = events
    client.watch(CLAIMS, ({ object, old }) => {
      queue.add(keyOf(object))
      const { volumeName = '' } = (old ?? object).spec
      if (volumeName !== '') queue.add(`/${volumeName}`)
    })
    client.watch(VOLUMES, ({ object }) => {
      queue.add(keyOf(object))
      this.#wakeClaims(object)
    })
    client.watch('pods', ({ type, object, old }) => {
      const { volumes, nodeName } = object.spec
      if (volumes === undefined || (type === 'MODIFIED' && old?.spec.nodeName === nodeName)) return
      for (const name of claimsOf(object)) queue.add(`${object.metadata.namespace ?? ''}/${name}`)
    })
    client.watch(CLASSES, ({ type }) => {
      if (type !== 'DELETED') this.resync()
    })
  }

  resync(): void {
    for (const { metadata } of this.#client.list(CLAIMS))
      this.queue.add(`${metadata.namespace ?? ''}/${metadata.name ?? ''}`)
    for (const { metadata } of this.#client.list(VOLUMES)) this.queue.add(`/${metadata.name ?? ''}`)
  }

  /** A volume is of interest to its claim, and to all that have none. */
  #wakeClaims({ spec }: PersistentVolume): void {
    const { namespace, name } = spec.claimRef ?? {}
    if (name !== undefined) this.queue.add(`${namespace ?? ''}/${name}`)
    else
      for (const { metadata, spec: wanted } of this.#client.list(CLAIMS))
        if ((wanted.volumeName ?? '') === '')
          this.queue.add(`${metadata.namespace ?? ''}/${metadata.name ?? ''}`)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    if (namespace === '') {
      const volume = this.#volume(name)
      if (volume !== undefined) syncVolume(this.#client, this.#events, volume)
      return
    }
    this.queue.cancel(key)
    const claim = this.#client.get(CLAIMS, namespace, name)
    if (claim === undefined) return
    if (own(claim.metadata.annotations, BIND_COMPLETED) === undefined) this.#syncUnbound(claim)
    else this.#syncBound(claim)
  }

  #volume(name: string): PersistentVolume | undefined {
    return this.#client.get(VOLUMES, '', name)
  }

  #syncUnbound(claim: PersistentVolumeClaim): void {
    const { volumeName = '' } = claim.spec
    if (volumeName !== '') {
      this.#bindAsAsked(claim, this.#volume(volumeName))
      return
    }
    const storageClass = this.#client.get(CLASSES, '', classOf(claim))
    const waits =
      storageClass?.volumeBindingMode === 'WaitForFirstConsumer' &&
      own(claim.metadata.annotations, SELECTED_NODE) === undefined
    const volumes = this.#client.list(VOLUMES)
    const meant = volumes.filter((volume) => isFor(volume, claim))
    const volume = findVolume(waits ? meant : volumes, claim)
    if (volume !== undefined) this.#bind(volume, claim)
    else {
      this.#pend(claim)
      this.#sayWhy(claim, storageClass, waits)
    }
  }

  #sayWhy(
    claim: PersistentVolumeClaim,
    storageClass: StorageClass | undefined,
    waits: boolean,
  ): void {
    const name = classOf(claim)
    if (waits) this.#tellWaiting(claim)
    else if (name === '')
      this.#tell(
        claim,
        'FailedBinding',
        'no persistent volumes available for this claim and no storage class is set',
      )
    else if (storageClass === undefined)
      this.#tell(
        claim,
        'ProvisioningFailed',
        `storageclass.storage.k8s.io ${JSON.stringify(name)} not found`,
        'Warning',
      )
    else if (storageClass.provisioner !== NO_PROVISIONER)
      this.#askProvisioner(claim, storageClass.provisioner)
  }

  /** All claims are looked at again and again: that is when a Pod is seen. kubernetes: emitEventForUnboundDelayBindingClaim */
  #tellWaiting(claim: PersistentVolumeClaim): void {
    const { now, unseenUntil, names } = waitingFor(this.#client, claim)
    if (unseenUntil > now) this.queue.addAt(keyOf(claim), unseenUntil)
    if (names.length === 0)
      this.#tell(
        claim,
        'WaitForFirstConsumer',
        'waiting for first consumer to be created before binding',
      )
    else {
      const pods = names.length > 1 ? `pods ${names.join(',')}` : `pod ${names.join()}`
      this.#tell(claim, 'WaitForPodScheduled', `waiting for ${pods} to be scheduled`)
    }
  }

  /** Provisioners run outside of the controller: they see by the annotation that they are meant. */
  #askProvisioner(claim: PersistentVolumeClaim, provisioner: string): void {
    const annotations = {
      ...claim.metadata.annotations,
      [BETA_PROVISIONER]: provisioner,
      [PROVISIONER]: provisioner,
    }
    const asked = equal(annotations, claim.metadata.annotations)
      ? claim
      : this.#client.update(
          CLAIMS,
          assign(claim, { metadata: assign(claim.metadata, { annotations }) }),
        )
    this.#tell(
      asked,
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
    )
  }

  #bindAsAsked(claim: PersistentVolumeClaim, volume: PersistentVolume | undefined): void {
    if (volume === undefined) {
      this.#pend(claim)
      return
    }
    if (volume.spec.claimRef !== undefined) {
      if (isFor(volume, claim)) this.#bind(volume, claim)
      else {
        this.#pend(claim)
        const name = JSON.stringify(volume.metadata.name ?? '')
        this.#tell(
          claim,
          'FailedBinding',
          `volume ${name} already bound to a different claim.`,
          'Warning',
        )
      }
      return
    }
    const why = mismatch(volume, claim)
    if (why === undefined) {
      this.#bind(volume, claim)
      return
    }
    this.#pend(claim)
    const name = JSON.stringify(volume.metadata.name ?? '')
    this.#tell(
      claim,
      'VolumeMismatch',
      `Cannot bind to requested volume ${name}: ${why}`,
      'Warning',
    )
  }

  #syncBound(claim: PersistentVolumeClaim): void {
    const { volumeName = '' } = claim.spec
    const volume = volumeName === '' ? undefined : this.#volume(volumeName)
    if (volume === undefined) {
      const message =
        volumeName === ''
          ? 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!'
          : 'Bound claim has lost its PersistentVolume. Data on the volume is lost!'
      this.#lose(claim, 'ClaimLost', message)
    } else if (volume.spec.claimRef === undefined || isFor(volume, claim)) {
      this.#bind(volume, claim)
      if (!isLargeEnough(volume, claim)) this.#tellGrowth(claim)
    } else
      this.#lose(
        claim,
        'ClaimMisbound',
        'Two claims are bound to the same volume, this one is bound incorrectly',
      )
  }

  /** No volume can be made larger here: whoever made it outside of the cluster has to. kubernetes: pkg/controller/volume/expand */
  #tellGrowth(claim: PersistentVolumeClaim): void {
    this.#tell(
      claim,
      'ExternalExpanding',
      "Ignoring the PVC: didn't find a plugin capable of expanding the volume; waiting for an external controller to process this PVC.",
      'Warning',
      'volume_expand',
    )
  }

  #lose(claim: PersistentVolumeClaim, reason: string, message: string): void {
    if (claim.status?.phase === 'Lost') return
    this.#writeStatus(claim, { phase: 'Lost' })
    this.#tell(claim, reason, message, 'Warning')
  }

  #pend(claim: PersistentVolumeClaim): void {
    if (claim.status?.phase !== 'Pending') this.#writeStatus(claim, { phase: 'Pending' })
  }

  #writeStatus(claim: PersistentVolumeClaim, status: ClaimStatus): void {
    if (!equal(claim.status, status))
      this.#client.update(CLAIMS, assign(claim, { status }), { subresource: 'status' })
  }

  /** Volume and claim name each other, in this order, so that a claim that names a volume can rely on it. */
  #bind(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const bound = this.#bindVolume(volume, claim)
    if (bound.status.phase !== 'Bound') {
      const status = { ...bound.status, phase: 'Bound' as const }
      this.#client.update(VOLUMES, assign(bound, { status }), { subresource: 'status' })
    }
    const { metadata, spec } = claim
    const name = volume.metadata.name ?? ''
    const annotations = {
      ...metadata.annotations,
      [BIND_COMPLETED]: 'yes',
      ...((spec.volumeName ?? '') === '' ? { [BOUND_BY_CONTROLLER]: 'yes' } : {}),
    }
    const named = assign(claim, {
      metadata: equal(annotations, metadata.annotations)
        ? metadata
        : assign(metadata, { annotations }),
      spec: assign(spec, { volumeName: name }),
    })
    const written = named === claim ? claim : this.#client.update(CLAIMS, named)
    const { accessModes, capacity } = volume.spec
    this.#writeStatus(written, {
      ...written.status,
      phase: 'Bound',
      ...(accessModes === undefined ? {} : { accessModes }),
      ...(capacity === undefined ? {} : { capacity }),
    })
  }

  #bindVolume(volume: PersistentVolume, { metadata }: PersistentVolumeClaim): PersistentVolume {
    const { claimRef } = volume.spec
    if (claimRef?.uid === metadata.uid) return volume
    const annotations =
      claimRef === undefined
        ? { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
        : volume.metadata.annotations
    const { namespace = '', name = '', uid = '', resourceVersion = '' } = metadata
    const ref = {
      kind: 'PersistentVolumeClaim',
      namespace,
      name,
      uid,
      apiVersion: 'v1',
      resourceVersion,
    }
    return this.#client.update(
      VOLUMES,
      assign(volume, {
        metadata: assign(volume.metadata, { annotations }),
        spec: assign(volume.spec, { claimRef: ref }),
      }),
    )
  }

  /** Once: a real controller says it again every fifteen seconds, as long as nothing changes. */
  #tell(
    claim: PersistentVolumeClaim,
    reason: string,
    message: string,
    type: 'Normal' | 'Warning' = 'Normal',
    component = NAME,
  ): void {
    const said = this.#client.list('events', { involved: claim.metadata.uid ?? '' })
    if (said.some((event) => event.reason === reason && event.message === message)) return
    this.#events.record({ object: claim, type, reason, message, component })
  }
}
