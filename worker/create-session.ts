// Making a session.
import * as v from 'valibot'
import { newSecret } from './capabilities.ts'
import { Description, Title } from './change-session.ts'
import { writeFiles } from './computer.ts'
import { linksOf } from './links.ts'
import { placeOf } from './manifests.ts'
import { problemAnswer } from './problem.ts'
import { badRequest, bodyText, isRefusal, type Route } from './session-route.ts'

const MAX_MANIFESTS = 1024 * 1024

const CreateBody = v.strictObject({
  title: v.optional(Title),
  description: v.optional(Description),
  template: v.optional(v.picklist(['default', 'bare', 'synergychat'])),
  nodes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
  delays: v.optional(v.picklist(['lively', 'instant', 'real'])),
  manifests: v.optional(v.pipe(v.string(), v.maxLength(MAX_MANIFESTS))),
  files: v.optional(v.record(v.string(), v.string())),
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff))),
  proxyMode: v.optional(v.picklist(['iptables', 'nftables', 'ipvs'])),
  loadBalancer: v.optional(v.picklist(['cloud', 'none'])),
  proxySync: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(600_000))),
  dnsTTL: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3600))),
})

const parseCreateBody = (
  text: string,
): { readonly body: v.InferOutput<typeof CreateBody> } | { readonly problem: string } => {
  if (text.trim() === '') return { body: {} }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return {
      problem: `The body is not JSON: ${(error as Error).message}. Leave it empty for a default cluster, or send {"template": "default", "nodes": 3}.`,
    }
  }
  // valibot takes a list for an object without fields
  if (Array.isArray(value)) value = null
  const parsed = v.safeParse(CreateBody, value)
  if (parsed.success) return { body: parsed.output }
  const issues = parsed.issues.map(
    (issue) => `${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`,
  )
  return {
    problem: `${issues.join('; ')}. The fields are title, description, template, nodes, delays, manifests, files, seed, proxyMode, loadBalancer, proxySync and dnsTTL.`,
  }
}

/** What a new session's link says of it. */
export const createSession = async (context: Route): Promise<Response> => {
  const text = bodyText(context)
  if (text === undefined) return badRequest(context, 'The body is not UTF-8 text.')
  const parsed = parseCreateBody(text)
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
  if (manifests !== undefined) {
    const applied = await stub.apply({ key }, manifests)
    if (!isRefusal(applied) && applied.error !== undefined) {
      await stub.remove({ key })
      return problemAnswer(context, {
        status: 422,
        title: 'The manifests could not be applied',
        detail: applied.error.message,
        extra: placeOf(applied.error),
      })
    }
  }
  return Response.json(
    {
      id,
      key,
      title: session.title,
      createdAt: session.createdAt,
      links: linksOf(context, id, key),
    },
    { status: 201 },
  )
}
