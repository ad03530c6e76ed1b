// What a descriptor leads to. Streams never block by themselves: they say that there is nothing yet, and the kernel waits.

/** Nothing can be read, or nothing more be written, for now. */
export const WAIT = Symbol('wait')

export type Written = 'done' | 'broken' | typeof WAIT | { readonly error: string }

export interface Stream {
  readonly isTTY: boolean
  /** undefined: the end of the input. */
  read(): string | undefined | typeof WAIT
  /** Absent: read and put it back to see. */
  hasInput?(): boolean
  /** Puts back what was read too much. */
  unread(text: string): void
  write(text: string): Written
  /** One more descriptor leads here. */
  open(): void
  close(): void
  /** A terminal's input only. */
  setRaw?(isRaw: boolean): void
  readonly isRaw?: boolean
}

const NOT_OPEN_FOR_READING = 'Bad file descriptor'

/** As much as Linux keeps in a pipe. */
const PIPE_CAPACITY = 65_536

/** Both ends of a pipe. */
export const pipe = (): { readonly reader: Stream; readonly writer: Stream } => {
  const buffer = new Buffered()
  let readers = 0
  let writers = 0
  const reader: Stream = {
    isTTY: false,
    read: () => buffer.take() ?? (writers > 0 ? WAIT : undefined),
    unread: (text) => buffer.putBack(text),
    write: () => ({ error: NOT_OPEN_FOR_READING }),
    open: () => void readers++,
    close: () => void readers--,
  }
  const writer: Stream = {
    isTTY: false,
    read: () => undefined,
    unread: () => {},
    write: (text) => {
      if (readers === 0) return 'broken'
      if (buffer.size >= PIPE_CAPACITY) return WAIT
      buffer.add(text)
      return 'done'
    },
    open: () => void writers++,
    close: () => void writers--,
  }
  return { reader, writer }
}

class Buffered {
  #chunks: string[] = []
  size = 0

  add(text: string): void {
    if (text === '') return
    this.#chunks.push(text)
    this.size += text.length
  }

  take(): string | undefined {
    if (this.#chunks.length === 0) return undefined
    const text = this.#chunks.length === 1 ? this.#chunks[0]! : this.#chunks.join('')
    this.#chunks = []
    this.size = 0
    return text
  }

  putBack(text: string): void {
    if (text === '') return
    this.#chunks.unshift(text)
    this.size += text.length
  }
}

/** Always at its end; swallows what is written. */
export const nullStream: Stream = {
  isTTY: false,
  read: () => undefined,
  unread: () => {},
  write: () => 'done',
  open: () => {},
  close: () => {},
}

/** A text that is read once: a here-document. */
export const textStream = (given: string): Stream => {
  let text: string | undefined = given === '' ? undefined : given
  return {
    ...nullStream,
    read: () => {
      const rest = text
      text = undefined
      return rest
    },
    unread: (rest) => {
      if (rest !== '') text = rest + (text ?? '')
    },
    write: () => ({ error: NOT_OPEN_FOR_READING }),
  }
}

/** The same piece without end: /dev/zero, /dev/urandom. */
export const endlessStream = (next: () => string): Stream => {
  let kept = ''
  return {
    ...nullStream,
    read: () => {
      const text = kept === '' ? next() : kept
      kept = ''
      return text
    },
    unread: (text) => {
      kept = text
    },
  }
}

/** What is written is handed on; `write` may refuse. */
export const sinkStream = (write: (text: string) => Written, isTTY = false): Stream => ({
  ...nullStream,
  isTTY,
  write,
})

/** Keeps what is written, up to `most` characters: a command substitution. */
export const captureStream = (
  most: number,
): { readonly stream: Stream; readonly text: () => string } => {
  const chunks: string[] = []
  let size = 0
  const write = (text: string): Written => {
    if (size + text.length > most) return 'broken'
    size += text.length
    chunks.push(text)
    return 'done'
  }
  return { stream: sinkStream(write), text: () => chunks.join('') }
}

/** Where ^D was typed: whoever reads comes to an end there, and the next goes on behind it. */
const END = Symbol('end')

/** Input that comes from outside, piece by piece. */
export class InputStream implements Stream {
  readonly isTTY: boolean
  #pieces: (string | typeof END)[] = []
  #isEnded = false
  #isRaw = false

  readonly #screen: Stream | undefined

  /** `screen`: what is written to a terminal is shown there. */
  constructor(isTTY: boolean, screen?: Stream) {
    this.isTTY = isTTY
    this.#screen = screen
  }

  /** Every key is handed on as it is. */
  get isRaw(): boolean {
    return this.#isRaw
  }

  setRaw(isRaw: boolean): void {
    this.#isRaw = isRaw && this.isTTY
  }

  feed(text: string): void {
    if (text !== '') this.#pieces.push(text)
  }

  /** ^D */
  feedEnd(): void {
    this.#pieces.push(END)
  }

  end(): void {
    this.#isEnded = true
  }

  /** What was typed and not read yet is given up. */
  clear(): void {
    this.#pieces = []
  }

  hasInput(): boolean {
    return this.#pieces.length > 0 || this.#isEnded
  }

  read(): string | undefined | typeof WAIT {
    const [first] = this.#pieces
    if (first === undefined) return this.#isEnded ? undefined : WAIT
    if (first === END) {
      this.#pieces.shift()
      return undefined
    }
    const end = this.#pieces.indexOf(END)
    return this.#pieces.splice(0, end < 0 ? this.#pieces.length : end).join('')
  }

  unread(text: string): void {
    if (text !== '') this.#pieces.unshift(text)
  }

  write(text: string): Written {
    return this.#screen?.write(text) ?? { error: NOT_OPEN_FOR_READING }
  }

  open(): void {}

  close(): void {}
}

/** Whether something, if only its end, could be read at once. */
export const hasInput = (stream: Stream): boolean => {
  if (stream.hasInput !== undefined) return stream.hasInput()
  const kept = stream.read()
  if (kept === WAIT) return false
  if (kept !== undefined) stream.unread(kept)
  return true
}
