// Reads one rule of nft, up to the end of its line.
import type { Cidr } from '#net/cidr.ts'
import { parseIp } from '#net/ip.ts'
import { networksBetween } from './intervals.ts'
import { braced } from './nftables-parse-list.ts'
import type { ConnectionState, Protocol } from './packet.ts'
import type { Field, Match, Outcome, Part, Rule, Statement, Verdict } from './rule.ts'
import { TYPES_OF_FIELDS } from './ruleset.ts'
import { cidrOf, shown, targetOf, type TokenReader } from './token-reader.ts'

const MAX_U32 = 0xffffffff
const MAX_PORT = 65_535

export const parseNftRule = (reader: TokenReader): Rule => {
  const parts: Part[] = []
  let outcome: Outcome | undefined
  while (!isAtRuleEnd(reader)) {
    if (reader.peek() === 'comment') {
      parts.push(commentAtEnd(reader))
      break
    }
    if (outcome !== undefined) reader.unknown('word behind a verdict')
    if (skipCounter(reader)) continue
    const part = partOf(reader, parts)
    if (isOutcome(part)) outcome = part
    else parts.push(part)
  }
  // a rule's outcome is its last part, although nft prints the comment behind it
  return { parts: outcome === undefined ? parts : [...parts, outcome] }
}

const isAtRuleEnd = (reader: TokenReader): boolean => {
  const next = reader.peek()
  return reader.isAtEnd || next === '\n' || next === ';' || next === '}'
}

const commentAtEnd = (reader: TokenReader): Statement => {
  reader.expect('comment')
  const text = reader.quoted('a comment')
  if (!isAtRuleEnd(reader)) reader.unknown('word behind a comment')
  return { kind: 'comment', text }
}

/** `counter packets 0 bytes 0` counts for people; our rules have no counters of their own. */
const skipCounter = (reader: TokenReader): boolean => {
  if (reader.peek() !== 'counter' || reader.peek(1) === 'name') return false
  reader.expect('counter')
  if (reader.take('packets')) {
    reader.next('a number')
    reader.expect('bytes')
    reader.next('a number')
  }
  return true
}

const OUTCOMES: ReadonlySet<Part['kind']> = new Set([
  'verdict',
  'dnat',
  'masquerade',
  'vmap',
  'spreadVerdicts',
  'spreadDnat',
])

const isOutcome = (part: Part): part is Outcome => OUTCOMES.has(part.kind)

const negation = (reader: TokenReader): { readonly isNegated?: true } => {
  if (reader.take('!=')) return { isNegated: true }
  reader.take('==')
  return {}
}

const partOf = (reader: TokenReader, before: readonly Part[]): Part => {
  const word = reader.peek()
  switch (word) {
    case 'ip':
    case 'ip6':
    case 'th':
      return fieldsPart(reader, before)
    case 'meta':
      return reader.peek(1) === 'mark' ? markPart(reader) : fieldsPart(reader, before)
    case 'tcp':
    case 'udp':
    case 'sctp':
      return portPart(reader)
    case 'ct':
      return statePart(reader)
    case 'fib':
      reader.expect('fib')
      return isLocalPart(reader)
    case 'iifname':
      reader.expect('iifname')
      return interfacePart(reader)
    case 'counter':
      reader.expect('counter', 'name')
      return { kind: 'account', name: reader.quoted('the name of a counter') }
    case 'update':
      return updatePart(reader)
    default:
      return outcomePart(reader)
  }
}

const outcomePart = (reader: TokenReader): Outcome => {
  switch (reader.peek()) {
    case 'dnat':
      return dnatPart(reader)
    case 'masquerade':
      reader.expect('masquerade')
      return { kind: 'masquerade', isRandom: reader.take('fully-random') }
    case 'numgen':
      return {
        kind: 'spreadVerdicts',
        verdicts: spread(reader, 'vmap', () => parseNftVerdict(reader)),
      }
    case 'reject':
      return { kind: 'verdict', verdict: rejectVerdict(reader) }
    default:
      return { kind: 'verdict', verdict: parseNftVerdict(reader) }
  }
}

/** The verdicts that maps may hold as well: all but `reject`. */
export const parseNftVerdict = (reader: TokenReader): Verdict => {
  const kind = reader.oneOf(['accept', 'drop', 'return', 'jump', 'goto'], 'word')
  return kind === 'jump' || kind === 'goto'
    ? { kind, chain: reader.next('the name of a chain') }
    : { kind }
}

