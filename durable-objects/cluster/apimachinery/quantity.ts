// kubernetes: apimachinery pkg/api/resource/quantity.go, suffix.go, amount.go

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** An exact amount: `unscaled` times ten to the power of `scale`. */
export interface Quantity {
  readonly unscaled: bigint
  readonly scale: number
  readonly format: QuantityFormat
  /** The text it was read from, where upstream prints that again instead of the canonical form. */
  readonly text?: string
}

export class QuantityError extends Error {
  override readonly name = 'QuantityError'
}

const FORMAT_WRONG =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const NUMERIC = 'unable to parse numeric part of quantity'
const SUFFIX = "unable to parse quantity's suffix"

const NANO = -9
const MAX_INT64 = (1n << 63n) - 1n
/** Beyond this, arithmetic would expand powers of ten without end. differs: upstream goes on. */
const MAX_EXPONENT = 1000

const DECIMAL = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
])
const BINARY = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
])
const DECIMAL_SUFFIXES = new Map([...DECIMAL].map(([suffix, exponent]) => [exponent, suffix]))
const BINARY_SUFFIXES = new Map([...BINARY].map(([suffix, exponent]) => [exponent, suffix]))

const ZERO: Quantity = { unscaled: 0n, scale: 0, format: 'DecimalSI', text: '0' }

const POWERS = Array.from({ length: 40 }, (_, index) => 10n ** BigInt(index))
const pow10 = (exponent: number): bigint => POWERS[exponent] ?? 10n ** BigInt(exponent)

interface Suffix {
  readonly exponent: number
  readonly format: QuantityFormat
}

const interpretSuffix = (suffix: string): Suffix => {
  const decimal = DECIMAL.get(suffix)
  if (decimal !== undefined) return { exponent: decimal, format: 'DecimalSI' }
  const binary = BINARY.get(suffix)
  if (binary !== undefined) return { exponent: binary, format: 'BinarySI' }
  const exponent = /^[eE]([-+]?[0-9]+)$/.exec(suffix)
  if (exponent === null || Math.abs(Number(exponent[1])) > MAX_EXPONENT)
    throw new QuantityError(SUFFIX)
  return { exponent: Number(exponent[1]), format: 'DecimalExponent' }
}

