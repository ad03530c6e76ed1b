// Sets of paths into an object. kubernetes: structured-merge-diff fieldpath/set.go
import { compareElements, fieldElement, pathText, type PathElement } from './path-element.ts'
import { RecentTable } from './recent.ts'

export interface FieldSetEntry {
  readonly element: PathElement
  /** The path to here is in the set, not only paths below it. */
  readonly isMember: boolean
  /** What is in the set below here; never empty. */
  readonly children: FieldSet | undefined
}

/** What stands at one element of a set. */
export type FieldSetPart = Pick<FieldSetEntry, 'isMember' | 'children'>

export type Path = readonly PathElement[]

/**
 * An immutable set. Equal sets are mostly one object (the most recent ones are remembered), so that ten
 * thousand Pods of one template share theirs; `equals` is right in any case.
 */
export class FieldSet {
  readonly id: number
  /** Sorted by element. */
  readonly entries: readonly FieldSetEntry[]

  /** Use `fieldSet`. */
  constructor(id: number, entries: readonly FieldSetEntry[]) {
    this.id = id
    this.entries = entries
  }
}

const remembered = new RecentTable<number, FieldSet>(8192)
let lastId = 0

type Operation = (a: FieldSet, b: FieldSet) => FieldSet

interface Result {
  readonly a: FieldSet
  readonly b: FieldSet
  readonly set: FieldSet
}

/** The operation, remembering its latest results: most objects are written as others like them were. */
const remembering = (operation: Operation): Operation => {
  const results = new RecentTable<number, Result>(4096)
  return (a, b) => {
    const hash = (Math.imul(a.id, 0x9e3779b1) + b.id) | 0
    const known = results.get(hash)
    if (known !== undefined && known.a === a && known.b === b) return known.set
    const set = operation(a, b)
    results.set(hash, { a, b, set })
    return set
  }
}

export const EMPTY: FieldSet = new FieldSet(0, [])

const hashOf = (entries: readonly FieldSetEntry[]): number => {
  let hash = entries.length
  for (const { element, isMember, children } of entries) {
    hash = (Math.imul(hash, 31) + element.id) | 0
    hash = (Math.imul(hash, 31) + (isMember ? 1 : 0) + 2 * (children?.id ?? 0)) | 0
  }
  return hash
}

/** Entries of the very same elements and children. */
const areSame = (a: readonly FieldSetEntry[], b: readonly FieldSetEntry[]): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    const [left, right] = [a[i]!, b[i]!]
    if (left.element !== right.element || left.isMember !== right.isMember) return false
    if (left.children !== right.children) return false
  }
  return true
}

/** The set of sorted entries, each a member or with children. */
const fromSorted = (entries: readonly FieldSetEntry[]): FieldSet => {
  if (entries.length === 0) return EMPTY
  const hash = hashOf(entries)
  const known = remembered.get(hash)
  if (known !== undefined && areSame(known.entries, entries)) return known
  const set = new FieldSet(++lastId, entries)
  remembered.set(hash, set)
  return set
}

/** By the hash of entries that were not in order. */
const rearranged = new RecentTable<
  number,
  { readonly given: readonly FieldSetEntry[]; readonly set: FieldSet }
>(4096)

/** The set of entries in any order; each element once. */
export const fieldSet = (entries: readonly FieldSetEntry[]): FieldSet => {
  if (entries.length < 2) return fromSorted(entries)
  const hash = hashOf(entries)
  const known = rearranged.get(hash)
  if (known !== undefined && areSame(known.given, entries)) return known.set
  const set = fromSorted([...entries].sort((a, b) => compareElements(a.element, b.element)))
  rearranged.set(hash, { given: entries, set })
  return set
}

const entry = (
  element: PathElement,
  isMember: boolean,
  children: FieldSet | undefined,
): FieldSetEntry => ({ element, isMember, children: nonEmpty(children) })

const nonEmpty = (set: FieldSet | undefined): FieldSet | undefined =>
  set === undefined || isEmpty(set) ? undefined : set

export const isEmpty = (set: FieldSet): boolean => set.entries.length === 0

/** Walks both sets in order; `take` sees the entries of an element on either side. */
const zip = (
  a: FieldSet,
  b: FieldSet,
  take: (
    left: FieldSetEntry | undefined,
    right: FieldSetEntry | undefined,
  ) => FieldSetEntry | undefined,
): FieldSet => {
  const out: FieldSetEntry[] = []
  let [i, j] = [0, 0]
  while (i < a.entries.length || j < b.entries.length) {
    const [left, right] = [a.entries[i], b.entries[j]]
    const order =
      left === undefined
        ? 1
        : right === undefined
          ? -1
          : compareElements(left.element, right.element)
    const taken = take(order <= 0 ? left : undefined, order >= 0 ? right : undefined)
    if (taken !== undefined && (taken.isMember || taken.children !== undefined)) out.push(taken)
    if (order <= 0) i++
    if (order >= 0) j++
  }
  const isSame =
    out.length === a.entries.length && out.every((item, index) => item === a.entries[index])
  return isSame ? a : fromSorted(out)
}

