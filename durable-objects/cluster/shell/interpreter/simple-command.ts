// `A=1 name arguments > file`.
import type { Assignment, Command, CommandArgument, Word } from 'unbash'
import { continued } from '#shell/builtins/jobs.ts'
import { SPECIAL_BUILTINS } from '#shell/builtins/special.ts'
import { builtinOf } from '#shell/builtins/table.ts'
import { expandNumber, expandText, expandWords } from '#shell/interpreter/expansion.ts'
import { findProgram, isProgram } from '#shell/interpreter/find-program.ts'
import {
  costOfCopy,
  MOST_ITEMS,
  fatalStatus,
  parameter,
  setItem,
  setKey,
  setParameter,
} from '#shell/interpreter/parameters.ts'
import { keep, redirect, restore, type Saved } from '#shell/interpreter/redirection.ts'
import {
  Exit,
  Return,
  type RunOptions,
  type Shell,
  ShellFailure,
} from '#shell/interpreter/shell.ts'
import { commandText } from '#shell/interpreter/command-text.ts'
import { controlsJobs, waitInFront } from '#shell/interpreter/job-control.ts'
import { becomeProgram, heritageOf, refuse, startProgram } from '#shell/interpreter/tasks.ts'
import { traceCommand } from '#shell/interpreter/xtrace.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { parseWord } from '#shell/language/parse.ts'

export function* runSimple(shell: Shell, node: Command): Steps<number> {
  const { state } = shell
  state.node = node
  const aliased = aliasText(shell, node)
  if (aliased !== undefined) return yield* runAliased(shell, node, aliased)
  state.substitutionStatus = undefined
  const argv = yield* argumentsOf(shell, node)
  if (state.temporary.length > 0) return yield* withFiles(shell, node, argv)
  return yield* runExpanded(shell, node, argv)
}

/** What `<( … )` wrote is there as long as the command runs. */
function* withFiles(shell: Shell, node: Command, argv: readonly string[]): Steps<number> {
  const { temporary } = shell.state
  shell.state.temporary = []
  shell.state.isLast = false
  try {
    return yield* runExpanded(shell, node, argv)
  } finally {
    for (const path of temporary) shell.files.unlink(path)
  }
}

function* runExpanded(shell: Shell, node: Command, argv: readonly string[]): Steps<number> {
  const { state } = shell
  if (node.redirects.length === 0) return yield* runWithAssignments(shell, node, argv, [])
  const saved = yield* redirect(shell, node.redirects)
  if (saved === undefined) {
    const isFatal =
      argv[0] !== undefined && SPECIAL_BUILTINS.has(argv[0]) && state.flavour !== 'bash'
    if (isFatal && !state.isInteractive) throw new Exit(2)
    return state.flavour === 'bash' ? 1 : 2
  }
  if (argv[0] === 'exec' && argv.length === 1) {
    keep(saved)
    return 0
  }
  const { readers } = state
  state.readers = []
  if (readers.length > 0) state.isLast = false
  let status
  try {
    status = yield* runWithAssignments(shell, node, argv, saved)
  } finally {
    restore(shell, saved)
  }
  for (const task of readers) yield* shell.kernel.waitFor(task)
  return status
}

function* argumentsOf(shell: Shell, node: Command): Steps<string[]> {
  if (node.name === undefined) return []
  const argv = yield* expandWords(shell, [node.name])
  for (const argument of node.args) yield* addArgument(shell, argument, argv)
  return argv
}

function* addArgument(shell: Shell, argument: CommandArgument, argv: string[]): Steps<void> {
  if (argument.type === 'Word') {
    for (const text of yield* expandWords(shell, [argument])) argv.push(text)
    return
  }
  if (argument.value.type === 'ArrayValue') {
    if (argv.some((word) => /^-\w*A/.test(word))) shell.state.setKeyed(argument.name, new Map())
    // `declare -a x=(…)`: the value is set here, the name is declared by the builtin
    yield* assign(shell, argument)
    argv.push(argument.name)
    return
  }
  const sign = argument.append === true ? '+=' : '='
  argv.push(`${argument.name}${sign}${yield* expandText(shell, argument.value, true)}`)
}

