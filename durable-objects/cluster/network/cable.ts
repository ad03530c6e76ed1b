// What lies between machines: the cable that the nodes and the learner's computer hang on, cloud load balancers, the router, the internet.
import { cidrContains, formatCidr } from '#net/cidr.ts'
import { formatIp, sameIp } from '#net/ip.ts'
import type { Chance } from '#netfilter/evaluation.ts'
import type { Packet } from '#netfilter/packet.ts'
import type { AddressChanges } from './address-changes.ts'
import { type BalancerChoice, balancerChoice } from './balancer.ts'
import {
  endpointText,
  type Host,
  INTERNET_CLIENT,
  placeOf,
  tracePacket,
  WORKSTATION,
} from './host.ts'
import { stationOf } from './stations.ts'
import type { TracePlace } from './trace.ts'
import { type Outside, type Position, stopped, type Stopped } from './way.ts'
import type { WayNotes } from './way-notes.ts'
import type { World, WorldNode } from './world.ts'

/** How long Linux asks for the machine that has an address on the same cable: three times, a second each. */
export const UNANSWERED_ARP = 3000

export interface CableParts {
  readonly world: World
  readonly changes: AddressChanges
  readonly chance: Chance
}

/** A packet on its way, and whether the connection's first one. */
export interface Carried {
  readonly notes: WayNotes
  readonly isFirst: boolean
}

/** As one connection meets it. */
export class Cable {
  readonly #parts: CableParts

  constructor(parts: CableParts) {
    this.#parts = parts
  }

  /** Out of a node, to another one or to the router. */
  leave(node: WorldNode, leaving: Packet, to: WorldNode | undefined, { notes }: Carried): Position {
    if (!node.isConnected) {
      const says = `node ${node.name} is cut off from the network: the packet is lost`
      return notes.lost({ component: 'cable' }, leaving, says)
    }
    if (to === undefined) return { kind: 'outside', packet: leaving, from: node }
    return this.#toNode(to, this.#throughBalancer(leaving, notes), notes)
  }

  /** From where a packet is outside the nodes. */
  carry({ packet: given, from }: Outside, carried: Carried): Position {
    const { world } = this.#parts
    const { notes } = carried
    const packet = notes.isReply ? this.#throughBalancer(given, notes) : given
    const { ip } = packet.destination
    if (sameIp(ip, WORKSTATION)) return { kind: 'arrived', host: { kind: 'workstation' }, packet }
    if (sameIp(ip, INTERNET_CLIENT)) return { kind: 'arrived', host: { kind: 'internet' }, packet }
    const balancer = world.loadBalancerAt(ip)
    if (balancer !== undefined) return this.#balance(packet, carried)
    const node = world.nodeAt(ip)
    if (node !== undefined) return this.#toNode(node, packet, notes)
    if (cidrContains(world.nodeCIDR, ip)) return this.#unanswered(packet, from, notes)
    const isClusterIP = world.serviceCIDRs.some((cidr) => cidrContains(cidr, ip))
    if (isClusterIP || cidrContains(world.podCIDR, ip)) {
      const what = isClusterIP ? 'a cluster IP' : 'the address of a Pod'
      return noWay(packet, what, from, notes)
    }
    const host: Host = { kind: 'remote', ip }
    const says = `the internet carries the packet to ${formatIp(ip)}`
    notes.add(placeOf(host), 'deliver', packet, says)
    return { kind: 'arrived', host, packet }
  }

