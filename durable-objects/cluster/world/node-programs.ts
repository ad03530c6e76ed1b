// What listens on a node beside its Pods: the parts of Kubernetes that are no Pods here.
import type { Node } from '#api/core/v1/node/types.ts'
import { ISSUER_DOCUMENTS } from '#api/core/v1/service-account/issuer-documents.ts'
import { signatureOf } from '#api/core/v1/service-account/signing-key.ts'
import { ISSUER } from '#api/core/v1/service-account/token-text.ts'
import { decodeUrlSafe } from '#apimachinery/base64.ts'
import { own } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import { type HttpReply, type HttpRequest, type Listener, textReply } from '#images/behaviour.ts'
import type { HealthCheckPorts } from '#world/health-check-ports.ts'
import type { OpenSocket } from '#world/listeners.ts'

const API_SERVER_PORT = 8443
const KUBELET_PORT = 10_250
const PROXY_HEALTH_PORT = 10_256
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'

export interface NodeProgramFacts {
  readonly now: number
  /** What the API server says of itself. */
  readonly version: object
  /** kube-proxy runs and hears of changes. */
  readonly hasProxy: boolean
  readonly healthChecks: HealthCheckPorts
  /** The port that is asked: of health check ports only that one is looked at. */
  readonly port: number
}

export const nodeSockets = (node: Node, facts: NodeProgramFacts): readonly OpenSocket[] => {
  const name = node.metadata.name ?? ''
  const self = { hostname: name, podIP: '', env: {}, age: 0 }
  return listenersOf(node, facts).map((listener) => ({ listener, self }))
}

const listenersOf = (
  node: Node,
  { now, version, hasProxy, healthChecks, port }: NodeProgramFacts,
): readonly Listener[] => {
  const name = node.metadata.name ?? ''
  const isControlPlane = own(node.metadata.labels, CONTROL_PLANE) !== undefined
  const checked = hasProxy ? healthChecks.serviceAt(port) : undefined
  return [
    ...(isControlPlane
      ? [on(API_SERVER_PORT, (request) => answerApiServer(request, version, now), true)]
      : []),
    on(KUBELET_PORT, () => textReply('Unauthorized', 401), true),
    ...(hasProxy ? [on(PROXY_HEALTH_PORT, (request) => answerProxy(request, now))] : []),
    ...(checked === undefined ? [] : [on(port, () => healthChecks.answer(checked, name))]),
  ]
}

const on = (port: number, http: (request: HttpRequest) => HttpReply, tls = false): Listener => ({
  port,
  protocol: 'TCP',
  after: 0,
  http,
  ...(tls ? { tls } : {}),
})

const JSON_TYPE = 'application/json'

/** Who sends this token; undefined: nobody. */
const tokenUser = (token: string, now: number): string | undefined => {
  const [header = '', claims = '', signature = ''] = token.split('.')
  if (signature !== signatureOf(`${header}.${claims}`)) return undefined
  const { aud, exp, sub } = JSON.parse(decodeUtf8Loosely(decodeUrlSafe(claims))) as {
    readonly aud?: readonly string[]
    readonly exp?: number
    readonly sub: string
  }
  const isMeant = aud === undefined || aud.includes(ISSUER)
  return isMeant && (exp === undefined || exp * 1000 > now) ? sub : undefined
}

const refusal = (code: number, reason: string, message: string): HttpReply => {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message }
  const all = { ...status, reason, ...(code === 403 ? { details: {} } : {}), code }
  return textReply(JSON.stringify(all, undefined, 2), code, JSON_TYPE)
}

/**
 * What somebody without credentials gets, and what service accounts get besides: the issuer's documents.
 * kubernetes: the ClusterRoles system:public-info-viewer, system:service-account-issuer-discovery
 */
const answerApiServer = (
  { method, path, headers = {} }: HttpRequest,
  version: object,
  now: number,
): HttpReply => {
  const plain = path.replace(/\?.*$/, '')
  const authorization = Object.keys(headers).find((name) => /^authorization$/i.test(name))
  const token = /^bearer +(\S+)$/i.exec(authorization === undefined ? '' : headers[authorization]!)
  const user = token === null ? 'system:anonymous' : tokenUser(token[1]!, now)
  if (user === undefined) return refusal(401, 'Unauthorized', 'Unauthorized')
  if (/^\/(healthz|livez|readyz)$/.test(plain)) return textReply('ok')
  if (plain === '/version') return textReply(JSON.stringify(version, undefined, 2), 200, JSON_TYPE)
  const document = ISSUER_DOCUMENTS.find((one) => one.path === plain)
  if (document !== undefined && method === 'GET' && token !== null)
    return textReply(JSON.stringify(document.body()), 200, document.contentType)
  return refusal(
    403,
    'Forbidden',
    `forbidden: User ${JSON.stringify(user)} cannot ${method.toLowerCase()} path ${JSON.stringify(plain)}`,
  )
}

/** kubernetes: pkg/proxy/healthcheck/proxy_health.go */
const answerProxy = ({ path }: HttpRequest, now: number): HttpReply => {
  const plain = path.replace(/\?.*$/, '')
  if (plain !== '/healthz' && plain !== '/livez') return textReply('404 page not found\n', 404)
  const time = JSON.stringify(formatTime(now))
  return textReply(
    `{"lastUpdated": ${time},"currentTime": ${time}, "nodeEligible": true}`,
    200,
    JSON_TYPE,
  )
}
