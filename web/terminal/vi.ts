// vi's keys: its modes, the motions and changes that hands have learned, and the commands that end it.
import { type Editing, type Keys, lineEnd, lineStart } from './editing.ts'
import { runCommand } from './vi-commands.ts'
import { firstOfLine, lastOf, type Motion, motionOf } from './vi-motions.ts'

/** Half of what `dd`, `2dw`, `gg` or `rx` is. */
const BEGUN = /^(?:[1-9]\d*)?[dcy]?(?:[1-9]\d*)?[grZ]?$/
const WHOLE = /^([1-9]\d*)?([dcy]?)([1-9]\d*)?(gg|[rZ]?[^])$/u

const ARROWS: Readonly<Record<string, string>> = {
  ArrowLeft: 'h',
  ArrowRight: 'l',
  ArrowUp: 'k',
  ArrowDown: 'j',
  Home: '0',
  End: '$',
  Backspace: 'h',
  Enter: 'j',
  ' ': 'l',
  Delete: 'x',
}

/** Of a character: all are as wide. */
const widthOf = (font: string): number => {
  const canvas = document.createElement('canvas').getContext('2d')
  if (canvas === null) return 0
  canvas.font = font
  return canvas.measureText('0').width
}

const MOST_UNDONE = 200

interface Version {
  readonly text: string
  readonly at: number
}

class Vi {
  readonly #editing: Editing
  readonly #area: HTMLTextAreaElement
  #mode: 'normal' | 'insert' = 'normal'
  #typed = ''
  /** What is typed behind : or /. */
  #line: string | undefined
  #sought = ''
  #register = { text: '', isLinewise: false }
  #undo: Version[] = []
  #redo: Version[] = []

