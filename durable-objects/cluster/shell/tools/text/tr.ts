// tr
import { standardInput } from '#shell/tools/input.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const range = (from: number, to: number): string => {
  let text = ''
  for (let code = from; code <= to; code++) text += String.fromCharCode(code)
  return text
}

const DIGITS = range(48, 57)
const UPPER = range(65, 90)
const LOWER = range(97, 122)
const PUNCT = range(33, 47) + range(58, 64) + range(91, 96) + range(123, 126)
const CLASSES: Readonly<Record<string, string>> = {
  digit: DIGITS,
  upper: UPPER,
  lower: LOWER,
  alpha: UPPER + LOWER,
  alnum: DIGITS + UPPER + LOWER,
  space: '\t\n\v\f\r ',
  blank: '\t ',
  punct: PUNCT,
  cntrl: `${range(0, 31)}\x7f`,
  print: range(32, 126),
  graph: range(33, 126),
  xdigit: `${DIGITS}ABCDEFabcdef`,
}
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
}
const MOST = 70_000

class SetError extends Error {}

interface Item {
  readonly chars: string
  /** `[x*]`: as often as the other set asks. */
  readonly isFilling?: boolean
}

const escapeAt = (text: string, at: number): readonly [string, number] => {
  const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0]
  if (octal !== undefined)
    return [String.fromCharCode(Number.parseInt(octal, 8) & 255), at + 1 + octal.length]
  const next = text[at + 1]
  if (next === undefined) return ['\\', at + 1]
  return [Object.hasOwn(ESCAPES, next) ? ESCAPES[next]! : next, at + 2]
}

const charAt = (text: string, at: number): readonly [string, number] => {
  if (text[at] === '\\') return escapeAt(text, at)
  const char = String.fromCodePoint(text.codePointAt(at)!)
  return [char, at + char.length]
}

const itemAt = (text: string, at: number): readonly [Item, number] => {
  const named = /^\[:([a-z]+):\]/.exec(text.slice(at, at + 12))
  if (named !== null) {
    const name = named[1]!
    if (!Object.hasOwn(CLASSES, name)) throw new SetError(`invalid character class '${name}'`)
    return [{ chars: CLASSES[name]! }, at + named[0].length]
  }
  const repeated = /^\[(\\.|[^\\])\*([0-9]*)\]/s.exec(text.slice(at, at + 20))
  if (repeated !== null) {
    const [char] = charAt(repeated[1]!, 0)
    const digits = repeated[2]!
    const count = Number.parseInt(digits === '' ? '0' : digits, digits.startsWith('0') ? 8 : 10)
    const next = at + repeated[0].length
    return count === 0
      ? [{ chars: char, isFilling: true }, next]
      : [{ chars: char.repeat(Math.min(count, MOST)) }, next]
  }
  const [from, next] = charAt(text, at)
  if (text[next] !== '-' || next + 1 >= text.length) return [{ chars: from }, next]
  const [to, after] = charAt(text, next + 1)
  const [first, last] = [from.codePointAt(0)!, to.codePointAt(0)!]
  if (last < first)
    throw new SetError(`range-endpoints of '${from}-${to}' are in reverse collating sequence order`)
  return [{ chars: range(first, Math.min(last, first + MOST)) }, after]
}

/** `length`: what a filling item fills up to. */
const expandSet = (text: string, length: number): readonly string[] => {
  const items: Item[] = []
  for (let at = 0; at < text.length;) {
    const [item, next] = itemAt(text, at)
    items.push(item)
    at = next
  }
  const fixed = items.reduce(
    (sum, { chars, isFilling }) => sum + (isFilling === true ? 0 : chars.length),
    0,
  )
  return items.flatMap(({ chars, isFilling }) =>
    isFilling === true ? Array<string>(Math.max(0, length - fixed)).fill(chars) : [...chars],
  )
}

interface Plan {
  readonly map: (char: string) => string | undefined
  readonly isSqueezed: (char: string) => boolean
}

const planOf = (run: Run): Plan => {
  const [first = '', second] = run.operands
  const from = expandSet(first, 0)
  const isComplement = run.has('c') || run.has('C')
  const members = new Set(from)
  const isMember = (char: string): boolean => members.has(char) !== isComplement
  const to = second === undefined ? [] : expandSet(second, from.length)
  const target = new Set(to)
  if (run.has('d'))
    return {
      map: (char) => (isMember(char) ? undefined : char),
      isSqueezed: (char) => run.has('s') && target.has(char),
    }
  if (second === undefined) return { map: (char) => char, isSqueezed: isMember }
  const isSqueezed = (char: string): boolean => run.has('s') && target.has(char)
  const last = to.at(-1) ?? ''
  if (isComplement) return { map: (char) => (isMember(char) ? last : char), isSqueezed }
  const table = new Map<string, string>()
  const most = run.has('t') ? Math.min(from.length, to.length) : from.length
  for (let index = 0; index < most; index++) table.set(from[index]!, to[index] ?? last)
  return { map: (char) => table.get(char) ?? char, isSqueezed }
}

function* checkOperands(run: Run): ToolRun<number | undefined> {
  const { length } = run.operands
  const isOne = (run.has('d') && !run.has('s')) || (run.has('s') && !run.has('d') && length < 2)
  const [first, second, third] = run.operands
  if (!run.isGnu) return length === 0 ? yield* run.bare() : undefined
  if (first === undefined) return yield* run.usage('missing operand')
  if (!isOne && second === undefined)
    return yield* run.usage(
      `missing operand after '${first}'\nTwo strings must be given when ${run.has('d') ? 'both deleting and squeezing repeats' : 'translating'}.`,
    )
  const extra = run.has('d') && !run.has('s') ? second : third
  if (extra === undefined) return undefined
  const reason =
    length === 2 ? '\nOnly one string may be given when deleting without squeezing repeats.' : ''
  return yield* run.usage(`extra operand '${extra}'${reason}`)
}

export const tr = tool(
  'tr',
  {
    short: '+cCdst',
    long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's', 'truncate-set1': 't' },
  },
  function* (run) {
    const wrong = yield* checkOperands(run)
    if (wrong !== undefined) return wrong
    let plan: Plan
    try {
      plan = planOf(run)
    } catch (error) {
      if (!(error instanceof SetError)) throw error
      return yield* run.fail(error.message)
    }
    if (run.operands[1] === '' && !run.has('d'))
      return yield* run.fail('when not truncating set1, string2 must be non-empty')
    const input = standardInput(run)
    let last: string | undefined
    for (;;) {
      const chunk = yield* input.chunk()
      if (chunk === undefined) return 0
      let text = ''
      for (const char of chunk) {
        const changed = plan.map(char)
        if (changed === undefined) continue
        if (changed === last && plan.isSqueezed(changed)) continue
        last = changed
        text += changed
      }
      run.print(text)
      if (run.isFull) yield* run.flush()
    }
  },
)
