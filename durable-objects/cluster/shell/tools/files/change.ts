// mkdir, rmdir, touch, chmod, chown, ln: tools that change what is there.
import { fromCivil } from '#apimachinery/time.ts'
import { type FileFailure, isFailure } from '#shell/files/failure.ts'
import { baseName, directoryName, joinPath } from '#shell/files/path.ts'
import { parseMoment } from '#shell/tools/system/moment.ts'
import { changedMode } from '#shell/tools/files/modes.ts'
import { groups, users } from '#shell/tools/files/owners.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

export function* missingOperand(run: Run): ToolRun {
  return run.isGnu ? yield* run.usage('missing operand') : yield* run.bare()
}

const can = (run: Run): string => (run.isGnu ? 'cannot' : "can't")

export const mkdir = tool(
  'mkdir',
  { short: 'm:pvZ', long: { mode: 'm', parents: 'p', verbose: 'v' } },
  function* (run) {
    if (run.operands.length === 0) return yield* missingOperand(run)
    const text = run.value('m')
    const mode = text === undefined ? 0o755 : changedMode(text, 0o777, true)
    if (mode === undefined) return yield* run.fail(`invalid mode '${text}'`)
    for (const path of run.operands) {
      const failed = run.has('p')
        ? makeAll(run, path, mode)
        : run.files.mkdir(run.path(path.replace(/(?<=.)\/+$/, '')), mode)
      if (failed === undefined) {
        if (run.has('v') && !run.has('p')) run.print(`mkdir: created directory '${path}'\n`)
      } else yield* run.error(`${can(run)} create directory '${path}': ${failed.text}`)
    }
    return run.exitCode
  },
)

const makeAll = (run: Run, path: string, mode: number): FileFailure | undefined => {
  let at = path.startsWith('/') ? '/' : run.call.cwd
  const parts = path.split('/').filter((part) => part !== '')
  for (const [index, part] of parts.entries()) {
    at = joinPath(at, part)
    const failed = run.files.mkdir(at, index === parts.length - 1 ? mode : 0o755)
    const made = parts.slice(0, index + 1).join('/')
    if (failed === undefined && run.has('v'))
      run.print(`mkdir: created directory '${path.startsWith('/') ? '/' : ''}${made}'\n`)
    if (failed === undefined || (failed.code === 'EEXIST' && run.files.isDirectory(at))) continue
    return failed.code === 'EROFS' && run.files.isDirectory(at) ? undefined : failed
  }
  return undefined
}

export const rmdir = tool(
  'rmdir',
  { short: 'pv', long: { parents: 'p', verbose: 'v', 'ignore-fail-on-non-empty': 'ignore' } },
  function* (run) {
    if (run.operands.length === 0) return yield* missingOperand(run)
    for (const path of run.operands)
      for (let at = path; at !== '.' && at !== '/'; at = directoryName(at)) {
        const failed = run.files.rmdir(run.path(at))
        if (failed !== undefined) {
          if (failed.code === 'ENOTEMPTY' && run.has('ignore')) break
          yield* run.error(
            run.isGnu ? `failed to remove '${at}': ${failed.text}` : `'${at}': ${failed.text}`,
          )
          break
        }
        if (!run.has('p')) break
      }
    return run.exitCode
  },
)

/** `202601020304.05` */
const stampOf = (text: string): number | undefined => {
  const [, century = '', year, month, day, hour, minute, second = '0'] =
    /^([0-9]{2})?([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{2}))?$/.exec(text) ??
    []
  if (year === undefined) return undefined
  const full =
    century === '' ? (Number(year) < 69 ? 2000 : 1900) + Number(year) : Number(century + year)
  const [m, d, h, min, s] = [month, day, hour, minute, second].map(Number)
  return fromCivil({ year: full, month: m!, day: d!, hour: h!, minute: min!, second: s! })
}

