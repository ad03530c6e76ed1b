// Paths into JSON values, as printer columns are written: `.status.conditions[?(@.type=="Ready")].status`.
// kubernetes: client-go util/jsonpath
import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'

export class JsonPathError extends Error {}

type Values = readonly JsonValue[]
type Step = (values: Values) => Values

/** All values that a path leads to. */
export type JsonPath = (root: JsonValue) => Values

const isMap = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const childrenOf = (value: JsonValue): Values => {
  if (Array.isArray(value)) return value as readonly JsonValue[]
  return isMap(value) ? (Object.values(value) as Values) : []
}

const MAX_VALUES = 1000

const descendants = (value: JsonValue, into: JsonValue[] = []): Values => {
  if (into.length >= MAX_VALUES) return into
  into.push(value)
  for (const child of childrenOf(value)) descendants(child, into)
  return into
}

const field =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => {
      if (name === '*') return childrenOf(value)
      const found = isMap(value) ? own(value, name) : undefined
      return found === undefined ? [] : [found]
    })

const slice =
  (from: number | undefined, to: number | undefined, by: number): Step =>
  (values) =>
    values.flatMap((value) => {
      if (!Array.isArray(value)) return []
      const list = value as readonly JsonValue[]
      const end = (index: number): number => (index < 0 ? index + list.length : index)
      return list
        .slice(Math.max(0, end(from ?? 0)), Math.max(0, end(to ?? list.length)))
        .filter((_, index) => index % by === 0)
    })

const item =
  (index: number): Step =>
  (values) =>
    values.flatMap((value) => {
      const found = Array.isArray(value) ? (value as readonly JsonValue[]).at(index) : undefined
      return found === undefined ? [] : [found]
    })

const filter =
  (condition: (value: JsonValue) => boolean): Step =>
  (values) =>
    values.flatMap((value) => (Array.isArray(value) ? (value as Values).filter(condition) : []))

/** Reads a path. Throws a JsonPathError if it is none. */
export const parseJsonPath = (source: string): JsonPath => {
  const steps = new Reader(source).steps()
  return (root) => steps.reduce<Values>((values, step) => step(values), [root])
}

const OPERATORS = ['==', '!=', '<=', '>=', '<', '>'] as const

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  steps(): readonly Step[] {
    const steps: Step[] = []
    if (this.#source[0] === '$' || this.#source[0] === '@') this.#at++
    while (this.#at < this.#source.length) steps.push(this.#step())
    return steps
  }

  #step(): Step {
    const rest = this.#source.slice(this.#at)
    if (rest.startsWith('..')) {
      this.#at += rest.startsWith('..[') ? 2 : 1
      return (values) => values.flatMap((value) => descendants(value))
    }
    if (rest.startsWith('[')) return this.#bracket()
    const match = /^\.?((?:\\.|[^.[\]\\])+)/s.exec(rest)
    if (match === null) {
      if (rest === '.') {
        this.#at++
        return (values) => values
      }
      throw new JsonPathError(`unrecognized character in action: ${rest[0] ?? ''}`)
    }
    this.#at += match[0].length
    return field(match[1]!.replace(/\\(.)/gs, '$1'))
  }

  #bracket(): Step {
    const end = this.#closing()
    const inner = this.#source.slice(this.#at + 1, end).trim()
    this.#at = end + 1
    const condition = /^\?\((.*)\)$/s.exec(inner)
    if (condition !== null) return filter(conditionOf(condition[1]!.trim()))
    const quoted = /^(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")$/s.exec(inner)
    if (quoted !== null) return field((quoted[1] ?? quoted[2]!).replace(/\\(.)/gs, '$1'))
    if (inner === '*') return field('*')
    if (/^-?\d+$/.test(inner)) return item(Number(inner))
    const range = /^(-?\d*):(-?\d*)(?::(\d+))?$/.exec(inner)
    if (range === null) throw new JsonPathError(`invalid array index ${inner}`)
    const [, from = '', to = '', by] = range
    return slice(
      from === '' ? undefined : Number(from),
      to === '' ? undefined : Number(to),
      Math.max(1, Number(by ?? 1)),
    )
  }

  #closing(): number {
    let quote = ''
    let depth = 0
    for (let index = this.#at; index < this.#source.length; index++) {
      const letter = this.#source[index]!
      if (quote !== '') {
        if (letter === '\\') index++
        else if (letter === quote) quote = ''
      } else if (letter === '"' || letter === "'") quote = letter
      else if (letter === '[') depth++
      else if (letter === ']' && --depth === 0) return index
    }
    throw new JsonPathError('unterminated array')
  }
}

const conditionOf = (text: string): ((value: JsonValue) => boolean) => {
  const operator = OPERATORS.map((one) => ({ one, at: outside(text, one) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.one.length - a.one.length)[0]
  if (operator === undefined) {
    const path = operandOf(text)
    return (value) => path(value) !== undefined
  }
  const left = operandOf(text.slice(0, operator.at).trim())
  const right = operandOf(text.slice(operator.at + operator.one.length).trim())
  return (value) => compare(operator.one, left(value), right(value))
}

/** Where an operator stands outside of quotes; -1 if nowhere. */
const outside = (text: string, operator: string): number => {
  let quote = ''
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]!
    if (quote !== '') {
      if (letter === '\\') index++
      else if (letter === quote) quote = ''
    } else if (letter === '"' || letter === "'") quote = letter
    else if (text.startsWith(operator, index)) return index
  }
  return -1
}

const operandOf = (text: string): ((value: JsonValue) => JsonValue | undefined) => {
  if (text.startsWith('@') || text.startsWith('$')) {
    const path = parseJsonPath(text)
    return (value) => path(value)[0]
  }
  const quoted = /^(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")$/s.exec(text)
  if (quoted !== null) {
    const literal = (quoted[1] ?? quoted[2]!).replace(/\\(.)/gs, '$1')
    return () => literal
  }
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return () => Number(text)
  if (text === 'true' || text === 'false') return () => text === 'true'
  throw new JsonPathError(`unrecognized identifier ${text}`)
}

const compare = (
  operator: (typeof OPERATORS)[number],
  left: JsonValue | undefined,
  right: JsonValue | undefined,
): boolean => {
  if (operator === '==') return left === right
  if (operator === '!=') return left !== undefined && left !== right
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string'))
    return false
  const [a, b] = [left, right as typeof left]
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
  }
}
