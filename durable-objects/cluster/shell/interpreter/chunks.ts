// Pieces of a word on its way to the arguments that come of it.
import type { Shell } from '#shell/interpreter/shell.ts'
import { hasGlob, quoteGlob } from '#shell/language/glob.ts'

export interface Chunk {
  readonly text: string
  /** Stands for itself: no pattern, never split. */
  readonly isQuoted: boolean
  /** Came out of an expansion: it is split. */
  readonly isSplit: boolean
}

/** Here one argument ends, whatever IFS is: between two of `"$@"`. */
export const BREAK = Symbol('break')

export type Chunks = (Chunk | typeof BREAK)[]

export const joined = (chunks: Chunks): string =>
  chunks.map((chunk) => (chunk === BREAK ? ' ' : chunk.text)).join('')

/** As a pattern: what was quoted stands for itself. */
export const asPattern = (chunks: Chunks): string =>
  chunks
    .map((chunk) => {
      if (chunk === BREAK) return ' '
      return chunk.isQuoted ? quoteGlob(chunk.text) : chunk.text
    })
    .join('')

export interface Field {
  readonly text: string
  /** Present if the field may name files. */
  readonly pattern?: string
}

/** Cuts chunks into fields. */
export const fieldsOf = (chunks: Chunks, ifs: string): readonly Field[] => {
  const splitter = new Splitter(ifs)
  for (const chunk of chunks) splitter.add(chunk)
  return splitter.end()
}

class Splitter {
  readonly #ifs: string
  readonly #fields: Field[] = []
  #text = ''
  #pattern = ''
  #mayGlob = false
  /** Something stands here, if only an empty text in quotes. */
  #isBegun = false
  /** White space before this has ended a field already. */
  #isAfterSpace = false

  constructor(ifs: string) {
    this.#ifs = ifs
  }

  add(chunk: Chunk | typeof BREAK): void {
    if (chunk === BREAK) return this.#finish()
    if (chunk.isSplit) return this.#split(chunk.text)
    this.#append(chunk.text, chunk.isQuoted)
    this.#isBegun = true
  }

  end(): readonly Field[] {
    this.#finish()
    return this.#fields
  }

  #append(text: string, isQuoted: boolean): void {
    this.#text += text
    if (isQuoted) this.#pattern += quoteGlob(text)
    else {
      this.#pattern += text
      if (!this.#mayGlob && /[*?[]/.test(text)) this.#mayGlob = true
    }
    this.#isAfterSpace = false
  }

  #split(text: string): void {
    let from = 0
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!
      if (!this.#ifs.includes(character)) continue
      if (at > from) this.#begin(text.slice(from, at))
      from = at + 1
      if (character === ' ' || character === '\t' || character === '\n') {
        if (this.#isBegun) {
          this.#finish()
          this.#isAfterSpace = true
        }
      } else if (this.#isAfterSpace) this.#isAfterSpace = false
      else {
        this.#isBegun = true
        this.#finish()
      }
    }
    if (from < text.length) this.#begin(text.slice(from))
  }

  #begin(text: string): void {
    this.#append(text, false)
    this.#isBegun = true
  }

  #finish(): void {
    if (this.#isBegun) {
      const field = { text: this.#text }
      this.#fields.push(
        this.#mayGlob && hasGlob(this.#pattern) ? { ...field, pattern: this.#pattern } : field,
      )
    }
    this.#text = ''
    this.#pattern = ''
    this.#mayGlob = false
    this.#isBegun = false
    this.#isAfterSpace = false
  }
}

export const ifsOf = ({ state }: Shell): string => state.get('IFS') ?? ' \t\n'
