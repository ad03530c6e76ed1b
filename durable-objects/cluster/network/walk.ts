// The way of packets from one machine to another: node by node, each node's kernel, the CNI plugin's own steps, cables and what is
// outside the cluster. One walk is one connection's: what happened to its first packet happens to the others too.
import { cidrContains } from '#net/cidr.ts'
import { formatIp, isLoopback, sameIp } from '#net/ip.ts'
import { type Chance, chanceOf } from '#netfilter/evaluation.ts'
import { type NodeKernel, type Passage, receive, send } from '#netfilter/node-stack.ts'
import type { Packet } from '#netfilter/packet.ts'
import { AddressChanges } from './address-changes.ts'
import { type BalancerChoice, balancerChoice } from './balancer.ts'
import { hostPortOf, masqueradeOf, policyStop } from './cni.ts'
import {
  endpointText,
  type Host,
  INTERNET_CLIENT,
  placeOf,
  tracePacket,
  WORKSTATION,
} from './host.ts'
import type { Hops } from './hops.ts'
import { addPassage, type PassageStory, whyStopped } from './packet-hops.ts'
import { BRIDGE, isLocalAddress, outputOf, routeAt } from './route.ts'
import { arrivalOf, stationOf } from './stations.ts'
import type { TraceHop, TraceOutcome } from './trace.ts'
import type { World, WorldNode, WorldPod } from './world.ts'

export interface Arrived {
  readonly kind: 'arrived'
  readonly host: Host
  readonly packet: Packet
}

export interface Stopped {
  readonly kind: 'stopped'
  readonly outcome: Exclude<TraceOutcome, 'delivered' | 'nxdomain'>
  readonly says: string
}

export type WalkEnd = Arrived | Stopped

export interface WalkOptions {
  readonly world: World
  readonly hops: Hops
  /** How chance decides; by the world's randomness if absent. */
  readonly chance?: Chance
  /** Told of each passage through a node. */
  readonly onPassage?: (node: WorldNode, passage: Passage) => void
}

type Position =
  | {
      readonly kind: 'kernel'
      readonly node: WorldNode
      readonly packet: Packet
      readonly from: 'process' | 'cable' | WorldPod
    }
  /** `from`: the node that it left, if one. */
  | { readonly kind: 'outside'; readonly packet: Packet; readonly from?: WorldNode }
  | WalkEnd

/** As the TTL of a packet: what goes round in circles is lost in the end. */
const MAX_STATIONS = 16

export class Walk {
  readonly world: World
  readonly #options: WalkOptions
  readonly #changes = new AddressChanges()
  /** The node that a load balancer chose for the connection. */
  #balanced: WorldNode | undefined
  readonly #chance: Chance
  #hops: Hops
  #isReply = false
  /** Later packets of a connection do as the first one did. */
  #isFirst = true

  constructor(options: WalkOptions) {
    this.#options = options
    this.world = options.world
    this.#chance = options.chance ?? chanceOf(() => options.world.random())
    this.#hops = options.hops
  }

  /** The connection's first packet. */
  first(packet: Packet, from: Host): WalkEnd {
    this.#isFirst = true
    return this.#send(packet, from, false, this.#options.hops)
  }

  /** Another packet of the connection, either way. */
  next(packet: Packet, from: Host, isReply: boolean, hops: Hops = this.#options.hops): WalkEnd {
    this.#isFirst = false
    return this.#send(packet, from, isReply, hops)
  }

