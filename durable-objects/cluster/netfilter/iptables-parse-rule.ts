// Reads one rule of iptables-save, from behind the name of its chain.
import type { Cidr } from '#net/cidr.ts'
import type { ConnectionState, Protocol } from './packet.ts'
import type { Field, Match, Outcome, Part, Rule, Side, Statement, Verdict } from './rule.ts'
import { shown, targetOf, type TokenReader } from './token-reader.ts'

const MAX_U32 = 0xffffffff

export const parseIptablesRule = (reader: TokenReader): Rule => {
  const parts: Part[] = []
  const seen = new Set<string>()
  while (!reader.isAtEnd) {
    const isNegated = reader.take('!')
    const option = reader.peek()
    // matches may stand as often as one likes, all else once
    if (option !== undefined && option !== '-m' && seen.has(option))
      reader.fail(`${option} stands twice`)
    if (option !== undefined) seen.add(option)
    const part = optionPart(reader, isNegated, parts)
    parts.push(part)
    if ((option === '-j' || option === '-g') && !reader.isAtEnd) reader.unknown('word')
  }
  return { parts }
}

const negation = (isNegated: boolean): { readonly isNegated?: true } =>
  isNegated ? { isNegated } : {}

const optionPart = (reader: TokenReader, isNegated: boolean, before: readonly Part[]): Part => {
  const option = reader.oneOf(['-s', '-d', '-i', '-p', '-m', '-j', '-g'], 'option')
  if (option === '-s' || option === '-d')
    return {
      kind: 'address',
      side: option === '-s' ? 'source' : 'destination',
      cidr: cidr4(reader),
      ...negation(isNegated),
    }
  if (option === '-i') return interfacePart(reader.next('an interface'), isNegated)
  if (isNegated) return reader.fail(`${option} cannot be negated`)
  if (option === '-p') return { kind: 'protocol', protocol: reader.protocol() }
  if (option === '-m') return extensionPart(reader, before)
  const target = reader.next('a chain or a target')
  if (option === '-g') return verdict({ kind: 'goto', chain: target })
  return targetPart(target, reader)
}

const cidr4 = (reader: TokenReader): Cidr => {
  const cidr = reader.cidr()
  return cidr.network.version === 4 ? cidr : reader.fail('iptables knows IPv4 only')
}

const interfacePart = (text: string, isNegated: boolean): Match => {
  const isPrefix = text.endsWith('+')
  const name = isPrefix ? text.slice(0, -1) : text
  return { kind: 'interface', name, ...(isPrefix ? { isPrefix } : {}), ...negation(isNegated) }
}

const EXTENSIONS = [
  'addrtype',
  'comment',
  'conntrack',
  'ipvs',
  'mark',
  'nfacct',
  'physdev',
  'recent',
  'sctp',
  'set',
  'statistic',
  'tcp',
  'udp',
] as const

const extensionPart = (reader: TokenReader, before: readonly Part[]): Match | Statement => {
  const extension = reader.oneOf(EXTENSIONS, 'match')
  switch (extension) {
    case 'comment':
      reader.expect('--comment')
      return { kind: 'comment', text: reader.next('a comment') }
    case 'nfacct':
      reader.expect('--nfacct-name')
      return { kind: 'account', name: reader.next('the name of an account') }
    case 'statistic':
      reader.expect('--mode', 'random', '--probability')
      return { kind: 'probability', probability: probability(reader) }
    case 'addrtype':
      return isLocal(reader)
    case 'recent':
      return recent(reader)
    case 'ipvs':
      return virtualServer(reader)
    case 'tcp':
    case 'udp':
    case 'sctp':
      return port(reader, extension, before)
    default:
      return negatable(reader, extension)
  }
}

const negatable = (
  reader: TokenReader,
  extension: 'mark' | 'conntrack' | 'physdev' | 'set',
): Match => {
  const isNegated = reader.take('!')
  switch (extension) {
    case 'mark':
      reader.expect('--mark')
      return { kind: 'mark', ...maskedMark(reader), ...negation(isNegated) }
    case 'physdev':
      reader.expect('--physdev-is-in')
      return { kind: 'bridged', ...negation(isNegated) }
    case 'conntrack':
      reader.expect('--ctstate')
      return { kind: 'state', states: states(reader), ...negation(isNegated) }
    case 'set': {
      reader.expect('--match-set')
      const set = reader.next('the name of a set')
      return { kind: 'lookup', fields: setFields(reader), set, ...negation(isNegated) }
    }
  }
}

const port = (reader: TokenReader, protocol: Protocol, before: readonly Part[]): Match => {
  if (!before.some((part) => part.kind === 'protocol' && part.protocol === protocol))
    return reader.fail(`-m ${protocol} needs -p ${protocol}`)
  return reader.take('--dport')
    ? { kind: 'port', protocol, port: reader.number('a port', 65_535) }
    : { kind: 'port', protocol }
}

const probability = (reader: TokenReader): string => {
  const text = reader.peek() ?? ''
  if (!/^(?:0\.\d{1,20}|1\.0{1,20}|0|1)$/.test(text))
    return reader.fail(`expected a probability from 0 to 1, not ${shown(text)}`)
  return reader.next('a probability')
}

