// go: sort/zsortinterface.go. Which of two equal things comes first is up to the way it sorts.

/** What is sorted in place, by position. */
export interface Sortable {
  readonly length: number
  readonly less: (i: number, j: number) => boolean
  readonly swap: (i: number, j: number) => void
}

/** go: sort.Sort */
export const sortInPlace = (data: Sortable): void => {
  if (data.length > 1) patternDefeatingSort(data, 0, data.length, bitLength(data.length))
}

const MAX_INSERTION = 12

const bitLength = (value: number): number => value.toString(2).length

const patternDefeatingSort = (
  data: Sortable,
  from: number,
  to: number,
  badChoices: number,
): void => {
  let [a, b, limit] = [from, to, badChoices]
  let wasBalanced = true
  let wasPartitioned = true
  for (;;) {
    const length = b - a
    if (length <= MAX_INSERTION) return insertionSort(data, a, b)
    if (limit === 0) return heapSort(data, a, b)
    if (!wasBalanced) {
      breakPatterns(data, a, b)
      limit -= 1
    }
    let { pivot, hint } = choosePivot(data, a, b)
    if (hint === 'decreasing') {
      reverse(data, a, b)
      pivot = b - 1 - (pivot - a)
      hint = 'increasing'
    }
    if (wasBalanced && wasPartitioned && hint === 'increasing' && partialInsertionSort(data, a, b))
      return
    if (a > 0 && !data.less(a - 1, pivot)) {
      a = partitionEqual(data, a, b, pivot)
      continue
    }
    const { middle, already } = partition(data, a, b, pivot)
    wasPartitioned = already
    const [left, right] = [middle - a, b - middle]
    wasBalanced = Math.min(left, right) >= Math.floor(length / 8)
    if (left < right) {
      patternDefeatingSort(data, a, middle, limit)
      a = middle + 1
    } else {
      patternDefeatingSort(data, middle + 1, b, limit)
      b = middle
    }
  }
}

const insertionSort = ({ less, swap }: Sortable, a: number, b: number): void => {
  for (let i = a + 1; i < b; i++) for (let j = i; j > a && less(j, j - 1); j--) swap(j, j - 1)
}

const siftDown = ({ less, swap }: Sortable, low: number, high: number, first: number): void => {
  for (let root = low; ;) {
    let child = 2 * root + 1
    if (child >= high) return
    if (child + 1 < high && less(first + child, first + child + 1)) child += 1
    if (!less(first + root, first + child)) return
    swap(first + root, first + child)
    root = child
  }
}

const heapSort = (data: Sortable, a: number, b: number): void => {
  const length = b - a
  for (let i = Math.floor((length - 1) / 2); i >= 0; i--) siftDown(data, i, length, a)
  for (let i = length - 1; i >= 0; i--) {
    data.swap(a, a + i)
    siftDown(data, 0, i, a)
  }
}

const partition = (
  { less, swap }: Sortable,
  a: number,
  b: number,
  pivot: number,
): { readonly middle: number; readonly already: boolean } => {
  swap(a, pivot)
  let i = a + 1
  let j = b - 1
  for (let already = true; ; already = false) {
    while (i <= j && less(i, a)) i += 1
    while (i <= j && !less(j, a)) j -= 1
    if (i > j) {
      swap(j, a)
      return { middle: j, already }
    }
    swap(i, j)
    i += 1
    j -= 1
  }
}

const partitionEqual = ({ less, swap }: Sortable, a: number, b: number, pivot: number): number => {
  swap(a, pivot)
  let i = a + 1
  let j = b - 1
  for (;;) {
    while (i <= j && !less(a, i)) i += 1
    while (i <= j && less(a, j)) j -= 1
    if (i > j) return i
    swap(i, j)
    i += 1
    j -= 1
  }
}

/** Sorts what is nearly in order; true if that was all. */
const partialInsertionSort = ({ less, swap }: Sortable, a: number, b: number): boolean => {
  let i = a + 1
  for (let step = 0; step < 5; step++) {
    while (i < b && !less(i, i - 1)) i += 1
    if (i === b) return true
    if (b - a < 50) return false
    swap(i, i - 1)
    if (i - a >= 2) for (let j = i - 1; j >= 1 && less(j, j - 1); j--) swap(j, j - 1)
    if (b - i >= 2) for (let j = i + 1; j < b && less(j, j - 1); j++) swap(j, j - 1)
  }
  return false
}

/** Swaps three things with others, which an xorshift of the length chooses. */
const breakPatterns = ({ swap }: Sortable, a: number, b: number): void => {
  const length = b - a
  if (length < 8) return
  let random = BigInt(length)
  const mask = (1n << BigInt(bitLength(length))) - 1n
  const first = a + Math.floor(length / 4) * 2 - 1
  for (let i = 0; i < 3; i++) {
    random ^= BigInt.asUintN(64, random << 13n)
    random ^= random >> 7n
    random ^= BigInt.asUintN(64, random << 17n)
    const other = Number(random & mask)
    swap(first + i, a + (other >= length ? other - length : other))
  }
}

interface Pivot {
  readonly pivot: number
  readonly hint: 'increasing' | 'decreasing' | 'unknown'
}

const choosePivot = ({ less }: Sortable, a: number, b: number): Pivot => {
  let swaps = 0
  const ordered = (x: number, y: number): readonly [number, number] => {
    if (!less(y, x)) return [x, y]
    swaps += 1
    return [y, x]
  }
  const median = (x: number, y: number, z: number): number => {
    const [low, high] = ordered(x, y)
    const [middle] = ordered(high, z)
    return ordered(low, middle)[1]
  }
  const length = b - a
  const quarter = Math.floor(length / 4)
  const near = (at: number): number => (length >= 50 ? median(at - 1, at, at + 1) : at)
  let pivot = a + quarter * 2
  if (length >= 8) {
    const low = near(a + quarter)
    const middle = near(pivot)
    pivot = median(low, middle, near(a + quarter * 3))
  }
  return { pivot, hint: swaps === 0 ? 'increasing' : swaps === 12 ? 'decreasing' : 'unknown' }
}

const reverse = ({ swap }: Sortable, a: number, b: number): void => {
  for (let [i, j] = [a, b - 1]; i < j; i++, j--) swap(i, j)
}
