// From words as they are written to the arguments that a command gets.
import type { DoubleQuotedPart, LiteralPart, ProcessSubstitutionPart, Word, WordPart } from 'unbash'
import { Arithmetic } from '#shell/interpreter/arithmetic.ts'
import {
  asPattern,
  BREAK,
  type Chunk,
  type Chunks,
  type Field,
  fieldsOf,
  ifsOf,
  joined,
} from '#shell/interpreter/chunks.ts'
import { expandParameter, expandSimple } from '#shell/interpreter/parameter-expansion.ts'
import { pathNames } from '#shell/interpreter/path-names.ts'
import { type Shell, ShellFailure } from '#shell/interpreter/shell.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { expandBraces } from '#shell/language/braces.ts'
import { parseWord } from '#shell/language/parse.ts'

const MOST_BRACES = 10_000

/** All arguments that the words stand for. */
export function* expandWords(shell: Shell, words: readonly Word[]): Steps<string[]> {
  const out: string[] = []
  for (const word of words) yield* expandInto(shell, word, out)
  return out
}

function* expandInto(shell: Shell, word: Word, out: string[]): Steps<void> {
  if (word.parts === undefined && !word.text.startsWith('~')) {
    out.push(word.value)
    return
  }
  if (
    shell.state.flavour === 'bash' &&
    word.parts?.some((part) => part.type === 'BraceExpansion')
  ) {
    for (const text of expandBraces(word.text, MOST_BRACES)) {
      shell.kernel.step()
      const one = parseWord(text)
      if (one !== undefined) yield* expandOne(shell, one, out)
    }
    return
  }
  yield* expandOne(shell, word, out)
}

function* expandOne(shell: Shell, word: Word, out: string[]): Steps<void> {
  const chunks = yield* chunksOf(shell, word)
  for (const field of fieldsOf(chunks, ifsOf(shell))) {
    const names = namesOf(shell, field)
    if (names === undefined) out.push(field.text)
    else for (const name of names) out.push(name)
  }
}

const namesOf = (shell: Shell, field: Field): readonly string[] | undefined => {
  if (field.pattern === undefined || shell.state.has('noglob')) return undefined
  const names = pathNames(shell, field.pattern)
  return names.length === 0 && !shell.state.shopts.has('nullglob') ? undefined : names
}

/** One text, as in an assignment: neither split nor taken for a pattern. */
export function* expandText(
  shell: Shell,
  word: Word | undefined,
  isAssignment = false,
): Steps<string> {
  if (word === undefined) return ''
  if (word.parts === undefined && !word.text.includes('~')) return word.value
  return joined(yield* chunksOf(shell, word, isAssignment))
}

/** As a pattern for `case`, `[[ == ]]`, `${x#…}`. */
export function* expandPattern(shell: Shell, word: Word | undefined): Steps<string> {
  if (word === undefined) return ''
  return asPattern(yield* chunksOf(shell, word))
}

/** What a here-document or the inside of quotes comes to. */
export function* expandQuoted(shell: Shell, parts: readonly WordPart[]): Steps<string> {
  const chunks: Chunks = []
  for (const part of parts) yield* addPart(shell, part, chunks, true)
  return joined(chunks)
}

export function* chunksOf(shell: Shell, word: Word, isAssignment = false): Steps<Chunks> {
  const parts = word.parts ?? [literalOf(word)]
  const chunks: Chunks = []
  for (const [index, part] of parts.entries()) {
    if (part.type === 'Literal')
      addLiteral(shell, part, chunks, index === 0, isAssignment, parts.length === 1)
    else yield* addPart(shell, part, chunks, false)
  }
  bound(shell, chunks)
  return chunks
}

const literalOf = (word: Word): LiteralPart => ({
  type: 'Literal',
  pos: word.pos,
  end: word.end,
  value: word.value,
  text: word.text,
})

const bound = ({ kernel }: Shell, chunks: Chunks): void => {
  let size = 0
  for (const chunk of chunks) if (chunk !== BREAK) size += chunk.text.length
  if (size > kernel.limits.text) throw new ShellFailure('word too long', 1)
}

const plain = (text: string): Chunk => ({ text, isQuoted: false, isSplit: false })
const quoted = (text: string): Chunk => ({ text, isQuoted: true, isSplit: false })

