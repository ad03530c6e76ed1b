// bind: bin/dig/nslookup.c
import { bindQuery, queryName, reverseName, searched } from '#images/commands/dns-query.ts'
import { parseOptions, secondsOf } from '#images/commands/options.ts'
import {
  type CommandInput,
  type CommandOutput,
  ended,
  type NetworkCommand,
} from '#images/commands/output.ts'
import { absolute, type DnsMessage, type DnsRecord, type QuestionType } from '#net/dns-message.ts'

const LONG = {
  type: true,
  querytype: true,
  query: true,
  debug: false,
  nosearch: false,
  search: false,
  vc: false,
  timeout: true,
  retry: true,
  port: true,
  domain: true,
}
const TRIES = 3
const TIMEOUT = 5000

export const bindNslookup: NetworkCommand = (input) => {
  const options = parseOptions(input.argv.slice(1), {
    flags: '',
    valued: '',
    long: LONG,
    singleDash: true,
  })
  const [host, given] = options.operands
  // Without a host it reads commands, and there is nothing to read.
  if (host === undefined) return ended(0)
  const { network } = input
  let server = network.resolvConf.nameservers[0] ?? '127.0.0.1'
  if (given !== undefined) {
    const resolved = network.resolve(given, 'glibc')
    if (resolved.addresses[0] === undefined)
      return ended(1, {
        stderr: `nslookup: couldn't get address for '${given}': not found\n`,
        takes: resolved.takes,
      })
    server = resolved.addresses[0]
  }
  const type =
    options.values.get('type') ?? options.values.get('querytype') ?? options.values.get('query')
  return new BindLookup(input, {
    server,
    shown: given ?? server,
    timeout: secondsOf(options.values.get('timeout')) ?? TIMEOUT,
    searches: options.values.has('nosearch') ? [] : network.resolvConf.searches,
  }).run(host, type?.toUpperCase() as QuestionType | undefined)
}

interface Way {
  readonly server: string
  readonly shown: string
  readonly timeout: number
  readonly searches: readonly string[]
}

class BindLookup {
  readonly #input: CommandInput
  readonly #way: Way

  constructor(input: CommandInput, way: Way) {
    this.#input = input
    this.#way = way
  }

  run(host: string, type: QuestionType | undefined): CommandOutput {
    const { network } = this.#input
    const { server, shown, timeout } = this.#way
    const reverse = reverseName(host)
    const names =
      reverse === undefined
        ? searched(host, this.#way.searches, network.resolvConf.ndots)
        : [reverse]
    const kind = type ?? (reverse === undefined ? 'A' : 'PTR')
    const { name, queried, takes } = bindQuery(network, names, kind, { server, timeout })
    if (typeof queried.outcome === 'string') return this.#unanswered(queried.outcome)
    const head = reverse === undefined ? `Server:\t\t${shown}\nAddress:\t${server}#53\n\n` : ''
    const message = queried.outcome
    if (message.rcode !== 'NOERROR') {
      const got = message.rcode === 'SERVFAIL' ? `;; Got SERVFAIL reply from ${server}\n` : ''
      return ended(1, {
        stdout: `${got}${head}** server can't find ${relative(name)}: ${message.rcode}\n\n`,
        takes,
      })
    }
    let text = this.#answers(message, name)
    let exitCode = message.answer.length === 0 ? 1 : 0
    // A name has addresses of the sixth version too, or it has not: the last name of a chain of aliases is asked for them.
    if (type === undefined && reverse === undefined) {
      const last = message.answer.at(-1)
      const target = last?.type === 'A' ? last.name : name
      const six = queryName(network, target, 'AAAA', { server, timeout })
      if (typeof six.outcome !== 'string' && six.outcome.rcode === 'NOERROR') {
        const found = six.outcome.answer.filter((record) => record.type === 'AAAA')
        if (message.answer.length === 0 && found.length > 0) [text, exitCode] = ['', 0]
        text += found.map(recordText).join('')
      } else if (typeof six.outcome !== 'string') {
        text += `** server can't find ${relative(target)}: ${six.outcome.rcode}\n`
        exitCode = 1
      }
    }
    return ended(exitCode, { stdout: `${head}${text}\n`, takes })
  }

  #answers(message: DnsMessage, name: string): string {
    return message.answer.length === 0
      ? `*** Can't find ${relative(name)}: No answer\n`
      : message.answer.map(recordText).join('')
  }

  #unanswered(why: 'timeout' | 'refused'): CommandOutput {
    const { server, timeout } = this.#way
    const line = `;; communications error to ${server}#53: ${why === 'timeout' ? 'timed out' : 'connection refused'}\n`
    return ended(1, {
      stdout: `${line.repeat(TRIES)};; no servers could be reached\n\n`,
      takes: why === 'timeout' ? TRIES * timeout : TRIES,
    })
  }
}

const relative = (name: string): string => (absolute(name) === name ? name.slice(0, -1) : name)

const recordText = (record: DnsRecord): string => {
  const name = relative(record.name)
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${name}\nAddress: ${record.address}\n`
    case 'CNAME':
      return `${name}\tcanonical name = ${record.target}\n`
    case 'NS':
      return `${name}\tnameserver = ${record.target}\n`
    case 'PTR':
      return `${name}\tname = ${record.target}\n`
    case 'MX':
      return `${name}\tmail exchanger = ${record.preference} ${record.target}\n`
    case 'SRV':
      return `${name}\tservice = ${record.priority} ${record.weight} ${record.port} ${record.target}\n`
    case 'TXT':
      return `${name}\ttext = "${record.text}"\n`
    case 'SOA':
      return `${name}\n\torigin = ${relative(record.server)}\n\tmail addr = ${relative(record.mailbox)}\n\tserial = ${record.serial}\n\trefresh = ${record.refresh}\n\tretry = ${record.retry}\n\texpire = ${record.expire}\n\tminimum = ${record.minimum}\n`
  }
}
