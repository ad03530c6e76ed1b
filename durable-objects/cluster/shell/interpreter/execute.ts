// Walks a script's tree.
import type {
  AndOr,
  CommandNode,
  CompoundCommand,
  CompoundList,
  Pipeline,
  PipelineNode,
  Statement,
} from 'unbash'
import { background } from '#shell/builtins/jobs.ts'
import {
  runCase,
  runFor,
  runForArithmetic,
  runSelect,
  runWhile,
} from '#shell/interpreter/compound.ts'
import { Arithmetic } from '#shell/interpreter/arithmetic.ts'
import { commandText } from '#shell/interpreter/command-text.ts'
import { expandQuoted } from '#shell/interpreter/expansion.ts'
import { controlsJobs, joinBackground, waitInFront } from '#shell/interpreter/job-control.ts'
import { Job } from '#shell/interpreter/job-table.ts'
import { redirect, restore } from '#shell/interpreter/redirection.ts'
import { complain, Exit, Interrupted, print, type Shell } from '#shell/interpreter/shell.ts'
import { runSimple } from '#shell/interpreter/simple-command.ts'
import { startSubshell } from '#shell/interpreter/tasks.ts'
import { testExpression } from '#shell/interpreter/test-expression.ts'
import { nullStream, pipe } from '#shell/kernel/stream.ts'
import { type Descriptors, type Steps, type Task, TURN } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'

export function* runList(shell: Shell, statements: readonly Statement[]): Steps<number> {
  for (const statement of statements) {
    if (shell.kernel.step()) yield TURN
    if (shell.pending.length > 0) yield* runTraps(shell)
    if (statement.background === true) yield* startInBackground(shell, statement)
    else shell.state.status = yield* runNode(shell, statement.command)
  }
  if (shell.pending.length > 0) yield* runTraps(shell)
  return shell.state.status
}

/** What was caught meanwhile is seen to between two commands. */
function* runTraps(shell: Shell): Steps<void> {
  for (;;) {
    const signal = shell.pending.shift()
    if (signal === undefined) return
    if (signal === '^C') throw new Interrupted()
    const action = shell.state.traps.get(signal)
    if (action === undefined || action === '') continue
    const { status } = shell.state
    yield* shell.executor.evaluate(shell, action)
    shell.state.status = status
  }
}

function* startInBackground(shell: Shell, { command }: Statement): Steps<void> {
  const { state, kernel } = shell
  const spec = command.type === 'Command' ? command.name?.text : undefined
  if (spec?.startsWith('%') === true && controlsJobs(shell)) {
    state.status = yield* background(shell, [spec], 'bg')
    return
  }
  const tasks = startBehind(shell, command)
  joinBackground(shell, tasks)
  const source = state.lines?.source ?? ''
  const aliases = state.isInteractive ? state.aliases : NO_ALIASES
  const job = new Job(
    tasks,
    commandText(command, source, (name) => aliases.get(name)),
  )
  kernel.changes++
  state.lastBackground = job.last.pid
  state.jobs.add(job)
  state.status = 0
  if (controlsJobs(shell)) yield* print(shell, `[${job.number}] ${job.last.pid}\n`, 2)
}

const NO_ALIASES: ReadonlyMap<string, string> = new Map()

const startBehind = (shell: Shell, command: PipelineNode | AndOr): readonly Task[] => {
  const hasControl = controlsJobs(shell)
  if (command.type === 'Pipeline' && command.prefixes.length === 0 && command.commands.length > 1)
    return startStages(shell, command, !hasControl)
  const body = (inner: Shell): Steps<number> => runAlone(inner, command)
  return [startSubshell(shell, body, hasControl ? undefined : withoutInput, !hasControl)]
}

/** In a process that is there for nothing else. */
const runAlone = (inner: Shell, command: PipelineNode | AndOr): Steps<number> => {
  if (command.type === 'Subshell') return runWithin(inner, command.body)
  inner.state.isLast = command.type === 'Command'
  return runNode(inner, command)
}

const runWithin = (inner: Shell, body: CompoundList): Steps<number> => {
  inner.state.isLast = isOneCommand(body.commands)
  return runBody(inner, body)
}

/** POSIX: 2.9.3.1, unless somebody controls jobs */
const withoutInput = (fds: Descriptors): void => fds.set(0, nullStream)

function* runNode(shell: Shell, node: PipelineNode | AndOr): Steps<number> {
  const { state } = shell
  if (node.type === 'AndOr') return yield* runAndOr(shell, node)
  if (node.type === 'Pipeline') {
    state.status = yield* runPipeline(shell, node)
    if (node.prefixes.some(({ type }) => type === 'Negation')) return state.status
  } else {
    state.status = yield* runCommand(shell, node)
    state.pipeStatuses = [state.status]
    if (isContainer(node)) return state.status
  }
  if (state.status !== 0 && state.unchecked === 0) yield* failed(shell)
  return state.status
}

/** `set -e`: what fails ends the shell. */
function* failed(shell: Shell): Steps<void> {
  const { state } = shell
  const { status } = state
  const action = state.traps.get('ERR') ?? ''
  if (action !== '' && state.functionDepth === 0) {
    yield* unchecked(shell, shell.executor.evaluate(shell, action))
    state.status = status
  }
  if (state.has('errexit')) throw new Exit(status)
}

/** Inside of these the commands were checked one by one. */
const isContainer = ({ type }: CommandNode): boolean =>
  type === 'If' ||
  type === 'For' ||
  type === 'While' ||
  type === 'ArithmeticFor' ||
  type === 'Case' ||
  type === 'BraceGroup' ||
  type === 'Function'

