// What is posted to be traced, and the answer in the form that was asked for.
import { parseJson } from '#apimachinery/json.ts'
import { utf8Length } from '#apimachinery/utf8.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { type Problem, readManyRequests, readTraceRequest } from '#network/read-request.ts'
import { sendRequests } from '#network/requests.ts'
import { requestsText } from '#network/requests-text.ts'
import { trace } from '#network/trace-request.ts'
import { traceText } from '#network/trace-text.ts'
import type { TraceSource } from '#network/trace.ts'
import type { ClusterWorld } from '#world/world.ts'

export type TraceFormat = 'json' | 'yaml' | 'text'

export interface TraceDocument {
  readonly contentType: string
  readonly text: string
}

/** Why nothing was sent, and what to do. */
export interface TraceRefusal {
  readonly status: 400 | 404 | 413
  readonly title: string
  readonly detail: string
}

/** A request has no business being longer. */
const MAX_BYTES = 256 * 1024

const MANY_EXAMPLE =
  'Send {"from": {"pod": "default/web-1"}, "to": "http://web-service/", "count": 1000}, as JSON or YAML.'
const EXAMPLE =
  'Send {"from": {"pod": "default/web-1"}, "to": "http://web-service/"}, as JSON or YAML.'

/** `POST …/trace` */
export const traceDocument = (
  world: ClusterWorld,
  body: string,
  format: TraceFormat,
): TraceDocument | TraceRefusal => {
  const request = readPosted(body, readTraceRequest, EXAMPLE)
  if ('status' in request) return request
  const missing = missingSender(world, request.from)
  if (missing !== undefined) return missing
  const traced = trace(world, request)
  return format === 'text' ? asText(traceText(traced, request)) : asDocument(traced, format)
}

/** `POST …/requests` */
export const requestsDocument = (
  world: ClusterWorld,
  body: string,
  format: TraceFormat,
): TraceDocument | TraceRefusal => {
  const many = readPosted(body, readManyRequests, MANY_EXAMPLE)
  if ('status' in many) return many
  const missing = missingSender(world, many.request.from)
  if (missing !== undefined) return missing
  const result = sendRequests(world, many)
  return format === 'text' ? asText(requestsText(result, many.request)) : asDocument(result, format)
}

const asText = (text: string): TraceDocument => ({
  contentType: 'text/plain; charset=utf-8',
  text,
})

const asDocument = (value: object, format: 'json' | 'yaml'): TraceDocument =>
  format === 'yaml'
    ? { contentType: 'application/yaml', text: printYaml(value) }
    : { contentType: 'application/json', text: JSON.stringify(value) }

/** Reads the body, then what it says. */
const readPosted = <T extends object>(
  body: string,
  read: (document: unknown) => T | Problem,
  example: string,
): T | TraceRefusal => {
  if (utf8Length(body) > MAX_BYTES)
    return {
      status: 413,
      title: 'Too large',
      detail: `A request to be traced may have ${MAX_BYTES} bytes, its own body included.`,
    }
  if (body.trim() === '') return badRequest(`The body is empty. ${example}`)
  let document: unknown
  try {
    document = valueOf(body)
  } catch (error) {
    return badRequest(`The body cannot be read: ${(error as Error).message}. ${example}`)
  }
  const result = read(document)
  return 'problem' in result ? badRequest(`${result.problem}. ${example}`) : result
}

/** What looks like JSON may be YAML's flow style; if it is neither, JSON was meant. */
const valueOf = (body: string): unknown => {
  if (!/^\s*[{[]/.test(body)) return parseYaml(body).value
  try {
    return parseJson(body).value
  } catch (error) {
    try {
      return parseYaml(body).value
    } catch {
      throw error
    }
  }
}

const badRequest = (detail: string): TraceRefusal => ({ status: 400, title: 'Bad request', detail })

/** A name that is nobody's is a slip, not a finding. */
const missingSender = (world: ClusterWorld, from: TraceSource): TraceRefusal | undefined => {
  if ('pod' in from) {
    const { namespace, name } = from.pod
    return world.pod(namespace, name) === undefined
      ? noSender(
          `The cluster has no Pod "${name}" in namespace "${namespace}". kubectl get pods -A lists them.`,
        )
      : undefined
  }
  return 'node' in from && world.node(from.node) === undefined
    ? noSender(`The cluster has no Node "${from.node}". kubectl get nodes lists them.`)
    : undefined
}

const noSender = (detail: string): TraceRefusal => ({
  status: 404,
  title: 'No such sender',
  detail,
})
