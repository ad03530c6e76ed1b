// `$x`, `${x:-y}`, `${x%%.*}`, `${x//a/b}`, `${#x}`, `${x[@]:1}`.
import type { ParameterExpansionPart, ParameterOperation, Word } from 'unbash'
import { BREAK, type Chunks } from '#shell/interpreter/chunks.ts'
import {
  fatalStatus,
  itemsOf,
  listOf,
  parameter,
  separator,
  setItem,
  setKey,
  setParameter,
  unsetFailure,
} from '#shell/interpreter/parameters.ts'
import { type Shell, ShellFailure } from '#shell/interpreter/shell.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'
import { Glob, replaceMatches, withoutMatch } from '#shell/language/glob.ts'

/** How words are read: handed in, since words contain expansions. */
interface Readers {
  text(shell: Shell, word: Word | undefined): Steps<string>
  pattern(shell: Shell, word: Word | undefined): Steps<string>
  number(shell: Shell, word: Word | undefined): Steps<number>
  chunks(shell: Shell, word: Word): Steps<Chunks>
}

const addText = (chunks: Chunks, text: string, isInQuotes: boolean): void => {
  chunks.push({ text, isQuoted: isInQuotes, isSplit: !isInQuotes })
}

const addList = (chunks: Chunks, items: readonly string[], isInQuotes: boolean): void => {
  for (const [index, item] of items.entries()) {
    if (index > 0) chunks.push(BREAK)
    addText(chunks, item, isInQuotes)
  }
}

export const expandSimple = (
  shell: Shell,
  name: string,
  chunks: Chunks,
  isInQuotes: boolean,
): void => {
  if (name === '@' || (name === '*' && !isInQuotes))
    return addList(chunks, shell.state.positional, isInQuotes)
  const value =
    name === '*' ? shell.state.positional.join(separator(shell)) : parameter(shell, name)
  if (value === undefined && shell.state.has('nounset')) throw unsetFailure(shell, name)
  addText(chunks, value ?? '', isInQuotes)
}

export function* expandParameter(
  shell: Shell,
  part: ParameterExpansionPart,
  chunks: Chunks,
  isInQuotes: boolean,
  read: Readers,
): Steps<void> {
  checkSyntax(shell, part)
  const target = yield* new Target(shell, part, read).found()
  if (part.prefix === '#') return addText(chunks, String(target.length()), isInQuotes)
  const { operation } = part
  if (operation?.type === 'Default')
    return yield* useDefault(shell, target, operation, chunks, isInQuotes, read)
  if (target.value === undefined && target.list === undefined && shell.state.has('nounset'))
    throw unsetFailure(shell, part.parameter)
  const change = yield* changeOf(shell, operation, read)
  if (target.value === undefined && operation?.type === 'Transform') return
  if (target.list === undefined) return addText(chunks, change(target.value ?? ''), isInQuotes)
  const items = sliced(operation, target, yield* sliceOf(shell, operation, read))
  const changed = operation?.type === 'Slice' ? items : items.map(change)
  if (target.isJoined && isInQuotes) addText(chunks, changed.join(separator(shell)), true)
  else addList(chunks, changed, isInQuotes)
}

const BASH_ONLY = new Set(['CaseModification', 'Transform', 'Names', 'Unknown'])
const NOT_IN_DASH = new Set([...BASH_ONLY, 'Replace', 'Slice'])

/** Each shell knows a part of all this. */
const checkSyntax = (shell: Shell, part: ParameterExpansionPart): void => {
  const { flavour } = shell.state
  const type = part.operation?.type ?? ''
  const isBad =
    (flavour === 'dash' && (NOT_IN_DASH.has(type) || part.index !== undefined)) ||
    (flavour === 'ash' && (BASH_ONLY.has(type) || part.index !== undefined)) ||
    (flavour !== 'bash' && part.prefix === '!') ||
    type === 'Unknown' ||
    part.parameter === ''
  if (isBad)
    throw new ShellFailure(MESSAGES.badSubstitution(part.text)[flavour], fatalStatus(shell, 1))
}

/** What the expansion is about. */
class Target {
  readonly #shell: Shell
  readonly #part: ParameterExpansionPart
  readonly #read: Readers
  name: string
  index: number | undefined
  /** Of an associative array. */
  key: string | undefined
  value: string | undefined
  list: readonly string[] | undefined
  /** `*` instead of `@`. */
  isJoined = false

