import type { MemoryPast } from '#cluster-memory.ts'
import type { EtcdState, Revision } from '#etcd/etcd.ts'
import type { Settings } from '#settings.ts'

/** Nothing happens by itself before the session's time is `until`, or ever. */
export interface Rest {
  readonly until?: number
  /** The components that have something to do then, or later. */
  readonly busy?: readonly string[]
}

/** What a cluster is made again from. */
export interface ClusterState {
  readonly etcd: EtcdState
  readonly memory: readonly (readonly [string, string])[]
  /** What entries of the memory were before, oldest first, for as long as history is kept. */
  readonly memoryPast?: readonly MemoryPast[]
  readonly randomPosition: number
  /** The session's time when it was stored, in milliseconds. */
  readonly now: number
  /** Its components had done all that there was to do. */
  readonly rest?: Rest
}

/** What a turn changed: everything that must be stored before its answer leaves. */
export interface Changes {
  readonly revisions: readonly Revision[]
  readonly memory: readonly (readonly [string, string | undefined])[]
  /** To be stored beside what is stored of it already. */
  readonly memoryPast: readonly MemoryPast[]
  /** The oldest revision whose state can be shown: what is stored for older ones may go. */
  readonly oldest: number
  readonly randomPosition: number
  readonly now: number
  readonly rest: Rest
}

export interface ClusterOptions {
  readonly seed: number
  readonly settings: Settings
  /** Milliseconds since the epoch: the session's time at its birth. */
  readonly createdAt: number
  readonly state?: ClusterState
  /** It is only looked at: time stands still, nothing runs, and whoever writes is refused. */
  readonly isStill?: boolean
}
