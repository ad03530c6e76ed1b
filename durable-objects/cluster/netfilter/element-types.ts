// Whether an element's key and a lookup's fields fit a set.
import { parseCidr } from '#net/cidr.ts'
import { parseIp } from '#net/ip.ts'
import type { SetPart } from './references.ts'
import { TYPES_OF_FIELDS, type DataType, type ElementSet, type SetElement } from './ruleset.ts'
import type { Table } from './ruleset.ts'

const PROTOCOL = /^[a-z0-9-]+$/
const SERVICE = /^(?:0|[1-9]\d{0,4})$/

const isAddress = (text: string, version: 4 | 6, isInterval: boolean): boolean => {
  if (!text.includes('/')) return parseIp(text)?.version === version
  return isInterval && parseCidr(text)?.network.version === version
}

const fits = (text: string, type: DataType, isInterval: boolean): boolean => {
  switch (type) {
    case 'ipv4_addr':
      return isAddress(text, 4, isInterval)
    case 'ipv6_addr':
      return isAddress(text, 6, isInterval)
    case 'inet_proto':
      return PROTOCOL.test(text)
    case 'inet_service':
      return SERVICE.test(text) && Number(text) <= 0xffff
  }
}

/** Why the set cannot hold the element; undefined if it can. */
export const elementProblem = (
  set: ElementSet,
  key: string,
  element: SetElement,
): string | undefined => {
  const { types, isMap = false, isInterval = false } = set
  const parts = key.split(' . ')
  if (parts.length !== types.length)
    return `"${key}" has ${parts.length} parts, the set has ${types.join(' . ')}`
  const wrong = types.findIndex((type, at) => !fits(parts[at]!, type, isInterval))
  if (wrong >= 0) return `"${parts[wrong]}" is no ${types[wrong]}`
  if (isMap !== (element.verdict !== undefined))
    return isMap ? 'an element of a map needs a verdict' : 'an element of a set has no verdict'
  // a rule can reject, a verdict that is data cannot
  return element.verdict?.kind === 'reject' ? 'a map cannot reject' : undefined
}

/** Why the part cannot use the set; undefined if it can. */
export const usageProblem = (
  part: SetPart,
  set: ElementSet,
  family: Table['family'],
): string | undefined => {
  const types = part.fields.map((field) => TYPES_OF_FIELDS[field])
  const isFitting =
    types.length === set.types.length &&
    types.every((type, at) => sameType(type, set.types[at]!, family))
  if (!isFitting)
    return `${part.fields.join(' . ')} does not fit ${set.name}, which has ${set.types.join(' . ')}`
  if (part.kind === 'vmap') return set.isMap === true ? undefined : `${set.name} is no map`
  if (set.isMap === true) return `${set.name} is a map`
  if (part.kind === 'update' && set.timeoutSeconds === undefined)
    return `${set.name} has no timeout: rules cannot add elements`
  return undefined
}

/** An address is of the table's family; a table for both has sets of both. */
const sameType = (field: DataType, type: DataType, family: Table['family']): boolean => {
  if (field !== 'ipv4_addr') return field === type
  if (family === 'inet') return type === 'ipv4_addr' || type === 'ipv6_addr'
  return type === (family === 'ip' ? 'ipv4_addr' : 'ipv6_addr')
}
