// Values as awk has them: numbers, texts, and texts from outside that look like numbers.

/** `isNumeric`: a text from the input that looks like a number, and is compared as one. */
export type Value = number | string | NumericText | undefined

export class NumericText {
  readonly text: string
  readonly number: number

  constructor(text: string, number: number) {
    this.text = text
    this.number = number
  }
}

const NUMBER = /^[ \t\n\r]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t\n\r]*$/
const LEADING = /^[ \t\n\r]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/

export const fromInput = (text: string): Value =>
  NUMBER.test(text) ? new NumericText(text, Number(text)) : text

export const toNumber = (value: Value): number => {
  if (typeof value === 'number') return value
  if (value === undefined) return 0
  if (typeof value !== 'string') return value.number
  const found = LEADING.exec(value)
  return found === null ? 0 : Number(found[0])
}

export const toText = (value: Value, format: string): string => {
  if (typeof value === 'string') return value
  if (value === undefined) return ''
  if (typeof value !== 'number') return value.text
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value === 0 ? 0 : value)
  return formatNumber(format, value)
}

export const isTrue = (value: Value): boolean => {
  if (typeof value === 'number') return value !== 0
  if (value === undefined) return false
  return typeof value === 'string' ? value !== '' : value.number !== 0
}

const isNumber = (value: Value): boolean => typeof value !== 'string'

export const compareValues = (a: Value, b: Value, format: string): number => {
  if (isNumber(a) && isNumber(b)) {
    const [x, y] = [toNumber(a), toNumber(b)]
    return x < y ? -1 : x > y ? 1 : 0
  }
  const [x, y] = [toText(a, format), toText(b, format)]
  return x < y ? -1 : x > y ? 1 : 0
}

const exponent = (value: number, places: number): string =>
  value.toExponential(places).replace(/e([+-])([0-9])$/, 'e$10$2')

/** C's `%g`. */
const general = (value: number, precision: number, keepsZeros: boolean): string => {
  const digits = precision === 0 ? 1 : precision
  if (value === 0) return '0'
  const power = Number(value.toExponential(digits - 1).split('e')[1])
  const isShort = power >= -4 && power < digits
  const text = isShort
    ? value.toFixed(Math.min(100, Math.max(0, digits - 1 - power)))
    : exponent(value, digits - 1)
  if (keepsZeros || !text.includes('.')) return text
  return text.replace(/\.?0+(?=e|$)/, '')
}

const WIDEST = 10_000

/** One `%…` of printf, filled. */
export const formatOne = (
  flags: string,
  width: number,
  precision: number | undefined,
  letter: string,
  value: Value,
  outputFormat: string,
): string => {
  let text: string
  const number = (): number => toNumber(value)
  if (letter === 'd' || letter === 'i' || letter === 'u') {
    const whole = Math.trunc(number())
    text = Number.isFinite(whole) ? BigInt(whole).toString() : whole < 0 ? '-inf' : 'inf'
    if (precision !== undefined)
      text = text.replace(/[0-9]+/, (digits) => digits.padStart(Math.min(precision, WIDEST), '0'))
  } else if (letter === 'o' || letter === 'x' || letter === 'X') {
    text = BigInt.asUintN(64, BigInt(Math.trunc(number()) || 0)).toString(letter === 'o' ? 8 : 16)
    if (flags.includes('#')) text = `${letter === 'o' ? '0' : '0x'}${text}`
    if (letter === 'X') text = text.toUpperCase()
  } else if (letter === 'c')
    text =
      typeof value === 'number'
        ? String.fromCodePoint(Math.min(0x10ffff, Math.max(0, Math.trunc(value))))
        : toText(value, outputFormat).slice(0, 1)
  else if (letter === 's') text = toText(value, outputFormat).slice(0, precision)
  else text = float(letter, number(), Math.min(100, precision ?? 6), flags.includes('#'))
  const isNumeric = letter !== 's' && letter !== 'c'
  if (isNumeric && !text.startsWith('-'))
    text = flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text
  const room = Math.min(width, WIDEST)
  if (flags.includes('-')) return text.padEnd(room)
  if (!flags.includes('0') || !isNumeric) return text.padStart(room)
  const sign = /^[+ -]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(room - sign.length, '0')
}

const float = (letter: string, value: number, precision: number, keepsZeros: boolean): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf'
  const lower = letter.toLowerCase()
  const text =
    lower === 'f'
      ? value.toFixed(precision)
      : lower === 'e'
        ? exponent(value, precision)
        : general(value, precision, keepsZeros)
  return letter === lower ? text : text.toUpperCase()
}

const formatNumber = (format: string, value: number): string => sprintf(format, [value], format)

/** `values` in turn for each `%…`. */
export const sprintf = (format: string, values: readonly Value[], outputFormat: string): string => {
  let at = 0
  const take = (): Value => values[at++]
  return format.replace(
    /%([-+ #0]*)(\*|[0-9]*)(?:\.(\*|[0-9]*))?([diouxXeEfFgGcs%])/g,
    (_, flags: string, width: string, precision: string | undefined, letter: string) => {
      if (letter === '%') return '%'
      const given = width === '*' ? toNumber(take()) : Number(width)
      const places =
        precision === undefined
          ? undefined
          : precision === '*'
            ? toNumber(take())
            : Number(precision)
      const allFlags = given < 0 ? `${flags}-` : flags
      return formatOne(allFlags, Math.abs(given), places, letter, take(), outputFormat)
    },
  )
}
