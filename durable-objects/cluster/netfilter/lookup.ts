// What a packet is looked up by in a set, and what the set has for it.
import { formatCidr, type Cidr } from '#net/cidr.ts'
import { formatIp, parseIp, type Ip } from '#net/ip.ts'
import type { Packet } from './packet.ts'
import type { Field } from './rule.ts'
import type { RuleMemory } from './rule-memory.ts'
import { elementKey, type ElementSet, type SetElement } from './ruleset.ts'

/** undefined: the packet lacks a field. */
export const keyOf = (fields: readonly Field[], packet: Packet): string | undefined => {
  // ICMP has no ports
  if (packet.protocol === 'icmp' && fields.includes('th dport')) return undefined
  return elementKey(fields.map((field) => valueOf(field, packet)))
}

const valueOf = (field: Field, packet: Packet): string | number => {
  switch (field) {
    case 'ip saddr':
      return formatIp(packet.source.ip)
    case 'ip daddr':
      return formatIp(packet.destination.ip)
    case 'meta l4proto':
      return packet.protocol
    case 'th dport':
      return packet.destination.port
  }
}

const ADDED: SetElement = {}

/** `id` is the set's name with its table's. */
export const elementOf = (
  { set, id }: { readonly set: ElementSet; readonly id: string },
  key: string,
  memory: RuleMemory,
  now: number,
): SetElement | undefined => {
  const element = set.elements.get(key)
  if (element !== undefined) return element
  if (set.timeoutSeconds !== undefined && memory.hasElement(id, key, now)) return ADDED
  return set.isInterval === true ? inNetworks(set, key.split(' . '), 0) : undefined
}

/** The element with the longest prefixes whose networks hold the addresses: a set of any size is asked no more than a network has prefixes. */
const inNetworks = (
  set: ElementSet,
  parts: readonly string[],
  from: number,
): SetElement | undefined => {
  const at = parts.findIndex((_, index) => index >= from && isAddress(set, index))
  if (at < 0) return set.elements.get(elementKey(parts))
  const whole = inNetworks(set, parts, at + 1)
  if (whole !== undefined) return whole
  const ip = parseIp(parts[at]!)
  if (ip === undefined) return undefined
  for (const network of networksOf(ip)) {
    const element = inNetworks(set, parts.with(at, formatCidr(network)), at + 1)
    if (element !== undefined) return element
  }
  return undefined
}

const isAddress = ({ types }: ElementSet, index: number): boolean =>
  types[index] === 'ipv4_addr' || types[index] === 'ipv6_addr'

/** All networks that an address is in, the smallest first. */
function* networksOf(ip: Ip): Generator<Cidr, void> {
  const bits = ip.version === 4 ? 32 : 128
  let value = BigInt(ip.value)
  for (let prefix = bits; prefix >= 0; prefix--) {
    const size = 1n << BigInt(bits - prefix)
    value -= value % size
    const network: Ip =
      ip.version === 4 ? { version: 4, value: Number(value) } : { version: 6, value }
    yield { network, prefix }
  }
}
