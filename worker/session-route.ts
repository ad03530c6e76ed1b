// What all calls on a session share: finding it, and refusing.
import type { Context } from 'hono'
import { parseCapability } from './capabilities.ts'
import type { AppEnvironment } from './environment.ts'
import { type Problem, problemAnswer } from './problem.ts'
import { isRefusal } from '../durable-objects/session/access.ts'
import type {
  Access,
  ClusterSession,
  Refusal,
  RevisionRefusal,
} from '../durable-objects/cluster-session.ts'

/** The header of a session's answer that is a refusal. */
export const REFUSAL = 'x-refusal'

export { isRefusal } from '../durable-objects/session/access.ts'

export type Route = Context<AppEnvironment>

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** The body, or undefined if it is not UTF-8. */
export const bodyText = (context: Route): string | undefined => {
  try {
    return TEXT.decode(context.get('body'))
  } catch {
    return undefined // not UTF-8: the caller answers 400
  }
}

export const badRequest = (context: Route, detail: string): Response =>
  problemAnswer(context, { status: 400, title: 'Bad request', detail })

const REFUSALS: Readonly<Record<Exclude<Refusal, RevisionRefusal>, Problem>> = {
  'no such session': {
    status: 404,
    title: 'No such session',
    detail: 'It was deleted, or its link is wrong. POST /api/sessions makes a new one.',
  },
  'wrong key': {
    status: 401,
    title: 'Wrong key',
    detail:
      'The key of this session is another one. Send the key of its edit link as Authorization: Bearer KEY.',
  },
  'key needed': {
    status: 403,
    title: 'Read-only',
    detail: 'This link only looks. Send the key of the edit link as Authorization: Bearer KEY.',
  },
  'read-only': {
    status: 405,
    title: 'Read-only',
    detail:
      'The past and snapshots can only be looked at. POST …/fork makes a session of one, which can be changed.',
  },
}

const revisionProblem = ({ refusal, revision, oldest, newest }: RevisionRefusal): Problem => ({
  ...(refusal === 'compacted'
    ? {
        status: 410,
        title: 'Gone',
        detail: `Revision ${revision} is no longer kept. The oldest that can be shown is ${oldest}, the newest ${newest}.`,
      }
    : {
        status: 404,
        title: 'No such revision',
        detail: `There is no revision ${revision} yet. The newest is ${newest}, the oldest that can be shown ${oldest}.`,
      }),
  extra: { oldest, newest },
})

/** Why a call was refused, and what to do. */
export const refusalProblem = (refusal: Refusal): Problem =>
  typeof refusal === 'string' ? REFUSALS[refusal] : revisionProblem(refusal)

/** Finds the session that a route names and answers with what `act` returns, or with why not. */
export const withSession = async (
  context: Route,
  act: (
    stub: DurableObjectStub<ClusterSession>,
    access: Access,
    id: string,
  ) => Promise<Response | Refusal>,
): Promise<Response> => {
  const capability = parseCapability(
    context.req.param('id') ?? '',
    context.req.header('authorization'),
  )
  if (capability === undefined) return problemAnswer(context, REFUSALS['no such session'])
  const { id, access } = capability
  const answer = await act(context.env.SESSIONS.getByName(id), access, id)
  return isRefusal(answer) ? problemAnswer(context, refusalProblem(answer)) : answer
}

export const wantsYaml = (context: Route): boolean =>
  (context.req.header('accept') ?? '').includes('yaml')

/** A request for what goes on after the answer: the session is handed it as one, so that it hears when the client goes. */
export const askSession = async (
  stub: DurableObjectStub<ClusterSession>,
  asked: object,
  init: RequestInit,
): Promise<Response | Refusal> => {
  const headers = new Headers(init.headers)
  headers.set('x-request', encodeURIComponent(JSON.stringify(asked)))
  const answer = await stub.fetch('https://session/', { ...init, headers })
  if (answer.status === 101) return answer
  return answer.headers.has(REFUSAL) ? answer.json<Refusal>() : new Response(answer.body, answer)
}
