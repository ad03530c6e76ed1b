// What a program's name resolver asks, in order. glibc: resolv/res_query.c, res_send.c; musl: src/network/lookup_name.c
import { addressesInHosts } from '#coredns/hosts-file.ts'
import type { ResolvConf } from '#coredns/resolv-conf.ts'
import { absolute, type DnsMessage, nameProblem, type Question } from '#net/dns-message.ts'
import { formatIp, parseIp } from '#net/ip.ts'

export type Transport = 'UDP' | 'TCP'
export type Outcome = DnsMessage | 'timeout' | 'refused'
/** Sends one question over the network. */
export type Ask = (nameserver: string, question: Question, transport: Transport) => Outcome

export interface ResolverQuery {
  readonly nameserver: string
  readonly question: Question
  readonly transport: Transport
  /** Of the search list, what was put behind the name; '' for the name as it is. */
  readonly suffix: string
  readonly outcome: Outcome
  /** How long an answer was waited for in vain, in seconds. */
  readonly waited: number
}

/** Why a resolver stopped. `unreachable`: no name server answered. `refused`: nothing listens there. */
export type ResolutionEnd =
  | 'found'
  | 'NXDOMAIN'
  | 'NODATA'
  | 'SERVFAIL'
  | 'unreachable'
  | 'refused'
  | 'invalid'

export interface Resolution {
  readonly name: string
  readonly end: ResolutionEnd
  readonly source: 'address' | 'hosts' | 'dns'
  readonly queries: readonly ResolverQuery[]
  readonly addresses: readonly string[]
  /** The name that has the addresses, at the end of all aliases. */
  readonly canonicalName: string
  /** What getaddrinfo makes of it; '' if all is well. */
  readonly error: string
}

export interface ResolverOptions {
  readonly conf: ResolvConf
  /** The text of /etc/hosts, which is read first. */
  readonly hosts?: string
  readonly ask: Ask
  readonly library?: 'glibc' | 'musl'
  /** `both` asks for IPv6 addresses too, as most programs do. */
  readonly family?: 'ipv4' | 'ipv6' | 'both'
}

interface Limits {
  readonly ndots: number
  /** Seconds. */
  readonly timeout: number
  readonly attempts: number
}

const MAX_NDOTS = 15
const MAX_TIMEOUT = 30
const MAX_ATTEMPTS = 5
const LOCALHOST = '127.0.0.1'

const ERRORS: Readonly<Record<ResolutionEnd, string>> = {
  found: '',
  NXDOMAIN: 'Name or service not known',
  NODATA: 'No address associated with hostname',
  SERVFAIL: 'Temporary failure in name resolution',
  unreachable: 'Temporary failure in name resolution',
  refused: 'Temporary failure in name resolution',
  invalid: 'Name or service not known',
}

/** The addresses of a name, as getaddrinfo finds them. */
export const resolve = (name: string, options: ResolverOptions): Resolution => {
  const literal = parseIp(name)
  if (literal !== undefined) return known(name, 'address', [formatIp(literal)])
  const inHosts = addressesInHosts(options.hosts ?? '', name).filter((address) =>
    isWanted(address, options.family ?? 'both'),
  )
  if (inHosts.length > 0) return known(name, 'hosts', inHosts)
  if (name === '' || nameProblem(name) !== undefined) return new Walk(options).end(name, 'invalid')
  return new Walk(options).run(name)
}

const isWanted = (address: string, family: 'ipv4' | 'ipv6' | 'both'): boolean =>
  family === 'both' || address.includes(':') === (family === 'ipv6')

const known = (
  name: string,
  source: 'address' | 'hosts',
  addresses: readonly string[],
): Resolution => ({
  name,
  end: 'found',
  source,
  queries: [],
  addresses,
  canonicalName: name,
  error: '',
})

/** A name to be tried, and what of the search list it ends with. */
interface Candidate {
  readonly name: string
  readonly suffix: string
}

class Walk {
  readonly #options: ResolverOptions
  readonly #limits: Limits
  readonly #servers: readonly string[]
  readonly #queries: ResolverQuery[] = []
  #addresses: readonly string[] = []
  #canonicalName = ''

  constructor(options: ResolverOptions) {
    const { nameservers } = options.conf
    this.#options = options
    this.#limits = limitsOf(options.conf.options)
    this.#servers = nameservers.length > 0 ? nameservers : [LOCALHOST]
  }

