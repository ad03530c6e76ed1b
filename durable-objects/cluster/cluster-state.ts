import type { EtcdState, Revision } from '#etcd/etcd.ts'
import type { Settings } from '#settings.ts'

/** What a cluster is made again from. */
export interface ClusterState {
  readonly etcd: EtcdState
  readonly memory: readonly (readonly [string, string])[]
  readonly randomPosition: number
  /** The session's time when it was stored, in milliseconds. */
  readonly now: number
}

/** What a turn changed: everything that must be stored before its answer leaves. */
export interface Changes {
  readonly revisions: readonly Revision[]
  readonly memory: readonly (readonly [string, string | undefined])[]
  readonly randomPosition: number
  readonly now: number
}

export interface ClusterOptions {
  readonly seed: number
  readonly settings: Settings
  /** Milliseconds since the epoch: the session's time at its birth. */
  readonly createdAt: number
  readonly state?: ClusterState
}
