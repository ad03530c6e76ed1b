// stat, readlink, realpath, basename, dirname, du, df, mktemp.
import { civilTime } from '#apimachinery/time.ts'
import { isFailure } from '#shell/files/failure.ts'
import type { Stat } from '#shell/files/file-system.ts'
import { absolutePath, baseName, directoryName, joinPath } from '#shell/files/path.ts'
import { missingOperand } from '#shell/tools/files/change.ts'
import { inodeOf } from '#shell/tools/files/ls.ts'
import { modeText } from '#shell/tools/files/modes.ts'
import { groupName, userName } from '#shell/tools/files/owners.ts'
import { diskKilobytes, humanSize } from '#shell/tools/files/sizes.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const two = (value: number): string => String(value).padStart(2, '0')

const dateText = (ms: number): string => {
  const { year, month, day, hour, minute, second } = civilTime(ms)
  const fraction = `${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}000000`
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}.${fraction} +0000`
}

const kindText = ({ kind, size }: Stat): string => {
  if (kind === 'file') return size === 0 ? 'regular empty file' : 'regular file'
  if (kind === 'link') return 'symbolic link'
  return kind === 'device' ? 'character special file' : 'directory'
}

const statValue = (run: Run, letter: string, path: string, stat: Stat): string => {
  const blocks =
    stat.kind === 'link' || stat.kind === 'device'
      ? 0
      : diskKilobytes(stat.size, stat.kind === 'directory') * 2
  const values: Readonly<Record<string, () => string>> = {
    a: () => stat.mode.toString(8),
    A: () => modeText(stat),
    b: () => String(blocks),
    B: () => '512',
    F: () => kindText(stat),
    g: () => String(stat.gid),
    G: () => groupName(run.files, stat.gid),
    h: () => '1',
    i: () => String(inodeOf(stat.path)),
    n: () => path,
    N: () => `'${path}'${stat.target === undefined ? '' : ` -> '${stat.target}'`}`,
    o: () => '4096',
    s: () => String(stat.size),
    u: () => String(stat.uid),
    U: () => userName(run.files, stat.uid),
    x: () => dateText(stat.mtime),
    X: () => String(Math.floor(stat.mtime / 1000)),
    y: () => dateText(stat.mtime),
    Y: () => String(Math.floor(stat.mtime / 1000)),
    z: () => dateText(stat.mtime),
    Z: () => String(Math.floor(stat.mtime / 1000)),
    w: () => '-',
    W: () => '0',
    m: () => '/',
    '%': () => '%',
  }
  return values[letter]?.() ?? '?'
}

const LONG_STAT = `  File: %N
  Size: %s\tBlocks: %b\tIO Block: %o   %F
Device: 0,50\tInode: %i\tLinks: %h
Access: (%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)
Access: %x
Modify: %y
Change: %z
 Birth: -
`

export const stat = tool(
  'stat',
  {
    short: 'c:fLt',
    long: { format: 'c', printf: 'printf:', dereference: 'L', 'file-system': 'f', terse: 't' },
  },
  function* (run) {
    if (run.operands.length === 0) return yield* missingOperand(run)
    for (const path of run.operands) {
      const found = run.has('L') ? run.files.stat(run.path(path)) : run.files.lstat(run.path(path))
      if (isFailure(found)) {
        yield* run.error(
          run.isGnu
            ? `cannot statx '${path}': ${found.text}`
            : `can't stat '${path}': ${found.text}`,
        )
        continue
      }
      const fill = (format: string): string =>
        format.replace(/%[-0-9]*([a-zA-Z%])/g, (_, letter: string) =>
          statValue(run, letter, path, found),
        )
      const [format, printf] = [run.value('c'), run.value('printf')]
      if (printf !== undefined)
        run.print(fill(printf).replaceAll('\\n', '\n').replaceAll('\\t', '\t'))
      else
        run.print(
          format === undefined
            ? fill(
                LONG_STAT.replace(
                  '%N',
                  found.target === undefined ? '%n' : `%n -> ${found.target}`,
                ),
              )
            : `${fill(format)}\n`,
        )
    }
    return run.exitCode
  },
)

