// Where the computer's programs find the cluster: it is there for as long as one turn of the session lasts.
import type { UserInfo } from '#api/strategy.ts'
import type { Cluster } from '#cluster.ts'

/** What one who has the link may do. `view`: looks, and nothing that he does is kept. */
export type Rights = 'edit' | 'view'

/** A call to the cluster is more work than a step of the shell. */
const CALL_COST = 250

export class Place {
  readonly #isStill: () => boolean
  #cluster: Cluster | undefined
  /** Something that was called in the cluster failed: the turn must fail as a whole. */
  failure: { readonly error: unknown } | undefined
  /** How much work the cluster has had with the computer's programs. */
  work = 0

  /** `isStill`: whether the session's clock stands. */
  constructor(isStill: () => boolean = () => false) {
    this.#isStill = isStill
  }

  /** Lets something happen on the computer while the cluster is there. */
  with<Result>(cluster: Cluster, act: () => Result): Result {
    this.#cluster = cluster
    this.failure = undefined
    try {
      const result = act()
      this.#check()
      return result
    } finally {
      this.#cluster = undefined
    }
  }

  /** The session's clock stands. */
  get isStill(): boolean {
    return this.#isStill()
  }

  /** A turn of the session lasts. */
  get isOpen(): boolean {
    return this.#cluster !== undefined
  }

  get now(): number {
    return this.cluster.now
  }

  get cluster(): Cluster {
    if (this.#cluster === undefined) throw new Error('the cluster was asked between two turns')
    return this.#cluster
  }

  /** Asks the cluster for something. */
  ask<Result>(question: (cluster: Cluster) => Result): Result {
    this.work += CALL_COST
    try {
      return question(this.cluster)
    } catch (error) {
      this.failure = { error }
      throw error
    }
  }

  #check(): void {
    if (this.failure !== undefined) throw this.failure.error
  }
}

/** Who the computer's owner is for the API server. kubernetes: kubeadm's admin.conf */
export const ADMINISTRATOR: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

export const VIEWER: UserInfo = {
  username: 'viewer',
  groups: ['kubarium:viewers', 'system:authenticated'],
}
