// What GNU diff does before and after it compares lines, so that people like what they see. diffutils: src/analyze.c

const KEPT = 0
const GONE = 1
const PROVISIONAL = 2

/** Places of the lines that are worth comparing: the others are in one text only, or all over the other. diffutils: discard_confusing_lines */
export const undiscarded = (
  lines: readonly string[],
  others: readonly string[],
): readonly number[] => {
  const counts = new Map<string, number>()
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1)
  let many = 5
  for (let size = Math.floor(lines.length / 64) >> 2; size > 0; size >>= 2) many *= 2
  const discards = lines.map((line) => {
    const count = counts.get(line) ?? 0
    return count === 0 ? GONE : count > many ? PROVISIONAL : KEPT
  })
  for (let at = 0; at < discards.length; at++) {
    if (discards[at] === PROVISIONAL) discards[at] = KEPT
    else if (discards[at] === GONE) at = settleRun(discards, at)
  }
  return discards.flatMap((discard, at) => (discard === KEPT ? [at] : []))
}

/** Frequent lines go only in the midst of lines that go. Returns where to go on. */
const settleRun = (discards: number[], start: number): number => {
  let end = start
  let provisional = 0
  for (; end < discards.length && discards[end] !== KEPT; end++)
    if (discards[end] === PROVISIONAL) provisional++
  while (end > start && discards[end - 1] === PROVISIONAL) {
    discards[--end] = KEPT
    provisional--
  }
  const length = end - start
  if (provisional * 4 > length) {
    for (let at = start; at < end; at++) if (discards[at] === PROVISIONAL) discards[at] = KEPT
    return start
  }
  keepSubruns(discards, start, length)
  keepAtEnd(discards, (at) => start + at, length)
  keepAtEnd(discards, (at) => end - 1 - at, length)
  return end - 1
}

/** Many frequent lines in a row stay. */
const keepSubruns = (discards: number[], start: number, length: number): void => {
  let least = 1
  for (let size = length >> 4; size > 0; size >>= 2) least <<= 1
  least++
  let row = 0
  for (let at = 0; at < length; at++) {
    if (discards[start + at] !== PROVISIONAL) row = 0
    else if (least === ++row) at -= row
    else if (least < row) discards[start + at] = KEPT
  }
}

/** Frequent lines stay near the ends of a run. */
const keepAtEnd = (discards: number[], place: (at: number) => number, length: number): void => {
  let row = 0
  for (let at = 0; at < length; at++) {
    const here = place(at)
    if (at >= 8 && discards[here] === GONE) return
    if (discards[here] === GONE) row++
    else {
      row = 0
      discards[here] = KEPT
    }
    if (row === 3) return
  }
}

/** Moves runs of changed lines to where they meet changes of the other text, or as far down as they go. diffutils: shift_boundaries */
export const shiftBoundaries = (
  lines: readonly string[],
  changed: boolean[],
  otherChanged: readonly boolean[],
): void => {
  const end = lines.length
  let [i, j] = [0, 0]
  for (;;) {
    while (i < end && changed[i] !== true) {
      while (otherChanged[j++] === true);
      i++
    }
    if (i === end) return
    let start = i
    while (changed[++i] === true);
    while (otherChanged[j] === true) j++
    let length: number
    let corresponding: number
    do {
      length = i - start
      while (start > 0 && lines[start - 1] === lines[i - 1]) {
        changed[--start] = true
        changed[--i] = false
        while (changed[start - 1] === true) start--
        while (otherChanged[--j] === true);
      }
      corresponding = otherChanged[j - 1] === true ? i : end
      while (i !== end && lines[start] === lines[i]) {
        changed[start++] = false
        changed[i++] = true
        while (changed[i] === true) i++
        while (otherChanged[++j] === true) corresponding = i
      }
    } while (length !== i - start)
    while (corresponding < i) {
      changed[--start] = true
      changed[--i] = false
      while (otherChanged[--j] === true);
    }
  }
}
