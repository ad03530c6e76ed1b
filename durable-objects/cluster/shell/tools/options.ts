// Command lines as getopt reads them.
import { append } from '#apimachinery/append.ts'

export interface OptionSpec {
  /** Letters as getopt has them: `n:` takes a value, `c::` takes one only if it is joined. A leading `+`: operands end the options. */
  readonly short: string
  /** Long name to letter; a name of its own if there is none. With `:` or `::` at its end if the letter does not say it. */
  readonly long?: Readonly<Record<string, string>>
}

export class Options {
  readonly operands: string[] = []
  readonly #given: [string, string][] = []

  add(letter: string, value: string): void {
    this.#given.push([letter, value])
  }

  has(letter: string): boolean {
    return this.#given.some(([given]) => given === letter)
  }

  /** The last one's value. */
  value(letter: string): string | undefined {
    return this.#given.findLast(([given]) => given === letter)?.[1]
  }

  values(letter: string): readonly string[] {
    return this.#given.filter(([given]) => given === letter).map(([, value]) => value)
  }

  /** Which of the letters was given last. */
  last(letters: string): string | undefined {
    return this.#given.findLast(([given]) => letters.includes(given))?.[0]
  }

  /** As they were given. */
  all(): readonly (readonly [string, string])[] {
    return this.#given
  }
}

type Taking = 'none' | 'value' | 'joined'

const takes = (spec: OptionSpec, letter: string): Taking | undefined => {
  const at = letter === ':' || letter === '+' ? -1 : spec.short.indexOf(letter)
  if (at < 0) return undefined
  if (spec.short[at + 1] !== ':') return 'none'
  return spec.short[at + 2] === ':' ? 'joined' : 'value'
}

interface LongOption {
  readonly letter: string
  readonly taking: Taking
}

const findLong = (spec: OptionSpec, name: string): LongOption | string => {
  const long = spec.long ?? {}
  const names = Object.keys(long)
  const exact = names.filter((known) => known === name)
  const found = exact.length > 0 ? exact : names.filter((known) => known.startsWith(name))
  const letters = new Set(found.map((known) => long[known]!))
  if (letters.size !== 1)
    return found.length > 1
      ? `option '--${name}' is ambiguous; possibilities: ${found.map((known) => `'--${known}'`).join(' ')}`
      : `unrecognized option '--${name}'`
  const [written] = [...letters]
  const letter = written!.replace(/:+$/, '')
  if (written !== letter) return { letter, taking: written!.endsWith('::') ? 'joined' : 'value' }
  return { letter, taking: letter.length === 1 ? (takes(spec, letter) ?? 'none') : 'none' }
}

/** A text: what is wrong, in the C library's words. */
export const parseOptions = (words: readonly string[], spec: OptionSpec): Options | string => {
  const options = new Options()
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (word === '--') {
      append(options.operands, words.slice(at + 1))
      break
    }
    if (word === '-' || !word.startsWith('-')) {
      if (spec.short.startsWith('+')) {
        append(options.operands, words.slice(at))
        break
      }
      options.operands.push(word)
      continue
    }
    const used = word.startsWith('--')
      ? readLong(options, spec, words, at)
      : readShort(options, spec, words, at)
    if (typeof used === 'string') return used
    at += used
  }
  return options
}

/** How many further words it took. */
const readLong = (
  options: Options,
  spec: OptionSpec,
  words: readonly string[],
  at: number,
): number | string => {
  const word = words[at]!.slice(2)
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  const found = findLong(spec, name)
  if (typeof found === 'string') return found
  if (equals >= 0) {
    if (found.taking === 'none') return `option '--${name}' doesn't allow an argument`
    options.add(found.letter, word.slice(equals + 1))
    return 0
  }
  if (found.taking !== 'value') {
    options.add(found.letter, '')
    return 0
  }
  const value = words[at + 1]
  if (value === undefined) return `option '--${name}' requires an argument`
  options.add(found.letter, value)
  return 1
}

const readShort = (
  options: Options,
  spec: OptionSpec,
  words: readonly string[],
  at: number,
): number | string => {
  const word = words[at]!
  for (let index = 1; index < word.length; index++) {
    const letter = word[index]!
    const taking = takes(spec, letter)
    if (taking === undefined) return `invalid option -- '${letter}'`
    const joined = word.slice(index + 1)
    if (taking === 'none') {
      options.add(letter, '')
      continue
    }
    if (joined !== '' || taking === 'joined') {
      options.add(letter, joined)
      return 0
    }
    const value = words[at + 1]
    if (value === undefined) return `option requires an argument -- '${letter}'`
    options.add(letter, value)
    return 1
  }
  return 0
}
