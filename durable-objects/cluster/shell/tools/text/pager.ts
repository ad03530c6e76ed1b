// less and more: a text by the screen, for whoever sits at a terminal.
import type { Pattern } from '#apimachinery/re2.ts'
import { isFailure } from '#shell/files/failure.ts'
import { compilePosix, PatternError } from '#shell/tools/posix-pattern.ts'
import { openInput } from '#shell/tools/input.ts'
import { type Run, tool, type ToolOf } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

/** More is not shown. */
const MOST_TEXT = 4 * 1024 * 1024
const TAB = 8
const [OTHER_SCREEN, FIRST_SCREEN] = ['\x1b[?1049h', '\x1b[?1049l']
const CLEAR_LINE = '\r\x1b[K'

const inverse = (text: string): string => `\x1b[7m${text}\x1b[0m`

/** One line of the screen: no tabs, nothing that moves the cursor. */
const visible = (line: string, keepsColors: boolean): string => {
  let out = ''
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    if (keepsColors && part.startsWith('\x1b[')) out += part
    else
      for (const character of part.replaceAll('\b', ''))
        if (character === '\t') out += ' '.repeat(TAB - (out.length % TAB))
        else if (character < ' ' || character === '\x7f')
          out +=
            character === '\x7f' ? '^?' : `^${String.fromCharCode(character.charCodeAt(0) + 64)}`
        else out += character
  }
  return out
}

const LONGEST_SHOWN = 64 * 1024

/** The lines of the screen that a text takes. */
const rowsOf = (text: string, columns: number, run: Run): readonly string[] => {
  const lines = text.replace(/\n$/, '').split('\n')
  return lines.flatMap((line) => {
    const shown = visible(line.slice(0, LONGEST_SHOWN), run.has('R') || run.has('r'))
    if (run.has('S') || shown.includes('\x1b')) return [shown.slice(0, columns)]
    if (shown.length <= columns) return [shown]
    return Array.from({ length: Math.ceil(shown.length / columns) }, (_, at) =>
      shown.slice(at * columns, (at + 1) * columns),
    )
  })
}

/** What keys without a character mean. */
const SEQUENCES: Readonly<Record<string, string>> = {
  '\x1b[A': 'k',
  '\x1bOA': 'k',
  '\x1b[B': 'j',
  '\x1bOB': 'j',
  '\x1b[5~': 'b',
  '\x1b[6~': ' ',
  '\x1b[H': 'g',
  '\x1b[1~': 'g',
  '\x1b[F': 'G',
  '\x1b[4~': 'G',
}

const keysOf = (text: string): readonly string[] =>
  (text.match(/\x1b(?:\[[\d;]*[~A-Za-z]|O[A-Z])|[^]/gu) ?? []).map((key) => SEQUENCES[key] ?? key)

class Less {
  readonly #run: Run
  readonly #name: string
  readonly #text: string
  #top = 0
  #count = ''
  /** What is typed behind / or ?. */
  #asked: string | undefined
  #pattern: Pattern | undefined
  #isBackward = false
  #message: string | undefined

  constructor(run: Run, name: string, text: string) {
    this.#run = run
    this.#name = name
    this.#text = text
    this.#message = name === '-' ? undefined : name
  }

  get #size() {
    return this.#run.call.terminalSize?.() ?? { columns: 80, rows: 24 }
  }

  get #page(): number {
    return Math.max(1, this.#size.rows - 1)
  }

  get #rows(): readonly string[] {
    return rowsOf(this.#text, this.#size.columns, this.#run)
  }

  /** The whole screen. */
  screen(): string {
    const rows = this.#rows
    this.#top = Math.max(0, Math.min(this.#top, rows.length - this.#page))
    const shown = rows.slice(this.#top, this.#top + this.#page).map((row) => this.#marked(row))
    const filled = [...shown, ...Array.from({ length: this.#page - shown.length }, () => '~')]
    return `\x1b[H\x1b[2J${filled.join('\n')}\n${this.#status(rows.length)}`
  }

  #status(rows: number): string {
    if (this.#asked !== undefined) return this.#asked
    const message = this.#message
    this.#message = undefined
    if (message !== undefined) return inverse(message)
    return this.#top + this.#page >= rows ? inverse('(END)') : `:${this.#count}`
  }

  #marked(row: string): string {
    const pattern = this.#pattern
    if (pattern === undefined || row.includes('\x1b')) return row
    let out = ''
    let at = 0
    for (;;) {
      const [start, end] = pattern.exec(row, at) ?? []
      if (start === undefined || end === undefined || end === start) return out + row.slice(at)
      out += row.slice(at, start) + inverse(row.slice(start, end))
      at = end
    }
  }

  /** False: it is left. */
  press(key: string): boolean {
    if (this.#asked !== undefined) {
      this.#ask(key)
      return true
    }
    if (/^\d$/.test(key)) {
      this.#count = (this.#count + key).slice(0, 9)
      return true
    }
    const count = this.#count === '' ? undefined : Number(this.#count)
    this.#count = ''
    if (key === 'q' || key === 'Q' || key === 'Z') return false
    this.#move(key, count)
    return true
  }

  #move(key: string, count: number | undefined): void {
    const half = Math.ceil(this.#page / 2)
    if ('j\r\ne\x0e\x05'.includes(key)) this.#top += count ?? 1
    else if ('ky\x10\x19'.includes(key)) this.#top -= count ?? 1
    else if (' f\x06z\x16'.includes(key)) this.#top += count ?? this.#page
    else if ('b\x02w'.includes(key)) this.#top -= count ?? this.#page
    else if ('d\x04'.includes(key)) this.#top += count ?? half
    else if ('u\x15'.includes(key)) this.#top -= count ?? half
    else if ('g<'.includes(key)) this.#top = (count ?? 1) - 1
    else if ('G>'.includes(key)) this.#top = count === undefined ? Infinity : count - 1
    else if (key === '/' || key === '?') this.#asked = key
    else if (key === 'n') this.#find(this.#isBackward)
    else if (key === 'N') this.#find(!this.#isBackward)
    else if (key === 'h' || key === 'H')
      this.#message = 'j k: line  space b: page  g G: ends  /text n N: search  q: quit'
    else if (key === '=')
      this.#message = `${this.#name} lines ${this.#top + 1}/${this.#rows.length}`
  }

  #ask(key: string): void {
    const asked = this.#asked!
    if (key === '\x7f' || key === '\b')
      this.#asked = asked.length === 1 ? undefined : asked.slice(0, -1)
    else if (key === '\x1b' || key === '\x03') this.#asked = undefined
    else if (key !== '\r' && key !== '\n') this.#asked = key >= ' ' ? asked + key : asked
    else {
      this.#asked = undefined
      this.#search(asked.slice(1), asked.startsWith('?'))
    }
  }

  #search(text: string, isBackward: boolean): void {
    this.#isBackward = isBackward
    try {
      if (text !== '')
        this.#pattern = compilePosix(text, {
          extended: true,
          ignoreCase: this.#run.has('I') || (this.#run.has('i') && text === text.toLowerCase()),
        })
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      this.#message = `${error.message}  (press RETURN)`
      return
    }
    this.#find(isBackward)
  }

  #find(isBackward: boolean): void {
    const pattern = this.#pattern
    if (pattern === undefined) {
      this.#message = 'No previous regular expression  (press RETURN)'
      return
    }
    const rows = this.#rows
    const step = isBackward ? -1 : 1
    for (let at = this.#top + step; at >= 0 && at < rows.length; at += step)
      if (pattern.test(rows[at]!)) {
        this.#top = at
        return
      }
    this.#message = 'Pattern not found  (press RETURN)'
  }
}

