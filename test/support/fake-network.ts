// A small network for programs and commands: names, and what listens at which address.
import type { HttpReply } from '#images/behaviour.ts'
import type { Contact, Contacted, Network, Resolved } from '#images/network.ts'
import { absolute, type DnsMessage, type DnsRecord, emptyMessage } from '#net/dns-message.ts'

export type Place =
  | 'refused'
  | 'timeout'
  | 'no-route'
  | 'silent'
  | { readonly text: string }
  | HttpReply

export interface FakeNetwork extends Network {
  readonly contacts: Contact[]
}

const SOURCE = '10.244.1.5:43210'

/** `names`: an address, records, or how looking it up ends (`NXDOMAIN`, …). */
export const fakeNetwork = (
  names: Readonly<Record<string, string | readonly DnsRecord[]>>,
  places: Readonly<Record<string, Place | ((contact: Contact) => Place)>> = {},
): FakeNetwork => {
  const contacts: Contact[] = []
  const server = '10.96.0.10'
  const searches = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local']
  const find = (
    name: string,
  ): readonly DnsRecord[] | 'NXDOMAIN' | 'SERVFAIL' | 'unreachable' | 'refused' => {
    const known = names[name.replace(/\.$/, '')]
    if (known === undefined) return 'NXDOMAIN'
    if (typeof known !== 'string') return known
    if (known === 'SERVFAIL' || known === 'unreachable' || known === 'refused') return known
    return [{ type: 'A', name: absolute(name), ttl: 30, address: known }]
  }
  return {
    contacts,
    resolvConf: { nameservers: [server], searches, ndots: 5 },
    hosts: '127.0.0.1\tlocalhost\n',
    resolve: (name): Resolved => {
      if (/^[\d.]+$/.test(name) || name.includes(':'))
        return { end: 'found', addresses: [name], canonicalName: name, takes: 0 }
      for (const candidate of [...searches.map((suffix) => `${name}.${suffix}`), name]) {
        const found = find(candidate)
        if (found === 'NXDOMAIN') continue
        if (typeof found === 'string')
          return {
            end: found,
            addresses: [],
            canonicalName: name,
            server,
            takes: found === 'SERVFAIL' ? 1 : 10_000,
          }
        const addresses = found.flatMap((record) => (record.type === 'A' ? [record.address] : []))
        return { end: 'found', addresses, canonicalName: candidate, server, takes: 1 }
      }
      return { end: 'NXDOMAIN', addresses: [], canonicalName: name, server, takes: 1 }
    },
    query: (question, options) => {
      const found = find(question.name)
      const asked = options?.server ?? server
      if (found === 'unreachable') return { outcome: 'timeout', server: asked, takes: 5000 }
      if (found === 'refused') return { outcome: 'refused', server: asked, takes: 1 }
      if (typeof found === 'string')
        return {
          outcome: { ...emptyMessage(question, found), isAuthoritative: true },
          server: asked,
          takes: 1,
        }
      const answer = found.filter(({ type }) => type === question.type || type === 'CNAME')
      const outcome: DnsMessage = {
        ...emptyMessage(question, 'NOERROR'),
        isAuthoritative: true,
        answer,
      }
      return { outcome, server: asked, takes: 1 }
    },
    contact: (contact): Contacted => {
      contacts.push(contact)
      const key = `${contact.address}:${contact.port}`
      const given = places[`${contact.protocol} ${key}`] ?? places[key] ?? 'refused'
      const place = typeof given === 'function' ? given(contact) : given
      const base = { source: SOURCE, takes: place === 'timeout' ? 0 : 1 }
      if (typeof place === 'string') return { ...base, outcome: place }
      if ('text' in place) return { ...base, outcome: 'message', text: place.text }
      // A server of HTTP waits for a request that never comes.
      return contact.http === undefined
        ? { ...base, outcome: 'silent' }
        : { ...base, outcome: 'http', reply: place }
    },
    ping: (address) =>
      Object.keys(places).some((key) => key.includes(`${address}:`)) ? 'reply' : 'timeout',
  }
}