const isLocal = (reader: TokenReader): Match => {
  const isNegated = reader.take('!')
  const option = reader.oneOf(['--src-type', '--dst-type'], 'option of -m addrtype')
  reader.expect('LOCAL')
  const side: Side = option === '--src-type' ? 'source' : 'destination'
  return { kind: 'isLocal', side, ...negation(isNegated) }
}

const PROTOCOLS: ReadonlyMap<number, Protocol> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
])

const virtualServer = (reader: TokenReader): Match => {
  reader.expect('--vproto')
  const number = reader.number('a protocol', 255)
  const protocol = PROTOCOLS.get(number) ?? reader.fail(`unknown protocol ${number}`)
  reader.expect('--vaddr')
  const ip = reader.ip()
  reader.expect('--vport')
  return { kind: 'virtualServer', protocol, ip, port: reader.number('a port', 65_535) }
}

const recent = (reader: TokenReader): Match | Statement => {
  const option = reader.oneOf(['--set', '--rcheck'], 'option of -m recent')
  let seconds = 0
  if (option === '--rcheck') {
    reader.expect('--seconds')
    seconds = reader.number('seconds', MAX_U32)
    reader.expect('--reap')
  }
  reader.expect('--name')
  const list = reader.next('the name of a list')
  reader.expect('--mask', '255.255.255.255', '--rsource')
  return option === '--set' ? { kind: 'remember', list } : { kind: 'recent', list, seconds }
}

/** `0x4000/0x4000`; all bits count if there is no mask. */
const maskedMark = (reader: TokenReader): { readonly value: number; readonly mask: number } => {
  const text = reader.next('a mark')
  const parsed = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i.exec(text)
  const value = Number(parsed?.[1] ?? NaN)
  const mask = Number(parsed?.[2] ?? MAX_U32)
  if (!(value <= MAX_U32 && mask <= MAX_U32))
    return reader.fail(`expected a mark such as 0x4000/0x4000, not ${shown(text)}`)
  return { value, mask }
}

const STATES: ReadonlyMap<string, ConnectionState> = new Map([
  ['INVALID', 'invalid'],
  ['NEW', 'new'],
  ['RELATED', 'related'],
  ['ESTABLISHED', 'established'],
  ['UNTRACKED', 'untracked'],
  ['SNAT', 'snat'],
  ['DNAT', 'dnat'],
])

const states = (reader: TokenReader): readonly ConnectionState[] =>
  reader
    .next('a state')
    .split(',')
    .map((name) => STATES.get(name) ?? reader.fail(`unknown state ${shown(name)}`))

/** The second direction of a set is that of a port, which brings its protocol along. */
const setFields = (reader: TokenReader): readonly Field[] => {
  const text = reader.next('the directions of a set')
  const [first, second, third, ...more] = text.split(',')
  const fail = (): never => reader.fail(`unknown directions of a set ${shown(text)}`)
  const address = (direction: string | undefined): Field => {
    if (direction === 'src') return 'ip saddr'
    return direction === 'dst' ? 'ip daddr' : fail()
  }
  if (more.length > 0) return fail()
  const fields: Field[] = [address(first)]
  if (second === 'dst') fields.push('meta l4proto', 'th dport')
  else if (second !== undefined) return fail()
  if (third !== undefined) fields.push(address(third))
  return fields
}

const verdict = (of: Verdict): Outcome => ({ kind: 'verdict', verdict: of })

const targetPart = (target: string, reader: TokenReader): Outcome | Statement => {
  switch (target) {
    case 'ACCEPT':
      return verdict({ kind: 'accept' })
    case 'DROP':
      return verdict({ kind: 'drop' })
    case 'RETURN':
      return verdict({ kind: 'return' })
    case 'REJECT':
      return verdict(reject(reader))
    case 'MARK':
      reader.expect('--set-xmark')
      return { kind: 'setMark', how: 'xmark', ...maskedMark(reader) }
    case 'MASQUERADE':
      return { kind: 'masquerade', isRandom: reader.take('--random-fully') }
    case 'DNAT':
      return { kind: 'dnat', to: dnatTarget(reader) }
    default:
      return verdict({ kind: 'jump', chain: target })
  }
}

const REASONS = [
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp-proto-unreachable',
  'icmp-port-unreachable',
  'icmp-net-prohibited',
  'icmp-host-prohibited',
  'icmp-admin-prohibited',
  'tcp-reset',
] as const

/** What iptables does by itself is not kept, so that one meaning has one form. */
const reject = (reader: TokenReader): Verdict => {
  if (!reader.take('--reject-with')) return { kind: 'reject' }
  const reason = reader.oneOf(REASONS, 'answer')
  return reason === 'icmp-port-unreachable' ? { kind: 'reject' } : { kind: 'reject', with: reason }
}

const dnatTarget = (reader: TokenReader): Extract<Outcome, { kind: 'dnat' }>['to'] => {
  reader.expect('--to-destination')
  const text = reader.next('a destination')
  const target = targetOf(text)
  return target?.ip.version === 4
    ? target
    : reader.fail(`expected a destination such as 10.244.0.10:80, not ${shown(text)}`)
}
