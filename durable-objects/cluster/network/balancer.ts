// A cloud's load balancer: one of the healthy nodes gets the packet.
import { cidrContains, formatCidr } from '#net/cidr.ts'
import { formatIp } from '#net/ip.ts'
import type { Chance } from '#netfilter/evaluation.ts'
import type { Packet } from '#netfilter/packet.ts'
import { endpointText } from './host.ts'
import type { TraceOutcome } from './trace.ts'
import type { World, WorldLoadBalancer, WorldNode } from './world.ts'

export interface BalancerChoice {
  readonly node: WorldNode
  readonly packet: Packet
  readonly probability: number
  readonly says: string
}

interface Stop {
  readonly kind: 'stopped'
  readonly outcome: Exclude<TraceOutcome, 'delivered' | 'nxdomain'>
  readonly says: string
}

export const balancerChoice = (
  world: World,
  packet: Packet,
  chance: Chance,
): BalancerChoice | Stop => {
  const { destination, protocol, source } = packet
  const balancer = world.loadBalancerAt(destination.ip)
  const name = `the load balancer of ${balancer?.service ?? formatIp(destination.ip)}`
  const port = balancer?.ports.find(
    (candidate) => candidate.protocol === protocol && candidate.port === destination.port,
  )
  if (balancer === undefined || port === undefined)
    return stop(
      'timeout',
      `${name} does not listen on ${protocol} port ${destination.port}${listening(balancer)}`,
    )
  // a balancer that keeps the address leaves this to kube-proxy's rules
  const { sourceRanges, isVip } = balancer
  if (
    !isVip &&
    sourceRanges.length > 0 &&
    !sourceRanges.some((cidr) => cidrContains(cidr, source.ip))
  )
    return stop(
      'dropped',
      `${name} lets in only ${sourceRanges.map(formatCidr).join(', ')} (loadBalancerSourceRanges), and the client is ${formatIp(source.ip)}`,
    )
  if (!isVip && port.nodePort === 0)
    return stop(
      'timeout',
      `${name} has no node port to send to (allocateLoadBalancerNodePorts: false)`,
    )
  const nodes = balancer.nodes.flatMap((nodeName) => world.node(nodeName) ?? [])
  const node = nodes.length === 0 ? undefined : nodes[chance.oneOf(nodes.length)]
  const [ip] = node?.ips ?? []
  if (node === undefined || ip === undefined)
    return stop('timeout', `${name} has no healthy node: its health check fails on every node`)
  const one = nodes.length === 1 ? 'the only healthy node' : `one of ${nodes.length} healthy nodes`
  if (isVip)
    return {
      node,
      packet,
      probability: 1 / nodes.length,
      says: `${name} sends the packet to ${one}, ${node.name}, and leaves the address as it is: kube-proxy there knows it, so that it needs no node port`,
    }
  const sent = { ...packet, destination: { ip, port: port.nodePort } }
  return {
    node,
    packet: sent,
    probability: 1 / nodes.length,
    says: `${name} sends the packet to the node port of ${one}, ${node.name}: ${endpointText(sent.destination)}`,
  }
}

const stop = (outcome: Stop['outcome'], says: string): Stop => ({ kind: 'stopped', outcome, says })

const listening = (balancer: WorldLoadBalancer | undefined): string => {
  const ports = balancer?.ports.map(({ protocol, port }) => `${protocol} ${port}`) ?? []
  return ports.length === 0 ? '' : `: it listens on ${ports.join(', ')}`
}
