// Processes that a shell starts: subshells, programs, other shells.
import { baseName } from '#shell/files/path.ts'
import type { Heritage, NoProgram, Program } from '#shell/interpreter/find-program.ts'
import {
  complain,
  Exit,
  Interrupted,
  LoopJump,
  print,
  Return,
  type Shell,
  ShellFailure,
} from '#shell/interpreter/shell.ts'
import { ShellState } from '#shell/interpreter/state.ts'
import { runTool } from '#shell/interpreter/tool-run.ts'
import { Exhausted } from '#shell/kernel/kernel.ts'
import type { Descriptors, Signal, Steps, Task } from '#shell/kernel/task.ts'
import { type Flavour, MESSAGES } from '#shell/language/flavour.ts'

export const heritageOf = (shell: Shell, env?: Readonly<Record<string, string>>): Heritage => ({
  kernel: shell.kernel,
  machine: shell.machine,
  files: shell.files,
  executor: shell.executor,
  env: env ?? shell.state.environment(),
  cwd: shell.state.cwd,
  parent: shell.task.pid,
  fds: shell.task.fds,
  isBackground: shell.task.isBackground,
  depth: shell.state.depth,
  umask: shell.state.umask,
})

/** Starts what was found. Its descriptors are copies of the given ones. */
export const startProgram = (from: Heritage, found: Program, argv: readonly string[]): Task =>
  from.kernel.start({
    parent: from.parent,
    argv,
    fds: from.fds.copy(),
    isBackground: from.isBackground,
    steps: (task) => programSteps(from, found, argv, task),
  })

/** What the program does as the process `task`. */
export const programSteps = (
  from: Heritage,
  found: Program,
  argv: readonly string[],
  task: Task,
): Steps<number> => {
  if (found.kind === 'tool') return runTool(from, found.tool, argv, task, startProgram)
  if (found.kind === 'builtin') return runBuiltin(from, argv, task)
  const args = found.kind === 'script' ? [argv[0]!, found.path, ...argv.slice(1)] : argv
  return startShell(from, found.flavour, args, task)
}

/** `/bin/echo` does as bash' own. */
function* runBuiltin(from: Heritage, argv: readonly string[], task: Task): Steps<number> {
  const name = baseName(argv[0]!)
  const flavour = from.machine.shell('sh') === 'ash' ? 'ash' : 'bash'
  const shell = newShell(from, flavour, name, task)
  return yield* shellSteps(shell, (inner) =>
    inner.executor.run(inner, [name, ...argv.slice(1)], { skipFunctions: true }),
  )
}

/** How a shell is started; given by whoever reads its options. */
type ShellStarter = (shell: Shell, argv: readonly string[]) => Steps<number>

let starter: ShellStarter | undefined

/** Shells start programs and programs are shells: this closes the circle. */
export const provideShell = (given: ShellStarter): void => {
  starter = given
}

function* startShell(
  from: Heritage,
  flavour: Flavour,
  argv: readonly string[],
  task: Task,
): Steps<number> {
  if (from.depth > from.kernel.limits.depth) throw new Exhausted('shells in shells')
  const isPrompting = task.fds.get(0)?.isTTY === true && asksForCommands(argv)
  const shell = newShell(from, flavour, argv[0]!, task, isPrompting)
  return yield* starter!(shell, argv)
}

/** It has no script. */
export const asksForCommands = (argv: readonly string[]): boolean =>
  argv.slice(1).every((word) => /^-(?!.*c)/.test(word))

export const newShell = (
  from: Heritage,
  flavour: Flavour,
  name: string,
  task: Task,
  isInteractive = false,
): Shell => {
  const state = new ShellState({ flavour, pid: task.pid, name, cwd: from.cwd, isInteractive })
  for (const [key, value] of Object.entries(from.env))
    state.variables.set(key, { value, isExported: true, isReadOnly: false })
  state.set('PWD', from.cwd)
  state.mark('PWD', { isExported: true })
  if (flavour !== 'dash') {
    state.set('SHLVL', String((Number.parseInt(state.get('SHLVL') ?? '', 10) || 0) + 1))
    state.mark('SHLVL', { isExported: true })
  }
  if (state.get('OPTIND') === undefined) state.set('OPTIND', '1')
  if (state.get('IFS') === undefined) state.set('IFS', ' \t\n')
  state.depth = from.depth + 1
  state.umask = from.umask
  state.startedAt = from.kernel.time
  return adopt({ ...from, state, task, pending: [] })
}

