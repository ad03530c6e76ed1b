import type { CelFunction } from '#apimachinery/cel/functions.ts'
import { CelError, isList, textOfCel, type Cel } from '#apimachinery/cel/values.ts'
import { quote } from '#apimachinery/field-error.ts'
import { compilePattern, PatternError, type Pattern } from '#apimachinery/re2.ts'

const onText =
  (apply: (text: string, args: readonly Cel[]) => Cel | undefined): CelFunction =>
  (target, args) =>
    typeof target === 'string' ? apply(target, args) : undefined

const withText = (apply: (text: string, other: string) => Cel): CelFunction =>
  onText((text, [other]) => (typeof other === 'string' ? apply(text, other) : undefined))

const patternOf = (source: string): Pattern => {
  try {
    return compilePattern(source)
  } catch (error) {
    throw error instanceof PatternError ? new CelError(error.message) : error
  }
}

const indexIn = (index: Cel | undefined, length: number): number => {
  if (typeof index !== 'bigint') throw new CelError('no such overload')
  if (index < 0n || index > BigInt(length))
    throw new CelError(`index out of range: ${String(index)}`)
  return Number(index)
}

const letters = (text: string): readonly string[] => [...text]

const position = (text: string, other: string, from: number, last: boolean): bigint => {
  const all = letters(text)
  const head = all.slice(0, from).join('').length
  const found = last
    ? text.lastIndexOf(other, from >= all.length ? Infinity : head)
    : text.indexOf(other, head)
  return found < 0 ? -1n : BigInt(letters(text.slice(0, found)).length)
}

const indexOf = (last: boolean): CelFunction =>
  onText((text, [other, from]) => {
    if (typeof other !== 'string') return undefined
    const length = letters(text).length
    return position(
      text,
      other,
      from === undefined ? (last ? length : 0) : indexIn(from, length),
      last,
    )
  })

const substring = onText((text, [from, to]) => {
  const all = letters(text)
  const start = indexIn(from, all.length)
  const end = to === undefined ? all.length : indexIn(to, all.length)
  if (start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`)
  return all.slice(start, end).join('')
})

const limited = (limit: Cel | undefined): number => (typeof limit === 'bigint' ? Number(limit) : -1)

const replace = onText((text, [before, after, limit]) => {
  if (typeof before !== 'string' || typeof after !== 'string') return undefined
  const most = limited(limit)
  if (most < 0) return text.split(before).join(after)
  const parts = text.split(before)
  const cut = Math.min(most, parts.length - 1)
  return (
    parts.slice(0, cut + 1).join(after) +
    (cut + 1 < parts.length ? before : '') +
    parts.slice(cut + 1).join(before)
  )
})

const split = onText((text, [separator, limit]) => {
  if (typeof separator !== 'string') return undefined
  const most = limited(limit)
  if (most === 0) return []
  const parts = separator === '' ? letters(text) : text.split(separator)
  if (most < 0 || parts.length <= most) return parts
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)]
})

const join: CelFunction = (target, [separator = '']) => {
  if (!isList(target) || typeof separator !== 'string') return undefined
  if (!target.every((one) => typeof one === 'string')) return undefined
  return target.join(separator)
}

/** kubernetes: cel-go ext/formatting.go */
const format = onText((text, [values]) => {
  if (!isList(values)) return undefined
  let next = 0
  return text.replace(
    /%(?:\.(\d{1,3}))?([a-zA-Z%])/g,
    (_, digits: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      if (next >= values.length) throw new CelError(`index ${next} out of range`)
      return formatted(values[next++]!, verb, digits)
    },
  )
})

const MAX_DIGITS = 100

const formatted = (value: Cel, verb: string, digits: string | undefined): string => {
  const base = BASES[verb.toLowerCase()]
  if (verb === 's' || verb === 'd') return textOfCel(value)
  if (verb === 'f' || verb === 'e') {
    const number = typeof value === 'bigint' ? Number(value) : value
    if (typeof number !== 'number') throw new CelError('no such overload')
    const precision = Math.min(Number(digits ?? 6), MAX_DIGITS)
    return verb === 'f' ? number.toFixed(precision) : number.toExponential(precision)
  }
  if (base === undefined)
    throw new CelError(
      `could not parse formatting clause: unrecognized formatting clause ${quote(verb)}`,
    )
  if (typeof value === 'boolean' && verb === 'b') return String(Number(value))
  if (typeof value !== 'bigint') throw new CelError('no such overload')
  const text = value.toString(base)
  return verb === 'X' ? text.toUpperCase() : text
}

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16 }

const findAll = onText((text, [source, limit]) => {
  if (typeof source !== 'string') return undefined
  const pattern = patternOf(source)
  const most = limit === undefined ? Infinity : limited(limit)
  const found: string[] = []
  for (let at = 0; found.length < most && at <= text.length;) {
    const match = pattern.exec(text, at)
    if (match === undefined) break
    const [from = 0, to = 0] = match
    found.push(text.slice(from, to))
    at = to > from ? to : to + 1
  }
  return found
})

export const stringFunctions: Readonly<Record<string, CelFunction>> = {
  contains: withText((text, other) => text.includes(other)),
  startsWith: withText((text, other) => text.startsWith(other)),
  endsWith: withText((text, other) => text.endsWith(other)),
  matches: (target, args) => {
    const [text, source] = target === undefined ? args : [target, args[0]]
    return typeof text === 'string' && typeof source === 'string'
      ? patternOf(source).test(text)
      : undefined
  },
  charAt: onText((text, [index]) => letters(text)[indexIn(index, letters(text).length)] ?? ''),
  indexOf: indexOf(false),
  lastIndexOf: indexOf(true),
  lowerAscii: onText((text) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())),
  upperAscii: onText((text) => text.replace(/[a-z]+/g, (part) => part.toUpperCase())),
  trim: onText((text) => text.trim()),
  reverse: onText((text) => letters(text).toReversed().join('')),
  replace,
  split,
  substring,
  join,
  format,
  'strings.quote': (_, [text]) => (typeof text === 'string' ? quote(text) : undefined),
  find: withText((text, source) => {
    const match = patternOf(source).exec(text)
    return match === undefined ? '' : text.slice(match[0], match[1])
  }),
  findAll,
}
