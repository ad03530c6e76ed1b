// bind: bin/dig/dig.c, lib/dns/masterdump.c
import { unixDate } from '#images/clock.ts'
import { bindQuery, messageSize, reverseName, searched } from '#images/commands/dns-query.ts'
import {
  type CommandInput,
  type CommandOutput,
  ended,
  type NetworkCommand,
} from '#images/commands/output.ts'
import {
  absolute,
  type DnsMessage,
  type DnsRecord,
  type QuestionType,
  recordText,
} from '#net/dns-message.ts'

const VERSION = '9.20.15'
const TYPES = new Set(
  'A AAAA CNAME MX NS PTR SOA SRV TXT ANY AXFR IXFR HINFO HTTPS NAPTR'.split(' '),
)

interface DigOptions {
  readonly server: string | undefined
  readonly port: number
  readonly name: string
  readonly type: QuestionType
  readonly flags: ReadonlyMap<string, string>
}

export const dig: NetworkCommand = (input) => {
  const options = read(input.argv.slice(1))
  const { network } = input
  let server = network.resolvConf.nameservers[0] ?? '127.0.0.1'
  if (options.server !== undefined) {
    const found = network.resolve(options.server, 'glibc').addresses[0]
    if (found === undefined)
      return ended(10, { stderr: `dig: couldn't get address for '${options.server}': not found\n` })
    server = found
  }
  const timeout = 1000 * Math.max(1, Number(options.flags.get('time') ?? 5))
  const tries = Math.max(
    1,
    Number(options.flags.get('tries') ?? Number(options.flags.get('retry') ?? 2) + 1),
  )
  const names = options.flags.has('search')
    ? searched(options.name, network.resolvConf.searches, network.resolvConf.ndots)
    : [options.name]
  const isTcp = options.flags.has('tcp') || options.flags.has('vc')
  const { queried, takes } = bindQuery(network, names, options.type, {
    server,
    port: options.port,
    timeout,
    transport: isTcp ? 'TCP' : 'UDP',
  })
  if (typeof queried.outcome === 'string')
    return unanswered(input, options, server, queried.outcome, tries, timeout)
  const message = queried.outcome
  if (options.flags.has('short'))
    return ended(0, {
      stdout: message.answer.map((record) => `${dataOf(record)}\n`).join(''),
      takes,
    })
  return ended(0, { stdout: printed(input, options, message, server, takes), takes })
}

const read = (args: readonly string[]): DigOptions => {
  const flags = new Map<string, string>()
  let server: string | undefined
  let port = 53
  let name: string | undefined
  let type: QuestionType | undefined
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!
    if (word.startsWith('@')) server = word.slice(1)
    else if (word.startsWith('+')) setFlag(flags, word.slice(1).toLowerCase())
    else if (word === '-x') {
      name = reverseName(args[++at] ?? '') ?? args[at]
      type ??= 'PTR'
    } else if (word === '-t') type = (args[++at] ?? 'A').toUpperCase() as QuestionType
    else if (word === '-q') name = args[++at]
    else if (word === '-p') port = Number(args[++at] ?? 53)
    else if (word === '-b' || word === '-c' || word === '-f' || word === '-k') at++
    else if (word.startsWith('-')) continue
    else if (TYPES.has(word.toUpperCase()) && name !== undefined)
      type = word.toUpperCase() as QuestionType
    else if (/^(in|ch|hs)$/i.test(word) && name !== undefined) continue
    else name = word
  }
  return { server, port, name: name ?? '.', type: type ?? (name === undefined ? 'NS' : 'A'), flags }
}

const SECTIONS = ['comments', 'question', 'answer', 'authority', 'additional', 'stats', 'cmd']

const setFlag = (flags: Map<string, string>, text: string): void => {
  const [flag, value] = text.split(/=(.*)/s)
  if (flag === 'all' || flag === 'noall')
    for (const section of SECTIONS) flags.set(section, flag === 'all' ? '' : 'no')
  else if (flag === 'nosearch' || flag === 'notcp' || flag === 'noshort')
    flags.delete(flag.slice(2))
  else if (flag!.startsWith('no')) flags.set(flag!.slice(2), 'no')
  else flags.set(flag!, value ?? '')
}

