// `…/proxy/` of Pods, Services and Nodes: the API server asks for the client.
// kubernetes: apimachinery pkg/util/proxy/upgradeaware.go, transport.go
import type { Kubelets, ProxyReply } from '#client/kubelets.ts'
import { own, setKey } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import type { ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { liveObject } from '#kube-apiserver/endpoints/get.ts'
import {
  rewrittenLink,
  rewrittenPage,
  type ProxiedPlace,
} from '#kube-apiserver/endpoints/html-links.ts'
import type { Answer, ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import { type ProxyLocation, proxyLocation } from '#kube-apiserver/endpoints/proxy-location.ts'

const PROXIED = /^(.*?\/(?:pods|services|nodes)\/[^/]+\/proxy)(\/.*)?$/s

/** Asks what the path names and gives its answer back. Throws what a real API server answers where there is none. */
export const proxied = (target: ResourceRequest, kubelets: Kubelets): Answer => {
  const { request, resource } = target
  const [, prefix = '', path = ''] = PROXIED.exec(request.path) ?? []
  const query = queryText(request)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (path === '' && isRead) return movedTo(`${basesOf(request).redirects}${prefix}/${query}`)
  if (resource.name === 'nodes') return nodeAnswer(target, kubelets, path)
  const location = proxyLocation(target)
  const port = location.port ?? (location.scheme === 'https' ? 443 : 80)
  const reply = kubelets.call({
    ...location,
    port,
    method: request.method,
    path: `${path === '' ? '/' : path}${query}`,
    headers: forwarded(request, prefix),
    body: typeof request.body === 'string' ? request.body : decodeUtf8Loosely(request.body),
  })
  if ('failure' in reply)
    throw new StatusError(
      503,
      'ServiceUnavailable',
      `error trying to reach service: ${reply.failure}`,
    )
  const { links, redirects } = basesOf(request)
  const place = { backend: backendOf(location), host: headerOf(request, 'host') }
  return answerOf(
    reply,
    { ...place, prefix: `${links}${prefix}` },
    { ...place, prefix: `${redirects}${prefix}` },
  )
}

interface Bases {
  readonly links: string
  readonly redirects: string
}

/**
 * An API server does not know the path behind which its clients find it, and the conformance suite compares links to the letter. A client
 * follows redirects from there though; a browser that has come here by itself follows links as well; and one behind `kubectl proxy` has
 * the API at its root.
 */
const basesOf = (request: ApiRequest): Bases => {
  const { basePath = '' } = request
  if (/^(127\.|::1)/.test(headerOf(request, 'x-forwarded-for'))) return { links: '', redirects: '' }
  const isBrowser =
    headerOf(request, 'sec-fetch-dest') !== '' && headerOf(request, 'authorization') === ''
  return { links: isBrowser ? basePath : '', redirects: basePath }
}

const backendOf = ({ address, port }: ProxyLocation): string =>
  port === undefined ? address : `${address}:${port}`

/** As it was sent, but for its order in encoding. */
const queryText = ({ query }: ApiRequest): string =>
  query.length === 0
    ? ''
    : `?${query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&')}`

const headerOf = ({ headers = [] }: ApiRequest, name: string): string =>
  headers.find(([key]) => key === name)?.[1] ?? ''

const movedTo = (location: string): Answer => ({
  status: 301,
  contentType: 'text/html; charset=utf-8',
  headers: [['location', location]],
  body: [],
})

// Of one connection only, or a secret between the client and the API server.
const NOT_PASSED = new Set([
  'authorization',
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const forwarded = (request: ApiRequest, prefix: string): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of request.headers ?? [])
    if (!NOT_PASSED.has(name)) setKey(headers, name, value)
  const path = `${request.basePath ?? ''}${request.path}`
  headers['x-forwarded-uri'] = path.startsWith(prefix) ? path : `${request.basePath ?? ''}${path}`
  headers['x-forwarded-host'] = headerOf(request, 'host')
  headers['x-forwarded-proto'] = own(headers, 'x-forwarded-proto') ?? 'https'
  return headers
}

const answerOf = (
  reply: Exclude<ProxyReply, { failure: string }>,
  linked: ProxiedPlace,
  redirected: ProxiedPlace,
): Answer => {
  const headers: (readonly [string, string])[] = []
  let contentType = 'text/plain; charset=utf-8'
  for (const [name, value] of Object.entries(reply.headers)) {
    const lower = name.toLowerCase()
    if (lower === 'content-type') contentType = value
    else if (lower === 'location') headers.push([lower, rewrittenLink(value, redirected)])
    else if (!NOT_PASSED.has(lower)) headers.push([lower, value])
  }
  const isPage = contentType.startsWith('text/html') && own(reply.headers, 'Location') === undefined
  const body = isPage ? rewrittenPage(reply.body, linked) : reply.body
  return { status: reply.status, contentType, headers, body: [body] }
}

/** A kubelet's own pages. */
const nodeAnswer = (target: ResourceRequest, kubelets: Kubelets, path: string): Answer => {
  const [name = ''] = target.path.name.split(':').filter((part) => !/^https?$/.test(part))
  liveObject({ ...target, path: { ...target.path, name } })
  const reply = kubelets.page(name, path)
  if (!('failure' in reply))
    return { status: reply.status, contentType: reply.contentType, body: [reply.body] }
  throw new StatusError(
    503,
    'ServiceUnavailable',
    `error trying to reach service: ${reply.failure}`,
  )
}
