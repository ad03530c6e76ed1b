// The time as programs write it into their logs. Containers run in UTC.
import type { LogLine } from '#images/behaviour.ts'
import { civilTime } from '#apimachinery/time.ts'

/** `go`: package log. `klog`: Kubernetes' own. `nginx`: its error log. `python`, `apache`: theirs. */
export type LogClock = 'go' | 'go-plain' | 'klog' | 'nginx' | 'apache-error'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

const two = (value: number): string => String(value).padStart(2, '0')

interface Parts {
  readonly year: number
  readonly month: string
  readonly monthName: string
  readonly day: string
  readonly weekday: string
  readonly time: string
}

const parts = (at: number): Parts => {
  const { year, month, day, weekday, hour, minute, second } = civilTime(at)
  return {
    year,
    month: two(month),
    monthName: MONTHS[month - 1]!,
    day: two(day),
    weekday: DAYS[weekday]!,
    time: `${two(hour)}:${two(minute)}:${two(second)}`,
  }
}

const micros = (at: number): string => `${String(((at % 1000) + 1000) % 1000).padStart(3, '0')}000`

/** `2026/07/22 10:00:00` */
export const slashTime = (at: number): string => {
  const { year, month, day, time } = parts(at)
  return `${year}/${month}/${day} ${time}`
}

/** `22/Jul/2026:10:00:00 +0000`, as in the common log format. */
export const accessTime = (at: number): string => {
  const { year, monthName, day, time } = parts(at)
  return `${day}/${monthName}/${year}:${time} +0000`
}

/** `Wed, 22 Jul 2026 10:00:00 GMT`, as HTTP has it. */
export const httpDate = (at: number): string => {
  const { year, monthName, day, weekday, time } = parts(at)
  return `${weekday}, ${day} ${monthName} ${year} ${time} GMT`
}

/** `2026-07-22 10:00:00` */
export const dashTime = (at: number): string => {
  const { year, month, day, time } = parts(at)
  return `${year}-${month}-${day} ${time}`
}

/** `Wed Jul 22 10:00:00 UTC 2026`, as date(1) prints it. */
export const unixDate = (at: number): string => {
  const { year, monthName, day, weekday, time } = parts(at)
  return `${weekday} ${monthName} ${day.replace(/^0/, ' ')} ${time} UTC ${year}`
}

/** `2026-07-22 10:00:00.123456789 +0000 UTC`, as Go prints a time. */
export const goTime = (at: number): string =>
  `${dashTime(at)}.${micros(at)}000`.replace(/\.?0+$/, '') + ' +0000 UTC'

/** The line as the program writes it at that moment. */
export const stamped = (text: string, clock: LogClock | undefined, at: number): string => {
  if (clock === undefined) return text
  const { year, month, monthName, day, weekday, time } = parts(at)
  switch (clock) {
    case 'go':
      return `${year}/${month}/${day} ${time} ${text}`
    case 'go-plain':
      return `${year}-${month}-${day}T${time}Z ${text}`
    case 'klog':
      return `I${month}${day} ${time}.${micros(at)}       1 ${text}`
    case 'nginx':
      return `${year}/${month}/${day} ${time} ${text}`
    case 'apache-error':
      return `[${weekday} ${monthName} ${day} ${time}.${micros(at)} ${year}] ${text}`
  }
}

/** A line of a process that started at `start`; `turn` counts the repetitions of a repeated line. */
export const lineAt = (line: LogLine, start: number, turn = 0): string =>
  stamped(line.text, line.clock, start + line.after + turn * (line.every ?? 0))
