// An immutable map from text to values: a change makes a new map that shares all but one path with the old one. A hundred nodes hold
// a hundred maps of fifty thousand chains for little more than the price of one.
// The shape is a hash array mapped trie (P. Bagwell, Ideal Hash Trees, 2001).

const BITS = 5
const WIDTH = 1 << BITS
const MASK = WIDTH - 1
const HASH_BITS = 30

interface Leaf<V> {
  readonly hash: number
  /** More than one only where hashes are equal. */
  readonly entries: readonly (readonly [key: string, value: V])[]
}

interface Branch<V> {
  /** Which of the 32 places are taken. */
  readonly taken: number
  readonly children: readonly Node<V>[]
}

type Node<V> = Leaf<V> | Branch<V>

const isLeaf = <V>(node: Node<V>): node is Leaf<V> => 'entries' in node

const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) & ((1 << HASH_BITS) - 1)
}

const bitCount = (value: number): number => {
  let bits = value - ((value >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

const EMPTY: Branch<never> = { taken: 0, children: [] }

export class PersistentMap<V> {
  readonly #root: Branch<V>
  readonly size: number

  private constructor(root: Branch<V>, size: number) {
    this.#root = root
    this.size = size
  }

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>(EMPTY, 0)
  }

  static of<V>(entries: Iterable<readonly [string, V]>): PersistentMap<V> {
    return PersistentMap.empty<V>().withChanges(entries)
  }

  get(key: string): V | undefined {
    const hash = hashOf(key)
    let node: Node<V> = this.#root
    for (let shift = 0; ; shift += BITS) {
      if (isLeaf(node))
        return node.hash === hash ? node.entries.find(([other]) => other === key)?.[1] : undefined
      const bit = 1 << ((hash >>> shift) & MASK)
      if ((node.taken & bit) === 0) return undefined
      node = node.children[bitCount(node.taken & (bit - 1))]!
    }
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  with(key: string, value: V): PersistentMap<V> {
    return this.withChanges([[key, value]])
  }

  without(key: string): PersistentMap<V> {
    return this.withChanges([[key, undefined]])
  }

  /** A map with the changes made, in their order; `undefined` removes a key. The map itself if nothing differs. */
  withChanges(changes: Iterable<readonly [string, V | undefined]>): PersistentMap<V> {
    // What was made during this call may still be written to; all else belongs to somebody.
    const made = new Set<object>()
    let root = this.#root
    let { size } = this
    for (const [key, value] of changes) {
      const before = size
      const hash = hashOf(key)
      if (value === undefined) {
        const next = remove(root, 0, hash, key)
        if (next !== root) size = before - 1
        root = next === undefined || isLeaf(next) ? branchOf(next) : next
      } else {
        const state = { isNew: false }
        root = set(root, 0, { hash, key, value, made, state })
        if (state.isNew) size++
      }
    }
    return root === this.#root ? this : new PersistentMap(root, size)
  }

  /** In the order of the hashes: the same for the same keys, and no order that means anything. */
  *entries(): Generator<readonly [string, V], void> {
    yield* entriesOf(this.#root)
  }

  /** Sorted by key. */
  sorted(): readonly (readonly [string, V])[] {
    return [...this.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  }
}

function* entriesOf<V>(node: Node<V>): Generator<readonly [string, V], void> {
  if (isLeaf(node)) yield* node.entries
  else for (const child of node.children) yield* entriesOf(child)
}

interface Setting<V> {
  readonly hash: number
  readonly key: string
  readonly value: V
  readonly made: Set<object>
  readonly state: { isNew: boolean }
}

const branchOf = <V>(leaf: Leaf<V> | undefined): Branch<V> =>
  leaf === undefined ? EMPTY : { taken: 1 << (leaf.hash & MASK), children: [leaf] }

const set = <V>(branch: Branch<V>, shift: number, setting: Setting<V>): Branch<V> => {
  const { hash, key, value, state } = setting
  const bit = 1 << ((hash >>> shift) & MASK)
  const at = bitCount(branch.taken & (bit - 1))
  if ((branch.taken & bit) === 0) {
    state.isNew = true
    const leaf: Leaf<V> = { hash, entries: [[key, value]] }
    return changed(branch, branch.taken | bit, at, 0, leaf, setting)
  }
  const child = branch.children[at]!
  if (!isLeaf(child)) {
    const next = set(child, shift + BITS, setting)
    return next === child ? branch : changed(branch, branch.taken, at, 1, next, setting)
  }
  const next = child.hash === hash ? inLeaf(child, setting) : split(child, shift + BITS, setting)
  return next === child ? branch : changed(branch, branch.taken, at, 1, next, setting)
}

const inLeaf = <V>(leaf: Leaf<V>, { hash, key, value, state }: Setting<V>): Leaf<V> => {
  const index = leaf.entries.findIndex(([other]) => other === key)
  if (index >= 0 && leaf.entries[index]![1] === value) return leaf
  state.isNew = index < 0
  return {
    hash,
    entries:
      index < 0
        ? [...leaf.entries, [key, value]]
        : leaf.entries.map((entry, place) => (place === index ? [key, value] : entry)),
  }
}

/** Two leaves where one was. */
const split = <V>(leaf: Leaf<V>, shift: number, setting: Setting<V>): Branch<V> =>
  set({ taken: 1 << ((leaf.hash >>> shift) & MASK), children: [leaf] }, shift, setting)

const changed = <V>(
  branch: Branch<V>,
  taken: number,
  at: number,
  replaced: number,
  child: Node<V>,
  { made }: Setting<V>,
): Branch<V> => {
  if (made.has(branch)) {
    const own = branch as { taken: number; readonly children: Node<V>[] }
    own.taken = taken
    own.children.splice(at, replaced, child)
    return branch
  }
  const next = { taken, children: branch.children.toSpliced(at, replaced, child) }
  made.add(next)
  return next
}

/** undefined: nothing is left. */
const remove = <V>(
  branch: Branch<V>,
  shift: number,
  hash: number,
  key: string,
): Node<V> | undefined => {
  const bit = 1 << ((hash >>> shift) & MASK)
  if ((branch.taken & bit) === 0) return branch
  const at = bitCount(branch.taken & (bit - 1))
  const child = branch.children[at]!
  const next = isLeaf(child)
    ? withoutEntry(child, hash, key)
    : remove(child, shift + BITS, hash, key)
  if (next === child) return branch
  if (next !== undefined) {
    // a branch of one leaf is that leaf, so that the same keys always make the same tree
    if (isLeaf(next) && branch.children.length === 1) return next
    return { taken: branch.taken, children: branch.children.with(at, next) }
  }
  const children = branch.children.toSpliced(at, 1)
  const [only] = children
  if (only === undefined) return undefined
  return children.length === 1 && isLeaf(only) ? only : { taken: branch.taken & ~bit, children }
}

const withoutEntry = <V>(leaf: Leaf<V>, hash: number, key: string): Leaf<V> | undefined => {
  if (leaf.hash !== hash || leaf.entries.every(([other]) => other !== key)) return leaf
  const entries = leaf.entries.filter(([other]) => other !== key)
  return entries.length === 0 ? undefined : { hash, entries }
}
