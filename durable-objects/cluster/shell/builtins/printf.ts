// The formats of printf(1).
import { unescape } from '#shell/builtins/escapes.ts'
import { byteLength } from '#shell/files/bytes.ts'
import { formatMoment } from '#shell/tools/system/moment.ts'

interface Result {
  readonly text: string
  /** Arguments that should have been numbers. */
  readonly bad: readonly string[]
}

interface Place {
  /** Characters. */
  readonly most: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** When the shell began. */
  readonly startedAt: number
}

const DIRECTIVE = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:\(([^)]*)\)(T)|([a-zA-Z%]))/g

/** The format is used again while arguments are left. */
export const formatted = (format: string, args: readonly string[], place: Place): Result => {
  const bad: string[] = []
  const rest = [...args]
  let text = ''
  do {
    const before = rest.length
    const once = oneRound(format, rest, bad, place)
    text += once.text
    if (once.isCut || rest.length === before) break
  } while (rest.length > 0 && text.length < place.most)
  return { text, bad }
}

const oneRound = (
  format: string,
  rest: string[],
  bad: string[],
  place: Place,
): { readonly text: string; readonly isCut: boolean } => {
  let text = ''
  let from = 0
  for (const match of format.matchAll(DIRECTIVE)) {
    text += unescape(format.slice(from, match.index), 'printf').text
    from = match.index + match[0].length
    const [, flags, width, precision, moment, , letter] = match
    if (letter === '%') {
      text += '%'
      continue
    }
    const number = (given: string | undefined): number | undefined =>
      given === '*' ? Number(rest.shift() ?? 0) : given === undefined ? undefined : Number(given)
    const spec = {
      flags: flags!,
      width: Math.min(number(width) ?? 0, MOST_WIDTH),
      precision: match[0].includes('.') ? (number(precision) ?? 0) : undefined,
    }
    const argument = rest.shift()
    if (moment !== undefined) text += padded(momentText(moment, argument, place), spec)
    else if (letter === 'b') {
      const plain = unescape(argument ?? '', 'printf')
      text += padded(plain.text, spec)
      if (plain.isCut) return { text, isCut: true }
    } else text += convert(letter!, spec, argument, bad)
  }
  const last = unescape(format.slice(from), 'printf')
  return { text: text + last.text, isCut: last.isCut }
}

/** `%(%F)T` */
const momentText = (format: string, argument: string | undefined, place: Place): string => {
  const given = argument === undefined || argument === '-1' ? place.now() : undefined
  const seconds = argument === '-2' ? place.startedAt / 1000 : Number(argument)
  return formatMoment(format === '' ? '%T' : format, given ?? Math.floor(seconds) * 1000)
}

const MOST_WIDTH = 10_000

interface Spec {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
}

const convert = (
  letter: string,
  spec: Spec,
  argument: string | undefined,
  bad: string[],
): string => {
  const { precision } = spec
  switch (letter) {
    case 's':
      return padded(
        precision === undefined ? (argument ?? '') : (argument ?? '').slice(0, precision),
        spec,
      )
    case 'q':
      return padded(quoted(argument ?? ''), spec)
    case 'c':
      return padded((argument ?? '').slice(0, 1), spec)
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
      return padded(integer(letter, spec, argument, bad), spec)
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G':
      return padded(float(letter, spec, argument, bad), spec)
    default:
      return ''
  }
}

const quoted = (text: string): string =>
  text === ''
    ? "''"
    : text.replace(/[^\w@%+=:,./-]/g, (character) =>
        character === '\n' ? "$'\\n'" : `\\${character}`,
      )

/** A width counts bytes. */
const padded = (text: string, spec: Spec): string => {
  const { flags } = spec
  const width = spec.width - (byteLength(text) - text.length)
  if (text.length >= width) return text
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0') || !/^[-+ ]?[\d.]|^0x/.test(text)) return text.padStart(width)
  const sign = /^[-+ ]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

const signed = (text: string, isNegative: boolean, flags: string): string => {
  if (isNegative) return `-${text}`
  if (flags.includes('+')) return `+${text}`
  return flags.includes(' ') ? ` ${text}` : text
}

const integer = (
  letter: string,
  { flags, precision }: Spec,
  argument: string | undefined,
  bad: string[],
): string => {
  const value = integerOf(argument, bad)
  const isSigned = letter === 'd' || letter === 'i'
  const size = isSigned ? (value < 0n ? -value : value) : BigInt.asUintN(64, value)
  const radix = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10
  let digits = size.toString(radix).padStart(precision ?? 0, '0')
  if (flags.includes('#') && radix !== 10) digits = (radix === 16 ? '0x' : '0') + digits
  if (letter === 'X') digits = digits.toUpperCase()
  return isSigned ? signed(digits, value < 0n, flags) : digits
}

const integerOf = (argument: string | undefined, bad: string[]): bigint => {
  if (argument === undefined || argument === '') return 0n
  const character = /^["'](.)/su.exec(argument)?.[1]
  if (character !== undefined) return BigInt(character.codePointAt(0)!)
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]+|\d+)/.exec(argument)
  if (match === null) {
    bad.push(argument)
    return 0n
  }
  if (match[0].length < argument.length) bad.push(argument)
  const digits = /^0[0-7]+$/.test(match[2]!) ? `0o${match[2]!.slice(1)}` : match[2]!
  const value = BigInt.asIntN(64, BigInt(digits))
  return match[1] === '-' ? -value : value
}

const DEFAULT_PRECISION = 6

const float = (
  letter: string,
  { flags, precision = DEFAULT_PRECISION }: Spec,
  argument: string | undefined,
  bad: string[],
): string => {
  const value = argument === undefined || argument === '' ? 0 : Number(argument)
  if (Number.isNaN(value)) bad.push(argument!)
  const size = Math.abs(Number.isNaN(value) ? 0 : value)
  const digits = Math.min(precision, 100)
  let text: string
  if (letter === 'f' || letter === 'F') text = size.toFixed(digits)
  else if (letter === 'e' || letter === 'E') text = exponent(size.toExponential(digits))
  else text = exponent(String(Number(size.toPrecision(Math.max(1, digits)))))
  return signed(letter < 'a' ? text.toUpperCase() : text, value < 0, flags)
}

const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2')
