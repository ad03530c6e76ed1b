// An immutable map from text to values: a change makes a new map that shares all but one path with the old one. A hundred nodes hold
// a hundred maps of fifty thousand chains for little more than the price of one.
// The shape is a hash array mapped trie (P. Bagwell, Ideal Hash Trees, 2001). It depends on the keys alone: the order in which they
// came, and others that left again, make no difference.

const BITS = 5
const MASK = (1 << BITS) - 1
const HASH_BITS = 30
/** The first level reads the highest bits, so that the leaves stand in the order of their hashes. */
const FIRST_SHIFT = HASH_BITS - BITS
/** So many changes are sorted where they stand. */
const FEW = 12
/** Together with the hash it fits into a number. */
const MAX_CHANGES = 2 ** (53 - HASH_BITS)

interface Leaf<V> {
  readonly hash: number
  readonly key: string
  readonly value: V
}

/** Two keys or more that have one hash, sorted. */
interface Clash<V> {
  readonly hash: number
  readonly leaves: readonly Leaf<V>[]
}

interface Branch<V> {
  /** Which of the 32 places are taken. */
  readonly taken: number
  readonly children: readonly Node<V>[]
}

type Node<V> = Leaf<V> | Clash<V> | Branch<V>

const isBranch = <V>(node: Node<V>): node is Branch<V> => 'children' in node
const isLeaf = <V>(node: Node<V>): node is Leaf<V> => 'key' in node