export const readlink = tool(
  'readlink',
  {
    short: 'efmnqsvz',
    long: {
      canonicalize: 'f',
      'canonicalize-existing': 'e',
      'canonicalize-missing': 'm',
      'no-newline': 'n',
    },
  },
  function* (run) {
    if (run.operands.length === 0) return yield* missingOperand(run)
    for (const path of run.operands) {
      const found = canonical(run, path)
      if (found === undefined) run.exitCode = 1
      else run.print(run.has('n') ? found : `${found}\n`)
    }
    return run.exitCode
  },
)

const canonical = (run: Run, path: string): string | undefined => {
  const at = run.path(path)
  const follows = ['e', 'f', 'm'].some((letter) => run.has(letter))
  const found = follows ? run.files.realpath(at) : run.files.readlink(at)
  if (isFailure(found)) return run.has('m') ? absolutePath(run.call.cwd, path) : undefined
  return run.has('e') && !run.files.exists(at) ? undefined : found
}

export const realpath = tool(
  'realpath',
  {
    short: 'eLmPqsz',
    long: {
      'canonicalize-missing': 'm',
      'canonicalize-existing': 'e',
      'no-symlinks': 's',
      quiet: 'q',
      'relative-to': 'relative:',
    },
  },
  function* (run) {
    if (run.operands.length === 0) return yield* missingOperand(run)
    for (const path of run.operands) {
      const found = run.has('s')
        ? absolutePath(run.call.cwd, path)
        : run.files.realpath(run.path(path))
      const isMissing =
        !isFailure(found) && !run.files.exists(found) && (run.has('e') || !run.isGnu)
      if (isFailure(found) && run.has('m')) run.print(`${absolutePath(run.call.cwd, path)}\n`)
      else if (isFailure(found)) yield* run.error(`${path}: ${found.text}`)
      else if (isMissing) yield* run.error(`${path}: No such file or directory`)
      else run.print(`${found}\n`)
    }
    return run.exitCode
  },
)

export const basename = tool(
  'basename',
  { short: '+as:z', long: { multiple: 'a', suffix: 's' } },
  function* (run) {
    const [first, second, third] = run.operands
    if (first === undefined) return yield* missingOperand(run)
    const isMany = run.has('a') || run.has('s')
    if (!isMany && third !== undefined)
      return run.isGnu ? yield* run.usage(`extra operand '${third}'`) : yield* run.bare()
    const suffix = run.value('s') ?? (isMany ? '' : (second ?? ''))
    for (const path of isMany ? run.operands : [first]) {
      const name = baseName(path)
      const cutName =
        suffix !== '' && name !== suffix && name.endsWith(suffix)
          ? name.slice(0, -suffix.length)
          : name
      run.print(`${cutName}\n`)
    }
    return 0
  },
)

export const dirname = tool('dirname', '+z', function* (run) {
  if (run.operands.length === 0) return yield* missingOperand(run)
  for (const path of run.operands) run.print(`${directoryName(path)}\n`)
  return 0
})

const sizeText = (run: Run, kilobytes: number): string => {
  if (run.has('h')) return humanSize(kilobytes * 1024, run.family)
  return String(
    run.has('m') ? Math.ceil(kilobytes / 1024) : run.has('b') ? kilobytes * 1024 : kilobytes,
  )
}

export const du = tool(
  'du',
  {
    short: 'abcd:hkLmsx',
    long: {
      all: 'a',
      'max-depth': 'd',
      'human-readable': 'h',
      summarize: 's',
      total: 'c',
      bytes: 'b',
    },
  },
  function* (run) {
    const most = run.has('s') ? 0 : Number(run.value('d') ?? Infinity)
    let all = 0
    function* visit(path: string, depth: number): ToolRun {
      const found = run.files.lstat(run.path(path))
      if (isFailure(found)) {
        yield* run.error(
          run.isGnu ? `cannot access '${path}': ${found.text}` : `${path}: ${found.text}`,
        )
        return 0
      }
      let sum =
        found.kind === 'file' || found.kind === 'directory'
          ? diskKilobytes(found.size, found.kind === 'directory')
          : 0
      if (found.kind === 'directory') {
        const names = run.files.list(found.path)
        if (!isFailure(names))
          for (const name of names) sum += yield* visit(joinPath(path, name), depth + 1)
      }
      if ((found.kind === 'directory' || run.has('a') || depth === 0) && depth <= most)
        run.print(`${sizeText(run, sum)}\t${path}\n`)
      if (run.isFull) yield* run.flush()
      return sum
    }
    for (const path of run.operands.length === 0 ? ['.'] : run.operands)
      all += yield* visit(path, 0)
    if (run.has('c')) run.print(`${sizeText(run, all)}\ttotal\n`)
    return run.exitCode
  },
)

