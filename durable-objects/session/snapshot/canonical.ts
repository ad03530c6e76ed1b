// The canonical text of a state: lines of JSON, a head, then objects, what components keep, and the learner's files, each sorted. Nothing of
// the session it came from is in it (no id, no key, no title), so that the same state is the same text, whoever has it.
import * as v from 'valibot'
import { bytesOf, textOf } from '../../cluster/shell/files/bytes.ts'
import { type SettingsRequest, settingsOf } from '../../cluster/settings.ts'
import type { ObjectRow as StoredRow } from '../../revision-store.ts'
import type { StoredFile } from '../../workstation/home.ts'
import type { StateHead } from '../state-source.ts'
import { damaged, notACluster, SnapshotProblem } from './problem.ts'
import { Milliseconds, SETTING_NAMES, SettingsShape } from './settings-shape.ts'

export const FORMAT = 'kubarium-snapshot/1'
const FORMATS = 'kubarium-snapshot/'

/** What a state is beside its rows. */
export interface SnapshotHead extends StateHead {
  /** Whether files were ever stored: a home without any begins anew, an empty one stays empty. */
  readonly hasHome: boolean
}

/** Its text is the object as it is stored, to the letter. */
export interface ObjectRow extends StoredRow {
  readonly kind: 'object'
}

export interface MemoryRow {
  readonly kind: 'memory'
  readonly key: string
  readonly value: string
}

export interface FileRow {
  readonly kind: 'file'
  readonly file: StoredFile
}

export type SnapshotRow = ObjectRow | MemoryRow | FileRow

const SECTIONS = { object: 0, memory: 1, file: 2 } as const satisfies Record<
  SnapshotRow['kind'],
  number
>

const keysOf = (row: SnapshotRow): readonly string[] => {
  if (row.kind === 'object') return [row.resource, row.namespace, row.name]
  return [row.kind === 'memory' ? row.key : row.file.path]
}

/** Negative if `a` stands before `b`, 0 if both are the same key. */
export const compareRows = (a: SnapshotRow, b: SnapshotRow): number => {
  if (a.kind !== b.kind) return SECTIONS[a.kind] - SECTIONS[b.kind]
  const others = keysOf(b)
  for (const [index, key] of keysOf(a).entries())
    if (key !== others[index]) return key < others[index]! ? -1 : 1
  return 0
}

/** With its keys in order, and without those that say nothing. */
const inOrder = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, item]) => [key, inOrder(item)]),
      )
    : value

/** A session may know more of its making than its settings. */
const known = (settings: SettingsRequest): object =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => SETTING_NAMES.includes(name)))

export const headLine = (head: SnapshotHead): string => {
  const { settings, bornAt, seed, now, revision, randomPosition, hasHome } = head
  return `${JSON.stringify({
    format: FORMAT,
    settings: inOrder(known(settings)),
    bornAt,
    seed,
    now,
    revision,
    randomPosition,
    hasHome,
  })}\n`
}

const OBJECT = '{"resource":'
const AND_OBJECT = ',"object":'
const MEMORY = '{"memory":'
const FILE = '{"file":'

export const rowLine = (row: SnapshotRow): string => {
  switch (row.kind) {
    case 'object':
      return `${OBJECT}${JSON.stringify(row.resource)}${AND_OBJECT}${row.text}}\n`
    case 'memory':
      return `${MEMORY}${JSON.stringify([row.key, row.value])}}\n`
    case 'file': {
      const { path, kind, mode, mtime, text } = row.file
      // bytes that are no text would be six characters each
      const content = text.isWellFormed()
        ? { text }
        : { base64: Buffer.from(bytesOf(text)).toString('base64') }
      return `${FILE}${JSON.stringify({ path, kind, mode, mtime, ...content })}}\n`
    }
  }
}

const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e12))

const Head = v.strictObject({
  format: v.literal(FORMAT),
  settings: SettingsShape,
  bornAt: Milliseconds,
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff)),
  now: Milliseconds,
  revision: Count,
  randomPosition: Count,
  hasHome: v.boolean(),
})

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    throw damaged('a line is not JSON')
  }
}

const issuesOf = (issues: readonly v.BaseIssue<unknown>[]): string =>
  issues.map((issue) => `${v.getDotPath(issue as never) ?? 'it'}: ${issue.message}`).join('; ')

