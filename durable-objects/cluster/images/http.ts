// What servers of all kinds need to answer HTTP.
import type { HttpReply, HttpRequest, Listener, Self } from '#images/behaviour.ts'
import { slashTime } from '#images/clock.ts'

export type HttpAnswer = NonNullable<Listener['http']>

/** A listener that answers HTTP from its first moment. */
export const httpOn = (port: number, http: HttpAnswer): Listener => ({
  port,
  protocol: 'TCP',
  after: 0,
  http,
})

export const pathOf = (request: HttpRequest): string => request.path.split('?')[0]!

/** `/a%40b` is `/a@b` to whoever looks for a file or a route. */
export const decodedPath = (request: HttpRequest): string => {
  const path = pathOf(request)
  try {
    return decodeURIComponent(path)
  } catch {
    // no UTF-8: nothing of that name is there
    return path
  }
}

/** A header whatever the case of its name. */
export const headerOf = (request: HttpRequest, name: string): string | undefined => {
  const wanted = name.toLowerCase()
  for (const [key, value] of Object.entries(request.headers ?? {}))
    if (key.toLowerCase() === wanted) return value
  return undefined
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  417: 'Expectation Failed',
  418: "I'm a teapot",
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** `Not Found`; empty for a number that nobody named. */
export const statusText = (status: number): string => STATUS_TEXTS[status] ?? ''

/** How many bytes the text is in UTF-8. */
export const byteLength = (text: string): number => {
  let bytes = 0
  for (const letter of text) {
    const code = letter.codePointAt(0)!
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
  }
  return bytes
}

const GO_HTML =
  /^\s*<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i

/** A reply of a Go program that names no content type: net/http looks at the text. */
export const goReply = (body: string, status = 200): HttpReply => ({
  status,
  headers:
    body === ''
      ? {}
      : { 'Content-Type': `text/${GO_HTML.test(body) ? 'html' : 'plain'}; charset=utf-8` },
  body,
})

/** `http.Error` of Go. */
export const goError = (text: string, status: number): HttpReply => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  body: `${text}\n`,
})

/** `http.Redirect` of Go. */
export const goRedirect = (request: HttpRequest, location: string, status: number): HttpReply => ({
  status,
  headers: { Location: location, 'Content-Type': 'text/html; charset=utf-8' },
  body: ['GET', 'HEAD'].includes(request.method)
    ? `<a href="${escapeHtml(location)}">${statusText(status)}</a>.\n\n`
    : '',
})

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;')
    .replaceAll("'", '&#39;')

/** JSON as Go's `MarshalIndent(value, "", indent)` writes it: `<`, `>` and `&` are escaped. */
export const goJson = (value: unknown, indent = ''): string =>
  JSON.stringify(value, undefined, indent)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')

/** A line by Go's package log, with the time in front of it. */
export const goLog = (self: Self, text: string): void =>
  self.log?.(self.now === undefined ? text : `${slashTime(self.now)} ${text}`, 'stderr')
