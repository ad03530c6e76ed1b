import type { CelFunction } from '#apimachinery/cel/functions.ts'
import { Duration, Timestamp } from '#apimachinery/cel/values.ts'
import { civilTime, fromCivil, type CivilTime } from '#apimachinery/time.ts'

const part =
  (
    ofTime: ((time: CivilTime, milliseconds: number) => number) | undefined,
    ofDuration?: (nanos: bigint) => bigint,
  ): CelFunction =>
  (target) => {
    if (target instanceof Timestamp && ofTime !== undefined) {
      const milliseconds = Number(target.nanos / 1_000_000n)
      return BigInt(ofTime(civilTime(milliseconds), milliseconds))
    }
    return target instanceof Duration ? ofDuration?.(target.nanos) : undefined
  }

const dayOfYear = ({ year }: CivilTime, milliseconds: number): number => {
  const first = fromCivil({ year, month: 1, day: 1, hour: 0, minute: 0, second: 0 })
  return Math.floor((milliseconds - first) / 86_400_000)
}

/** What a timestamp says in UTC; a duration, how many there are of the unit. */
export const timeFunctions: Readonly<Record<string, CelFunction>> = {
  getFullYear: part(({ year }) => year),
  getMonth: part(({ month }) => month - 1),
  getDate: part(({ day }) => day),
  getDayOfMonth: part(({ day }) => day - 1),
  getDayOfWeek: part(({ weekday }) => weekday),
  getDayOfYear: part(dayOfYear),
  getHours: part(
    ({ hour }) => hour,
    (nanos) => nanos / 3_600_000_000_000n,
  ),
  getMinutes: part(
    ({ minute }) => minute,
    (nanos) => nanos / 60_000_000_000n,
  ),
  getSeconds: part(
    ({ second }) => second,
    (nanos) => nanos / 1_000_000_000n,
  ),
  getMilliseconds: part(
    (_, milliseconds) => ((milliseconds % 1000) + 1000) % 1000,
    (nanos) => nanos / 1_000_000n,
  ),
}
