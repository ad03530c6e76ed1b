// What changes the way through a script.
import { type Builtin, ending } from '#shell/builtins/builtin.ts'
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { controlsJobs, STOPPED_JOBS, staysForJobs } from '#shell/interpreter/job-control.ts'
import { fatalStatus } from '#shell/interpreter/parameters.ts'
import {
  complain,
  Exit,
  LoopJump,
  print,
  Return,
  type Shell,
  ShellFailure,
} from '#shell/interpreter/shell.ts'
import { signalNamed } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'

const isNumber = (text: string): boolean => /^[-+]?\d+$/.test(text)

const exit: Builtin = function* run(shell, [code]) {
  if (shell.state.flavour === 'bash' && controlsJobs(shell)) yield* print(shell, 'exit\n', 2)
  if (staysForJobs(shell)) {
    yield* print(shell, STOPPED_JOBS, 2)
    return 1
  }
  if (code === undefined) throw new Exit(shell.state.status)
  if (isNumber(code)) throw new Exit(Number(code) & 255)
  yield* complain(shell, MESSAGES.illegalNumber('exit', code))
  throw new Exit(2)
}

const returnBack: Builtin = function* run(shell, [code]) {
  const { state } = shell
  if (state.functionDepth === 0 && state.sourceDepth === 0 && state.flavour === 'bash') {
    yield* complain(shell, "return: can only `return' from a function or sourced script")
    return 2
  }
  if (code !== undefined && !isNumber(code)) {
    yield* complain(shell, MESSAGES.illegalNumber('return', code))
    throw new Return(2)
  }
  throw new Return(code === undefined ? state.status : Number(code) & 255)
}

const jump = (kind: 'break' | 'continue'): Builtin =>
  function* run(shell, [levels]) {
    if (shell.state.loopDepth === 0) {
      if (shell.state.flavour === 'bash')
        yield* complain(shell, `${kind}: only meaningful in a \`for', \`while', or \`until' loop`)
      return 0
    }
    const count = levels === undefined ? 1 : Number(levels)
    if (!Number.isInteger(count) || count < 1) {
      yield* complain(shell, MESSAGES.illegalNumber(kind, levels ?? ''))
      throw new Exit(fatalStatus(shell, 1))
    }
    throw new LoopJump(kind, count)
  }

const evaluate: Builtin = function* run(shell, args) {
  const text = args.join(' ')
  return text.trim() === '' ? 0 : yield* shell.executor.evaluate(shell, text)
}

const source: Builtin = function* run(shell, [name, ...args], called) {
  const { state, files } = shell
  if (name === undefined) {
    if (state.flavour !== 'bash') return 0
    yield* complain(shell, `${called}: filename argument required`)
    return 2
  }
  const path = fromPath(shell, name)
  const text = files.read(givenPath(state.cwd, path))
  if (isFailure(text)) {
    const said = text.code === 'ENOENT' ? 'No such file' : text.text
    const message = {
      dash: `.: cannot open ${name}: ${said}`,
      ash: `.: can't open '${name}': ${text.text}`,
      bash: `${name}: ${text.text}`,
    }[state.flavour]
    if (state.flavour === 'bash') {
      yield* complain(shell, message)
      return 1
    }
    throw new ShellFailure(message, 2)
  }
  const { positional } = state
  if (args.length > 0) state.positional = args
  state.sourceDepth++
  try {
    return yield* shell.executor.evaluate(shell, text)
  } catch (error) {
    if (error instanceof Return && state.functionDepth === 0) return error.status
    throw error
  } finally {
    state.sourceDepth--
    state.positional = positional
  }
}

/** A name without a slash is looked for in PATH first. */
const fromPath = ({ state, files }: Shell, name: string): string => {
  if (name.includes('/')) return name
  for (const directory of (state.get('PATH') ?? '').split(':'))
    if (directory !== '' && files.exists(`${directory}/${name}`)) return `${directory}/${name}`
  return name
}

const exec: Builtin = function* run(shell, args) {
  const words = args[0] === '--' ? args.slice(1) : args
  return words.length === 0 ? 0 : yield* shell.executor.replace(shell, words)
}

const trap: Builtin = function* run(shell, given) {
  const { state } = shell
  const args = given[0] === '--' ? given.slice(1) : given
  const isReset = args[0] === '-' || (args.length === 1 && args[0] !== '-l' && args[0] !== '-p')
  if (args.length === 0 || args[0] === '-p') {
    const name = (signal: string): string =>
      state.flavour === 'bash' && signal !== 'EXIT' ? `SIG${signal}` : signal
    const lines = [...state.traps].map(
      ([signal, action]) => `trap -- '${action.replaceAll("'", `'\\''`)}' ${name(signal)}\n`,
    )
    yield* print(shell, lines.join(''))
    return 0
  }
  const signals = args[0] === '-' || !isReset ? args.slice(1) : args
  let status = 0
  for (const word of signals) {
    const signal = /^(0|EXIT)$/i.test(word)
      ? 'EXIT'
      : /^(ERR|DEBUG|RETURN)$/.test(word)
        ? word
        : signalNamed(word)
    if (signal === undefined) {
      const text = `${word}: bad trap`
      if (state.flavour === 'dash') yield* print(shell, `trap: ${text}\n`, 2)
      else
        yield* complain(
          shell,
          state.flavour === 'bash'
            ? `trap: ${word}: invalid signal specification`
            : `trap: ${word}: invalid signal specification`,
        )
      status = 1
      continue
    }
    if (isReset) state.traps.delete(signal)
    else state.traps.set(signal, args[0]!)
    state.version++
    shell.machine.onTrap?.(shell, signal, isReset ? undefined : args[0])
  }
  return status
}

export const FLOW: readonly (readonly [string, Builtin])[] = [
  ['exit', exit],
  ['return', returnBack],
  ['break', jump('break')],
  ['continue', jump('continue')],
  ['eval', evaluate],
  ['.', source],
  ['source', source],
  ['exec', exec],
  ['trap', trap],
  [':', ending(0)],
  ['true', ending(0)],
  ['false', ending(1)],
]
