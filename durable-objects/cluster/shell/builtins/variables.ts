// export, readonly, unset, local, declare, set, shift, getopts, let, read.
import { type Builtin, NAME } from '#shell/builtins/builtin.ts'
import { Arithmetic } from '#shell/interpreter/arithmetic.ts'
import { expandQuoted } from '#shell/interpreter/expansion.ts'
import { fatalStatus, parameter, setParameter } from '#shell/interpreter/parameters.ts'
import { complain, Exit, print, type Shell, ShellFailure } from '#shell/interpreter/shell.ts'
import { OPTIONS, type OptionName, type ShellState } from '#shell/interpreter/state.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'

const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const bashQuote = (text: string): string => `"${text.replace(/["\\$`]/g, '\\$&')}"`

/** `name=value`, `name+=value`, `name`. */
const split = (word: string): { name: string; value?: string; isAppended: boolean } => {
  const at = word.indexOf('=')
  if (at < 0) return { name: word, isAppended: false }
  const isAppended = word[at - 1] === '+'
  return { name: word.slice(0, isAppended ? at - 1 : at), value: word.slice(at + 1), isAppended }
}

interface Marks {
  readonly isExported?: boolean
  readonly isReadOnly?: boolean
}

function* declareAll(
  shell: Shell,
  builtin: string,
  words: readonly string[],
  marks: Marks,
): Steps<number> {
  let status = 0
  for (const word of words) {
    const { name, value, isAppended } = split(word)
    if (!NAME.test(name)) {
      const texts = MESSAGES.badName(builtin, name, word)
      if (shell.state.flavour !== 'bash') throw new ShellFailure(texts[shell.state.flavour], 2)
      yield* complain(shell, texts)
      status = 1
      continue
    }
    if (value !== undefined)
      setParameter(shell, name, isAppended ? (parameter(shell, name) ?? '') + value : value)
    if (marks.isExported !== undefined || marks.isReadOnly !== undefined)
      shell.state.mark(name, marks)
  }
  return status
}

function* listing(
  shell: Shell,
  prefix: string,
  chosen: (marks: Required<Marks>) => boolean,
): Steps<number> {
  const isBash = shell.state.flavour === 'bash'
  const lines: string[] = []
  for (const [name, variable] of [...shell.state.variables].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!chosen(variable)) continue
    const { value } = variable
    const quoted = value === undefined ? '' : `=${isBash ? bashQuote(value) : shellQuote(value)}`
    lines.push(`${prefix} ${name}${quoted}\n`)
  }
  yield* print(shell, lines.join(''))
  return 0
}

const exportNames: Builtin = function* run(shell, args) {
  const words = args.filter((word) => word !== '-p' && word !== '-n' && word !== '--')
  if (words.length === 0)
    return yield* listing(
      shell,
      shell.state.flavour === 'bash' ? 'declare -x' : 'export',
      ({ isExported }) => isExported,
    )
  return yield* declareAll(shell, 'export', words, { isExported: !args.includes('-n') })
}

const readOnlyNames: Builtin = function* run(shell, args) {
  const words = args.filter((word) => !/^-[paf-]+$/.test(word))
  if (words.length === 0)
    return yield* listing(
      shell,
      shell.state.flavour === 'bash' ? 'declare -r' : 'readonly',
      ({ isReadOnly }) => isReadOnly,
    )
  return yield* declareAll(shell, 'readonly', words, { isReadOnly: true })
}

const local: Builtin = function* run(shell, args, name) {
  const { state } = shell
  const options = args.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('')
  const words = args.filter((word) => !/^[-+][a-zA-Z]+$/.test(word))
  const isLocal = state.functionDepth > 0 && !options.includes('g')
  if (name === 'local' && !isLocal) {
    const texts = {
      dash: 'local: not in a function',
      ash: 'local: not in a function',
      bash: 'local: can only be used in a function',
    }
    if (state.flavour === 'dash') throw new ShellFailure(texts.dash, 2)
    yield* complain(shell, texts)
    return 1
  }
  if (words.length === 0)
    return name === 'local' ? 0 : yield* listing(shell, 'declare --', () => true)
  if (isLocal) for (const word of words) keepArray(shell, word)
  if (options.includes('A')) declareKeyed(state, words)
  const marks: { isExported?: boolean; isReadOnly?: boolean } = {}
  if (options.includes('x')) marks.isExported = true
  if (options.includes('r')) marks.isReadOnly = true
  return yield* declareAll(shell, name, words, marks)
}

