import type { KubeObject } from '#apimachinery/object.ts'

/** Where a key's newest object stands; undefined once the key is gone. */
export interface Slot {
  readonly namespace: string
  readonly name: string
  object: KubeObject | undefined
}

const byName = (a: Slot, b: Slot): number => (a.name < b.name ? -1 : 1)

/** As etcd orders them: a namespace's keys stand together, for they all begin with its name and a slash. */
export const inKeyOrder = (a: Slot, b: Slot): number => {
  if (a.namespace === b.namespace) return byName(a, b)
  return `${a.namespace}/` < `${b.namespace}/` ? -1 : 1
}

/**
 * The keys of one resource in one namespace, in order. Only keys that came since the last list are sorted, and merged in; a key that
 * changes keeps its place. Lists that were handed out never change.
 */
export class OrderedKeys {
  readonly #namespace: string
  readonly #slots = new Map<string, Slot>()
  #sorted: Slot[] = []
  #added: Slot[] = []
  #hasGaps = false
  #listed: readonly KubeObject[] | undefined

  constructor(namespace: string) {
    this.#namespace = namespace
  }

  get size(): number {
    return this.#slots.size
  }

  get(name: string): KubeObject | undefined {
    return this.#slots.get(name)?.object
  }

  set(name: string, object: KubeObject): Slot {
    this.#listed = undefined
    const slot = this.#slots.get(name)
    if (slot !== undefined) {
      slot.object = object
      return slot
    }
    const added = { namespace: this.#namespace, name, object }
    this.#slots.set(name, added)
    this.#added.push(added)
    return added
  }

  /** Returns what stood there. */
  delete(name: string): Slot | undefined {
    const slot = this.#slots.get(name)
    if (slot === undefined) return undefined
    this.#listed = undefined
    this.#slots.delete(name)
    slot.object = undefined
    this.#hasGaps = true
    return slot
  }

  /** Sorted by name. */
  list(): readonly KubeObject[] {
    if (this.#listed !== undefined) return this.#listed
    this.#sort()
    return (this.#listed = this.#sorted.map(({ object }) => object!)) // gaps were closed
  }

  #sort(): void {
    if (this.#hasGaps) {
      this.#sorted = this.#sorted.filter(({ object }) => object !== undefined)
      this.#added = this.#added.filter(({ object }) => object !== undefined)
      this.#hasGaps = false
    }
    if (this.#added.length === 0) return
    this.#sorted = merge(this.#sorted, this.#added.sort(byName))
    this.#added = []
  }
}

const merge = (left: readonly Slot[], right: readonly Slot[]): Slot[] => {
  if (left.length === 0) return [...right]
  const merged: Slot[] = []
  let next = 0
  for (const slot of left) {
    while (next < right.length && right[next]!.name < slot.name) merged.push(right[next++]!)
    merged.push(slot)
  }
  while (next < right.length) merged.push(right[next++]!)
  return merged
}
