// rm, cp, mv.
import { type FileFailure, isFailure } from '#shell/files/failure.ts'
import type { Stat } from '#shell/files/file-system.ts'
import { absolutePath, baseName, joinPath } from '#shell/files/path.ts'
import { isConfirmed } from '#shell/tools/files/confirm.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const can = (run: Run): string => (run.isGnu ? 'cannot' : "can't")

export const rm = tool(
  'rm',
  {
    short: 'dfiIrRv',
    long: {
      force: 'f',
      interactive: 'i::',
      recursive: 'r',
      dir: 'd',
      verbose: 'v',
      'no-preserve-root': 'noPreserve',
    },
  },
  function* (run) {
    if (run.operands.length === 0 && !run.has('f'))
      return run.isGnu ? yield* run.usage('missing operand') : yield* run.bare()
    for (const path of run.operands) {
      const name = baseName(path)
      if (name === '.' || name === '..') {
        yield* run.error(
          run.isGnu
            ? `refusing to remove '.' or '..' directory: skipping '${path}'`
            : `can't remove '.' or '..'`,
        )
        continue
      }
      if (absolutePath(run.call.cwd, path) === '/' && run.isGnu && !run.has('noPreserve')) {
        yield* run.error("it is dangerous to operate recursively on '/'")
        yield* run.error('use --no-preserve-root to override this failsafe')
        continue
      }
      yield* remove(run, path)
    }
    return run.exitCode
  },
)

const kindText = ({ kind, size }: Stat): string => {
  if (kind === 'link') return 'symbolic link'
  return kind === 'file' ? `regular ${size === 0 ? 'empty ' : ''}file` : kind
}

function* remove(run: Run, path: string): ToolRun<void> {
  const at = run.path(path)
  const stat = run.files.lstat(at)
  if (isFailure(stat)) {
    if (run.has('f') && (stat.code === 'ENOENT' || stat.code === 'ENOTDIR')) return
    return yield* complain(run, path, stat)
  }
  if (stat.kind === 'directory') {
    if (!run.has('r') && !run.has('R')) {
      if (!run.has('d'))
        return yield* run.error(
          run.isGnu ? `cannot remove '${path}': Is a directory` : `'${path}' is a directory`,
        )
    } else {
      const names = run.files.list(at)
      if (isFailure(names)) return yield* complain(run, path, names)
      if (names.length > 0 && !(yield* isConfirmed(run, `descend into directory '${path}'`))) return
      for (const name of names) yield* remove(run, joinPath(path, name))
    }
  }
  const isGone = yield* isConfirmed(run, `remove ${kindText(stat)} '${path}'`)
  if (!isGone) return
  const failed = stat.kind === 'directory' ? run.files.rmdir(at) : run.files.unlink(at)
  if (failed !== undefined) return yield* complain(run, path, failed)
  if (run.has('v'))
    run.print(stat.kind === 'directory' ? `removed directory '${path}'\n` : `removed '${path}'\n`)
}

function* complain(run: Run, path: string, { text }: FileFailure): ToolRun<void> {
  yield* run.error(`${can(run)} remove '${path}': ${text}`)
}

interface Targets {
  readonly sources: readonly string[]
  readonly target: string
  readonly isInto: boolean
}

/** The operands of cp and mv. */
function* targetsOf(run: Run): ToolRun<Targets | number> {
  const sources = [...run.operands]
  const named = run.value('t')
  if (sources.length === 0)
    return run.isGnu ? yield* run.usage('missing file operand') : yield* run.bare()
  if (sources.length === 1 && named === undefined)
    return run.isGnu
      ? yield* run.usage(`missing destination file operand after '${sources[0]}'`)
      : yield* run.bare()
  const target = named ?? sources.pop()!
  const isDirectory = run.files.isDirectory(run.path(target))
  if (sources.length > 1 && !isDirectory && !run.isGnu) return { sources, target, isInto: true }
  if (sources.length > 1 && !run.files.exists(run.path(target)))
    return yield* run.fail(`target '${target}': No such file or directory`)
  if (sources.length > 1 && !isDirectory)
    return yield* run.fail(`target '${target}' is not a directory`)
  return { sources, target, isInto: isDirectory && !run.has('T') }
}

