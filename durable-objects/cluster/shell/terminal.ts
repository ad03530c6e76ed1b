// The line that is being typed at a terminal: shown as it is typed, edited, handed on as a whole.

export interface TerminalEnds {
  /** Shows text to whoever types. */
  readonly show: (text: string) => void
  /** A whole line with its end. */
  readonly submit: (line: string) => void
  /** ^D at the beginning of a line. */
  readonly end: () => void
  readonly signal: (signal: 'INT' | 'QUIT') => void
}

const MOST_HISTORY = 200
/** As much as Linux takes for one line. */
const LONGEST_LINE = 4095

/** What a terminal sends for keys that have no character, and the letter of ^ that does the same. */
const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': '\x10',
  '[B': '\x0e',
  '[C': '\x06',
  '[D': '\x02',
  '[H': '\x01',
  '[F': '\x05',
  '[1~': '\x01',
  '[4~': '\x05',
  '[3~': '\x7e\x7e',
  OA: '\x10',
  OB: '\x0e',
  OC: '\x06',
  OD: '\x02',
  OH: '\x01',
  OF: '\x05',
}

const DELETE = SEQUENCES['[3~']!

export class Terminal {
  readonly #ends: TerminalEnds
  #line: string[] = []
  #cursor = 0
  #history: string[] = []
  #shown = 0
  /** The beginning of a sequence whose rest has not come. */
  #escape: string | undefined
  #last = ''

  constructor(ends: TerminalEnds) {
    this.#ends = ends
  }

  type(text: string): void {
    for (const character of text) {
      if (this.#escape !== undefined) this.#inEscape(character)
      else if (character === '\x1b') this.#escape = ''
      // the end of a line as some clients send it
      else if (!(character === '\n' && this.#last === '\r')) this.#key(character)
      this.#last = character
    }
  }

  #inEscape(character: string): void {
    const sequence = this.#escape! + character
    const isOpen = /^(\[[\d;]*|O)$/.test(sequence)
    this.#escape = isOpen && sequence.length < 16 ? sequence : undefined
    const key = SEQUENCES[sequence]
    if (key !== undefined) this.#key(key)
  }

  #key(key: string): void {
    switch (key) {
      case '\r':
      case '\n':
        return this.#submit()
      case '\x03':
        return this.#interrupt('INT')
      case '\x1c':
        return this.#interrupt('QUIT')
      case '\x04':
        if (this.#line.length === 0) this.#ends.end()
        else this.#remove(this.#cursor, this.#cursor + 1)
        return
      case DELETE:
        return this.#remove(this.#cursor, this.#cursor + 1)
      case '\x7f':
      case '\b':
        return this.#remove(this.#cursor - 1, this.#cursor)
      case '\x15':
        return this.#remove(0, this.#cursor)
      case '\x0b':
        return this.#remove(this.#cursor, this.#line.length)
      case '\x17':
        return this.#remove(this.#wordStart(), this.#cursor)
      case '\x01':
        return this.#move(0)
      case '\x05':
        return this.#move(this.#line.length)
      case '\x02':
        return this.#move(this.#cursor - 1)
      case '\x06':
        return this.#move(this.#cursor + 1)
      case '\x10':
        return this.#recall(this.#shown - 1)
      case '\x0e':
        return this.#recall(this.#shown + 1)
      default:
        if (key >= ' ') this.#insert(key)
    }
  }

  #submit(): void {
    const line = this.#line.join('')
    this.#ends.show('\r\n')
    if (line.trim() !== '' && line !== this.#history.at(-1))
      this.#history = [...this.#history, line].slice(-MOST_HISTORY)
    this.#clear()
    this.#ends.submit(`${line}\n`)
  }

  #interrupt(signal: 'INT' | 'QUIT'): void {
    this.#ends.show(signal === 'INT' ? '^C' : '^\\')
    this.#clear()
    this.#ends.signal(signal)
  }

  #clear(): void {
    this.#line = []
    this.#cursor = 0
    this.#shown = this.#history.length
  }

  #insert(character: string): void {
    if (this.#line.length >= LONGEST_LINE) return this.#ends.show('\x07')
    this.#line.splice(this.#cursor, 0, character)
    this.#cursor++
    this.#ends.show(character)
    this.#redraw(0)
  }

  #remove(from: number, to: number): void {
    const [start, end] = [Math.max(0, from), Math.min(this.#line.length, to)]
    if (start >= end) return
    this.#move(start)
    this.#line.splice(start, end - start)
    this.#redraw(end - start)
  }

  /** What stands behind the cursor, and blanks over what stood there. */
  #redraw(gone: number): void {
    const rest = this.#line.slice(this.#cursor)
    if (rest.length + gone === 0) return
    this.#ends.show(rest.join('') + ' '.repeat(gone) + '\b'.repeat(rest.length + gone))
  }

  #move(to: number): void {
    const target = Math.max(0, Math.min(this.#line.length, to))
    if (target < this.#cursor) this.#ends.show('\b'.repeat(this.#cursor - target))
    else if (target > this.#cursor) this.#ends.show(this.#line.slice(this.#cursor, target).join(''))
    this.#cursor = target
  }

  #wordStart(): number {
    let at = this.#cursor
    while (at > 0 && this.#line[at - 1] === ' ') at--
    while (at > 0 && this.#line[at - 1] !== ' ') at--
    return at
  }

  #recall(index: number): void {
    if (index < 0 || index > this.#history.length) return
    this.#move(this.#line.length)
    this.#remove(0, this.#line.length)
    const line = [...(this.#history[index] ?? '')]
    this.#line = line
    this.#cursor = line.length
    this.#shown = index
    this.#ends.show(line.join(''))
  }
}
