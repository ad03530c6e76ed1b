// ls
import { civilTime } from '#apimachinery/time.ts'
import { isFailure } from '#shell/files/failure.ts'
import type { Stat } from '#shell/files/file-system.ts'
import { joinPath } from '#shell/files/path.ts'
import { modeText } from '#shell/tools/files/modes.ts'
import { groupName, userName } from '#shell/tools/files/owners.ts'
import { diskKilobytes, humanSize } from '#shell/tools/files/sizes.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import { compareVersions } from '#shell/tools/text/sort.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

interface Item {
  /** As it is shown. */
  readonly name: string
  readonly path: string
  readonly stat: Stat
}

const WIDTH = 80

const widthOf = ({ call }: Run): number =>
  call.isTTY(1) ? (call.terminalSize?.().columns ?? WIDTH) : WIDTH
const HALF_YEAR = 15_778_476_000
const DAY = 86_400_000
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

export const ls = tool(
  'ls',
  {
    short: '1aAbBcCdfFgGhHiI:klLmnNopqQrRsStT:uUvw:xXZ',
    long: {
      all: 'a',
      'almost-all': 'A',
      directory: 'd',
      classify: 'F::',
      'human-readable': 'h',
      inode: 'i',
      'no-group': 'G',
      'numeric-uid-gid': 'n',
      reverse: 'r',
      recursive: 'R',
      size: 's',
      sort: 'sort:',
      'full-time': 'fullTime',
      color: 'color::',
      'group-directories-first': 'directoriesFirst',
      'time-style': 'timeStyle:',
      width: 'w',
    },
    usageCode: 2,
  },
  function* (run) {
    const given = run.operands.length === 0 ? ['.'] : run.operands
    const files: Item[] = []
    const directories: string[] = []
    for (const path of given) {
      const stat = statOf(run, path)
      if (isFailure(stat)) {
        const message = run.isGnu
          ? `cannot access '${path}': ${stat.text}`
          : `${path}: ${stat.text}`
        yield* run.error(message, run.isGnu ? 2 : 1)
      } else if (stat.kind === 'directory' && !run.has('d')) directories.push(path)
      else files.push({ name: path, path: run.path(path), stat })
    }
    if (files.length > 0) print(run, sorted(run, files))
    const state = { isFirst: files.length === 0, isNamed: given.length > 1 || run.has('R') }
    for (const path of sortedPaths(run, directories)) yield* list(run, path, state)
    return run.exitCode
  },
)

/** A link on the command line leads on, unless its own line is asked for. */
const statOf = (run: Run, path: string): ReturnType<Run['files']['stat']> => {
  const isLong =
    run.has('l') || run.has('n') || run.has('g') || run.has('o') || run.has('d') || run.has('F')
  const stat = run.files.lstat(run.path(path))
  if (isFailure(stat) || stat.kind !== 'link') return stat
  if (isLong && !run.has('L') && !run.has('H') && !path.endsWith('/')) return stat
  const target = run.files.stat(run.path(path))
  return isFailure(target) ? stat : target
}

const sortedPaths = (run: Run, paths: readonly string[]): readonly string[] =>
  sorted(
    run,
    paths.map((path) => ({ name: path, path, stat: run.files.stat(run.path(path)) as Stat })),
  ).map(({ name }) => name)

interface State {
  isFirst: boolean
  readonly isNamed: boolean
}

function* list(run: Run, path: string, state: State): ToolRun<void> {
  const names = run.files.list(run.path(path))
  if (isFailure(names)) {
    const message = run.isGnu
      ? `cannot open directory '${path}': ${names.text}`
      : `can't open '${path}': ${names.text}`
    return yield* run.error(message, run.isGnu ? 2 : 1)
  }
  if (state.isNamed) run.print(`${state.isFirst ? '' : '\n'}${path}:\n`)
  state.isFirst = false
  const withDots = run.has('a') || run.has('f')
  const shown = names.filter((name) => withDots || run.has('A') || !name.startsWith('.'))
  const items = [...(withDots ? ['.', '..'] : []), ...shown].flatMap((name): Item[] => {
    const at = joinPath(run.path(path), name)
    const stat = run.has('L') ? run.files.stat(at) : run.files.lstat(at)
    return isFailure(stat) ? [] : [{ name, path: at, stat }]
  })
  const inOrder = sorted(run, items)
  if (isLong(run) || run.has('s')) run.print(`total ${total(run, items)}\n`)
  print(run, inOrder)
  if (run.isFull) yield* run.flush()
  if (!run.has('R')) return
  for (const { name, stat } of inOrder)
    if (stat.kind === 'directory' && name !== '.' && name !== '..')
      yield* list(run, joinPath(path, name), state)
}