export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b || isEmpty(b)) return a
  if (isEmpty(a)) return b
  return zipUnion(a, b)
}

const zipUnion = remembering((a, b) =>
  zip(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left ?? right
    const children =
      left.children === undefined
        ? right.children
        : right.children === undefined
          ? left.children
          : union(left.children, right.children)
    const isMember = left.isMember || right.isMember
    if (isMember === left.isMember && children === left.children) return left
    return entry(left.element, isMember, children)
  }),
)

export const intersection = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b || isEmpty(a)) return a
  if (isEmpty(b)) return EMPTY
  return zipIntersection(a, b)
}

const zipIntersection = remembering((a, b) =>
  zip(a, b, (left, right) => {
    if (left === undefined || right === undefined) return undefined
    const children =
      left.children !== undefined && right.children !== undefined
        ? intersection(left.children, right.children)
        : undefined
    return entry(left.element, left.isMember && right.isMember, children)
  }),
)

/** What is in `a` but not in `b`. Taking away a parent leaves its children, and the other way round. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmpty(a) || isEmpty(b)) return a
  if (a === b) return EMPTY
  return zipDifference(a, b)
}

const zipDifference = remembering((a, b) =>
  zip(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left
    const children =
      left.children !== undefined && right.children !== undefined
        ? difference(left.children, right.children)
        : left.children
    const isMember = left.isMember && !right.isMember
    if (isMember === left.isMember && children === left.children) return left
    return entry(left.element, isMember, children)
  }),
)

/** As `difference`, but a path in `b` takes all that is below it away too. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmpty(a) || isEmpty(b)) return a
  return zipRecursiveDifference(a, b)
}

const zipRecursiveDifference = remembering((a, b) =>
  zip(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left
    if (right.isMember) return undefined
    const children =
      left.children !== undefined && right.children !== undefined
        ? recursiveDifference(left.children, right.children)
        : left.children
    return children === left.children ? left : entry(left.element, left.isMember, children)
  }),
)

export const equals = (a: FieldSet, b: FieldSet): boolean => {
  if (a === b) return true
  if (a.entries.length !== b.entries.length) return false
  return a.entries.every((left, index) => {
    const right = b.entries[index]!
    if (left.isMember !== right.isMember || left.element.text !== right.element.text) return false
    if (left.children === undefined || right.children === undefined)
      return left.children === right.children
    return equals(left.children, right.children)
  })
}

/** The entry at an element, by binary search. */
export const find = (set: FieldSet, element: PathElement): FieldSetEntry | undefined => {
  let [low, high] = [0, set.entries.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const candidate = set.entries[middle]!
    const order = compareElements(candidate.element, element)
    if (order === 0) return candidate
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

export const has = (set: FieldSet, path: Path): boolean => {
  let current: FieldSet | undefined = set
  let found: FieldSetEntry | undefined
  for (const element of path) {
    found = current === undefined ? undefined : find(current, element)
    if (found === undefined) return false
    current = found.children
  }
  return found?.isMember ?? false
}

/** Only the paths that have no others below them. */
export const leaves = (set: FieldSet): FieldSet =>
  zip(set, EMPTY, (left) =>
    left?.children === undefined ? left : entry(left.element, false, leaves(left.children)),
  )

/** Every path, the members at one level before what is below them. */
export const forEachPath = (
  set: FieldSet,
  visit: (path: Path) => void,
  prefix: Path = [],
): void => {
  for (const { element, isMember } of set.entries) if (isMember) visit([...prefix, element])
  for (const { element, children } of set.entries)
    if (children !== undefined) forEachPath(children, visit, [...prefix, element])
}

export const pathsOf = (set: FieldSet): readonly Path[] => {
  const paths: Path[] = []
  forEachPath(set, (path) => paths.push(path))
  return paths
}

/** The set that holds exactly these paths; the empty path means nothing. */
export const setOfPaths = (paths: readonly Path[]): FieldSet => {
  let set = EMPTY
  for (const path of paths) set = union(set, setOfPath(path))
  return set
}

const setOfPath = (path: Path): FieldSet => {
  let set: FieldSet | undefined
  for (const element of path.toReversed())
    set = fromSorted([{ element, isMember: set === undefined, children: set }])
  return set ?? EMPTY
}

/** `[['metadata', 'name'], ['status']]` as a set. */
export const setOfFields = (names: readonly (readonly string[])[]): FieldSet =>
  setOfPaths(names.map((path) => path.map(fieldElement)))

/** One path a line: for people and tests. */
export const setText = (set: FieldSet): string => pathsOf(set).map(pathText).join('\n')
