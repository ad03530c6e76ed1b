// How grep prints lines: names, numbers, the lines around them, matches alone or in colour.
import type { Run } from '#shell/tools/run.ts'
import type { Search } from '#shell/tools/text/grep.ts'

const RED = '\x1b[01;31m\x1b[K'
const PLAIN = '\x1b[m\x1b[K'
const NAME = '\x1b[35m\x1b[K'
const NUMBER = '\x1b[32m\x1b[K'
const SIGN = '\x1b[36m\x1b[K'

export class Context {
  readonly #run: Run
  readonly #search: Search
  readonly #name: string
  readonly #shared: { shown: boolean }
  readonly #before: number
  readonly #after: number
  /** Lines that may have to be shown before the next match. */
  #kept: { readonly line: string; readonly number: number }[] = []
  #left = 0
  #last = 0

  constructor(run: Run, search: Search, name: string, shared: { shown: boolean }) {
    this.#run = run
    this.#search = search
    this.#name = name
    this.#shared = shared
    this.#before = Number(run.value('B') ?? run.value('C') ?? 0)
    this.#after = Number(run.value('A') ?? run.value('C') ?? 0)
  }

  /** Whether lines after the last match are still to be shown. */
  get isOpen(): boolean {
    return this.#left > 0
  }

  selected(line: string, number: number): void {
    const first = this.#kept[0]?.number ?? number
    const hasContext = this.#before > 0 || this.#after > 0
    const isApart = this.#last === 0 ? this.#shared.shown : first > this.#last + 1
    if (hasContext && isApart) this.#run.print(this.#coloured(SIGN, '--') + '\n')
    for (const kept of this.#kept) this.#print(kept.line, kept.number, '-')
    this.#kept = []
    this.#print(line, number, ':')
    this.#left = this.#after
  }

  passed(line: string, number: number, isOver: boolean): void {
    if (this.#left > 0) {
      this.#left--
      this.#print(line, number, '-')
      return
    }
    if (this.#before === 0 || isOver) return
    this.#kept.push({ line, number })
    if (this.#kept.length > this.#before) this.#kept.shift()
  }

  #coloured(color: string, text: string): string {
    return this.#search.isColoured ? `${color}${text}${PLAIN}` : text
  }

  #print(line: string, number: number, sign: string): void {
    this.#last = number
    this.#shared.shown = true
    const mark = this.#coloured(SIGN, sign)
    let head = this.#search.withNames ? this.#coloured(NAME, this.#name) + mark : ''
    if (this.#run.has('n')) head += this.#coloured(NUMBER, String(number)) + mark
    if (this.#run.has('o')) {
      if (sign === ':' && !this.#run.has('v'))
        for (const [start, end] of this.#matches(line))
          this.#run.print(`${head}${this.#coloured(RED, line.slice(start, end))}\n`)
      return
    }
    this.#run.print(`${head}${sign === ':' ? this.#marked(line) : line}\n`)
  }

  #matches(line: string): readonly (readonly [number, number])[] {
    const found: (readonly [number, number])[] = []
    for (let at = 0; at <= line.length;) {
      const match = this.#search.find(line, at)
      if (match === undefined) break
      if (match[1] > match[0]) found.push(match)
      at = Math.max(match[1], match[0] + 1)
    }
    return found
  }

  #marked(line: string): string {
    if (!this.#search.isColoured || this.#run.has('v')) return line
    let text = ''
    let at = 0
    for (const [start, end] of this.#matches(line)) {
      text += line.slice(at, start) + this.#coloured(RED, line.slice(start, end))
      at = end
    }
    return text + line.slice(at)
  }
}