  constructor(editing: Editing, isTouched: boolean) {
    this.#editing = editing
    this.#area = editing.area
    // a telephone has no Escape
    if (isTouched) this.#insert()
    else {
      this.#stand(0)
      editing.say('i: type text   Esc, then :wq Enter: save and leave   :q! Enter: leave')
    }
    this.#area.addEventListener('paste', () => {
      if (this.#mode === 'normal') this.#insert()
    })
    this.#area.addEventListener('click', () => {
      const { selectionStart: at, selectionEnd } = this.#area
      if (this.#mode === 'normal' && at === selectionEnd) this.#stand(at)
    })
  }

  /** True: the key is dealt with. */
  press(event: KeyboardEvent): boolean {
    const { key, ctrlKey, metaKey, altKey } = event
    if (key === 'Escape' || (ctrlKey && key === '[')) return this.#escape()
    if (this.#line !== undefined) return this.#ask(this.#line, key)
    if (this.#mode === 'insert' || metaKey || altKey) return false
    if (key === 'Tab') return !event.shiftKey
    if (ctrlKey) {
      if (key !== 'r') return false
      this.#return(this.#redo, this.#undo)
      return true
    }
    const letter = Object.hasOwn(ARROWS, key) ? ARROWS[key]! : key
    if ([...letter].length !== 1) return false
    this.#typed += letter
    if (!BEGUN.test(this.#typed)) this.#command()
    return true
  }

  get #text(): string {
    return this.#area.value
  }

  get #at(): number {
    return this.#area.selectionStart
  }

  /** The cursor of the normal mode lies on a character. */
  #stand(wanted: number): void {
    const text = this.#text
    // behind the last line's end there is no other line
    const end = text.endsWith('\n') ? text.length - 1 : text.length
    const within = Math.max(0, Math.min(wanted, end))
    const at = Math.min(within, lastOf(text, within))
    this.#area.setSelectionRange(at, Math.min(at + 1, lineEnd(text, at)))
    this.#reveal(at)
  }

  /** Browsers follow the cursor only when it is typed. */
  #reveal(at: number): void {
    const area = this.#area
    const { lineHeight, font } = getComputedStyle(area)
    const height = Number.parseFloat(lineHeight)
    const width = widthOf(font)
    const top = (this.#text.slice(0, at).split('\n').length - 1) * height
    const left = (at - lineStart(this.#text, at)) * width
    const [lowest, rightmost] = [area.clientHeight - 3 * height, area.clientWidth - 6 * width]
    area.scrollTop = Math.min(top, Math.max(area.scrollTop, top - lowest))
    area.scrollLeft =
      left < rightmost ? 0 : Math.min(left, Math.max(area.scrollLeft, left - rightmost))
  }

  #escape(): boolean {
    this.#typed = ''
    this.#line = undefined
    const { selectionStart: at } = this.#area
    const back = this.#mode === 'insert' && at > lineStart(this.#text, at) ? 1 : 0
    this.#mode = 'normal'
    this.#editing.say('')
    this.#stand(at - back)
    return true
  }

  #insert(at = this.#at): void {
    this.#remember()
    this.#type(at)
  }

  #type(at: number): void {
    this.#mode = 'insert'
    this.#area.setSelectionRange(at, at)
    this.#editing.say('-- INSERT --')
  }

  #remember(): void {
    this.#undo = [...this.#undo, { text: this.#text, at: this.#at }].slice(-MOST_UNDONE)
    this.#redo = []
  }

  #return(from: Version[], to: Version[]): void {
    let version = from.pop()
    // nothing was typed
    while (version !== undefined && version.text === this.#text) version = from.pop()
    if (version === undefined) return this.#editing.say('Already at oldest change')
    to.push({ text: this.#text, at: this.#at })
    this.#area.value = version.text
    this.#stand(version.at)
  }

  #replace(from: number, to: number, text: string): void {
    this.#remember()
    this.#area.setRangeText(text, from, to, 'start')
  }

  #command(): void {
    const [, first, operator = '', second, key = ''] = WHOLE.exec(this.#typed) ?? []
    this.#typed = ''
    const isCounted = first !== undefined || second !== undefined
    const count = isCounted ? Number(first ?? 1) * Number(second ?? 1) : undefined
    if (operator !== '') return this.#operate(operator, key, count)
    const motion = motionOf(this.#text, this.#at, key, count)
    if (motion !== undefined) return this.#stand(motion.to)
    this.#change(key, count ?? 1)
  }

  #operate(operator: string, key: string, count: number | undefined): void {
    const at = this.#at
    const text = this.#text
    // cw leaves the blanks behind the word
    const meant = operator === 'c' && key === 'w' && /\S/.test(text[at] ?? '') ? 'e' : key
    const motion: Motion | undefined =
      key === operator
        ? { ...motionOf(text, at, 'j', (count ?? 1) - 1)!, isLinewise: true }
        : motionOf(text, at, meant, count)
    if (motion === undefined) return
    const [low, high] = [Math.min(at, motion.to), Math.max(at, motion.to)]
    const isLinewise = motion.isLinewise === true
    const from = isLinewise ? lineStart(text, low) : low
    const isOverLine = meant === 'w' && text.slice(low, high).includes('\n')
    const to =
      isLinewise || isOverLine
        ? lineEnd(text, isOverLine ? low : high)
        : high + (motion.isInclusive === true ? 1 : 0)
    this.#register = { text: text.slice(from, to), isLinewise }
    if (operator === 'y') return this.#stand(low)
    if (operator === 'c') {
      this.#replace(isLinewise ? firstOfLine(text, from) : from, to, '')
      return this.#type(this.#at)
    }
    this.#take(from, to, isLinewise)
  }

  #take(from: number, to: number, isLinewise: boolean): void {
    const isLast = to >= this.#text.length
    if (!isLinewise) this.#replace(from, to, '')
    else if (isLast) this.#replace(Math.max(0, from - 1), to, '')
    else this.#replace(from, to + 1, '')
    this.#stand(isLinewise ? firstOfLine(this.#text, this.#at) : this.#at)
  }

  #change(key: string, count: number): void {
    const at = this.#at
    const text = this.#text
    const end = lineEnd(text, at)
    if (key.startsWith('r') && key.length > 1) {
      if (at < end) this.#replace(at, at + 1, key.slice(1))
      return this.#stand(at)
    }
    const changes: Readonly<Record<string, () => void>> = {
      i: () => this.#insert(),
      I: () => this.#insert(firstOfLine(text, at)),
      a: () => this.#insert(Math.min(at + 1, end)),
      A: () => this.#insert(end),
      o: () => this.#open(end, '\n', end + 1),
      O: () => this.#open(lineStart(text, at), '\n', lineStart(text, at)),
      x: () => this.#operate('d', 'l', count),
      X: () => this.#operate('d', 'h', count),
      D: () => this.#operate('d', '$', undefined),
      C: () => this.#operate('c', '$', undefined),
      S: () => this.#operate('c', 'c', count),
      s: () => this.#operate('c', 'l', count),
      Y: () => this.#operate('y', 'y', count),
      J: () => this.#join(end),
      p: () => this.#put(true),
      P: () => this.#put(false),
      u: () => this.#return(this.#undo, this.#redo),
      n: () => this.#find(this.#sought, false),
      N: () => this.#find(this.#sought, true),
      ':': () => this.#show(':'),
      '/': () => this.#show('/'),
      ZZ: () => this.#obey('x'),
      ZQ: () => this.#obey('q!'),
    }
    if (Object.hasOwn(changes, key)) changes[key]!()
    else this.#editing.say('Press i to type text')
  }

  #open(at: number, text: string, stand: number): void {
    this.#replace(at, at, text)
    this.#type(stand)
  }

  #join(end: number): void {
    if (end >= this.#text.length) return
    const next = firstOfLine(this.#text, end + 1)
    this.#replace(end, next, ' ')
    this.#stand(end)
  }

  #put(isBehind: boolean): void {
    const { text, isLinewise } = this.#register
    if (text === '') return
    const at = this.#at
    const end = lineEnd(this.#text, at)
    if (isLinewise) {
      const from = isBehind ? end : lineStart(this.#text, at)
      this.#replace(from, from, isBehind ? `\n${text}` : `${text}\n`)
      this.#stand(firstOfLine(this.#text, isBehind ? end + 1 : from))
    } else {
      const from = isBehind ? Math.min(at + 1, end) : at
      this.#replace(from, from, text)
      this.#stand(from + text.length - 1)
    }
  }

  #show(line: string | undefined): void {
    this.#line = line
    this.#editing.say(line ?? '')
  }

  #ask(line: string, key: string): boolean {
    if (key === 'Backspace') this.#show(line.length === 1 ? undefined : line.slice(0, -1))
    else if (key === 'Enter') {
      this.#show(undefined)
      if (line.startsWith('/')) this.#find((this.#sought = line.slice(1)), false)
      else this.#obey(line.slice(1).trim())
    } else if ([...key].length === 1) this.#show(line + key)
    return true
  }

  #obey(command: string): void {
    this.#remember()
    runCommand(this.#editing, command)
    this.#stand(this.#at)
  }

  #find(sought: string, isBackward: boolean): void {
    const text = this.#text
    const at = isBackward
      ? text.lastIndexOf(sought, this.#at - 1)
      : text.indexOf(sought, this.#at + 1)
    const found = at >= 0 ? at : isBackward ? text.lastIndexOf(sought) : text.indexOf(sought)
    if (sought === '' || found < 0) this.#editing.say(`E486: Pattern not found: ${sought}`)
    else this.#stand(found)
  }
}

export const viKeys = (editing: Editing): Keys => {
  const vi = new Vi(editing, matchMedia('(pointer: coarse)').matches)
  return (event) => vi.press(event)
}
