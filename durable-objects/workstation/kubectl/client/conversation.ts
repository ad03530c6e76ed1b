// Talks with a program in a container: what is typed or piped in goes there, what it says comes here. kubernetes: client-go tools/remotecommand
import { decodeUtf8Loosely, encodeUtf8 } from '#apimachinery/utf8.ts'
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

export const bytesOf = (text: string): string => latin1(encodeUtf8(text))

export const latin1 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

export const bytesFrom = (binary: string): Uint8Array =>
  Uint8Array.from(binary, (letter) => letter.charCodeAt(0))

/** Bytes that come in pieces, as text: a letter may be cut in two. */
class TextReader {
  #rest = ''

  read(bytes: string, isLast = false): string {
    const all = this.#rest + bytes
    const end = isLast ? all.length : wholeLetters(all)
    this.#rest = all.slice(end)
    return /^[\0-\x7f]*$/.test(all)
      ? all.slice(0, end)
      : decodeUtf8Loosely(bytesFrom(all.slice(0, end)))
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

/** Prints what the program says until it has ended. */
export function* converse(
  run: Invocation,
  program: RemoteProgram,
  { hasInput, isRaw }: ConversationOptions,
): ToolRun<ConversationEnd> {
  const readers = { out: new TextReader(), err: new TextReader() }
  let isOpen = hasInput
  let wakeIn: number | undefined
  let end: ConversationEnd | undefined
  const look = (): boolean => {
    if (end !== undefined) return true
    const news = program.look()
    const { stdout, stderr, exitCode, failure } = news
    wakeIn = news.wakeIn
    const isLast = exitCode !== undefined || failure !== undefined
    run.out(readers.out.read(stdout, isLast))
    run.err(readers.err.read(stderr, isLast))
    if (failure !== undefined) end = { exitCode: 1, failure }
    else if (exitCode !== undefined) end = { exitCode }
    return isLast || stdout !== '' || stderr !== ''
  }
  if (isRaw) yield { kind: 'raw', isRaw }
  try {
    for (;;) {
      look()
      yield* run.flush()
      if (end !== undefined) return end
      const ms = wakeIn === undefined ? {} : { ms: Math.max(0, wakeIn) }
      if (!isOpen) {
        yield { kind: 'wait', ready: look, ...ms }
        continue
      }
      const text = yield { kind: 'read', or: look, ...ms }
      if (typeof text === 'string') program.feed(bytesOf(text))
      else {
        isOpen = false
        program.endInput()
      }
    }
  } finally {
    if (end === undefined) program.hangUp()
  }
}
