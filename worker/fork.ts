// A session made of another one.
import * as v from 'valibot'
import { newSecret } from './capabilities.ts'
import { linksOf } from './links.ts'
import { badRequest, bodyText, isRefusal, type Route, withSession } from './session-route.ts'

const REVISION = 'must be a revision: a whole number, as in the history'

const ForkBody = v.strictObject({
  at: v.optional(
    v.pipe(v.number(REVISION), v.integer(REVISION), v.minValue(0, REVISION), v.maxValue(2 ** 52)),
  ),
})

/** The revision that the fork begins with; absent: the newest. */
const readBody = (
  text: string,
): { readonly at?: number | undefined } | { readonly problem: string } => {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { problem: `The body is not JSON: ${(error as Error).message}.` }
  }
  const parsed = v.safeParse(ForkBody, Array.isArray(value) ? null : value)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const where = (v.getDotPath(issue) ?? 'the body').slice(0, 80)
  return { problem: `${where}: ${issue.message}.` }
}

export const fork = (context: Route): Promise<Response> =>
  withSession(context, async (_stub, access, from) => {
    const text = bodyText(context)
    const body = text === undefined ? { problem: 'The body is not UTF-8 text.' } : readBody(text)
    if ('problem' in body)
      return badRequest(
        context,
        `${body.problem} Leave it empty to fork the session as it is now, or send {"at": 120}.`,
      )
    const at = body.at ?? access.at
    const [id, key] = [newSecret(), newSecret()]
    const made = await context.env.SESSIONS.getByName(id).fork({
      from,
      access: { ...access, ...(at === undefined ? {} : { at }) },
      key,
    })
    if (isRefusal(made)) return made
    return Response.json({ id, key, ...made, links: linksOf(context, id, key) }, { status: 201 })
  })
