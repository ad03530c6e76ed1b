// Nodes as the network sees them.
import type { Node } from '#api/core/v1/node/types.ts'
import type { Client } from '#client/client.ts'
import { type Cidr, parseCidr } from '#net/cidr.ts'
import { formatIp, type Ip, parseIp } from '#net/ip.ts'
import { ObjectIndex } from '#world/object-index.ts'

/** Finds nodes by address. */
export class NodeAddresses {
  readonly #byAddress: ObjectIndex<'nodes'>

  constructor(client: Client) {
    this.#byAddress = new ObjectIndex(client, 'nodes', (node) =>
      addressesOfNode(node).map((ip) => formatIp(ip)),
    )
  }

  at(ip: Ip): string | undefined {
    return this.#byAddress.with(formatIp(ip))[0]?.metadata.name
  }
}

/** IPv4 addresses, the primary one first. */
export const addressesOfNode = (node: Node): readonly Ip[] => readNode(node).addresses

export const podCIDROf = (node: Node): Cidr | undefined => readNode(node).podCIDR

interface ReadNode {
  readonly addresses: readonly Ip[]
  readonly podCIDR: Cidr | undefined
}

/** Every trace reads nodes, which hardly ever change. */
const known = new WeakMap<Node, ReadNode>()

const readNode = (node: Node): ReadNode => {
  let read = known.get(node)
  if (read === undefined) known.set(node, (read = readAnew(node)))
  return read
}

const readAnew = ({ spec, status }: Node): ReadNode => ({
  addresses: (status?.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .flatMap(({ address }) => parseIp(address) ?? [])
    .filter(({ version }) => version === 4),
  podCIDR: parseCidr(spec.podCIDR ?? ''),
})
