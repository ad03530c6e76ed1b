// Reads sed scripts.
import type { Pattern } from '#apimachinery/re2.ts'
import { compilePosix, PatternError } from '#shell/tools/posix-pattern.ts'
import {
  type Address,
  type Command,
  type Part,
  ScriptError,
  type Substitution,
} from '#shell/tools/sed/script.ts'

const NO_ADDRESS = ':}#'
const ONE_ADDRESS = 'qQ'

export const parseScript = (source: string, extended: boolean): readonly Command[] =>
  new Parser(source, extended).run()

class Parser {
  readonly #source: string
  readonly #extended: boolean
  readonly #commands: Command[] = []
  readonly #open: number[] = []
  #at = 0

  constructor(source: string, extended: boolean) {
    this.#source = source
    this.#extended = extended
  }

  run(): readonly Command[] {
    for (;;) {
      this.#skip(/[\s;]/)
      if (this.#at >= this.#source.length) break
      this.#command()
    }
    if (this.#open.length > 0) throw new ScriptError("unmatched `{'", 0)
    this.#resolve()
    return this.#commands
  }

  #resolve(): void {
    const labels = new Map<string, number>()
    for (const [index, { name, label }] of this.#commands.entries())
      if (name === ':') labels.set(label ?? '', index)
    for (const command of this.#commands) {
      if (!'btT'.includes(command.name)) continue
      const { label = '' } = command
      const target = label === '' ? this.#commands.length : labels.get(label)
      if (target === undefined)
        throw new ScriptError(`can't find label for jump to \`${label}'`, -1)
      command.target = target
    }
  }

  #fail(message: string): never {
    throw new ScriptError(message, Math.min(this.#at, this.#source.length))
  }

  #skip(what: RegExp): void {
    while (this.#at < this.#source.length && what.test(this.#source[this.#at]!)) this.#at++
  }

  #command(): void {
    const from = this.#address()
    let to: Address | undefined
    if (from !== undefined) {
      this.#skip(/[ \t]/)
      if (this.#source[this.#at] === ',') {
        this.#at++
        this.#skip(/[ \t]/)
        to = this.#endAddress()
        if (to === undefined) this.#fail("unexpected `,'")
      }
    }
    this.#skip(/[ \t]/)
    let isNegated = false
    while (this.#source[this.#at] === '!') {
      isNegated = true
      this.#at++
      this.#skip(/[ \t]/)
    }
    const name = this.#source[this.#at++]
    if (name === undefined) this.#fail('missing command')
    if (from !== undefined && NO_ADDRESS.includes(name))
      this.#fail(
        name === ':'
          ? ": doesn't want any addresses"
          : name === '}'
            ? "} doesn't want any addresses"
            : "comments don't accept any addresses",
      )
    if (to !== undefined && ONE_ADDRESS.includes(name)) this.#fail('command only uses one address')
    this.#body({
      name,
      isNegated,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    })
  }

  #body(command: Command): void {
    const { name } = command
    if (name === '#') return this.#skip(/[^\n]/)
    if (name === '{') {
      this.#open.push(this.#commands.length)
      this.#commands.push(command)
      return
    }
    if (name === '}') {
      const open = this.#open.pop()
      if (open === undefined) this.#fail("unexpected `}'")
      this.#commands[open]!.target = this.#commands.length
      return this.#end()
    }
    this.#commands.push({ ...command, ...this.#arguments(name) })
  }

  #arguments(name: string): Partial<Command> {
    if ('=dDgGhHnNpPxzlF'.includes(name)) return this.#ended({})
    if (name === 'a' || name === 'i' || name === 'c') return { text: this.#text() }
    if (name === ':') {
      const label = this.#word(/[^\n;]/)
      return label === '' ? this.#fail('":" lacks a label') : { label }
    }
    if ('btT'.includes(name)) return { label: this.#word(/[^\n;}]/) }
    if (name === 'r' || name === 'w' || name === 'R' || name === 'W') {
      const text = this.#word(/[^\n]/)
      return text === '' ? this.#fail('missing filename in r/R/w/W commands') : { text }
    }
    if (name === 'q' || name === 'Q') {
      const digits = this.#word(/[0-9]/)
      return this.#ended(digits === '' ? {} : { exitCode: Number(digits) })
    }
    if (name === 's') return { substitution: this.#substitution() }
    if (name === 'y') return { map: this.#map() }
    return this.#fail(`unknown command: \`${name}'`)
  }

  #ended(command: Partial<Command>): Partial<Command> {
    this.#end()
    return command
  }

  /** What may follow a command. */
  #end(): void {
    this.#skip(/[ \t]/)
    const next = this.#source[this.#at]
    if (next === undefined || next === '}' || next === '#') return
    this.#at++
    if (next !== ';' && next !== '\n') this.#fail('extra characters after command')
  }

  #word(what: RegExp): string {
    this.#skip(/[ \t]/)
    const start = this.#at
    this.#skip(what)
    return this.#source.slice(start, this.#at).trimEnd()
  }

  /** The text of a, i, c, up to a line end that no backslash precedes. */
  #text(): string {
    this.#skip(/[ \t]/)
    if (this.#at >= this.#source.length) this.#fail("expected \\ after `a', `c' or `i'")
    if (this.#source[this.#at] === '\\') {
      const spaces = /^[ \t]*\n/.exec(this.#source.slice(this.#at + 1, this.#at + 100))
      this.#at += 1 + (spaces?.[0].length ?? 0)
    }
    let text = ''
    while (this.#at < this.#source.length) {
      const char = this.#source[this.#at++]!
      if (char === '\n') break
      text += char === '\\' && this.#at < this.#source.length ? this.#source[this.#at++]! : char
    }
    return `${text}\n`
  }

  #number(): number {
    const start = this.#at
    this.#skip(/[0-9]/)
    return Number(this.#source.slice(start, this.#at))
  }

  #address(): Address | undefined {
    const char = this.#source[this.#at]
    if (char === undefined) return undefined
    if (/[0-9]/.test(char)) {
      const line = this.#number()
      if (this.#source[this.#at] !== '~') return { kind: 'line', line }
      this.#at++
      return { kind: 'step', first: line, step: this.#number() }
    }
    if (char === '$') {
      this.#at++
      return { kind: 'last' }
    }
    if (char !== '/' && char !== '\\') return undefined
    this.#at += char === '/' ? 1 : 2
    const delimiter = this.#source[this.#at - 1] ?? '/'
    const source = this.#delimited(delimiter, true)
    if (source === undefined) this.#fail('unterminated address regex')
    let ignoreCase = false
    let multiline = false
    for (; this.#source[this.#at] === 'I' || this.#source[this.#at] === 'M'; this.#at++)
      if (this.#source[this.#at] === 'I') ignoreCase = true
      else multiline = true
    if (source === '') return { kind: 'match' }
    return { kind: 'match', pattern: this.#compile(source, ignoreCase, multiline) }
  }

  #endAddress(): Address | undefined {
    const char = this.#source[this.#at]
    if (char !== '+' && char !== '~') return this.#address()
    this.#at++
    const count = this.#number()
    return char === '+' ? { kind: 'more', lines: count } : { kind: 'multiple', of: count }
  }

  /** Up to the delimiter, which is passed; undefined: it is not there. */
  #delimited(delimiter: string, isPattern: boolean): string | undefined {
    let text = ''
    let isInBracket = false
    while (this.#at < this.#source.length) {
      const char = this.#source[this.#at++]!
      if (char === delimiter && !isInBracket) return text
      if (isPattern && char === '[' && !isInBracket) {
        isInBracket = true
        text += char
        // a bracket's first `]` is a member
        if (this.#source[this.#at] === '^') text += this.#source[this.#at++]!
        if (this.#source[this.#at] === ']') text += this.#source[this.#at++]!
        continue
      }
      if (char === ']') isInBracket = false
      if (char !== '\\' || isInBracket) {
        text += char
        continue
      }
      const next = this.#source[this.#at++]
      if (next === undefined) return undefined
      text +=
        next === delimiter && (!isPattern || !'.*[]^$+?(){}|'.includes(next)) ? next : `\\${next}`
    }
    return undefined
  }

  #compile(source: string, ignoreCase: boolean, multiline: boolean): Pattern {
    try {
      return compilePosix(source, {
        extended: this.#extended,
        ignoreCase,
        multiline,
        escapes: true,
      })
    } catch (error) {
      if (error instanceof PatternError) this.#fail(error.message)
      throw error
    }
  }

  #substitution(): Substitution {
    const delimiter = this.#source[this.#at++]
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\')
      this.#fail("unterminated `s' command")
    const source = this.#delimited(delimiter, true)
    const replacement = source === undefined ? undefined : this.#delimited(delimiter, false)
    if (source === undefined || replacement === undefined) this.#fail("unterminated `s' command")
    const flags = this.#flags()
    const pattern =
      source === '' ? undefined : this.#compile(source, flags.ignoreCase, flags.multiline)
    const parts = replacementOf(replacement)
    const highest = Math.max(0, ...parts.filter((part) => typeof part === 'number'))
    if (pattern !== undefined && highest > pattern.groups)
      this.#fail(`invalid reference \\${highest} on \`s' command's RHS`)
    const { isGlobal, prints, nth, file } = flags
    return {
      replacement: parts,
      isGlobal,
      prints,
      nth,
      ...(pattern === undefined ? {} : { pattern }),
      ...(file === undefined ? {} : { file }),
    }
  }

  #flags() {
    const flags = {
      isGlobal: false,
      prints: false,
      ignoreCase: false,
      multiline: false,
      nth: 1,
      file: undefined as string | undefined,
    }
    for (;;) {
      const char = this.#source[this.#at]
      if (char === 'g') flags.isGlobal = true
      else if (char === 'p') flags.prints = true
      else if (char === 'i' || char === 'I') flags.ignoreCase = true
      else if (char === 'm' || char === 'M') flags.multiline = true
      else if (char === 'e') this.#fail('e/r/w commands disabled in sandbox mode')
      else if (char !== undefined && /[0-9]/.test(char)) {
        flags.nth = this.#number()
        if (flags.nth === 0) this.#fail("number option to `s' command may not be zero")
        continue
      } else if (char === 'w') {
        this.#at++
        flags.file = this.#word(/[^\n]/)
        return flags
      } else {
        this.#endOfFlags()
        return flags
      }
      this.#at++
    }
  }

  #endOfFlags(): void {
    this.#skip(/[ \t]/)
    const next = this.#source[this.#at]
    if (next === undefined || next === '}' || next === '#') return
    this.#at++
    if (next !== ';' && next !== '\n') this.#fail("unknown option to `s'")
  }

  #map(): ReadonlyMap<string, string> {
    const delimiter = this.#source[this.#at++] ?? ''
    const from = this.#delimited(delimiter, false)
    const to = from === undefined ? undefined : this.#delimited(delimiter, false)
    if (from === undefined || to === undefined) this.#fail("unterminated `y' command")
    const [left, right] = [[...plain(from)], [...plain(to)]]
    if (left.length !== right.length) this.#fail("strings for `y' command are different lengths")
    this.#end()
    return new Map(left.map((char, index) => [char, right[index]!] as const))
  }
}

const CONTROL: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\x07',
}

const plain = (text: string): string =>
  text.replace(/\\(.)/gs, (_, char: string) => CONTROL[char] ?? char)

const replacementOf = (text: string): readonly Part[] => {
  const parts: Part[] = []
  let run = ''
  const push = (part: Part): void => {
    if (run !== '') parts.push(run)
    run = ''
    parts.push(part)
  }
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '&') push(0)
    else if (char !== '\\') run += char
    else {
      const next = text[++at] ?? '\\'
      if (/[0-9]/.test(next)) push(Number(next))
      else if (next === 'U' || next === 'L' || next === 'u' || next === 'l' || next === 'E')
        push({ change: next })
      else run += CONTROL[next] ?? next
    }
  }
  if (run !== '') parts.push(run)
  return parts
}
