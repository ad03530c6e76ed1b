import type { KubeObject } from '#apimachinery/object.ts'

/** Where a key's newest object stands; undefined once the key is gone. */
export interface Slot {
  readonly name: string
  object: KubeObject | undefined
}

const byName = (a: Slot, b: Slot): number => (a.name < b.name ? -1 : 1)

/**
 * The keys of one resource in one namespace, in order. Only keys that came since the last list are sorted, and merged in; a key that
 * changes keeps its place. Lists that were handed out never change.
 */
export class OrderedKeys {
  readonly #slots = new Map<string, Slot>()
  #sorted: Slot[] = []
  #added: Slot[] = []
  #hasGaps = false
  #listed: readonly KubeObject[] | undefined

  get size(): number {
    return this.#slots.size
  }

  get(name: string): KubeObject | undefined {
    return this.#slots.get(name)?.object
  }

  set(name: string, object: KubeObject): void {
    this.#listed = undefined
    const slot = this.#slots.get(name)
    if (slot !== undefined) {
      slot.object = object
      return
    }
    const added = { name, object }
    this.#slots.set(name, added)
    this.#added.push(added)
  }

  delete(name: string): void {
    const slot = this.#slots.get(name)
    if (slot === undefined) return
    this.#listed = undefined
    this.#slots.delete(name)
    slot.object = undefined
    this.#hasGaps = true
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
