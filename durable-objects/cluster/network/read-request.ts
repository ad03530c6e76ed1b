// Reads what is asked to be sent, as JSON. Whatever it is: it becomes a request, or words that say what is wrong with it.
import { type Fields, fieldOf, isFields } from './fields.ts'
import { readSource } from './read-source.ts'
import { type Problem, quoted, readTarget } from './read-target.ts'
import type { TraceRequest } from './trace.ts'

export type { Problem } from './read-target.ts'

/** Many requests alike. */
export interface ManyRequests {
  readonly request: TraceRequest
  readonly count: number
}

export const MAX_REQUESTS = 100_000
const MAX_HEADERS = 64
const MAX_HEADER_LENGTH = 8192
const MAX_BODY = 65_536

const REQUEST_FIELDS = ['from', 'to', 'method', 'headers', 'body', 'sourcePort', 'connection']

/** `{from, to, method?, headers?, body?, sourcePort?, connection?}` */
export const readTraceRequest = (document: unknown): TraceRequest | Problem =>
  isFields(document)
    ? readRequest(document, REQUEST_FIELDS)
    : { problem: 'a request must be an object with "from" and "to"' }

/** The same with `count`. */
export const readManyRequests = (document: unknown): ManyRequests | Problem => {
  if (!isFields(document))
    return { problem: 'requests must be an object with "from", "to" and "count"' }
  const count = fieldOf(document, 'count')
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MAX_REQUESTS)
    return { problem: `count: must be a whole number from 1 to ${MAX_REQUESTS}` }
  const request = readRequest(document, [...REQUEST_FIELDS, 'count'])
  return 'problem' in request ? request : { request, count }
}

const readRequest = (fields: Fields, known: readonly string[]): TraceRequest | Problem => {
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined)
    return { problem: `${quoted(unknown)} is unknown: use ${known.join(', ')}` }
  const from = readSource(fieldOf(fields, 'from'))
  if ('problem' in from) return from
  const to = readTarget(fieldOf(fields, 'to'))
  if ('problem' in to) return to
  const headers = readHeaders(fieldOf(fields, 'headers') ?? {})
  if ('problem' in headers) return headers
  const { method = 'GET', body = '', sourcePort } = fields
  if (typeof method !== 'string' || !/^[A-Za-z]{1,20}$/.test(method))
    return { problem: 'method: must be a word such as GET or POST' }
  if (typeof body !== 'string' || body.length > MAX_BODY)
    return { problem: `body: must be text of at most ${MAX_BODY} characters` }
  const kept = readConnection(fields, to)
  if ('problem' in kept) return kept
  const request = { from, to, method: method.toUpperCase(), headers: headers.fields, body, ...kept }
  if (sourcePort === undefined) return request
  if (typeof sourcePort !== 'number' || !isPort(sourcePort))
    return { problem: 'sourcePort: must be a whole number from 1 to 65535' }
  return { ...request, sourcePort }
}

const readConnection = (
  fields: Fields,
  { scheme }: TraceRequest['to'],
): { readonly connection?: 'reuse' } | Problem => {
  const connection = fieldOf(fields, 'connection')
  if (connection === undefined) return {}
  if (connection !== 'reuse') return { problem: 'connection: must be "reuse" or absent' }
  return scheme === 'udp' || scheme === 'sctp'
    ? { problem: 'connection: only http, https and tcp have connections that can be kept' }
    : { connection }
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65535

const readHeaders = (value: unknown): { readonly fields: Record<string, string> } | Problem => {
  if (!isFields(value)) return { problem: 'headers: must be an object of texts' }
  const entries = Object.entries(value)
  if (entries.length > MAX_HEADERS)
    return { problem: `headers: must not be more than ${MAX_HEADERS}` }
  const headers: [string, string][] = []
  for (const [name, text] of entries) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/.test(name))
      return { problem: `headers: ${quoted(name)} is no name of a header` }
    // a line break would begin another header
    if (typeof text !== 'string' || text.length > MAX_HEADER_LENGTH || /[\r\n\0]/.test(text))
      return { problem: `headers: ${name} must be one line of text` }
    headers.push([name, text])
  }
  // not by assignment: a header may be called __proto__
  return { fields: Object.fromEntries(headers) }
}
