// cd, pwd, type, command, alias, umask, ulimit, history.
import { type Builtin, ending } from '#shell/builtins/builtin.ts'
import { SPECIAL_BUILTINS } from '#shell/builtins/special.ts'
import { isFailure } from '#shell/files/failure.ts'
import type { FileSystem } from '#shell/files/file-system.ts'
import { absolutePath } from '#shell/files/path.ts'
import { findProgram, isProgram } from '#shell/interpreter/find-program.ts'
import { fatalStatus } from '#shell/interpreter/parameters.ts'
import { complain, print, type Shell } from '#shell/interpreter/shell.ts'
import { heritageOf } from '#shell/interpreter/tasks.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'

const cd: Builtin = function* run(shell, args) {
  const { state, files } = shell
  const [given] = args.filter((word) => word !== '-P' && word !== '-L' && word !== '--')
  const target = given === '-' ? state.get('OLDPWD') : (given ?? state.get('HOME'))
  if (target === undefined) {
    const name = given === '-' ? 'OLDPWD' : 'HOME'
    yield* complain(shell, {
      dash: `cd: ${name} not set`,
      ash: `cd: ${name} not set`,
      bash: `cd: ${name} not set`,
    })
    return fatalStatus(shell, 1)
  }
  const path = absolutePath(state.cwd, target)
  const why = whyNotIn(files, path)
  if (why !== undefined) {
    yield* complain(shell, MESSAGES.cannotChange(target, why))
    return fatalStatus(shell, 1)
  }
  state.set('OLDPWD', state.cwd)
  if (state.cwd !== path) state.version++
  state.cwd = path
  state.set('PWD', path)
  if (given === '-') yield* print(shell, `${path}\n`)
  return 0
}

const whyNotIn = (files: FileSystem, path: string): string | undefined => {
  const stat = files.stat(path)
  if (isFailure(stat)) return stat.text
  if (!files.isDirectory(path)) return 'Not a directory'
  // what is only taken to be there may be entered
  return stat.kind !== 'directory' || files.may(path, 'execute') ? undefined : 'Permission denied'
}

const pwd: Builtin = function* run(shell) {
  yield* print(shell, `${shell.state.cwd}\n`)
  return 0
}

const KEYWORDS = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  'in',
  '{',
  '}',
  '!',
])
const BASH_KEYWORDS = new Set(['[[', ']]', 'function', 'select', 'time', 'coproc'])

/** What a word would run, in words; `path` is what `command -v` prints. */
interface Meaning {
  readonly path: string
  readonly text: string
}

const meaningOf = (
  shell: Shell,
  word: string,
  isBuiltin: (name: string) => boolean,
): Meaning | undefined => {
  const { state } = shell
  const alias = state.aliases.get(word)
  if (alias !== undefined)
    return {
      path: `alias ${word}='${alias}'`,
      text:
        state.flavour === 'bash'
          ? `${word} is aliased to \`${alias}'`
          : `${word} is an alias for ${alias}`,
    }
  if (KEYWORDS.has(word) || (state.flavour === 'bash' && BASH_KEYWORDS.has(word)))
    return { path: word, text: `${word} is a shell keyword` }
  if (state.functions.has(word))
    return {
      path: word,
      text: state.flavour === 'bash' ? `${word} is a function` : `${word} is a shell function`,
    }
  if (isBuiltin(word)) {
    const isSpecial = state.flavour === 'dash' && SPECIAL_BUILTINS.has(word)
    return { path: word, text: `${word} is a ${isSpecial ? 'special ' : ''}shell builtin` }
  }
  const found = findProgram(heritageOf(shell), word)
  return isProgram(found) ? { path: found.path, text: `${word} is ${found.path}` } : undefined
}

/** Which builtins there are is known only where they are put together. */
export const namesOf = (
  isBuiltin: (name: string) => boolean,
): readonly (readonly [string, Builtin])[] => {
  const type: Builtin = function* run(shell, args) {
    let status = 0
    const { flavour } = shell.state
    for (const word of args.filter((one) => !/^-[tpaPf]+$/.test(one))) {
      const meaning = meaningOf(shell, word, isBuiltin)
      if (meaning === undefined) {
        status = flavour === 'bash' ? 1 : 127
        if (args.includes('-t') || args.includes('-p')) continue
        if (flavour === 'bash') yield* complain(shell, `type: ${word}: not found`)
        else yield* print(shell, `${word}: not found\n`, flavour === 'ash' ? 2 : 1)
      } else if (args.includes('-t')) yield* print(shell, `${kindOf(meaning)}\n`)
      else if (args.includes('-p') || args.includes('-P')) yield* print(shell, `${meaning.path}\n`)
      else {
        yield* print(shell, `${meaning.text}\n`)
        if (args.includes('-a')) yield* print(shell, othersOf(shell, word, meaning))
      }
    }
    return status
  }
  const command: Builtin = function* run(shell, args) {
    const [option, ...rest] = args
    if (option === '-v' || option === '-V') return yield* describe(shell, option, rest, isBuiltin)
    const words = option === '-p' || option === '--' ? rest : args
    return words.length === 0 ? 0 : yield* shell.executor.run(shell, words, { skipFunctions: true })
  }
  return [
    ['type', type],
    ['command', command],
    [
      'builtin',
      function* run(shell, args) {
        if (args.length === 0) return 0
        if (isBuiltin(args[0]!))
          return yield* shell.executor.run(shell, args, { skipFunctions: true })
        yield* complain(shell, `builtin: ${args[0]}: not a shell builtin`)
        return 1
      },
    ],
  ]
}

