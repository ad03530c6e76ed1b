import { signal, type ReadonlySignal } from '@preact/signals'
import type { Meta } from './objects.ts'

export interface Listed {
  readonly metadata: Meta
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: Listed
}

const byNumber = new Intl.Collator('en', { numeric: true })

/** Oldest first: what is there keeps its place when something comes. */
const byAge = ({ metadata: a }: Listed, { metadata: b }: Listed): number =>
  byNumber.compare(a.creationTimestamp, b.creationTimestamp) || byNumber.compare(a.name, b.name)

/** A list of objects kept up by the events of a watch. */
export class LiveList<T extends Listed> {
  readonly #items = signal<readonly T[] | undefined>(undefined)
  #objects = new Map<string, T>()
  /** What has come since the watch began anew; what was there before is shown until that is whole. */
  #incoming: Map<string, T> | undefined
  #isFrameAsked = false

  /** Oldest first. Undefined until they have come. */
  get items(): ReadonlySignal<readonly T[] | undefined> {
    return this.#items
  }

  /** A new watch begins, with all that there is. */
  restart(): void {
    this.#incoming = new Map()
  }

  apply({ type, object }: WatchEvent): void {
    if (type === 'ERROR') return
    if (type === 'BOOKMARK') {
      this.#objects = this.#incoming ?? this.#objects
      this.#incoming = undefined
    } else {
      const objects = this.#incoming ?? this.#objects
      if (type === 'DELETED') objects.delete(object.metadata.uid)
      else objects.set(object.metadata.uid, object as T)
    }
    if (this.#incoming === undefined) this.#show()
  }

  /** At most once in a frame, however much happens. */
  #show(): void {
    if (this.#isFrameAsked) return
    this.#isFrameAsked = true
    requestAnimationFrame(() => {
      this.#isFrameAsked = false
      this.#items.value = [...this.#objects.values()].sort(byAge)
    })
  }
}
