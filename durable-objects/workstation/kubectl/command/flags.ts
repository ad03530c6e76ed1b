// Reads a command line as pflag does. github.com/spf13/pflag flag.go
import { append } from '#apimachinery/append.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { FlagSpec } from '#kubectl/command/flag-spec.ts'
import { goBoolean, goDurationOf, goInteger, isInt32, splitCsv } from '#kubectl/command/values.ts'

/** What a command line says. */
export class Flags {
  readonly #specs: ReadonlyMap<string, FlagSpec>
  readonly #values = new Map<string, string>()
  readonly #lists = new Map<string, string[]>()
  readonly #occurrences: (readonly [name: string, value: string])[] = []

  constructor(specs: ReadonlyMap<string, FlagSpec>) {
    this.#specs = specs
  }

  /** Throws KubectlFailure. */
  set(spec: FlagSpec, value: string): void {
    const problem = problemWith(spec, value)
    if (problem !== undefined)
      throw new KubectlFailure(
        `invalid argument ${JSON.stringify(value)} for "${shown(spec)}" flag: ${problem}`,
      )
    const { name, kind } = spec
    this.#occurrences.push([name, value])
    const items = itemsOf(kind, value)
    if (items !== undefined) {
      this.#lists.set(name, [...(this.#lists.get(name) ?? []), ...items])
    }
    this.#values.set(name, kind === 'bool' ? String(goBoolean(value)) : value)
  }

  /** It was given. */
  changed(name: string): boolean {
    return this.#values.has(name)
  }

  has(name: string): boolean {
    return this.#specs.has(name)
  }

  /** The value of a flag that every command has, unless this one calls something else so. */
  global(name: string): string {
    return this.#specs.get(name)?.isGlobal === true ? this.string(name) : ''
  }

  string(name: string): string {
    return this.#values.get(name) ?? this.#specs.get(name)?.initial ?? ''
  }

  bool(name: string): boolean {
    return this.string(name) === 'true'
  }

  int(name: string): number {
    return goInteger(this.string(name)) ?? 0
  }

  /** In milliseconds. */
  duration(name: string): number {
    return goDurationOf(this.string(name)) ?? 0
  }

  list(name: string): readonly string[] {
    const given = this.#lists.get(name)
    if (given !== undefined) return given
    const initial = this.#specs.get(name)?.initial ?? ''
    return initial === '' ? [] : initial.split(',')
  }

  /** Throws if the command cannot do without flags that were not given. cobra: ValidateRequiredFlags */
  checkRequired(): void {
    const missing = [...this.#specs.values()].filter(
      ({ name, isRequired = false }) => isRequired && !this.changed(name),
    )
    if (missing.length === 0) return
    const names = missing.map(({ name }) => JSON.stringify(name)).toSorted()
    throw new KubectlFailure(`required flag(s) ${names.join(', ')} not set`)
  }

  /** Each flag that was given, as often as it was. */
  get occurrences(): readonly (readonly [name: string, value: string])[] {
    return this.#occurrences
  }

