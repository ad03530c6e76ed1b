// The way of packets from one machine to another: node by node, each node's kernel, the CNI plugin's own steps, cables and what is
// outside the cluster. One walk is one connection's: what happened to its first packet happens to the others too.
import { formatIp, isLoopback, sameIp } from '#net/ip.ts'
import { type Chance, chanceOf } from '#netfilter/evaluation.ts'
import { type NodeKernel, type Passage, receive, send } from '#netfilter/node-stack.ts'
import type { Packet } from '#netfilter/packet.ts'
import { AddressChanges } from './address-changes.ts'
import { Cable, type Carried } from './cable.ts'
import { hostPortOf, masqueradeOf, policyStop } from './cni.ts'
import { endpointText, type Host, placeOf } from './host.ts'
import type { Hops } from './hops.ts'
import { addPassage, type PassageStory, whyStopped } from './packet-hops.ts'
import { BRIDGE, isLocalAddress, outputOf, routeAt } from './route.ts'
import { type InKernel, type Position, stopped, type WalkEnd } from './way.ts'
import { WayNotes } from './way-notes.ts'
import type { World, WorldNode, WorldPod } from './world.ts'

export interface WalkOptions {
  readonly world: World
  readonly hops: Hops
  /** How chance decides; by the world's randomness if absent. */
  readonly chance?: Chance
  /** Told of each passage through a node. */
  readonly onPassage?: (node: WorldNode, passage: Passage) => void
  /** Of a connection that stands since another walk. */
  readonly changes?: AddressChanges
}

/** As the TTL of a packet: what goes round in circles is lost in the end. */
const MAX_STATIONS = 16

export class Walk {
  readonly world: World
  readonly #options: WalkOptions
  readonly #changes: AddressChanges
  readonly #chance: Chance
  readonly #cable: Cable
  #notes: WayNotes
  /** Later packets of a connection do as the first one did. */
  #isFirst = true

  constructor(options: WalkOptions) {
    this.#options = options
    this.world = options.world
    this.#chance = options.chance ?? chanceOf(() => options.world.random())
    const { world } = options
    this.#changes = options.changes ?? new AddressChanges()
    this.#cable = new Cable({ world, changes: this.#changes, chance: this.#chance })
    this.#notes = new WayNotes(options.hops, false)
  }

  /** What must be known for the connection's next walk. */
  get changes(): AddressChanges {
    return this.#changes
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
    this.#notes = new WayNotes(hops, isReply)
    let position = this.#depart(packet, from)
    for (let left = MAX_STATIONS; left > 0; left--) {
      if (position.kind === 'arrived' || position.kind === 'stopped') return position
      position =
        position.kind === 'kernel'
          ? this.#atNode(position)
          : this.#cable.carry(position, this.#carried())
    }
    if (position.kind === 'arrived' || position.kind === 'stopped') return position
    const says = 'the packet goes round in circles until its time to live is over'
    return this.#notes.lost({ component: 'network' }, packet, says)
  }

  #carried(): Carried {
    return { notes: this.#notes, isFirst: this.#isFirst }
  }

