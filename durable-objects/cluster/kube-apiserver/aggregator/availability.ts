// Finds out whether the servers that APIServices name can be asked.
// kubernetes: kube-aggregator pkg/controllers/status/{local,remote}
import type { APIService } from '#api/apiregistration/v1/api-service/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { own } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'
import { API_SERVICES, isRemote, METRICS_SERVICE } from '#kube-apiserver/aggregator/remote.ts'

const NAME = 'apiservice-availability'
const SERVICE_NAME = 'kubernetes.io/service-name'
const HTTPS = 443

interface Finding {
  readonly isAvailable: boolean
  readonly reason: string
  readonly message: string
}

const LOCAL: Finding = {
  isAvailable: true,
  reason: 'Local',
  message: 'Local APIServices are always available',
}
const PASSED: Finding = { isAvailable: true, reason: 'Passed', message: 'all checks passed' }

const failed = (reason: string, message: string): Finding => ({
  isAvailable: false,
  reason,
  message,
})

export const availabilityController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-apiserver',
  username: 'system:apiserver',
  create: ({ client, queue }) => {
    /** The APIServices that another server answers for, by that server's Service. */
    const remote = new Map<string, string>()
    const follow = (service: APIService): void => {
      const { name = '' } = service.metadata
      const of = service.spec?.service
      if (of === undefined) remote.delete(name)
      else remote.set(name, `${of.namespace ?? ''}/${of.name ?? ''}`)
    }
    const concerns = (namespace = '', name = ''): void => {
      if (remote.size === 0) return
      for (const [service, of] of remote) if (of === `${namespace}/${name}`) queue.add(service)
    }
    client.watch(API_SERVICES, ({ type, object, old }) => {
      const { name = '' } = object.metadata
      if (type === 'DELETED') remote.delete(name)
      else follow(object)
      if (type !== 'DELETED' && (isRemote(object) || (old !== undefined && isRemote(old))))
        queue.add(name)
    })
    client.watch('services', ({ object: { metadata } }) =>
      concerns(metadata.namespace, metadata.name),
    )
    client.watch('endpointslices.discovery.k8s.io', ({ object: { metadata } }) =>
      concerns(metadata.namespace, own(metadata.labels, SERVICE_NAME)),
    )
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const service of client.list(API_SERVICES)) {
          follow(service)
          if (isRemote(service)) queue.add(service.metadata.name ?? '')
        }
      },
      sync: (name) => {
        const service = client.get(API_SERVICES, '', name)
        if (service !== undefined) tell(client, service, look(client, service))
      },
    } satisfies Component
  },
}

const look = (client: Client, apiService: APIService): Finding => {
  const reference = apiService.spec?.service
  if (reference === undefined) return LOCAL
  const { namespace = '', name = '', port = HTTPS } = reference
  const service = client.get('services', namespace, name)
  if (service === undefined)
    return failed('ServiceNotFound', `service/${name} in "${namespace}" is not present`)
  if (service.spec.type === 'ExternalName') return unanswered(apiService, service)
  const served = (service.spec.ports ?? []).find((candidate) => candidate.port === port)
  if (served === undefined)
    return failed(
      'ServicePortError',
      `service/${name} in "${namespace}" is not listening on port ${port}`,
    )
  const slices = client
    .list('endpointslices.discovery.k8s.io', { namespace })
    .filter(({ metadata }) => own(metadata.labels, SERVICE_NAME) === name)
  if (slices.length === 0)
    return failed(
      'EndpointsNotFound',
      `cannot find endpointslices for service/${name} in "${namespace}"`,
    )
  const ready = slices.filter(({ ports }) =>
    (ports ?? []).some((candidate) => (candidate.name ?? '') === (served.name ?? '')),
  )
  const pods = ready.flatMap((slice) => readyPods(slice))
  if (pods.length === 0)
    return failed(
      'MissingEndpoints',
      `endpointslices for service/${name} in "${namespace}" have no addresses with port name "${served.name ?? ''}"`,
    )
  const isMetricsServer = pods.some((pod) => {
    const containers = client.get('pods', namespace, pod)?.spec.containers ?? []
    return containers.some(({ image = '' }) => image.includes('metrics-server'))
  })
  return isMetricsServer && apiService.metadata.name === METRICS_SERVICE
    ? PASSED
    : unanswered(apiService, service)
}

const readyPods = ({ endpoints }: EndpointSlice): readonly string[] =>
  (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
    conditions?.ready === false ? [] : [targetRef?.name ?? ''],
  )

/** No server of an API runs there. */
const unanswered = ({ spec }: APIService, { spec: { clusterIP = '' } }: Service): Finding => {
  const port = spec.service?.port ?? HTTPS
  const url = `https://${clusterIP}:${port}/apis/${spec.group ?? ''}/${spec.version ?? ''}`
  return failed(
    'FailedDiscoveryCheck',
    `failing or missing response from ${url}: bad status from ${url}: 404`,
  )
}

const tell = (client: Client, service: APIService, finding: Finding): void => {
  const conditions = service.status?.conditions ?? []
  const old = conditions.find(({ type }) => type === 'Available')
  const status = finding.isAvailable ? 'True' : 'False'
  const { reason, message } = finding
  if (old?.status === status && old.reason === reason && old.message === message) return
  const lastTransitionTime =
    old?.status === status && old.lastTransitionTime !== undefined
      ? old.lastTransitionTime
      : formatTime(client.now())
  const next = { type: 'Available', status, lastTransitionTime, reason, message }
  const rest = conditions.filter((condition) => condition !== old)
  client.update(
    API_SERVICES,
    { ...service, status: { ...service.status, conditions: [...rest, next] } },
    { subresource: 'status' },
  )
}
