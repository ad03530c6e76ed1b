// Making a session.
import { newSecret } from './capabilities.ts'
import { writeFiles } from './computer.ts'
import { readCreateBody } from './create-body.ts'
import { linksOf } from './links.ts'
import { placeOf } from './manifests.ts'
import { problemAnswer } from './problem.ts'
import { badRequest, bodyText, isRefusal, type Route } from './session-route.ts'

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
  const [id, key] = [newSecret(), newSecret()]
  const stub = context.env.SESSIONS.getByName(id)
  const { manifests, files, ...options } = parsed.body
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
