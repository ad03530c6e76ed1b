// `get -w`: what there is, then whatever changes. kubernetes: kubectl pkg/cmd/get/get.go watch
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { JSON_TYPE, TABLE_TYPE } from '#kubectl/client/api-client.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { eventsOf } from '#kubectl/client/watch.ts'
import { GET_FORMATS, getOptions, tableOptions } from '#kubectl/commands/get/options.ts'
import { sortedTables } from '#kubectl/commands/get/sort.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { AlignedColumns } from '#kubectl/output/aligned.ts'
import { outputFormat } from '#kubectl/output/format.ts'
import { shownIn } from '#kubectl/output/managed-fields.ts'
import { printerFor } from '#kubectl/output/printer.ts'
import { cellsOf, columnsOf, headersOf, isTable, rowsOf, tableOf } from '#kubectl/output/table.ts'
import { build } from '#kubectl/resource/builder.ts'
import { itemsOf } from '#kubectl/resource/documents.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'

export function* watchAndPrint(run: Invocation, isTabular: boolean): ToolRun<void> {
  const { flattens: _flattens, ...options } = getOptions(run, isTabular)
  const result = build(run, { ...options, continuesOnError: false, singleResourceType: true })
  const infos = result.all()
  const [info] = infos
  const kinds = new Set(
    infos.map(({ resource: { group, version, kind } }) => `${group}/${version}/${kind}`),
  )
  if (info === undefined || kinds.size > 1)
    throw new KubectlFailure(
      'watch is only supported on individual resources and resource collections - more than 1 resource was found',
    )
  const isList = !result.targetsSingleItems
  const print = isTabular ? tablePrinter(run, info) : objectPrinter(run)
  const isEvents = run.flags.bool('output-watch-events')
  const show = (objects: readonly JsonObject[], type: string): void =>
    run.out(print(objects, isEvents ? type : undefined))
  if (!run.flags.bool('watch-only'))
    show(
      // events are never put in order
      (isEvents ? infos : sortedTables(run, infos, true)).flatMap(({ object }) =>
        isList ? listed(object!) : [object!],
      ),
      'ADDED',
    )
  if (infos.length > 1)
    throw new KubectlFailure('you may only watch a single resource or type of resource at a time')
  const events = eventsOf(run, watchCall(run, info, isList, isTabular))
  // whoever watches one object is told first what it is
  let isFirst = !isList
  for (;;) {
    const event = yield* events.next()
    if (event === undefined) return
    if (!isFirst) show([event.object], event.type)
    isFirst = false
  }
}

const listed = (object: JsonObject): readonly JsonObject[] =>
  isTable(object) ? [object] : itemsOf(object)

const watchCall = (run: Invocation, info: Info, isList: boolean, isTabular: boolean) => {
  const { resource, namespace, name, object } = info
  const { resourceVersion = '' } = metadataOf(object)
  const query: [string, string][] = [
    ['resourceVersion', isList ? resourceVersion : '0'],
    ['watch', 'true'],
  ]
  const labels = run.flags.string('selector')
  const fields = run.flags.string('field-selector')
  if (labels !== '') query.push(['labelSelector', labels])
  if (!isList) query.push(['fieldSelector', `metadata.name=${name}`])
  else if (fields !== '') query.push(['fieldSelector', fields])
  return {
    method: 'GET',
    path: pathTo(resource, namespace),
    query,
    accept: isTabular ? TABLE_TYPE : JSON_TYPE,
  } as const
}

/** kubernetes: printers/tableprinter.go formatEventType */
const LONGEST_EVENT = 'MODIFIED'

type Print = (objects: readonly JsonObject[], event: string | undefined) => string

/** Columns keep their widths, and headings come once. */
const tablePrinter = (run: Invocation, info: Info): Print => {
  const options = tableOptions(run, info, false)
  const aligned = new AlignedColumns()
  let hasHeading = run.flags.bool('no-headers')
  // the API server tells them once in a watch
  let columns: ReturnType<typeof columnsOf> = []
  return (objects, event) => {
    const rows: (readonly string[])[] = []
    const more = (cells: readonly string[], first: string): readonly string[] =>
      event === undefined ? cells : [first.padEnd(LONGEST_EVENT.length), ...cells]
    for (const object of objects) {
      const table = isTable(object) ? object : tableOf(object, run.now())
      const told = columnsOf(table)
      if (told.length > 0) columns = told
      if (!hasHeading && rowsOf(table).length > 0) {
        rows.push([...(event === undefined ? [] : ['EVENT']), ...headersOf(columns, options)])
        hasHeading = true
      }
      for (const row of rowsOf(table)) rows.push(more(cellsOf(columns, row, options), event ?? ''))
    }
    return aligned.format(rows)
  }
}

const objectPrinter = (run: Invocation): Print => {
  const format = outputFormat(run)
  const print = printerFor(run, format, GET_FORMATS)
  const shown = shownIn(run, format)
  const isName = format.toLowerCase() === 'name'
  return (objects, event) =>
    objects
      .map((object) =>
        // kubernetes: NamePrinter tells nothing of the event
        print(
          event === undefined || isName ? shown(object) : { type: event, object: shown(object) },
        ),
      )
      .join('')
}
