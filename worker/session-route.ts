// What all calls on a session share: finding it, and refusing.
import type { Context } from 'hono'
import { bearerKey, parseCapability } from './capabilities.ts'
import type { AppEnvironment } from './environment.ts'
import { problemAnswer } from './problem.ts'
import type { ClusterSession, Refusal } from '../durable-objects/cluster-session.ts'

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

const REFUSALS: Readonly<
  Record<Refusal, { readonly status: number; readonly title: string; readonly detail: string }>
> = {
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
}

export const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === 'string' && Object.hasOwn(REFUSALS, answer)

/** Finds the session that a route names and answers with what `act` returns, or with why not. */
export const withSession = async (
  context: Route,
  act: (
    stub: DurableObjectStub<ClusterSession>,
    id: string,
    key: string | undefined,
  ) => Promise<Response | Refusal>,
): Promise<Response> => {
  const capability = parseCapability(context.req.param('id') ?? '')
  if (capability === undefined) return problemAnswer(context, REFUSALS['no such session'])
  const key = capability.key ?? bearerKey(context.req.header('authorization'))
  const answer = await act(context.env.SESSIONS.getByName(capability.id), capability.id, key)
  return isRefusal(answer) ? problemAnswer(context, REFUSALS[answer]) : answer
}

export const wantsYaml = (context: Route): boolean =>
  (context.req.header('accept') ?? '').includes('yaml')