/** In iptables' words, as the rules have it. */
const rejectVerdict = (reader: TokenReader): Verdict => {
  reader.expect('reject')
  if (!reader.take('with')) return { kind: 'reject' }
  const family = reader.oneOf(['icmp', 'icmpx', 'tcp'], 'answer')
  const reason = `${family}-${reader.next('an answer')}`
  return reason === 'icmp-port-unreachable' ? { kind: 'reject' } : { kind: 'reject', with: reason }
}

const fieldOf = (reader: TokenReader): Field => {
  const text = `${reader.peek() ?? ''} ${reader.peek(1) ?? ''}`
  const fields = Object.keys(TYPES_OF_FIELDS) as readonly Field[]
  const field = fields.find((name) => name === text)
  if (field === undefined) return reader.fail(`unknown field ${shown(text)}`)
  reader.next('a field')
  reader.next('a field')
  return field
}

const fieldsOf = (reader: TokenReader): readonly Field[] => {
  const fields = [fieldOf(reader)]
  while (reader.take('.')) fields.push(fieldOf(reader))
  return fields
}

const setName = (reader: TokenReader): string => {
  const text = reader.next('the name of a set')
  return text.length > 1 && text.startsWith('@')
    ? text.slice(1)
    : reader.fail(`expected a set such as @cluster-ips, not ${shown(text)}`)
}

const fieldsPart = (reader: TokenReader, before: readonly Part[]): Match | Outcome => {
  if (reader.peek() === 'ip6') return ip6Part(reader)
  const fields = fieldsOf(reader)
  if (reader.take('vmap')) return { kind: 'vmap', fields, map: setName(reader) }
  const negated = negation(reader)
  if (reader.peek()?.startsWith('@') === true)
    return { kind: 'lookup', fields, set: setName(reader), ...negated }
  const [field, ...more] = fields
  if (more.length > 0) return reader.fail('expected a set or vmap behind several fields')
  if (field === 'ip saddr') return addressPart(reader, 'source', negated, 4)
  if (field === 'ip daddr') return addressPart(reader, 'destination', negated, 4)
  if (negated.isNegated === true) return reader.fail('protocols and ports cannot be negated')
  if (field === 'meta l4proto') return { kind: 'protocol', protocol: reader.protocol() }
  const protocol = before.findLast((part) => part.kind === 'protocol')?.protocol
  if (protocol === undefined) return reader.fail('th dport needs meta l4proto before it')
  return { kind: 'port', protocol, port: reader.number('a port', MAX_PORT) }
}

/** Only addresses are looked at in IPv6: sets have no fields for it. */
const ip6Part = (reader: TokenReader): Match => {
  reader.expect('ip6')
  const side = reader.oneOf(['saddr', 'daddr'], 'field of ip6')
  return addressPart(reader, side === 'saddr' ? 'source' : 'destination', negation(reader), 6)
}

const addressPart = (
  reader: TokenReader,
  side: 'source' | 'destination',
  negated: { readonly isNegated?: true },
  version: 4 | 6,
): Match => {
  const cidrs =
    reader.peek() === '{'
      ? braced(reader, () => networks(reader, version)).flat()
      : networks(reader, version)
  const [cidr, ...more] = cidrs
  return cidr !== undefined && more.length === 0
    ? { kind: 'address', side, cidr, ...negated }
    : { kind: 'addresses', side, cidrs, ...negated }
}

/** `10.0.0.0/8`, `10.0.0.1`, or `10.0.0.1-10.0.0.9` as the networks that make it up. */
const networks = (reader: TokenReader, version: 4 | 6): readonly Cidr[] => {
  const text = reader.next('an address')
  const fail = (): never => reader.fail(`expected an address of IPv${version}, not ${shown(text)}`)
  const dash = text.indexOf('-')
  if (dash < 0) {
    const cidr = cidrOf(text)
    return cidr?.network.version === version ? [cidr] : fail()
  }
  const first = parseIp(text.slice(0, dash))
  const last = parseIp(text.slice(dash + 1))
  if (first?.version !== version || last?.version !== version) return fail()
  const between = networksBetween(first, last)
  return between.length > 0 ? between : reader.fail(`${shown(text)} ends before it begins`)
}

