// What is said of a session, and its key.
import * as v from 'valibot'
import { Delays } from './delays.ts'
import { newSecret } from './capabilities.ts'
import { linksOf } from './links.ts'
import { badRequest, bodyText, isRefusal, type Route, withSession } from './session-route.ts'

const text = (most: number) =>
  v.pipe(v.string('must be text'), v.maxLength(most, `may have ${most} characters`))

/** What a title and a description may be, whoever sets them. */
export const Title = text(200)
export const Description = text(2000)

const ChangeBody = v.strictObject({
  title: v.optional(Title),
  description: v.optional(Description),
  delays: v.optional(Delays),
})

const FIELDS = 'The fields are title, description and delays.'

type Change = v.InferOutput<typeof ChangeBody>

const readChange = (body: string): Change | { readonly problem: string } => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (error) {
    return { problem: `The body is not JSON: ${(error as Error).message}. ${FIELDS}` }
  }
  const parsed = v.safeParse(ChangeBody, Array.isArray(value) ? null : value)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const where = (v.getDotPath(issue) ?? 'the body').slice(0, 80)
  return { problem: `${where}: ${issue.message}. ${FIELDS}` }
}

export const changeSession = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access, id) => {
    const body = bodyText(context)
    const change =
      body === undefined ? { problem: 'The body is not UTF-8 text.' } : readChange(body)
    if ('problem' in change) return badRequest(context, change.problem)
    const session = await stub.amend(access, change)
    if (isRefusal(session)) return session
    return Response.json({ ...session, links: linksOf(context, id, undefined) })
  })

/** The key that was known is none any more; who has a view link keeps it. */
export const changeKey = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access, id) => {
    const key = newSecret()
    const changed = await stub.changeKey(access, key)
    return isRefusal(changed)
      ? changed
      : Response.json({ key, links: linksOf(context, id, key) }, { status: 201 })
  })
