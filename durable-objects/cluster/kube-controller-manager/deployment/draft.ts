import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { assign, own } from '#apimachinery/object.ts'
import type { Conditions } from '#kube-controller-manager/deployment/conditions.ts'
import {
  findNewReplicaSet,
  resized,
  REVISION,
  sizeOf,
} from '#kube-controller-manager/deployment/replica-sets.ts'

/** What a sync of a Deployment found. */
export interface Found {
  readonly deployment: Deployment
  /** Those it owns. */
  readonly replicaSets: readonly ReplicaSet[]
  /** Whether another ReplicaSet, its own or not, has the name. */
  readonly isTaken: (name: string) => boolean
  /** Whether Pods of any but the given ReplicaSet are still there. */
  readonly hasPodsBeside: (replicaSet: ReplicaSet | undefined) => boolean
  readonly now: number
}

/** A Deployment and its ReplicaSets as one sync is changing them; nothing is written yet. */
export class Draft {
  readonly found: Found
  readonly deployment: Deployment
  readonly now: number
  readonly events: string[] = []
  readonly deleted: ReplicaSet[] = []
  conditions: Conditions
  collisionCount: number | undefined
  revision: string | undefined
  readonly #stored: ReadonlyMap<string, ReplicaSet>
  readonly #current = new Map<string, ReplicaSet>()
  #newName: string | undefined

  constructor(found: Found) {
    this.found = found
    this.deployment = found.deployment
    this.now = found.now
    this.conditions = found.deployment.status?.conditions ?? []
    this.collisionCount = found.deployment.status?.collisionCount
    this.revision = own(found.deployment.metadata.annotations, REVISION)
    this.#stored = new Map(found.replicaSets.map((rs) => [rs.metadata.name ?? '', rs]))
    for (const [name, replicaSet] of this.#stored) this.#current.set(name, replicaSet)
    this.#newName = findNewReplicaSet(found.deployment, found.replicaSets)?.metadata.name
  }

  /** The ReplicaSet with the Deployment's current template. */
  get newReplicaSet(): ReplicaSet | undefined {
    return this.#newName === undefined ? undefined : this.#current.get(this.#newName)
  }

  get old(): readonly ReplicaSet[] {
    return this.all.filter((replicaSet) => replicaSet.metadata.name !== this.#newName)
  }

  get all(): readonly ReplicaSet[] {
    return [...this.#current.values()]
  }

  /** Those that should have Pods. */
  get active(): readonly ReplicaSet[] {
    return this.all.filter((replicaSet) => sizeOf(replicaSet) > 0)
  }

  put(replicaSet: ReplicaSet): void {
    this.#current.set(replicaSet.metadata.name ?? '', replicaSet)
  }

  add(replicaSet: ReplicaSet): void {
    this.#newName = replicaSet.metadata.name
    this.put(replicaSet)
  }

  /** Resizes a ReplicaSet and notes the event. Says whether that changed its size. */
  scale(replicaSet: ReplicaSet, replicas: number): boolean {
    const before = sizeOf(replicaSet)
    this.put(resized(replicaSet, replicas, this.deployment))
    if (before === replicas) return false
    const direction = before < replicas ? 'up' : 'down'
    const name = replicaSet.metadata.name ?? ''
    this.events.push(`Scaled ${direction} replica set ${name} from ${before} to ${replicas}`)
    return true
  }

  /** Resizes it if its size is another. kubernetes: scaleReplicaSetAndRecordEvent */
  scaleTo(replicaSet: ReplicaSet, replicas: number): boolean {
    return sizeOf(replicaSet) !== replicas && this.scale(replicaSet, replicas)
  }

  delete(replicaSet: ReplicaSet): void {
    this.deleted.push(replicaSet)
  }

  get created(): ReplicaSet | undefined {
    return this.all.find((replicaSet) => !this.#stored.has(replicaSet.metadata.name ?? ''))
  }

  get updated(): readonly ReplicaSet[] {
    return this.all.filter((replicaSet) => {
      const stored = this.#stored.get(replicaSet.metadata.name ?? '')
      return stored !== undefined && stored !== replicaSet
    })
  }

  /** The Deployment's metadata with its revision. */
  get metadata(): Deployment['metadata'] {
    const { metadata } = this.deployment
    if (this.revision === own(metadata.annotations, REVISION)) return metadata
    const annotations = assign(metadata.annotations ?? {}, { [REVISION]: this.revision })
    return assign(metadata, { annotations })
  }
}
