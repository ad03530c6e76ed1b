import { signal, type ReadonlySignal } from '@preact/signals'
import type { Meta } from './objects.ts'

export interface Listed {
  readonly metadata: Meta
}

/** What happened to an object. */
export interface ObjectEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: Listed
}

const byNumber = new Intl.Collator('en', { numeric: true })

/** Oldest first: what is there keeps its place when something comes. */
const byAge = ({ metadata: a }: Listed, { metadata: b }: Listed): number =>
  byNumber.compare(a.creationTimestamp, b.creationTimestamp) || byNumber.compare(a.name, b.name)

/** A list of objects kept up by what happens to them. */
export class LiveList<T extends Listed> {
  readonly #items = signal<readonly T[] | undefined>(undefined)
  #objects = new Map<string, T>()
  /** What has come since the list began anew; what was there before is shown until that is whole. */
  #incoming: Map<string, T> | undefined
  #isFrameAsked = false

  /** Oldest first. Undefined until they have come. */
  get items(): ReadonlySignal<readonly T[] | undefined> {
    return this.#items
  }

  /** The list begins anew. */
  restart(): void {
    this.#incoming = new Map()
  }

  /** A part of what there is. */
  add(objects: readonly Listed[]): void {
    for (const object of objects) this.#incoming?.set(object.metadata.uid, object as T)
  }

  /** Everything that there is has come. */
  finish(): void {
    this.#objects = this.#incoming ?? this.#objects
    this.#incoming = undefined
    this.#show()
  }

  apply({ type, object }: ObjectEvent): void {
    if (type === 'DELETED') this.#objects.delete(object.metadata.uid)
    else this.#objects.set(object.metadata.uid, object as T)
    this.#show()
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
