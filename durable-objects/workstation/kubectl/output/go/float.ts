// go: strconv/ftoa.go

/** Digits of a number without sign; the decimal point stands before digit `point`. */
interface Decimal {
  readonly digits: string
  readonly point: number
}

const trimmed = (digits: string, point: number): Decimal => {
  const cut = digits.replace(/0+$/, '')
  const zeros = /^0*/.exec(cut)![0].length
  return cut === '' ? { digits: '', point: 0 } : { digits: cut.slice(zeros), point: point - zeros }
}

/** All digits of a float, of which there may be a thousand. */
const exactDecimal = (value: number): Decimal => {
  let mantissa = Math.abs(value)
  let exponent = 0
  while (!Number.isInteger(mantissa)) [mantissa, exponent] = [mantissa * 2, exponent + 1]
  const digits = (BigInt(mantissa) * 5n ** BigInt(exponent)).toString()
  return trimmed(digits, digits.length - exponent)
}

/** The fewest digits that read back as the same float. */
const shortestDecimal = (value: number): Decimal => {
  const [mantissa, exponent] = Math.abs(value).toExponential().split('e') as [string, string]
  return trimmed(mantissa.replace('.', ''), Number(exponent) + 1)
}

/** The first `count` digits, rounded; halves go to the even digit. */
const rounded = ({ digits, point }: Decimal, count: number): Decimal => {
  if (count >= digits.length) return { digits, point }
  if (count < 0) return { digits: '', point: 0 }
  const kept = digits.slice(0, count)
  const rest = digits.slice(count)
  const isOdd = Number(kept.at(-1) ?? '0') % 2 === 1
  const up = rest > '5' || (rest === '5' && isOdd)
  if (!up) return trimmed(kept, point)
  const raised = (BigInt(kept === '' ? '0' : kept) + 1n).toString().padStart(count, '0')
  return trimmed(raised, point + raised.length - count)
}

const exponential = ({ digits, point }: Decimal, places: number): string => {
  const fraction = digits.slice(1).padEnd(places, '0')
  const exponent = digits === '' ? 0 : point - 1
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  return `${digits[0] ?? '0'}${fraction === '' ? '' : `.${fraction}`}e${power}`
}

const plain = ({ digits, point }: Decimal, places: number): string => {
  const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0')
  const fraction = ('0'.repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point))).padEnd(
    places,
    '0',
  )
  return fraction === '' ? whole : `${whole}.${fraction}`
}

const general = (value: number, precision: number | undefined): string => {
  const wanted = Math.max(1, precision ?? 0)
  const decimal =
    precision === undefined ? shortestDecimal(value) : rounded(exactDecimal(value), wanted)
  const { digits, point } = decimal
  let limit = wanted
  if (limit > digits.length && digits.length >= point) limit = digits.length
  if (precision === undefined) limit = SHORTEST_LIMIT
  return point - 1 < -4 || point - 1 >= limit ? exponential(decimal, 0) : plain(decimal, 0)
}

/** From this exponent on the shortest form is written with one. */
const SHORTEST_LIMIT = 6

/** Hexadecimal mantissa and binary exponent: `0x1.8p+01`. */
const hexadecimal = (value: number, precision: number | undefined): string => {
  let mantissa = Math.abs(value)
  let exponent = 0
  if (mantissa !== 0) {
    while (mantissa >= 2) [mantissa, exponent] = [mantissa / 2, exponent + 1]
    while (mantissa < 1) [mantissa, exponent] = [mantissa * 2, exponent - 1]
  }
  let bits = BigInt(mantissa * 2 ** 52)
  if (precision !== undefined && precision < 13) {
    const dropped = BigInt(4 * (13 - precision))
    const half = 1n << (dropped - 1n)
    const rest = bits & ((1n << dropped) - 1n)
    bits >>= dropped
    if (rest > half || (rest === half && bits % 2n === 1n)) bits += 1n
    bits <<= dropped
    if (bits >= 1n << 53n) [bits, exponent] = [bits >> 1n, exponent + 1]
  }
  const digits = (bits & ((1n << 52n) - 1n)).toString(16).padStart(13, '0')
  const cut =
    precision === undefined
      ? digits.replace(/0+$/, '')
      : digits.slice(0, precision).padEnd(precision, '0')
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  return `0x${bits >> 52n}${cut === '' ? '' : `.${cut}`}p${power}`
}

/** go: strconv.FormatFloat; `precision` undefined is the shortest that reads back. */
export const formatFloat = (value: number, verb: string, precision: number | undefined): string => {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value < 0 ? '-Inf' : '+Inf'
  const text = formatPositive(value, verb.toLowerCase(), precision)
  const signed = value < 0 || Object.is(value, -0) ? `-${text}` : text
  return verb === verb.toUpperCase() ? signed.toUpperCase() : signed
}

const formatPositive = (value: number, verb: string, precision: number | undefined): string => {
  if (verb === 'x') return hexadecimal(value, precision)
  if (verb !== 'e' && verb !== 'f') return general(value, precision)
  if (precision === undefined)
    return (verb === 'e' ? exponential : plain)(shortestDecimal(value), 0)
  const exact = exactDecimal(value)
  if (verb === 'e') return exponential(rounded(exact, precision + 1), precision)
  return plain(rounded(exact, exact.point + precision), precision)
}
