import type { Selector } from '#apimachinery/labels.ts'
import type { KubeObject, StringMap } from '#apimachinery/object.ts'

/** What a list may be narrowed by without a scan. */
export interface IndexFilter {
  readonly namespace?: string
  readonly owner?: string
  readonly node?: string
  readonly involved?: string
  /** Used to narrow only: the caller still checks that the selector matches. */
  readonly labels?: Selector
}

type Keys = Map<string, Set<string>>

interface Indexed {
  readonly spec?: { readonly nodeName?: string }
  readonly involvedObject?: { readonly uid?: string }
}

/**
 * Keys by owner uid, by node, by the object an Event is about, and by `namespace, label key and value`. Kept per resource and updated
 * with each write only where the indexed part changed.
 */
export class Indexes {
  readonly #owners: Keys = new Map()
  readonly #nodes: Keys = new Map()
  readonly #involved: Keys = new Map()
  readonly #labels: Keys = new Map()

  update(old: KubeObject | undefined, next: KubeObject | undefined): void {
    const object = (next ?? old)!
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`
    const [before, after] = [old?.metadata, next?.metadata]
    if (before?.ownerReferences !== after?.ownerReferences) {
      for (const { uid } of before?.ownerReferences ?? []) remove(this.#owners, uid, key)
      for (const { uid } of after?.ownerReferences ?? []) add(this.#owners, uid, key)
    }
    this.#moveKey(
      this.#nodes,
      (old as Indexed | undefined)?.spec?.nodeName,
      (next as Indexed | undefined)?.spec?.nodeName,
      key,
    )
    this.#moveKey(
      this.#involved,
      (old as Indexed | undefined)?.involvedObject?.uid,
      (next as Indexed | undefined)?.involvedObject?.uid,
      key,
    )
    if (before?.labels !== after?.labels) {
      for (const term of terms(object.metadata.namespace, before?.labels))
        remove(this.#labels, term, key)
      for (const term of terms(object.metadata.namespace, after?.labels))
        add(this.#labels, term, key)
    }
  }

  /** The keys that may match, or undefined if no index narrows the filter. */
  select(filter: IndexFilter): ReadonlySet<string> | undefined {
    if (filter.owner !== undefined) return this.#owners.get(filter.owner) ?? NONE
    if (filter.node !== undefined) return this.#nodes.get(filter.node) ?? NONE
    if (filter.involved !== undefined) return this.#involved.get(filter.involved) ?? NONE
    if (filter.namespace === undefined || filter.labels === undefined) return undefined
    let smallest: ReadonlySet<string> | undefined
    for (const { key, operator, values } of filter.labels) {
      if (operator !== 'In' || values.length !== 1) continue
      const keys = this.#labels.get(termOf(filter.namespace, key, values[0]!)) ?? NONE
      if (smallest === undefined || keys.size < smallest.size) smallest = keys
    }
    return smallest
  }

  #moveKey(index: Keys, from: string | undefined, to: string | undefined, key: string): void {
    if (from === to) return
    if (from !== undefined) remove(index, from, key)
    if (to !== undefined) add(index, to, key)
  }
}

const NONE: ReadonlySet<string> = new Set()

const termOf = (namespace: string, key: string, value: string): string =>
  `${namespace}\0${key}\0${value}`

const terms = (namespace: string | undefined, labels: StringMap | undefined): string[] =>
  labels === undefined
    ? []
    : Object.keys(labels).map((key) => termOf(namespace ?? '', key, labels[key]!))

const add = (index: Keys, term: string, key: string): void => {
  const keys = index.get(term)
  if (keys === undefined) index.set(term, new Set([key]))
  else keys.add(key)
}

const remove = (index: Keys, term: string, key: string): void => {
  const keys = index.get(term)
  keys?.delete(key)
  if (keys?.size === 0) index.delete(term)
}
