// bind: bin/dig/host.c
import { bindQuery, reverseName, searched } from '#images/commands/dns-query.ts'
import { parseOptions } from '#images/commands/options.ts'
import { ended, type NetworkCommand } from '#images/commands/output.ts'
import { type DnsRecord, type QuestionType, recordText } from '#net/dns-message.ts'

const CODES: Readonly<Record<string, number>> = {
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
}

export const host: NetworkCommand = ({ argv, network }) => {
  const options = parseOptions(argv.slice(1), { flags: 'aCdlrsTUvVw46', valued: 'ctNRWmp' })
  const [name, given] = options.operands
  if (name === undefined || options.bad !== undefined)
    return ended(1, {
      stderr:
        'Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n',
    })
  const server =
    given === undefined
      ? network.resolvConf.nameservers[0]!
      : network.resolve(given, 'glibc').addresses[0]
  if (server === undefined)
    return ended(1, { stderr: `host: couldn't get address for '${given}': not found\n` })
  const head =
    given === undefined
      ? ''
      : `Using domain server:\nName: ${given}\nAddress: ${server}#53\nAliases: \n\n`
  const reverse = reverseName(name)
  const type = options.values.get('t')?.toUpperCase() as QuestionType | undefined
  const names =
    reverse === undefined
      ? searched(name, network.resolvConf.searches, network.resolvConf.ndots)
      : [reverse]
  const kinds: readonly QuestionType[] =
    type !== undefined ? [type] : reverse !== undefined ? ['PTR'] : ['A', 'AAAA', 'MX']
  let text = ''
  let takes = 0
  let asked = names
  for (const [index, kind] of kinds.entries()) {
    const found = bindQuery(network, asked, kind, { server })
    takes += found.takes
    const { outcome } = found.queried
    if (typeof outcome === 'string')
      return ended(1, {
        stdout: `${head}${text}${`;; communications error to ${server}#53: ${outcome === 'timeout' ? 'timed out' : 'connection refused'}\n`.repeat(2)};; no servers could be reached\n`,
        takes: outcome === 'timeout' ? 10_000 : takes,
      })
    if (outcome.rcode !== 'NOERROR')
      return ended(1, {
        stdout: `${head}${text}Host ${plain(found.name)} not found: ${CODES[outcome.rcode] ?? 2}(${outcome.rcode})\n`,
        takes,
      })
    asked = [found.name]
    const records = outcome.answer.filter((record) => index === 0 || record.type !== 'CNAME')
    text += records.map(sentence).join('')
    if (type !== undefined && outcome.answer.length === 0)
      text += `${plain(found.name)} has no ${type} record\n`
  }
  return ended(0, { stdout: head + text, takes })
}

const plain = (name: string): string => name.replace(/\.$/, '')

const sentence = (record: DnsRecord): string => {
  const name = plain(record.name)
  const data = recordText(record).split(' ').slice(4).join(' ')
  switch (record.type) {
    case 'A':
      return `${name} has address ${record.address}\n`
    case 'AAAA':
      return `${name} has IPv6 address ${record.address}\n`
    case 'CNAME':
      return `${name} is an alias for ${record.target}\n`
    case 'PTR':
      return `${name} domain name pointer ${record.target}\n`
    case 'NS':
      return `${name} name server ${record.target}\n`
    case 'MX':
      return `${name} mail is handled by ${data}\n`
    case 'TXT':
      return `${name} descriptive text ${data}\n`
    case 'SRV':
      return `${name} has SRV record ${data}\n`
    case 'SOA':
      return `${name} has SOA record ${data}\n`
  }
}
