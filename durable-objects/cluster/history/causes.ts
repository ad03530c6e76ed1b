// Why something happened: from a revision back to what somebody outside wanted.
import { actorOf, type Actor } from '#apimachinery/origin.ts'
import type { Cluster } from '#cluster.ts'
import type { Revision } from '#etcd/etcd.ts'
import { controllerOf } from '#apimachinery/object.ts'
import { entryOf, type RevisionEntry } from './entry.ts'
import { sentenceOf } from './says.ts'
import { spanText } from './words.ts'

/** A revision of the chain, and why it was written: the next one says more. */
export interface CauseLink extends RevisionEntry {
  /** `because Pod default/web-1 became Ready (revision 812)` */
  readonly because: string
  /** Why it was written is not known any more: the next one is what came before it. */
  readonly isGuess?: true
}

const MOST_LINKS = 40

interface Step {
  readonly next: Revision | undefined
  readonly because: string
  readonly isGuess?: true
}

const numbered = (revision: Revision): string =>
  `${sentenceOf(revision)} (revision ${revision.revision})`

const endOf = (actor: Actor | undefined, oldest: number): string => {
  if (actor === undefined) return `and it was not noted who wrote it`
  if ('user' in actor)
    return `because ${actor.user} asked for it${actor.agent === '' ? '' : ` with ${actor.agent}`}`
  return `and what made ${actor.component} write it is not kept: the history begins at revision ${oldest}`
}

export class Causes {
  readonly #kept: readonly Revision[]
  readonly #oldest: number

  constructor(cluster: Cluster) {
    this.#kept = cluster.revisions()
    this.#oldest = cluster.oldest
  }

  written(revision: number): Revision | undefined {
    return this.#kept[revision - (this.#kept[0]?.revision ?? 0)]
  }

  /** From the revision itself on. */
  chainOf(revision: Revision): readonly CauseLink[] {
    const chain: CauseLink[] = []
    for (let link: Revision | undefined = revision; link !== undefined;) {
      const step: Step = this.#stepFrom(link)
      const { next, ...told } = step
      chain.push({ ...entryOf(link), ...told })
      // a cause is always older: it ends
      link = chain.length < MOST_LINKS ? next : undefined
    }
    return chain
  }

  #stepFrom(revision: Revision): Step {
    const { cause, by, previous } = revision
    const actor = actorOf(by)
    const end: Step = { next: undefined, because: endOf(actor, this.#oldest) }
    if (cause !== undefined) {
      const next = this.written(cause.revision)
      if (next === undefined)
        return {
          next,
          because: `because of revision ${cause.revision}, which is not kept any more`,
        }
      const waited = cause.due === undefined ? 0 : cause.due - next.at
      const since = waited > 0 && next.at > 0 ? `${spanText(waited)} had passed since ` : ''
      return { next, because: `because ${since}${numbered(next)}` }
    }
    if (actor !== undefined && 'user' in actor) return end
    const next = previous === undefined ? this.#ownerOf(revision) : this.#before(revision)
    if (next !== undefined) return { next, because: `after ${numbered(next)}`, isGuess: true }
    // the first write of an object by a server that knows no cause
    if (by === 'component:kube-apiserver' && previous === undefined)
      return { next, because: 'because the API server needs it' }
    return end
  }

  #before({ previous }: Revision): Revision | undefined {
    return this.written(Number(previous?.metadata.resourceVersion))
  }

  /** What its owner was when it was made. */
  #ownerOf({ revision, object }: Revision): Revision | undefined {
    const owner = object === undefined ? undefined : controllerOf(object)
    if (owner === undefined) return undefined
    return this.#kept
      .slice(0, Math.max(0, revision - (this.#kept[0]?.revision ?? 0)))
      .findLast(({ object: other }) => other?.metadata.uid === owner.uid)
  }
}

/** The whole chain as one sentence. */
export const storyOf = (chain: readonly CauseLink[]): string => {
  const [first] = chain
  if (first === undefined) return ''
  return `${first.what.says}, ${chain.map(({ because }) => because).join(', ')}.`
}
