// Lines as klog writes them.
import { civilTime } from '#apimachinery/time.ts'
import type { Invocation } from '#kubectl/invocation.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** `W0102 03:04:05.678000    2345 helpers.go:719] --dry-run is deprecated`, with a line break. */
export const logLine = (
  { call }: Pick<Invocation, 'call'>,
  place: string,
  text: string,
  level: 'W' | 'E' | 'F' = 'W',
): string => {
  const now = call.now()
  const { month, day, hour, minute, second } = civilTime(now)
  const micros = String(Math.floor(now % 1000) * 1000).padStart(6, '0')
  const time = `${two(hour)}:${two(minute)}:${two(second)}.${micros}`
  return `${level}${two(month)}${two(day)} ${time} ${String(call.pid).padStart(7)} ${place}] ${text}\n`
}
