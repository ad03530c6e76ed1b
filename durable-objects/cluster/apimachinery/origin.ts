/** Why something is done: the revision that asked for it and, if it waited, the moment until which it did (ms since the epoch). */
export interface Cause {
  readonly revision: number
  readonly due?: number
}

/**
 * Who acts now, and because of what. One for each cluster: whoever lets somebody act says so here, and the store notes it with each write.
 */
export interface Origin {
  /** `component:replicaset-controller` or `client:kubernetes-admin:kubectl` */
  by: string
  /** Undefined: somebody outside wanted it so, or it is not known any more. */
  cause: Cause | undefined
  /** Those who watch are being told of the revision that `cause` names. */
  isTelling: boolean
  /** The session's time. */
  readonly now: () => number
  /** How many random numbers were drawn. */
  readonly chance: () => number
}

export const newOrigin = (now = () => 0, chance = () => 0): Origin => ({
  by: '',
  cause: undefined,
  isTelling: false,
  now,
  chance,
})

export const component = (name: string): string => `component:${name}`

const MAX_NAME = 128

const bounded = (text: string): string =>
  Array.from(text.slice(0, 2 * MAX_NAME))
    .slice(0, MAX_NAME)
    .join('')

// The last colon divides user and agent: users have colons of their own.
const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll(':', '%3A')

/** A client that asked from outside: as whom, and with what. */
export const client = (user: string, agent: string): string =>
  `client:${bounded(user)}:${escaped(bounded(agent))}`

/** Who acted, as it is told. */
export type Actor =
  | { readonly component: string }
  | { readonly user: string; readonly agent: string }

/** Reads `by`. Undefined: it was written before that was noted. */
export const actorOf = (by: string): Actor | undefined => {
  const kind = by.slice(0, by.indexOf(':'))
  const rest = by.slice(kind.length + 1)
  if (kind === 'component') return { component: rest }
  if (kind !== 'client') return undefined
  const end = rest.lastIndexOf(':')
  const agent = rest
    .slice(end + 1)
    .replaceAll('%3A', ':')
    .replaceAll('%25', '%')
  return { user: rest.slice(0, end), agent }
}