function* runLess(run: Run, name: string, text: string): ToolRun<void> {
  const less = new Less(run, name, text)
  run.print(OTHER_SCREEN)
  for (;;) {
    run.print(less.screen())
    yield* run.flush()
    const keys = yield { kind: 'keys' }
    const isLeft = typeof keys !== 'string' || keysOf(keys).some((key) => !less.press(key))
    if (isLeft) break
  }
  run.print(`${CLEAR_LINE}${FIRST_SCREEN}`)
  yield* run.flush()
}

/** It ends at the text's end. */
function* runMore(run: Run, _name: string, text: string): ToolRun<void> {
  const { columns, rows } = run.call.terminalSize?.() ?? { columns: 80, rows: 24 }
  const lines = rowsOf(text, columns, run)
  for (let at = 0, next = rows - 1; ;) {
    run.print(lines.slice(at, at + next).join('\n'))
    at += next
    run.print('\n')
    if (at >= lines.length) return
    run.print(inverse(`--More--(${Math.floor((100 * at) / lines.length)}%)`))
    yield* run.flush()
    const keys = yield { kind: 'keys' }
    run.print(CLEAR_LINE)
    if (typeof keys !== 'string' || /[qQ\x03]/.test(keys)) return yield* run.flush()
    next = /^[\r\nj]/.test(keys) ? 1 : rows - 1
  }
}

const makePager = (name: string, show: typeof runLess): ToolOf =>
  tool(name, { short: '+:EeFfiIKMmNnqRrsSXx:z:', long: { 'no-init': 'X' } }, function* (run) {
    if (run.operands.length === 0 && run.call.isTTY(0)) {
      const text = `Missing filename ("${name} --help" for help)\n`
      yield { kind: 'write', fd: 2, text: run.isGnu ? text : `${name}: missing filename\n` }
      return 1
    }
    const isShown = run.call.isTTY(1)
    for (const path of run.operands.length === 0 ? ['-'] : run.operands) {
      const input = openInput(run, path)
      if (isFailure(input)) {
        yield* run.flush()
        yield { kind: 'write', fd: 2, text: `${path}: ${input.text}\n` }
        run.exitCode = 1
      } else if (!isShown) yield* passOn(run, input)
      else yield* paged(run, path, (yield* input.rest()).slice(0, MOST_TEXT), show)
    }
    return run.exitCode
  })

function* passOn(run: Run, input: { chunk(): ToolRun<string | undefined> }): ToolRun<void> {
  for (;;) {
    const chunk = yield* input.chunk()
    if (chunk === undefined) return
    run.print(chunk)
    yield* run.flush()
  }
}

function* paged(run: Run, path: string, text: string, show: typeof runLess): ToolRun<void> {
  const { columns, rows } = run.call.terminalSize?.() ?? { columns: 80, rows: 24 }
  if (run.has('F') && rowsOf(text, columns, run).length < rows) {
    run.print(text)
    return
  }
  yield { kind: 'raw', isRaw: true }
  yield* show(run, path, text)
  yield { kind: 'raw', isRaw: false }
}

export const less = makePager('less', runLess)
export const more = makePager('more', runMore)