/** The line without its end. */
export const readHead = (line: string): SnapshotHead => {
  const value = parsed(line)
  const result = v.safeParse(Head, value)
  if (!result.success) {
    const { format } = Object(value) as { readonly format?: unknown }
    if (typeof format === 'string' && format.startsWith(FORMATS) && format !== FORMAT)
      throw new SnapshotProblem(
        'newer',
        `The snapshot has the format ${format}; this server knows ${FORMAT}. Open it where it was made.`,
      )
    throw notACluster(`its head is wrong (${issuesOf(result.issues)})`)
  }
  const { format: _format, ...head } = result.output
  const read = { ...head, settings: head.settings as SettingsRequest }
  if (read.now < read.bornAt) throw notACluster('it is younger than its birth')
  // what this server cannot make settings of would be delays that are no numbers
  if (!Object.values(settingsOf(read.settings).delays).every((delay) => Number.isFinite(delay)))
    throw notACluster('its delays are none that this server knows')
  if (headLine(read) !== `${line}\n`) throw damaged('its head was written otherwise')
  return read
}

/** What a row says of its object stands at the beginning of the text, which need not be read for it. */
const BEGINNING =
  /^\{"kind":"[^"\\]*","apiVersion":"[^"\\]*","metadata":\{"name":"([^"\\]+)",(?:"generateName":"[^"\\]*",)?(?:"namespace":"([^"\\]+)",)?(?:"selfLink":"[^"\\]*",)?"uid":"[^"\\]*","resourceVersion":"([1-9]\d{0,14})"/

const VERSION = /^[1-9]\d{0,14}$/

const identityOf = (text: string): Pick<ObjectRow, 'namespace' | 'name' | 'revision'> => {
  const match = BEGINNING.exec(text)
  if (match !== null)
    return { namespace: match[2] ?? '', name: match[1]!, revision: Number(match[3]) }
  const { metadata } = Object(parsed(text)) as { readonly metadata?: unknown }
  const fields = Object(metadata) as Readonly<Record<string, unknown>>
  const { namespace = '', name, resourceVersion } = fields
  if (typeof name !== 'string' || name === '') throw notACluster('an object has no name')
  if (typeof namespace !== 'string') throw notACluster(`${name} has no namespace`)
  if (typeof resourceVersion !== 'string' || !VERSION.test(resourceVersion))
    throw notACluster(`${name} has no resourceVersion`)
  return { namespace, name, revision: Number(resourceVersion) }
}

const Memory = v.strictObject({ memory: v.tuple([v.string(), v.string()]) })
const attributes = {
  path: v.string(),
  kind: v.picklist(['file', 'directory', 'link']),
  mode: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0o7777)),
  mtime: Milliseconds,
}
const File = v.strictObject({
  file: v.union([
    v.strictObject({ ...attributes, text: v.string() }),
    v.strictObject({ ...attributes, base64: v.string() }),
  ]),
})

const readObject = (line: string): ObjectRow => {
  const end = line.indexOf(AND_OBJECT)
  const written = line.slice(OBJECT.length, Math.max(end, OBJECT.length))
  const resource = written.slice(1, -1)
  if (written !== JSON.stringify(resource) || !line.endsWith('}')) throw damaged('a line is wrong')
  const text = line.slice(end + AND_OBJECT.length, -1)
  return { kind: 'object', resource, ...identityOf(text), text }
}

const readOther = (line: string): SnapshotRow => {
  const value = parsed(line)
  if (line.startsWith(MEMORY)) {
    const result = v.safeParse(Memory, value)
    if (!result.success) throw notACluster('what a component keeps is no text')
    const [key, text] = result.output.memory
    return { kind: 'memory', key, value: text }
  }
  const result = v.safeParse(File, value)
  if (!result.success) throw notACluster(`a file is wrong (${issuesOf(result.issues)})`)
  const { path, kind, mode, mtime, ...content } = result.output.file
  const text = 'text' in content ? content.text : textOf(Buffer.from(content.base64, 'base64'))
  return { kind: 'file', file: { path, kind, mode, mtime, text } }
}

/** A line without its end. Whether its object is one that a cluster can live with is for others to see. */
export const readRow = (line: string): SnapshotRow => {
  const row = line.startsWith(OBJECT) ? readObject(line) : readOther(line)
  if (row.kind !== 'object' && rowLine(row) !== `${line}\n`)
    throw damaged('a line was written otherwise')
  return row
}