// The scanner is laxer than the expression its error names: `.`, `Ki` and `+` are zero upstream too.
const SCAN = /^([-+]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/

/** Reads a quantity; throws a QuantityError with upstream's text. */
export const parseQuantity = (text: string): Quantity => {
  if (text === '') throw new QuantityError(FORMAT_WRONG)
  if (text === '0') return ZERO
  const match = SCAN.exec(text)
  if (match === null) throw new QuantityError(FORMAT_WRONG)
  const number = match[2] === '' ? '0' : match[2]!
  const fraction = match[3] ?? ''
  const { exponent, format } = interpretSuffix(match[4]!)
  const magnitude = BigInt(number + fraction)
  const unscaled = match[1] === '-' ? -magnitude : magnitude
  if (isSmall(number, fraction, exponent, format)) {
    const factor = format === 'BinarySI' ? 1n << BigInt(exponent) : 1n
    const scale = (format === 'BinarySI' ? 0 : exponent) - fraction.length
    if (scale >= NANO && magnitude * factor <= MAX_INT64) {
      const amount = { unscaled: unscaled * factor, scale, format }
      return isPrintedAsRead(number + fraction, exponent, scale, format)
        ? { ...amount, text }
        : amount
    }
  }
  if (!/[0-9]/.test(text)) throw new QuantityError(NUMERIC)
  return large(unscaled, fraction.length, exponent, format)
}

/** Whether upstream takes its path over 64-bit integers. */
const isSmall = (
  number: string,
  fraction: string,
  exponent: number,
  format: QuantityFormat,
): boolean =>
  format === 'BinarySI'
    ? fraction === '' && 15 - number.length - Math.trunc((exponent * 3) / 10) - 1 >= 0
    : 18 - number.length - fraction.length >= 0

const isPrintedAsRead = (
  digits: string,
  exponent: number,
  scale: number,
  format: QuantityFormat,
): boolean =>
  format === 'BinarySI'
    ? exponent % 10 === 0 && (BigInt(digits) & 7n) !== 0n
    : scale % 3 === 0 && !digits.endsWith('000') && digits[0] !== '0'

const large = (
  unscaled: bigint,
  decimals: number,
  exponent: number,
  format: QuantityFormat,
): Quantity => {
  const binary = format === 'BinarySI'
  const exact: Quantity = binary
    ? { unscaled: unscaled << BigInt(exponent), scale: -decimals, format }
    : { unscaled, scale: exponent - decimals, format }
  // What is too small to be represented becomes the smallest amount, not nothing.
  const rounded = rescaleUp(exact, NANO)
  if (!binary) return rounded
  const size = rounded.unscaled < 0n ? -rounded.unscaled : rounded.unscaled
  const magnitude = { ...rounded, unscaled: size }
  const negative = rounded.unscaled < 0n
  if (compareQuantity(magnitude, integer(MAX_INT64)) > 0)
    return { unscaled: negative ? -MAX_INT64 : MAX_INT64, scale: 0, format }
  return size !== 0n && compareQuantity(magnitude, integer(1n)) < 0
    ? { ...rounded, format: 'DecimalSI' }
    : rounded
}

const integer = (unscaled: bigint): Quantity => ({ unscaled, scale: 0, format: 'DecimalSI' })

/** The same amount without digits below `scale`, rounded away from zero. */
const rescaleUp = (quantity: Quantity, scale: number): Quantity => {
  if (quantity.scale >= scale) return quantity
  return {
    unscaled: divideUp(quantity.unscaled, pow10(scale - quantity.scale)),
    scale,
    format: quantity.format,
  }
}

const divideUp = (value: bigint, divisor: bigint): bigint => {
  const quotient = value / divisor
  if (quotient * divisor === value) return quotient
  return value < 0n ? quotient - 1n : quotient + 1n
}

/** As upstream prints it: `1024Mi` is `1Gi`, `0.1` is `100m`, `1.5Gi` is `1536Mi`. */
export const formatQuantity = (quantity: Quantity): string => {
  if (quantity.text !== undefined) return quantity.text
  if (quantity.unscaled === 0n) return '0'
  return quantity.format === 'BinarySI'
    ? (formatBinary(quantity) ?? formatDecimal(quantity, 'DecimalSI'))
    : formatDecimal(quantity, quantity.format)
}

/** Nothing where the binary form would round, or hide that the amount is below 1Ki. */
const formatBinary = (quantity: Quantity): string | undefined => {
  const whole = rescaleUp(quantity, 0)
  if (compareQuantity(whole, quantity) !== 0) return undefined
  let amount = whole.unscaled * pow10(whole.scale)
  if (amount > -1024n && amount < 1024n) return undefined
  let exponent = 0
  while (amount % 1024n === 0n && exponent < 60) {
    amount /= 1024n
    exponent += 10
  }
  return `${amount}${BINARY_SUFFIXES.get(exponent) ?? ''}`
}

const formatDecimal = (quantity: Quantity, format: QuantityFormat): string => {
  let { unscaled, scale } = quantity
  while (unscaled % 10n === 0n) {
    unscaled /= 10n
    scale += 1
  }
  const largest = format === 'DecimalSI' ? 18 : Infinity
  while (scale % 3 !== 0 || scale > largest) {
    unscaled *= 10n
    scale -= 1
  }
  if (format === 'DecimalExponent') return scale === 0 ? String(unscaled) : `${unscaled}e${scale}`
  return `${unscaled}${DECIMAL_SUFFIXES.get(scale) ?? ''}`
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export const compareQuantity = (a: Quantity, b: Quantity): number => {
  const scale = Math.min(a.scale, b.scale)
  const left = a.unscaled * pow10(a.scale - scale)
  const right = b.unscaled * pow10(b.scale - scale)
  return left < right ? -1 : left > right ? 1 : 0
}

/** The sum, in `a`'s format unless `a` is zero. */
export const addQuantity = (a: Quantity, b: Quantity): Quantity => {
  const scale = Math.min(a.scale, b.scale)
  const unscaled = a.unscaled * pow10(a.scale - scale) + b.unscaled * pow10(b.scale - scale)
  return { unscaled, scale, format: a.unscaled === 0n ? b.format : a.format }
}

export const negateQuantity = (a: Quantity): Quantity => ({
  unscaled: -a.unscaled,
  scale: a.scale,
  format: a.format,
})

/** `a - b`, in `a`'s format unless `a` is zero. */
export const subtractQuantity = (a: Quantity, b: Quantity): Quantity =>
  addQuantity(a, negateQuantity(b))

/** `a` times a whole number. */
export const multiplyQuantity = (a: Quantity, factor: number): Quantity => ({
  unscaled: a.unscaled * BigInt(factor),
  scale: a.scale,
  format: a.format,
})

/** Without digits below ten to the power of `scale` (-3: milli), rounded away from zero. */
export const roundUpQuantity = (quantity: Quantity, scale: number): Quantity =>
  rescaleUp(quantity, scale)

/** The whole number, rounded away from zero. */
export const quantityValue = (quantity: Quantity): number => scaledValue(quantity, 0)

/** Thousandths, rounded away from zero. */
export const quantityMilliValue = (quantity: Quantity): number => scaledValue(quantity, -3)

const scaledValue = (quantity: Quantity, scale: number): number => {
  const rounded = rescaleUp(quantity, scale)
  return Number(rounded.unscaled * pow10(rounded.scale - scale))
}

/** The binary or decimal quantity of a whole number, as resource.NewQuantity makes it. */
export const newQuantity = (value: number, format: QuantityFormat): Quantity => ({
  unscaled: BigInt(value),
  scale: 0,
  format,
})

/** As resource.NewMilliQuantity. */
export const newMilliQuantity = (value: number, format: QuantityFormat): Quantity => ({
  unscaled: BigInt(value),
  scale: -3,
  format,
})

// Clusters hold few different quantities, in very many places.
const CACHE_LIMIT = 2000
const parsed = new Map<string, Quantity>()

/** `parseQuantity`, remembering what it read before: for texts known to be valid. */
export const quantityOf = (text: string): Quantity => {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const quantity = parseQuantity(text)
  if (parsed.size >= CACHE_LIMIT) parsed.clear()
  parsed.set(text, quantity)
  return quantity
}

const canonical = new Map<string, string>()

/** The text the API server would store for `text`; throws a QuantityError. */
export const canonicalQuantity = (text: string): string => {
  const known = canonical.get(text)
  if (known !== undefined) return known
  const result = formatQuantity(parseQuantity(text.trim()))
  if (canonical.size >= CACHE_LIMIT) canonical.clear()
  if (text.length < 64) canonical.set(text, result)
  return result
}
