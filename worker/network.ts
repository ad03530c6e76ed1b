// What carries packets, over HTTP: the nodes' tables, the way of requests, and why a Service does not work.
import * as v from 'valibot'
import { problemAnswer } from './problem.ts'
import { badRequest, bodyText, isRefusal, type Route, withSession } from './session-route.ts'
import type { TraceDocument, TraceRefusal } from '../durable-objects/cluster-session.ts'

const TablesQuery = v.strictObject({
  format: v.optional(
    v.picklist(['iptables', 'nftables', 'ipvs', 'json'], 'write iptables, nftables, ipvs or json'),
  ),
  table: v.optional(
    v.pipe(v.string(), v.maxLength(64, 'write the name of a table, for example nat')),
  ),
  family: v.optional(v.picklist(['ip', 'ip6', 'inet'], 'write ip, ip6 or inet')),
})

type TablesIssue = v.InferIssue<typeof TablesQuery>

/** What to write instead: never the validator's own words. */
const tablesProblem = ({ kind, type, message, path }: TablesIssue): string => {
  const name = String(path?.[0].key).slice(0, 40)
  if (kind === 'schema' && type === 'strict_object')
    return `${name}: unknown; the parameters are format, table and family`
  return `${name}: ${message}`
}

export const tables = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const query = v.safeParse(TablesQuery, context.req.query())
    if (!query.success) return badRequest(context, tablesProblem(query.issues[0]))
    const node = context.req.param('node') ?? ''
    const document = await stub.tables(access, node, query.output)
    if (document === 'no such node')
      return problemAnswer(context, {
        status: 404,
        title: 'No such node',
        detail: `The cluster has no Node "${node}". kubectl get nodes lists them.`,
      })
    if (isRefusal(document)) return document
    return new Response(document.text, { headers: { 'content-type': document.contentType } })
  })

/** The first form in `Accept` that there is. */
export const formatOf = (context: Route): 'json' | 'yaml' | 'text' => {
  for (const type of (context.req.header('accept') ?? '').split(',')) {
    if (type.includes('json')) return 'json'
    if (type.includes('yaml')) return 'yaml'
    if (type.trim().startsWith('text/plain')) return 'text'
  }
  return 'json'
}

/** What the session tells of requests that it sent, or why it sent none. */
const answerWith = (context: Route, told: TraceDocument | TraceRefusal): Response =>
  'status' in told
    ? problemAnswer(context, told)
    : new Response(told.text, { headers: { 'content-type': told.contentType } })

export const trace = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const text = bodyText(context)
    if (text === undefined) return badRequest(context, 'The body is not UTF-8 text.')
    const traced = await stub.follow(access, text, formatOf(context))
    if (isRefusal(traced)) return traced
    return answerWith(context, traced)
  })

/** A trace's own link: sends the request again, and leaves nothing behind. */
export const traceLink = (context: Route): Promise<Response> =>
  withSession(context, async (stub, { key: _unused, ...access }) => {
    const body = JSON.stringify({ from: '', ...context.req.query() })
    const traced = await stub.follow(access, body, formatOf(context))
    if (isRefusal(traced)) return traced
    return answerWith(context, traced)
  })

export const requests = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const text = bodyText(context)
    if (text === undefined) return badRequest(context, 'The body is not UTF-8 text.')
    const sent = await stub.requests(access, text, formatOf(context))
    if (isRefusal(sent)) return sent
    return answerWith(context, sent)
  })

export const diagnosis = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const answer = await stub.diagnosis(access, { ...context.req.query() }, formatOf(context))
    if (isRefusal(answer)) return answer
    if ('problem' in answer) return badRequest(context, answer.problem)
    if ('missing' in answer)
      return problemAnswer(context, {
        status: 404,
        title: 'No such Service',
        detail: `There is no Service ${answer.missing}. kubectl get services -A lists them.`,
      })
    return new Response(answer.text, { headers: { 'content-type': answer.contentType } })
  })
