// busybox: networking/nslookup.c (FEATURE_NSLOOKUP_BIG)
import { BUSYBOX } from '#images/commands/versions.ts'
import { parseOptions } from '#images/commands/options.ts'
import {
  type CommandInput,
  type CommandOutput,
  ended,
  type NetworkCommand,
} from '#images/commands/output.ts'
import { queryName } from '#images/commands/dns-query.ts'
import { absolute, type DnsRecord, type QuestionType, reverseOfIpv4 } from '#net/dns-message.ts'

const USAGE = `${BUSYBOX}

Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]

Query DNS about HOST

QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any
`

const TYPES: Readonly<Record<string, QuestionType>> = {
  soa: 'SOA',
  ns: 'NS',
  a: 'A',
  aaaa: 'AAAA',
  cname: 'CNAME',
  mx: 'MX',
  txt: 'TXT',
  ptr: 'PTR',
  srv: 'SRV',
  any: 'ANY',
}

const LONG = { type: true, querytype: true, debug: false, timeout: true, retry: true, port: true }

export const busyboxNslookup: NetworkCommand = (input) => {
  const options = parseOptions(input.argv.slice(1), {
    flags: '',
    valued: '',
    long: LONG,
    singleDash: true,
  })
  const asked = (options.values.get('type') ?? options.values.get('querytype'))?.toLowerCase()
  const type = asked === undefined ? undefined : TYPES[asked]
  if (asked !== undefined && type === undefined)
    return ended(1, { stderr: `nslookup: invalid query type "${asked}"\n` })
  const [host, server] = options.operands
  if (host === undefined || options.bad !== undefined) return ended(1, { stderr: USAGE })
  return new Lookup(input).run(host, server, type)
}

class Lookup {
  readonly #input: CommandInput
  #takes = 0

  constructor(input: CommandInput) {
    this.#input = input
  }

  run(host: string, given: string | undefined, type: QuestionType | undefined): CommandOutput {
    const { network } = this.#input
    const server = this.#server(given)
    if (server === undefined) return ended(1, { stderr: `nslookup: bad address '${given}'\n` })
    const shownPort = `${server.includes(':') ? `[${server}]` : server}:53`
    const head = `Server:\t\t${given ?? server}\nAddress:\t${shownPort}\n\n`
    let text = ''
    let exitCode = 0
    for (const { name, kind } of questions(host, type, network.resolvConf.searches)) {
      const reply = queryName(network, name, kind, { server })
      this.#takes += reply.takes
      if (reply.outcome === 'refused' || reply.outcome === 'timeout')
        return {
          stdout: ';; connection timed out; no servers could be reached\n\n',
          stderr:
            reply.outcome === 'refused'
              ? `nslookup: write to '${server}': Connection refused\n`
              : '',
          exitCode: 1,
          takes: Math.max(this.#takes, TOTAL_TIMEOUT),
        }
      const { rcode, answer } = reply.outcome
      if (rcode === 'NOERROR') text += answer.map(recordLine).join('')
      else {
        text += `** server can't find ${name}: ${rcode}\n`
        exitCode = 1
      }
      text += '\n'
    }
    return ended(exitCode, { stdout: head + text, takes: Math.max(1, this.#takes) })
  }

  #server(given: string | undefined): string | undefined {
    const { network } = this.#input
    if (given === undefined) return network.resolvConf.nameservers[0] ?? '127.0.0.1'
    const resolved = network.resolve(given, 'musl')
    this.#takes += resolved.takes
    return resolved.addresses[0]
  }
}

/** Two tries of five seconds each. */
const TOTAL_TIMEOUT = 10_000

interface Asked {
  readonly name: string
  readonly kind: QuestionType
}

/** Only names without a dot are searched for, and then not as they are. */
const questions = (
  host: string,
  type: QuestionType | undefined,
  searches: readonly string[],
): readonly Asked[] => {
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(host)
  if (isAddress && (type === undefined || type === 'PTR'))
    return [{ name: reverseOfIpv4(host).slice(0, -1), kind: 'PTR' }]
  const kinds: readonly QuestionType[] = type === undefined ? ['A', 'AAAA'] : [type]
  return kinds.flatMap((kind): readonly Asked[] =>
    kind === 'PTR' || searches.length === 0 || host.includes('.')
      ? [{ name: host, kind }]
      : searches.map((suffix) => ({ name: `${host}.${suffix}`, kind })),
  )
}

const bare = (name: string): string => (absolute(name) === name ? name.slice(0, -1) : name)

const recordLine = (record: DnsRecord): string => {
  const name = bare(record.name)
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${name}\nAddress: ${record.address}\n`
    case 'CNAME':
      return `${name}\tcanonical name = ${bare(record.target)}\n`
    case 'NS':
      return `${name}\tnameserver = ${bare(record.target)}\n`
    case 'PTR':
      return `${name}\tname = ${bare(record.target)}\n`
    case 'MX':
      return `${name}\tmail exchanger = ${record.preference} ${bare(record.target)}\n`
    case 'SRV':
      return `${name}\tservice = ${record.priority} ${record.weight} ${record.port} ${bare(record.target)}\n`
    case 'TXT':
      return `${name}\ttext = "${record.text}"\n`
    case 'SOA':
      return `${name}\n\torigin = ${bare(record.server)}\n\tmail addr = ${bare(record.mailbox)}\n\tserial = ${record.serial}\n\trefresh = ${record.refresh}\n\tretry = ${record.retry}\n\texpire = ${record.expire}\n\tminimum = ${record.minimum}\n`
  }
}
