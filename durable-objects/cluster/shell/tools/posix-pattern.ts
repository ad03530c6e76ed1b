// POSIX regular expressions, basic and extended, with what GNU and busybox add to them, put into RE2's syntax.
import { compilePattern, type Pattern, PatternError, quotePattern } from '#apimachinery/re2.ts'

export { PatternError } from '#apimachinery/re2.ts'

export interface PosixOptions {
  readonly extended?: boolean
  readonly ignoreCase?: boolean
  /** `^` and `$` stand at line ends within the text. */
  readonly multiline?: boolean
  /** Also within brackets a backslash escapes, as awk and sed have it. */
  readonly escapes?: boolean
}

/** Longer ones are refused: RE2's work grows with the pattern. */
const LONGEST_PATTERN = 20_000

/** Throws a PatternError in the C library's words. */
export const compilePosix = (source: string, options: PosixOptions = {}): Pattern => {
  if (source.length > LONGEST_PATTERN) throw new PatternError('Regular expression too big')
  const translated = new Translation(source, options).run()
  try {
    return compilePattern(translated, {
      longest: true,
      dotAll: true,
      ignoreCase: options.ignoreCase === true,
      multiline: options.multiline === true,
    })
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw new PatternError(
      /repeat count|too large/.test(error.message)
        ? 'Regular expression too big'
        : 'Invalid regular expression',
    )
  }
}

/** A pattern that stands for the text itself. */
export const compileFixed = (text: string, ignoreCase: boolean): Pattern =>
  compilePattern(quotePattern(text), { ignoreCase })

const CLASSES = new Set(
  'alpha digit alnum upper lower space blank punct print graph cntrl xdigit'.split(' '),
)
const SPECIAL: Readonly<Record<string, string>> = {
  w: '[0-9A-Za-z_]',
  W: '[^0-9A-Za-z_]',
  s: '[[:space:]]',
  S: '[^[:space:]]',
  b: '\\b',
  B: '\\B',
  '<': '\\b',
  '>': '\\b',
  '`': '\\A',
  "'": '\\z',
}
const CONTROL: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\x07',
}

class Translation {
  readonly #source: string
  readonly #options: PosixOptions
  readonly #extended: boolean
  #at = 0
  #out = ''
  /** Where in `#out` the last atom begins; undefined: nothing that could be repeated. */
  #atom: number | undefined
  #isRepeated = false
  readonly #open: number[] = []

  constructor(source: string, options: PosixOptions) {
    this.#source = source
    this.#options = options
    this.#extended = options.extended === true
  }

  run(): string {
    while (this.#at < this.#source.length) this.#step(this.#source[this.#at]!)
    if (this.#open.length > 0) throw new PatternError('Unmatched ( or \\(')
    return this.#out
  }

  #step(char: string): void {
    if (char === '\\') return this.#escape()
    if (char === '[') return this.#emit(this.#bracket())
    this.#at++
    if (char === '.') return this.#emit('.')
    if (char === '*') return this.#star()
    if (char === '^') return this.#caret()
    if (char === '$') return this.#dollar()
    if (!this.#extended) return this.#emit(quotePattern(char))
    if (char === '(') return this.#begin()
    if (char === ')' && this.#open.length > 0) return this.#end()
    if (char === ')') throw new PatternError('Unmatched ) or \\)')
    if (char === '|') return this.#alternative()
    if (char === '+' || char === '?') return this.#repeat(char)
    if (char === '{') return this.#interval('}')
    return this.#emit(quotePattern(char))
  }

  #escape(): void {
    const char = this.#source[this.#at + 1]
    if (char === undefined) throw new PatternError('Trailing backslash')
    this.#at += 2
    if (!this.#extended) {
      if (char === '(') return this.#begin()
      if (char === ')') {
        if (this.#open.length === 0) throw new PatternError('Unmatched ) or \\)')
        return this.#end()
      }
      if (char === '{') return this.#interval('\\}')
      if (char === '|') return this.#alternative()
      if (char === '+' || char === '?') return this.#repeat(char)
    }
    if (/[1-9]/.test(char)) throw new PatternError('Invalid back reference')
    const special = SPECIAL[char]
    if (special !== undefined) return this.#emit(special)
    const control = this.#options.escapes === true || char === 'n' ? CONTROL[char] : undefined
    return this.#emit(quotePattern(control ?? char))
  }

  #emit(text: string): void {
    this.#atom = this.#out.length
    this.#isRepeated = false
    this.#out += text
  }

  #begin(): void {
    this.#open.push(this.#out.length)
    this.#out += '('
    this.#atom = undefined
  }

  #end(): void {
    this.#atom = this.#open.pop()!
    this.#isRepeated = false
    this.#out += ')'
  }

