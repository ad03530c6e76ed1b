// Names: every question is a packet of its own, which crosses the same network to the name server and back.
import { absolute, type DnsMessage, type Question, recordText } from '#net/dns-message.ts'
import { type Ip, parseIp } from '#net/ip.ts'
import { Conversation, ephemeralPort } from './conversation.ts'
import { type Host, hostName, placeOf } from './host.ts'
import { type Hops, NO_HOPS } from './hops.ts'
import { refusal } from './ask-server.ts'
import type { TraceDns, TraceOutcome } from './trace.ts'
import { Walk } from './walk.ts'
import type { DnsReply, World, WorldPod } from './world.ts'

/** Of which questions every hop is told; of the others what was asked and answered. */
export type DnsDetail = 'first' | 'all' | 'none'

export interface DnsOptions {
  readonly world: World
  readonly hops: Hops
  readonly detail: DnsDetail
}

export type Resolved = Addresses | { readonly outcome: TraceOutcome; readonly says: string }

export interface Addresses {
  /** In the order in which they are tried. */
  readonly ips: readonly Ip[]
  /** Whoever asks again may have them in another order. */
  readonly isShuffled: boolean
}

const DNS_PORT = 53
type Outcome = DnsReply | 'timeout' | 'refused'

export const resolveName = (options: DnsOptions, host: Host, name: string): Resolved => {
  const literal = parseIp(name)
  if (literal !== undefined) return fixed([literal])
  const pod = host.kind === 'pod' || host.kind === 'node' ? host.pod : undefined
  return pod === undefined
    ? resolveOutside(options, host, name)
    : resolveInPod(options, host, pod, name)
}

const fixed = (ips: readonly Ip[]): Addresses => ({ ips, isShuffled: false })

/** Nodes and machines outside ask a name server that the cluster knows nothing of. */
const resolveOutside = ({ world, hops }: DnsOptions, host: Host, name: string): Resolved => {
  if (name.toLowerCase() === 'localhost') return fixed([parseIp('127.0.0.1')!])
  const question: Question = { name: absolute(name), type: 'A' }
  const dns: TraceDns = {
    nameserver: 'its own',
    transport: 'UDP',
    name: question.name,
    type: 'A',
    suffix: '',
  }
  const where = placeOf(host)
  hops.add(() => ({
    where,
    what: 'dns-query',
    dns,
    says: `${hostName(host)} asks its own name server (not the cluster's): what is the address of ${name}?`,
  }))
  const message = world.internet.resolve(question)
  addAnswer(hops, host, dns, message)
  const addresses = addressesOf(message)
  if (addresses.length > 0) return fixed(addresses)
  const isOfCluster = !name.includes('.') || /\.(svc|local)\.?$/i.test(name)
  return {
    outcome: 'nxdomain',
    says: `the name ${name} does not exist${isOfCluster ? ' here: names of Services are known only to Pods, which ask the DNS of the cluster' : ''}`,
  }
}

const resolveInPod = (options: DnsOptions, host: Host, pod: WorldPod, name: string): Resolved => {
  let asked = 0
  let isSearched = false
  let isShuffled = false
  const resolution = options.world.lookUp(pod, name, (nameserver, question, transport) => {
    const isTold = options.detail === 'all' || (options.detail === 'first' && asked === 0)
    asked++
    isSearched ||= suffixOf(name, question) !== ''
    const outcome = ask(options, host, { nameserver, question, transport, name, isTold })
    if (typeof outcome !== 'string') isShuffled = outcome.isShuffled === true
    return outcome
  })
  const { source, addresses, end, error } = resolution
  const ips = addresses
    .flatMap((address) => parseIp(address) ?? [])
    .filter(({ version }) => version === 4)
  if (end === 'found' && ips.length > 0) {
    if (source === 'hosts')
      options.hops.add(() => ({
        where: placeOf(host),
        what: 'dns-answer',
        says: `${name} is in the Pod's /etc/hosts: ${addresses[0]}; no name server is asked`,
      }))
    return { ips, isShuffled }
  }
  const says = failureOf(name, end, { error, isSearched, isHostNetwork: host.kind === 'node' })
  return { outcome: OUTCOMES[end] ?? 'nxdomain', says }
}

const OUTCOMES: Readonly<Record<string, TraceOutcome>> = {
  SERVFAIL: 'timeout',
  unreachable: 'timeout',
  refused: 'refused',
}

interface Failure {
  readonly error: string
  /** Endings of the search list were tried. */
  readonly isSearched: boolean
  readonly isHostNetwork: boolean
}

const failureOf = (name: string, end: string, failure: Failure): string => {
  const { error, isSearched, isHostNetwork } = failure
  switch (end) {
    case 'NODATA':
      return `the name ${name} exists, but has no address: "${error}"`
    case 'SERVFAIL':
      return `the name server could not find out about ${name}: "${error}"`
    case 'unreachable':
      return `no name server answers, so that ${name} cannot be found: "${error}"`
    case 'refused':
      return `nothing answers at the name server's address, so that ${name} cannot be found: "${error}"`
    case 'invalid':
      return `${name} cannot be a name: "${error}"`
    default:
      if (isSearched)
        return `the name ${name} does not exist, with none of the endings of the search list: "${error}"`
      return isHostNetwork
        ? `the name ${name} does not exist here: a Pod in its node's network asks the node's name server, which knows no Services, unless its dnsPolicy is ClusterFirstWithHostNet: "${error}"`
        : `the name ${name} does not exist: "${error}"`
  }
}

