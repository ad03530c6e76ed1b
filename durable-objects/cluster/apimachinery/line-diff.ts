// Which lines two texts have in common, as GNU diff finds them, and its unified output. diffutils: lib/diffseq.h, src/analyze.c, src/context.c
import { append } from '#apimachinery/append.ts'
import { shiftBoundaries, undiscarded } from '#apimachinery/line-diff-heuristics.ts'

const CONTEXT = 3
/** After so many steps a good answer is as welcome as the best one. diffutils: too_expensive */
const TOO_EXPENSIVE = 4096

interface Side {
  readonly lines: readonly string[]
  /** Of the whole text. */
  readonly changed: boolean[]
}

interface Sequences {
  readonly x: readonly string[]
  readonly y: readonly string[]
  /** Where in the texts they stand. */
  readonly xAt: readonly number[]
  readonly yAt: readonly number[]
  readonly deleted: boolean[]
  readonly inserted: boolean[]
}

interface Box {
  readonly x1: number
  readonly x2: number
  readonly y1: number
  readonly y2: number
}

interface Point {
  readonly x: number
  readonly y: number
}

/** The middle of a shortest way through the box: two searches that meet. diffutils: diag */
const middle = ({ x, y }: Sequences, box: Box): Point => {
  const { x1, x2, y1, y2 } = box
  const [low, high] = [x1 - y2, x2 - y1]
  const offset = 1 - low
  const forward: number[] = []
  const backward: number[] = []
  let [fMin, fMax] = [x1 - y1, x1 - y1]
  let [bMin, bMax] = [x2 - y2, x2 - y2]
  const isOdd = ((fMin - bMin) & 1) === 1
  forward[fMin + offset] = x1
  backward[bMin + offset] = x2
  for (let cost = 1; ; cost++) {
    if (fMin > low) forward[--fMin - 1 + offset] = -1
    else fMin++
    if (fMax < high) forward[++fMax + 1 + offset] = -1
    else fMax--
    for (let d = fMax; d >= fMin; d -= 2) {
      const [before, after] = [forward[d - 1 + offset]!, forward[d + 1 + offset]!]
      let i = before < after ? after : before + 1
      while (i < x2 && i - d < y2 && x[i] === y[i - d]) i++
      forward[d + offset] = i
      if (isOdd && bMin <= d && d <= bMax && backward[d + offset]! <= i) return { x: i, y: i - d }
    }
    if (bMin > low) backward[--bMin - 1 + offset] = Infinity
    else bMin++
    if (bMax < high) backward[++bMax + 1 + offset] = Infinity
    else bMax--
    for (let d = bMax; d >= bMin; d -= 2) {
      const [before, after] = [backward[d - 1 + offset]!, backward[d + 1 + offset]!]
      let i = before < after ? before : after - 1
      while (x1 < i && y1 < i - d && x[i - 1] === y[i - d - 1]) i--
      backward[d + offset] = i
      if (!isOdd && fMin <= d && d <= fMax && i <= forward[d + offset]!) return { x: i, y: i - d }
    }
    if (cost >= TOO_EXPENSIVE) return farthest(forward, offset, fMin, fMax, box)
  }
}

const farthest = (
  reached: readonly number[],
  offset: number,
  from: number,
  to: number,
  { x1, x2, y1, y2 }: Box,
): Point => {
  let best: Point = { x: x1, y: y1 }
  for (let d = to; d >= from; d -= 2) {
    let i = Math.min(reached[d + offset]!, x2)
    let j = i - d
    if (y2 < j) [i, j] = [y2 + d, y2]
    if (best.x + best.y < i + j) best = { x: i, y: j }
  }
  return best
}

/** Marks what is in one sequence only. diffutils: compareseq */
const compare = (sequences: Sequences, given: Box): void => {
  const { x, y, xAt, yAt, deleted, inserted } = sequences
  const open: Box[] = [given]
  for (let box = open.pop(); box !== undefined; box = open.pop()) {
    let { x1, x2, y1, y2 } = box
    while (x1 < x2 && y1 < y2 && x[x1] === y[y1]) [x1, y1] = [x1 + 1, y1 + 1]
    while (x1 < x2 && y1 < y2 && x[x2 - 1] === y[y2 - 1]) [x2, y2] = [x2 - 1, y2 - 1]
    if (x1 === x2) for (; y1 < y2; y1++) inserted[yAt[y1]!] = true
    else if (y1 === y2) for (; x1 < x2; x1++) deleted[xAt[x1]!] = true
    else {
      const { x: xMiddle, y: yMiddle } = middle(sequences, { x1, x2, y1, y2 })
      open.push({ x1: xMiddle, x2, y1: yMiddle, y2 }, { x1, x2: xMiddle, y1, y2: yMiddle })
    }
  }
}