  #toNode(node: WorldNode, packet: Packet, notes: WayNotes): Position {
    const where = { component: 'cable' }
    if (!node.isOn)
      return notes.lost(where, packet, `node ${node.name} has no power: nobody takes the packet`)
    if (!node.isConnected)
      return notes.lost(
        where,
        packet,
        `node ${node.name} is cut off from the network: nobody takes the packet`,
      )
    notes.add(where, 'forward', packet, `over the cable to ${node.name}`)
    const { output: _, ...rest } = packet
    return { kind: 'kernel', node, packet: { ...rest, input: 'eth0' }, from: 'cable' }
  }

  /** No machine on the cable has the address: whoever would put the packet on it finds out, and says so. */
  #unanswered(packet: Packet, from: WorldNode | undefined, notes: WayNotes): Stopped {
    const range = formatCidr(this.#parts.world.nodeCIDR)
    const { component, ...node } = askerOf(packet, from)
    const who = from === undefined ? `the ${component}` : `node ${from.name}`
    const asker = component === 'workstation' ? 'your computer' : who
    const address = formatIp(packet.destination.ip)
    const says = `${address} is in ${range}, the network of the nodes, but no machine there has this address: ${asker} asks for it (ARP) for ${UNANSWERED_ARP / 1000} seconds, then gives up`
    notes.add({ component, ...node }, 'lost', packet, `${says}: "No route to host"`)
    return stopped('no-route', says)
  }

  #balance(packet: Packet, { notes, isFirst }: Carried): Position {
    const { world, changes, chance } = this.#parts
    const known = changes.balanced === undefined ? undefined : world.node(changes.balanced)
    if (!isFirst && known !== undefined)
      return this.#toNode(known, changes.redone('balancer', packet) ?? packet, notes)
    const choice: BalancerChoice | Stopped = balancerChoice(world, packet, chance)
    const where = { component: 'cloud load balancer' }
    if ('kind' in choice) {
      notes.add(where, choice.outcome === 'dropped' ? 'drop' : 'lost', packet, choice.says)
      return choice
    }
    changes.balanced = choice.node.name
    if (choice.packet !== packet) changes.remember('balancer', packet, choice.packet)
    const { probability, says } = choice
    notes.hops.add(() => ({
      where,
      what: 'balance',
      ...(choice.packet === packet ? {} : { before: tracePacket(packet) }),
      packet: tracePacket(choice.packet),
      probability,
      ...(choice.packet === packet ? {} : { station: stationOf(world, choice.packet.destination) }),
      says,
    }))
    return this.#toNode(choice.node, choice.packet, notes)
  }

  /** An answer to what a load balancer sent to a node port takes the balancer's address again. */
  #throughBalancer(packet: Packet, notes: WayNotes): Packet {
    const undone = notes.isReply ? this.#parts.changes.undone('balancer', packet) : undefined
    if (undone === undefined || sameIp(undone.source.ip, packet.source.ip)) return packet
    notes.hops.add(() => ({
      where: { component: 'cloud load balancer' },
      what: 'conntrack',
      before: tracePacket(packet),
      packet: tracePacket(undone),
      isReply: true,
      says: `the load balancer gives the answer its own address ${endpointText(undone.source)} again`,
    }))
    return undone
  }
}

/** Who puts a packet on the cable: what comes from the internet, the router does. */
const askerOf = (packet: Packet, from: WorldNode | undefined): TracePlace => {
  if (from !== undefined) return { node: from.name, component: 'kernel' }
  return { component: sameIp(packet.source.ip, WORKSTATION) ? 'workstation' : 'router' }
}

const noWay = (
  packet: Packet,
  what: string,
  from: WorldNode | undefined,
  notes: WayNotes,
): Stopped => {
  const text = formatIp(packet.destination.ip)
  const where = { component: 'router' }
  if (from === undefined) {
    const says = `${text} is ${what}: such addresses mean something only inside the cluster`
    notes.add(where, 'lost', packet, says)
    return stopped('no-route', says)
  }
  const why =
    what === 'a cluster IP'
      ? `no rule on node ${from.name} is for its ${packet.protocol.toUpperCase()} port ${packet.destination.port}, so that the packet left the cluster, where nobody knows cluster IPs`
      : 'no node has it in its range, so that it left the cluster'
  return notes.lost(where, packet, `${text} is ${what}: ${why}`)
}
