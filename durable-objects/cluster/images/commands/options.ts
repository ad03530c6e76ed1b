// Reading a command line as getopt does.
import { append } from '#apimachinery/append.ts'

export interface OptionSyntax {
  /** Letters of flags that stand alone. */
  readonly flags: string
  /** Letters of flags that a value follows. */
  readonly valued: string
  /** Long options: their value is `true` if one follows, and a letter if they are another name for a short one. */
  readonly long?: Readonly<Record<string, boolean | string>>
  /** Long options with a single dash. */
  readonly singleDash?: boolean
}

export interface Options {
  /** The last value of each option; '' for flags. */
  readonly values: ReadonlyMap<string, string>
  /** All values of options that may be repeated. */
  readonly all: ReadonlyMap<string, readonly string[]>
  readonly operands: readonly string[]
  /** What cannot be read. */
  readonly bad?: { readonly option: string; readonly why: 'unknown' | 'no value' }
}

export const parseOptions = (args: readonly string[], syntax: OptionSyntax): Options =>
  new OptionReader(args, syntax).read()

class OptionReader {
  readonly #args: readonly string[]
  readonly #syntax: OptionSyntax
  readonly #all = new Map<string, string[]>()
  readonly #operands: string[] = []
  #at = 0
  #bad: Options['bad']

  constructor(args: readonly string[], syntax: OptionSyntax) {
    this.#args = args
    this.#syntax = syntax
  }

  read(): Options {
    while (this.#at < this.#args.length && this.#bad === undefined) {
      const word = this.#args[this.#at++]!
      if (word === '--') append(this.#operands, this.#args.slice(this.#at))
      if (word === '--') break
      if (word.startsWith('--')) this.#long(word.slice(2), word)
      else if (word.length < 2 || !word.startsWith('-')) this.#operands.push(word)
      else if (this.#syntax.singleDash === true && this.#isLong(word.slice(1).split('=')[0]!))
        this.#long(word.slice(1), word)
      else this.#short(word.slice(1))
    }
    const values = new Map([...this.#all].map(([name, list]) => [name, list.at(-1)!]))
    return {
      values,
      all: this.#all,
      operands: this.#operands,
      ...(this.#bad === undefined ? {} : { bad: this.#bad }),
    }
  }

  #isLong(name: string): boolean {
    return Object.hasOwn(this.#syntax.long ?? {}, name)
  }

  #long(text: string, word: string): void {
    const [name, given] = text.split(/=(.*)/s)
    if (!this.#isLong(name!)) {
      this.#bad = { option: word.split('=')[0]!, why: 'unknown' }
      return
    }
    const kind = this.#syntax.long![name!]!
    const key = typeof kind === 'string' ? kind : name!
    const takesValue = typeof kind === 'string' ? this.#syntax.valued.includes(kind) : kind
    if (!takesValue) this.#add(key, '')
    else this.#value(key, given ?? this.#args[this.#at++], word)
  }

  #short(letters: string): void {
    for (let at = 0; at < letters.length; at++) {
      const letter = letters[at]!
      if (this.#syntax.flags.includes(letter)) this.#add(letter, '')
      else if (this.#syntax.valued.includes(letter)) {
        const rest = letters.slice(at + 1)
        this.#value(letter, rest === '' ? this.#args[this.#at++] : rest, `-${letter}`)
        return
      } else {
        this.#bad = { option: `-${letter}`, why: 'unknown' }
        return
      }
    }
  }

  #value(key: string, value: string | undefined, word: string): void {
    if (value === undefined) this.#bad = { option: word.split('=')[0]!, why: 'no value' }
    else this.#add(key, value)
  }

  #add(key: string, value: string): void {
    const list = this.#all.get(key)
    if (list === undefined) this.#all.set(key, [value])
    else list.push(value)
  }
}

/** `2.5` seconds in milliseconds; undefined if it is no number or zero, which means: for ever. */
export const secondsOf = (text: string | undefined): number | undefined => {
  const seconds = Number(text)
  return text === undefined || !Number.isFinite(seconds) || seconds <= 0
    ? undefined
    : Math.round(seconds * 1000)
}
