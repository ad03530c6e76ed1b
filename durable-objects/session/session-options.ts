// What may be said of a session when it is made, and later.
import type { DelaysRequest, SettingsRequest } from '../cluster/settings.ts'
import type { Access } from './access.ts'

export interface CreateOptions extends SettingsRequest {
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly key: string
  readonly seed: number
}

/** What may be said anew of a session. */
export interface Amendments {
  readonly delays?: DelaysRequest | undefined
  readonly title?: string | undefined
  readonly description?: string | undefined
}

export interface ForkOptions {
  /** The id of the session that this one is made of. */
  readonly from: string
  /** What its link lets one do there. */
  readonly access: Access
  /** The new session's. */
  readonly key: string
}