/** What decides a key's place: 30 bits. */
export const hashOf = (text: string): number => {
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

const bitOf = (hash: number, shift: number): number => 1 << ((hash >>> shift) & MASK)

export class PersistentMap<V> {
  readonly #root: Node<V> | undefined
  readonly size: number

  private constructor(root: Node<V> | undefined, size: number) {
    this.#root = root
    this.size = size
  }

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>(undefined, 0)
  }

  static of<V>(entries: Iterable<readonly [string, V]>): PersistentMap<V> {
    return PersistentMap.empty<V>().withChanges(entries)
  }

  get(key: string): V | undefined {
    const hash = hashOf(key)
    let node = this.#root
    for (let shift = FIRST_SHIFT; node !== undefined && isBranch(node); shift -= BITS) {
      const bit = bitOf(hash, shift)
      node = (node.taken & bit) === 0 ? undefined : node.children[bitCount(node.taken & (bit - 1))]
    }
    if (node === undefined) return undefined
    if (isLeaf(node)) return node.key === key ? node.value : undefined
    return node.leaves.find((leaf) => leaf.key === key)?.value
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
    const merge: Merge<V> = { changes: sortedChanges(changes), growth: 0 }
    const root = merged(this.#root, FIRST_SHIFT, { from: 0, to: merge.changes.length }, merge)
    return root === this.#root ? this : new PersistentMap(root, this.size + merge.growth)
  }

  /** In the order of the hashes: the same for the same keys, and no order that means anything. */
  *entries(): Generator<readonly [string, V], void> {
    // a stack of its own: a generator for each branch would cost more than the walk
    const nodes: Node<V>[] = this.#root === undefined ? [] : [this.#root]
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      if (isLeaf(node)) yield [node.key, node.value]
      else {
        const children = isBranch(node) ? node.children : node.leaves
        for (let at = children.length - 1; at >= 0; at--) nodes.push(children[at]!)
      }
    }
  }

  /** Sorted by key. */
  sorted(): readonly (readonly [string, V])[] {
    return [...this.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  }
}

interface KeyChange<V> {
  readonly hash: number
  readonly key: string
  /** undefined: the key is to leave. */
  readonly value: V | undefined
}

/** A change that sets a key becomes the key's leaf. */
const isLeafOf = <V>(change: KeyChange<V>): change is Leaf<V> => change.value !== undefined

interface Merge<V> {
  readonly changes: readonly KeyChange<V>[]
  /** How many keys more there are. */
  growth: number
}

interface Range {
  readonly from: number
  readonly to: number
}

/** By hash, and in their order where hashes are equal: each branch's changes are a range. */
const sortedChanges = <V>(
  changes: Iterable<readonly [string, V | undefined]>,
): readonly KeyChange<V>[] => {
  const list: KeyChange<V>[] = []
  for (const [key, value] of changes) list.push({ hash: hashOf(key), key, value })
  if (list.length <= FEW) return insertionSorted(list)
  if (list.length >= MAX_CHANGES) throw new Error(`more than ${MAX_CHANGES} changes at once`)
  // numbers sort much faster than objects
  const order = new Float64Array(list.length)
  for (let at = 0; at < list.length; at++) order[at] = list[at]!.hash * MAX_CHANGES + at
  order.sort()
  const sorted: KeyChange<V>[] = []
  // the remainder; % is slow where numbers have no 32 bits
  for (const number of order)
    sorted.push(list[number - Math.floor(number / MAX_CHANGES) * MAX_CHANGES]!)
  return sorted
}

const insertionSorted = <V>(list: KeyChange<V>[]): readonly KeyChange<V>[] => {
  for (let end = 1; end < list.length; end++) {
    const change = list[end]!
    let at = end
    for (; at > 0 && list[at - 1]!.hash > change.hash; at--) list[at] = list[at - 1]!
    list[at] = change
  }
  return list
}

/** What a node becomes by a range of the changes, all of which belong below it. */
const merged = <V>(
  node: Node<V> | undefined,
  shift: number,
  range: Range,
  merge: Merge<V>,
): Node<V> | undefined => {
  const { changes } = merge
  const { from, to } = range
  if (from === to) return node
  if (node === undefined || !isBranch(node)) {
    const { hash } = node ?? changes[from]!
    // sorted: if the first and the last are equal, all are
    if (changes[from]!.hash === hash && changes[to - 1]!.hash === hash)
      return mergedLeaves(node, range, merge)
  }
  return mergedBranch(node, shift, range, merge)
}

const mergedBranch = <V>(
  node: Node<V> | undefined,
  shift: number,
  { from, to }: Range,
  merge: Merge<V>,
): Node<V> | undefined => {
  const { changes } = merge
  const old = branchOf(node, shift)
  let taken = old?.taken ?? 0
  let children: Node<V>[] | undefined
  for (let start = from; start < to;) {
    const bit = bitOf(changes[start]!.hash, shift)
    let end = start + 1
    while (end < to && bitOf(changes[end]!.hash, shift) === bit) end++
    const at = bitCount(taken & (bit - 1))
    const child = (taken & bit) === 0 ? undefined : (children ?? old!.children)[at]
    const next = merged(child, shift - BITS, { from: start, to: end }, merge)
    start = end
    if (next === child) continue
    children ??= old === undefined ? [] : [...old.children]
    if (next === undefined) children.splice(at, 1)
    else if (child === undefined) children.splice(at, 0, next)
    else children[at] = next
    if (next === undefined || child === undefined) taken ^= bit
  }
  if (children === undefined) return node
  const [only] = children
  // a branch of one leaf is that leaf, so that the same keys always make the same tree
  if (only === undefined || (children.length === 1 && !isBranch(only))) return only
  return { taken, children }
}

/** A leaf where changes need a branch. */
const branchOf = <V>(node: Node<V> | undefined, shift: number): Branch<V> | undefined =>
  node === undefined || isBranch(node) ? node : { taken: bitOf(node.hash, shift), children: [node] }

/** All changes have the hash of the leaf. */
const mergedLeaves = <V>(
  node: Leaf<V> | Clash<V> | undefined,
  { from, to }: Range,
  merge: Merge<V>,
): Leaf<V> | Clash<V> | undefined => {
  if (node === undefined && to === from + 1) {
    const change = merge.changes[from]!
    if (!isLeafOf(change)) return undefined
    merge.growth++
    return change
  }
  const old = node === undefined ? [] : isLeaf(node) ? [node] : node.leaves
  let leaves = old
  for (let index = from; index < to; index++) leaves = withLeaf(leaves, merge.changes[index]!)
  merge.growth += leaves.length - old.length
  if (leaves.length === old.length && leaves.every((leaf, at) => leaf === old[at])) return node
  const [only] = leaves
  return only === undefined || leaves.length === 1 ? only : { hash: only.hash, leaves }
}

const withLeaf = <V>(leaves: readonly Leaf<V>[], change: KeyChange<V>): readonly Leaf<V>[] => {
  const at = leaves.findIndex((leaf) => leaf.key >= change.key)
  const place = at < 0 ? leaves.length : at
  const isThere = leaves[place]?.key === change.key
  if (!isLeafOf(change)) return isThere ? leaves.toSpliced(place, 1) : leaves
  if (isThere && leaves[place]?.value === change.value) return leaves
  return leaves.toSpliced(place, isThere ? 1 : 0, change)
}
