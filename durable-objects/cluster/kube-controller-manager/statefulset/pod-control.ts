// kubernetes: pkg/controller/statefulset/stateful_pod_control.go
import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/event-recorder.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { assign } from '#apimachinery/object.ts'
import { isReason, StatusError } from '#apimachinery/status-error.ts'
import { isNamespaceTerminating } from '#kube-controller-manager/pod-control.ts'
import { claimOwners, claimsOf } from '#kube-controller-manager/statefulset/identity.ts'

const COMPONENT = 'statefulset-controller'
const CLAIMS = 'persistentvolumeclaims'

/** Writes Pods and claims of a StatefulSet and tells of it in events. Refusals are thrown on. */
export class StatefulPodControl {
  readonly #client: Client
  readonly #events: EventRecorder
  readonly #set: StatefulSet

  constructor(client: Client, events: EventRecorder, set: StatefulSet) {
    this.#client = client
    this.#events = events
    this.#set = set
  }

  create(pod: Pod): void {
    this.#tell('create', pod, () => {
      this.createClaims(pod)
      this.#client.create('pods', pod)
    })
  }

  relabel(pod: Pod): void {
    this.#tell('update', pod, () => void this.#client.update('pods', pod))
  }

  delete(pod: Pod): void {
    const { namespace = '', name = '' } = pod.metadata
    this.#tell('delete', pod, () => this.#client.delete('pods', namespace, name))
  }

  createClaims(pod: Pod): void {
    for (const claim of claimsOf(this.#set, pod)) {
      const { namespace = '', name = '' } = claim.metadata
      if (this.#client.get(CLAIMS, namespace, name) !== undefined) continue
      const owners = claimOwners(this.#set, pod, [])
      const metadata =
        owners.length === 0 ? claim.metadata : { ...claim.metadata, ownerReferences: owners }
      const message = `Claim ${name} Pod ${pod.metadata.name ?? ''} in StatefulSet ${this.#set.metadata.name ?? ''}`
      try {
        this.#client.create(CLAIMS, { ...claim, metadata })
        this.#record('Normal', 'SuccessfulCreate', `create ${message} success`)
      } catch (error) {
        if (error instanceof StatusError && !isNamespaceTerminating(error))
          this.#record(
            'Warning',
            'FailedCreate',
            `create ${message} failed error: ${error.message}`,
          )
        throw error
      }
    }
  }

  /** Gives a Pod's claims the owners that the retention policy wants. */
  reconcileClaims(pod: Pod): void {
    for (const { metadata } of claimsOf(this.#set, pod)) {
      const claim = this.#client.get(CLAIMS, metadata.namespace ?? '', metadata.name ?? '')
      if (claim === undefined) continue
      const before = claim.metadata.ownerReferences ?? []
      const owners = claimOwners(this.#set, pod, before)
      if (owners === before) continue
      const changes = { ownerReferences: owners.length === 0 ? undefined : owners }
      this.#client.update(CLAIMS, { ...claim, metadata: assign(claim.metadata, changes) })
    }
  }

  #tell(verb: 'create' | 'update' | 'delete', pod: Pod, write: () => void): void {
    const what = `${verb} Pod ${pod.metadata.name ?? ''} in StatefulSet ${this.#set.metadata.name ?? ''}`
    const reason = `${verb[0]?.toUpperCase() ?? ''}${verb.slice(1)}`
    try {
      write()
      this.#record('Normal', `Successful${reason}`, `${what} successful`)
    } catch (error) {
      if (verb === 'delete' && isReason(error, 'NotFound')) return
      if (error instanceof StatusError && !isNamespaceTerminating(error))
        this.#record('Warning', `Failed${reason}`, `${what} failed error: ${error.message}`)
      throw error
    }
  }

  #record(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record({ object: this.#set, type, reason, message, component: COMPONENT })
  }
}
