// What a session was made as, and when it was stored last.
import { createHash } from 'node:crypto'
import { templateManifests } from '../cluster/bootstrap/templates.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Rest } from '../cluster/cluster-state.ts'
import { applyManifests } from '../cluster/manifests/apply.ts'
import type { SettingsRequest } from '../cluster/settings.ts'
import type { ClockState } from '../session-clock.ts'
import type { Maker } from './snapshot/kept-snapshot.ts'
import { ADMINISTRATOR } from './users.ts'

/** What was decided when the session was made. */
export interface Birth {
  readonly format: number
  readonly title: string
  readonly description?: string
  /** In real time. */
  readonly createdAt: number
  /** The session's time when its cluster began, if that was in another session; otherwise `createdAt`. */
  readonly bornAt?: number
  readonly seed: number
  readonly keyHash: string
  readonly settings: SettingsRequest
  readonly lineage?: Lineage
  /** It is a snapshot: it never changes. */
  readonly snapshot?: { readonly revision: number; readonly makers: readonly Maker[] }
}

/** What a session was forked from. */
export interface Lineage {
  /** A session's id, or a snapshot's hash. Who has it may look there. */
  readonly forkedFrom: string
  readonly title: string
  readonly revision: number
}

export interface Moment extends ClockState {
  readonly randomPosition: number
  readonly rest?: Rest
}

export const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest()

/** Applies what the session's template brings. */
export const furnish = (cluster: Cluster, settings: SettingsRequest): void => {
  const manifests = templateManifests(settings)
  const outcome =
    manifests === undefined ? undefined : applyManifests(cluster, ADMINISTRATOR, manifests)
  if (outcome?.error !== undefined)
    throw new Error(`a template does not apply: ${outcome.error.message}`)
}