const addLiteral = (
  shell: Shell,
  part: LiteralPart,
  chunks: Chunks,
  isFirst: boolean,
  isAssignment: boolean,
  isWhole: boolean,
): void => {
  if (part.text.includes('~') && !part.text.includes('\\')) {
    const tilde = isFirst ? /^~([\w.-]*)(?=\/|:|$)/.exec(part.value) : null
    const isOver = tilde !== null && (tilde[0].length < part.value.length || isWhole)
    const home = isOver ? homeOf(shell, tilde[1]!) : undefined
    let rest = part.value
    if (home !== undefined) {
      chunks.push(quoted(home))
      rest = rest.slice(tilde![0].length)
    }
    if (isAssignment) rest = rest.replace(/:~(?=\/|:|$)/g, `:${homeOf(shell, '') ?? '~'}`)
    if (rest !== '' || home === undefined) chunks.push(plain(rest))
    return
  }
  chunks.push(part.text === part.value ? plain(part.value) : quoted(part.value))
}

const homeOf = (shell: Shell, name: string): string | undefined => {
  const { user } = shell.machine
  if (name === '') return shell.state.get('HOME') ?? user.home
  if (name === user.name) return user.home
  return name === 'root' ? '/root' : undefined
}

function* addPart(shell: Shell, part: WordPart, chunks: Chunks, isInQuotes: boolean): Steps<void> {
  switch (part.type) {
    case 'Literal':
      chunks.push(isInQuotes || part.text !== part.value ? quoted(part.value) : plain(part.value))
      return
    case 'Glob':
    case 'ExtendedGlob':
    case 'BraceExpansion':
      chunks.push(isInQuotes ? quoted(part.text) : plain(part.text))
      return
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      chunks.push(quoted(part.value))
      return
    case 'DoubleQuoted':
    case 'LocaleString':
      yield* addDoubleQuoted(shell, part as DoubleQuotedPart, chunks)
      return
    case 'SimpleExpansion':
      expandSimple(shell, part.text.slice(1), chunks, isInQuotes)
      return
    case 'ParameterExpansion':
      yield* expandParameter(shell, part, chunks, isInQuotes, WORDS)
      return
    case 'CommandExpansion': {
      if (part.script === undefined) return
      const text = yield* shell.executor.substitute(shell, part.script, part.script.source)
      chunks.push({ text, isQuoted: isInQuotes, isSplit: !isInQuotes })
      return
    }
    case 'ArithmeticExpansion': {
      const value = yield* arithmetic(shell, part)
      chunks.push({ text: String(value), isQuoted: isInQuotes, isSplit: !isInQuotes })
      return
    }
    case 'ProcessSubstitution':
      chunks.push(quoted(yield* fileOf(shell, part)))
  }
}

/** A program opens its file at once: all is there before it begins. */
function* fileOf(shell: Shell, { script, operator, text }: ProcessSubstitutionPart): Steps<string> {
  const { kernel, files, state } = shell
  if (script === undefined || operator === '>' || state.flavour !== 'bash')
    throw new ShellFailure(`${text}: only a redirection can lead there`, 1)
  const stream = shell.executor.stream(shell, script, operator)
  stream.open()
  let all = ''
  for (;;) {
    const more = yield* kernel.read(stream)
    if (more === undefined) break
    all += more
    if (all.length > kernel.limits.text) throw new ShellFailure(`${text}: too long`, 1)
  }
  stream.close()
  const path = `/tmp/sh-np.${kernel.lastPid}`
  const failed = files.write(path, all)
  if (failed !== undefined) throw new ShellFailure(`${path}: ${failed.text}`, 1)
  state.temporary = [...state.temporary, path]
  return path
}

function* addDoubleQuoted(shell: Shell, part: DoubleQuotedPart, chunks: Chunks): Steps<void> {
  const before = chunks.length
  for (const child of part.parts) yield* addPart(shell, child, chunks, true)
  if (chunks.length === before && !part.parts.some(isArguments)) chunks.push(quoted(''))
}

/** `"$@"` of nothing is nothing, not an empty argument. */
const isArguments = (part: WordPart): boolean =>
  (part.type === 'SimpleExpansion' && part.text === '$@') ||
  (part.type === 'ParameterExpansion' && (part.parameter === '@' || part.index?.value === '@'))

function* arithmetic(
  shell: Shell,
  part: Extract<WordPart, { type: 'ArithmeticExpansion' }>,
): Steps<bigint> {
  const source = /^\$\(\(([\s\S]*)\)\)$/.exec(part.text)?.[1] ?? part.text
  const evaluation = new Arithmetic(shell, expandQuoted, source)
  if (part.expression === undefined) {
    if (source.trim() === '') return 0n
    return yield* evaluation.text(source)
  }
  return yield* evaluation.value(part.expression)
}

/** The number that a word stands for: an index, an offset. */
export function* expandNumber(shell: Shell, word: Word | undefined): Steps<number> {
  const text = yield* expandText(shell, word)
  return Number(yield* new Arithmetic(shell, expandQuoted, text).text(text))
}

const WORDS = { text: expandText, pattern: expandPattern, number: expandNumber, chunks: chunksOf }

export type WordReaders = typeof WORDS