  #depart(packet: Packet, from: Host): Position {
    if (from.kind === 'pod') {
      const { pod, node } = from
      const { ip } = packet.destination
      if (isLoopback(ip) || (pod.ip !== undefined && sameIp(pod.ip, ip))) {
        const says = `${formatIp(ip)} is the Pod's own address: the packet never leaves the Pod`
        this.#notes.add(placeOf(from), 'route', packet, says)
        return { kind: 'arrived', host: from, packet }
      }
      return { kind: 'kernel', node, packet: { ...packet, input: BRIDGE }, from: pod }
    }
    return from.kind === 'node'
      ? { kind: 'kernel', node: from.node, packet, from: 'process' }
      : { kind: 'outside', packet }
  }

  #atNode(position: InKernel): Position {
    const { node, from } = position
    const entered = this.#enter(node, position.packet)
    const passage = this.#pass(node, entered, from === 'process')
    const { outcome, packet } = passage
    const isThrough = outcome.kind === 'delivered' || outcome.kind === 'sent'
    if (isThrough && typeof from !== 'string' && this.#isFirst && !this.#notes.isReply) {
      const question = { node, packet, direction: 'egress', from } as const
      const stop = policyStop(this.world, this.#notes.hops, question)
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
        this.#notes.deliver(host, packet, says)
        return { kind: 'arrived', host, packet: this.#leave(node, packet) }
      }
      case 'sent':
        return this.#forward(position, packet)
    }
  }

  /** A Pod in the node's network, or a program of the node itself. */
  #programOn(node: WorldNode, { protocol, destination: { ip, port } }: Packet): Host {
    const socket = { ip, port, protocol }
    const pod = this.#notes.isReply ? undefined : this.world.hostNetworkPodAt(node, socket)
    return pod === undefined ? { kind: 'node', node } : { kind: 'node', node, pod }
  }

  /** What the CNI plugin does to a packet before the node's tables see it. */
  #enter(node: WorldNode, packet: Packet): Packet {
    if (this.#notes.isReply) {
      const undone = this.#changes.undone(`${node.name} cni`, packet)
      if (undone === undefined) return packet
      const says = `the CNI plugin's masquerading is undone: the answer is for ${endpointText(undone.destination)}`
      return this.#notes.change(node, 'conntrack', packet, undone, says)
    }
    const known = this.#changes.redone(`${node.name} hostPort`, packet)
    if (known !== undefined || !this.#isFirst) return known ?? packet
    const found = hostPortOf(this.world, node, packet)
    if (found === undefined) return packet
    this.#changes.remember(`${node.name} hostPort`, packet, found.packet)
    return this.#notes.change(node, 'host-port', packet, found.packet, found.says)
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
    const { hops, isReply } = this.#notes
    addPassage(hops, { nodeName: node.name, passage, isReply, route: this.#routeOf(node, passage) })
    return passage
  }

  #routeOf(node: WorldNode, { outcome, packet }: Passage): PassageStory['route'] {
    if (!this.#notes.hops.isKept || outcome.kind !== 'sent') return undefined
    const route = routeAt(this.world, node, packet.destination.ip)
    return route.kind === 'local' || route.kind === 'nobody'
      ? undefined
      : { what: route.kind === 'pod' ? 'forward' : 'route', says: route.says }
  }

  #leave(node: WorldNode, packet: Packet): Packet {
    const undone = this.#notes.isReply
      ? this.#changes.undone(`${node.name} hostPort`, packet)
      : undefined
    if (undone === undefined) return packet
    const says = `the host port is undone: the answer comes from ${endpointText(undone.source)}`
    return this.#notes.change(node, 'conntrack', packet, undone, says)
  }

  #forward({ node, from }: InKernel, passed: Packet): Position {
    const packet = this.#leave(node, passed)
    const isNew = this.#isFirst && !this.#notes.isReply
    const route = routeAt(this.world, node, packet.destination.ip)
    if (route.kind === 'local') return { kind: 'kernel', node, packet, from: 'cable' }
    const where = { node: node.name, component: 'kernel' }
    if (route.kind === 'nobody') {
      this.#notes.add(where, 'lost', packet, `${route.says}: "No route to host"`)
      return stopped(
        'no-route',
        `no Pod has the address ${formatIp(packet.destination.ip)} (any more)`,
      )
    }
    const leaving = this.#masqueraded(node, packet)
    return route.kind === 'pod'
      ? this.#toPod(node, route.pod, leaving, isNew && from !== 'process')
      : this.#cable.leave(
          node,
          leaving,
          route.kind === 'node' ? route.node : undefined,
          this.#carried(),
        )
  }

  /** What the CNI plugin does to a packet that leaves the node's kernel. */
  #masqueraded(node: WorldNode, packet: Packet): Packet {
    const at = `${node.name} cni`
    const known = this.#changes.redone(at, packet)
    if (known !== undefined || this.#notes.isReply) return known ?? packet
    const masqueraded = masqueradeOf(this.world, node, packet)
    if (masqueraded === undefined) return packet
    this.#changes.remember(at, packet, masqueraded.packet)
    return this.#notes.change(node, 'snat', packet, masqueraded.packet, masqueraded.says)
  }

  #toPod(node: WorldNode, pod: WorldPod, packet: Packet, isChecked: boolean): Position {
    if (isChecked) {
      const stop = policyStop(this.world, this.#notes.hops, {
        node,
        packet,
        direction: 'ingress',
        to: pod,
      })
      if (stop !== undefined) return stop
    }
    const host: Host = { kind: 'pod', pod, node }
    const says = this.#notes.isReply
      ? 'the answer reaches the Pod'
      : `the packet reaches the Pod: its program sees the client ${endpointText(packet.source)}`
    this.#notes.deliver(host, packet, says)
    return { kind: 'arrived', host, packet }
  }
}