export const cp = tool(
  'cp',
  {
    short: 'abdfHilLnpPrRst:Tuv',
    long: {
      archive: 'a',
      force: 'f',
      interactive: 'i',
      'no-clobber': 'n',
      recursive: 'r',
      dereference: 'L',
      'no-dereference': 'P',
      preserve: 'p::',
      'target-directory': 't',
      'no-target-directory': 'T',
      update: 'u',
      verbose: 'v',
    },
  },
  function* (run) {
    const targets = yield* targetsOf(run)
    if (typeof targets === 'number') return targets
    for (const source of targets.sources) {
      const to = targets.isInto ? joinPath(targets.target, baseName(source)) : targets.target
      yield* copy(run, source, to, true)
    }
    return run.exitCode
  },
)

const isRecursive = (run: Run): boolean => run.has('r') || run.has('R') || run.has('a')

const followsLinks = (run: Run, isOperand: boolean): boolean => {
  const asked = run.options.last('LPHda')
  if (asked === 'L') return true
  if (asked === 'P' || asked === 'd' || asked === 'a') return false
  return isRecursive(run) ? asked === 'H' && isOperand : true
}

function* copy(run: Run, from: string, to: string, isOperand: boolean): ToolRun<void> {
  const source = followsLinks(run, isOperand)
    ? run.files.stat(run.path(from))
    : run.files.lstat(run.path(from))
  if (isFailure(source)) return yield* run.error(`${can(run)} stat '${from}': ${source.text}`)
  if (source.kind === 'directory') return yield* copyDirectory(run, from, to, source)
  const target = run.files.stat(run.path(to))
  if (!isFailure(target)) {
    if (target.path === source.path)
      return yield* run.error(`'${from}' and '${to}' are the same file`)
    if (target.kind === 'directory')
      return yield* run.error(
        run.isGnu
          ? `cannot overwrite directory '${to}' with non-directory`
          : `can't create '${to}': Is a directory`,
      )
    if (run.has('n') || (run.has('u') && target.mtime >= source.mtime)) return
    if (!(yield* isConfirmed(run, `overwrite '${to}'`))) return
  }
  const failed =
    source.kind === 'link' ? copyLink(run, source, to) : copyFile(run, from, to, source)
  if (failed !== undefined) return yield* run.error(failed)
  if (run.has('v')) run.print(`'${from}' -> '${to}'\n`)
}

const copyLink = (run: Run, { target = '' }: Stat, to: string): string | undefined => {
  run.files.unlink(run.path(to))
  const failed = run.files.symlink(target, run.path(to))
  return failed === undefined ? undefined : `${can(run)} create symlink '${to}': ${failed.text}`
}

const copyFile = (run: Run, from: string, to: string, source: Stat): string | undefined => {
  const text = run.files.read(run.path(from))
  if (isFailure(text))
    return run.isGnu
      ? `cannot open '${from}' for reading: ${text.text}`
      : `can't open '${from}': ${text.text}`
  const isNew = !run.files.exists(run.path(to))
  const failed = run.files.write(run.path(to), text, { mode: source.mode & 0o777 })
  if (failed !== undefined)
    return run.isGnu
      ? `cannot create regular file '${to}': ${failed.text}`
      : `can't create '${to}': ${failed.text}`
  if (run.has('p') || run.has('a')) keepAttributes(run, to, source)
  else if (isNew && (source.mode & 0o6000) !== 0) run.files.chmod(run.path(to), source.mode & 0o777)
  return undefined
}

const keepAttributes = (run: Run, to: string, { mode, uid, gid, mtime }: Stat): void => {
  run.files.chmod(run.path(to), mode)
  run.files.chown(run.path(to), { uid, gid })
  run.files.setModified(run.path(to), mtime)
}

