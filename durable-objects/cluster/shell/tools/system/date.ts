// date, sleep.
import { isFailure } from '#shell/files/failure.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import { formatMoment, parseMoment } from '#shell/tools/system/moment.ts'
import { sleepFor } from '#shell/tools/tool.ts'

const ISO_FORMATS: Readonly<Record<string, string>> = {
  '': '%Y-%m-%d',
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%:z',
  minutes: '%Y-%m-%dT%H:%M%:z',
  seconds: '%Y-%m-%dT%H:%M:%S%:z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
}

const RFC_3339: Readonly<Record<string, string>> = {
  date: '%Y-%m-%d',
  seconds: '%Y-%m-%d %H:%M:%S%:z',
  ns: '%Y-%m-%d %H:%M:%S.%N%:z',
}

const formatOf = (run: Run): string => {
  const iso = run.value('I')
  if (iso !== undefined) return ISO_FORMATS[iso] ?? ISO_FORMATS['']!
  if (run.has('R')) return '%a, %d %b %Y %H:%M:%S %z'
  const rfc = run.value('rfc')
  return rfc === undefined ? '%a %b %e %H:%M:%S %Z %Y' : (RFC_3339[rfc] ?? RFC_3339['seconds']!)
}

export const date = tool(
  'date',
  {
    short: 'd:D:I::Rr:s:u',
    long: {
      date: 'd',
      'iso-8601': 'I',
      'rfc-email': 'R',
      'rfc-2822': 'R',
      'rfc-3339': 'rfc:',
      reference: 'r',
      set: 's',
      utc: 'u',
      universal: 'u',
    },
  },
  function* (run) {
    const [format, extra] = run.operands
    if (extra !== undefined)
      return run.isGnu ? yield* run.usage(`extra operand '${extra}'`) : yield* run.bare()
    if (
      run.has('s') ||
      (format !== undefined && !format.startsWith('+') && /^[0-9.]{8,}$/.test(format))
    )
      return yield* run.fail(
        run.isGnu
          ? 'cannot set date: Operation not permitted'
          : "can't set date: Operation not permitted",
      )
    if (format !== undefined && !format.startsWith('+'))
      return yield* run.fail(`invalid date '${format}'`)
    let ms = run.call.now()
    const text = run.value('d')
    if (text !== undefined) {
      const parsed = parseMoment(text, ms)
      if (parsed === undefined) return yield* run.fail(`invalid date '${text}'`)
      ms = parsed
    }
    const reference = run.value('r')
    if (reference !== undefined) {
      const stat = run.files.stat(run.path(reference))
      if (isFailure(stat)) return yield* run.fail(`${reference}: ${stat.text}`)
      ms = stat.mtime
    }
    run.print(`${formatMoment(format === undefined ? formatOf(run) : format.slice(1), ms)}\n`)
    return 0
  },
)

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** Milliseconds of `1.5m`, `infinity`; undefined: no duration. */
export const durationOf = (text: string): number | undefined => {
  if (/^inf(?:inity)?$/i.test(text)) return Infinity
  const [, number, unit = ''] = /^([0-9]+\.?[0-9]*|\.[0-9]+)([smhd]?)$/.exec(text) ?? []
  return number === undefined ? undefined : Number(number) * UNITS[unit]! * 1000
}

export const sleep = tool('sleep', '', function* (run) {
  if (run.operands.length === 0)
    return run.isGnu ? yield* run.usage('missing operand') : yield* run.bare()
  let sum = 0
  for (const text of run.operands) {
    const duration = durationOf(text)
    if (duration === undefined)
      return run.isGnu
        ? yield* run.usage(`invalid time interval '${text}'`)
        : yield* run.fail(`invalid number '${text}'`)
    sum += duration
  }
  yield* sleepFor(sum)
  return 0
})
