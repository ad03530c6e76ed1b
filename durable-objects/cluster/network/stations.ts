// The boxes that a diagram of the way would have.
import { cidrContains } from '#net/cidr.ts'
import type { Endpoint, Packet } from '#netfilter/packet.ts'
import type { Step } from '#netfilter/step.ts'
import { endpointText, type Host, placeOf, podName } from './host.ts'
import type { World } from './world.ts'

/** What an address is to a person who knows the cluster. */
export const stationOf = (world: World, destination: Endpoint): string => {
  const { ip } = destination
  const text = endpointText(destination)
  if (world.serviceCIDRs.some((cidr) => cidrContains(cidr, ip))) return `ClusterIP ${text}`
  const pod = world.podAt(ip)
  if (pod !== undefined) return `Pod ${podName(pod)} ${text}`
  const balancer = world.loadBalancerAt(ip)
  if (balancer !== undefined) return `Cloud Load Balancer ${text} (${balancer.service})`
  const node = world.nodeAt(ip)
  if (node === undefined)
    return `${cidrContains(world.podCIDR, ip) ? 'Pod' : 'External Service'} ${text}`
  return `${isNodePort(destination.port) ? 'NodeIP:NodePort' : 'NodeIP'} ${text} (${node.name})`
}

/** kube-apiserver: --service-node-port-range */
const isNodePort = (port: number): boolean => port >= 30_000 && port <= 32_767

/**
 * From outside a Service is reached by a chain for outside traffic, which leads to the very chain that its cluster IP leads to: there
 * NodePort and LoadBalancer stand on ClusterIP.
 */
export const serviceStation = (steps: readonly Step[], index: number): string | undefined => {
  const { did, chain } = steps[index]!
  const last = did.at(-1)
  if (last?.kind !== 'jump' && last?.kind !== 'goto') return undefined
  if (!/^(KUBE-EXT-|external-)/.test(chain) || !/^(KUBE-SV[CL]-|service-|local-)/.test(last.chain))
    return undefined
  const name = last.chain.startsWith('KUBE-')
    ? steps
        .slice(0, index)
        .map(serviceInComment)
        .findLast((found) => found !== undefined)
    : /^[a-z]+-[A-Z0-9]+-([^/]+\/[^/]+)/.exec(last.chain)?.[1]
  return `ClusterIP's chain of Service ${name ?? '(unknown)'}`
}

const serviceInComment = ({ rule }: Step): string | undefined => {
  for (const part of rule?.parts ?? [])
    if (part.kind === 'comment') return /^([^\s/:]+\/[^\s:]+)/.exec(part.text)?.[1]
  return undefined
}

/** The station at the end of the way. */
export const arrivalOf = (host: Host, { destination }: Packet): string => {
  const { node, component } = placeOf(host)
  const name =
    component === 'node'
      ? `Node ${node}`
      : `${component.charAt(0).toUpperCase()}${component.slice(1)}`
  const isNamed = component.startsWith('internet host')
  return `${isNamed ? 'External Service' : name} ${endpointText(destination)}${node === undefined || component === 'node' ? '' : `, on ${node}`}`
}