function* copyDirectory(run: Run, from: string, to: string, source: Stat): ToolRun<void> {
  if (!isRecursive(run))
    return yield* run.error(
      run.isGnu ? `-r not specified; omitting directory '${from}'` : `omitting directory '${from}'`,
    )
  const inside = run.files.realpath(run.path(to))
  if (!isFailure(inside) && `${inside}/`.startsWith(`${source.path}/`))
    return yield* run.error(`cannot copy a directory, '${from}', into itself, '${to}'`)
  const failed = run.files.mkdir(run.path(to), source.mode)
  if (failed !== undefined && !run.files.isDirectory(run.path(to)))
    return yield* run.error(
      run.isGnu && failed.code === 'EEXIST'
        ? `cannot overwrite non-directory '${to}' with directory '${from}'`
        : `${can(run)} create directory '${to}': ${failed.text}`,
    )
  if (run.has('v')) run.print(`'${from}' -> '${to}'\n`)
  const names = run.files.list(run.path(from))
  if (isFailure(names))
    return yield* run.error(
      run.isGnu ? `cannot access '${from}': ${names.text}` : `can't open '${from}': ${names.text}`,
    )
  for (const name of names) yield* copy(run, joinPath(from, name), joinPath(to, name), false)
  if (run.has('p') || run.has('a')) keepAttributes(run, to, source)
}

export const mv = tool(
  'mv',
  {
    short: 'fint:Tuv',
    long: {
      force: 'f',
      interactive: 'i',
      'no-clobber': 'n',
      'target-directory': 't',
      'no-target-directory': 'T',
      update: 'u',
      verbose: 'v',
    },
  },
  function* (run) {
    const targets = yield* targetsOf(run)
    if (typeof targets === 'number') return targets
    for (const source of targets.sources) {
      const to = targets.isInto ? joinPath(targets.target, baseName(source)) : targets.target
      yield* move(run, source, to)
    }
    return run.exitCode
  },
)

function* move(run: Run, from: string, to: string): ToolRun<void> {
  const source = run.files.lstat(run.path(from))
  if (isFailure(source))
    return yield* run.error(
      run.isGnu
        ? `cannot stat '${from}': ${source.text}`
        : `can't rename '${from}': ${source.text}`,
    )
  const target = run.files.lstat(run.path(to))
  if (!isFailure(target)) {
    if (run.has('n') || (run.has('u') && target.mtime >= source.mtime)) return
    if (target.path === source.path)
      return yield* run.error(`'${from}' and '${to}' are the same file`)
    if (!(yield* isConfirmed(run, `overwrite '${to}'`))) return
  }
  const failed = run.files.rename(
    run.path(from).replace(/(?<=.)\/+$/, ''),
    run.path(to).replace(/(?<=.)\/+$/, ''),
  )
  if (failed?.code === 'EXDEV') return yield* moveAcross(run, from, to)
  if (failed === undefined) {
    if (run.has('v'))
      run.print(run.isGnu ? `renamed '${from}' -> '${to}'\n` : `'${from}' -> '${to}'\n`)
    return
  }
  if (failed.code === 'EINVAL')
    return yield* run.error(`cannot move '${from}' to a subdirectory of itself, '${to}'`)
  const isOver = failed.code === 'EISDIR' || failed.code === 'ENOTDIR'
  const message =
    isOver && run.isGnu && !isFailure(target)
      ? `cannot overwrite ${target.kind === 'directory' ? 'directory' : 'non-directory'} '${to}' with ${source.kind === 'directory' ? 'directory' : 'non-directory'}${source.kind === 'directory' ? ` '${from}'` : ''}`
      : run.isGnu
        ? `cannot move '${from}' to '${to}': ${failed.text}`
        : `can't rename '${from}': ${failed.text}`
  yield* run.error(message)
}

/** Another volume: a copy, and the original goes. */
function* moveAcross(run: Run, from: string, to: string): ToolRun<void> {
  const before = run.exitCode
  const options = ['a', 'r'].filter((letter) => !run.has(letter))
  for (const letter of options) run.options.add(letter, '')
  yield* copy(run, from, to, false)
  if (run.exitCode === before) yield* remove(run, from)
}
