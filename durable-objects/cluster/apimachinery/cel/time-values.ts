import { CelError, Duration, Timestamp } from '#apimachinery/cel/values.ts'
import { formatTime, parseTime } from '#apimachinery/time.ts'

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

const PART = /(\d{1,18})(?:\.(\d{1,18})\d*)?(ns|us|µs|μs|ms|s|m|h)/y

/** Go's durations: `1h30m`. */
export const durationOf = (text: string): Duration => {
  const sign = text.startsWith('-') ? -1n : 1n
  const body = text.replace(/^[+-]/, '')
  if (body === '0') return new Duration(0n)
  let nanos = 0n
  let at = 0
  while (at < body.length) {
    PART.lastIndex = at
    const match = PART.exec(body)
    if (match === null) break
    const [, whole = '', fraction = '', unit = ''] = match
    const size = UNITS[unit]!
    nanos += BigInt(whole) * size
    if (fraction !== '') nanos += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length)
    at += match[0].length
  }
  if (body === '' || at < body.length)
    throw new CelError(`time: invalid duration ${JSON.stringify(text)}`)
  return new Duration(sign * nanos)
}

export const durationText = ({ nanos }: Duration): string => {
  const seconds = nanos / 1_000_000_000n
  const rest = nanos < 0n ? -nanos % 1_000_000_000n : nanos % 1_000_000_000n
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`
  return `${nanos < 0n && seconds === 0n ? '-' : ''}${seconds}${fraction}s`
}

const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-]\d{2}:\d{2})$/

export const timestampOf = (text: string): Timestamp => {
  const match = TIME.exec(text)
  const milliseconds = match === null ? Number.NaN : parseTime(`${match[1]!}Z`)
  if (match === null || Number.isNaN(milliseconds))
    throw new CelError(`invalid timestamp ${JSON.stringify(text)}`)
  const [, , fraction = '', zone = 'Z'] = match
  const minutes = zone === 'Z' ? 0 : offsetOf(zone)
  const nanos = BigInt(fraction.padEnd(9, '0') || '0')
  return new Timestamp(BigInt(milliseconds - minutes * 60_000) * 1_000_000n + nanos)
}

/** Minutes east of UTC. */
const offsetOf = (zone: string): number => {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return zone.startsWith('-') ? -minutes : minutes
}

export const timestampText = ({ nanos }: Timestamp): string => {
  const rest = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  const text = formatTime(Number((nanos - rest) / 1_000_000n))
  return rest === 0n
    ? text
    : `${text.slice(0, -1)}.${String(rest).padStart(9, '0').replace(/0+$/, '')}Z`
}
