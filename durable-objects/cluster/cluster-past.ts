// What a cluster was: its state as of any revision that is kept.
import type { ClusterMemory } from '#cluster-memory.ts'
import type { ClusterState } from '#cluster-state.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { COMPACTED, type Etcd, type Revision, type StoredObject } from '#etcd/etcd.ts'

/** Why there is no state as of a revision: it was dropped, or the revision was not written yet. */
export type NoState = 'compacted' | 'not yet'

interface Moment {
  readonly at: number
  readonly random: number
}

export class ClusterPast {
  readonly #etcd: Etcd
  readonly #memory: ClusterMemory
  /** Of the revision that a cluster was made from: its own is not in the history any more. */
  readonly #first: { readonly revision: number; readonly moment: Moment } | undefined
  #compacted: number

  constructor(etcd: Etcd, memory: ClusterMemory, state: ClusterState | undefined) {
    this.#etcd = etcd
    this.#memory = memory
    const { revision = 0, compactedRevision = 0, moment } = state?.etcd ?? {}
    this.#compacted = compactedRevision
    const made = state && { at: state.now, random: state.randomPosition }
    // of a cluster without any history its state is that as of its revision
    const known = moment ?? (revision === compactedRevision ? made : undefined)
    this.#first = known && { revision: compactedRevision, moment: known }
  }

  /** The oldest revision whose state can be shown. */
  get oldest(): number {
    const compacted = Math.max(this.#compacted, this.#etcd.compactedRevision)
    // before the first revision there was no cluster, and what no row tells of has no moment
    const first = this.#momentOf(compacted) === undefined ? compacted + 1 : compacted
    return Math.max(1, first, this.#memory.oldest)
  }

  /** The writes from the oldest revision on whose state can be shown, without that which it begins with. */
  revisions(): readonly Revision[] {
    const kept = this.#etcd.since(this.oldest - 1)
    if (kept !== COMPACTED) return kept
    return this.#etcd.since(this.oldest) as readonly Revision[]
  }

  /** Nobody asks for what was before this revision any more. */
  compact(revision: number): void {
    this.#compacted = Math.max(this.#compacted, Math.min(revision, this.#etcd.revision))
    this.#memory.compact(this.#compacted)
  }

  /** Everything there is. */
  present(now: number, randomPosition: number): ClusterState {
    const { revision } = this.#etcd
    const objects = this.#etcd.objectsAt(revision) as readonly StoredObject[]
    return {
      etcd: { revision, compactedRevision: revision, objects, history: [] },
      memory: this.#memory.entries(''),
      randomPosition,
      now,
    }
  }

  stateAt(revision: number): ClusterState | NoState {
    if (!(revision <= this.#etcd.revision)) return 'not yet'
    const moment = this.#momentOf(revision)
    if (revision < this.oldest || moment === undefined) return 'compacted'
    const objects = this.#etcd.objectsAt(revision)
    if (objects === COMPACTED) return 'compacted'
    return {
      etcd: { revision, compactedRevision: revision, objects, history: [], moment },
      memory: this.#memory.at(revision),
      randomPosition: moment.random,
      now: moment.at,
    }
  }

  #momentOf(revision: number): Moment | undefined {
    const write = this.#etcd.written(revision)
    if (write !== undefined) return { at: write.at, random: write.random }
    return this.#first?.revision === revision ? this.#first.moment : undefined
  }
}

/** How a cluster refuses whoever wants to change the past. */
export const onlyLookedAt = (revision: number): StatusError =>
  new StatusError(
    405,
    'MethodNotAllowed',
    `this is the cluster as of revision ${revision}, which can only be looked at: to change it, fork the session at this revision`,
  )
