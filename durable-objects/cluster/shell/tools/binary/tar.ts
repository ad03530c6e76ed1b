// tar, as far as it needs no compression: what `kubectl cp` runs, and what people do by hand.
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { absolutePath, directoryName, joinPath } from '#shell/files/path.ts'
import {
  type ArchiveEntry,
  BLOCK,
  END,
  readArchive,
  writeEntry,
} from '#shell/tools/binary/archive.ts'
import { modeText } from '#shell/tools/files/modes.ts'
import { groupName, userName } from '#shell/tools/files/owners.ts'
import { globSource } from '#shell/tools/glob.ts'
import { openInput } from '#shell/tools/input.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import { formatMoment } from '#shell/tools/system/moment.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { compilePattern } from '#apimachinery/re2.ts'

/** `tar xzf a.tar`: the first word's letters are options, and the values of those that take one follow in turn. */
const oldStyle = (words: readonly string[]): readonly string[] => {
  const [first = '', ...rest] = words
  if (first === '' || first.startsWith('-') || !/^[a-zA-Z0]+$/.test(first)) return words
  const values = [...rest]
  const options = [...first].flatMap((letter) =>
    'fCTXb'.includes(letter) ? [`-${letter}`, values.shift() ?? ''] : [`-${letter}`],
  )
  return [...options, ...values]
}

const HINT = "Try 'tar --help' or 'tar --usage' for more information.\n"
const RECORD = 20 * BLOCK

export const tar = tool(
  'tar',
  {
    short: 'ctxrf:C:vzjJOmopkhPT:X:b:ah',
    long: {
      create: 'c',
      list: 't',
      extract: 'x',
      get: 'x',
      append: 'r',
      file: 'f',
      directory: 'C',
      verbose: 'v',
      gzip: 'z',
      'to-stdout': 'O',
      touch: 'm',
      'no-same-owner': 'o',
      'same-permissions': 'p',
      'preserve-permissions': 'p',
      'no-same-permissions': 'noSame',
      dereference: 'h',
      'absolute-names': 'P',
      'files-from': 'T',
      exclude: 'exclude:',
      'strip-components': 'strip:',
      warning: 'warning:',
      'ignore-failed-read': 'ignore',
      overwrite: 'overwrite',
      'no-overwrite-dir': 'noOverwriteDir',
    },
    usageCode: 2,
    rewrite: oldStyle,
  },
  function* (run) {
    const modes = ['c', 't', 'x', 'r'].filter((letter) => run.has(letter))
    if (modes.length !== 1) {
      const message =
        modes.length === 0
          ? "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options"
          : "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option"
      if (!run.isGnu) return yield* run.bare()
      yield { kind: 'write', fd: 2, text: `tar: ${message}\n${HINT}` }
      return 2
    }
    if (run.has('z') || run.has('j') || run.has('J'))
      return yield* run.fail('compression is not simulated: leave out z, j and J', 2)
    if (run.has('c')) return yield* create(run)
    return yield* readBack(run)
  },
)

/** Where names begin. */
const folderOf = (run: Run): string => absolutePath(run.call.cwd, run.value('C') ?? '.')

const excluded = (run: Run): ((name: string) => boolean) => {
  const patterns = run.options
    .values('exclude')
    .map((glob) => compilePattern(`(?:^|/)${globSource(glob.replace(/\/$/, ''), true)}$`))
  return (name) => patterns.some((pattern) => pattern.test(name))
}

interface Draft {
  readonly folder: string
  /** The archive's own path: it is not put into itself. */
  readonly output: string
  readonly isExcluded: (name: string) => boolean
  units: string
  hasStripped: boolean
}

