// go: src/sort/zsortfunc.go. Go's sort is not stable, and what users see depends on where it leaves equals: the same
// pattern-defeating quicksort with the same choices, written anew.

export type Less<T> = (a: T, b: T) => boolean

const MAX_INSERTION = 12
const SHORTEST_NINTHER = 50
const SHORTEST_SHIFTING = 50
const MAX_STEPS = 5
const MAX_SWAPS = 12

type Hint = 'unknown' | 'increasing' | 'decreasing'

/** A sorted copy, with equals in the order in which `sort.Sort` and `sort.Slice` leave them. */
export const goSort = <T>(list: readonly T[], less: Less<T>): readonly T[] => {
  const items = [...list]
  new Sorter(items, less).sort(0, items.length, bitLength(items.length))
  return items
}

const bitLength = (n: number): number => 32 - Math.clz32(n)

class Sorter<T> {
  readonly #items: T[]
  readonly #isLess: Less<T>
  #swaps = 0

  constructor(items: T[], less: Less<T>) {
    this.#items = items
    this.#isLess = less
  }

  sort(from: number, to: number, badChoices: number): void {
    let a = from
    let b = to
    let limit = badChoices
    let wasBalanced = true
    let wasPartitioned = true
    for (;;) {
      const length = b - a
      if (length <= MAX_INSERTION) return this.#insertionSort(a, b)
      if (limit === 0) return this.#heapSort(a, b)
      if (!wasBalanced) {
        this.#breakPatterns(a, b)
        limit -= 1
      }
      let { pivot, hint } = this.#choosePivot(a, b)
      if (hint === 'decreasing') {
        this.#reverse(a, b)
        pivot = b - 1 - (pivot - a)
        hint = 'increasing'
      }
      if (wasBalanced && wasPartitioned && hint === 'increasing' && this.#isNearlySorted(a, b))
        return
      if (a > 0 && !this.#less(a - 1, pivot)) {
        a = this.#partitionEqual(a, b, pivot)
        continue
      }
      const { middle, already } = this.#partition(a, b, pivot)
      wasPartitioned = already
      const left = middle - a
      const right = b - middle
      wasBalanced = Math.min(left, right) >= Math.trunc(length / 8)
      if (left < right) {
        this.sort(a, middle, limit)
        a = middle + 1
      } else {
        this.sort(middle + 1, b, limit)
        b = middle
      }
    }
  }

  #less(i: number, j: number): boolean {
    return this.#isLess(this.#items[i]!, this.#items[j]!)
  }

  #swap(i: number, j: number): void {
    const item = this.#items[i]!
    this.#items[i] = this.#items[j]!
    this.#items[j] = item
  }

  #insertionSort(a: number, b: number): void {
    for (let i = a + 1; i < b; i++)
      for (let j = i; j > a && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
  }

  #siftDown(low: number, high: number, first: number): void {
    for (let root = low; ;) {
      let child = 2 * root + 1
      if (child >= high) return
      if (child + 1 < high && this.#less(first + child, first + child + 1)) child += 1
      if (!this.#less(first + root, first + child)) return
      this.#swap(first + root, first + child)
      root = child
    }
  }

  #heapSort(a: number, b: number): void {
    const high = b - a
    for (let i = Math.trunc((high - 1) / 2); i >= 0; i--) this.#siftDown(i, high, a)
    for (let i = high - 1; i >= 0; i--) {
      this.#swap(a, a + i)
      this.#siftDown(0, i, a)
    }
  }

  #partition(a: number, b: number, pivot: number): { middle: number; already: boolean } {
    this.#swap(a, pivot)
    let i = a + 1
    let j = b - 1
    const advance = (): boolean => {
      while (i <= j && this.#less(i, a)) i += 1
      while (i <= j && !this.#less(j, a)) j -= 1
      return i <= j
    }
    let already = true
    while (advance()) {
      already = false
      this.#swap(i, j)
      i += 1
      j -= 1
    }
    this.#swap(j, a)
    return { middle: j, already }
  }

  #partitionEqual(a: number, b: number, pivot: number): number {
    this.#swap(a, pivot)
    let i = a + 1
    let j = b - 1
    for (;;) {
      while (i <= j && !this.#less(a, i)) i += 1
      while (i <= j && this.#less(a, j)) j -= 1
      if (i > j) return i
      this.#swap(i, j)
      i += 1
      j -= 1
    }
  }

  #isNearlySorted(a: number, b: number): boolean {
    let i = a + 1
    for (let step = 0; step < MAX_STEPS; step++) {
      while (i < b && !this.#less(i, i - 1)) i += 1
      if (i === b) return true
      if (b - a < SHORTEST_SHIFTING) return false
      this.#swap(i, i - 1)
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.#less(j, j - 1); j++) this.#swap(j, j - 1)
    }
    return false
  }

  #breakPatterns(a: number, b: number): void {
    const length = b - a
    if (length < 8) return
    const random = xorShift(length)
    const mask = (1n << BigInt(bitLength(length))) - 1n
    const index = a + Math.trunc(length / 4) * 2 - 1
    for (let i = 0; i < 3; i++) {
      const other = Number(random() & mask)
      this.#swap(index + i, a + (other >= length ? other - length : other))
    }
  }

  #choosePivot(a: number, b: number): { pivot: number; hint: Hint } {
    const length = b - a
    const quarter = Math.trunc(length / 4)
    let i = a + quarter
    let j = a + quarter * 2
    let k = a + quarter * 3
    this.#swaps = 0
    if (length >= 8) {
      if (length >= SHORTEST_NINTHER) {
        i = this.#median(i - 1, i, i + 1)
        j = this.#median(j - 1, j, j + 1)
        k = this.#median(k - 1, k, k + 1)
      }
      j = this.#median(i, j, k)
    }
    const hint =
      this.#swaps === 0 ? 'increasing' : this.#swaps === MAX_SWAPS ? 'decreasing' : 'unknown'
    return { pivot: j, hint }
  }

  #median(first: number, second: number, third: number): number {
    const [a, b] = this.#ordered(first, second)
    const [c] = this.#ordered(b, third)
    return this.#ordered(a, c)[1]
  }

  #ordered(a: number, b: number): readonly [number, number] {
    if (!this.#less(b, a)) return [a, b]
    this.#swaps += 1
    return [b, a]
  }

  #reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.#swap(i, j)
  }
}

const xorShift = (seed: number): (() => bigint) => {
  let state = BigInt(seed)
  return () => {
    state ^= BigInt.asUintN(64, state << 13n)
    state ^= state >> 7n
    state ^= BigInt.asUintN(64, state << 17n)
    return state
  }
}
