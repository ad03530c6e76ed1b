import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/event-recorder.ts'
import type { Event } from '#api/core/v1/event/types.ts'
import type { Mutable } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { formatMicroTime, formatTime, parseTime } from '#apimachinery/time.ts'
import type { Random } from '#environment.ts'

// kubernetes: client-go tools/record/events_cache.go: a source may write so many Events about one object at once, then one per 5 minutes.
const BURST = 25
const REFILL_MS = 300_000

type Recorded = Parameters<EventRecorder['record']>[0]

/**
 * The recorder that components use. A repeated Event is counted on the stored one, so nothing is kept in memory. An Event that the API
 * server refuses (its namespace is going) is lost; that keeps nobody from their work.
 */
export const eventRecorder = (client: Client, random: Random): EventRecorder => ({
  record: (event) => {
    try {
      write(client, random, event)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
    }
  },
})

const write = (client: Client, random: Random, event: Recorded): void => {
  const known = client.list('events', { involved: event.object.metadata.uid ?? '' })
  if (!mayWrite(known, event, client.now())) return
  const same = known.find((candidate) => isSame(candidate, event))
  if (same !== undefined) count(client, same)
  else client.create('events', newEvent(client.now(), random, event), { validated: true })
}

const isSame = (candidate: Event, event: Recorded): boolean =>
  candidate.reason === event.reason &&
  candidate.message === event.message &&
  candidate.type === event.type &&
  sourceOf(candidate) === event.component &&
  candidate.involvedObject.fieldPath === event.fieldPath

const sourceOf = (event: Event): string => event.source?.component ?? event.reportingComponent ?? ''

/** The newer API has its own way of not repeating itself: its series are not cut off. */
const mayWrite = (known: readonly Event[], event: Recorded, now: number): boolean => {
  if (event.action !== undefined || known.length === 0) return true
  const mine = known.filter((candidate) => sourceOf(candidate) === event.component)
  const written = mine.reduce((sum, candidate) => sum + (candidate.count ?? 1), 0)
  if (written < BURST) return true
  const first = Math.min(
    ...mine.map((candidate) =>
      parseTime(candidate.firstTimestamp ?? candidate.metadata.creationTimestamp ?? ''),
    ),
  )
  return written < BURST + Math.floor((now - first) / REFILL_MS)
}

const count = (client: Client, event: Event): void => {
  const now = client.now()
  if ((event.eventTime ?? '') !== '') {
    const series = { count: (event.series?.count ?? 1) + 1, lastObservedTime: formatMicroTime(now) }
    client.update('events', { ...event, series }, { validated: true })
    return
  }
  client.update(
    'events',
    { ...event, count: (event.count ?? 1) + 1, lastTimestamp: formatTime(now) },
    { validated: true },
  )
}

const newEvent = (now: number, random: Random, event: Recorded): Event => {
  const { object, reason, message, type, component, action } = event
  const { name = '', namespace = 'default' } = object.metadata
  // The name ends in the nanosecond at which it was written. Within a millisecond the count of random numbers drawn tells Events apart,
  // so that their names sort as they came about: kubectl keeps that order where times are equal.
  random.next()
  const nanoseconds = hexSum(hexParts(now), random.position % 1_000_000)
  // Whole literals without spreads: most objects that are written are Events.
  const metadata = { name: `${name}.${nanoseconds}`, namespace }
  const involvedObject = referenceTo(event)
  if (action === undefined) {
    const time = formatTime(now)
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      involvedObject,
      reason,
      message,
      type,
      source: sourceFrom(event),
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      reportingComponent: component,
      reportingInstance: event.host ?? '',
    }
  }
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject,
    reason,
    message,
    type,
    source: {},
    eventTime: formatMicroTime(now),
    action,
    reportingComponent: component,
    reportingInstance: event.host ?? `${component}-node-1`,
  }
}

/** A count of nanoseconds in two parts, as it has more bits than a number. */
interface Nanoseconds {
  readonly now: number
  readonly high: number
  readonly low: number
}

const LOW = 2 ** 32
let latest: Nanoseconds = { now: 0, high: 0, low: 0 }

/** Events come by the thousand at one moment. */
const hexParts = (now: number): Nanoseconds => {
  if (latest.now === now) return latest
  const all = BigInt(now) * 1_000_000n
  latest = { now, high: Number(all >> 32n), low: Number(all & 0xffffffffn) }
  return latest
}

const hexSum = ({ high, low }: Nanoseconds, more: number): string => {
  const sum = low + more
  const [above, below] = sum < LOW ? [high, sum] : [high + 1, sum - LOW]
  return `${above.toString(16)}${below.toString(16).padStart(8, '0')}`
}

const sourceFrom = ({ component, host }: Recorded): NonNullable<Event['source']> =>
  host === undefined ? { component } : { component, host }

/** An object without namespace is named without one. */
const referenceTo = ({ object, fieldPath }: Recorded): Event['involvedObject'] => {
  const { apiVersion, kind, metadata } = object
  const { name = '', namespace, uid = '', resourceVersion = '' } = metadata
  const reference: Mutable<Event['involvedObject']> =
    namespace === undefined
      ? { kind, name, uid, apiVersion }
      : { kind, namespace, name, uid, apiVersion }
  if (resourceVersion !== '') reference.resourceVersion = resourceVersion
  if (fieldPath !== undefined) reference.fieldPath = fieldPath
  return reference
}