function* create(run: Run): ToolRun {
  const [first] = run.operands
  if (first === undefined) {
    if (!run.isGnu) return yield* run.fail('empty archive')
    const text = `tar: Cowardly refusing to create an empty archive\n${HINT}`
    yield { kind: 'write', fd: 2, text }
    return 2
  }
  const folder = folderOf(run)
  if (!run.files.isDirectory(folder)) return yield* noFolder(run)
  const output = run.value('f') ?? '-'
  const draft: Draft = {
    folder,
    output: absolutePath(run.call.cwd, output),
    isExcluded: excluded(run),
    units: '',
    hasStripped: false,
  }
  for (const name of run.operands) yield* add(run, draft, name)
  const length = draft.units.length + END.length
  const text = fromByteString(
    draft.units + END + '\0'.repeat((RECORD - (length % RECORD)) % RECORD),
  )
  if (output === '-') run.print(text)
  else {
    const failed = run.files.write(run.path(output), text)
    if (failed !== undefined) return yield* refuse(run, output, failed.text)
  }
  if (run.exitCode !== 0 && run.isGnu) yield* run.error(PREVIOUS, 2)
  return run.exitCode
}

const PREVIOUS = 'Exiting with failure status due to previous errors'

function* refuse(run: Run, name: string, text: string): ToolRun {
  return run.isGnu
    ? yield* run.fail(`${name}: Cannot open: ${text}`, 2)
    : yield* run.fail(`can't open '${name}': ${text}`)
}

function* noFolder(run: Run): ToolRun {
  const name = run.value('C') ?? '.'
  const text = 'No such file or directory'
  if (!run.isGnu) return yield* run.fail(`can't change directory to '${name}': ${text}`)
  yield* run.error(`${name}: Cannot open: ${text}`, 2)
  return yield* run.fail('Error is not recoverable: exiting now', 2)
}

/** A name and all that is in it. */
function* add(run: Run, draft: Draft, name: string): ToolRun<void> {
  if (draft.isExcluded(name)) return
  const at = name.startsWith('/') ? name : joinPath(draft.folder, name)
  const stat = run.has('h') ? run.files.stat(at) : run.files.lstat(at)
  if (isFailure(stat)) {
    const message = run.isGnu ? `${name}: Cannot stat: ${stat.text}` : `${name}: ${stat.text}`
    return yield* run.error(message, run.isGnu ? 2 : 1)
  }
  if (stat.kind === 'device' || stat.path === draft.output) return
  const stored = yield* storedName(run, draft, name)
  const text = stat.kind === 'file' ? run.files.read(at) : ''
  if (isFailure(text)) {
    yield* refuse(run, name, text.text)
    return
  }
  const shown = stat.kind === 'directory' && !stored.endsWith('/') ? `${stored}/` : stored
  draft.units += writeEntry({
    name: toByteString(shown),
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    mtime: Math.floor(stat.mtime / 1000),
    kind: stat.kind,
    user: userName(run.files, stat.uid),
    group: groupName(run.files, stat.gid),
    content: toByteString(text),
    ...(stat.target === undefined ? {} : { target: stat.target }),
  })
  if (run.has('v'))
    yield* tell(run, run.value('f') === undefined || run.value('f') === '-' ? 2 : 1, shown)
  if (stat.kind !== 'directory') return
  const inner = run.files.list(at)
  if (!isFailure(inner)) for (const one of inner) yield* add(run, draft, joinPath(name, one))
}

function* storedName(run: Run, draft: Draft, name: string): ToolRun<string> {
  if (run.has('P')) return name
  const stored = name.replace(/^\/+/, '')
  if (stored !== name && !draft.hasStripped) {
    draft.hasStripped = true
    const what = run.isGnu ? "Removing leading `/'" : "removing leading '/'"
    yield { kind: 'write', fd: 2, text: `tar: ${what} from member names\n` }
  }
  return stored === '' ? './' : stored
}

function* tell(run: Run, fd: 1 | 2, name: string): ToolRun<void> {
  if (fd === 1) run.print(`${name}\n`)
  else yield { kind: 'write', fd, text: `${name}\n` }
}

