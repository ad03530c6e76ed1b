// Making a session.
import { newSecret } from './capabilities.ts'
import { writeFiles } from './computer.ts'
import { type CreateBody, readCreateBody } from './create-body.ts'
import { linksOf } from './links.ts'
import { placeOf } from './manifests.ts'
import { problemAnswer } from './problem.ts'
import { badRequest, bodyText, isRefusal, type Route } from './session-route.ts'
import { snapshotProblem } from './snapshots.ts'

/** What a new session's link says of it. */
export const createSession = async (context: Route): Promise<Response> => {
  const text = bodyText(context)
  if (text === undefined) return badRequest(context, 'The body is not UTF-8 text.')
  const parsed = readCreateBody(
    context.req.header('content-type') ?? '',
    new URL(context.req.url).searchParams,
    text,
  )
  if ('problem' in parsed) return badRequest(context, parsed.problem)
  if (parsed.body.snapshot !== undefined) return createOfSnapshot(context, parsed.body)
  const [id, key] = [newSecret(), newSecret()]
  const stub = context.env.SESSIONS.getByName(id)
  const { manifests, files, snapshot: _none, ...options } = parsed.body
  const session = await stub.create({
    ...options,
    key,
    seed: options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!,
  })
  const problem = files === undefined ? undefined : await writeFiles(stub, key, files)
  if (problem !== undefined) {
    await stub.remove({ key })
    return badRequest(context, problem)
  }
  const begun = manifests === undefined ? undefined : await stub.begin({ key }, manifests)
  if (begun !== undefined && !isRefusal(begun) && begun.applied?.error !== undefined) {
    await stub.remove({ key })
    return problemAnswer(context, {
      status: 422,
      title: 'The manifests could not be applied',
      detail: begun.applied.error.message,
      extra: placeOf(begun.applied.error),
    })
  }
  return Response.json(
    {
      id,
      key,
      title: session.title,
      createdAt: session.createdAt,
      links: linksOf(context, id, key),
      // what another cluster printed is taken as far as it goes
      ...(begun !== undefined && !isRefusal(begun) && begun.imported !== undefined
        ? { import: begun.imported }
        : {}),
    },
    { status: 201 },
  )
}

/** Makes a session of the few bytes that a link holds. All else is in there. */
const createOfSnapshot = async (
  context: Route,
  { snapshot = '', title, ...others }: CreateBody,
): Promise<Response> => {
  const [other] = Object.keys(others)
  if (other !== undefined)
    return badRequest(
      context,
      `${other}: a snapshot says this itself. Send it with a title or alone.`,
    )
  const [id, key] = [newSecret(), newSecret()]
  const made = await context.env.SESSIONS.getByName(id).adoptSnapshot(snapshot, { key, title })
  if ('problem' in made) return snapshotProblem(context, made)
  return Response.json({ id, key, ...made, links: linksOf(context, id, key) }, { status: 201 })
}