/** Lines that are the same at both ends take no part, but for as many as are shown around changes. */
const windowOf = (a: readonly string[], b: readonly string[]): readonly [number, number] => {
  const least = Math.min(a.length, b.length)
  let start = 0
  while (start < least && a[start] === b[start]) start++
  let end = 0
  while (end < least - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return [Math.max(0, start - CONTEXT), Math.max(0, end - CONTEXT)]
}

const changesOf = (a: readonly string[], b: readonly string[]): readonly [Side, Side] => {
  const [skip, drop] = windowOf(a, b)
  const [x, y] = [a.slice(skip, a.length - drop), b.slice(skip, b.length - drop)]
  const [xAt, yAt] = [undiscarded(x, y), undiscarded(y, x)]
  const [deleted, inserted] = [x.map(() => true), y.map(() => true)]
  for (const at of xAt) deleted[at] = false
  for (const at of yAt) inserted[at] = false
  const sequences = {
    x: xAt.map((at) => x[at]!),
    y: yAt.map((at) => y[at]!),
    xAt,
    yAt,
    deleted,
    inserted,
  }
  compare(sequences, { x1: 0, x2: xAt.length, y1: 0, y2: yAt.length })
  shiftBoundaries(x, deleted, inserted)
  shiftBoundaries(y, inserted, deleted)
  const whole = (lines: readonly string[], changed: readonly boolean[]): Side => ({
    lines,
    changed: [
      ...Array.from({ length: skip }, () => false),
      ...changed,
      ...Array.from({ length: drop }, () => false),
    ],
  })
  return [whole(a, deleted), whole(b, inserted)]
}

/** Lines x1 up to x2 of the one text became y1 up to y2 of the other. */
export interface LineChange extends Box {}

const scriptOf = (a: Side, b: Side): readonly LineChange[] => {
  const script: LineChange[] = []
  let [i, j] = [0, 0]
  while (i < a.lines.length || j < b.lines.length) {
    const [x1, y1] = [i, j]
    while (a.changed[i] === true) i++
    while (b.changed[j] === true) j++
    if (i > x1 || j > y1) script.push({ x1, x2: i, y1, y2: j })
    i++
    j++
  }
  return script
}

/** What was changed, as `diff` would say it. */
export const lineChanges = (a: readonly string[], b: readonly string[]): readonly LineChange[] =>
  scriptOf(...changesOf(a, b))

const range = (start: number, count: number): string => {
  if (count === 1) return String(start + 1)
  return count === 0 ? `${start},0` : `${start + 1},${count}`
}

const NO_NEWLINE = '\n\\ No newline at end of file'

/** Lines with their newlines. */
export const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? []

export const markedLines = (mark: string, lines: readonly string[]): readonly string[] =>
  lines.map((line) => mark + (line.endsWith('\n') ? line.slice(0, -1) : line + NO_NEWLINE))

/** What `diff -u` prints below the names of two files; '' if they are the same. */
export const gnuUnifiedDiff = (before: string, after: string): string => {
  const [a, b] = [linesOf(before), linesOf(after)]
  return unifiedHunks(a, b, lineChanges(a, b))
}

export const unifiedHunks = (
  a: readonly string[],
  b: readonly string[],
  script: readonly LineChange[],
  context = CONTEXT,
): string => {
  const out: string[] = []
  for (let at = 0; at < script.length;) {
    let next = at + 1
    while (next < script.length && script[next]!.x1 - script[next - 1]!.x2 <= 2 * context) next++
    const hunk = script.slice(at, next)
    const [first, last] = [hunk[0]!, hunk.at(-1)!]
    const lead = Math.min(context, first.x1)
    const trail = Math.min(context, a.length - last.x2)
    const [x1, x2] = [first.x1 - lead, last.x2 + trail]
    const [y1, y2] = [first.y1 - lead, last.y2 + trail]
    out.push(`@@ -${range(x1, x2 - x1)} +${range(y1, y2 - y1)} @@`)
    let place = x1
    for (const change of hunk) {
      append(out, markedLines(' ', a.slice(place, change.x1)))
      append(out, markedLines('-', a.slice(change.x1, change.x2)))
      append(out, markedLines('+', b.slice(change.y1, change.y2)))
      place = change.x2
    }
    append(out, markedLines(' ', a.slice(place, x2)))
    at = next
  }
  return out.map((line) => `${line}\n`).join('')
}