/** What was added to the name that the program has. */
const suffixOf = (name: string, question: Question): string => {
  const relative = `${name.replace(/\.$/, '')}.`
  return question.name.startsWith(relative)
    ? question.name.slice(relative.length).replace(/\.$/, '')
    : ''
}

interface Asking {
  readonly nameserver: string
  readonly question: Question
  readonly transport: 'UDP' | 'TCP'
  /** As the program has it. */
  readonly name: string
  readonly isTold: boolean
  readonly port?: number
}

/** One question of a program, of which nobody wants to know the way. */
export const sendQuestion = (
  world: World,
  client: Host,
  asked: Pick<Asking, 'nameserver' | 'question' | 'transport' | 'port'>,
): Outcome => {
  const asking: Asking = { ...asked, name: '', isTold: false }
  return carry({ world, hops: NO_HOPS, detail: 'none' }, client, asking)
}

const ask = (options: DnsOptions, host: Host, asking: Asking): Outcome => {
  const { question, nameserver, transport, name } = asking
  const suffix = suffixOf(name, question)
  const dns: TraceDns = { nameserver, transport, name: question.name, type: question.type, suffix }
  const search = suffix === '' ? 'the name as it is' : `with "${suffix}" of the search list`
  options.hops.add(() => ({
    where: placeOf(host),
    what: 'dns-query',
    dns,
    says: `${hostName(host)} asks ${nameserver}: what is the address of ${shortOf(question.name)}? (${search})`,
  }))
  const outcome = carry(options, host, asking)
  addAnswer(options.hops, host, dns, outcome)
  return outcome
}

/** Takes the question to the name server and the answer back. */
const carry = ({ world, hops }: DnsOptions, client: Host, asking: Asking): Outcome => {
  const { nameserver, question, transport, isTold, port = DNS_PORT } = asking
  const ip = parseIp(nameserver)
  if (ip === undefined) return 'timeout'
  const told = isTold ? hops : NO_HOPS
  const walk = new Walk({ world, hops: told })
  const conversation = new Conversation({
    walk,
    hops: told,
    client,
    protocol: transport === 'UDP' ? 'udp' : 'tcp',
    destination: { ip, port },
    sourcePort: ephemeralPort(world),
  })
  const stopped = conversation.open()
  if (stopped !== undefined) return stopped.outcome === 'rejected' ? 'refused' : 'timeout'
  const { host, packet } = conversation.arrived
  const message = answerOf(world, host, question)
  if (message === 'timeout') return message
  if (message === 'refused') {
    conversation.refuse(refusal(host, packet, []))
    return 'refused'
  }
  const lost = conversation.answer(`the name server answers: ${answerText(message)}`)
  conversation.close()
  return lost === undefined ? message : 'timeout'
}

const answerOf = (world: World, host: Host, question: Question): Outcome => {
  switch (host.kind) {
    case 'pod':
      return world.dnsAnswer(host.pod, question) ?? 'refused'
    case 'remote':
      return world.internet.askName(host.ip, question)
    case 'workstation':
      return world.internet.resolve(question)
    default:
      return 'refused'
  }
}

const addAnswer = (hops: Hops, host: Host, dns: TraceDns, outcome: Outcome): void => {
  hops.add(() => {
    const known =
      typeof outcome === 'string'
        ? {}
        : {
            rcode: outcome.rcode,
            answer: outcome.answer.map(recordText),
            ...(outcome.cacheSecondsLeft === undefined
              ? {}
              : { cacheSecondsLeft: outcome.cacheSecondsLeft }),
          }
    const alias =
      typeof outcome === 'string'
        ? undefined
        : outcome.answer.findLast(({ type }) => type === 'CNAME')
    return {
      where: placeOf(host),
      what: 'dns-answer',
      dns: { ...dns, ...known },
      isReply: true,
      ...(alias !== undefined && 'target' in alias
        ? { station: `CNAME → ${shortOf(alias.target)}` }
        : {}),
      says: `${shortOf(dns.name)}: ${answerText(outcome)}`,
    }
  })
}

/** Without the dot at its end, as people write it. */
const shortOf = (name: string): string => (name === '.' ? name : name.replace(/\.$/, ''))

const answerText = (outcome: Outcome): string => {
  if (outcome === 'timeout') return 'no answer comes'
  if (outcome === 'refused') return 'nothing listens at the name server: "Connection refused"'
  const { cacheSecondsLeft: left } = outcome
  return left === undefined
    ? messageText(outcome)
    : `${messageText(outcome)}; answered from the cache, ${left} s left: what has changed since is not seen before`
}

const messageText = (outcome: DnsMessage): string => {
  if (outcome.rcode === 'NXDOMAIN') return 'NXDOMAIN, there is no such name'
  if (outcome.rcode !== 'NOERROR') return `${outcome.rcode}, the name server cannot say`
  if (outcome.answer.length === 0) return 'NODATA, the name exists but has no address'
  const texts = outcome.answer.map((record) => {
    const life = `(to be remembered for ${record.ttl} s)`
    if (record.type === 'CNAME')
      return `CNAME → ${shortOf(record.target)} ${life}, another name for the same`
    return 'address' in record ? `${record.type} ${record.address} ${life}` : recordText(record)
  })
  return texts.join(', ')
}

const addressesOf = ({ answer }: DnsMessage): readonly Ip[] =>
  answer.flatMap((record) => (record.type === 'A' ? (parseIp(record.address) ?? []) : []))
