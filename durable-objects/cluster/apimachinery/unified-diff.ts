// The differences of two texts as Python's difflib finds them, which Go's difflib repeats: not the
// shortest, but the ones a reader expects. kubernetes: github.com/pmezard/go-difflib
import { append } from '#apimachinery/append.ts'

interface Block {
  readonly a: number
  readonly b: number
  readonly size: number
}

interface Change {
  readonly tag: 'equal' | 'replace' | 'delete' | 'insert'
  readonly a1: number
  readonly a2: number
  readonly b1: number
  readonly b2: number
}

/** From here on, lines that make up more than a hundredth of the text start no match. */
const POPULAR_FROM = 200

const placesOf = (lines: readonly string[]): ReadonlyMap<string, readonly number[]> => {
  const places = new Map<string, number[]>()
  for (const [index, line] of lines.entries()) {
    const known = places.get(line)
    if (known === undefined) places.set(line, [index])
    else known.push(index)
  }
  if (lines.length < POPULAR_FROM) return places
  const limit = Math.floor(lines.length / 100) + 1
  return new Map([...places].filter(([, indices]) => indices.length <= limit))
}

interface Texts {
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly places: ReadonlyMap<string, readonly number[]>
}

interface Window {
  readonly a1: number
  readonly a2: number
  readonly b1: number
  readonly b2: number
}

const longestMatch = ({ a, b, places }: Texts, { a1, a2, b1, b2 }: Window): Block => {
  let best: Block = { a: a1, b: b1, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = a1; i < a2; i++) {
    const next = new Map<number, number>()
    for (const j of places.get(a[i]!) ?? []) {
      if (j < b1) continue
      if (j >= b2) break
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    lengths = next
  }
  let { a: i, b: j, size } = best
  while (i > a1 && j > b1 && a[i - 1] === b[j - 1]) {
    i -= 1
    j -= 1
    size += 1
  }
  while (i + size < a2 && j + size < b2 && a[i + size] === b[j + size]) size += 1
  return { a: i, b: j, size }
}

const matchingBlocks = (texts: Texts): readonly Block[] => {
  const blocks: Block[] = []
  const visit = (window: Window): void => {
    const match = longestMatch(texts, window)
    if (match.size === 0) return
    if (window.a1 < match.a && window.b1 < match.b) visit({ ...window, a2: match.a, b2: match.b })
    blocks.push(match)
    const [endA, endB] = [match.a + match.size, match.b + match.size]
    if (endA < window.a2 && endB < window.b2) visit({ ...window, a1: endA, b1: endB })
  }
  visit({ a1: 0, a2: texts.a.length, b1: 0, b2: texts.b.length })
  const joined: Block[] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    if (last !== undefined && last.a + last.size === block.a && last.b + last.size === block.b)
      joined[joined.length - 1] = { ...last, size: last.size + block.size }
    else joined.push(block)
  }
  return [...joined, { a: texts.a.length, b: texts.b.length, size: 0 }]
}

const changesOf = (texts: Texts): readonly Change[] => {
  const changes: Change[] = []
  let [i, j] = [0, 0]
  for (const { a, b, size } of matchingBlocks(texts)) {
    const tag = i < a && j < b ? 'replace' : i < a ? 'delete' : j < b ? 'insert' : undefined
    if (tag !== undefined) changes.push({ tag, a1: i, a2: a, b1: j, b2: b })
    if (size > 0) changes.push({ tag: 'equal', a1: a, a2: a + size, b1: b, b2: b + size })
    i = a + size
    j = b + size
  }
  return changes
}

/** Changes with `context` equal lines around them, in groups that are further apart than that. */
const grouped = (changes: readonly Change[], context: number): readonly (readonly Change[])[] => {
  const groups: Change[][] = []
  let group: Change[] = []
  for (const [index, change] of changes.entries()) {
    const isFirst = index === 0
    const isLast = index === changes.length - 1
    const size = change.a2 - change.a1
    if (change.tag !== 'equal') group.push(change)
    else if (isFirst) {
      const skipped = Math.max(0, size - context)
      group.push({ ...change, a1: change.a1 + skipped, b1: change.b1 + skipped })
    } else if (isLast || size > 2 * context) {
      const kept = Math.min(size, context)
      group.push({ ...change, a2: change.a1 + kept, b2: change.b1 + kept })
      if (isLast) break
      groups.push(group)
      group = [{ ...change, a1: change.a2 - context, b1: change.b2 - context }]
    } else group.push(change)
  }
  if (group.some((change) => change.tag !== 'equal')) groups.push(group)
  return groups
}

const range = (start: number, stop: number): string => {
  const length = stop - start
  if (length === 1) return `${start + 1}`
  return length === 0 ? `${start},0` : `${start + 1},${length}`
}

/** The unified diff without file names; empty if the texts are equal. */
export const unifiedDiff = (a: string, b: string, context = 3): string => {
  const texts = { a: a.split('\n'), b: b.split('\n') }
  const changes = changesOf({ ...texts, places: placesOf(texts.b) })
  if (!changes.some((change) => change.tag !== 'equal')) return ''
  const lines: string[] = []
  for (const group of grouped(changes, context)) {
    const first = group[0]!
    const last = group.at(-1)!
    lines.push(`@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@`)
    for (const { tag, a1, a2, b1, b2 } of group) {
      if (tag === 'equal')
        append(
          lines,
          texts.a.slice(a1, a2).map((line) => ` ${line}`),
        )
      if (tag === 'replace' || tag === 'delete')
        append(
          lines,
          texts.a.slice(a1, a2).map((line) => `-${line}`),
        )
      if (tag === 'replace' || tag === 'insert')
        append(
          lines,
          texts.b.slice(b1, b2).map((line) => `+${line}`),
        )
    }
  }
  return `${lines.join('\n')}\n`
}
