// One HTTP request over the network, as clients in C make it.
import { byteLength, headerOf, statusText } from '#images/http.ts'
import { httpDate } from '#images/clock.ts'
import type { HttpReply, HttpRequest } from '#images/behaviour.ts'
import { contactAny, takenBy } from '#images/contact-any.ts'
import type { Contacted, Network, ResolverLibrary } from '#images/network.ts'
import type { Url } from '#images/url.ts'

export type Exchanged =
  | { readonly kind: 'unresolved'; readonly isSlow: boolean; readonly takes: number }
  | {
      readonly kind: 'contacted'
      readonly address: string
      readonly contacted: Contacted
      readonly takes: number
    }

/** How long Linux tries to connect before it gives up (tcp_syn_retries = 6). */
export const KERNEL_CONNECT_TIMEOUT = 134_000

/** `triesAll`: it goes on to the next address where nobody takes the connection; busybox' wget knows one only. */
export const exchange = (
  network: Network,
  url: Url,
  request: HttpRequest,
  library: ResolverLibrary,
  triesAll = false,
): Exchanged => {
  const resolved = network.resolve(url.host, library)
  const addresses = resolved.end === 'found' ? resolved.addresses : []
  const attempts = contactAny(network, triesAll ? addresses : addresses.slice(0, 1), {
    protocol: 'TCP',
    port: url.port,
    isTls: url.scheme === 'https',
    http: request,
  })
  const last = attempts.at(-1)
  if (last === undefined)
    return { kind: 'unresolved', isSlow: resolved.end === 'unreachable', takes: resolved.takes }
  return { kind: 'contacted', ...last, takes: resolved.takes + takenBy(attempts) }
}

/** `HTTP/1.1 404 Not Found` */
export const statusLine = (reply: HttpReply): string =>
  `HTTP/1.1 ${reply.status} ${statusText(reply.status)}`

/** The headers as they go over the wire: with the date and the length that every server adds. */
export const wireHeaders = (
  reply: HttpReply,
  now: number,
): readonly (readonly [string, string])[] => {
  const given = Object.entries(reply.headers)
  const has = (name: string): boolean =>
    headerOf({ method: '', path: '', headers: reply.headers }, name) !== undefined
  return [
    ...given,
    ...(has('Date') ? [] : [['Date', httpDate(now)] as const]),
    ...(has('Content-Length') || has('Transfer-Encoding')
      ? []
      : [['Content-Length', String(byteLength(reply.body))] as const]),
  ]
}

/** Where a redirect leads; undefined if the reply is none. */
export const redirectOf = (reply: HttpReply, url: Url): string | undefined => {
  if (![301, 302, 303, 307, 308].includes(reply.status)) return undefined
  const location = headerOf({ method: '', path: '', headers: reply.headers }, 'Location')
  if (location === undefined || location === '') return undefined
  if (/^[a-z]+:\/\//i.test(location)) return location
  return `${url.origin}${location.startsWith('/') ? '' : '/'}${location}`
}
