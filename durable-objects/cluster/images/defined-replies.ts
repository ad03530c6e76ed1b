// HTTP as the replies of an object describe it: of an Image's program, and of a machine outside the cluster.
import type { ImageReply } from '#api/kubarium/v1/image/types.ts'
import { parseGoDuration } from '#apimachinery/go-duration.ts'
import { type HttpReply, type HttpRequest, type Self, textReply } from '#images/behaviour.ts'
import { expandText } from '#images/defined-text.ts'
import { goFetch } from '#images/go-http.ts'
import { goLog, pathOf, statusText } from '#images/http.ts'

const LONGEST_URL = 4096
const LONGEST_BODY = 64 * 1024

/** Of a validated duration. */
export const millisecondsOf = (duration: string | undefined): number => {
  const value = duration === undefined ? 0 : parseGoDuration(duration)
  return typeof value === 'number' ? value : 0
}

/** The first reply counts whose path and method fit. */
export const answerByReplies = (
  replies: readonly ImageReply[],
  request: HttpRequest,
  self: Self,
): HttpReply => {
  const path = pathOf(request)
  const fitting = replies.filter((reply) => isMeant(reply.path, path))
  const reply = fitting.find(({ method }) => method === undefined || method === request.method)
  if (reply !== undefined) return give(reply, path, self)
  return fitting.length === 0
    ? textReply('404 page not found\n', 404)
    : textReply('Method Not Allowed\n', 405)
}

const isMeant = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern

const give = (reply: ImageReply, path: string, self: Self): HttpReply => {
  const called = reply.calls === undefined ? NOTHING : call(reply.calls, path, self)
  const takes = millisecondsOf(reply.delay) + called.takes
  const time = takes === 0 ? {} : { takes }
  if (called.error !== undefined) return { ...textReply(`${called.error}\n`, 502), ...time }
  const { failure, body = '', status = 200, headers = {} } = reply
  if (failure !== undefined) return { status: 502, headers: {}, body: '', fails: failure, ...time }
  const text = expandText(body, { self, path }, LONGEST_BODY)
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const type = text === '' || hasType ? {} : { 'Content-Type': 'text/plain; charset=utf-8' }
  return { status, headers: { ...type, ...headers }, body: text, ...time }
}

interface Called {
  readonly takes: number
  readonly error?: string
}

const NOTHING: Called = { takes: 0 }

/** A probe has no network: it takes the dependency to be well. */
const call = (address: string, path: string, self: Self): Called => {
  if (self.network === undefined) return NOTHING
  const url = expandText(address, { self, path }, LONGEST_URL)
  const reply = goFetch(self.network, url)
  const error = 'error' in reply ? reply.error : problemOf(url, reply.status)
  const takes = 'error' in reply ? 0 : (reply.takes ?? 0)
  if (error === undefined) return { takes }
  goLog(self, error)
  return { takes, error }
}

const problemOf = (url: string, status: number): string | undefined =>
  status < 400 ? undefined : `Get ${JSON.stringify(url)}: ${status} ${statusText(status)}`.trimEnd()
