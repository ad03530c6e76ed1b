// kubernetes: staging/src/k8s.io/endpointslice/utils.go podToEndpoint, trafficdist/trafficdist.go
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type {
  Endpoint,
  EndpointConditions,
  EndpointHints,
} from '#api/discovery/v1/endpoint-slice/types.ts'
import { equal, freeze, own } from '#apimachinery/object.ts'
import { wantsTopologyHints } from '#kube-controller-manager/endpointslice/topology-hints.ts'
import {
  hasHostnameIn,
  isReady,
  podAddress,
  type IpFamily,
} from '#kube-controller-manager/service-pods/pod-backend.ts'

const ZONE = 'topology.kubernetes.io/zone'

const conditionsOf = (ready: boolean, serving: boolean, terminating: boolean): EndpointConditions =>
  freeze({ ready, serving, terminating })

/** All the conditions there are, to be shared: [ready][serving][terminating]. */
const CONDITIONS = [false, true].map((ready) =>
  [false, true].map((serving) =>
    [false, true].map((terminating) => conditionsOf(ready, serving, terminating)),
  ),
)

/** How a Pod stands in a slice; undefined if it has no address of the family. */
export const podEndpoint = (
  pod: Pod,
  node: Node | undefined,
  service: Service,
  family: IpFamily,
): Endpoint | undefined => {
  const address = podAddress(pod, family)
  if (address === undefined) return undefined
  const { namespace = '', name = '', uid = '' } = pod.metadata
  const serving = isReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
  const zone = own(node?.metadata.labels, ZONE) ?? ''
  const endpoint: Endpoint = {
    addresses: [address],
    conditions: CONDITIONS[Number(ready)]![Number(serving)]![Number(terminating)]!,
    ...(hasHostnameIn(pod, service) ? { hostname: pod.spec.hostname! } : {}),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(zone === '' ? {} : { zone }),
  }
  const hints = ready ? hintsOf(endpoint, service) : undefined
  return hints === undefined ? endpoint : { ...endpoint, hints }
}

const DISTRIBUTIONS: ReadonlySet<string> = new Set([
  'PreferClose',
  'PreferSameZone',
  'PreferSameNode',
])

/** kubernetes: preferCloseHeuristic */
const hintsOf = (
  { zone, nodeName }: Endpoint,
  { spec, metadata }: Service,
): EndpointHints | undefined => {
  const { trafficDistribution = '' } = spec
  if (!DISTRIBUTIONS.has(trafficDistribution) || wantsTopologyHints(metadata.annotations))
    return undefined
  const toNode = trafficDistribution === 'PreferSameNode' && nodeName !== undefined
  if (zone === undefined && !toNode) return undefined
  return {
    ...(toNode ? { forNodes: [{ name: nodeName }] } : {}),
    ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
  }
}

/** The two are the same endpoint, perhaps in another condition. kubernetes: hashEndpoint */
export const isSameEndpoint = (a: Endpoint, b: Endpoint): boolean =>
  a === b ||
  (a.targetRef?.uid === b.targetRef?.uid &&
    a.targetRef?.name === b.targetRef?.name &&
    a.targetRef?.namespace === b.targetRef?.namespace &&
    a.nodeName === b.nodeName &&
    a.hostname === b.hostname &&
    equal(a.addresses, b.addresses))

/** kubernetes: EndpointsEqualBeyondHash, and the hints if they are the endpoint's own */
export const isUnchangedEndpoint = (a: Endpoint, b: Endpoint, hasOwnHints: boolean): boolean =>
  a === b ||
  (a.zone === b.zone &&
    equal(a.conditions, b.conditions) &&
    equal(a.targetRef, b.targetRef) &&
    (!hasOwnHints || equal(a.hints, b.hints)))