  #alternative(): void {
    this.#out += '|'
    this.#atom = undefined
  }

  #star(): void {
    if (this.#atom !== undefined) return this.#repeat('*')
    // at the start a basic expression means the star itself, an extended one nothing
    return this.#extended ? undefined : this.#emit('\\*')
  }

  #repeat(operator: string): void {
    if (this.#atom === undefined) {
      if (!this.#extended) this.#emit(quotePattern(operator))
      return
    }
    if (this.#isRepeated)
      this.#out = `${this.#out.slice(0, this.#atom)}(?:${this.#out.slice(this.#atom)})`
    this.#out += operator
    this.#isRepeated = true
  }

  #caret(): void {
    const before = this.#source.slice(0, this.#at - 1)
    const isAnchor = this.#extended || before === '' || /\\\($|\\\||\n$/.test(before.slice(-2))
    if (!isAnchor) return this.#emit('\\^')
    this.#out += '^'
    this.#atom = undefined
  }

  #dollar(): void {
    const rest = this.#source.slice(this.#at)
    const isAnchor = this.#extended || rest === '' || /^(?:\\\)|\\\||\n)/.test(rest)
    if (!isAnchor) return this.#emit('\\$')
    this.#out += '$'
    this.#atom = undefined
  }

  #interval(close: string): void {
    const end = this.#source.indexOf(close, this.#at)
    const inside = end < 0 ? '' : this.#source.slice(this.#at, end)
    const [, from, comma, to] = /^([0-9]*)(,?)([0-9]*)$/.exec(inside) ?? []
    const isWrong = inside === '' || from === undefined || (from === '' && comma === '')
    if (isWrong || (this.#atom === undefined && this.#extended)) {
      if (this.#extended && this.#atom !== undefined) return this.#emit('\\{')
      if (this.#extended) throw new PatternError('Invalid preceding regular expression')
      throw new PatternError(end < 0 ? 'Unmatched \\{' : 'Invalid content of \\{\\}')
    }
    if (this.#atom === undefined) throw new PatternError('Invalid preceding regular expression')
    if (to !== '' && Number(from) > Number(to)) throw new PatternError('Invalid content of \\{\\}')
    this.#at = end + close.length
    this.#repeat(`{${from === '' ? '0' : from}${comma}${to}}`)
  }

  #bracket(): string {
    const unmatched = new PatternError('Unmatched [, [^, [:, [., or [=')
    let at = this.#at + 1
    const isNegated = this.#source[at] === '^'
    if (isNegated) at++
    const members: string[] = []
    for (let isFirst = true; ; isFirst = false) {
      const char = this.#source[at]
      if (char === undefined) throw unmatched
      if (char === ']' && !isFirst) break
      const [member, next] = this.#member(at)
      if (
        member.length > 2 ||
        this.#source[next] !== '-' ||
        (this.#source[next + 1] ?? ']') === ']'
      ) {
        members.push(inClass(member))
        at = next
        continue
      }
      const [to, after] = this.#member(next + 1)
      if (member > to) throw new PatternError('Invalid range end')
      members.push(`${inClass(member)}-${inClass(to)}`)
      at = after
    }
    this.#at = at + 1
    return `[${isNegated ? '^' : ''}${members.join('')}]`
  }

  /** One character of a bracket, or `[:name:]`, and where the next begins. */
  #member(at: number): [string, number] {
    const source = this.#source
    const char = source[at]
    if (char === undefined) throw new PatternError('Unmatched [, [^, [:, [., or [=')
    const kind = source[at + 1]
    if (char === '[' && (kind === ':' || kind === '.' || kind === '=')) {
      const end = source.indexOf(`${kind}]`, at + 2)
      if (end < 0) throw new PatternError('Unmatched [, [^, [:, [., or [=')
      const name = source.slice(at + 2, end)
      if (kind !== ':') return [name, end + 2]
      if (!CLASSES.has(name)) throw new PatternError('Invalid character class name')
      return [`[:${name}:]`, end + 2]
    }
    if (char === '\\' && this.#options.escapes === true) {
      const next = source[at + 1]
      if (next !== undefined && Object.hasOwn(CONTROL, next)) return [CONTROL[next]!, at + 2]
      if (next === '\\' || next === ']' || next === '/' || next === '"') return [next, at + 2]
    }
    const point = String.fromCodePoint(source.codePointAt(at)!)
    return [point, at + point.length]
  }
}

const inClass = (member: string): string =>
  member.length > 2 ? member : member.replace(/[\\\]^[-]/, '\\$&')
