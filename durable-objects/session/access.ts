// Who asks, what for, and why he is not answered.

/** What a link carries beside the session's id. */
export interface Access {
  /** Without it one only looks. */
  readonly key?: string
  /** The revision that is asked for; otherwise the session as it is now. */
  readonly at?: number
}

/** The past and snapshots can only be looked at: they are `read-only`. */
const REFUSALS = ['no such session', 'wrong key', 'key needed', 'read-only'] as const

/** Why a call on a session is not answered. */
export type Refusal = (typeof REFUSALS)[number] | RevisionRefusal

export const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === 'string'
    ? REFUSALS.some((refusal) => refusal === answer)
    : typeof answer === 'object' && answer !== null && 'refusal' in answer

/** The revision that was asked for was dropped, or never was. */
export interface RevisionRefusal {
  readonly refusal: 'compacted' | 'not yet'
  readonly revision: number
  /** The oldest and the newest whose state can be shown. */
  readonly oldest: number
  readonly newest: number
}
