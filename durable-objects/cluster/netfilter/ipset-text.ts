// Prints sets as `ipset list` does (ipset 7.17, Linux 6.1).
import type { ElementSet } from './ruleset.ts'

/** A set that iptables' rules look into. */
export interface IpSet {
  readonly set: ElementSet
  /** How many rules do. */
  readonly references: number
}

interface IpSetType {
  readonly name: string
  readonly revision: number
  /** Bytes of an empty set, and of one element. */
  readonly size: number
  readonly elementSize: number
}

/** By the set's types: what such a set is called, and what the kernel needs for it. */
const TYPES: ReadonlyMap<string, IpSetType> = new Map([
  ['inet_service', { name: 'bitmap:port', revision: 3, size: 8264, elementSize: 0 }],
  ['ipv4_addr', { name: 'hash:ip', revision: 5, size: 200, elementSize: 40 }],
  [
    'ipv4_addr inet_proto inet_service',
    { name: 'hash:ip,port', revision: 6, size: 200, elementSize: 48 },
  ],
  [
    'ipv4_addr inet_proto inet_service ipv4_addr',
    { name: 'hash:ip,port,ip', revision: 6, size: 208, elementSize: 64 },
  ],
  [
    'ipv4_addr inet_proto inet_service ipv4_addr networks',
    { name: 'hash:ip,port,net', revision: 8, size: 464, elementSize: 80 },
  ],
])

export const ipsetList = (sets: readonly IpSet[]): string => sets.map(setText).join('\n')

const setText = ({ set, references }: IpSet): string => {
  const type = typeOf(set)
  const members = membersOf(set)
  return [
    `Name: ${set.name}`,
    `Type: ${type.name}`,
    `Revision: ${type.revision}`,
    `Header: ${isBitmap(set) ? 'range 0-65535' : `family inet hashsize 1024 maxelem 65536 bucketsize 12 initval ${seedOf(set.name)}`}`,
    `Size in memory: ${type.size + type.elementSize * members.length}`,
    `References: ${references}`,
    `Number of entries: ${members.length}`,
    'Members:',
    ...members,
    '',
  ].join('\n')
}

const typeOf = ({ types, isInterval, name }: ElementSet): IpSetType => {
  const key = [...types, ...(isInterval === true ? ['networks'] : [])].join(' ')
  const type = TYPES.get(key)
  if (type === undefined) throw new Error(`ipset has no type for ${name}: ${key}`)
  return type
}

const isBitmap = ({ types }: ElementSet): boolean => types[0] === 'inet_service'

const membersOf = (set: ElementSet): readonly string[] => {
  const keys = set.elements.sorted().map(([key]) => key)
  return isBitmap(set) ? keys.sort((a, b) => Number(a) - Number(b)) : keys.map(memberText)
}

/** `10.96.0.1,tcp:443` */
const memberText = (key: string): string => {
  const [ip = '', protocol, port, source] = key.split(' . ')
  const parts = [ip]
  if (protocol !== undefined) parts.push(`${protocol}:${port}`)
  if (source !== undefined) parts.push(source.replace(/\/32$/, ''))
  return parts.join(',')
}

/** The kernel draws it when the set is made; here the name does. */
const seedOf = (name: string): string => {
  let hash = 0x811c9dc5
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  return `0x${(hash >>> 0).toString(16).padStart(8, '0')}`
}
