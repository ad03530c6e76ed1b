// kubernetes: kubectl pkg/cmd/events/{events,event_printer}.go
import { append } from '#apimachinery/append.ts'
import type { Event } from '#api/core/v1/event/types.ts'
import { age } from '#apimachinery/age.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { eventsOf } from '#kubectl/client/watch.ts'
import { goSort } from '#kubectl/describe/go-sort.ts'
import { KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { AlignedColumns } from '#kubectl/output/aligned.ts'
import { outputFormat, withoutManagedFields } from '#kubectl/output/format.ts'
import { typedPrinterFor } from '#kubectl/output/printer.ts'
import { asTyped } from '#kubectl/output/typed.ts'
import { escapeTerminal } from '#kubectl/output/prefix-writer.ts'

const CHUNK = '500'

type Query = [string, string][]
type Print = (events: readonly Event[], isList: boolean) => string

export function* events(run: Invocation): ToolRun<void> {
  const { flags } = run
  const all = flags.bool('all-namespaces')
  const query: Query = [['limit', CHUNK]]
  const about = objectOf(run)
  const print = eventPrinter(run)
  if (about !== undefined)
    query.push([
      'fieldSelector',
      `involvedObject.kind=${about.kind},involvedObject.name=${about.name}`,
    ])
  const types = flags.list('types').map((type) => type.toLowerCase())
  if (types.some((type) => type !== 'normal' && type !== 'warning'))
    throw new KubectlFailure('valid --types are Normal or Warning')
  const isAsked = ({ type = '' }: Event): boolean =>
    types.length === 0 || types.includes(type.toLowerCase())
  const path = all
    ? '/api/v1/events'
    : `/api/v1/namespaces/${encodeURIComponent(run.namespace)}/events`
  if (flags.bool('watch')) return yield* watch(run, path, query, isAsked, print)
  const found = listed(run, path, query).filter(isAsked)
  if (found.length > 0) return run.out(print(sorted(found), true))
  run.err(all ? 'No events found.\n' : `No events found in ${run.namespace} namespace.\n`)
}

/** `--for TYPE/NAME`. kubernetes: decodeResourceTypeName */
const objectOf = (
  run: Invocation,
): { readonly kind: string; readonly name: string } | undefined => {
  const given = run.flags.string('for')
  if (given === '') return undefined
  const [type = '', name, ...more] = given.split('/')
  if (name === undefined) throw new KubectlFailure('--for must be in resource/name form')
  if (more.length > 0)
    throw new KubectlFailure('arguments in resource/name form may not have more than one slash')
  if (type === '') throw new KubectlFailure('a resource must be present, got: /, Resource=')
  const [plain = '', ...group] = type.split('.')
  const resource = run.mapper.byResource(
    plain,
    group.length === 0 ? {} : { group: group.join('.') },
  )
  if (resource === undefined)
    throw new PlainFailure(`the server doesn't have a resource type ${JSON.stringify(type)}`)
  return name === '' ? undefined : { kind: resource.kind, name }
}

const listed = (run: Invocation, path: string, query: Query): readonly Event[] => {
  const found: Event[] = []
  let next = ''
  do {
    const list = run.client.get(path, next === '' ? query : [...query, ['continue', next]])
    append(found, (list['items'] ?? []) as unknown as readonly Event[])
    const { continue: more = '' } = (list['metadata'] ?? {}) as { readonly continue?: string }
    next = more
  } while (next !== '')
  return found
}

function* watch(
  run: Invocation,
  path: string,
  query: Query,
  isAsked: (event: Event) => boolean,
  print: Print,
): ToolRun<void> {
  const stream = eventsOf(run, { method: 'GET', path, query: [...query, ['watch', 'true']] })
  try {
    for (;;) {
      const news = yield* stream.next()
      if (news === undefined) return
      const event = news.object as unknown as Event
      if (news.type !== 'DELETED' && isAsked(event)) run.out(print([event], false))
    }
  } finally {
    stream.close()
  }
}

const momentOf = (text: string | null | undefined): number =>
  text === undefined || text === null ? -Infinity : parseTime(text)

/** When it was seen last. kubernetes: eventTime */
const seenAt = ({ series, lastTimestamp, eventTime }: Event): number =>
  series
    ? momentOf(series.lastObservedTime)
    : lastTimestamp
      ? momentOf(lastTimestamp)
      : momentOf(eventTime)

const sorted = (found: readonly Event[]): readonly Event[] =>
  goSort(found, (a, b) => seenAt(a) < seenAt(b))

const eventPrinter = (run: Invocation): Print => {
  const format = outputFormat(run)
  if (format === '') return tablePrinter(run)
  const print = typedPrinterFor(run, format)
  const shown = (object: JsonObject): JsonObject =>
    run.flags.bool('show-managed-fields') ? object : withoutManagedFields(object)
  // a list of this type has no name, and is not looked into
  if (format === 'name')
    return (found, isList) => (isList ? '' : found.map((event) => print(inOrder(event))).join(''))
  return (found, isList) =>
    isList
      ? print(
          shown({ kind: 'EventList', apiVersion: 'v1', metadata: {}, items: found.map(inOrder) }),
        )
      : found.map((event) => print(shown(inOrder(event)))).join('')
}

const inOrder = (event: Event): JsonObject =>
  asTyped({ kind: 'Event', apiVersion: 'v1', ...(event as unknown as JsonObject) })

const tablePrinter = (run: Invocation): Print => {
  const withNamespace = run.flags.bool('all-namespaces')
  const aligned = new AlignedColumns()
  let hasHeading = run.flags.bool('no-headers')
  return (found) => {
    const rows: (readonly string[])[] = []
    if (!hasHeading)
      rows.push([
        ...(withNamespace ? ['NAMESPACE'] : []),
        'LAST SEEN',
        'TYPE',
        'REASON',
        'OBJECT',
        'MESSAGE',
      ])
    hasHeading = true
    for (const event of found) rows.push(rowOf(run, event, withNamespace))
    return aligned.format(rows)
  }
}

const rowOf = (run: Invocation, event: Event, withNamespace: boolean): readonly string[] => {
  const { type = '', reason = '', message = '', involvedObject, metadata } = event
  const { kind = '', name = '' } = involvedObject
  return [
    ...(withNamespace ? [metadata.namespace ?? ''] : []),
    intervalOf(event, run.now()),
    cell(type),
    cell(reason),
    `${cell(kind)}/${cell(name)}`,
    cell(message.trim()),
  ]
}

/** A line break ends what is shown. */
const cell = (text: string): string => {
  const end = text.search(/[\f\n\r]/)
  return escapeTerminal(end < 0 ? text : `${text.slice(0, end)}...`)
}

/** kubernetes: getInterval */
const intervalOf = (event: Event, now: number): string => {
  const { eventTime, firstTimestamp, lastTimestamp, series, count = 0 } = event
  const first = age(now, eventTime || firstTimestamp)
  if (series) return `${age(now, series.lastObservedTime)} (x${series.count ?? 0} over ${first})`
  return count > 1 ? `${age(now, lastTimestamp)} (x${count} over ${first})` : first
}