  #send(packet: Packet, from: Host, isReply: boolean, hops: Hops): WalkEnd {
    this.#isReply = isReply
    this.#hops = hops
    let position = this.#depart(packet, from)
    for (let left = MAX_STATIONS; left > 0; left--) {
      if (position.kind === 'arrived' || position.kind === 'stopped') return position
      position = position.kind === 'kernel' ? this.#atNode(position) : this.#outside(position)
    }
    if (position.kind === 'arrived' || position.kind === 'stopped') return position
    const says = 'the packet goes round in circles until its time to live is over'
    return this.#lost({ component: 'network' }, packet, says)
  }

  #depart(packet: Packet, from: Host): Position {
    if (from.kind === 'pod') {
      const { pod, node } = from
      const { ip } = packet.destination
      if (isLoopback(ip) || (pod.ip !== undefined && sameIp(pod.ip, ip))) {
        const says = `${formatIp(ip)} is the Pod's own address: the packet never leaves the Pod`
        this.#add(placeOf(from), 'route', packet, says)
        return { kind: 'arrived', host: from, packet }
      }
      return { kind: 'kernel', node, packet: { ...packet, input: BRIDGE }, from: pod }
    }
    return from.kind === 'node'
      ? { kind: 'kernel', node: from.node, packet, from: 'process' }
      : { kind: 'outside', packet }
  }

  #atNode(position: Extract<Position, { kind: 'kernel' }>): Position {
    const { node, from } = position
    const entered = this.#enter(node, position.packet)
    const passage = this.#pass(node, entered, from === 'process')
    const { outcome, packet } = passage
    const isThrough = outcome.kind === 'delivered' || outcome.kind === 'sent'
    if (isThrough && typeof from !== 'string' && this.#isFirst && !this.#isReply) {
      const question = { node, packet, direction: 'egress', from } as const
      const stop = policyStop(this.world, this.#hops, question)
      if (stop !== undefined) return stop
    }
    switch (outcome.kind) {
      case 'drop':
        return stopped(
          'dropped',
          `a rule on node ${node.name} drops the packet${whyStopped(passage)}: no answer comes`,
        )
      case 'reject':
        return stopped(
          'rejected',
          `a rule on node ${node.name} rejects the packet${whyStopped(passage)}: "Connection refused"`,
        )
      case 'noRoute':
        return stopped(
          'no-route',
          `node ${node.name} knows no way to ${endpointText(packet.destination)}`,
        )
      case 'delivered': {
        const says = `${formatIp(packet.destination.ip)} is an address of node ${node.name} itself: to the program there`
        const host = this.#programOn(node, packet)
        this.#deliver(host, packet, says)
        return { kind: 'arrived', host, packet: this.#leave(node, packet) }
      }
      case 'sent':
        return this.#forward(position, packet)
    }
  }

  /** A Pod in the node's network, or a program of the node itself. */
  #programOn(node: WorldNode, { protocol, destination: { ip, port } }: Packet): Host {
    const socket = { ip, port, protocol }
    const pod = this.#isReply ? undefined : this.world.hostNetworkPodAt(node, socket)
    return pod === undefined ? { kind: 'node', node } : { kind: 'node', node, pod }
  }

  /** What the CNI plugin does to a packet before the node's tables see it. */
  #enter(node: WorldNode, packet: Packet): Packet {
    if (this.#isReply) {
      const undone = this.#changes.undone(`${node.name} cni`, packet)
      if (undone === undefined) return packet
      const says = `the CNI plugin's masquerading is undone: the answer is for ${endpointText(undone.destination)}`
      return this.#change(node, 'conntrack', packet, undone, says)
    }
    const known = this.#changes.redone(`${node.name} hostPort`, packet)
    if (known !== undefined || !this.#isFirst) return known ?? packet
    const found = hostPortOf(this.world, node, packet)
    if (found === undefined) return packet
    this.#changes.remember(`${node.name} hostPort`, packet, found.packet)
    return this.#change(node, 'host-port', packet, found.packet, found.says)
  }

  #pass(node: WorldNode, packet: Packet, isOwn: boolean): Passage {
    const { world, onPassage } = this.#options
    const kernel: NodeKernel = {
      ruleset: node.ruleset(),
      connections: node.connections,
      virtualServers: node.virtualServers(),
      now: world.now,
      random: () => world.random(),
      chance: this.#chance,
      isLocal: (ip) => isLocalAddress(node, ip),
      route: ({ destination }) => {
        const route = routeAt(world, node, destination.ip)
        return route.kind === 'local' ? route : { kind: 'out', output: outputOf(route) }
      },
      // differs: out of the bridge Linux would take the bridge's own address
      sourceAddress: () => node.ips[0],
    }
    const passage = isOwn ? send(kernel, packet) : receive(kernel, packet)
    onPassage?.(node, passage)
    const route = this.#routeOf(node, passage)
    addPassage(this.#hops, { nodeName: node.name, passage, isReply: this.#isReply, route })
    return passage
  }

  #routeOf(node: WorldNode, { outcome, packet }: Passage): PassageStory['route'] {
    if (!this.#hops.isKept || outcome.kind !== 'sent') return undefined
    const route = routeAt(this.world, node, packet.destination.ip)
    return route.kind === 'local' || route.kind === 'nobody'
      ? undefined
      : { what: route.kind === 'pod' ? 'forward' : 'route', says: route.says }
  }

  #leave(node: WorldNode, packet: Packet): Packet {
    const undone = this.#isReply ? this.#changes.undone(`${node.name} hostPort`, packet) : undefined
    if (undone === undefined) return packet
    const says = `the host port is undone: the answer comes from ${endpointText(undone.source)}`
    return this.#change(node, 'conntrack', packet, undone, says)
  }

  #forward({ node, from }: Extract<Position, { kind: 'kernel' }>, passed: Packet): Position {
    const packet = this.#leave(node, passed)
    const isNew = this.#isFirst && !this.#isReply
    const route = routeAt(this.world, node, packet.destination.ip)
    if (route.kind === 'local') return { kind: 'kernel', node, packet, from: 'cable' }
    const where = { node: node.name, component: 'kernel' }
    if (route.kind === 'nobody') {
      this.#add(where, 'lost', packet, `${route.says}: "No route to host"`)
      return stopped(
        'no-route',
        `no Pod has the address ${formatIp(packet.destination.ip)} (any more)`,
      )
    }
    const leaving = this.#masqueraded(node, packet)
    return route.kind === 'pod'
      ? this.#toPod(node, route.pod, leaving, isNew && from !== 'process')
      : this.#toCable(node, leaving, route.kind === 'node' ? route.node : undefined)
  }

  /** What the CNI plugin does to a packet that leaves the node's kernel. */
  #masqueraded(node: WorldNode, packet: Packet): Packet {
    const at = `${node.name} cni`
    const known = this.#changes.redone(at, packet)
    if (known !== undefined || this.#isReply) return known ?? packet
    const masqueraded = masqueradeOf(this.world, node, packet)
    if (masqueraded === undefined) return packet
    this.#changes.remember(at, packet, masqueraded.packet)
    return this.#change(node, 'snat', packet, masqueraded.packet, masqueraded.says)
  }

  #toPod(node: WorldNode, pod: WorldPod, packet: Packet, isChecked: boolean): Position {
    if (isChecked) {
      const stop = policyStop(this.world, this.#hops, {
        node,
        packet,
        direction: 'ingress',
        to: pod,
      })
      if (stop !== undefined) return stop
    }
    const host: Host = { kind: 'pod', pod, node }
    const says = this.#isReply
      ? 'the answer reaches the Pod'
      : `the packet reaches the Pod: its program sees the client ${endpointText(packet.source)}`
    this.#deliver(host, packet, says)
    return { kind: 'arrived', host, packet }
  }

  /** Out of the node, to another one or to the router. */
  #toCable(node: WorldNode, leaving: Packet, to: WorldNode | undefined): Position {
    if (!node.isConnected) {
      const says = `node ${node.name} is cut off from the network: the packet is lost`
      return this.#lost({ component: 'cable' }, leaving, says)
    }
    if (to === undefined) return { kind: 'outside', packet: leaving, from: node }
    return this.#toNode(to, this.#throughBalancer(leaving))
  }

  #toNode(node: WorldNode, packet: Packet): Position {
    const where = { component: 'cable' }
    if (!node.isOn)
      return this.#lost(where, packet, `node ${node.name} has no power: nobody takes the packet`)
    if (!node.isConnected)
      return this.#lost(
        where,
        packet,
        `node ${node.name} is cut off from the network: nobody takes the packet`,
      )
    this.#add(where, 'forward', packet, `over the cable to ${node.name}`)
    const { output: _, ...rest } = packet
    return { kind: 'kernel', node, packet: { ...rest, input: 'eth0' }, from: 'cable' }
  }

  #outside({ packet: given, from }: Extract<Position, { kind: 'outside' }>): Position {
    const packet = this.#isReply ? this.#throughBalancer(given) : given
    const { ip } = packet.destination
    if (sameIp(ip, WORKSTATION)) return { kind: 'arrived', host: { kind: 'workstation' }, packet }
    if (sameIp(ip, INTERNET_CLIENT)) return { kind: 'arrived', host: { kind: 'internet' }, packet }
    const balancer = this.world.loadBalancerAt(ip)
    if (balancer !== undefined) return this.#balance(packet)
    const node = this.world.nodeAt(ip)
    if (node !== undefined) return this.#toNode(node, packet)
    const isClusterIP = this.world.serviceCIDRs.some((cidr) => cidrContains(cidr, ip))
    if (isClusterIP || cidrContains(this.world.podCIDR, ip))
      return this.#noWay(packet, isClusterIP ? 'a cluster IP' : 'the address of a Pod', from)
    const host: Host = { kind: 'remote', ip }
    this.#add(
      placeOf(host),
      'deliver',
      packet,
      `the internet carries the packet to ${formatIp(ip)}`,
    )
    return { kind: 'arrived', host, packet }
  }

  #noWay(packet: Packet, what: string, from: WorldNode | undefined): Stopped {
    const text = formatIp(packet.destination.ip)
    const where = { component: 'router' }
    if (from === undefined) {
      const says = `${text} is ${what}: such addresses mean something only inside the cluster`
      this.#add(where, 'lost', packet, says)
      return stopped('no-route', says)
    }
    const why =
      what === 'a cluster IP'
        ? `no rule on node ${from.name} is for its ${packet.protocol.toUpperCase()} port ${packet.destination.port}, so that the packet left the cluster, where nobody knows cluster IPs`
        : 'no node has it in its range, so that it left the cluster'
    return this.#lost(where, packet, `${text} is ${what}: ${why}`)
  }

  #balance(packet: Packet): Position {
    const known = this.#balanced
    if (!this.#isFirst && known !== undefined)
      return this.#toNode(known, this.#changes.redone('balancer', packet) ?? packet)
    const choice: BalancerChoice | Stopped = balancerChoice(this.world, packet, this.#chance)
    const where = { component: 'cloud load balancer' }
    if ('kind' in choice) {
      this.#add(where, choice.outcome === 'dropped' ? 'drop' : 'lost', packet, choice.says)
      return choice
    }
    this.#balanced = choice.node
    if (choice.packet !== packet) this.#changes.remember('balancer', packet, choice.packet)
    const { probability, says } = choice
    this.#hops.add(() => ({
      where,
      what: 'balance',
      ...(choice.packet === packet ? {} : { before: tracePacket(packet) }),
      packet: tracePacket(choice.packet),
      probability,
      ...(choice.packet === packet
        ? {}
        : { station: stationOf(this.world, choice.packet.destination) }),
      says,
    }))
    return this.#toNode(choice.node, choice.packet)
  }

  /** An answer to what a load balancer sent to a node port takes the balancer's address again. */
  #throughBalancer(packet: Packet): Packet {
    const undone = this.#isReply ? this.#changes.undone('balancer', packet) : undefined
    if (undone === undefined || sameIp(undone.source.ip, packet.source.ip)) return packet
    this.#hops.add(() => ({
      where: { component: 'cloud load balancer' },
      what: 'conntrack',
      before: tracePacket(packet),
      packet: tracePacket(undone),
      isReply: true,
      says: `the load balancer gives the answer its own address ${endpointText(undone.source)} again`,
    }))
    return undone
  }

  #add(where: TraceHop['where'], what: string, packet: Packet, says: string): void {
    const reply = this.#isReply ? { isReply: true } : {}
    this.#hops.add(() => ({ where, what, packet: tracePacket(packet), ...reply, says }))
  }

  #deliver(host: Host, packet: Packet, says: string): void {
    if (this.#isReply) this.#add(placeOf(host), 'deliver', packet, says)
    else
      this.#hops.add(() => ({
        where: placeOf(host),
        what: 'deliver',
        packet: tracePacket(packet),
        station: arrivalOf(host, packet),
        says,
      }))
  }

  #change(node: WorldNode, what: string, before: Packet, after: Packet, says: string): Packet {
    const reply = this.#isReply ? { isReply: true } : {}
    this.#hops.add(() => ({
      where: { node: node.name, component: 'CNI plugin' },
      what,
      before: tracePacket(before),
      packet: tracePacket(after),
      ...reply,
      says,
    }))
    return after
  }

  #lost(where: TraceHop['where'], packet: Packet, says: string): Stopped {
    this.#add(where, 'lost', packet, says)
    return stopped('timeout', says)
  }
}

const stopped = (outcome: Stopped['outcome'], says: string): Stopped => ({
  kind: 'stopped',
  outcome,
  says,
})
