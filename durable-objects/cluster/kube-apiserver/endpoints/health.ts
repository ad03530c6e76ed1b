import type { Answer, ApiRequest } from '#kube-apiserver/endpoints/http.ts'

const LIVE = [
  'ping',
  'log',
  'etcd',
  ...[
    'start-apiserver-admission-initializer',
    'generic-apiserver-start-informers',
    'priority-and-fairness-config-consumer',
    'priority-and-fairness-filter',
    'storage-object-count-tracker-hook',
    'start-apiextensions-informers',
    'start-apiextensions-controllers',
    'crd-informer-synced',
    'start-system-namespaces-controller',
    'start-cluster-authentication-info-controller',
    'start-kube-apiserver-identity-lease-controller',
    'start-kube-apiserver-identity-lease-garbage-collector',
    'start-legacy-token-tracking-controller',
    'start-service-ip-repair-controllers',
    'rbac/bootstrap-roles',
    'scheduling/bootstrap-system-priority-classes',
    'priority-and-fairness-config-producer',
    'bootstrap-controller',
    'start-kubernetes-service-cidr-controller',
    'aggregator-reload-proxy-client-cert',
    'start-kube-aggregator-informers',
    'apiservice-status-local-available-controller',
    'apiservice-status-remote-available-controller',
    'apiservice-registration-controller',
    'apiservice-discovery-controller',
    'kube-apiserver-autoregistration',
  ].map((hook) => `poststarthook/${hook}`),
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
]

/** What is looked at under each path, in order. */
const CHECKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['healthz', LIVE],
  ['livez', LIVE],
  [
    'readyz',
    [...LIVE.slice(0, 3), 'etcd-readiness', 'informer-sync', ...LIVE.slice(3), 'shutdown'],
  ],
])

const text = (body: string): Answer => ({
  status: 200,
  contentType: 'text/plain; charset=utf-8',
  headers: [['x-content-type-options', 'nosniff']],
  body: [body],
})

/** The paths that say how the API server is. */
export const healthPaths = (): readonly string[] =>
  [...CHECKS].flatMap(([name, checks]) => [
    `/${name}`,
    ...checks.map((check) => `/${name}/${check}`),
  ])

/** What is told of the checks beside the hooks, each under its path. */
export const healthChecks = (): readonly { readonly name: string; readonly type: string }[] =>
  [...CHECKS].flatMap(([type, checks]) =>
    checks.filter((name) => !name.startsWith('poststarthook/')).map((name) => ({ name, type })),
  )

/** `/readyz` and `/readyz/etcd`; undefined if there is no such check. kubernetes: apiserver pkg/server/healthz/healthz.go */
export const health = (segments: readonly string[], { query }: ApiRequest): Answer | undefined => {
  const [name = '', ...rest] = segments
  const checks = CHECKS.get(name)
  if (checks === undefined) return undefined
  if (rest.length > 0) return checks.includes(rest.join('/')) ? text('ok') : undefined
  if (!query.some(([key]) => key === 'verbose')) return text('ok')
  const excluded = new Set(query.filter(([key]) => key === 'exclude').map(([, value]) => value))
  const unknown = [...excluded].filter((check) => !checks.includes(check))
  const lines = checks.map((check) => `[+]${check} ${excluded.has(check) ? 'excluded: ' : ''}ok\n`)
  if (unknown.length > 0)
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${unknown
        .toSorted()
        .map((check) => JSON.stringify(check))
        .join(',')}\n`,
    )
  return text(`${lines.join('')}${name} check passed\n`)
}
