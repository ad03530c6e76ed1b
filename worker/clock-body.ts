// What a request says of the session's clock.
import * as v from 'valibot'
import type { ClockCall } from '../durable-objects/session/clock-call.ts'

const MOST_STEPS = 1000
const MOST_REVISIONS = 10_000
const LONGEST_FORM = 500
const LONGEST_SPAN_TEXT = 100

const yes = (name: string) => v.literal(true, `${name} is true or left out`)
const count = (most: number) => {
  const words = `write a whole number from 1 to ${most}`
  return v.pipe(v.number(words), v.integer(words), v.minValue(1, words), v.maxValue(most, words))
}
const span = v.pipe(
  v.string('write a span as a text, for example "1h30m"'),
  v.maxLength(LONGEST_SPAN_TEXT, 'write a span such as 30s, 5m or 1h30m'),
)
const text = (example: string) =>
  v.pipe(
    v.string(`write a text, for example ${example}`),
    v.maxLength(LONGEST_FORM, `at most ${LONGEST_FORM} characters`),
  )
const speed = v.pipe(
  v.number('write a number from 0.1 to 100'),
  v.minValue(0.1, 'write a number from 0.1 to 100'),
  v.maxValue(100, 'write a number from 0.1 to 100'),
)

const UNTIL = {
  for: v.strictObject({
    for: text('"condition=Available"'),
    object: text('"deployment/web"'),
    namespace: v.optional(text('"default"')),
  }),
  revisions: v.strictObject({ revisions: count(MOST_REVISIONS) }),
  rest: v.strictObject({ rest: yes('rest') }),
} as const

/** By the field that says what is to be done. */
const CALLS = {
  pause: v.strictObject({ pause: yes('pause') }),
  run: v.strictObject({ run: yes('run'), speed: v.optional(speed) }),
  advance: v.strictObject({ advance: span }),
  step: v.strictObject({ step: v.union([v.literal(true), count(MOST_STEPS)]) }),
  until: v.strictObject({ until: v.unknown(), timeout: v.optional(span) }),
} as const

const EXAMPLES =
  'Send one of {"pause": true}, {"run": true, "speed": 2}, {"advance": "1h30m"}, {"step": true}, {"until": {"for": "condition=Available", "object": "deployment/web"}}, {"until": {"revisions": 20}} and {"until": {"rest": true}}.'

type Read<T> = { readonly value: T } | { readonly problem: string }

/** The one of these that the fields of a value ask for. */
const readOne = (
  schemas: Readonly<Record<string, v.GenericSchema>>,
  value: unknown,
  where: string,
): Read<unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: `${where || 'The body'} is no object. ${EXAMPLES}` }
  const asked = Object.keys(schemas).filter((name) => Object.hasOwn(value, name))
  if (asked.length !== 1)
    return {
      problem: `${where || 'The body'} has ${asked.length === 0 ? 'none' : 'several'} of ${Object.keys(schemas).join(', ')}. ${EXAMPLES}`,
    }
  const parsed = v.safeParse(schemas[asked[0]!]!, value)
  if (parsed.success) return { value: parsed.output }
  const [issue] = parsed.issues
  const name = [...(where === '' ? [] : [where]), v.getDotPath(issue) ?? asked[0]].join('.')
  const isUnknown = issue.type === 'strict_object'
  return {
    problem: `${name.slice(0, 80)}: ${isUnknown ? 'unknown here' : wordsOf(issue.message)}. ${EXAMPLES}`,
  }
}

/** The validator's own words for a union are no help. */
const wordsOf = (message: string): string =>
  message.startsWith('Invalid') ? `write true or a whole number from 1 to ${MOST_STEPS}` : message

export const readClockCall = (body: string): Read<ClockCall> => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (error) {
    return { problem: `The body is not JSON: ${(error as Error).message}. ${EXAMPLES}` }
  }
  const read = readOne(CALLS, value, '')
  if ('problem' in read) return read
  const call = read.value as ClockCall
  if (!('until' in call)) return { value: call }
  const until = readOne(UNTIL, call.until, 'until')
  if ('problem' in until) return until
  return { value: { ...call, until: until.value as typeof call.until } }
}
