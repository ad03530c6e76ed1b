// The elements of a set as nft lists them: sorted, and as many on a line as their type allows.
import { parseIp } from '#net/ip.ts'
import type { DataType, ElementSet, SetElement } from './ruleset.ts'
import { nftVerdict } from './nftables-rule-text.ts'

const NEXT_LINE = ',\n\t\t\t     '

/** nft: src/expression.c calculate_delim */
const ON_ONE_LINE: Readonly<Record<DataType, number>> = {
  ipv4_addr: 2,
  ipv6_addr: 1,
  inet_proto: 5,
  inet_service: 5,
}

/** `10.96.0.1, 10.96.10.1`; empty for a set without elements. */
export const elementsText = (set: ElementSet): string => {
  const [type, ...more] = set.types
  const together = type === undefined || more.length > 0 ? 1 : ON_ONE_LINE[type]
  let text = ''
  for (const [at, [key, element]] of inOrder(set).entries()) {
    if (at > 0) text += at % together === 0 ? NEXT_LINE : ', '
    text += elementText(key, element)
  }
  return text
}

const elementText = (key: string, { comment, verdict }: SetElement): string =>
  `${key}${comment === undefined ? '' : ` comment "${comment}"`}${verdict === undefined ? '' : ` : ${nftVerdict(verdict)}`}`

type Entry = readonly [key: string, element: SetElement]

/** Addresses and ports by value, part by part: the kernel has no order that anybody could learn from. */
const inOrder = ({ elements }: ElementSet): readonly Entry[] =>
  [...elements.entries()]
    .map((entry): readonly [Entry, readonly (number | bigint | string)[]] => [
      entry,
      entry[0].split(' . ').map(valueOf),
    ])
    .sort(([[a], valuesA], [[b], valuesB]) => compare(valuesA, valuesB) || (a < b ? -1 : 1))
    .map(([entry]) => entry)

const valueOf = (text: string): number | bigint | string => {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  const slash = text.indexOf('/')
  return parseIp(slash < 0 ? text : text.slice(0, slash))?.value ?? text
}

const compare = (
  a: readonly (number | bigint | string)[],
  b: readonly (number | bigint | string)[],
): number => {
  for (const [at, value] of a.entries()) {
    const other = b[at]
    if (other === undefined) return 1
    if (value !== other && typeof value === typeof other) return value < other ? -1 : 1
  }
  return a.length - b.length
}