/** `declare -A name` */
const declareKeyed = (state: ShellState, words: readonly string[]): void => {
  for (const word of words)
    if (state.variable(word)?.keyed === undefined) state.setKeyed(word, new Map())
}

/** The value of `local -a x=(…)` was set before the name became local. */
const keepArray = ({ state }: Shell, word: string): void => {
  const { name, value } = split(word)
  const { items, keyed } = (value === undefined ? state.variable(name) : undefined) ?? {}
  state.makeLocal(name)
  if (keyed !== undefined) state.setKeyed(name, keyed)
  if (items !== undefined) state.setItems(name, items)
}

const unset: Builtin = function* run(shell, args) {
  const { state } = shell
  const onlyFunctions = args.includes('-f')
  let status = 0
  for (const word of args.filter((one) => !/^-[fvn]$/.test(one))) {
    const element = /^([A-Za-z_]\w*)\[(.+)\]$/.exec(word)
    const keyed = element === null ? undefined : state.variable(element[1]!)?.keyed
    if (keyed !== undefined) {
      const left = new Map(keyed)
      left.delete(element![2]!)
      state.setKeyed(element![1]!, left)
    } else if (element !== null) {
      const items = state.variable(element[1]!)?.items
      if (items !== undefined)
        state.setItems(
          element[1]!,
          items.with(Math.min(Number(element[2]), items.length - 1), undefined),
        )
    } else if (onlyFunctions) state.functions.delete(word)
    else if (state.isReadOnly(word)) {
      const texts = MESSAGES.readOnly(word)
      yield* complain(shell, {
        ...texts,
        dash: `unset: ${texts.dash}`,
        bash: `unset: ${word}: cannot unset: readonly variable`,
      })
      status = fatalStatus(shell, 1)
    } else if (state.variables.has(word)) state.unset(word)
    else state.functions.delete(word)
  }
  return status
}

const NAMES = new Set<string>([...Object.values(OPTIONS), 'pipefail', 'posix', 'vi', 'emacs'])

const setOptions: Builtin = function* run(shell, args) {
  const { state } = shell
  if (args.length === 0) {
    const lines = [...state.variables]
      .filter(([, { value }]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, { value }]) =>
          `${name}=${state.flavour === 'bash' && /^[\w/.:-]*$/.test(value!) ? value : shellQuote(value!)}\n`,
      )
    yield* print(shell, lines.join(''))
    return 0
  }
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!
    if (word === '--' || word === '-') {
      state.positional = args.slice(at + 1)
      state.version++
      return 0
    }
    if (!/^[-+]./.test(word)) {
      state.positional = args.slice(at)
      state.version++
      return 0
    }
    for (const letter of word.slice(1)) {
      const named = letter === 'o' ? args[++at] : OPTIONS[letter as keyof typeof OPTIONS]
      if (letter === 'o' && named === undefined) return yield* listOptions(shell)
      if (
        named === undefined ||
        !NAMES.has(named) ||
        (named === 'pipefail' && state.flavour === 'dash')
      ) {
        yield* complain(shell, {
          dash: `set: Illegal option ${letter === 'o' ? `-o ${named}` : word}`,
          ash: `set: illegal option ${letter === 'o' ? `-o ${named}` : word}`,
          bash:
            letter === 'o' ? `set: ${named}: invalid option name` : `set: ${word}: invalid option`,
        })
        if (state.flavour !== 'bash') throw new Exit(2)
        return 2
      }
      if (word.startsWith('-')) state.options.add(named as OptionName)
      else state.options.delete(named as OptionName)
      state.version++
    }
  }
  return 0
}

function* listOptions(shell: Shell): Steps<number> {
  const lines = [...NAMES]
    .sort()
    .map((name) => `${name.padEnd(15)}\t${shell.state.has(name as OptionName) ? 'on' : 'off'}\n`)
  yield* print(shell, lines.join(''))
  return 0
}

