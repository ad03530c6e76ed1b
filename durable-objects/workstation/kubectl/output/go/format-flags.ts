// go: fmt/format.go. What stands between % and the verb, and how texts are padded to it.

/** Widths and precisions beyond this are refused, as Go refuses them. */
export const MAX_WIDTH = 1_000_000

export interface FormatFlags {
  plus: boolean
  minus: boolean
  sharp: boolean
  space: boolean
  zero: boolean
  /** `%+v` and `%#v`, whose signs mean something else than those of numbers. */
  plusV: boolean
  sharpV: boolean
  width: number | undefined
  precision: number | undefined
}

export const noFlags = (): FormatFlags => ({
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  plusV: false,
  sharpV: false,
  width: undefined,
  precision: undefined,
})

const lengthOf = (text: string): number => {
  let length = text.length
  for (let index = 0; index < text.length; index++)
    if ((text.charCodeAt(index) & 0xfc00) === 0xd800) length -= 1
  return length
}

export const pad = (text: string, { width, minus, zero }: FormatFlags): string => {
  const missing = (width ?? 0) - lengthOf(text)
  if (missing <= 0) return text
  if (minus) return text + ' '.repeat(missing)
  return (zero ? '0' : ' ').repeat(missing) + text
}

/** The first characters of a text. */
export const truncate = (text: string, { precision }: FormatFlags): string =>
  precision === undefined ? text : [...text].slice(0, precision).join('')

const PREFIXES: Readonly<Record<string, string>> = {
  b: '0b',
  o: '0',
  O: '0',
  x: '0x',
  X: '0X',
}

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, O: 8, x: 16, X: 16 }

/** `%d` and its like. */
export const formatInteger = (value: bigint, verb: string, flags: FormatFlags): string => {
  const negative = value < 0n
  let { precision } = flags
  if (precision === 0 && value === 0n) return pad('', { ...flags, zero: false })
  if (precision === undefined && flags.zero && !flags.minus && flags.width !== undefined)
    precision = flags.width - (negative || flags.plus || flags.space ? 1 : 0)
  let digits = (negative ? -value : value).toString(BASES[verb] ?? 10)
  if (verb === 'X') digits = digits.toUpperCase()
  digits = digits.padStart(precision ?? 0, '0')
  const isOctal = verb === 'o' || verb === 'O'
  let prefix = flags.sharp ? (PREFIXES[verb] ?? '') : ''
  if (isOctal && digits.startsWith('0')) prefix = ''
  if (verb === 'O') prefix = `0o${prefix}`
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : ''
  return pad(sign + prefix + digits, { ...flags, zero: false })
}

/** What `strconv` has made of a float, with the signs and zeros that were asked for. */
export const finishFloat = (formatted: string, verb: string, flags: FormatFlags): string => {
  const sign = formatted[0] === '-' || formatted[0] === '+' ? formatted[0] : '+'
  let number = formatted[0] === sign ? formatted.slice(1) : formatted
  const shown = flags.space && sign === '+' && !flags.plus ? ' ' : sign
  if (number === 'Inf' || number === 'NaN') {
    const signed = number === 'NaN' && !flags.space && !flags.plus ? number : shown + number
    return pad(signed.startsWith('+') && !flags.plus ? signed.slice(1) : signed, {
      ...flags,
      zero: false,
    })
  }
  if (flags.sharp && verb !== 'b') number = withPoint(number, verb, flags)
  if (!flags.plus && shown === '+') return pad(number, flags)
  const width = flags.width ?? 0
  return flags.zero && !flags.minus && width > number.length + 1
    ? shown + '0'.repeat(width - number.length - 1) + number
    : pad(shown + number, flags)
}

/** `%#g` keeps the decimal point and the zeros behind it. */
const withPoint = (number: string, verb: string, { precision }: FormatFlags): string => {
  let digits = 'vgGx'.includes(verb) ? (precision ?? 6) : 0
  const cut = 'xX'.includes(verb) ? number.search(/p/i) : number.search(/e/i)
  const tail = cut < 0 ? '' : number.slice(cut)
  let head = cut < 0 ? number : number.slice(0, cut)
  digits -= head.replace('.', '').replace(/^0+/, '').length
  if (!head.includes('.')) {
    if (head === '0') digits -= 1
    head += '.'
  }
  return head + '0'.repeat(Math.max(0, digits)) + tail
}
