// `-f`, `-d`, `-nt`: what `test` and `[[` ask of files.
import { isFailure } from '#shell/files/failure.ts'
import type { Stat } from '#shell/files/file-system.ts'
import { givenPath } from '#shell/files/path.ts'
import type { Shell } from '#shell/interpreter/shell.ts'

const KINDS: Readonly<Record<string, (stat: Stat, shell: Shell) => boolean>> = {
  '-e': () => true,
  '-a': () => true,
  '-f': ({ kind }) => kind === 'file',
  '-d': ({ kind }) => kind === 'directory',
  '-s': ({ size, kind }) => size > 0 || kind === 'directory',
  '-c': ({ kind }) => kind === 'device',
  '-b': () => false,
  '-p': () => false,
  '-S': () => false,
  '-u': ({ mode }) => (mode & 0o4000) !== 0,
  '-g': ({ mode }) => (mode & 0o2000) !== 0,
  '-k': ({ mode }) => (mode & 0o1000) !== 0,
  '-O': ({ uid }, { machine }) => uid === machine.user.uid,
  '-G': ({ gid }, { machine }) => gid === machine.user.gid,
}

const RIGHTS = { '-r': 'read', '-w': 'write', '-x': 'execute' } as const

export const isFileTest = (operator: string): boolean =>
  Object.hasOwn(KINDS, operator) || /^-[rwxhLt]$/.test(operator)

export const fileTest = (shell: Shell, operator: string, given: string): boolean => {
  const { files, state, task } = shell
  if (operator === '-t') return task.fds.get(Number(given))?.isTTY === true
  if (given === '') return false
  const path = givenPath(state.cwd, given)
  if (operator === '-h' || operator === '-L') {
    const link = files.lstat(path)
    return !isFailure(link) && link.kind === 'link'
  }
  if (Object.hasOwn(RIGHTS, operator))
    return files.may(path, RIGHTS[operator as keyof typeof RIGHTS])
  if (operator === '-d') return files.isDirectory(path)
  const stat = files.stat(path)
  return !isFailure(stat) && KINDS[operator]!(stat, shell)
}

/** undefined: no such operator. */
export const compareFiles = (
  { files, state }: Shell,
  operator: string,
  left: string,
  right: string,
): boolean | undefined => {
  const [a, b] = [left, right].map((path) => files.stat(givenPath(state.cwd, path)))
  const time = (stat: typeof a): number =>
    stat === undefined || isFailure(stat) ? -Infinity : stat.mtime
  if (operator === '-nt') return time(a) > time(b)
  if (operator === '-ot') return time(a) < time(b)
  if (operator !== '-ef') return undefined
  return a !== undefined && b !== undefined && !isFailure(a) && !isFailure(b) && a.path === b.path
}

export const isSet = ({ state }: Shell, name: string): boolean =>
  state.variable(name)?.value !== undefined
