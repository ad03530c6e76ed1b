// What differs from object to object and follows from little: UIDs, moments, resourceVersions. They are taken out of a text, which then is
// alike for objects that are alike, and stand beside it as small numbers. In the text a control character holds their place: JSON has none.
import { positionOfUid, uidAt } from './chance.ts'
import { NumberReader, NumberWriter } from './numbers.ts'
import { damaged, tooLarge } from './problem.ts'

const [UID, MOMENT, MICRO_MOMENT, VERSION] = ['\u0001', '\u0002', '\u0003', '\u0004'] as const

const VALUE =
  /:\\?"(?:([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})|([12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z)|([1-9]\d{0,14})(?="))/g
const HOLE = /[\u0001-\u0004]/g
/** As long as `2026-01-01T00:00:00`. */
const TO_SECONDS = 19
const LAST_SECOND = 253_402_300_799
const MOST_KNOWN = 4096

/** What a text lost, in streams of numbers: each is the difference to the one before it. */
export interface HoleStreams {
  readonly uids: NumberWriter
  readonly moments: NumberWriter
  readonly versions: NumberWriter
}

export class HoleWriter implements HoleStreams {
  readonly uids = new NumberWriter()
  readonly moments = new NumberWriter()
  readonly versions = new NumberWriter()
  readonly #seed: number
  /** To work out where a UID was drawn takes ten times as long as to look it up. */
  readonly #positions = new Map<string, number>()
  readonly #seconds = new Map<string, number>()
  #lastPosition = 0
  #lastMoment = 0
  #lastVersion = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** The text with its holes. */
  take(text: string): string {
    let taken = ''
    let from = 0
    VALUE.lastIndex = 0
    for (let match = VALUE.exec(text); match !== null; match = VALUE.exec(text)) {
      const end = VALUE.lastIndex
      const hole = this.#holeFor(text, match)
      if (hole === undefined) continue
      const value = match[1] ?? match[2] ?? match[3]!
      taken += text.slice(from, end - value.length) + hole
      from = end
    }
    return from === 0 ? text : taken + text.slice(from)
  }

  /** Begins again, as a reader of the next block does. */
  clear(): void {
    for (const stream of [this.uids, this.moments, this.versions]) stream.clear()
    this.#lastPosition = 0
    this.#lastMoment = 0
    this.#lastVersion = 0
  }

  #holeFor(text: string, match: RegExpExecArray): string | undefined {
    const [, uid, moment, version] = match
    if (uid !== undefined) return this.#takeUid(uid)
    if (moment !== undefined) return this.#takeMoment(moment)
    // of all numbers in quotes only `resourceVersion` grows with its neighbours
    return text[match.index - 2] === 'n' ? this.#takeVersion(Number(version)) : undefined
  }

  #takeUid(uid: string): string | undefined {
    let position = this.#positions.get(uid)
    if (position === undefined) {
      position = positionOfUid(this.#seed, uid) ?? -1
      remember(this.#positions, uid, position)
    }
    if (position < 0) return undefined
    this.uids.putSigned(position - this.#lastPosition)
    this.#lastPosition = position
    return UID
  }

  #takeMoment(text: string): string | undefined {
    const toSeconds = text.slice(0, TO_SECONDS)
    let seconds = this.#seconds.get(toSeconds)
    if (seconds === undefined) {
      const milliseconds = Date.parse(`${toSeconds}Z`)
      // the 30th of February is read as another day, and would come back as that
      const isDay = !Number.isNaN(milliseconds) && momentText(milliseconds / 1000) === toSeconds
      seconds = isDay ? milliseconds / 1000 : -1
      remember(this.#seconds, toSeconds, seconds)
    }
    if (seconds < 0) return undefined
    this.moments.putSigned(seconds - this.#lastMoment)
    this.#lastMoment = seconds
    if (text.length === TO_SECONDS + 1) return MOMENT
    this.moments.put(Number(text.slice(TO_SECONDS + 1, -1)))
    return MICRO_MOMENT
  }

  #takeVersion(version: number): string {
    this.versions.putSigned(version - this.#lastVersion)
    this.#lastVersion = version
    return VERSION
  }
}

const remember = <T>(known: Map<string, T>, key: string, value: T): void => {
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(key, value)
}

const momentText = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, TO_SECONDS)

export class HoleReader {
  readonly #seed: number
  readonly #uids: NumberReader
  readonly #moments: NumberReader
  readonly #versions: NumberReader
  #position = 0
  #moment = 0
  #momentText = '1970-01-01T00:00:00'
  #version = 0

  constructor(
    seed: number,
    streams: {
      readonly uids: Uint8Array
      readonly moments: Uint8Array
      readonly versions: Uint8Array
    },
  ) {
    this.#seed = seed
    this.#uids = new NumberReader(streams.uids)
    this.#moments = new NumberReader(streams.moments)
    this.#versions = new NumberReader(streams.versions)
  }

  /** The text with its holes filled; not longer than `most`. */
  fill(text: string, most: number): string {
    let length = text.length
    if (length > most) throw tooLarge('it is more than is read at once')
    return text.replace(HOLE, (hole) => {
      const value = this.#valueOf(hole)
      length += value.length
      if (length > most) throw tooLarge('it is more than is read at once')
      return value
    })
  }

  /** Throws unless every number was used. */
  end(): void {
    const isUsed = [this.#uids, this.#moments, this.#versions].every((stream) => stream.isAtEnd)
    if (!isUsed) throw damaged('it has numbers that belong nowhere')
  }

  #valueOf(hole: string): string {
    switch (hole) {
      case UID:
        this.#position += this.#uids.readSigned()
        return uidAt(this.#seed, this.#position)
      case MOMENT:
        return `${this.#nextMoment()}Z`
      case MICRO_MOMENT: {
        const moment = this.#nextMoment()
        const micros = this.#moments.read()
        if (micros > 999_999) throw damaged('a moment is wrong')
        return `${moment}.${String(micros).padStart(6, '0')}Z`
      }
      default:
        this.#version += this.#versions.readSigned()
        return String(this.#version)
    }
  }

  #nextMoment(): string {
    const step = this.#moments.readSigned()
    if (step === 0) return this.#momentText
    this.#moment += step
    if (this.#moment < 0 || this.#moment > LAST_SECOND) throw damaged('a moment is wrong')
    return (this.#momentText = momentText(this.#moment))
  }
}
