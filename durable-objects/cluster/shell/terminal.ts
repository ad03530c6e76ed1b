// The line that is being typed at a terminal: shown as it is typed, edited, handed on as a whole.

export interface TerminalEnds {
  /** Shows text to whoever types. */
  readonly show: (text: string) => void
  /** A whole line with its end. */
  readonly submit: (line: string) => void
  /** ^D at the beginning of a line. */
  readonly end: () => void
  readonly signal: (signal: 'INT' | 'QUIT' | 'TSTP') => void
  /** What stands before the line. Absent: nobody prompts. */
  readonly prompt?: () => string
  /** What the end of a text may become. Absent: ^I means nothing. */
  readonly complete?: (before: string) => Completion
  /** How wide it is. */
  readonly columns?: () => number
}

export interface Completion {
  /** So many characters before the cursor are replaced. */
  readonly replaces: number
  /** What may stand there instead: as it is typed, and as it is listed. */
  readonly choices: readonly { readonly typed: string; readonly listed: string }[]
}

/** ^R: the history is searched for a text. */
interface Search {
  readonly text: string
  /** Where in the history it was found; its length: nowhere yet. */
  readonly at: number
}

const MOST_HISTORY = 200
/** As much as Linux takes for one line. */
const LONGEST_LINE = 4095

/** Keys that no letter of ^ stands for. */
const WORD_LEFT = '\x00b'
const WORD_RIGHT = '\x00f'
const KILL_WORD = '\x00d'
const RUB_OUT_WORD = '\x00\x7f'
const LAST_WORD = '\x00.'

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
  '[1;3C': WORD_RIGHT,
  '[1;5C': WORD_RIGHT,
  f: WORD_RIGHT,
  '[1;3D': WORD_LEFT,
  '[1;5D': WORD_LEFT,
  b: WORD_LEFT,
  '[3;5~': KILL_WORD,
  d: KILL_WORD,
  '\x7f': RUB_OUT_WORD,
  '.': LAST_WORD,
}

const MOST_LISTED = 200
const WIDE = 80

const DELETE = SEQUENCES['[3~']!

export class Terminal {
  readonly #ends: TerminalEnds
  #line: string[] = []
  #cursor = 0
  #history: string[] = []
  #shown = 0
  /** What was taken out last: ^Y brings it back. */
  #killed: readonly string[] = []
  /** The beginning of a sequence whose rest has not come. */
  #escape: string | undefined
  #last = ''
  #search: Search | undefined
  /** Between the marks of a paste: nothing in it is a command to the terminal. */
  #isPasted = false

  constructor(ends: TerminalEnds) {
    this.#ends = ends
  }

  /** What was typed in other days. */
  remember(lines: readonly string[]): void {
    this.#history = [...lines, ...this.#history].slice(-MOST_HISTORY)
    this.#shown = this.#history.length
  }