const shows = ({ flags }: DigOptions, section: string): boolean => flags.get(section) !== 'no'

const dataOf = (record: DnsRecord): string => recordText(record).split(' ').slice(4).join(' ')

/** Columns as master files have them, filled with tabs. */
const columns = (cells: readonly (readonly [string, number])[]): string => {
  let text = ''
  let column = 0
  for (const [cell, start] of cells) {
    if (text !== '') {
      const to = Math.max(start, column + 1)
      const tabs = Math.floor(to / 8) - Math.floor(column / 8)
      text += tabs > 0 ? '\t'.repeat(tabs) + ' '.repeat(to % 8) : ' '.repeat(to - column)
      column = to
    }
    text += cell
    column += cell.length
  }
  return text
}

const recordLine = (record: DnsRecord): string =>
  `${columns([
    [record.name, 0],
    [String(record.ttl), 24],
    ['IN', 32],
    [record.type, 40],
    [dataOf(record), 48],
  ])}\n`

const banner = (input: CommandInput, options: DigOptions): string =>
  shows(options, 'cmd')
    ? `\n; <<>> DiG ${VERSION} <<>> ${input.argv.slice(1).join(' ')}\n${options.server === undefined ? '' : '; (1 server found)\n'};; global options: +cmd\n`
    : ''

const idOf = (name: string): number => {
  let hash = 2_166_136_261
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 16_777_619) >>> 0
  return hash % 65_536
}

const printed = (
  input: CommandInput,
  options: DigOptions,
  message: DnsMessage,
  server: string,
  takes: number,
): string => {
  const { name, type } = message.question
  let text = banner(input, options)
  if (shows(options, 'comments')) {
    text += ';; Got answer:\n'
    if (/\.local\.?$/i.test(name))
      text +=
        ';; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS\n'
    text += `;; ->>HEADER<<- opcode: QUERY, status: ${message.rcode}, id: ${idOf(name + type)}\n`
    const flags = `qr${message.isAuthoritative ? ' aa' : ''} rd${message.isAuthoritative ? '' : ' ra'}`
    text += `;; flags: ${flags}; QUERY: 1, ANSWER: ${message.answer.length}, AUTHORITY: ${message.authority.length}, ADDITIONAL: ${message.additional.length + 1}\n`
    if (message.isAuthoritative) text += ';; WARNING: recursion requested but not available\n'
    text += '\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n'
  }
  if (shows(options, 'question')) {
    const line = columns([
      [absolute(name), 0],
      ['IN', 32],
      [type, 40],
    ])
    text += `${shows(options, 'comments') ? ';; QUESTION SECTION:\n' : ''};${line}\n${shows(options, 'comments') ? '\n' : ''}`
  }
  for (const section of ['answer', 'authority', 'additional'] as const) {
    if (!shows(options, section) || message[section].length === 0) continue
    const title = shows(options, 'comments') ? `;; ${section.toUpperCase()} SECTION:\n` : ''
    text += `${title}${message[section].map(recordLine).join('')}${title === '' ? '' : '\n'}`
  }
  if (shows(options, 'stats')) {
    const transport = options.flags.has('tcp') ? 'TCP' : 'UDP'
    text += `;; Query time: ${takes} msec\n;; SERVER: ${server}#${options.port}(${options.server ?? server}) (${transport})\n;; WHEN: ${unixDate(input.now)}\n;; MSG SIZE  rcvd: ${messageSize(message)}\n\n`
  }
  return text
}

const unanswered = (
  input: CommandInput,
  options: DigOptions,
  server: string,
  why: 'timeout' | 'refused',
  tries: number,
  timeout: number,
): CommandOutput => {
  const line = `;; communications error to ${server}#${options.port}: ${why === 'timeout' ? 'timed out' : 'connection refused'}\n`
  const end = shows(options, 'cmd') ? banner(input, options) : ''
  return ended(9, {
    stdout: `${line.repeat(tries)}${end};; no servers could be reached\n`,
    takes: why === 'timeout' ? tries * timeout : tries,
  })
}