/** What it would mean if it did not mean that. */
const othersOf = (shell: Shell, word: string, { path }: Meaning): string => {
  const found = findProgram(heritageOf(shell), word)
  return isProgram(found) && found.path !== path ? `${word} is ${found.path}\n` : ''
}

const kindOf = ({ text }: Meaning): string => {
  if (text.includes(' is aliased ') || text.includes(' is an alias ')) return 'alias'
  return /(keyword|function|builtin)$/.exec(text)?.[1] ?? 'file'
}

function* describe(
  shell: Shell,
  option: string,
  words: readonly string[],
  isBuiltin: (name: string) => boolean,
): Steps<number> {
  const missing = shell.state.flavour === 'bash' ? 1 : 127
  let status = words.length === 0 ? missing : 0
  for (const word of words) {
    const meaning = meaningOf(shell, word, isBuiltin)
    if (meaning !== undefined)
      yield* print(shell, `${option === '-v' ? meaning.path : meaning.text}\n`)
    else {
      status = missing
      if (option === '-V') yield* complain(shell, `command: ${word}: not found`)
    }
  }
  return status
}

const alias: Builtin = function* run(shell, args) {
  const { state } = shell
  const isBash = state.flavour === 'bash'
  const show = (name: string): string =>
    `${isBash ? 'alias ' : ''}${name}='${state.aliases.get(name)}'\n`
  if (args.length === 0) {
    yield* print(shell, [...state.aliases.keys()].sort().map(show).join(''))
    return 0
  }
  let status = 0
  for (const word of args) {
    const at = word.indexOf('=')
    if (at > 0) state.aliases.set(word.slice(0, at), word.slice(at + 1))
    else if (state.aliases.has(word)) yield* print(shell, show(word))
    else {
      status = 1
      if (isBash) yield* complain(shell, `alias: ${word}: not found`)
      else yield* print(shell, `alias: ${word} not found\n`, 2)
    }
  }
  return status
}

const unalias: Builtin = function* run(shell, args) {
  if (args.includes('-a')) shell.state.aliases.clear()
  let status = 0
  for (const word of args) {
    if (word === '-a' || shell.state.aliases.delete(word)) continue
    status = 1
    yield* complain(
      shell,
      shell.state.flavour === 'bash' ? `unalias: ${word}: not found` : `unalias: ${word} not found`,
    )
  }
  return status
}

const umask: Builtin = function* run(shell, [given]) {
  const { state } = shell
  if (given === undefined) {
    yield* print(shell, `${state.umask.toString(8).padStart(4, '0')}\n`)
    return 0
  }
  if (!/^[0-7]{1,4}$/.test(given)) {
    yield* complain(shell, {
      dash: `umask: Illegal number: ${given}`,
      ash: `umask: illegal mode: ${given}`,
      bash: `umask: ${given}: octal number out of range`,
    })
    return fatalStatus(shell, 1)
  }
  state.umask = Number.parseInt(given, 8)
  return 0
}

const history: Builtin = function* run(shell, [given]) {
  const { state } = shell
  if (given === '-c') {
    state.history = []
    return 0
  }
  const lines = state.history.map((line, index) => `${String(index + 1).padStart(5)}  ${line}\n`)
  const count = given === undefined ? lines.length : Number(given)
  yield* print(shell, lines.slice(Math.max(0, lines.length - count)).join(''))
  return 0
}

const LIMITS: Readonly<Record<string, string>> = { n: '1048576', u: 'unlimited', c: '0', s: '8192' }

const ulimit: Builtin = function* run(shell, args) {
  const letter = /^-[HS]*([a-z])$/.exec(args[0] ?? '')?.[1]
  if (args.length < 2) yield* print(shell, `${LIMITS[letter ?? ''] ?? 'unlimited'}\n`)
  return 0
}

export const NAMES: readonly (readonly [string, Builtin])[] = [
  ['cd', cd],
  ['chdir', cd],
  ['pwd', pwd],
  ['alias', alias],
  ['unalias', unalias],
  ['umask', umask],
  ['ulimit', ulimit],
  ['history', history],
  ['bind', ending(0)],
]