const isLong = (run: Run): boolean =>
  ['l', 'n', 'g', 'o', 'fullTime'].some((letter) => run.has(letter))

const total = (run: Run, items: readonly Item[]): string => {
  const kilobytes = items.reduce((sum, { stat }) => sum + blocks(stat), 0)
  return run.has('h') ? humanSize(kilobytes * 1024, run.family) : String(kilobytes)
}

const blocks = ({ kind, size }: Stat): number =>
  kind === 'file' || kind === 'directory' ? diskKilobytes(size, kind === 'directory') : 0

const sorted = (run: Run, items: readonly Item[]): readonly Item[] => {
  if (run.has('U') || run.has('f')) return items
  const by = run.value('sort')
  const key = run.options.last('tSvX') ?? (by === 'time' ? 't' : by === 'size' ? 'S' : '')
  const order = items.toSorted((a, b) => {
    if (run.has('directoriesFirst')) {
      const first = Number(b.stat.kind === 'directory') - Number(a.stat.kind === 'directory')
      if (first !== 0) return first
    }
    const byKey =
      key === 't' ? b.stat.mtime - a.stat.mtime : key === 'S' ? b.stat.size - a.stat.size : 0
    if (byKey !== 0) return byKey
    if (key === 'v') return compareVersions(a.name, b.name)
    return a.name < b.name ? -1 : 1
  })
  return run.has('r') ? order.reverse() : order
}

const mark = (run: Run, { stat }: Item, isLongLine: boolean): string => {
  if (run.has('p')) return stat.kind === 'directory' ? '/' : ''
  if (!run.has('F')) return ''
  if (stat.kind === 'directory') return '/'
  if (stat.kind === 'link') return isLongLine ? '' : '@'
  return stat.kind === 'file' && (stat.mode & 0o111) !== 0 ? '*' : ''
}

const COLORS = { directory: '\x1b[01;34m', link: '\x1b[01;36m', device: '\x1b[40;33;01m' } as const

const shownName = (run: Run, item: Item): string => {
  const color = run.value('color')
  if (color === undefined || color === 'never' || (color === 'auto' && !run.call.isTTY(1)))
    return item.name
  const { kind, mode } = item.stat
  const code = kind === 'file' ? (mode & 0o111 ? '\x1b[01;32m' : '') : COLORS[kind]
  return code === '' ? item.name : `${code}${item.name}\x1b[0m`
}

const print = (run: Run, items: readonly Item[]): void => {
  const sizes = items.map(({ stat }) => String(blocks(stat)).length)
  const widest = run.isGnu ? Math.max(0, ...sizes) : 4
  const prefix = (item: Item): string => {
    const inode = run.has('i') ? `${inodeOf(item.stat.path)} ` : ''
    return inode + (run.has('s') ? `${String(blocks(item.stat)).padStart(widest)} ` : '')
  }
  if (isLong(run)) return printLong(run, items, prefix)
  const names = items.map((item) => prefix(item) + shownName(run, item) + mark(run, item, false))
  if (run.has('m')) return run.print(names.length === 0 ? '' : `${names.join(', ')}\n`)
  const asTable = (run.call.isTTY(1) || run.has('C') || run.has('x')) && !run.has('1')
  if (!asTable) return run.print(names.map((name) => `${name}\n`).join(''))
  const lengths = items.map((item) => (prefix(item) + item.name + mark(run, item, false)).length)
  run.print(columns(run, names, lengths))
}

/** As many columns as fit, filled from top to bottom. */
const columns = (run: Run, names: readonly string[], lengths: readonly number[]): string => {
  const { length } = names
  const width = Number(run.value('w') ?? widthOf(run))
  if (length === 0) return ''
  const most = run.isGnu
    ? Math.min(length, Math.max(1, Math.floor(width / 3)))
    : Math.max(1, Math.floor(width / (Math.max(...lengths) + 2)))
  for (let count = most; count > 1; count--) {
    const rows = Math.ceil(length / count)
    const widths = columnWidths(lengths, rows, run.isGnu)
    if (!run.isGnu || widths.reduce((sum, one) => sum + one, 0) <= width)
      return inColumns(names, lengths, rows, widths, run.isGnu)
  }
  return names.map((name) => `${name}\n`).join('')
}

/** GNU makes each column as wide as its own longest name, busybox all alike. */
const columnWidths = (
  lengths: readonly number[],
  rows: number,
  isGnu: boolean,
): readonly number[] => {
  const widths: number[] = []
  const longest = Math.max(...lengths)
  for (let at = 0; at < lengths.length; at += rows) {
    const isLast = at + rows >= lengths.length
    const own = isGnu ? Math.max(...lengths.slice(at, at + rows)) : longest
    widths.push(own + (isLast && isGnu ? 0 : 2))
  }
  return widths
}

