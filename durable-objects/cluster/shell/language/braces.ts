// `{a,b}` and `{1..3}`, as bash expands them: on the text of a word, before anything else.

/** All words that it stands for; at most `most` of them. */
export const expandBraces = (text: string, most: number): readonly string[] => {
  const found = findBraces(text)
  if (found === undefined) return [text]
  const { before, items, after } = found
  const tails = expandBraces(after, most)
  const out: string[] = []
  for (const item of items)
    for (const middle of expandBraces(item, most))
      for (const tail of tails) {
        if (out.length >= most) return out
        out.push(before + middle + tail)
      }
  return out
}

interface Found {
  readonly before: string
  readonly items: readonly string[]
  readonly after: string
}

const findBraces = (text: string): Found | undefined => {
  for (let at = skip(text, 0); at < text.length; at = skip(text, at + 1)) {
    if (text[at] !== '{') continue
    const items = itemsAt(text, at)
    if (items !== undefined)
      return { before: text.slice(0, at), items: items.items, after: text.slice(items.end) }
  }
  return undefined
}

/** Past what is quoted or belongs to an expansion. */
const skip = (text: string, from: number): number => {
  let at = from
  for (;;) {
    const character = text[at]
    if (character === '\\') at += 2
    else if (character === "'") at = after(text, "'", at + 1)
    else if (character === '"') at = afterDouble(text, at + 1)
    else if (character === '`') at = after(text, '`', at + 1)
    else if (character === '$' && (text[at + 1] === '{' || text[at + 1] === '('))
      at = afterNested(text, at + 1)
    else return at
  }
}

const after = (text: string, what: string, from: number): number => {
  const end = text.indexOf(what, from)
  return end < 0 ? text.length : end + 1
}

const afterDouble = (text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

const afterNested = (text: string, open: number): number => {
  const [opening, closing] = text[open] === '{' ? ['{', '}'] : ['(', ')']
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === opening) depth++
    else if (text[at] === closing && --depth === 0) return at + 1
  }
  return text.length
}

const itemsAt = (
  text: string,
  open: number,
): { readonly items: readonly string[]; readonly end: number } | undefined => {
  const commas = [open]
  let depth = 0
  for (let at = skip(text, open); at < text.length; at = skip(text, at + 1)) {
    if (text[at] === '{') depth++
    else if (text[at] === ',' && depth === 1) commas.push(at)
    else if (text[at] === '}' && --depth === 0) {
      if (commas.length === 1) {
        const items = sequence(text.slice(open + 1, at))
        return items === undefined ? undefined : { items, end: at + 1 }
      }
      const items = [...commas.slice(1), at].map((end, index) =>
        text.slice(commas[index]! + 1, end),
      )
      return { items, end: at + 1 }
    }
  }
  return undefined
}

const MOST_ITEMS = 10_000

const sequence = (text: string): readonly string[] | undefined => {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(text)
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(text)
  const match = numbers ?? letters
  if (match === null) return undefined
  const [, first, last, by] = match
  const value = (word: string): number =>
    numbers === null ? word.codePointAt(0)! : Number.parseInt(word, 10)
  const [from, to] = [value(first!), value(last!)]
  const step = Math.abs(Number(by ?? 1)) || 1
  const width =
    numbers !== null && [first!, last!].some((word) => /^-?0\d/.test(word))
      ? Math.max(first!.length, last!.length)
      : 0
  const out: string[] = []
  const count = Math.floor(Math.abs(to - from) / step)
  for (let index = 0; index <= count && index < MOST_ITEMS; index++) {
    const item = from + (from <= to ? step : -step) * index
    out.push(numbers === null ? String.fromCodePoint(item) : padded(item, width))
  }
  return out
}

const padded = (value: number, width: number): string =>
  value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0')