function* readBack(run: Run): ToolRun {
  const path = run.value('f') ?? '-'
  const input = openInput(run, path)
  if (isFailure(input)) {
    if (!run.isGnu) return yield* run.fail(`can't open '${path}': ${input.text}`)
    yield* run.error(`${path}: Cannot open: ${input.text}`, 2)
    return yield* run.fail('Error is not recoverable: exiting now', 2)
  }
  const entries = readArchive(toByteString(yield* input.rest()))
  if (entries === undefined) {
    if (!run.isGnu) return yield* run.fail('short read')
    yield* run.error('This does not look like a tar archive', 2)
    return yield* run.fail('Exiting with failure status due to previous errors', 2)
  }
  const isExcluded = excluded(run)
  const wanted = run.operands.map((name) => name.replace(/\/$/, ''))
  const missing = new Set(wanted)
  const isWanted = (name: string): boolean => {
    const plain = name.replace(/\/$/, '')
    const match = wanted.find((one) => plain === one || plain.startsWith(`${one}/`))
    if (match !== undefined) missing.delete(match)
    return wanted.length === 0 || match !== undefined
  }
  const folder = folderOf(run)
  if (run.has('x') && !run.files.isDirectory(folder)) return yield* noFolder(run)
  for (const entry of entries) {
    const name = fromByteString(entry.name)
    if (!isWanted(name) || isExcluded(name.replace(/\/$/, ''))) continue
    if (run.has('t'))
      run.print(
        `${run.has('v') ? longLine(entry) : ''}${name}${entry.target !== undefined && run.has('v') ? ` -> ${entry.target}` : ''}\n`,
      )
    else yield* extract(run, folder, name, entry)
  }
  for (const name of missing)
    yield* run.error(
      run.isGnu ? `${name}: Not found in archive` : `${name}: not found in archive`,
      run.isGnu ? 2 : 1,
    )
  if (run.exitCode !== 0 && run.isGnu)
    yield* run.error('Exiting with failure status due to previous errors', 2)
  return run.exitCode
}

const longLine = ({ kind, mode, user, group, uid, gid, content, mtime }: ArchiveEntry): string => {
  const owner = `${user === undefined || user === '' ? uid : user}/${group === undefined || group === '' ? gid : group}`
  const size = String(content.length).padStart(Math.max(1, 19 - 1 - owner.length))
  return `${modeText({ kind: kind === 'hardLink' ? 'file' : kind, mode })} ${owner} ${size} ${formatMoment('%Y-%m-%d %H:%M', mtime * 1000)} `
}

const MOST_STRIPPED = 64

function* extract(run: Run, folder: string, given: string, entry: ArchiveEntry): ToolRun<void> {
  const parts = given
    .replace(/^\/+/, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  // nothing leaves the directory
  if (parts.includes('..'))
    return yield* run.error(`${given}: Member name contains '..'`, run.isGnu ? 2 : 1)
  const name = parts.slice(Math.min(MOST_STRIPPED, Number(run.value('strip') ?? 0))).join('/')
  if (name === '') return
  const text = fromByteString(entry.content)
  if (run.has('O')) return run.print(text)
  if (run.has('v')) run.print(`${given}\n`)
  const path = joinPath(folder, name)
  makeParents(run, directoryName(path))
  const failed = lay(run, path, entry, text, folder)
  if (failed !== undefined)
    return yield* run.error(
      run.isGnu ? `${given}: Cannot open: ${failed}` : `can't open '${given}': ${failed}`,
      run.isGnu ? 2 : 1,
    )
  if (entry.kind === 'link') return
  if (run.call.user.uid === 0 && !run.has('o'))
    run.files.chown(path, { uid: entry.uid, gid: entry.gid })
  run.files.chmod(path, run.has('p') || run.call.user.uid === 0 ? entry.mode : entry.mode & 0o755)
  if (!run.has('m')) run.files.setModified(path, entry.mtime * 1000)
}

const makeParents = (run: Run, path: string): void => {
  if (path === '/' || run.files.isDirectory(path)) return
  makeParents(run, directoryName(path))
  run.files.mkdir(path)
}

const lay = (
  run: Run,
  path: string,
  entry: ArchiveEntry,
  text: string,
  folder: string,
): string | undefined => {
  if (entry.kind === 'directory') {
    const failed = run.files.mkdir(path)
    return failed === undefined || failed.code === 'EEXIST' ? undefined : failed.text
  }
  const before = run.files.lstat(path)
  if (!isFailure(before) && before.kind !== 'directory') {
    const failed = run.files.unlink(path)
    if (failed !== undefined) return failed.text
  }
  if (entry.kind === 'link') return run.files.symlink(entry.target ?? '', path)?.text
  if (entry.kind === 'hardLink')
    return run.files.hardLink(joinPath(folder, entry.target ?? ''), path)?.text
  return run.files.write(path, text, { mode: 0o644 })?.text
}
