// HTTP/1.1 as it stands on a wire, for who speaks bytes with a simulated server. One byte is one character here.
import type { HttpReply, HttpRequest } from '../../cluster/images/behaviour.ts'
import { statusText } from '../../cluster/images/http.ts'

const MOST_HEAD = 64 * 1024
const MOST_BODY = 3 * 1024 * 1024
const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/
/** Methods are not longer. */
const MOST_METHOD = 8

export interface ReadRequest {
  readonly request: HttpRequest
  readonly closes: boolean
  /** How many characters it took. */
  readonly length: number
}

/** The first request in what came. `more`: it is not all there yet. `other`: it is no HTTP. `bad`: it begins as HTTP and goes wrong. */
export const readRequest = (text: string): ReadRequest | 'more' | 'other' | 'bad' => {
  if (!/^[A-Z]*$/.test(text.slice(0, MOST_METHOD).split(' ')[0]!)) return 'other'
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) {
    const isHttp = !text.includes('\r\n') || REQUEST_LINE.test(text.split('\r\n', 1)[0]!)
    if (!isHttp || text.length > MOST_HEAD) return isHttp ? 'bad' : 'other'
    return text.includes('\n') && !text.includes('\r\n') ? 'other' : 'more'
  }
  const [first = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const match = REQUEST_LINE.exec(first)
  if (match === null) return 'other'
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) return 'bad'
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  const body = bodyOf(text, headEnd + 4, headers)
  if (typeof body === 'string') return body
  const connection = headers.get('connection')?.toLowerCase() ?? ''
  return {
    request: {
      method: match[1]!,
      path: match[2]!,
      headers: Object.fromEntries(headers),
      body: Buffer.from(body.content, 'latin1').toString('utf8'),
    },
    closes: match[3] === '0' ? connection !== 'keep-alive' : connection === 'close',
    length: body.end,
  }
}

interface Body {
  readonly content: string
  readonly end: number
}

const bodyOf = (
  text: string,
  start: number,
  headers: ReadonlyMap<string, string>,
): Body | 'more' | 'bad' => {
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return chunks(text, start)
  const stated = headers.get('content-length') ?? '0'
  if (!/^\d{1,9}$/.test(stated) || Number(stated) > MOST_BODY) return 'bad'
  const end = start + Number(stated)
  return text.length < end ? 'more' : { content: text.slice(start, end), end }
}

const chunks = (text: string, start: number): Body | 'more' | 'bad' => {
  const parts: string[] = []
  let total = 0
  for (let at = start; ;) {
    const line = text.indexOf('\r\n', at)
    if (line < 0) return text.length - at > MOST_METHOD * 4 ? 'bad' : 'more'
    const size = /^[0-9a-fA-F]{1,7}(?=;|$)/.exec(text.slice(at, line))?.[0]
    if (size === undefined) return 'bad'
    const length = Number.parseInt(size, 16)
    total += length
    if (total > MOST_BODY) return 'bad'
    const end = line + 2 + length
    if (text.length < end + 2) return 'more'
    if (length === 0) return { content: parts.join(''), end: end + 2 }
    parts.push(text.slice(line + 2, end))
    at = end + 2
  }
}

/** The reply as bytes. `date`: `Wed, 22 Jul 2026 10:00:00 GMT`. */
export const writeReply = (
  { status, headers, body }: HttpReply,
  request: HttpRequest,
  closes: boolean,
  date: string,
): string => {
  const bytes = Buffer.from(body, 'utf8').toString('latin1')
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  if (!names.has('date')) lines.push(`Date: ${date}`)
  const isEmpty = status === 204 || status === 304 || (status >= 100 && status < 200)
  if (!names.has('content-length') && !isEmpty) lines.push(`Content-Length: ${bytes.length}`)
  if (closes && !names.has('connection')) lines.push('Connection: close')
  const head = `HTTP/1.1 ${status} ${statusText(status)}\r\n${lines.join('\r\n')}\r\n\r\n`
  return request.method === 'HEAD' || isEmpty ? head : head + bytes
}