export const df = tool(
  'df',
  {
    short: 'ahHikPTt:',
    long: { 'human-readable': 'h', 'print-type': 'T', portability: 'P', inodes: 'i' },
  },
  (run) => {
    const paths = run.operands.map((path) => run.files.realpath(run.path(path)))
    const shown = run.files
      .mounts()
      .filter(
        ({ path }) =>
          paths.length === 0 || paths.some((one) => !isFailure(one) && mountFor(run, one) === path),
      )
    const human = run.has('h')
    const rows = shown.map(({ path, volume }) => {
      const used = Math.ceil(volume.used / 1024)
      const total = Math.ceil(volume.limit / 1024)
      const name = volume.device ?? 'overlay'
      const size = (kilobytes: number): string =>
        human ? humanSize(kilobytes * 1024, run.family) : String(kilobytes)
      const percent = `${Math.ceil((used / Math.max(1, total)) * 100)}%`
      const type = run.has('T') ? [name] : []
      return [name, ...type, size(total), size(used), size(total - used), percent, path]
    })
    const head = [
      'Filesystem',
      ...(run.has('T') ? ['Type'] : []),
      human ? 'Size' : '1K-blocks',
      'Used',
      run.isGnu && human ? 'Avail' : 'Available',
      'Use%',
      'Mounted on',
    ]
    run.print(
      run.isGnu ? gnuTable([head, ...rows], run.has('T') ? 2 : 1) : busyboxTable(head, rows),
    )
    return run.exitCode
  },
)

/** Columns of fixed width. busybox: coreutils/df.c */
const busyboxTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]): string => {
    const [name, ...rest] = cells
    const type = rest.length > 5 ? [rest.shift()!.padEnd(10)] : []
    const [total, used, free, percent, path] = rest as [string, string, string, string, string]
    const sizes = [total.padStart(9), used.padStart(9), free.padStart(9), percent.padStart(4), path]
    return `${[name!.padEnd(20), ...type, ...sizes].join(' ')}\n`
  }
  return [head, ...rows].map(line).join('')
}

const mountFor = (run: Run, path: string): string => {
  const paths = new Set(run.files.mounts().map((mount) => mount.path))
  let at = path
  while (!paths.has(at)) at = directoryName(at)
  return at
}

/** Columns from `right` on stand at the right, but for the last. */
const gnuTable = (rows: readonly (readonly string[])[], right: number): string => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1
            ? cell
            : column < right
              ? cell.padEnd(Math.max(14, widths[column]!))
              : cell.padStart(widths[column]!),
        )
        .join(' '),
    )
    .map((line) => `${line}\n`)
    .join('')
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

export const mktemp = tool(
  'mktemp',
  {
    short: 'dp:qtu',
    long: { directory: 'd', tmpdir: 'p::', 'dry-run': 'u', quiet: 'q', suffix: 'suffix:' },
  },
  function* (run) {
    const [template] = run.operands
    const folder = run.value('p') ?? run.call.env['TMPDIR'] ?? '/tmp'
    const isInTemp = template === undefined || run.has('t') || run.has('p')
    const shape = template ?? 'tmp.XXXXXXXXXX'
    const places = /X+$/.exec(shape)?.[0].length ?? 0
    if (places < 3) return yield* run.fail(`too few X's in template '${shape}'`)
    let name = shape.slice(0, -places)
    for (let left = places; left > 0; left--) name += LETTERS[run.call.random() % LETTERS.length]!
    const path =
      (isInTemp ? joinPath(folder === '' ? '/tmp' : folder, name) : name) +
      (run.value('suffix') ?? '')
    const failed = run.has('u')
      ? undefined
      : run.has('d')
        ? run.files.mkdir(run.path(path), 0o700)
        : run.files.write(run.path(path), '', { mode: 0o600 })
    if (failed !== undefined) {
      const what = run.has('d') ? 'directory' : 'file'
      const shown = isInTemp ? joinPath(folder, shape) : shape
      return yield* run.fail(
        run.isGnu
          ? `failed to create ${what} via template '${shown}': ${failed.text}`
          : `${shown}: ${failed.text}`,
      )
    }
    run.print(`${path}\n`)
    return 0
  },
)