function* runWithAssignments(
  shell: Shell,
  node: Command,
  argv: readonly string[],
  saved: Saved,
): Steps<number> {
  const { state } = shell
  const assignments = node.prefix.filter((item) => item.type === 'Assignment')
  if (argv.length === 0) {
    for (const assignment of assignments) yield* assign(shell, assignment)
    yield* traceCommand(shell, saved, valuesOf(shell, assignments), [])
    return state.substitutionStatus ?? 0
  }
  if (assignments.length > 0) return yield* withTemporary(shell, assignments, argv, saved)
  yield* traceCommand(shell, saved, [], argv)
  return yield* runArguments(shell, argv)
}

const valuesOf = (shell: Shell, assignments: readonly Assignment[]) =>
  assignments.map(({ name }) => [name, shell.state.get(name) ?? ''] as const)

/** The assignments hold while the command runs. */
function* withTemporary(
  shell: Shell,
  assignments: readonly Assignment[],
  argv: readonly string[],
  saved: Saved,
): Steps<number> {
  const { state } = shell
  const before = new Map(assignments.map(({ name }) => [name, state.variable(name)]))
  for (const assignment of assignments) {
    yield* assign(shell, assignment)
    state.mark(assignment.name, { isExported: true })
  }
  yield* traceCommand(shell, saved, valuesOf(shell, assignments), argv)
  const stays = SPECIAL_BUILTINS.has(argv[0]!) && state.flavour !== 'bash'
  try {
    return yield* runArguments(shell, argv)
  } finally {
    for (const [name, variable] of before)
      if (!stays) {
        if (variable === undefined) state.variables.delete(name)
        else state.variables.set(name, variable)
      }
  }
}

function* assign(shell: Shell, assignment: Assignment): Steps<void> {
  const { name, value, append, index } = assignment
  if (value.type === 'ArrayValue') {
    if (shell.state.flavour !== 'bash') throw notHere(shell, '"(" unexpected')
    return yield* assignArray(shell, name, value.elements, append === true)
  }
  const text = yield* expandText(shell, value, true)
  const keyed = index === undefined ? undefined : shell.state.variable(name)?.keyed
  if (keyed !== undefined) {
    const key = yield* expandText(shell, index)
    return setKey(shell, name, key, (append === true ? (keyed.get(key) ?? '') : '') + text)
  }
  if (index !== undefined) {
    const at = yield* expandNumber(shell, index)
    const old = append === true ? (shell.state.variable(name)?.items?.[at] ?? '') : ''
    setItem(shell, name, at, old + text)
    return
  }
  setParameter(shell, name, append === true ? (parameter(shell, name) ?? '') + text : text)
}

