// kubernetes: kubectl pkg/cmd/get/get.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { GET_FORMATS, getOptions, isHuman, tableOptions } from '#kubectl/commands/get/options.ts'
import { sortedInfos, sortedTables } from '#kubectl/commands/get/sort.ts'
import { getRaw } from '#kubectl/commands/get/raw.ts'
import { watchAndPrint } from '#kubectl/commands/get/watch.ts'
import {
  asFailure,
  KubectlFailure,
  throwAll,
  throwTogether,
  withoutNotFound,
} from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { AlignedColumns } from '#kubectl/output/aligned.ts'
import { outputFormat } from '#kubectl/output/format.ts'
import { shownIn } from '#kubectl/output/managed-fields.ts'
import { printerFor } from '#kubectl/output/printer.ts'
import {
  cellsOf,
  columnsOf,
  headersOf,
  isTable,
  rowsOf,
  tableOf,
  type TableOptions,
} from '#kubectl/output/table.ts'
import { build } from '#kubectl/resource/builder.ts'
import type { Info } from '#kubectl/resource/info.ts'

export function* get(run: Invocation): ToolRun<void> {
  const { flags, args } = run
  if (flags.string('raw') !== '') {
    checkRaw(run)
    return yield* getRaw(run)
  }
  const isWatch = flags.bool('watch') || flags.bool('watch-only')
  const format = outputFormat(run)
  if (isWatch && flags.string('sort-by') !== '')
    run.err(
      flags.bool('watch')
        ? 'warning: --watch requested, --sort-by will be ignored for watch events received\n'
        : 'warning: --watch-only requested, --sort-by will be ignored\n',
    )
  if (!isWatch && args.length === 0 && isWithoutFiles(run)) throw noType(run)
  if (flags.bool('show-labels') && format !== '' && format !== 'wide')
    throw new KubectlFailure(`--show-labels option cannot be used with ${format} printer`)
  if (flags.bool('output-watch-events') && !isWatch)
    throw new KubectlFailure(
      '--output-watch-events option can only be used with --watch or --watch-only',
    )
  if (isWatch) yield* watchAndPrint(run, isHuman(format))
  else if (isHuman(format)) printTables(run)
  else printObjects(run, format)
}

const isWithoutFiles = ({ flags }: Invocation): boolean =>
  flags.list('filename').length === 0 && flags.string('kustomize') === ''

const noType = (run: Invocation): KubectlFailure => {
  run.err(
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
  )
  return run.usage(
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
  )
}

const checkRaw = (run: Invocation): void => {
  const { flags, args } = run
  if (args.length > 0)
    throw new KubectlFailure('arguments may not be passed when --raw is specified')
  if (flags.bool('watch') || flags.bool('watch-only') || flags.string('selector') !== '')
    throw new KubectlFailure(
      '--raw may not be specified with other flags that filter the server request or alter the output',
    )
  if (flags.string('output') !== '')
    throw new KubectlFailure('--raw and --output are mutually exclusive')
  const raw = flags.string('raw')
  if (!raw.startsWith('/') && !/^[a-z]+:/i.test(raw))
    throw new KubectlFailure(
      `--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`,
    )
}

const ignoring = (run: Invocation, failures: readonly Error[]): readonly Error[] =>
  run.flags.bool('ignore-not-found') ? withoutNotFound(failures) : failures

const printTables = (run: Invocation): void => {
  const { flags } = run
  const found = build(run, getOptions(run, true)).infos()
  const failures = ignoring(run, found.failures)
  const withKind = new Set(found.infos.map(({ resource }) => kindKey(resource))).size > 1
  // several answers are put in order as they are, tables or not
  const answers = found.infos.length > 1 ? sortedInfos(run, found.infos) : found.infos
  const infos = sortedTables(run, answers)
  let isNamespaced = !flags.bool('all-namespaces')
  let written = false
  for (const group of byMapping(infos)) {
    const [first] = group
    isNamespaced &&= first!.resource.isNamespaced
    const text = tablesText(run, group, tableOptions(run, first!, withKind))
    if (text === '') continue
    if (written && !flags.bool('no-headers')) run.out('\n')
    run.out(text)
    written = true
  }
  if (!written && !flags.bool('ignore-not-found') && failures.length === 0)
    run.err(
      isNamespaced ? `No resources found in ${run.namespace} namespace.\n` : 'No resources found\n',
    )
  // what is wrong with files is told together
  ;(isWithoutFiles(run) ? throwAll : throwTogether)(failures)
}

const kindKey = ({ group, version, kind }: Info['resource']): string =>
  `${group}/${version}/${kind}`

/** Neighbours of one type are printed as one table. */
const byMapping = (infos: readonly Info[]): readonly (readonly Info[])[] => {
  const groups: Info[][] = []
  for (const info of infos) {
    const last = groups.at(-1)
    if (last !== undefined && last[0]!.resource === info.resource) last.push(info)
    else groups.push([info])
  }
  return groups
}

/** One heading, then the rows of all. */
const tablesText = (run: Invocation, infos: readonly Info[], options: TableOptions): string => {
  const rows: (readonly string[])[] = []
  let hasHeading = run.flags.bool('no-headers')
  for (const { object } of infos) {
    if (object === undefined) continue
    const table = isTable(object) ? object : tableOf(object, run.now())
    const columns = columnsOf(table)
    const all = rowsOf(table)
    if (all.length > 0 && !hasHeading) {
      rows.push(headersOf(columns, options))
      hasHeading = true
    }
    for (const row of all) rows.push(cellsOf(columns, row, options))
  }
  return new AlignedColumns().format(rows)
}

/** kubernetes: GetOptions.printGeneric */
const printObjects = (run: Invocation, format: string): void => {
  const result = build(run, getOptions(run, false))
  const { infos, failures: all } = result.infos()
  const failures = ignoring(run, all)
  if (result.isSingle) throwAll(failures)
  if (infos.length === 0 && run.flags.bool('ignore-not-found')) return throwAll(failures)
  const print = printerFor(run, format, GET_FORMATS)
  const shown = shownIn(run, format)
  try {
    const inOrder = result.isSingle ? infos : sortedInfos(run, infos)
    const sorted = inOrder.map(({ object }) => object!)
    run.out(print(shown(result.isSingle && sorted.length === 1 ? sorted[0]! : listOf(sorted))))
  } catch (error) {
    throwAll([...failures, asFailure(error)])
  }
  throwAll(failures)
}

const listOf = (items: readonly JsonObject[]): JsonObject => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
})
