// What happened in a session, over HTTP.
import { formatOf } from './network.ts'
import { problemAnswer } from './problem.ts'
import { badRequest, isRefusal, type Route, wantsYaml, withSession } from './session-route.ts'
import type { HistoryCall } from '../durable-objects/cluster-session.ts'

const answer = (context: Route, call: HistoryCall): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const told = await stub.history(access, call, formatOf(context))
    if (isRefusal(told)) return told
    if ('text' in told)
      return new Response(told.text, {
        headers: { 'content-type': told.contentType, 'cache-control': 'no-store' },
      })
    const { status, title, detail, ...extra } = told
    return problemAnswer(context, { status, title, detail, extra })
  })

/** The last revisions, or those after one. */
export const history = (context: Route): Promise<Response> =>
  answer(context, { ask: 'revisions', query: { ...context.req.query() } })

/** What a revision changed, and why. */
export const revision = (context: Route): Promise<Response> =>
  answer(context, {
    ask: 'revision',
    revision: context.req.param('revision') ?? '',
    query: {},
  })

/** What is other at one revision than at another. */
export const diff = (context: Route): Promise<Response> =>
  answer(context, {
    ask: 'diff',
    from: context.req.param('revision') ?? '',
    to: context.req.param('to') ?? '',
    query: { ...context.req.query() },
  })

/** The state as of a revision: what `GET /api/sessions/ID@REVISION/state` answers. */
export const objects = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const text = context.req.param('revision') ?? ''
    if (!/^\d{1,15}$/.test(text))
      return badRequest(context, 'A revision is a whole number, as in the history.')
    const yaml = wantsYaml(context)
    const state = await stub.state({ ...access, at: Number(text) }, yaml ? 'yaml' : 'json')
    if (isRefusal(state)) return state
    return new Response(state.text, {
      headers: { 'content-type': yaml ? 'application/yaml' : 'application/json' },
    })
  })
