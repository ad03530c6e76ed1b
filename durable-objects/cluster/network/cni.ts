// What the CNI plugin does on a node: host ports, masquerading of what leaves the cluster's Pods, NetworkPolicies.
import { cidrContains } from '#net/cidr.ts'
import { formatIp, isLoopback, sameIp } from '#net/ip.ts'
import type { Packet } from '#netfilter/packet.ts'
import { endpointText, podName, tracePacket } from './host.ts'
import type { Hops } from './hops.ts'
import { isLocalAddress } from './route.ts'
import type { World, WorldNode, WorldPod } from './world.ts'

export interface ChangedPacket {
  readonly packet: Packet
  readonly says: string
}

/** The plugin portmap: a port of the node leads to a Pod on it. */
export const hostPortOf = (
  world: World,
  node: WorldNode,
  packet: Packet,
): ChangedPacket | undefined => {
  const { destination, protocol } = packet
  if (!isLocalAddress(node, destination.ip)) return undefined
  for (const pod of world.podsWithHostPorts(node.name)) {
    const { ip } = pod
    if (ip === undefined || !pod.hasNetwork) continue
    const found = pod.hostPorts.find(
      (port) =>
        port.protocol === protocol &&
        port.hostPort === destination.port &&
        (port.hostIP === undefined || sameIp(port.hostIP, destination.ip)),
    )
    if (found === undefined) continue
    const to = { ip, port: found.containerPort }
    return {
      packet: { ...packet, destination: to },
      says: `port ${found.hostPort} of this node is a hostPort of Pod ${podName(pod)}: the destination becomes ${endpointText(to)}`,
    }
  }
  return undefined
}

/** Pods' addresses mean nothing outside: what leaves takes the node's. So does what comes back to the Pod that sent it. */
export const masqueradeOf = (
  world: World,
  node: WorldNode,
  packet: Packet,
): ChangedPacket | undefined => {
  const { source, destination } = packet
  const [ip] = node.ips
  const isToItself = sameIp(source.ip, destination.ip) && !isLoopback(source.ip)
  // 127.0.0.1 is the Pod itself to the Pod
  const isFromLoopback = isLoopback(source.ip) && !isLoopback(destination.ip)
  const isLeaving =
    cidrContains(world.podCIDR, source.ip) && !cidrContains(world.podCIDR, destination.ip)
  if (ip === undefined || (!isLeaving && !isToItself && !isFromLoopback)) return undefined
  const changed = { ...packet, source: { ip, port: source.port } }
  const why = isToItself
    ? 'the Pod would answer itself without the node'
    : isFromLoopback
      ? 'no answer would come back to a loopback address'
      : "the Pod's address means nothing outside the Pods' network"
  return {
    packet: changed,
    says: `${why}: the source becomes the node's own, ${endpointText(changed.source)}`,
  }
}

interface PolicyQuestion {
  readonly node: WorldNode
  readonly packet: Packet
  readonly direction: 'egress' | 'ingress'
  readonly from?: WorldPod
  readonly to?: WorldPod
}

/** Undefined: NetworkPolicies let the packet pass. */
export const policyStop = (
  world: World,
  hops: Hops,
  { node, packet, direction, from, to }: PolicyQuestion,
): { kind: 'stopped'; outcome: 'dropped'; says: string } | undefined => {
  const { source, destination, protocol } = packet
  const sender = from ?? world.podAt(source.ip) ?? source.ip
  const receiver = to ?? world.podAt(destination.ip) ?? destination.ip
  const verdict = world.policy(sender, receiver, destination.port, protocol, direction)
  if (verdict.isAllowed && verdict.says === '') return undefined
  hops.add(() => ({
    where: { node: node.name, component: 'CNI plugin' },
    what: verdict.isAllowed ? 'policy' : 'drop',
    packet: tracePacket(packet),
    says: `NetworkPolicy (${direction}): ${verdict.says}`,
  }))
  if (verdict.isAllowed) return undefined
  const whom =
    direction === 'egress'
      ? `Pod ${podName(from!)} may not send to ${endpointText(destination)}`
      : `Pod ${podName(to!)} does not take packets from ${formatIp(source.ip)}`
  return { kind: 'stopped', outcome: 'dropped', says: `a NetworkPolicy: ${whom}` }
}
