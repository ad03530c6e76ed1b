import type { Context } from 'hono'
import type { AppEnvironment } from './environment.ts'

/** RFC 9457. `detail` says what to do. */
export interface Problem {
  readonly status: number
  readonly title: string
  readonly detail: string
  /** What else is known, e.g. the document and line of a manifest. */
  readonly extra?: Readonly<Record<string, unknown>>
}

export const problemAnswer = (
  _context: Context<AppEnvironment>,
  { status, title, detail, extra }: Problem,
): Response =>
  new Response(JSON.stringify({ type: 'about:blank', title, status, detail, ...extra }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })
