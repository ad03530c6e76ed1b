// The session's clock over HTTP.
import { readClockCall } from './clock-body.ts'
import { problemAnswer } from './problem.ts'
import { badRequest, bodyText, isRefusal, type Route, withSession } from './session-route.ts'

const NOT_KEPT = { headers: { 'cache-control': 'no-store' } }

export const clock = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const told = await stub.clock(access)
    return isRefusal(told) ? told : Response.json(told, NOT_KEPT)
  })

export const setClock = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const body = bodyText(context)
    if (body === undefined) return badRequest(context, 'The body is not UTF-8 text.')
    const call = readClockCall(body)
    if ('problem' in call) return badRequest(context, call.problem)
    const told = await stub.setClock(access, call.value)
    if (isRefusal(told)) return told
    return 'status' in told ? problemAnswer(context, told) : Response.json(told, NOT_KEPT)
  })
