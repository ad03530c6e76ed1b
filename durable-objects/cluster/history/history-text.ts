// History for terminals.
import type { Actor } from '#apimachinery/origin.ts'
import type { JsonValue } from '#apimachinery/object.ts'
import type { ChangedPath } from './changed-paths.ts'
import type { CauseLink } from './causes.ts'
import type { DiffDocument } from './diff-document.ts'
import type { RevisionEntry, Subject } from './entry.ts'
import type { HistoryDocument } from './history-document.ts'
import type { RevisionDocument } from './revision-document.ts'

/** What somebody wrote cannot move a terminal's cursor or begin a line of its own. */
const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')

const timeText = (at: string | undefined): string => at?.replace('T', ' ').replace('Z', '') ?? '-'

const actorText = (by: Actor | undefined): string => {
  if (by === undefined) return '-'
  if ('component' in by) return by.component
  return by.agent === '' ? by.user : `${by.agent} (${by.user})`
}

/** The last column is as long as it is. */
const columns = (rows: readonly (readonly string[])[]): string => {
  const clean = rows.map((row) => row.map(plain))
  const widths = clean[0]!.map((_cell, column) =>
    clean.reduce((width, row) => Math.max(width, row[column]!.length), 0),
  )
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join('   ')
  return `${clean.map((row) => lineOf(row).trimEnd()).join('\n')}\n`
}

const rowOf = ({ revision, at, by, cause, what }: RevisionEntry): readonly string[] => [
  String(revision),
  timeText(at),
  actorText(by),
  cause === undefined ? '-' : String(cause.revision),
  what.says,
]

export const historyText = ({ oldest, newest, revisions, next }: HistoryDocument): string => {
  const kept = `Revisions ${oldest} to ${newest} are kept.`
  if (revisions.length === 0) return `Nothing was written. ${kept}\n`
  const table = columns([['REVISION', 'TIME', 'BY', 'BECAUSE OF', 'WHAT'], ...revisions.map(rowOf)])
  const more = next === undefined ? '' : ` There are more after ${next}.`
  return `${table}\n${kept}${more}\n`
}

const INDENT = '  '

const linkLines = (link: CauseLink): readonly string[] => [
  `${timeText(link.at)}  revision ${link.revision}  ${actorText(link.by)}`,
  `${INDENT}${plain(link.what.says)}`,
]

/** Oldest first, as things came about. */
const chainText = (causes: readonly CauseLink[]): string => {
  const last = causes.at(-1)
  if (last === undefined) return ''
  const began = `${INDENT}${plain(last.because)}`
  const lines = [...causes].reverse().flatMap((link, index) => {
    const guess =
      index > 0 && link.isGuess === true
        ? [`${INDENT}(what made it happen is not known any more)`]
        : []
    return [...linkLines(link), ...(index === 0 ? [began] : guess)]
  })
  return `${lines.join('\n')}\n`
}

const LONGEST = 120

const valueText = (value: JsonValue | undefined): string => {
  if (value === undefined) return '(none)'
  const text = plain(JSON.stringify(value))
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

const changesText = (changes: readonly ChangedPath[], isCut: boolean): string =>
  [
    ...changes.map(
      ({ path, from, to }) => `${INDENT}${plain(path)}: ${valueText(from)} → ${valueText(to)}\n`,
    ),
    ...(isCut ? [`${INDENT}… and more\n`] : []),
  ].join('')

export const revisionText = (document: RevisionDocument): string => {
  const { revision, at, by, what, changes, changesAreCut, causes } = document
  const head = columns([
    ['Revision:', `${revision} of ${document.oldest} to ${document.newest}`],
    ['Time:', timeText(at)],
    ['By:', actorText(by)],
    ['What:', what.says],
  ])
  const changed =
    changes.length === 0 ? '' : `\nChanged:\n${changesText(changes, changesAreCut === true)}`
  return `${head}${changed}\nHow it came about:\n${chainText(causes)}`
}

const subjectText = ({ kind, namespace, name }: Subject): string =>
  plain(`${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`)

export const diffText = ({
  from,
  to,
  added,
  removed,
  changed,
  counts,
  isCut,
}: DiffDocument): string => {
  const { added: came, removed: went, changed: other } = counts
  const head = `From revision ${from} to ${to}: ${came} added, ${went} removed, ${other} changed.\n`
  const lines = [
    ...added.map((subject) => `+ ${subjectText(subject)}\n`),
    ...removed.map((subject) => `- ${subjectText(subject)}\n`),
    ...changed.map(
      (object) =>
        `~ ${subjectText(object)}\n${changesText(object.changes, object.changesAreCut === true)}`,
    ),
    ...(isCut === true ? ['… and more\n'] : []),
  ]
  return lines.length === 0 ? head : `${head}\n${lines.join('')}`
}
