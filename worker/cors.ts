import type { MiddlewareHandler } from 'hono'
import type { AppEnvironment } from './environment.ts'
import { PROXIED } from './kubernetes.ts'

// Every credential is a capability that the caller holds and no cookie is ever set, so any page may call.
const HEADERS: readonly (readonly [string, string])[] = [
  ['access-control-allow-origin', '*'],
  ['access-control-expose-headers', 'Warning, Location, Retry-After'],
]

export const allowAnyOrigin: MiddlewareHandler<AppEnvironment> = async (context, next) => {
  const { req } = context
  // what no browser sends of itself is meant for the Pod behind the API server's proxy
  const isProxied =
    PROXIED.test(req.path) && req.header('access-control-request-method') === undefined
  if (req.method === 'OPTIONS' && !isProxied) {
    return new Response(null, {
      status: 204,
      headers: [
        ...HEADERS.map((header): [string, string] => [...header]),
        ['access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
        ['access-control-allow-headers', 'Authorization, Content-Type, Accept'],
        ['access-control-max-age', '86400'],
      ],
    })
  }
  await next()
  // who goes on as a WebSocket is asked for no more
  if (context.res.status === 101) return undefined
  for (const [name, value] of HEADERS) context.res.headers.set(name, value)
  return undefined
}
