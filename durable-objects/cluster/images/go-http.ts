// How a program written in Go calls another one, and what it says if that fails. go: net/http, net
import type { HttpReply } from '#images/behaviour.ts'
import { contactAny } from '#images/contact-any.ts'
import type { Contacted, Network, Resolved } from '#images/network.ts'
import { parseUrl, type Url } from '#images/url.ts'

export type GoResult = HttpReply | { readonly error: string; readonly isTimeout?: boolean }

export interface GoRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The client's timeout in milliseconds; 0: none. */
  readonly timeout?: number
}

const MAX_REDIRECTS = 10
const UNDIALLED: ReadonlySet<Contacted['outcome']> = new Set(['refused', 'no-route', 'timeout'])
const SERVICE_NAMES: Readonly<Record<string, number>> = { http: 80, https: 443, domain: 53 }

/** `http.Get(url)`: the reply, or the text of the error. */
export const goFetch = (
  network: Network | undefined,
  address: string,
  request: GoRequest = {},
): GoResult => {
  const method = request.method ?? 'GET'
  const shown = `${method.charAt(0)}${method.slice(1).toLowerCase()} ${quote(address)}`
  const failed = (error: string, isTimeout = false): GoResult => ({
    error: `${shown}: ${error}`,
    ...(isTimeout ? { isTimeout } : {}),
  })
  const url = parseUrl(address)
  if (url === undefined || !/^https?$/.test(url.scheme))
    return failed(
      /^[a-z][a-z0-9+.-]*:/i.test(address) && !/^https?:/.test(address)
        ? `unsupported protocol scheme ${quote(address.split(':')[0]!.toLowerCase())}`
        : /^https?:\/\/(\/|$)/.test(address)
          ? 'http: no Host in request URL'
          : 'unsupported protocol scheme ""',
    )
  if (network === undefined) return failed('dial tcp: network is unreachable')
  return follow(network, url, request, failed, 0)
}

type Failed = (error: string, isTimeout?: boolean) => GoResult

const follow = (
  network: Network,
  url: Url,
  request: GoRequest,
  failed: Failed,
  redirects: number,
): GoResult => {
  const resolved = network.resolve(url.host, 'go')
  if (resolved.end !== 'found') return failed(`dial tcp: ${goLookupError(url.host, resolved)}`)
  const attempts = contactAny(network, resolved.addresses, {
    protocol: 'TCP',
    port: url.port,
    isTls: url.scheme === 'https',
    http: {
      method: request.method ?? 'GET',
      path: url.path,
      headers: { Host: url.authority, 'User-Agent': 'Go-http-client/1.1', ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
    },
  })
  // of several errors the first one is told. go: net.sysDialer.dialSerial
  const { contacted } = attempts.at(-1)!
  const { address: target, contacted: told } = UNDIALLED.has(contacted.outcome)
    ? attempts[0]!
    : attempts.at(-1)!
  if (contacted.outcome !== 'http')
    return unanswered(told, `${bracketed(target)}:${url.port}`, request.timeout ?? 0, failed)
  const location = contacted.reply.headers['Location']
  if (location === undefined || ![301, 302, 303, 307, 308].includes(contacted.reply.status))
    return tooSlow(contacted.reply, request.timeout ?? 0, failed)
  if (redirects + 1 >= MAX_REDIRECTS) return failed(`stopped after ${MAX_REDIRECTS} redirects`)
  const next = parseUrl(/^https?:\/\//.test(location) ? location : `${url.origin}${location}`)
  return next === undefined
    ? contacted.reply
    : follow(network, next, request, failed, redirects + 1)
}

const tooSlow = (reply: HttpReply, timeout: number, failed: Failed): GoResult =>
  timeout > 0 && (reply.takes ?? 0) > timeout ? failed(AWAITING_HEADERS, true) : reply

const AWAITING_HEADERS =
  'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'

const unanswered = (
  contacted: Contacted,
  target: string,
  timeout: number,
  failed: Failed,
): GoResult => {
  switch (contacted.outcome) {
    case 'refused':
      return failed(`dial tcp ${target}: connect: connection refused`)
    case 'no-route':
      return failed(`dial tcp ${target}: connect: no route to host`)
    case 'timeout':
      // A client without a timeout of its own waits as long as the transport's dialer does.
      return timeout > 0
        ? failed(
            `dial tcp ${target}: i/o timeout (Client.Timeout exceeded while awaiting headers)`,
            true,
          )
        : failed(`dial tcp ${target}: i/o timeout`, true)
    case 'reset':
      return failed(`read tcp ${contacted.source}->${target}: read: connection reset by peer`)
    case 'silent':
      return timeout > 0 ? failed(AWAITING_HEADERS, true) : failed('EOF')
    case 'message':
    default:
      return failed(
        `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${quote('text' in contacted ? contacted.text.split('\n')[0]! : '')}`,
      )
  }
}

/** `lookup x on 10.96.0.10:53: no such host` */
export const goLookupError = (host: string, resolved: Resolved): string => {
  const server = resolved.server === undefined ? '' : ` on ${bracketed(resolved.server)}:53`
  switch (resolved.end) {
    case 'SERVFAIL':
      return `lookup ${host}${server}: server misbehaving`
    case 'unreachable':
      return `lookup ${host}${server}: read udp: i/o timeout`
    case 'refused':
      return `lookup ${host}${server}: read udp: read: connection refused`
    case 'invalid':
      return `lookup ${host}: no such host`
    case 'NXDOMAIN':
    case 'NODATA':
    case 'found':
      return `lookup ${host}${server}: no such host`
  }
}

export const bracketed = (address: string): string =>
  address.includes(':') ? `[${address}]` : address

/** What `net.ResolveTCPAddr` makes of `host:port`. */
export const goResolve = (
  network: Network | undefined,
  host: string,
  port: string,
  protocol: 'tcp' | 'udp',
): { readonly address: string; readonly port: number } | { readonly error: string } => {
  const number = /^\d+$/.test(port) ? Number(port) : (SERVICE_NAMES[port] ?? NaN)
  if (Number.isNaN(number)) return { error: `lookup ${protocol}/${port}: unknown port` }
  if (number > 65_535) return { error: `address ${port}: invalid port` }
  if (host === '') return { address: '127.0.0.1', port: number }
  const resolved = network?.resolve(host, 'go')
  if (resolved === undefined) return { error: `lookup ${host}: no such host` }
  return resolved.end === 'found'
    ? { address: resolved.addresses[0]!, port: number }
    : { error: goLookupError(host, resolved) }
}

/** A text as Go's `%q` prints it. */
export const quote = (text: string): string => JSON.stringify(text)

/** A Go duration in milliseconds; undefined if it is none. */
export const parseDuration = (text: string): number | undefined => {
  if (text === '0') return 0
  const sign = text.startsWith('-') ? -1 : 1
  const body = text.replace(/^[+-]/, '')
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(body)) return undefined
  let total = 0
  for (const [, value, unit] of body.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g))
    total += Number(value) * DURATION_UNITS[unit!]!
  return sign * total
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** Milliseconds as Go prints a duration: `1m30s`, `500ms`, `0s`. */
export const formatDuration = (milliseconds: number): string => {
  if (milliseconds === 0) return '0s'
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)}µs`
  if (milliseconds < 1000) return `${milliseconds}ms`
  const hours = Math.floor(milliseconds / 3_600_000)
  const minutes = Math.floor(milliseconds / 60_000) % 60
  const seconds = `${(milliseconds % 60_000) / 1000}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