/** The process acts on signals as its shell says. */
const adopt = (shell: Shell): Shell => {
  const { task, state, pending, kernel } = shell
  task.onSignal = (signal) => {
    const action = state.traps.get(signal)
    if (action === undefined)
      return state.isInteractive && !state.isSubshell ? keepPrompting(shell, signal) : undefined
    kernel.changes++
    if (action !== '') pending.push(signal)
    return 'handled'
  }
  return shell
}

/** What does not end a shell that somebody types into. */
const SURVIVED: ReadonlySet<Signal> = new Set(['TERM', 'QUIT', 'TSTP', 'TTIN'])

const keepPrompting = ({ pending }: Shell, signal: Signal): 'handled' | undefined => {
  if (signal === 'INT' && !pending.includes('^C')) pending.push('^C')
  return signal === 'INT' || SURVIVED.has(signal) ? 'handled' : undefined
}

export type Body = (shell: Shell) => Steps<number>

/** The shell's process goes on as this program. */
export const becomeProgram = (
  shell: Shell,
  from: Heritage,
  found: Program,
  argv: readonly string[],
): Steps<number> => {
  shell.state.traps.clear()
  shell.task.onSignal = undefined
  shell.task.argv = argv
  return programSteps(from, found, argv, shell.task)
}

/** A copy of the shell in a process of its own. */
export const startSubshell = (
  shell: Shell,
  body: Body,
  change?: (fds: Descriptors) => void,
  isBackground = shell.task.isBackground,
): Task => {
  if (shell.state.depth > shell.kernel.limits.depth) throw new Exhausted('shells in shells')
  const fds = shell.task.fds.copy()
  change?.(fds)
  const state = shell.state.fork()
  return shell.kernel.start({
    parent: shell.task.pid,
    argv: [shell.state.name],
    fds,
    isBackground,
    steps: (task) => shellSteps(adopt({ ...shell, state, task, pending: [] }), body),
  })
}

/** A shell from its first command to its last breath. */
export function* shellSteps(shell: Shell, body: Body): Steps<number> {
  let status = yield* guarded(shell, body)
  const action = shell.state.traps.get('EXIT')
  if (action !== undefined && action !== '') {
    shell.state.traps.delete('EXIT')
    shell.state.status = status
    const last = status
    status = yield* guarded(shell, function* run() {
      yield* shell.executor.evaluate(shell, action)
      return last
    })
  }
  return status
}

function* guarded(shell: Shell, body: Body): Steps<number> {
  try {
    return yield* body(shell)
  } catch (error) {
    if (error instanceof Exit || error instanceof Return) return error.status
    if (error instanceof LoopJump) return 0
    if (error instanceof Interrupted) return 130
    if (!(error instanceof ShellFailure)) throw error
    yield* complain(shell, error.message)
    return error.status
  }
}

/** Says why a command cannot be started, and how that ends. */
export function* refuse(shell: Shell, found: NoProgram, name: string): Steps<number> {
  const isPath = name.includes('/')
  if (found.kind === 'directory' || found.kind === 'forbidden') {
    const texts =
      found.kind === 'directory' ? MESSAGES.isDirectory(name) : MESSAGES.permissionDenied(name)
    yield* complain(shell, texts)
    return 126
  }
  yield* complain(shell, isPath ? MESSAGES.noSuchProgram(name) : MESSAGES.notFound(name))
  const hint = shell.machine.hint?.(name)
  if (hint !== undefined) yield* print(shell, `${hint}\n`, 2)
  return 127
}