const portPart = (reader: TokenReader): Match => {
  const protocol: Protocol = reader.protocol()
  reader.expect('dport')
  reader.take('==')
  return { kind: 'port', protocol, port: reader.number('a port', MAX_PORT) }
}

const markPart = (reader: TokenReader): Match | Statement => {
  reader.expect('meta', 'mark')
  if (reader.take('set')) return setMarkPart(reader)
  const mask = reader.take('&') ? reader.number('a mask', MAX_U32) : MAX_U32
  const negated = negation(reader)
  return { kind: 'mark', value: reader.number('a mark', MAX_U32), mask, ...negated }
}

const setMarkPart = (reader: TokenReader): Statement => {
  const operand = (): number => reader.number('a mark', MAX_U32)
  if (!reader.take('meta'))
    return { kind: 'setMark', how: 'xmark', value: operand(), mask: MAX_U32 }
  reader.expect('mark')
  const sign = reader.oneOf(['|', '^', '&'], 'operator')
  const value = operand()
  if (sign === '|') return { kind: 'setMark', how: 'or', value, mask: value }
  if (sign === '^') return { kind: 'setMark', how: 'xor', value, mask: 0 }
  return {
    kind: 'setMark',
    how: 'xmark',
    value: reader.take('^') ? operand() : 0,
    mask: ~value >>> 0,
  }
}

const STATES: readonly ConnectionState[] = ['invalid', 'established', 'related', 'new', 'untracked']
const STATUSES: readonly ConnectionState[] = ['snat', 'dnat']

const statePart = (reader: TokenReader): Match => {
  reader.expect('ct')
  const what = reader.oneOf(['state', 'status'], 'field of ct')
  const known = what === 'state' ? STATES : STATUSES
  const one = (): ConnectionState => reader.oneOf(known, what)
  // a status is bits: `!` asks that none of them is set, `!=` compares all of them
  const negated =
    what === 'state' ? negation(reader) : reader.take('!') ? { isNegated: true as const } : {}
  if (reader.peek() === '{') return { kind: 'state', states: braced(reader, one), ...negated }
  const states = [one()]
  while (reader.take(',')) states.push(one())
  return { kind: 'state', states, ...negated }
}

const isLocalPart = (reader: TokenReader): Match => {
  const side = reader.oneOf(['saddr', 'daddr'], 'field of fib')
  reader.expect('type')
  const negated = negation(reader)
  reader.expect('local')
  return { kind: 'isLocal', side: side === 'saddr' ? 'source' : 'destination', ...negated }
}

const interfacePart = (reader: TokenReader): Match => {
  const negated = negation(reader)
  const text = reader.next('an interface')
  const isPrefix = text.endsWith('*')
  const name = isPrefix ? text.slice(0, -1) : text
  return { kind: 'interface', name, ...(isPrefix ? { isPrefix } : {}), ...negated }
}

const updatePart = (reader: TokenReader): Statement => {
  reader.expect('update')
  const set = setName(reader)
  reader.expect('{')
  const fields = fieldsOf(reader)
  reader.expect('}')
  return { kind: 'update', set, fields }
}

const dnatPart = (reader: TokenReader): Outcome => {
  reader.expect('dnat')
  if (reader.peek() !== 'to') reader.oneOf(['ip', 'ip6'], 'family')
  reader.expect('to')
  if (reader.peek() === 'numgen')
    return {
      kind: 'spreadDnat',
      to: spread(reader, 'map', () => {
        const ip = reader.ip()
        reader.expect('.')
        return { ip, port: reader.number('a port', MAX_PORT) }
      }),
    }
  const text = reader.next('a destination')
  const to = targetOf(text)
  return to === undefined
    ? reader.fail(`expected a destination such as 10.244.0.10:80, not ${shown(text)}`)
    : { kind: 'dnat', to }
}

/** `numgen random mod 2 vmap { 0 : …, 1 : … }`: every number has its choice, in order. */
const spread = <T>(reader: TokenReader, how: 'map' | 'vmap', item: () => T): readonly T[] => {
  reader.expect('numgen', 'random', 'mod')
  const count = reader.number('a number', MAX_U32)
  reader.expect(how)
  let next = 0
  const items = braced(reader, () => {
    reader.expect(`${next++}`, ':')
    return item()
  })
  return items.length === count
    ? items
    : reader.fail(`expected ${count} choices, not ${items.length}`)
}
