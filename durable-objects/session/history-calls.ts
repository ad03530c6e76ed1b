// What happened in a session, as documents.
import { printYaml } from '../cluster/apimachinery/yaml/print.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { diffDocument } from '../cluster/history/diff-document.ts'
import { historyDocument, readHistoryQuery } from '../cluster/history/history-document.ts'
import { diffText, historyText, revisionText } from '../cluster/history/history-text.ts'
import { type HistoryProblem, isProblem, readRevision } from '../cluster/history/problem.ts'
import { revisionDocument } from '../cluster/history/revision-document.ts'

export type { HistoryProblem } from '../cluster/history/problem.ts'

/** The revisions, one of them, or what is other between two; revisions as they stand in the address. */
export type HistoryCall = { readonly query: Readonly<Record<string, string>> } & (
  | { readonly ask: 'revisions' }
  | { readonly ask: 'revision'; readonly revision: string }
  | { readonly ask: 'diff'; readonly from: string; readonly to: string }
)

export type Format = 'json' | 'yaml' | 'text'

export interface HistoryText {
  readonly contentType: string
  readonly text: string
}

const told = <T>(document: T, format: Format, inWords: (document: T) => string): HistoryText => {
  switch (format) {
    case 'text':
      return { contentType: 'text/plain; charset=utf-8', text: inWords(document) }
    case 'yaml':
      return { contentType: 'application/yaml', text: printYaml(document) }
    case 'json':
      return { contentType: 'application/json', text: JSON.stringify(document) }
  }
}

/** `withSecrets`: who asks may see what Secrets hold. */
export const answerHistory = (
  cluster: Cluster,
  call: HistoryCall,
  format: Format,
  withSecrets: boolean,
): HistoryText | HistoryProblem => {
  if (call.ask === 'revision') {
    const revision = readRevision(cluster, call.revision)
    if (typeof revision === 'object') return revision
    const document = revisionDocument(cluster, revision, withSecrets)
    return isProblem(document) ? document : told(document, format, revisionText)
  }
  const options = readHistoryQuery(cluster, call.query)
  if (isProblem(options)) return options
  if (call.ask === 'revisions') {
    const document = historyDocument(cluster, options)
    return isProblem(document) ? document : told(document, format, historyText)
  }
  const [from, to] = [
    readRevision(cluster, call.from, 'from'),
    readRevision(cluster, call.to, 'to'),
  ]
  if (typeof from === 'object') return from
  if (typeof to === 'object') return to
  const document = diffDocument(cluster, from, to, withSecrets, options)
  return isProblem(document) ? document : told(document, format, diffText)
}
