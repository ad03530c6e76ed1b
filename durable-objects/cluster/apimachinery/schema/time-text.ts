import { quote } from '#apimachinery/field-error.ts'
import { daysIn, formatTime, fromCivil } from '#apimachinery/time.ts'

// Times are read step by step along a layout, as Go does, because its errors name the step that failed.
// kubernetes: apimachinery pkg/apis/meta/v1/time.go UnmarshalJSON, micro_time.go

const SECONDS = '2006-01-02T15:04:05Z07:00'
const MICROSECONDS = '2006-01-02T15:04:05.000000Z07:00'

/** Go's zero time: what it writes as null. */
const ZERO = '0001-01-01T00:00:00Z'

export class TimeError extends Error {
  override readonly name = 'TimeError'
}

/** The time in UTC as metav1.Time is written, nothing for Go's zero time; throws a TimeError in Go's words. */
export const canonicalTime = (text: string): string | undefined => {
  const { seconds } = readTime(text, SECONDS)
  return seconds === ZERO ? undefined : seconds
}

/** The same for metav1.MicroTime, which insists on six decimals. */
export const canonicalMicroTime = (text: string): string | undefined => {
  const { seconds, fraction } = readTime(text, MICROSECONDS)
  return seconds === ZERO && Number(fraction) === 0
    ? undefined
    : `${seconds.slice(0, -1)}.${fraction.padEnd(6, '0').slice(0, 6)}Z`
}

interface Reading {
  readonly seconds: string
  readonly fraction: string
}

const CANONICAL =
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.([0-9]{6}))?Z$/

const readTime = (text: string, layout: string): Reading => {
  const match = CANONICAL.exec(text)
  if (match !== null && (match[1] !== undefined) === (layout === MICROSECONDS))
    return { seconds: `${text.slice(0, 19)}Z`, fraction: match[1] ?? '' }
  return new TimeReader(text, layout).read()
}

class TimeReader {
  readonly #text: string
  readonly #layout: string
  #rest: string

  constructor(text: string, layout: string) {
    this.#text = text
    this.#layout = layout
    this.#rest = text
  }

  read(): Reading {
    const year = this.#number('2006', /^[0-9]{4}/)
    this.#literal('-')
    const month = this.#ranged('01', /^[0-9]{2}/, 1, 12, 'month')
    this.#literal('-')
    const day = this.#number('02', /^[0-9]{2}/)
    this.#literal('T')
    const hour = this.#ranged('15', /^[0-9]{1,2}/, 0, 23, 'hour')
    this.#literal(':')
    const minute = this.#ranged('04', /^[0-9]{2}/, 0, 59, 'minute')
    this.#literal(':')
    const second = this.#ranged('05', /^[0-9]{2}/, 0, 59, 'second')
    const fraction = this.#fraction()
    const offset = this.#zone()
    if (this.#rest !== '') this.#fail(`: extra text: ${quote(this.#rest)}`)
    if (day < 1 || day > daysIn(year, month)) this.#fail(': day out of range')
    const instant = fromCivil({ year, month, day, hour, minute, second }) - offset * 60_000
    return { seconds: formatTime(instant), fraction }
  }

  #literal(letter: string): void {
    if (!this.#rest.startsWith(letter)) this.#mismatch(letter)
    this.#rest = this.#rest.slice(1)
  }

  #number(element: string, form: RegExp): number {
    const match = form.exec(this.#rest)
    if (match === null) return this.#mismatch(element)
    this.#rest = this.#rest.slice(match[0].length)
    return Number(match[0])
  }

  #ranged(element: string, form: RegExp, least: number, most: number, what: string): number {
    const value = this.#number(element, form)
    return value < least || value > most ? this.#fail(`: ${what} out of range`) : value
  }

  /** Go takes decimals after the seconds even where the layout has none. */
  #fraction(): string {
    const fixed = this.#layout === MICROSECONDS
    const match = (fixed ? /^[.,]([0-9]{6})/ : /^[.,]([0-9]+)/).exec(this.#rest)
    if (match === null) return fixed ? this.#mismatch('.000000') : ''
    this.#rest = this.#rest.slice(match[0].length)
    return match[1]!
  }

  /** Minutes east of UTC. */
  #zone(): number {
    if (this.#rest.startsWith('Z')) {
      this.#rest = this.#rest.slice(1)
      return 0
    }
    const match = /^([+-])([0-9]{2}):([0-9]{2})/.exec(this.#rest)
    if (match === null) return this.#mismatch('Z07:00')
    if (Number(match[2]) > 24) return this.#fail(': time zone offset hour out of range')
    if (Number(match[3]) > 60) return this.#fail(': time zone offset minute out of range')
    this.#rest = this.#rest.slice(match[0].length)
    return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]))
  }

  #mismatch(element: string): never {
    return this.#fail(
      ` as ${quote(this.#layout)}: cannot parse ${quote(this.#rest)} as ${quote(element)}`,
    )
  }

  #fail(problem: string): never {
    throw new TimeError(`parsing time ${quote(this.#text)}${problem}`)
  }
}