const shift: Builtin = function* run(shell, args) {
  const { state } = shell
  const count = Number(args[0] ?? 1)
  if (!Number.isInteger(count) || count < 0) {
    yield* complain(shell, MESSAGES.illegalNumber('shift', args[0]!))
    return fatalStatus(shell, 1)
  }
  if (count > state.positional.length) {
    if (state.flavour === 'dash') throw new ShellFailure("shift: can't shift that many", 2)
    return 1
  }
  if (count > 0) state.version++
  state.positional = state.positional.slice(count)
  return 0
}

const letNumbers: Builtin = function* run(shell, args) {
  let value = 0n
  for (const word of args) value = yield* new Arithmetic(shell, expandQuoted, word).text(word)
  return value === 0n ? 1 : 0
}

const getopts: Builtin = function* run(shell, args) {
  const { state } = shell
  const [given, name, ...rest] = args
  if (given === undefined || name === undefined) {
    const said = {
      dash: 'getopts: Usage: getopts optstring var [arg...]',
      ash: 'getopts: usage: getopts optstring var [arg]',
    }
    if (state.flavour === 'bash')
      yield* print(shell, 'getopts: usage: getopts optstring name [arg ...]\n', 2)
    else yield* complain(shell, said[state.flavour])
    return 2
  }
  const words = args.length > 2 ? rest : state.positional
  const index = Math.max(1, Number(state.get('OPTIND') ?? 1))
  const word = words[index - 1]
  if (state.optionAt === 0 && (word === undefined || !/^-./.test(word) || word === '--')) {
    if (word === '--') state.set('OPTIND', String(index + 1))
    state.set(name, '?')
    return 1
  }
  yield* nextOption(shell, given, name, words, index)
  return 0
}

function* nextOption(
  shell: Shell,
  given: string,
  name: string,
  words: readonly string[],
  index: number,
): Steps<void> {
  const { state } = shell
  const word = words[index - 1]!
  const isSilent = given.startsWith(':')
  const at = state.optionAt === 0 ? 1 : state.optionAt
  const letter = word[at]!
  const isLast = at + 1 >= word.length
  const found = letter === ':' ? -1 : given.indexOf(letter, isSilent ? 1 : 0)
  const takesArgument = found >= 0 && given[found + 1] === ':'
  const isNextTaken = takesArgument && isLast
  state.optionAt = isLast || takesArgument ? 0 : at + 1
  if (isLast || takesArgument) state.set('OPTIND', String(index + 1))
  state.unset('OPTARG')
  if (takesArgument && !isLast) state.set('OPTARG', word.slice(at + 1))
  else if (isNextTaken && words[index] !== undefined) {
    state.set('OPTARG', words[index])
    state.set('OPTIND', String(index + 2))
  }
  const isBad = found < 0 || (isNextTaken && words[index] === undefined)
  if (!isBad) return state.set(name, letter)
  state.set(name, found >= 0 && isSilent ? ':' : '?')
  if (isSilent) state.set('OPTARG', letter)
  else if (found < 0)
    yield* complainOption(shell, `llegal option -- ${letter}`, `Illegal option -${letter}`)
  else
    yield* complainOption(
      shell,
      `ption requires an argument -- ${letter}`,
      `No arg for -${letter} option`,
    )
}

function* complainOption(shell: Shell, inBash: string, inDash: string): Steps<void> {
  const { flavour, name } = shell.state
  if (flavour === 'dash') {
    yield* print(shell, `${inDash}\n`, 2)
    return
  }
  const text =
    flavour === 'bash' ? `${inBash.startsWith('p') ? 'o' : 'i'}${inBash}` : inDash.toLowerCase()
  yield* print(shell, `${name}: ${text}\n`, 2)
}

export const VARIABLES: readonly (readonly [string, Builtin])[] = [
  ['export', exportNames],
  ['readonly', readOnlyNames],
  ['local', local],
  ['declare', local],
  ['typeset', local],
  ['unset', unset],
  ['set', setOptions],
  ['shift', shift],
  ['let', letNumbers],
  ['getopts', getopts],
]
