// Reads a set or a verdict map of nft.
import { parseNftVerdict } from './nftables-parse-rule.ts'
import { PersistentMap } from './persistent-map.ts'
import { elementKey, type DataType, type ElementSet, type SetElement } from './ruleset.ts'
import { braced } from './nftables-parse-list.ts'
import { cidrOf, shown, type TokenReader } from './token-reader.ts'

const DATA_TYPES: readonly DataType[] = ['ipv4_addr', 'ipv6_addr', 'inet_proto', 'inet_service']
const WORDS = ['type', 'size', 'flags', 'timeout', 'comment', 'elements'] as const
const FLAGS = ['dynamic', 'interval', 'timeout'] as const

/** What stands between the braces, as it is read. */
interface Draft {
  types: readonly DataType[]
  size?: number
  flags: readonly (typeof FLAGS)[number][]
  timeoutSeconds?: number
  comment?: string
  elements: Map<string, SetElement>
}

export const parseSet = (reader: TokenReader, name: string, isMap: boolean): ElementSet => {
  const draft: Draft = { types: [], flags: [], elements: new Map() }
  reader.expect('{')
  for (;;) {
    while (reader.take('\n') || reader.take(';'));
    if (reader.take('}')) break
    readLine(reader, draft, isMap)
  }
  const { types, flags, elements, ...rest } = draft
  if (types.length === 0) reader.fail(`${shown(name)} has no type`)
  const isTimed = rest.timeoutSeconds !== undefined
  if (isTimed !== flags.includes('dynamic') || isTimed !== flags.includes('timeout'))
    reader.fail('flags dynamic,timeout and a timeout go together')
  return {
    name,
    types,
    ...(isMap ? { isMap } : {}),
    ...rest,
    ...(flags.includes('interval') ? { isInterval: true } : {}),
    elements: PersistentMap.of(elements),
  }
}

const readLine = (reader: TokenReader, draft: Draft, isMap: boolean): void => {
  const word = reader.oneOf(WORDS, 'part of a set')
  switch (word) {
    case 'type':
      draft.types = typesOf(reader, isMap)
      return
    case 'size':
      draft.size = reader.number('a size', 0xffffffff)
      return
    case 'flags':
      draft.flags = listOf(reader, () => reader.oneOf(FLAGS, 'flag'))
      return
    case 'timeout':
      draft.timeoutSeconds = secondsOf(reader)
      return
    case 'comment':
      draft.comment = reader.quoted('a comment')
      return
    case 'elements':
      reader.expect('=')
      braced(reader, () => readElement(reader, draft, isMap))
  }
}

const listOf = <T>(reader: TokenReader, item: () => T): readonly T[] => {
  const items = [item()]
  while (reader.take(',')) items.push(item())
  return items
}

const typesOf = (reader: TokenReader, isMap: boolean): readonly DataType[] => {
  const types = [reader.oneOf(DATA_TYPES, 'type')]
  while (reader.take('.')) types.push(reader.oneOf(DATA_TYPES, 'type'))
  if (isMap) reader.expect(':', 'verdict')
  return types
}

const DURATION = /^(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?$/

const secondsOf = (reader: TokenReader): number => {
  const text = reader.next('a duration')
  const parts = text === '' ? null : DURATION.exec(text)
  if (parts === null) return reader.fail(`expected a duration such as 1h30m, not ${shown(text)}`)
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0))
  return ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!
}

/** `10.96.0.1 . tcp . 443 comment "default/web" : goto service-…` */
const readElement = (reader: TokenReader, draft: Draft, isMap: boolean): void => {
  const parts = draft.types.map((type, at) => {
    if (at > 0) reader.expect('.')
    const part = reader.next('an element')
    return isOf(type, part, draft.flags.includes('interval'))
      ? part
      : reader.fail(`${shown(part)} is no ${type}`)
  })
  const key = elementKey(parts)
  if (parts.length === 0) reader.fail('the type stands before the elements')
  if (draft.elements.has(key)) reader.fail(`element ${shown(key)} stands twice`)
  const comment = reader.take('comment') ? { comment: reader.quoted('a comment') } : {}
  if (isMap) reader.expect(':')
  draft.elements.set(key, isMap ? { ...comment, verdict: parseNftVerdict(reader) } : comment)
}

const isOf = (type: DataType, text: string, isInterval: boolean): boolean => {
  if (type === 'inet_proto') return ['tcp', 'udp', 'sctp', 'icmp'].includes(text)
  if (type === 'inet_service') return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
  const cidr = cidrOf(text)
  return (
    cidr?.network.version === (type === 'ipv4_addr' ? 4 : 6) && (isInterval || !text.includes('/'))
  )
}
