// Talks with a program in a container: what is typed or piped in goes there, what it says comes here. kubernetes: client-go tools/remotecommand
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import type { RemoteProgram } from '#kubectl/host.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export interface ConversationOptions {
  /** It may read what is typed or piped in. */
  readonly hasInput: boolean
  /** Keys go there one by one. */
  readonly isRaw: boolean
}

export interface ConversationEnd {
  readonly exitCode: number
  /** It never began, or could not go on. */
  readonly failure?: string
}

/** Bytes that come in pieces, as text: a letter may be cut in two. */
class TextReader {
  #rest = ''

  read(bytes: string, isLast = false): string {
    const all = this.#rest + bytes
    const end = isLast ? all.length : wholeLetters(all)
    this.#rest = all.slice(end)
    return fromByteString(all.slice(0, end))
  }
}

/** How much of it does not end within a letter. */
const wholeLetters = (bytes: string): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const code = bytes.charCodeAt(bytes.length - back)
    if (code < 0x80) return bytes.length
    if (code < 0xc0) continue
    const length = code >= 0xf0 ? 4 : code >= 0xe0 ? 3 : 2
    return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

type Take = (stdout: string, stderr: string, isLast: boolean) => void

/** Lets the program go on as far as it can, again and again, until it has ended. */
class Listener {
  readonly #program: RemoteProgram
  readonly #take: Take
  end: ConversationEnd | undefined
  #wakeIn: number | undefined

  constructor(program: RemoteProgram, take: Take) {
    this.#program = program
    this.#take = take
  }

  /** Whether there was anything new. */
  readonly look = (): boolean => {
    if (this.end !== undefined) return true
    const { stdout, stderr, exitCode, failure, wakeIn } = this.#program.look()
    this.#wakeIn = wakeIn
    const isLast = exitCode !== undefined || failure !== undefined
    this.#take(stdout, stderr, isLast)
    if (failure !== undefined) this.end = { exitCode: 1, failure }
    else if (exitCode !== undefined) this.end = { exitCode }
    return isLast || stdout !== '' || stderr !== ''
  }

  get patience(): { readonly ms?: number } {
    return this.#wakeIn === undefined ? {} : { ms: Math.max(0, this.#wakeIn) }
  }
}

/** The program hears of it when the terminal becomes larger or smaller. */
const following = (run: Invocation, program: RemoteProgram, listener: Listener) => {
  let told = ''
  return (): boolean => {
    const size = run.call.terminalSize?.()
    if (size !== undefined && `${size.columns}x${size.rows}` !== told) {
      told = `${size.columns}x${size.rows}`
      program.resize(size.columns, size.rows)
    }
    return listener.look()
  }
}

/** Prints what the program says until it has ended. */
export function* converse(
  run: Invocation,
  program: RemoteProgram,
  { hasInput, isRaw }: ConversationOptions,
): ToolRun<ConversationEnd> {
  const readers = { out: new TextReader(), err: new TextReader() }
  const listener = new Listener(program, (stdout, stderr, isLast) => {
    run.out(readers.out.read(stdout, isLast))
    run.err(readers.err.read(stderr, isLast))
  })
  let isOpen = hasInput
  const isNews = isRaw ? following(run, program, listener) : listener.look
  if (isRaw) yield { kind: 'raw', isRaw }
  try {
    for (;;) {
      isNews()
      yield* run.flush()
      if (listener.end !== undefined) return listener.end
      if (!isOpen) {
        yield { kind: 'wait', ready: isNews, ...listener.patience }
        continue
      }
      const text = yield { kind: 'read', or: isNews, ...listener.patience }
      if (typeof text === 'string') program.feed(toByteString(text))
      else {
        isOpen = false
        program.endInput()
      }
    }
  } finally {
    if (listener.end === undefined) program.hangUp()
  }
}

export interface Captured extends ConversationEnd {
  /** Bytes, one character each. */
  readonly stdout: string
  readonly stderr: string
}

/** All that the program says to this input, in bytes. */
export function* capture(
  run: Invocation,
  program: RemoteProgram,
  input?: string,
): ToolRun<Captured> {
  const said = { stdout: '', stderr: '' }
  const listener = new Listener(program, (stdout, stderr) => {
    said.stdout += stdout
    said.stderr += stderr
  })
  if (input !== undefined) program.feed(input)
  program.endInput()
  try {
    for (;;) {
      listener.look()
      if (listener.end !== undefined) return { ...said, ...listener.end }
      yield* run.flush()
      yield { kind: 'wait', ready: listener.look, ...listener.patience }
    }
  } finally {
    if (listener.end === undefined) program.hangUp()
  }
}
