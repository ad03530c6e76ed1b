// Whom the API server's proxy asks. kubernetes: pkg/registry/core/pod/strategy.go ResourceLocation,
// pkg/registry/core/service/storage/storage.go ResourceLocation
import type { Endpoints, EndpointSubset } from '#api/core/v1/endpoints/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { badRequest, notFound, StatusError } from '#apimachinery/status-error.ts'
import type { ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { portNumber } from '#kube-apiserver/endpoints/http.ts'

export interface ProxyLocation {
  readonly scheme: 'http' | 'https'
  readonly address: string
  /** Absent: the scheme's own. */
  readonly port?: number
}

interface Asked {
  readonly scheme: 'http' | 'https'
  readonly name: string
  readonly port: string
}

const serviceUnavailable = (message: string): StatusError =>
  new StatusError(503, 'ServiceUnavailable', message)

/** `https:web:metrics` is scheme, name and port. kubernetes: apimachinery pkg/util/net SplitSchemeNamePort */
const askedOf = (id: string): Asked | undefined => {
  const parts = id.split(':')
  const [first = '', second = '', third = ''] = parts
  if (parts.length === 1)
    return first === '' ? undefined : { scheme: 'http', name: first, port: '' }
  if (parts.length === 2)
    return first === '' ? undefined : { scheme: 'http', name: first, port: second }
  if (parts.length > 3 || second === '' || !['', 'http', 'https'].includes(first)) return undefined
  return { scheme: first === 'https' ? 'https' : 'http', name: second, port: third }
}

/** The Pod or the Service's endpoint that a request to `…/proxy` is for. Throws what a real API server answers. */
export const proxyLocation = (target: ResourceRequest): ProxyLocation => {
  const { resource, path } = target
  const asked = askedOf(path.name)
  if (resource.name === 'services') return serviceLocation(target, asked)
  if (asked === undefined) throw badRequest(`invalid pod request ${JSON.stringify(path.name)}`)
  return podLocation(target, asked)
}

const podLocation = (target: ResourceRequest, { scheme, name, port }: Asked): ProxyLocation => {
  const { context, path } = target
  const pod = context.etcd.get('pods', path.namespace, name) as Pod | undefined
  if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, name)
  const address = pod.status.podIP ?? ''
  if (address === '') throw badRequest('address not allowed')
  const declared = pod.spec.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]
  const number = port === '' ? declared?.containerPort : portNumber(port)
  return { scheme, address, ...(number === undefined ? {} : { port: number }) }
}

const serviceLocation = (target: ResourceRequest, asked: Asked | undefined): ProxyLocation => {
  const { context, path } = target
  if (asked === undefined) throw badRequest(`invalid service request ${JSON.stringify(path.name)}`)
  const { scheme, name } = asked
  const service = context.etcd.get('services', path.namespace, name) as Service | undefined
  const port = portName(service, asked)
  const endpoints = context.etcd.get('endpoints', path.namespace, name) as Endpoints | undefined
  if (endpoints === undefined) throw notFound({ group: '', resource: 'endpoints' }, name)
  const subsets = endpoints.subsets ?? []
  if (subsets.length === 0)
    throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  const fitting = subsets.flatMap((subset) => addressesOf(target, subset, port))
  const chosen = fitting.length === 0 ? undefined : fitting[context.random.below(fitting.length)]
  if (chosen === undefined)
    throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(path.name)}`)
  return { scheme, ...chosen }
}

/** A port's number stands for its name. */
const portName = (service: Service | undefined, { name, port }: Asked): string => {
  if (!/^[+-]?\d+$/.test(port)) return port
  if (service === undefined) throw notFound({ group: '', resource: 'services' }, name)
  const declared = service.spec.ports?.find((candidate) => candidate.port === Number(port))
  if (declared !== undefined) return declared.name ?? ''
  throw serviceUnavailable(
    `no service port ${Number(port)} found for service ${JSON.stringify(name)}`,
  )
}

/** Only addresses that are Pods' are asked. */
const addressesOf = (
  { context, path }: ResourceRequest,
  { addresses = [], ports = [] }: EndpointSubset,
  name: string,
): readonly Pick<Required<ProxyLocation>, 'address' | 'port'>[] => {
  const port = ports.find((candidate) => (candidate.name ?? '') === name)
  if (port === undefined) return []
  return addresses.flatMap(({ ip, targetRef }) => {
    if (targetRef?.kind !== 'Pod') return []
    const namespace = targetRef.namespace ?? path.namespace
    const pod = context.etcd.get('pods', namespace, targetRef.name ?? '') as Pod | undefined
    const isThere = pod?.status.podIPs?.some((entry) => entry.ip === ip) === true
    return isThere ? [{ address: ip, port: port.port }] : []
  })
}
