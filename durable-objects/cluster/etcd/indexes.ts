import type { Selector } from '#apimachinery/labels.ts'
import type { KubeObject, StringMap } from '#apimachinery/object.ts'
import type { Slot } from '#etcd/ordered-keys.ts'

/** What a list may be narrowed by without a scan. */
export interface IndexFilter {
  readonly namespace?: string
  readonly owner?: string
  readonly node?: string
  readonly involved?: string
  /** Used to narrow only: the caller still checks that the selector matches. */
  readonly labels?: Selector
}

type Slots = Map<string, Set<Slot>>

interface Indexed {
  readonly spec?: { readonly nodeName?: string }
  readonly involvedObject?: { readonly uid?: string }
}

/**
 * Where objects stand by owner uid, by node, by the object an Event is about, and by `namespace, label key and value`. Kept per
 * resource and updated with each write only where the indexed part changed.
 */
export class Indexes {
  readonly #owners: Slots = new Map()
  readonly #nodes: Slots = new Map()
  readonly #involved: Slots = new Map()
  readonly #labels: Slots = new Map()

  update(slot: Slot, old: KubeObject | undefined, next: KubeObject | undefined): void {
    const { namespace } = slot
    const [before, after] = [old?.metadata, next?.metadata]
    if (before?.ownerReferences !== after?.ownerReferences) {
      for (const { uid } of before?.ownerReferences ?? []) remove(this.#owners, uid, slot)
      for (const { uid } of after?.ownerReferences ?? []) add(this.#owners, uid, slot)
    }
    this.#move(
      this.#nodes,
      (old as Indexed | undefined)?.spec?.nodeName,
      (next as Indexed | undefined)?.spec?.nodeName,
      slot,
    )
    this.#move(
      this.#involved,
      (old as Indexed | undefined)?.involvedObject?.uid,
      (next as Indexed | undefined)?.involvedObject?.uid,
      slot,
    )
    if (before?.labels !== after?.labels) {
      for (const term of terms(namespace, before?.labels)) remove(this.#labels, term, slot)
      for (const term of terms(namespace, after?.labels)) add(this.#labels, term, slot)
    }
  }

  /** Where those stand that may match, or undefined if no index narrows the filter. */
  select(filter: IndexFilter): ReadonlySet<Slot> | undefined {
    if (filter.owner !== undefined) return this.#owners.get(filter.owner) ?? NONE
    if (filter.node !== undefined) return this.#nodes.get(filter.node) ?? NONE
    if (filter.involved !== undefined) return this.#involved.get(filter.involved) ?? NONE
    if (filter.namespace === undefined || filter.labels === undefined) return undefined
    let smallest: ReadonlySet<Slot> | undefined
    for (const { key, operator, values } of filter.labels) {
      if (operator !== 'In' || values.length !== 1) continue
      const found = this.#labels.get(termOf(filter.namespace, key, values[0]!)) ?? NONE
      if (smallest === undefined || found.size < smallest.size) smallest = found
    }
    return smallest
  }

  #move(index: Slots, from: string | undefined, to: string | undefined, slot: Slot): void {
    if (from === to) return
    if (from !== undefined) remove(index, from, slot)
    if (to !== undefined) add(index, to, slot)
  }
}

const NONE: ReadonlySet<Slot> = new Set()

const termOf = (namespace: string, key: string, value: string): string =>
  `${namespace}\0${key}\0${value}`

const terms = (namespace: string, labels: StringMap | undefined): string[] =>
  labels === undefined ? [] : Object.keys(labels).map((key) => termOf(namespace, key, labels[key]!))

const add = (index: Slots, term: string, slot: Slot): void => {
  const slots = index.get(term)
  if (slots === undefined) index.set(term, new Set([slot]))
  else slots.add(slot)
}

const remove = (index: Slots, term: string, slot: Slot): void => {
  const slots = index.get(term)
  slots?.delete(slot)
  if (slots?.size === 0) index.delete(term)
}
