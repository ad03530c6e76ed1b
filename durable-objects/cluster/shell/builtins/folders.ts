// pushd, popd, dirs: folders to come back to.
import type { Builtin } from '#shell/builtins/builtin.ts'
import { complain, print, type Shell } from '#shell/interpreter/shell.ts'
import type { Steps } from '#shell/kernel/task.ts'

const MOST_FOLDERS = 1000

const shown = ({ state, machine }: Shell, path: string): string => {
  const home = state.get('HOME') ?? machine.user.home
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

function* list(shell: Shell): Steps<number> {
  const { state } = shell
  const folders = [state.cwd, ...state.folders]
  yield* print(shell, `${folders.map((path) => shown(shell, path)).join(' ')}\n`)
  return 0
}

const pushd: Builtin = function* run(shell, [given]) {
  const { state } = shell
  const before = state.cwd
  if (given === undefined && state.folders.length === 0) {
    yield* complain(shell, 'pushd: no other directory')
    return 1
  }
  const [first = '', ...rest] = state.folders
  const status = yield* change(shell, 'pushd', given ?? first)
  if (status !== 0) return status
  const left = given === undefined ? rest : state.folders
  state.folders = [before, ...left].slice(0, MOST_FOLDERS)
  return yield* list(shell)
}

const popd: Builtin = function* run(shell) {
  const { state } = shell
  const [first, ...rest] = state.folders
  if (first === undefined) {
    yield* complain(shell, 'popd: directory stack empty')
    return 1
  }
  const status = yield* change(shell, 'popd', first)
  if (status !== 0) return status
  state.folders = rest
  return yield* list(shell)
}

function* change(shell: Shell, name: string, path: string): Steps<number> {
  const { files, state } = shell
  if (files.isDirectory(path.startsWith('/') ? path : `${state.cwd}/${path}`))
    return yield* shell.executor.run(shell, ['cd', path], { skipFunctions: true })
  yield* complain(shell, `${name}: ${path}: No such file or directory`)
  return 1
}

const dirs: Builtin = function* run(shell, [option]) {
  const { state } = shell
  if (option === '-c') {
    state.folders = []
    return 0
  }
  if (option !== '-p' && option !== '-v') return yield* list(shell)
  const folders = [state.cwd, ...state.folders].map((path) => shown(shell, path))
  const lines = folders.map((path, at) => (option === '-v' ? ` ${at}  ${path}\n` : `${path}\n`))
  yield* print(shell, lines.join(''))
  return 0
}

export const FOLDERS: readonly (readonly [string, Builtin])[] = [
  ['pushd', pushd],
  ['popd', popd],
  ['dirs', dirs],
]
