import { describe, expect, it } from 'vitest'
import { askNameServer, askSite, certificateNames, connect } from '#cloud/internet.ts'
import { internetAnswer, internetNames } from '#cloud/internet-dns.ts'
import { INTERNET_NAMES } from '#cloud/internet-records.ts'
import { pickAddress } from '#cloud/service/address-pool.ts'
import { type QuestionType, recordText } from '#net/dns-message.ts'

const ask = (type: QuestionType, name: string): string => {
  const { rcode, answer } = internetAnswer({ type, name })
  return [rcode, ...answer.map(recordText)].join(' | ')
}
const get = (address: string, port: number, host: string, path = '/') =>
  askSite(address, port, {
    method: 'GET',
    path,
    headers: { HOST: host },
    body: '',
    client: '192.168.49.3',
  })

describe('names of the internet', () => {
  it.each([
    ['A', 'api.external.com.', 'NOERROR | api.external.com. 300 IN A 192.0.2.21'],
    ['A', 'Example.COM.', 'NOERROR | Example.COM. 300 IN A 192.0.2.10'],
    ['AAAA', 'example.com.', 'NOERROR | example.com. 300 IN AAAA 2001:db8::10'],
    ['AAAA', 'api.external.com.', 'NOERROR'],
    ['CNAME', 'www.example.com.', 'NOERROR | www.example.com. 300 IN CNAME example.com.'],
    [
      'A',
      'api.example.com.',
      'NOERROR | api.example.com. 300 IN CNAME api.edge.example.net. | api.edge.example.net. 60 IN A 192.0.2.22',
    ],
    ['AAAA', 'api.example.com.', 'NOERROR | api.example.com. 300 IN CNAME api.edge.example.net.'],
    [
      'MX',
      'github.com.',
      'NOERROR | github.com. 300 IN MX 0 aspmx.l.google.com.'.replace('300', '60'),
    ],
    ['TXT', 'example.com.', 'NOERROR | example.com. 300 IN TXT "v=spf1 -all"'],
    ['PTR', '8.8.8.8.in-addr.arpa.', 'NOERROR | 8.8.8.8.in-addr.arpa. 300 IN PTR dns.google.'],
    [
      'PTR',
      '0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.',
      'NOERROR | 0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 300 IN PTR example.com.',
    ],
    ['PTR', '1.0.96.10.in-addr.arpa.', 'NXDOMAIN'],
    ['A', 'com.', 'NOERROR'],
    ['A', 'external.co.', 'NXDOMAIN'],
    ['A', 'cluster.local.', 'NXDOMAIN'],
    ['A', '__proto__.', 'NXDOMAIN'],
    ['AXFR', 'example.com.', 'REFUSED'],
    ['A', 'a..b.', 'FORMERR'],
  ] as const)('%s %s is %s', (type, name, expected) => {
    expect(ask(type, name)).toBe(expected)
  })

  it('says who says that there is nothing', () => {
    const { authority } = internetAnswer({ type: 'A', name: 'nowhere.test.' })
    expect(authority).toMatchObject([{ type: 'SOA', name: '.' }])
  })

  it('ends when aliases go in a circle', () => {
    const circle = { 'a.test': { alias: 'b.test' }, 'b.test': { alias: 'a.test' } }
    const names = internetNames(new Map(Object.entries(circle)))
    expect(internetAnswer({ type: 'A', name: 'a.test.' }, names).rcode).toBe('SERVFAIL')
  })

  it('are known to public name servers and those of the nodes’ network, and to no other machine', () => {
    const question = { type: 'A', name: 'example.com.' } as const
    const local = ['192.168.49.1']
    expect(askNameServer('8.8.8.8', question, local)?.answer).toHaveLength(1)
    expect(askNameServer('192.168.49.1', question, local)?.answer).toHaveLength(1)
    expect(askNameServer('192.0.2.10', question, local)).toBeUndefined()
  })

  it('never have an address that a load balancer may get', () => {
    const addresses = Object.values(INTERNET_NAMES).flatMap((entry) => entry.addresses ?? [])
    expect(addresses.length).toBeGreaterThan(30)
    for (const address of addresses) expect(pickAddress(new Set(), address)).not.toBe(address)
  })

  it('lead to machines', () => {
    for (const [name, { addresses = [], alias }] of Object.entries(INTERNET_NAMES)) {
      if (alias !== undefined) expect(INTERNET_NAMES, name).toHaveProperty([alias])
      for (const address of addresses)
        expect([name, connect(address, 1)]).toEqual([name, 'refused'])
    }
  })
})

describe('connections', () => {
  it.each([
    ['192.0.2.10', 80, { open: '' }],
    ['192.0.2.10', 443, { open: '' }],
    ['192.0.2.10', 8080, 'refused'],
    ['192.0.2.11', 5432, { open: '' }],
    ['192.0.2.11', 80, 'refused'],
    ['192.0.2.40', 22, { open: 'SSH-2.0-babeld\r\n' }],
    ['8.8.8.8', 53, { open: '' }],
    ['8.8.8.8', 80, 'refused'],
    ['192.0.2.250', 80, 'silent'],
  ])('to %s port %i', (address, port, expected) => {
    expect(connect(address, port)).toEqual(expected)
  })
})

describe('sites', () => {
  it.each([
    ['192.0.2.21', 80, 'api.external.com', '/healthz', 200],
    ['192.0.2.21', 80, 'API.external.com:80', '/', 200],
    ['192.0.2.21', 80, 'api.external.com', '/none', 404],
    // An ExternalName is asked with the name of the Service.
    ['192.0.2.21', 80, 'my-service', '/', 404],
    ['192.0.2.30', 443, 'my-service', '/', 421],
    ['192.0.2.70', 443, '192.0.2.70', '/', 403],
    ['192.0.2.40', 80, 'github.com', '/', 301],
    ['192.0.2.40', 443, 'github.com', '/', 200],
    ['192.0.2.40', 443, 'my-service', '/', 200],
    ['192.0.2.10', 80, 'example.com', '/', 200],
    ['192.0.2.10', 80, 'my-service.default.svc.cluster.local', '/', 404],
    ['192.0.2.50', 80, 'httpbin.org', '/status/503', 503],
    ['192.0.2.50', 80, 'httpbin.org', '/post', 405],
    ['192.0.2.110', 443, 'jsonplaceholder.typicode.com', '/todos/7', 200],
    ['192.0.2.32', 443, 'registry.k8s.io', '/v2/', 200],
  ])('%s:%i with Host %s answers %s with %i', (address, port, host, path, status) => {
    expect(get(address, port, host, path)?.status).toBe(status)
  })

  it('tell callers where they seem to come from', () => {
    expect(get('192.0.2.130', 80, 'ifconfig.me')?.body).toBe('192.168.49.3\n')
    expect(get('192.0.2.50', 80, 'httpbin.org', '/get?a=1&b')?.body).toContain('"a": "1"')
  })

  it('send to HTTPS with the whole path', () => {
    expect(get('192.0.2.40', 80, 'github.com', '/kubernetes?tab=1')?.headers['Location']).toBe(
      'https://github.com/kubernetes?tab=1',
    )
  })

  it('are not found on ports without HTTP', () => {
    expect(get('192.0.2.11', 5432, 'x')).toBeUndefined()
    expect(get('192.0.2.250', 80, 'x')).toBeUndefined()
  })

  it('show certificates for their own names', () => {
    expect(certificateNames('192.0.2.21')).toContain('api.external.com')
    expect(certificateNames('192.0.2.250')).toEqual([])
  })
})