  constructor(shell: Shell, part: ParameterExpansionPart, read: Readers) {
    this.#shell = shell
    this.#part = part
    this.#read = read
    this.name = part.parameter
  }

  *found(): Steps<this> {
    const { prefix, index } = this.#part
    const all = index?.value === '@' || index?.value === '*' ? index.value : undefined
    if (prefix === '!' && all !== undefined) {
      const keyed = this.#shell.state.variable(this.name)?.keyed
      const items = itemsOf(this.#shell, this.name) ?? []
      this.list =
        keyed === undefined
          ? items.flatMap((item, at) => (item === undefined ? [] : [String(at)]))
          : [...keyed.keys()]
      return this
    }
    if (prefix === '!') this.name = parameter(this.#shell, this.name) ?? ''
    if (this.name === '@' || this.name === '*' || all !== undefined) {
      this.list = listOf(this.#shell, this.name)
      this.isJoined = this.name === '*' || all === '*'
      this.value = this.list.length === 0 ? undefined : this.list.join(' ')
    } else if (index !== undefined && this.#shell.state.variable(this.name)?.keyed !== undefined) {
      this.key = yield* this.#read.text(this.#shell, index)
      this.value = this.#shell.state.variable(this.name)!.keyed!.get(this.key)
    } else if (index !== undefined) {
      this.index = yield* this.#read.number(this.#shell, index)
      const items = itemsOf(this.#shell, this.name) ?? [parameter(this.#shell, this.name)]
      this.value = items[this.index < 0 ? items.length + this.index : this.index]
    } else this.value = parameter(this.#shell, this.name)
    return this
  }

  length(): number {
    if (this.list !== undefined) return this.list.length
    if (this.value === undefined && this.#shell.state.has('nounset'))
      throw unsetFailure(this.#shell, this.name)
    return [...(this.value ?? '')].length
  }

  assign(value: string): void {
    if (this.key !== undefined) setKey(this.#shell, this.name, this.key, value)
    else if (this.index === undefined) setParameter(this.#shell, this.name, value)
    else setItem(this.#shell, this.name, this.index, value)
  }
}

function* useDefault(
  shell: Shell,
  target: Target,
  operation: Extract<ParameterOperation, { type: 'Default' }>,
  chunks: Chunks,
  isInQuotes: boolean,
  read: Readers,
): Steps<void> {
  const { operator, operand } = operation
  const isMissing = target.value === undefined || (operator.startsWith(':') && target.value === '')
  const kind = operator.at(-1)
  const addValue = (): void => {
    if (target.list === undefined) addText(chunks, target.value ?? '', isInQuotes)
    else addList(chunks, target.list, isInQuotes)
  }
  if (kind === '+') {
    if (!isMissing) yield* addOperand(shell, operand, chunks, isInQuotes, read)
    return
  }
  if (!isMissing) return addValue()
  if (kind === '-') return yield* addOperand(shell, operand, chunks, isInQuotes, read)
  const text = yield* read.text(shell, operand)
  if (kind === '?') {
    const isEmpty = operator === ':?' && target.value === ''
    const message = text === '' ? `parameter ${isEmpty ? 'null or ' : ''}not set` : text
    const said = text === '' && operator === ':?' ? 'parameter null or not set' : message
    const dash = shell.state.flavour === 'bash' ? said : message
    throw new ShellFailure(`${target.name}: ${dash}`, fatalStatus(shell, 127))
  }
  target.assign(text)
  addText(chunks, text, isInQuotes)
}

function* addOperand(
  shell: Shell,
  operand: Word,
  chunks: Chunks,
  isInQuotes: boolean,
  read: Readers,
): Steps<void> {
  if (isInQuotes) return addText(chunks, yield* read.text(shell, operand), true)
  // What is not quoted in it is split as an expansion's value is.
  for (const chunk of yield* read.chunks(shell, operand))
    chunks.push(chunk === BREAK || chunk.isQuoted ? chunk : { ...chunk, isSplit: true })
}

type Change = (text: string) => string

function* changeOf(
  shell: Shell,
  operation: ParameterOperation | undefined,
  read: Readers,
): Steps<Change> {
  switch (operation?.type) {
    case 'Remove': {
      const pattern = new Glob(yield* read.pattern(shell, operation.operand))
      const end = operation.operator.startsWith('#') ? 'start' : 'end'
      const size = operation.operator.length === 2 ? 'longest' : 'shortest'
      return bounded(shell, pattern, (text) => withoutMatch(text, pattern, end, size))
    }
    case 'Replace': {
      const pattern = new Glob(yield* read.pattern(shell, operation.pattern))
      const replacement = yield* read.text(shell, operation.replacement)
      const where = { '/': 'first', '//': 'all', '/#': 'start', '/%': 'end' } as const
      return bounded(shell, pattern, (text) =>
        replaceMatches(text, pattern, replacement, where[operation.operator]),
      )
    }
    case 'Slice': {
      const slice = yield* sliceOf(shell, operation, read)
      return (text) => sliceText(text, slice!)
    }
    case 'CaseModification':
      return caseChange(operation.operator, yield* patternIfAny(shell, operation.operand, read))
    case 'Transform':
      return transformation(operation.operand.value)
    case 'Default':
    case 'Names':
    case 'Unknown':
    case undefined:
      return (text) => text
  }
}

/** Each character may begin a match that is as long as the text. */
const MOST_MATCHED = 4096

const bounded =
  ({ kernel }: Shell, pattern: Glob, change: Change): Change =>
  (text) => {
    if (pattern.literal === undefined) {
      kernel.step(Math.ceil(text.length / 64))
      if (text.length > MOST_MATCHED) throw new ShellFailure('pattern: text too long', 1)
    }
    return change(text)
  }

function* patternIfAny(
  shell: Shell,
  word: Word | undefined,
  read: Readers,
): Steps<Glob | undefined> {
  return word === undefined || word.text === ''
    ? undefined
    : new Glob(yield* read.pattern(shell, word))
}

const caseChange = (operator: string, pattern: Glob | undefined): Change => {
  const isUpper = operator.startsWith('^')
  const one = (character: string): string => {
    if (pattern !== undefined && !pattern.matches(character)) return character
    return isUpper ? character.toUpperCase() : character.toLowerCase()
  }
  if (operator.length === 2) return (text) => [...text].map(one).join('')
  return (text) => (text === '' ? '' : one(text[0]!) + text.slice(1))
}

const transformation = (name: string): Change => {
  if (name === 'U') return (text) => text.toUpperCase()
  if (name === 'L') return (text) => text.toLowerCase()
  if (name === 'u') return (text) => text.slice(0, 1).toUpperCase() + text.slice(1)
  if (name === 'Q') return (text) => `'${text.replaceAll("'", `'\\''`)}'`
  return (text) => text
}

interface Slice {
  readonly offset: number
  readonly length: number | undefined
}

function* sliceOf(
  shell: Shell,
  operation: ParameterOperation | undefined,
  read: Readers,
): Steps<Slice | undefined> {
  if (operation?.type !== 'Slice') return undefined
  const offset = yield* read.number(shell, operation.offset)
  const length =
    operation.length === undefined ? undefined : yield* read.number(shell, operation.length)
  return { offset, length }
}

const rangeOf = ({ offset, length }: Slice, size: number): readonly [number, number] => {
  const start = offset < 0 ? Math.max(0, size + offset) : Math.min(offset, size)
  if (offset < 0 && size + offset < 0) return [size, size]
  if (length === undefined) return [start, size]
  return [start, length < 0 ? size + length : Math.min(size, start + length)]
}

const sliceText = (text: string, slice: Slice): string => {
  const characters = [...text]
  return characters.slice(...rangeOf(slice, characters.length)).join('')
}

/** Of the arguments the first is `$1`; `${@:0}` begins with `$0`, which is left out here. */
const sliced = (
  operation: ParameterOperation | undefined,
  target: Target,
  slice: Slice | undefined,
): readonly string[] => {
  const items = target.list ?? []
  if (operation?.type !== 'Slice' || slice === undefined) return items
  const isPositional = target.name === '@' || target.name === '*'
  const offset = isPositional && slice.offset > 0 ? slice.offset - 1 : slice.offset
  return items.slice(...rangeOf({ ...slice, offset }, items.length))
}