const inColumns = (
  names: readonly string[],
  lengths: readonly number[],
  rows: number,
  widths: readonly number[],
  withTabs: boolean,
): string => {
  let text = ''
  for (let row = 0; row < rows; row++) {
    let start = 0
    for (let column = 0; column * rows + row < names.length; column++) {
      const at = column * rows + row
      const next = start + widths[column]!
      text += names[at]!
      if (at + rows < names.length) text += gap(start + lengths[at]!, next, withTabs)
      start = next
    }
    text += '\n'
  }
  return text
}

const gap = (from: number, to: number, withTabs: boolean): string => {
  if (!withTabs) return ' '.repeat(to - from)
  let text = ''
  for (let at = from; at < to;) {
    const usesTab = Math.floor(to / 8) > Math.floor((at + 1) / 8)
    text += usesTab ? '\t' : ' '
    at += usesTab ? 8 - (at % 8) : 1
  }
  return text
}

const printLong = (run: Run, items: readonly Item[], prefix: (item: Item) => string): void => {
  const rows = items.map((item) => {
    const { stat } = item
    const user = run.has('n') ? String(stat.uid) : userName(run.files, stat.uid)
    const group = run.has('n') ? String(stat.gid) : groupName(run.files, stat.gid)
    const size =
      stat.kind === 'device'
        ? deviceNumber(stat)
        : run.has('h')
          ? humanSize(stat.size, run.family)
          : String(stat.size)
    return { item, links: linksOf(run, item), user, group, size }
  })
  const width = (pick: (row: (typeof rows)[number]) => string): number =>
    Math.max(0, ...rows.map((row) => pick(row).length))
  const wide = run.isGnu
    ? {
        links: width((row) => row.links),
        user: width((row) => row.user),
        group: width((row) => row.group),
        size: width((row) => row.size),
      }
    : { links: 4, user: 8, group: 8, size: run.has('h') ? 7 : 9 }
  for (const { item, links, user, group, size } of rows) {
    const target = item.stat.target === undefined ? '' : ` -> ${item.stat.target}`
    const parts = [
      modeText(item.stat),
      links.padStart(wide.links),
      ...(run.has('g') ? [] : [user.padEnd(wide.user)]),
      ...(run.has('o') || run.has('G') ? [] : [group.padEnd(wide.group)]),
      size.padStart(wide.size),
      timeText(run, item.stat.mtime),
    ]
    run.print(
      `${prefix(item)}${parts.join(' ')} ${shownName(run, item)}${mark(run, item, true)}${target}\n`,
    )
  }
}

const DEVICES: Readonly<Record<string, string>> = {
  null: '1,   3',
  zero: '1,   5',
  full: '1,   7',
  random: '1,   8',
  urandom: '1,   9',
  tty: '5,   0',
}

const deviceNumber = ({ device }: Stat): string => DEVICES[device ?? ''] ?? '136,   0'

/** A directory has one from above, one of its own and one from each directory in it. */
const linksOf = (run: Run, { stat }: Item): string => {
  if (stat.kind !== 'directory') return '1'
  const names = run.files.list(stat.path)
  if (isFailure(names)) return '2'
  return String(2 + names.filter((name) => isDirectory(run, joinPath(stat.path, name))).length)
}

const isDirectory = (run: Run, path: string): boolean => {
  const stat = run.files.lstat(path)
  return !isFailure(stat) && stat.kind === 'directory'
}

const two = (value: number): string => String(value).padStart(2, '0')

const timeText = (run: Run, mtime: number): string => {
  const { year, month, day, hour, minute, second } = civilTime(mtime)
  const style = run.value('timeStyle')
  const date = `${year}-${two(month)}-${two(day)}`
  if (run.has('fullTime') || style === 'full-iso')
    return `${date} ${two(hour)}:${two(minute)}:${two(second)}${run.isGnu ? `.${String(mtime % 1000).padStart(3, '0')}000000` : ''} +0000`
  if (style === 'long-iso') return `${date} ${two(hour)}:${two(minute)}`
  const age = run.call.now() - mtime
  const isRecent = age < HALF_YEAR && age > (run.isGnu ? -1 : -DAY)
  const start = `${MONTHS[month - 1]} ${String(day).padStart(2)}`
  return isRecent ? `${start} ${two(hour)}:${two(minute)}` : `${start}  ${year}`
}

/** Stable, and as good as any. */
export const inodeOf = (path: string): number => {
  let hash = 2_166_136_261
  for (let at = 0; at < path.length; at++) hash = Math.imul(hash ^ path.charCodeAt(at), 16_777_619)
  return (hash >>> 0) % 10_000_000
}