function* runAndOr(shell: Shell, { commands, operators }: AndOr): Steps<number> {
  let status = 0
  for (const [index, command] of commands.entries()) {
    const operator = operators[index - 1]
    if (operator !== undefined && (status === 0) !== (operator === '&&')) continue
    if (index === commands.length - 1) return yield* runNode(shell, command)
    status = yield* unchecked(shell, runNode(shell, command))
    shell.state.status = status
  }
  return status
}

export function* unchecked(shell: Shell, steps: Steps<number>): Steps<number> {
  shell.state.unchecked++
  try {
    return yield* steps
  } finally {
    shell.state.unchecked--
  }
}

function* runPipeline(shell: Shell, pipeline: Pipeline): Steps<number> {
  const isNegated = pipeline.prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1
  const isTimed = pipeline.prefixes.some(({ type }) => type === 'Time')
  const start = shell.kernel.time
  const run = runStages(shell, pipeline)
  const status = yield* isNegated ? unchecked(shell, run) : run
  if (pipeline.commands.length < 2) shell.state.pipeStatuses = [status]
  if (isTimed) yield* print(shell, timeText(shell.kernel.time - start), 2)
  if (!isNegated) return status
  return status === 0 ? 1 : 0
}

const timeText = (ms: number): string => {
  const real = `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`
  return `\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s\n`
}

function* runStages(shell: Shell, pipeline: Pipeline): Steps<number> {
  const { commands } = pipeline
  const [only] = commands
  if (only === undefined) return 0
  if (commands.length === 1) return yield* runCommand(shell, only)
  const source = shell.state.lines?.source ?? ''
  const tasks = startStages(shell, pipeline)
  const statuses = yield* waitInFront(shell, tasks, () => commandText(pipeline, source))
  shell.state.pipeStatuses = statuses
  if (!shell.state.has('pipefail')) return statuses.at(-1) ?? 0
  return statuses.findLast((status) => status !== 0) ?? 0
}

/** Each in a process of its own. */
const startStages = (
  shell: Shell,
  { commands, operators }: Pipeline,
  isBackground?: boolean,
): readonly Task[] => {
  const tasks: Task[] = []
  let input: ReturnType<typeof pipe>['reader'] | undefined
  for (const [index, command] of commands.entries()) {
    const isLast = index === commands.length - 1
    const next = isLast ? undefined : pipe()
    const reader = input
    const task = startSubshell(
      shell,
      (inner) => runAlone(inner, command),
      (fds) => {
        if (isBackground === true && index === 0) withoutInput(fds)
        if (reader !== undefined) fds.set(0, reader)
        if (next !== undefined) fds.set(1, next.writer)
        if (next !== undefined && operators[index] === '|&') fds.set(2, next.writer)
      },
      isBackground,
    )
    tasks.push(task)
    input = next?.reader
  }
  return tasks
}

function* runCommand(shell: Shell, node: CommandNode): Steps<number> {
  shell.state.position = node.pos
  switch (node.type) {
    case 'Command':
      return yield* runSimple(shell, node)
    case 'Redirected': {
      const saved = yield* redirect(shell, node.redirects)
      if (saved === undefined) return shell.state.flavour === 'bash' ? 1 : 2
      try {
        return yield* runCompound(shell, node.command)
      } finally {
        restore(shell, saved)
      }
    }
    case 'Function': {
      const { lines } = shell.state
      shell.state.functions.set(node.name.value, { body: node.body, lines: lines! })
      shell.state.version++
      return 0
    }
    case 'Coproc':
      yield* complain(shell, 'coproc: not available')
      return 1
    default:
      return yield* runCompound(shell, node)
  }
}

function* runCompound(shell: Shell, node: CompoundCommand): Steps<number> {
  const { state } = shell
  switch (node.type) {
    case 'BraceGroup':
      return yield* runBody(shell, node.body)
    case 'Subshell': {
      const task = startSubshell(shell, (inner) => runWithin(inner, node.body))
      const source = state.lines?.source ?? ''
      const [status] = yield* waitInFront(shell, [task], () => commandText(node, source))
      return status ?? 0
    }
    case 'If': {
      if ((yield* runCondition(shell, node.clause)) === 0) return yield* runBody(shell, node.then)
      for (const { clause, then } of node.elif)
        if ((yield* runCondition(shell, clause)) === 0) return yield* runBody(shell, then)
      return node.else === undefined ? 0 : yield* runBody(shell, node.else)
    }
    case 'While':
      return yield* runWhile(shell, node, { body: runBody, condition: runCondition })
    case 'For':
      return yield* runFor(shell, node, runBody)
    case 'ArithmeticFor':
      return yield* runForArithmetic(shell, node, runBody)
    case 'Case':
      return yield* runCase(shell, node, runBody)
    case 'TestCommand':
      if (state.flavour === 'dash') {
        yield* complain(shell, MESSAGES.notFound('[['))
        return 127
      }
      return yield* testExpression(shell, node.expression)
    case 'ArithmeticCommand': {
      const evaluation = new Arithmetic(shell, expandQuoted, node.body)
      const value = node.expression === undefined ? 0n : yield* evaluation.value(node.expression)
      return value === 0n ? 1 : 0
    }
    case 'Select':
      return yield* runSelect(shell, node, runBody)
  }
}

/** Nothing else is run. */
export const isOneCommand = (statements: readonly Statement[]): boolean => {
  const [only] = statements
  return statements.length === 1 && only?.command.type === 'Command' && only.background !== true
}

export function* runBody(shell: Shell, list: CompoundList): Steps<number> {
  return list.commands.length === 0 ? 0 : yield* runList(shell, list.commands)
}

function* runCondition(shell: Shell, list: CompoundList): Steps<number> {
  return yield* unchecked(shell, runList(shell, list.commands))
}
