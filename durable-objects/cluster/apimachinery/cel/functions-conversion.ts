import type { CelFunction } from '#apimachinery/cel/functions.ts'
import {
  durationOf,
  durationText,
  timestampOf,
  timestampText,
} from '#apimachinery/cel/time-values.ts'
import {
  CelError,
  Duration,
  textOfCel,
  Timestamp,
  typeName,
  Uint,
  type Cel,
} from '#apimachinery/cel/values.ts'

const LIMIT = 2n ** 63n

const toInt = (value: Cel | undefined): Cel | undefined => {
  if (typeof value === 'bigint') return value
  if (value instanceof Uint) return bounded(value.value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CelError('integer overflow')
    return bounded(BigInt(Math.trunc(value)))
  }
  if (value instanceof Timestamp) return value.nanos / 1_000_000_000n
  if (typeof value !== 'string') return undefined
  if (!/^[+-]?\d{1,19}$/.test(value)) throw new CelError('invalid syntax')
  return bounded(BigInt(value.replace('+', '')))
}

const bounded = (value: bigint): bigint => {
  if (value >= LIMIT || value < -LIMIT) throw new CelError('integer overflow')
  return value
}

const toDouble = (value: Cel | undefined): Cel | undefined => {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint) return Number(value.value)
  if (typeof value !== 'string') return undefined
  const number = Number(value)
  if (value.trim() === '' || Number.isNaN(number)) throw new CelError('invalid syntax')
  return number
}

const toUint = (value: Cel | undefined): Cel | undefined => {
  if (value instanceof Uint) return value
  const integer = toInt(value)
  if (typeof integer !== 'bigint') return undefined
  if (integer < 0n) throw new CelError('unsigned integer overflow')
  return new Uint(integer)
}

const toText = (value: Cel | undefined): Cel | undefined => {
  if (value instanceof Duration) return durationText(value)
  if (value instanceof Timestamp) return timestampText(value)
  return value === undefined || value === null ? undefined : textOfCel(value)
}

const toBool = (value: Cel | undefined): Cel | undefined => {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  if (['true', 't', 'TRUE', 'True', '1'].includes(value)) return true
  if (['false', 'f', 'FALSE', 'False', '0'].includes(value)) return false
  throw new CelError('invalid syntax')
}

export const conversions: Readonly<Record<string, CelFunction>> = {
  int: (_, [value]) => toInt(value),
  uint: (_, [value]) => toUint(value),
  double: (_, [value]) => toDouble(value),
  string: (_, [value]) => toText(value),
  bool: (_, [value]) => toBool(value),
  dyn: (_, [value]) => value,
  duration: (_, [value]) =>
    value instanceof Duration ? value : typeof value === 'string' ? durationOf(value) : undefined,
  timestamp: (_, [value]) =>
    value instanceof Timestamp ? value : typeof value === 'string' ? timestampOf(value) : undefined,
  type: (_, [value]) =>
    value === undefined
      ? undefined
      : { kind: 'opaque', type: 'type', value: typeName(value), text: typeName(value) },
}