/** `[key]=value` */
const ELEMENT = /^\[((?:[^\]"']|"[^"]*"|'[^']*')*)\]=([^]*)$/

function* assignArray(
  shell: Shell,
  name: string,
  elements: readonly Word[],
  isAppended: boolean,
): Steps<void> {
  const { state } = shell
  const known = state.variable(name)
  const old = known?.items ?? (known?.value === undefined ? [] : [known.value])
  if (known?.keyed !== undefined) {
    if (!isAppended) state.setKeyed(name, new Map())
  } else state.setItems(name, isAppended ? old : [])
  const plain: Word[] = []
  for (const element of elements) {
    const [, key, text = ''] = ELEMENT.exec(element.text) ?? []
    if (key === undefined) {
      plain.push(element)
      continue
    }
    const value = yield* expandText(shell, parseWord(text))
    if (known?.keyed === undefined)
      setItem(shell, name, yield* expandNumber(shell, parseWord(key)), value)
    else setKey(shell, name, yield* expandText(shell, parseWord(key)), value)
  }
  if (plain.length === 0) return
  shell.kernel.step(costOfCopy(old.length + plain.length))
  const items = yield* expandWords(shell, plain)
  if (old.length + items.length > MOST_ITEMS)
    throw new ShellFailure(`${name}: too many elements`, 1)
  if (known?.keyed === undefined)
    state.setItems(name, [...(state.variable(name)?.items ?? []), ...items])
  else
    for (let at = 0; at < items.length; at += 2)
      setKey(shell, name, items[at]!, items[at + 1] ?? '')
}

/** What bash reads and this shell does not. */
const notHere = (shell: Shell, text: string): ShellFailure =>
  new ShellFailure(`${shell.state.flavour === 'dash' ? 'S' : 's'}yntax error: ${text}`, 2)

export function* runArguments(
  shell: Shell,
  argv: readonly string[],
  options: RunOptions = {},
): Steps<number> {
  const { state } = shell
  const { isLast } = state
  state.isLast = false
  const name = argv[0]!
  const isSpecial = SPECIAL_BUILTINS.has(name) && state.flavour !== 'bash'
  const isFunction = options.skipFunctions !== true && state.functions.has(name)
  if (isFunction && !isSpecial) return yield* callFunction(shell, name, argv)
  const builtin = builtinOf(state.flavour, name)
  if (builtin !== undefined) return yield* builtin(shell, argv.slice(1), name)
  if (name.startsWith('%') && controlsJobs(shell)) return yield* continued(shell, [], name)
  return yield* runExternal(shell, argv, options, isLast)
}

function* runExternal(
  shell: Shell,
  argv: readonly string[],
  options: RunOptions,
  isLast: boolean,
): Steps<number> {
  const heritage = heritageOf(shell, options.env)
  const found = findProgram(heritage, argv[0]!, argv)
  if (!isProgram(found)) return yield* refuse(shell, found, argv[0]!)
  if (isLast) return yield* becomeProgram(shell, heritage, found, argv)
  const { node, lines } = shell.state
  const task = startProgram(heritage, found, argv)
  const text = (): string =>
    node === undefined ? argv.join(' ') : commandText(node, lines?.source ?? '')
  const [status] = yield* waitInFront(shell, [task], text)
  return status ?? 0
}

function* callFunction(shell: Shell, name: string, argv: readonly string[]): Steps<number> {
  const { state, kernel } = shell
  const { body, lines } = state.functions.get(name)!
  if (state.functionDepth >= kernel.limits.depth) throw new Exit(fatalStatus(shell, 1))
  const { positional, lines: linesBefore, loopDepth, functionNames } = state
  const before = { positional, lines: linesBefore, loopDepth, functionNames }
  state.functionNames = [name, ...functionNames]
  state.positional = argv.slice(1)
  state.lines = lines
  state.loopDepth = 0
  state.functionDepth++
  state.pushLocals()
  try {
    return yield* shell.executor.body(shell, body)
  } catch (error) {
    if (error instanceof Return) return error.status
    throw error
  } finally {
    state.popLocals()
    state.functionDepth--
    Object.assign(state, before)
  }
}

/** The command with its alias in the place of its name; undefined: it has none. */
const aliasText = (shell: Shell, { name }: Command): string | undefined => {
  const { state } = shell
  if (name === undefined || state.aliases.size === 0 || name.parts !== undefined) return undefined
  if (state.flavour === 'bash' && !state.isInteractive) return undefined
  if (name.text !== name.value || state.expanding.has(name.value)) return undefined
  return state.aliases.get(name.value)
}

function* runAliased(shell: Shell, node: Command, alias: string): Steps<number> {
  const { state } = shell
  const source = state.lines?.source ?? ''
  const name = node.name!
  const text = source.slice(node.pos, name.pos) + alias + source.slice(name.end, node.end)
  state.isLast = false
  state.expanding.add(name.value)
  try {
    return yield* shell.executor.evaluate(shell, text)
  } finally {
    state.expanding.delete(name.value)
  }
}