  /** Names of the flags that were given. */
  get given(): readonly string[] {
    return [...this.#values.keys()]
  }
}

/** Undefined: there is one value only. */
const itemsOf = (kind: FlagSpec['kind'], value: string): readonly string[] | undefined => {
  switch (kind) {
    case 'array':
      return [value]
    case 'list':
    case 'map':
      return splitCsv(value)
    case 'pairs':
      return value.split(',').filter((pair) => pair !== '')
    default:
      return undefined
  }
}

const shown = ({ name, shorthand }: FlagSpec): string =>
  shorthand === undefined ? `--${name}` : `-${shorthand}, --${name}`

const problemWith = (
  { kind, isInt32: isSmall = false }: FlagSpec,
  value: string,
): string | undefined => {
  switch (kind) {
    case 'bool':
      return goBoolean(value) === undefined
        ? `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`
        : undefined
    case 'int': {
      const number = goInteger(value)
      if (number !== undefined && (!isSmall || isInt32(number))) return undefined
      const why = /^[+-]?\d+$/.test(value) ? 'value out of range' : 'invalid syntax'
      return `strconv.ParseInt: parsing ${JSON.stringify(value)}: ${why}`
    }
    case 'duration':
      return goDurationOf(value) === undefined ? durationProblem(value) : undefined
    case 'map':
      return splitCsv(value).every((pair) => pair.includes('='))
        ? undefined
        : `${value} must be formatted as key=value`
    case 'pairs':
      return itemsOf(kind, value)!.every((pair) => pair.includes('='))
        ? undefined
        : 'malformed pair, expect string=string'
    case 'string':
    case 'list':
    case 'array':
    case 'float':
      return undefined
  }
}

const durationProblem = (value: string): string => {
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value))
    return `time: missing unit in duration ${JSON.stringify(value)}`
  const unit = /^[+-]?(?:\d+\.?\d*|\.\d+)([^\d.]+)/.exec(value)?.[1]
  return unit === undefined || ['h', 'm', 's', 'ms', 'us', 'µs', 'ns'].includes(unit)
    ? `time: invalid duration ${JSON.stringify(value)}`
    : `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(value)}`
}

export interface CommandLine {
  readonly flags: Flags
  readonly args: readonly string[]
  /** How many arguments stood before `--`; -1 if there was none. */
  readonly dashAt: number
  /** Deprecated flags that were given. */
  readonly deprecated: readonly FlagSpec[]
}

/** Flags and arguments in any order; what follows `--` are arguments. Throws KubectlFailure. */
export const parseFlags = (words: readonly string[], specs: readonly FlagSpec[]): CommandLine => {
  const byName = new Map(specs.map((spec) => [spec.name, spec]))
  const byLetter = new Map(
    specs.flatMap((spec) =>
      spec.shorthand === undefined ? [] : [[spec.shorthand, spec] as const],
    ),
  )
  const flags = new Flags(byName)
  const args: string[] = []
  const deprecated: FlagSpec[] = []
  const take = (spec: FlagSpec, value: string): void => {
    flags.set(spec, value)
    if (spec.deprecated !== undefined) deprecated.push(spec)
  }
  const rest = [...words]
  let dashAt = -1
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.length < 2 || word[0] !== '-') args.push(word)
    else if (word === '--') {
      dashAt = args.length
      append(args, rest)
      break
    } else if (word.startsWith('--')) long(word, rest, byName, take)
    else short(word, rest, byLetter, take)
  }
  return { flags, args, dashAt, deprecated }
}

type Take = (spec: FlagSpec, value: string) => void

const long = (
  word: string,
  rest: string[],
  specs: ReadonlyMap<string, FlagSpec>,
  take: Take,
): void => {
  const [, name = '', equals] = /^--([^=]*)(=?)/.exec(word) ?? []
  if (name === '' || name.startsWith('-')) throw new KubectlFailure(`bad flag syntax: ${word}`)
  const spec = specs.get(name)
  if (spec === undefined) throw new KubectlFailure(`unknown flag: --${name}`)
  if (equals === '=') take(spec, word.slice(name.length + 3))
  else if (spec.bare !== undefined) take(spec, spec.bare)
  else if (rest.length > 0) take(spec, rest.shift()!)
  else throw new KubectlFailure(`flag needs an argument: --${name}`)
}

const short = (
  word: string,
  rest: string[],
  specs: ReadonlyMap<string, FlagSpec>,
  take: Take,
): void => {
  let letters = word.slice(1)
  while (letters !== '') {
    const letter = letters[0]!
    const spec = specs.get(letter)
    if (spec === undefined)
      throw new KubectlFailure(`unknown shorthand flag: '${letter}' in ${word}`)
    const more = letters.slice(1)
    if (more.startsWith('=') && more.length > 1) return take(spec, more.slice(1))
    if (spec.bare !== undefined) {
      take(spec, spec.bare)
      letters = more
    } else if (more !== '') return take(spec, more)
    else if (rest.length > 0) return take(spec, rest.shift()!)
    else throw new KubectlFailure(`flag needs an argument: '${letter}' in ${word}`)
  }
}