  type(text: string): void {
    for (const character of text) {
      if (this.#escape !== undefined) this.#inEscape(character)
      else if (character === '\x1b') this.#escape = ''
      // the end of a line as some clients send it
      else if (!(character === '\n' && this.#last === '\r')) this.#take(character)
      this.#last = character
    }
  }

  #inEscape(character: string): void {
    const sequence = this.#escape! + character
    const isOpen = /^(\[[\d;]*|O)$/.test(sequence)
    this.#escape = isOpen && sequence.length < 16 ? sequence : undefined
    if (sequence === '[200~' || sequence === '[201~') this.#isPasted = sequence === '[200~'
    const key = Object.hasOwn(SEQUENCES, sequence) ? SEQUENCES[sequence] : undefined
    if (key !== undefined) this.#take(key)
  }

  #take(key: string): void {
    if (this.#isPasted && key === '\t') this.#insert(' ')
    else if (this.#search === undefined || !this.#searching(key, this.#search)) this.#key(key)
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
      case '\x1a':
        return this.#ends.signal('TSTP')
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
        return this.#kill(0, this.#cursor)
      case '\x0b':
        return this.#kill(this.#cursor, this.#line.length)
      case '\x17':
        return this.#kill(this.#wordStart(), this.#cursor)
      case RUB_OUT_WORD:
        return this.#kill(this.#lettersBefore(), this.#cursor)
      case KILL_WORD:
        return this.#kill(this.#cursor, this.#lettersBehind())
      case '\x19':
        return this.#insertAll(this.#killed)
      case LAST_WORD:
        return this.#insertAll(this.#history.at(-1)?.trimEnd().split(/\s+/).at(-1) ?? '')
      case WORD_LEFT:
        return this.#move(this.#lettersBefore())
      case WORD_RIGHT:
        return this.#move(this.#lettersBehind())
      case '\x01':
        return this.#move(0)
      case '\x05':
        return this.#move(this.#line.length)
      case '\x02':
        return this.#move(this.#cursor - 1)
      case '\x06':
        return this.#move(this.#cursor + 1)
      case '\t':
        return this.#complete()
      case '\x0c':
        return this.#again('\x1b[H\x1b[2J')
      case '\x12':
        return this.#showSearch({ text: '', at: this.#history.length })
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
    // the line may take several rows
    this.#move(this.#line.length)
    this.#ends.show('\r\n')
    if (line.trim() !== '' && line !== this.#history.at(-1))
      this.#history = [...this.#history, line].slice(-MOST_HISTORY)
    this.#clear()
    this.#ends.submit(`${line}\n`)
  }

  #interrupt(signal: 'INT' | 'QUIT'): void {
    this.#move(this.#line.length)
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

  #insertAll(characters: Iterable<string>): void {
    for (const character of characters) this.#insert(character)
  }

  #kill(from: number, to: number): void {
    if (from < to) this.#killed = this.#line.slice(from, to)
    this.#remove(from, to)
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

  /** Where the word begins that Alt-B goes back over: it is of letters and digits. */
  #lettersBefore(): number {
    let at = this.#cursor
    while (at > 0 && !isLetter(this.#line[at - 1]!)) at--
    while (at > 0 && isLetter(this.#line[at - 1]!)) at--
    return at
  }

  #lettersBehind(): number {
    const { length } = this.#line
    let at = this.#cursor
    while (at < length && !isLetter(this.#line[at]!)) at++
    while (at < length && isLetter(this.#line[at]!)) at++
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

  /** Back to the beginning of what is shown, over all its rows, which are empty then. */
  #clearShown(): string {
    const search = this.#search
    const before = search === undefined ? this.#promptLength() : searchPrompt(search, true).length
    return `${'\b'.repeat(before + this.#cursor)}\r\x1b[J`
  }

  #promptLength(): number {
    return (this.#ends.prompt?.() ?? '').replace(/\x1b\[[\d;]*m/g, '').length
  }

  /** The line anew, behind its prompt. */
  #again(first: string): void {
    const { show, prompt } = this.#ends
    if (prompt === undefined) return
    show(
      `${first}${prompt()}${this.#line.join('')}${'\b'.repeat(this.#line.length - this.#cursor)}`,
    )
  }

  /** False: the key ends the search and means what it always means. */
  #searching(key: string, search: Search): boolean {
    const { text, at } = search
    if (key === '\x12') this.#showSearch({ text, at: this.#find(text, at - 1) ?? at })
    else if (key === '\x7f' || key === '\b') this.#look([...text].slice(0, -1).join(''))
    else if (key >= ' ' && key !== DELETE) this.#look(text + key)
    else {
      const cleared = this.#clearShown()
      this.#search = undefined
      if (key === '\x07' || key === '\x03') this.#line = []
      this.#cursor = this.#line.length
      this.#again(cleared)
      return key === '\x07' || key === '\x1b'
    }
    return true
  }

  #look(text: string): void {
    const { length } = this.#history
    this.#showSearch({ text, at: this.#find(text, length - 1) ?? length })
  }

  #find(text: string, from: number): number | undefined {
    for (let at = from; at >= 0; at--) if (this.#history[at]?.includes(text) === true) return at
    return undefined
  }

  #showSearch(search: Search): void {
    if (this.#ends.prompt === undefined) return
    const found = this.#history[search.at]
    const cleared = this.#clearShown()
    this.#search = search
    if (found !== undefined) this.#line = [...found]
    this.#cursor = this.#line.length
    const isFound = found !== undefined || search.text === ''
    this.#ends.show(`${cleared}${searchPrompt(search, !isFound)}${this.#line.join('')}`)
  }

  #complete(): void {
    const { complete, show } = this.#ends
    if (complete === undefined) return
    const { replaces, choices } = complete(this.#line.slice(0, this.#cursor).join(''))
    const [first] = choices
    if (first === undefined) return show('\x07')
    const common = choices.reduce((prefix, { typed }) => commonStart(prefix, typed), first.typed)
    const before = this.#line.slice(this.#cursor - replaces, this.#cursor).join('')
    if (choices.length === 1 || common.length > before.length) {
      const isMore = common.startsWith(before)
      if (!isMore) this.#remove(this.#cursor - replaces, this.#cursor)
      this.#insertAll(isMore ? common.slice(before.length) : common)
    } else if (this.#last === '\t') this.#list(choices.map(({ listed }) => listed))
    else show('\x07')
  }

  #list(names: readonly string[]): void {
    const shown = names.slice(0, MOST_LISTED)
    const width = Math.max(...shown.map(({ length }) => length)) + 2
    const columns = Math.max(1, Math.floor((this.#ends.columns?.() ?? WIDE) / width))
    const rows = Math.ceil(shown.length / columns)
    const lines = Array.from({ length: rows }, (_, row) =>
      shown
        .filter((_name, index) => index % rows === row)
        .map((name) => name.padEnd(width))
        .join('')
        .trimEnd(),
    )
    if (shown.length < names.length) lines.push(`… and ${names.length - shown.length} more`)
    const rest = this.#line.slice(this.#cursor).join('')
    this.#again(`${rest}\r\n${lines.join('\r\n')}\r\n`)
  }
}

const isLetter = (character: string): boolean => /[\p{L}\p{N}]/u.test(character)

const searchPrompt = ({ text }: Search, hasFailed: boolean): string =>
  `(${hasFailed ? 'failed ' : ''}reverse-i-search)\`${text}': `

const commonStart = (one: string, other: string): string => {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return one.slice(0, length)
}