export const touch = tool(
  'touch',
  { short: 'acd:fhmr:t:', long: { 'no-create': 'c', date: 'd', reference: 'r' } },
  function* (run) {
    if (run.operands.length === 0)
      return run.isGnu ? yield* run.usage('missing file operand') : yield* run.bare()
    const moment = momentOf(run)
    if (typeof moment === 'string') return yield* run.fail(moment)
    for (const path of run.operands) {
      const at = run.path(path)
      if (!run.files.exists(at)) {
        if (run.has('c')) continue
        const failed = run.files.write(at, '')
        if (failed !== undefined) {
          yield* run.error(
            run.isGnu ? `cannot touch '${path}': ${failed.text}` : `${path}: ${failed.text}`,
          )
          continue
        }
      }
      const failed = run.files.setModified(at, moment)
      if (failed !== undefined)
        yield* run.error(
          run.isGnu ? `setting times of '${path}': ${failed.text}` : `${path}: ${failed.text}`,
        )
    }
    return run.exitCode
  },
)

const momentOf = (run: Run): number | string => {
  const [date, stamp, reference] = [run.value('d'), run.value('t'), run.value('r')]
  if (date !== undefined)
    return parseMoment(date, run.call.now()) ?? `invalid date format '${date}'`
  if (stamp !== undefined) return stampOf(stamp) ?? `invalid date format '${stamp}'`
  if (reference === undefined) return run.call.now()
  const stat = run.files.stat(run.path(reference))
  return isFailure(stat) ? `failed to get attributes of '${reference}': ${stat.text}` : stat.mtime
}

/** What lies at a path and, if asked, in it. */
function* each(
  run: Run,
  path: string,
  isRecursive: boolean,
  change: (path: string) => ToolRun<void>,
): ToolRun<void> {
  yield* change(path)
  const stat = run.files.lstat(run.path(path))
  if (!isRecursive || isFailure(stat) || stat.kind !== 'directory') return
  const names = run.files.list(run.path(path))
  if (!isFailure(names))
    for (const name of names) yield* each(run, joinPath(path, name), true, change)
}

/** `-x` and `-rw` are modes, not options. */
const modesAreOperands = (words: readonly string[]): readonly string[] => {
  const at = words.findIndex((word) => /^-[rwxXst]+$/.test(word))
  if (at < 0 || words.includes('--')) return words
  return [
    ...words.slice(0, at).filter((word) => word.startsWith('-')),
    '--',
    ...words.slice(0, at).filter((word) => !word.startsWith('-')),
    ...words.slice(at),
  ]
}

export const chmod = tool(
  'chmod',
  {
    short: 'cfRv',
    long: { recursive: 'R', verbose: 'v', quiet: 'f', silent: 'f', changes: 'c' },
    rewrite: modesAreOperands,
  },
  function* (run) {
    const [text, ...paths] = run.operands
    if (text === undefined) return yield* missingOperand(run)
    if (paths.length === 0)
      return run.isGnu ? yield* run.usage(`missing operand after '${text}'`) : yield* run.bare()
    if (changedMode(text, 0, false) === undefined)
      return run.isGnu
        ? yield* run.usage(`invalid mode: '${text}'`)
        : yield* run.fail(`invalid mode '${text}'`)
    for (const path of paths)
      yield* each(run, path, run.has('R'), function* (one) {
        const stat = run.files.stat(run.path(one))
        if (isFailure(stat))
          return yield* run.error(
            run.isGnu ? `cannot access '${one}': ${stat.text}` : `${one}: ${stat.text}`,
          )
        const failed = run.files.chmod(
          run.path(one),
          changedMode(text, stat.mode, stat.kind === 'directory')!,
        )
        if (failed === undefined) return undefined
        return yield* run.error(
          run.isGnu ? `changing permissions of '${one}': ${failed.text}` : `${one}: ${failed.text}`,
        )
      })
    return run.exitCode
  },
)

