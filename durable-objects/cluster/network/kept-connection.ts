// A client that keeps its connections open, as HTTP clients do: its next request takes the one that stands, past DNS and past all rules
// that have changed since. What becomes of it when its other end is gone depends on whether anybody could still tell the client.
import type { Endpoint } from '#netfilter/packet.ts'
import { AddressChanges } from './address-changes.ts'
import { type Answered, overStream, protocolOf } from './answered.ts'
import { askServer, refusal } from './ask-server.ts'
import { Conversation } from './conversation.ts'
import { endpointText, type Host, hostName, placeOf } from './host.ts'
import type { Hops } from './hops.ts'
import type { TraceRequest } from './trace.ts'
import { Walk } from './walk.ts'
import type { KeptConnection, World } from './world.ts'

const targetOf = ({ to: { scheme, host, port } }: TraceRequest): string =>
  `${scheme}://${host}:${port}`

/** The client keeps a connection over which it has had an answer. */
export const keep = (world: World, request: TraceRequest, conversation: Conversation): void => {
  const kept = world.keptConnections
  if (request.connection !== 'reuse' || kept === undefined) return
  const { client, sent, changes } = conversation.kept
  const { host, packet } = conversation.arrived
  kept.set(client, targetOf(request), {
    source: sent.source,
    destination: sent.destination,
    process: kept.processAt(host, packet),
    ...nodesOf(client, host),
    since: world.now,
    changes: changes.toState(),
  })
}

const nodesOf = (client: Host, server: Host): Pick<KeptConnection, 'clientNode' | 'serverNode'> => {
  const { node: clientNode } = placeOf(client)
  const { node: serverNode } = placeOf(server)
  return {
    ...(clientNode === undefined ? {} : { clientNode }),
    ...(serverNode === undefined ? {} : { serverNode }),
  }
}

/** Sends over the connection that the client has kept; undefined: it has none that it does not know to be closed. */
export const sendOverKept = (
  world: World,
  hops: Hops,
  { request, sender }: { readonly request: TraceRequest; readonly sender: Host },
): Answered | undefined => {
  const all = request.connection === 'reuse' ? world.keptConnections : undefined
  const target = targetOf(request)
  const kept = all?.get(sender, target)
  if (all === undefined || kept === undefined) return undefined
  if (!kept.isCutOff && !all.runs(kept.process)) {
    all.set(sender, target, undefined)
    hops.add(() => ({
      where: placeOf(sender),
      what: 'closed',
      says: `the program at the other end of the kept connection to ${endpointText(kept.destination)} has ended, and its kernel closed the connection (FIN): ${hostName(sender)} opens a new one`,
    }))
    return undefined
  }
  const answered = over(world, hops, { request, sender, kept })
  if (answered.end.outcome !== 'delivered') all.set(sender, target, undefined)
  return answered
}

interface Resumed {
  readonly request: TraceRequest
  readonly sender: Host
  readonly kept: KeptConnection
}

const over = (world: World, hops: Hops, { request, sender, kept }: Resumed): Answered => {
  const { source, destination } = kept
  const conversation = new Conversation({
    walk: new Walk({ world, hops, changes: AddressChanges.fromState(kept.changes) }),
    hops,
    client: sender,
    protocol: protocolOf(request),
    destination,
    sourcePort: source.port,
  })
  const stopped = conversation.resume(
    source,
    openedText(sender, destination, world.now - kept.since),
  )
  if (stopped !== undefined) {
    const says = `the kept connection is of no use any more: ${stopped.says}`
    return { end: { ...stopped, says }, isConnected: true }
  }
  const { arrived } = conversation
  const { host, packet } = arrived
  if (world.keptConnections?.processAt(host, packet) !== kept.process) {
    const says = `${hostName(host)} knows of no such connection: it was another program's, and its kernel answers with RST: "Connection reset by peer"`
    return { end: conversation.reset(says), isConnected: true }
  }
  const answer = askServer(world, host, packet, request)
  if (answer === undefined || answer.kind === 'refused')
    return { end: conversation.reset(refusal(host, packet, [])), isConnected: true }
  return { ...overStream(conversation, request, answer), arrived }
}

const openedText = (sender: Host, destination: Endpoint, age: number): string =>
  `${hostName(sender)} sends over the connection to ${endpointText(destination)} that it keeps open since ${Math.floor(age / 1000)} s: no name is asked and no rule decides anew, for connection tracking remembers`