  run(name: string): Resolution {
    const isMusl = this.#options.library === 'musl'
    return this.end(name, isMusl ? this.#musl(name) : this.#glibc(name))
  }

  end(name: string, end: ResolutionEnd): Resolution {
    return {
      name,
      end,
      source: 'dns',
      queries: this.#queries,
      addresses: this.#addresses,
      canonicalName: end === 'found' ? this.#canonicalName : name,
      error: ERRORS[end],
    }
  }

  #searched(name: string): readonly Candidate[] {
    return this.#options.conf.searches.map((domain) => ({
      name: absolute(domain === '.' ? name : `${name}.${domain}`),
      suffix: domain,
    }))
  }

  /** glibc: __res_context_search */
  #glibc(name: string): ResolutionEnd {
    const asItIs: Candidate = { name: absolute(name), suffix: '' }
    if (name.endsWith('.')) return this.#try(asItIs)
    const isFirst = dotsIn(name) >= this.#limits.ndots
    const first = isFirst ? this.#try(asItIs) : undefined
    if (first === 'found' || first === 'refused') return first
    const seen = new Set<ResolutionEnd>()
    for (const candidate of this.#searched(name)) {
      const end = this.#try(candidate)
      if (end === 'found' || end === 'refused') return end
      seen.add(end)
      if (end === 'unreachable' || end === 'invalid') break
    }
    if (first !== undefined) return first
    const last = this.#try(asItIs)
    if (last === 'found' || last === 'refused') return last
    // What says most about the name, though it was asked with another ending.
    if (seen.has('NODATA')) return 'NODATA'
    return seen.has('SERVFAIL') ? 'SERVFAIL' : last
  }

  /** musl: name_from_dns_search. It goes on only after NXDOMAIN. */
  #musl(name: string): ResolutionEnd {
    if (!name.endsWith('.') && dotsIn(name) < this.#limits.ndots)
      for (const candidate of this.#searched(name)) {
        const end = this.#try(candidate)
        if (end !== 'NXDOMAIN' && end !== 'invalid') return end
      }
    return this.#try({ name: absolute(name), suffix: '' })
  }

  /** Asks for one name, for each family of addresses. */
  #try(candidate: Candidate): ResolutionEnd {
    if (nameProblem(candidate.name) !== undefined) return 'invalid'
    const { family = 'both' } = this.#options
    const types = (
      [
        ['A', 'ipv4'],
        ['AAAA', 'ipv6'],
      ] as const
    ).filter(([, one]) => family === 'both' || family === one)
    const ends = types.map(([type]) => this.#question(candidate, type))
    return STRONGEST.find((end) => ends.includes(end)) ?? 'NXDOMAIN'
  }

  /** Asks one question until a name server has answered it. glibc: __res_context_send */
  #question(candidate: Candidate, type: 'A' | 'AAAA'): ResolutionEnd {
    const { timeout, attempts } = this.#limits
    let failure: ResolutionEnd = 'refused'
    for (let attempt = 0; attempt < attempts; attempt++)
      for (const [index, nameserver] of this.#servers.entries()) {
        const patience =
          index === 0 ? timeout : Math.max(1, Math.floor((timeout << index) / this.#servers.length))
        const outcome = this.#send(nameserver, { name: candidate.name, type }, candidate, patience)
        if (outcome === 'timeout') failure = failure === 'refused' ? 'unreachable' : failure
        else if (outcome !== 'refused') {
          const end = this.#endOf(outcome)
          if (end !== 'SERVFAIL') return end
          failure = end
        }
      }
    return failure
  }

  #send(
    nameserver: string,
    question: Question,
    { suffix }: Candidate,
    patience: number,
    transport: Transport = 'UDP',
  ): Outcome {
    const outcome = this.#options.ask(nameserver, question, transport)
    const waited = outcome === 'timeout' ? patience : 0
    this.#queries.push({ nameserver, question, transport, suffix, outcome, waited })
    return typeof outcome !== 'string' && outcome.isTruncated && transport === 'UDP'
      ? this.#send(nameserver, question, { name: question.name, suffix }, patience, 'TCP')
      : outcome
  }

  #endOf(message: DnsMessage): ResolutionEnd {
    if (message.rcode === 'NXDOMAIN') return 'NXDOMAIN'
    if (message.rcode !== 'NOERROR') return 'SERVFAIL'
    const { addresses, name } = followed(message)
    if (addresses.length === 0) return 'NODATA'
    this.#addresses = [...this.#addresses, ...addresses]
    this.#canonicalName = name.replace(/\.$/, '')
    return 'found'
  }
}

/** Of the answers for both families, the one that counts. */
const STRONGEST: readonly ResolutionEnd[] = [
  'found',
  'refused',
  'unreachable',
  'SERVFAIL',
  'NODATA',
  'invalid',
]

/** The addresses at the end of an answer's aliases. */
const followed = ({
  question,
  answer,
}: DnsMessage): { readonly addresses: readonly string[]; readonly name: string } => {
  let name = question.name.toLowerCase()
  for (const record of answer)
    if (record.type === 'CNAME' && record.name.toLowerCase() === name)
      name = record.target.toLowerCase()
  const addresses = answer.flatMap((record) =>
    record.type === question.type && 'address' in record && record.name.toLowerCase() === name
      ? [record.address]
      : [],
  )
  return { addresses, name }
}

const dotsIn = (name: string): number => name.split('.').length - 1

const limitsOf = (options: readonly string[]): Limits => {
  const value = (name: string, otherwise: number, most: number) => {
    const text = options.findLast((option) => option.startsWith(`${name}:`))
    const number = Number.parseInt(text?.slice(name.length + 1) ?? '', 10)
    return Number.isNaN(number) || number < 0 ? otherwise : Math.min(number, most)
  }
  return {
    ndots: value('ndots', 1, MAX_NDOTS),
    timeout: Math.max(1, value('timeout', 5, MAX_TIMEOUT)),
    attempts: Math.max(1, value('attempts', 2, MAX_ATTEMPTS)),
  }
}
