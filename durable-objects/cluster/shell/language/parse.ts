// From a script's text to its tree, bounded and remembered: loops and functions are parsed once.
import {
  forEachChild,
  parse,
  type ParsedScript,
  type ParseError,
  type SyntaxNode,
  type Word,
} from 'unbash'

export type { ParsedScript }

/** A script that is longer than this is refused, as a command line that is too long is. */
const MOST_CHARACTERS = 256 * 1024
const CACHE_LIMIT = 256
const CACHED_CHARACTERS = 16 * 1024

export type Parsed =
  | { readonly script: ParsedScript; readonly lines: Lines }
  | { readonly error: ParseError; readonly source: string; readonly isUnfinished: boolean }

export const parseScript = (source: string): Parsed => {
  const cached = cache.get(source)
  if (cached !== undefined) return cached
  const parsed = parseNew(source)
  if (source.length <= CACHED_CHARACTERS) {
    if (cache.size >= CACHE_LIMIT) cache.clear()
    cache.set(source, parsed)
  }
  return parsed
}

/** A pure function's memory. */
const cache = new Map<string, Parsed>()

const parseNew = (source: string): Parsed => {
  if (source.length > MOST_CHARACTERS) return failed(source, { message: 'script too long', pos: 0 })
  let script: ParsedScript
  try {
    script = parse(source)
  } catch (error) {
    // the stack of whoever runs this is not ours
    if (error instanceof RangeError) return failed(source, { message: 'nested too deeply', pos: 0 })
    throw error
  }
  const error = script.errors?.[0]
  return error === undefined ? { script, lines: new Lines(source) } : failed(source, error)
}

const failed = (source: string, error: ParseError): Parsed => ({
  error,
  source,
  isUnfinished:
    /unterminated|expected '?(fi|done|esac|\}|\)|then|do|in)\b|expected '?[)}]|expected command|unclosed|end of/.test(
      error.message,
    ),
})

/** Whether more lines belong to this text: somebody who types it is asked for them. */
export const isUnfinished = (text: string): boolean => {
  if (text.endsWith('\\\n')) return true
  const parsed = parseScript(text)
  return 'error' in parsed ? parsed.isUnfinished : text.includes('<<') && awaitsBody(parsed.script)
}

/** A here-document's last line has not come yet. */
const awaitsBody = (script: ParsedScript): boolean => {
  const nodes: SyntaxNode[] = [script]
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.type === 'HereDoc' && node.closing === undefined) return true
    // within $( … ) a here-document ends with the parenthesis
    if (node.type !== 'Word') forEachChild(node, (child) => void nodes.push(child))
  }
  return false
}

/** Which line a position stands in. */
export class Lines {
  readonly #source: string
  #starts: readonly number[] | undefined

  constructor(source: string) {
    this.#source = source
  }

  get source(): string {
    return this.#source
  }

  at(position: number): number {
    if (this.#starts === undefined) {
      const starts = [0]
      for (let at = this.#source.indexOf('\n'); at >= 0; at = this.#source.indexOf('\n', at + 1))
        starts.push(at + 1)
      this.#starts = starts
    }
    let line = this.#starts.length
    while (line > 1 && this.#starts[line - 1]! > position) line--
    return line
  }
}

/** A text as one word: what brace expansion made. */
export const parseWord = (text: string): Word | undefined => {
  const parsed = parseScript(`: ${text}`)
  if ('error' in parsed) return undefined
  const command = parsed.script.commands[0]?.command
  if (command?.type !== 'Command') return undefined
  const [word] = command.suffix
  return word?.type === 'Word' ? word : undefined
}
