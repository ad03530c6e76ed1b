// What listens on a node beside its Pods: the parts of Kubernetes that are no Pods here.
import type { Node } from '#api/core/v1/node/types.ts'
import { own } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
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
      ? [on(API_SERVER_PORT, (request) => answerApiServer(request, version), true)]
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

/** What somebody without credentials gets. kubernetes: the ClusterRole system:public-info-viewer */
const answerApiServer = ({ method, path }: HttpRequest, version: object): HttpReply => {
  const plain = path.replace(/\?.*$/, '')
  if (/^\/(healthz|livez|readyz)$/.test(plain)) return textReply('ok')
  if (plain === '/version') return textReply(JSON.stringify(version, undefined, 2), 200, JSON_TYPE)
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `forbidden: User "system:anonymous" cannot ${method.toLowerCase()} path ${JSON.stringify(plain)}`,
    reason: 'Forbidden',
    details: {},
    code: 403,
  }
  return textReply(JSON.stringify(status, undefined, 2), 403, JSON_TYPE)
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
