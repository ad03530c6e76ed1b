// Bounded memories for what is computed again and again from equal inputs. Two generations stand in for
// "least recently used": what is asked for moves to the young one, and when that is full the old one goes.

/** Remembers values by name or number. Forgetting costs only that an equal value is made anew. */
export class RecentTable<K, V> {
  readonly #limit: number
  #young = new Map<K, V>()
  #old: ReadonlyMap<K, V> = new Map()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key)
    if (value !== undefined) return value
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}

/** Remembers values by the identity of an object, without keeping the object alive. */
export class RecentMemo<V> {
  readonly #limit: number
  #size = 0
  #young = new WeakMap<object, V>()
  #old = new WeakMap<object, V>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: object): V | undefined {
    const value = this.#young.get(key)
    if (value !== undefined) return value
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: object, value: V): void {
    if (this.#size >= this.#limit) {
      this.#old = this.#young
      this.#young = new WeakMap()
      this.#size = 0
    }
    this.#size++
    this.#young.set(key, value)
  }
}
