// How `get` reads its command line.
import { TABLE_TYPE } from '#kubectl/client/api-client.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { ALLOWED_FORMATS } from '#kubectl/output/format.ts'
import type { TableOptions } from '#kubectl/output/table.ts'
import type { BuilderOptions } from '#kubectl/resource/builder.ts'
import type { Info } from '#kubectl/resource/info.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

export const GET_FORMATS = [
  ...ALLOWED_FORMATS,
  'custom-columns',
  'custom-columns-file',
  'wide',
].toSorted()

export const isHuman = (format: string): boolean => format === '' || format === 'wide'

/** The server makes the tables. */
export const isServerPrinted = ({ flags }: Invocation): boolean => flags.bool('server-print')

/** What the command line asks for. */
export const getOptions = (run: Invocation, isTabular: boolean): BuilderOptions => {
  const { flags, args } = run
  const isSorted = flags.string('sort-by') !== ''
  const allNamespaces = flags.bool('all-namespaces')
  return {
    args,
    allowsEmptySelector: true,
    ...filesOf(run),
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    subresource: flags.string('subresource'),
    allNamespaces,
    enforcesNamespace: run.connection.isExplicit && !allNamespaces,
    chunkSize: isSorted ? 0 : flags.int('chunk-size'),
    latest: true,
    flattens: true,
    continuesOnError: true,
    ...(isTabular && isServerPrinted(run) ? { accept: TABLE_TYPE } : {}),
    ...(isTabular && isServerPrinted(run) && isSorted
      ? { query: [['includeObject', 'Object']] }
      : {}),
  }
}

export const tableOptions = (
  run: Invocation,
  { resource }: Info,
  withKind: boolean,
): TableOptions => {
  const { flags } = run
  const { group, kind, isNamespaced } = resource
  const shownKind = withKind || flags.bool('show-kind')
  return {
    isWide: flags.string('output') === 'wide',
    withNamespace: flags.bool('all-namespaces') && isNamespaced,
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
    ...(shownKind ? { kind: `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}` } : {}),
  }
}
