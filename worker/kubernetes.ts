import { Hono, type Context } from 'hono'
import { parseCapability, type Capability } from './capabilities.ts'
import type { Refusal, SocketRequest } from '../durable-objects/cluster-session.ts'
import type { AppEnvironment } from './environment.ts'
import { impersonationOf } from './impersonation.ts'
import { isRefusal, REFUSAL } from './session-route.ts'

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

const PROTOBUF = 'application/vnd.kubernetes.protobuf'

/** Text as a string; what is not text (protobuf, broken UTF-8) as it came. */
const decodeBody = (body: Uint8Array, contentType: string): string | Uint8Array => {
  if (contentType.startsWith(PROTOBUF)) return body
  try {
    return TEXT.decode(body)
  } catch {
    // the API server says what is wrong with it
    return body
  }
}

const statusAnswer = (code: number, reason: string, message: string): Response =>
  Response.json(
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code },
    { status: code },
  )

/** Where the API server's paths begin in `/k8s/CAPABILITY/api/…`. */
const pathBehind = (pathname: string): string =>
  pathname.slice(pathname.indexOf('/', '/k8s/'.length) >>> 0) || '/'

/** Whoever is asked through the API server sees the client's own headers. */
export const PROXIED = /\/(?:pods|services|nodes)\/[^/]+\/proxy(?:\/|$)/

const capabilityOf = ({ req }: Context<AppEnvironment>): Capability | undefined =>
  parseCapability(req.param('capability') ?? '', req.header('authorization'))

const NO_SESSION = 'there is no such session: it was deleted, or its link is wrong'

/** A refusal as an API server would word it. */
const refusalAnswer = (refusal: Refusal): Response => {
  if (typeof refusal === 'object') {
    const { revision, oldest, newest } = refusal
    return refusal.refusal === 'compacted'
      ? statusAnswer(
          410,
          'Expired',
          `revision ${revision} is no longer kept: the oldest that can be shown is ${oldest}, the newest ${newest}`,
        )
      : statusAnswer(
          404,
          'NotFound',
          `there is no revision ${revision} yet: the newest is ${newest}, the oldest that can be shown ${oldest}`,
        )
  }
  if (refusal === 'no such session') return statusAnswer(404, 'NotFound', NO_SESSION)
  if (refusal === 'read-only')
    return statusAnswer(405, 'MethodNotAllowed', 'the past and snapshots can only be looked at')
  return statusAnswer(401, 'Unauthorized', 'Unauthorized: the key of this session is another one')
}

const handle = async (context: Context<AppEnvironment>): Promise<Response> => {
  if (context.req.header('upgrade')?.toLowerCase() === 'websocket') return connect(context)
  const capability = capabilityOf(context)
  if (capability === undefined)
    return statusAnswer(404, 'NotFound', 'there is no such session: the link is incomplete')
  const { req } = context
  const url = new URL(req.url)
  const path = pathBehind(url.pathname)
  const contentType = req.header('content-type') ?? ''
  const answer = await context.env.SESSIONS.getByName(capability.id).kubernetes(capability.access, {
    method: req.method,
    path,
    query: [...url.searchParams],
    accept: req.header('accept') ?? '',
    contentType,
    userAgent: req.header('user-agent') ?? '',
    body: decodeBody(context.get('body'), contentType),
    ...(PROXIED.test(url.pathname)
      ? { headers: [...req.raw.headers], basePath: url.pathname.slice(0, -path.length) }
      : {}),
    ...impersonationOf(req.raw.headers),
  })
  if (isRefusal(answer)) return refusalAnswer(answer)
  const headers = new Headers(
    answer.headers.map(([name, value]): [string, string] => [name!, value!]),
  )
  headers.set('content-type', answer.contentType)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache, private')
  // a stream that is compressed is not flushed
  if (answer.body instanceof ReadableStream) headers.set('content-encoding', 'identity')
  return new Response(req.method === 'HEAD' ? null : answer.body, {
    status: answer.status,
    headers,
  })
}

/** exec, attach and port-forward go on as a WebSocket. */
const connect = async (context: Context<AppEnvironment>): Promise<Response> => {
  const { req } = context
  const capability = capabilityOf(context)
  if (capability === undefined)
    return statusAnswer(404, 'NotFound', 'there is no such session: the link is incomplete')
  const url = new URL(req.url)
  const asked: SocketRequest = {
    ...capability.access,
    request: {
      method: req.method,
      path: pathBehind(url.pathname),
      query: [...url.searchParams],
      accept: req.header('accept') ?? '',
      contentType: '',
      userAgent: req.header('user-agent') ?? '',
      body: '',
      upgrade: true,
      ...impersonationOf(req.raw.headers),
    },
  }
  const headers = new Headers({
    upgrade: 'websocket',
    'x-request': encodeURIComponent(JSON.stringify(asked)),
  })
  const protocols = req.header('sec-websocket-protocol')
  if (protocols !== undefined) headers.set('sec-websocket-protocol', protocols)
  const session = context.env.SESSIONS.getByName(capability.id)
  const answer = await session.fetch('https://session/', { headers })
  if (answer.headers.has(REFUSAL)) return refusalAnswer(await answer.json<Refusal>())
  // what the session answers cannot be changed on its way out, a copy can
  return answer.status === 101 ? answer : new Response(answer.body, answer)
}

/** Kubernetes' own API of a session: `/k8s/ID` looks, `/k8s/ID.KEY` or a bearer token changes. */
export const kubernetes = new Hono<AppEnvironment>()
  .all('/:capability', handle)
  .all('/:capability/*', handle)
