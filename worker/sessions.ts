import { Hono, type MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { MAX_BODY_BYTES } from './body.ts'
import { newSecret } from './capabilities.ts'
import type { AppEnvironment } from './environment.ts'
import { files as computerFiles, shell, terminal, writeFiles } from './computer.ts'
import { kubeconfig } from './kubeconfig.ts'
import { problemAnswer } from './problem.ts'
import { diagnosis, requests, tables, trace, traceLink } from './network.ts'
import {
  badRequest,
  bodyText,
  isRefusal,
  type Route,
  wantsYaml,
  withSession,
} from './session-route.ts'
import type { ApplyOutcome } from '../durable-objects/cluster-session.ts'

const MAX_MANIFESTS = 1024 * 1024

const CreateBody = v.strictObject({
  title: v.optional(v.pipe(v.string(), v.maxLength(200))),
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
    problem: `${issues.join('; ')}. The fields are title, template, nodes, delays, manifests, files, seed, proxyMode, loadBalancer, proxySync and dnsTTL.`,
  }
}

const linksOf = (context: Route, id: string, key: string | undefined) => {
  const { origin } = new URL(context.req.url)
  const self = `${origin}/api/sessions/${id}`
  return {
    view: `${origin}/s/${id}`,
    ...(key === undefined ? {} : { edit: `${origin}/s/${id}#:${key}` }),
    embed: `${origin}/embed/${id}`,
    kubernetes: `${origin}/k8s/${key === undefined ? id : `${id}.${key}`}`,
    kubeconfig: `${self}/kubeconfig`,
    self,
  }
}

/** Where a manifest was refused, and the API server's Status if it came to that. */
const placeOf = ({ document, line, status }: NonNullable<ApplyOutcome['error']>) => ({
  document,
  line,
  ...(status === undefined ? {} : { cause: status }),
})

/** What is over the limit was not kept as a whole: nothing may be read from it. */
const refuseTooLarge: MiddlewareHandler<AppEnvironment> = async (context, next) => {
  if (context.get('body').length <= MAX_BODY_BYTES) return next()
  return problemAnswer(context, {
    status: 413,
    title: 'Too large',
    detail: `A body may have ${MAX_BODY_BYTES} bytes. Send manifests in parts.`,
  })
}

const create = async (context: Route): Promise<Response> => {
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
    await stub.remove(key)
    return badRequest(context, problem)
  }
  if (manifests !== undefined) {
    const applied = await stub.apply(key, manifests)
    if (typeof applied !== 'string' && applied.error !== undefined) {
      await stub.remove(key)
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

/** What Kubernetes has no word for: making, describing, deleting a session, and the few calls on it as a whole. */
export const sessions = new Hono<AppEnvironment>()
  .use(refuseTooLarge)
  .post('/', create)
  .get('/:id', (context) =>
    withSession(context, async (stub, id, key) => {
      const session = await stub.describe(key)
      return isRefusal(session)
        ? session
        : Response.json({ ...session, links: linksOf(context, id, undefined) })
    }),
  )
  .delete('/:id', (context) =>
    withSession(context, async (stub, _id, key) => {
      const removed = await stub.remove(key)
      return isRefusal(removed) ? removed : new Response(null, { status: 204 })
    }),
  )
  .get('/:id/kubeconfig', (context) =>
    withSession(context, async (stub, id, key) => {
      const session = await stub.describe(key)
      if (isRefusal(session)) return session
      return new Response(kubeconfig(new URL(context.req.url).origin, id, key), {
        headers: { 'content-type': 'application/yaml' },
      })
    }),
  )
  .get('/:id/live', (context) =>
    withSession(context, async (stub, _id, key) => {
      const live = await stub.live(key)
      if (isRefusal(live)) return live
      return new Response(live.body, {
        headers: {
          'content-type': 'application/jsonl',
          'cache-control': 'no-store',
          // a stream that is compressed is not flushed
          'content-encoding': 'identity',
        },
      })
    }),
  )
  .post('/:id/apply', (context) =>
    withSession(context, async (stub, _id, key) => {
      const text = bodyText(context)
      if (text === undefined)
        return badRequest(context, 'The body is not UTF-8 text. Send YAML or JSON manifests.')
      const applied = await stub.apply(key, text)
      if (isRefusal(applied)) return applied
      if (applied.error === undefined) return Response.json({ results: applied.results })
      const { error, results } = applied
      return problemAnswer(context, {
        status: error.code,
        title: 'A manifest could not be applied',
        detail: error.message,
        extra: { ...placeOf(error), results },
      })
    }),
  )
  .get('/:id/export', (context) =>
    withSession(context, async (stub, _id, key) => {
      const yaml = !(context.req.header('accept') ?? '').includes('json')
      const exported = await stub.export(key, yaml ? 'yaml' : 'json')
      if (isRefusal(exported)) return exported
      return new Response(exported.text, {
        headers: { 'content-type': yaml ? 'application/yaml' : 'application/json' },
      })
    }),
  )
  .get('/:id/state', (context) =>
    withSession(context, async (stub, _id, key) => {
      const state = await stub.state(key, wantsYaml(context) ? 'yaml' : 'json')
      if (isRefusal(state)) return state
      return new Response(state.text, {
        headers: { 'content-type': wantsYaml(context) ? 'application/yaml' : 'application/json' },
      })
    }),
  )
  .post('/:id/shell', shell)
  .get('/:id/terminal', terminal)
  .get('/:id/files', computerFiles)
  .on(['GET', 'PUT', 'DELETE'], '/:id/files/*', computerFiles)
  .get('/:id/nodes/:node/tables', tables)
  .get('/:id/diagnosis', diagnosis)
  .post('/:id/trace', trace)
  .get('/:id/trace', traceLink)
  .post('/:id/requests', requests)
  .all('*', (context) =>
    problemAnswer(context, {
      status: 405,
      title: 'No such call',
      detail: `${context.req.method} ${context.req.path} is not a call of this API. The calls are listed in the README.`,
    }),
  )
