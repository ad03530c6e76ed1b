// Groups that are served by somebody else: an APIService says by whom. kubernetes: kube-aggregator pkg/apiserver
import type { APIService } from '#api/apiregistration/v1/api-service/types.ts'
import type { Answer } from '#kube-apiserver/endpoints/http.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import { METRICS_GROUP, metricsVersion } from '#kube-apiserver/aggregator/metrics-resources.ts'
import type { GroupDiscovery } from '#kube-apiserver/resources.ts'

export const API_SERVICES = 'apiservices.apiregistration.k8s.io'

/** The only servers that a cluster of ours can run are metrics servers. */
export const METRICS_SERVICE = `v1beta1.${METRICS_GROUP}`

export const isRemote = ({ spec }: APIService): boolean => spec?.service !== undefined

export const isAvailable = ({ status }: APIService): boolean =>
  status?.conditions?.some((one) => one.type === 'Available' && one.status === 'True') === true

/** The APIService of a group's version, if another server is to answer for it. */
export const remoteService = (
  reader: Pick<Reader, 'get'>,
  group: string,
  version: string,
): APIService | undefined => {
  const found = reader.get(API_SERVICES, '', `${version}.${group}`) as APIService | undefined
  return found !== undefined && isRemote(found) ? found : undefined
}

/** kubernetes: kube-aggregator pkg/apiserver/handler_proxy.go proxyError */
export const unavailable = (): Answer => ({
  status: 503,
  contentType: 'text/plain; charset=utf-8',
  headers: [['x-content-type-options', 'nosniff']],
  body: ['service unavailable\n'],
})

/** The groups of other servers, the most important first. What does not answer is known by its name alone. */
export const remoteGroups = (reader: Reader): readonly GroupDiscovery[] => {
  const services = (reader.list(API_SERVICES) as readonly APIService[]).filter(isRemote)
  if (services.length === 0) return []
  const groups = new Map<string, APIService[]>()
  for (const service of services.toSorted(byPriority)) {
    const { group = '' } = service.spec
    const known = groups.get(group)
    if (known === undefined) groups.set(group, [service])
    else known.push(service)
  }
  return [...groups].map(([name, of]) => ({ metadata: { name }, versions: of.map(versionOf) }))
}

const byPriority = (a: APIService, b: APIService): number =>
  b.spec.groupPriorityMinimum - a.spec.groupPriorityMinimum ||
  b.spec.versionPriority - a.spec.versionPriority ||
  ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)

const versionOf = (service: APIService): GroupDiscovery['versions'][number] =>
  isAvailable(service) && service.metadata.name === METRICS_SERVICE
    ? metricsVersion
    : { version: service.spec.version ?? '', resources: [], freshness: 'Stale' }
