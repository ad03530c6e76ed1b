// Where a node sends a packet next, as `ip route` on it would say.
import { cidrContains } from '#net/cidr.ts'
import { formatCidr } from '#net/cidr.ts'
import { formatIp, isLoopback, type Ip, sameIp } from '#net/ip.ts'
import type { VirtualServers } from '#netfilter/virtual-servers.ts'
import { WORKSTATION } from './host.ts'
import type { World, WorldNode, WorldPod } from './world.ts'

/** The bridge that a node's Pods hang on. */
export const BRIDGE = 'cni0'
/** The cable to the other nodes. */
export const CABLE = 'eth0'
export const LOOPBACK = 'lo'

export type Route =
  | { readonly kind: 'local' }
  | { readonly kind: 'pod'; readonly pod: WorldPod; readonly says: string }
  /** The address is one for the node's Pods, but no Pod has it. */
  | { readonly kind: 'nobody'; readonly says: string }
  | { readonly kind: 'node'; readonly node: WorldNode; readonly says: string }
  /** To no machine that the cluster knows: on to the cable, or to the router, which knows the way to the internet. */
  | { readonly kind: 'default'; readonly says: string }

/** By which interface the packet leaves; none if it stays. */
export const outputOf = ({ kind }: Route): string => {
  if (kind === 'local') return LOOPBACK
  return kind === 'pod' || kind === 'nobody' ? BRIDGE : CABLE
}

export const isLocalAddress = (node: WorldNode, ip: Ip): boolean =>
  isLoopback(ip) ||
  node.ips.some((own) => sameIp(own, ip)) ||
  addressesOf(node.virtualServers()).has(ip.value)

const NO_ADDRESSES: ReadonlySet<Ip['value']> = new Set()
/** What stands on the interface kube-ipvs0. Virtual servers are never changed, only replaced. */
const localAddresses = new WeakMap<VirtualServers, ReadonlySet<Ip['value']>>()

const addressesOf = (servers: VirtualServers | undefined): ReadonlySet<Ip['value']> => {
  if (servers === undefined) return NO_ADDRESSES
  let addresses = localAddresses.get(servers)
  if (addresses === undefined) {
    addresses = new Set(Array.from(servers.entries(), ([, { ip }]) => ip.value))
    localAddresses.set(servers, addresses)
  }
  return addresses
}

export const routeAt = (world: World, node: WorldNode, ip: Ip): Route => {
  if (isLocalAddress(node, ip)) return { kind: 'local' }
  const { podCIDR } = node
  if (podCIDR !== undefined && cidrContains(podCIDR, ip)) {
    const pod = world.podAt(ip)
    const here = `${formatIp(ip)} is in ${formatCidr(podCIDR)}, the range of this node's own Pods`
    return pod?.hasNetwork === true && pod.nodeName === node.name
      ? { kind: 'pod', pod, says: `${here}: on to the bridge ${BRIDGE}` }
      : { kind: 'nobody', says: `${here}, but no Pod has this address (any more)` }
  }
  if (sameIp(ip, WORKSTATION))
    return { kind: 'default', says: `${formatIp(ip)} is your computer, on the same cable` }
  const other = world.nodeAt(ip)
  if (other !== undefined)
    return {
      kind: 'node',
      node: other,
      says: `${formatIp(ip)} is the address of node ${other.name}`,
    }
  if (cidrContains(world.podCIDR, ip)) return routeToPods(world, ip)
  return cidrContains(world.nodeCIDR, ip) ? onLink(world, ip) : DEFAULT
}

const routeToPods = (world: World, ip: Ip): Route => {
  // where the Pod runs says it at once; all nodes need to be looked at only for addresses that nobody has
  const known = world.podAt(ip)
  const holds = ({ podCIDR }: WorldNode): boolean =>
    podCIDR !== undefined && cidrContains(podCIDR, ip)
  const guess = known === undefined ? undefined : world.node(known.nodeName)
  const node = guess !== undefined && holds(guess) ? guess : world.nodes().find(holds)
  if (node?.podCIDR === undefined)
    return { kind: 'default', says: `${formatIp(ip)} is in no node's range of Pods` }
  const range = formatCidr(node.podCIDR)
  const via = node.ips[0] === undefined ? '' : ` via ${formatIp(node.ips[0])}`
  return {
    kind: 'node',
    node,
    says: `${formatIp(ip)} is in ${range}, the Pods of node ${node.name}: the route says ${range}${via}`,
  }
}

const onLink = (world: World, ip: Ip): Route => ({
  kind: 'default',
  says: `${formatIp(ip)} is in ${formatCidr(world.nodeCIDR)}, the node's own network: on to the cable`,
})

const DEFAULT: Route = {
  kind: 'default',
  says: 'no route but the default one fits: out to the router',
}
