// The handful of commands whose doing is known beforehand.
import { type Environment, type FileChange, type LogLine, programName } from '#images/behaviour.ts'

/** How a command went. `unknown`: this reader does not know it. */
export type Outcome =
  | { readonly kind: 'done' | 'exit' | 'break'; readonly code: number }
  | { readonly kind: 'forever' }
  | { readonly kind: 'unknown' }

/** What commands change. */
export interface ShellState {
  readonly env: Environment
  readonly hostname: string | undefined
  readonly log: LogLine[]
  readonly files: FileChange[]
  time: number
  terminates: number | undefined
  exists(path: string): boolean
  setVariable(name: string, value: string): void
}

type Builtin = (args: readonly string[], state: ShellState) => Outcome

const done = (code = 0): Outcome => ({ kind: 'done', code })
const quiet: Builtin = () => done()

export const runBuiltin = (argv: readonly string[], state: ShellState): Outcome => {
  const builtin = BUILTINS.get(programName(argv[0]))
  return builtin === undefined ? { kind: 'unknown' } : builtin(argv.slice(1), state)
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const sleep: Builtin = (args, state) => {
  let total = 0
  for (const argument of args) {
    if (/^inf(inity)?$/.test(argument)) return { kind: 'forever' }
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(argument)
    if (match === null) {
      complain(state, `sleep: invalid number '${argument}'`)
      return done(1)
    }
    total += Number(match[1]) * UNITS[match[2] === '' ? 's' : match[2]!]!
  }
  if (args.length === 0) return done(1)
  state.time += total
  return done()
}

const echo: Builtin = (args, state) => {
  const words = args[0] === '-e' || args[0] === '-n' ? args.slice(1) : args
  for (const text of words.join(' ').split('\n'))
    state.log.push({ after: state.time, text, stream: 'stdout' })
  return done()
}

const complain = (state: ShellState, text: string): void => {
  state.log.push({ after: state.time, text, stream: 'stderr' })
}

const exit: Builtin = ([code], _state) => ({ kind: 'exit', code: (Number(code ?? 0) || 0) & 255 })

const touch: Builtin = (args, state) => {
  for (const path of args)
    if (!path.startsWith('-')) state.files.push({ path, after: state.time, exists: true })
  return done()
}

const remove: Builtin = (args, state) => {
  for (const path of args)
    if (!path.startsWith('-')) state.files.push({ path, after: state.time, exists: false })
  return done()
}

const cat: Builtin = (args, state) => {
  if (args.length === 0) return done()
  let code = 0
  for (const path of args) {
    if (path.startsWith('-') || state.exists(path)) continue
    complain(state, `cat: can't open '${path}': No such file or directory`)
    code = 1
  }
  return done(code)
}

const list: Builtin = (args, state) => {
  const missing = args.filter((path) => !path.startsWith('-') && !state.exists(path))
  for (const path of missing) complain(state, `ls: ${path}: No such file or directory`)
  return done(missing.length === 0 ? 0 : 1)
}

const tail: Builtin = (args) =>
  args.some((argument) => /^-(\d*f|F|-follow)/i.test(argument)) ? { kind: 'forever' } : done()

const test: Builtin = (args, state) => {
  const words = args.at(-1) === ']' ? args.slice(0, -1) : args
  if (words[0] === '!') {
    const inner = test(words.slice(1), state)
    return inner.kind === 'done' ? done(inner.code === 0 ? 1 : 0) : inner
  }
  const holds = testHolds(words, state)
  return holds === undefined ? { kind: 'unknown' } : done(holds ? 0 : 1)
}

const testHolds = (words: readonly string[], state: ShellState): boolean | undefined => {
  const [first, second, third] = words
  if (words.length === 0) return false
  if (words.length === 1) return first !== ''
  if (words.length === 2) {
    if (['-f', '-e', '-d', '-s', '-r', '-x'].includes(first!)) return state.exists(second!)
    if (first === '-n') return second !== ''
    return first === '-z' ? second === '' : undefined
  }
  const [a, b] = [Number(first), Number(third)]
  switch (second) {
    case '=':
    case '==':
      return first === third
    case '!=':
      return first !== third
    case '-eq':
      return a === b
    case '-ne':
      return a !== b
    case '-lt':
      return a < b
    case '-le':
      return a <= b
    case '-gt':
      return a > b
    case '-ge':
      return a >= b
    case undefined:
    default:
      return undefined
  }
}

const exportVariables: Builtin = (args, state) => {
  for (const assignment of args) {
    const [name, value] = assignment.split(/=(.*)/s)
    if (value !== undefined) state.setVariable(name!, value)
  }
  return done()
}

const trap: Builtin = (args, state) => {
  if (args.slice(1).some((signal) => /^(SIG)?(TERM|EXIT)$|^15$/.test(signal))) state.terminates = 0
  return done()
}

const hostname: Builtin = (_, state) => {
  if (state.hostname !== undefined)
    state.log.push({ after: state.time, text: state.hostname, stream: 'stdout' })
  return done()
}

const BUILTINS = new Map<string, Builtin>([
  ['true', quiet],
  [':', quiet],
  ['false', () => done(1)],
  ['sleep', sleep],
  ['hostname', hostname],
  ['echo', echo],
  ['printf', echo],
  ['exit', exit],
  ['break', () => ({ kind: 'break', code: 0 })],
  ['touch', touch],
  ['rm', remove],
  ['cat', cat],
  ['ls', list],
  ['tail', tail],
  ['test', test],
  ['[', test],
  ['[[', (args, state) => test(args.at(-1) === ']]' ? args.slice(0, -1) : args, state)],
  ['export', exportVariables],
  ['trap', trap],
  ['wait', () => ({ kind: 'forever' })],
  ['pause', () => ({ kind: 'forever' })],
  ...['cd', 'set', 'umask', 'mkdir', 'chmod', 'chown', 'cp', 'mv', 'ln', 'sync', 'ulimit'].map(
    (name) => [name, quiet] as const,
  ),
  ...['date', 'env', 'printenv', 'whoami', 'uname', 'id', 'pwd', 'df', 'ps', 'uptime'].map(
    (name) => [name, quiet] as const,
  ),
])