const idOf = (
  text: string,
  known: readonly { readonly name: string; readonly id: number }[],
): number | undefined =>
  known.find(({ name }) => name === text)?.id ??
  (text === 'root' ? 0 : undefined) ??
  (/^[0-9]+$/.test(text) ? Number(text) : undefined)

/** A text: what is wrong. */
const ownerOf = (run: Run, text: string): { uid?: number; gid?: number } | string => {
  const [user = '', group] = text.split(/[:.](.*)/s)
  const uid = idOf(
    user,
    users(run.files).map(({ name, uid: id }) => ({ name, id })),
  )
  const gid = idOf(
    group ?? '',
    groups(run.files).map(({ name, gid: id }) => ({ name, id })),
  )
  if (user !== '' && uid === undefined)
    return run.isGnu ? `invalid user: '${text}'` : `unknown user ${user}`
  if (group !== undefined && group !== '' && gid === undefined)
    return run.isGnu ? `invalid group: '${text}'` : `unknown group ${group}`
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }
}

const makeChown = (name: string, isGroup: boolean): ReturnType<typeof tool> =>
  tool(
    name,
    { short: 'cfhRv', long: { recursive: 'R', verbose: 'v', 'no-dereference': 'h' } },
    function* (run) {
      const [text, ...paths] = run.operands
      if (text === undefined) return yield* missingOperand(run)
      if (paths.length === 0)
        return run.isGnu ? yield* run.usage(`missing operand after '${text}'`) : yield* run.bare()
      const owner = ownerOf(run, isGroup ? `:${text}` : text)
      if (typeof owner === 'string') return yield* run.fail(owner)
      for (const path of paths)
        yield* each(run, path, run.has('R'), function* (one) {
          const failed = run.files.chown(run.path(one), owner)
          if (failed === undefined) return
          const isMissing = failed.code === 'ENOENT'
          const what = isGroup ? 'group' : 'ownership'
          yield* run.error(
            run.isGnu
              ? isMissing
                ? `cannot access '${one}': ${failed.text}`
                : `changing ${what} of '${one}': ${failed.text}`
              : `${one}: ${failed.text}`,
          )
        })
      return run.exitCode
    },
  )

export const chown = makeChown('chown', false)
export const chgrp = makeChown('chgrp', true)

export const ln = tool(
  'ln',
  { short: 'bfnrsTv', long: { force: 'f', symbolic: 's', 'no-dereference': 'n', verbose: 'v' } },
  function* (run) {
    const operands = [...run.operands]
    if (operands.length === 0)
      return run.isGnu ? yield* run.usage('missing file operand') : yield* run.bare()
    const last = operands.length > 1 ? operands.pop()! : '.'
    const asLink = run.files.lstat(run.path(last))
    const isLink = !isFailure(asLink) && asLink.kind === 'link'
    const isInto =
      run.files.isDirectory(run.path(last)) && !(run.has('n') && isLink) && !run.has('T')
    if (operands.length > 1 && !isInto)
      return yield* run.fail(`target '${last}' is not a directory`)
    for (const target of operands) {
      const path = isInto ? joinPath(last, baseName(target)) : last
      if (run.has('f')) run.files.unlink(run.path(path))
      const failed = run.has('s')
        ? run.files.symlink(target, run.path(path))
        : run.files.hardLink(run.path(target), run.path(path))
      if (failed !== undefined) yield* run.error(linkComplaint(run, target, path, failed))
    }
    return run.exitCode
  },
)

const linkComplaint = (
  run: Run,
  target: string,
  path: string,
  { code, text }: FileFailure,
): string => {
  if (!run.isGnu) return `${code === 'ENOENT' ? target : path}: ${text}`
  if (run.has('s')) return `failed to create symbolic link '${path}': ${text}`
  if (code === 'ENOENT') return `failed to access '${target}': ${text}`
  if (code === 'EPERM') return `${target}: hard link not allowed for directory`
  return `failed to create hard link '${path}'${code === 'EEXIST' ? '' : ` => '${target}'`}: ${text}`
}
