import { parseTime } from '#apimachinery/time.ts'

/**
 * A span of time in two or three significant figures, as tables show it: `5s`, `2m3s`, `7h12m`, `3d4h`.
 * kubernetes: apimachinery pkg/util/duration/duration.go HumanDuration
 */
export const humanDuration = (milliseconds: number): string => {
  const seconds = Math.trunc(milliseconds / 1000)
  // Clocks that differ by less than two seconds count as equal.
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (days < 8) return withRest(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.trunc(days / 365)
  return years < 8 ? withRest(years, 'y', days % 365, 'd') : `${years}y`
}

const withRest = (whole: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`

/** The AGE cell. kubernetes: pkg/printers/internalversion/printers.go translateTimestampSince */
export const age = (now: number, timestamp: string | null | undefined): string => {
  if (!timestamp) return '<unknown>'
  return humanDuration(now - parseTime(timestamp))
}

/** The time still to go. kubernetes: pkg/printers/internalversion/printers.go translateTimestampUntil */
export const ageUntil = (now: number, timestamp: string | null | undefined): string => {
  if (!timestamp) return '<unknown>'
  return humanDuration(parseTime(timestamp) - now)
}
