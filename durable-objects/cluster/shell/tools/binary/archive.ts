// The ustar format, as bytes in units: one unit of a text for each byte.

export interface ArchiveEntry {
  readonly name: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970. */
  readonly mtime: number
  readonly kind: 'file' | 'directory' | 'link' | 'hardLink'
  readonly target?: string
  readonly user?: string
  readonly group?: string
  /** Byte units. */
  readonly content: string
}

export const BLOCK = 512
const TYPES = { file: '0', hardLink: '1', link: '2', directory: '5' } as const

const octal = (value: number, length: number): string =>
  `${value
    .toString(8)
    .padStart(length - 1, '0')
    .slice(-(length - 1))}\0`

const field = (text: string, length: number): string => text.slice(0, length).padEnd(length, '\0')

const padded = (content: string): string =>
  content + '\0'.repeat((BLOCK - (content.length % BLOCK)) % BLOCK)

const LONGEST_NAME = 100
const LONGEST_PREFIX = 155

/** Longer names are cut at a slash into a prefix and a name; undefined: they cannot be. */
const splitName = (name: string): readonly [prefix: string, name: string] | undefined => {
  if (name.length <= LONGEST_NAME) return ['', name]
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1))
    if (name.length - at - 1 <= LONGEST_NAME && at <= LONGEST_PREFIX)
      return [name.slice(0, at), name.slice(at + 1)]
  return undefined
}

const header = (entry: ArchiveEntry, type: string, name: string, prefix: string): string => {
  const before = [
    field(name, 100),
    octal(entry.mode, 8),
    octal(entry.uid, 8),
    octal(entry.gid, 8),
    octal(entry.content.length, 12),
    octal(Math.max(0, entry.mtime), 12),
  ].join('')
  const after = [
    type,
    field(entry.target ?? '', 100),
    'ustar  \0',
    field(entry.user ?? '', 32),
    field(entry.group ?? '', 32),
    '\0'.repeat(16),
    field(prefix, 167),
  ].join('')
  let sum = 8 * 32
  for (const text of [before, after])
    for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at)
  return `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`
}

export const writeEntry = (entry: ArchiveEntry): string => {
  const name = splitName(entry.name)
  const type = TYPES[entry.kind]
  if (name !== undefined && name[0] === '')
    return header(entry, type, name[1], '') + padded(entry.content)
  // GNU's way for long names: an entry before that holds the name
  const long: ArchiveEntry = { ...entry, content: `${entry.name}\0`, target: '' }
  return (
    header(long, 'L', '././@LongLink', '') +
    padded(long.content) +
    header(entry, type, entry.name.slice(0, LONGEST_NAME), '') +
    padded(entry.content)
  )
}

export const END = '\0'.repeat(BLOCK * 2)

const text = (block: string, at: number, length: number): string =>
  block.slice(at, at + length).split('\0', 1)[0]!
const number = (block: string, at: number, length: number): number =>
  Number.parseInt(text(block, at, length).trim() || '0', 8)

const isGood = (block: string): boolean => {
  let sum = 0
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : block.charCodeAt(at)
  return sum === number(block, 148, 8)
}

/** undefined: that is no archive. */
export const readArchive = (units: string): readonly ArchiveEntry[] | undefined => {
  const entries: ArchiveEntry[] = []
  let longName: string | undefined
  let longTarget: string | undefined
  for (let at = 0; at + BLOCK <= units.length;) {
    const block = units.slice(at, at + BLOCK)
    if (/^\0+$/.test(block)) break
    if (!isGood(block)) return undefined
    const size = number(block, 124, 12)
    const content = units.slice(at + BLOCK, at + BLOCK + size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    const type = block[156]!
    if (type === 'L') longName = content.split('\0', 1)[0]!
    else if (type === 'K') longTarget = content.split('\0', 1)[0]!
    else if (type === 'x')
      longName = /(?:^|\n)[0-9]+ path=([^\n]*)\n/.exec(content)?.[1] ?? longName
    else if (type !== 'g') {
      entries.push(entryOf(block, type, content, longName, longTarget))
      longName = undefined
      longTarget = undefined
    }
  }
  return units.length === 0 || units.length < BLOCK ? undefined : entries
}

const entryOf = (
  block: string,
  type: string,
  content: string,
  longName: string | undefined,
  longTarget: string | undefined,
): ArchiveEntry => {
  const isPosix = block.slice(257, 263) === 'ustar\0'
  const prefix = isPosix ? text(block, 345, 155) : ''
  const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + text(block, 0, 100)
  const isDirectory = type === '5' || (type !== '2' && name.endsWith('/'))
  const kind = isDirectory
    ? 'directory'
    : type === '2'
      ? 'link'
      : type === '1'
        ? 'hardLink'
        : 'file'
  const target = longTarget ?? text(block, 157, 100)
  return {
    name,
    kind,
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    mtime: number(block, 136, 12),
    user: text(block, 265, 32),
    group: text(block, 297, 32),
    content: kind === 'file' ? content : '',
    ...(kind === 'link' || kind === 'hardLink' ? { target } : {}),
  }
}
