// What there is and what happened in a cluster, as the texts of messages. They are made once, whoever is told: everybody sees what who
// only looks may see.
import type { Cluster } from '../../cluster/cluster.ts'
import type { Answer, ApiRequest } from '../../cluster/kube-apiserver/endpoints/http.ts'
import { VIEWER } from '../users.ts'
import { requestFor, type ResourceName, tagged } from './resources.ts'

/** Part of what happened. Who has got it knows everything up to `revision`. */
export interface Piece {
  readonly revision: number
  /** '': nothing of it concerns him. */
  readonly text: string
}

/** Where a list goes on. */
export interface Place {
  readonly resource: ResourceName
  /** All resources are listed as they were at one revision; absent: as they are. */
  readonly revision?: number
  /** The API's token for the next page. */
  readonly next?: string
  /** As many objects as the page before had: more of them are too large. */
  readonly limit?: number
}

export interface Page {
  readonly text: string
  readonly revision: number
  readonly limit: number
  /** Absent: this was the last one. */
  readonly next?: string
}

/** Characters of a message; one event or object may have more. */
const LONGEST_PIECE = 256 * 1024
const LONGEST_PAGE = 1024 * 1024
/** Characters of pages that are kept. */
const MOST_KEPT = 2 * 1024 * 1024
/** Objects in a page; fewer if they are large. */
const PAGE_SIZES = [500, 200, 50, 5, 1]

/** It stands before anything that a user wrote: what comes earlier are names. */
const REVISION = /"resourceVersion":"(\d+)"/

interface Line {
  readonly revision: number
  readonly text: string
}

/** The news as of one revision: made once for all who know as much as each other. */
export class News {
  /** The newest. */
  readonly revision: number
  readonly #cluster: Cluster
  readonly #made = new Map<string, readonly Piece[] | 'expired'>()
  readonly #pages = new Map<string, Page>()
  #room = MOST_KEPT

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.revision = cluster.revision
  }

  /** Whether they are this cluster's newest. */
  isOf(cluster: Cluster): boolean {
    return this.#cluster === cluster && this.revision === cluster.revision
  }

  /** Everybody was told what happened. What there is is kept for who comes next. */
  rest(): void {
    this.#made.clear()
  }

  /** What happened after a revision, in the order in which it happened. */
  after(revision: number, resources: readonly ResourceName[]): readonly Piece[] | 'expired' {
    const key = `${revision} ${resources.join(' ')}`
    let pieces = this.#made.get(key)
    if (pieces === undefined) this.#made.set(key, (pieces = this.#make(revision, resources)))
    return pieces
  }

  /** A page of a list; undefined: the list cannot be gone on with. */
  page(place: Place): Page | undefined {
    const { resource, revision = this.revision, next = '' } = place
    const key = `${resource} ${revision} ${next}`
    const kept = this.#pages.get(key)
    if (kept !== undefined) return kept
    const page = this.#list(place)
    this.#room -= page?.text.length ?? 0
    if (page !== undefined && this.#room > 0) this.#pages.set(key, page)
    return page
  }

  #list({ resource, revision, next, limit: most = Infinity }: Place): Page | undefined {
    const from: ApiRequest['query'] =
      next !== undefined
        ? [['continue', next]]
        : revision === undefined
          ? []
          : [
              ['resourceVersion', String(revision)],
              ['resourceVersionMatch', 'Exact'],
            ]
    for (const limit of PAGE_SIZES) {
      if (limit > most) continue
      const answer = this.#ask(resource, [...from, ['limit', String(limit)]])
      if (answer === 'expired') return undefined
      const list = answer.body.join('').trimEnd()
      if (list.length <= LONGEST_PAGE || limit === 1)
        return {
          text: `{"type":"list","resource":"${resource}","list":${list}}`,
          limit,
          ...metaOf(list),
        }
    }
    return undefined
  }

  #make(from: number, resources: readonly ResourceName[]): readonly Piece[] | 'expired' {
    const newest = this.revision
    if (from > newest) return 'expired'
    const lines: Line[] = []
    for (const resource of resources) {
      const added = this.#linesAfter(from, resource)
      if (added === 'expired') return added
      for (const line of added) lines.push(line)
    }
    // each resource is told in its order: only between them it has to be found
    lines.sort((a, b) => a.revision - b.revision)
    const pieces: Piece[] = []
    let events: string[] = []
    let length = 0
    const end = (revision: number): void => {
      if (events.length > 0)
        pieces.push({
          revision,
          text: `{"type":"objects","revision":${revision},"events":[${events.join(',')}]}`,
        })
      else if (pieces.at(-1)?.revision !== revision) pieces.push({ revision, text: '' })
      events = []
      length = 0
    }
    for (const [index, { text, revision }] of lines.entries()) {
      events.push(text)
      length += text.length
      if (length >= LONGEST_PIECE && index < lines.length - 1) end(revision)
    }
    end(newest)
    return pieces
  }

  #linesAfter(from: number, resource: ResourceName): readonly Line[] | 'expired' {
    const lines: Line[] = []
    let isExpired = false
    const answer = this.#cluster.handle({
      ...requestFor(resource, [
        ['watch', 'true'],
        ['resourceVersion', String(from)],
      ]),
      user: VIEWER,
    })
    if (!('watch' in answer)) throw new Error(`no watch of ${resource}: ${answer.body.join('')}`)
    answer.watch.start(
      (line) => {
        if (line.startsWith('{"type":"ERROR"')) isExpired = true
        const text = tagged(resource, line).trimEnd()
        lines.push({ revision: Number(REVISION.exec(line)?.[1]), text })
      },
      () => {},
    )
    answer.watch.close()
    return isExpired ? 'expired' : lines
  }

  #ask(resource: ResourceName, query: ApiRequest['query']): Answer | 'expired' {
    const answer = this.#cluster.handle({ ...requestFor(resource, query), user: VIEWER })
    if ('watch' in answer || answer.status !== 200) {
      if (answer.status === 410) return 'expired'
      throw new Error(`no list of ${resource}: ${answer.status}`)
    }
    return answer
  }
}

/** What a list says of itself stands before its items. */
const metaOf = (list: string): { readonly revision: number; readonly next?: string } => {
  const { metadata } = JSON.parse(`${list.slice(0, list.indexOf(',"items":['))}}`) as {
    readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  }
  const { resourceVersion, continue: next = '' } = metadata
  return { revision: Number(resourceVersion), ...(next === '' ? {} : { next }) }
}
