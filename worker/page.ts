import type { Context } from 'hono'
import type { AppEnvironment } from './environment.ts'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"

/** The static front end. Sessions and snapshots have one page, whatever their id: it finds out by itself. */
export const page = async (context: Context<AppEnvironment>): Promise<Response> => {
  if (context.env.ASSETS === undefined) return context.notFound()
  const url = new URL(context.req.url)
  if (/^\/[sp]\/[^/]+\/?$/.test(url.pathname)) url.pathname = '/session'
  const asset = await context.env.ASSETS.fetch(new Request(url))
  if (asset.status === 404) return context.notFound()
  const headers = new Headers(asset.headers)
  headers.set('content-security-policy', POLICY)
  headers.set('referrer-policy', 'no-referrer')
  headers.set('x-content-type-options', 'nosniff')
  return new Response(asset.body, { status: asset.status, headers })
}
