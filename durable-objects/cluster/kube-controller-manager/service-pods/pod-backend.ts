// kubernetes: staging/src/k8s.io/endpointslice/util/controller_utils.go, pkg/api/v1/pod/util.go
import type { Pod, PodCondition } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'

export type IpFamily = 'IPv4' | 'IPv6'

export const familyOf = (ip: string): IpFamily => (ip.includes(':') ? 'IPv6' : 'IPv4')

export const readyCondition = (pod: Pod): PodCondition | undefined =>
  pod.status.conditions?.find(({ type }) => type === 'Ready')

export const isReady = (pod: Pod): boolean => readyCondition(pod)?.status === 'True'

const isTerminal = (pod: Pod): boolean =>
  pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'

/** kubernetes: ShouldPodBeInEndpoints */
export const belongsInEndpoints = (pod: Pod, includeTerminating: boolean): boolean =>
  !isTerminal(pod) &&
  (pod.status.podIP !== undefined || (pod.status.podIPs ?? []).length > 0) &&
  (includeTerminating || pod.metadata.deletionTimestamp === undefined)

/** A Pod's first address of the family. */
export const podAddress = (pod: Pod, family: IpFamily): string | undefined => {
  const { podIPs, podIP } = pod.status
  if (podIPs !== undefined) return podIPs.find(({ ip }) => familyOf(ip) === family)?.ip
  return podIP !== undefined && familyOf(podIP) === family ? podIP : undefined
}

/** The Pod has a DNS name of its own in the Service. kubernetes: ShouldSetHostname */
export const hasHostnameIn = (pod: Pod, service: Service): boolean =>
  (pod.spec.hostname ?? '') !== '' && pod.spec.subdomain === service.metadata.name

/** Whether a change of a Pod can change what Services know of it. kubernetes: podEndpointsChanged */
export const backendChanged = (old: Pod, pod: Pod): boolean =>
  old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
  old.metadata.uid !== pod.metadata.uid ||
  old.status.phase !== pod.status.phase ||
  !sameAddresses(old, pod) ||
  isReady(old) !== isReady(pod) ||
  old.spec.nodeName !== pod.spec.nodeName ||
  old.spec.hostname !== pod.spec.hostname ||
  old.spec.subdomain !== pod.spec.subdomain

const sameAddresses = (a: Pod, b: Pod): boolean => {
  if (a.status.podIP !== b.status.podIP) return false
  const [left, right] = [a.status.podIPs, b.status.podIPs]
  if (left === right) return true
  return (
    left !== undefined &&
    left.length === right?.length &&
    left.every(({ ip }, index) => ip === right[index]!.ip)
  )
}

/** The Service has a cluster IP. kubernetes: helper.IsServiceIPSet */
export const hasClusterIp = ({ spec }: Service): boolean =>
  spec.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None'

/** The Service's endpoints are made from Pods. Those of others are left to whoever writes them. */
export const selectsPods = ({ spec }: Service): boolean =>
  spec.type !== 'ExternalName' &&
  spec.selector !== undefined &&
  Object.keys(spec.selector).length > 0
