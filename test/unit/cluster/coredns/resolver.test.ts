import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { hostsFileText } from '#coredns/hosts-file.ts'
import { podResolvConf, type ResolvConf } from '#coredns/resolv-conf.ts'
import { type Ask, type Resolution, resolve, type ResolverOptions } from '#coredns/resolver.ts'
import { answerQuestion } from '#coredns/server.ts'
import { truncated } from '#coredns/truncate.ts'
import { emptyMessage, recordText } from '#net/dns-message.ts'
import { dnsCluster, dnsServer } from '../../../support/dns-cluster.ts'
import { aBackend } from '../../../support/network-objects.ts'

const server = dnsServer(dnsCluster())
const clusterDns: Ask = (nameserver, question, transport) => {
  if (nameserver !== '10.96.0.10') return 'timeout'
  const { message } = answerQuestion(server, question)
  return transport === 'UDP' ? truncated(message) : message
}
const pod = (spec: Partial<Pod['spec']> = {}) => aBackend('web-1', '10.244.1.5', { spec })
const lookUp = (name: string, more: Partial<ResolverOptions> = {}): Resolution =>
  resolve(name, {
    conf: podResolvConf(pod()),
    hosts: hostsFileText(pod()),
    ask: clusterDns,
    family: 'ipv4',
    ...more,
  })
/** What was asked for and what came of it: `web.default.svc.cluster.local. NOERROR`. */
const asked = ({ queries }: Resolution) =>
  queries.map(({ question, outcome }) =>
    [question.name, typeof outcome === 'string' ? outcome : outcome.rcode].join(' '),
  )
const conf = (more: Partial<ResolvConf>): ResolvConf => ({
  nameservers: ['10.96.0.10'],
  searches: [],
  options: [],
  ...more,
})

describe('the walk through the search list', () => {
  it.each([
    ['a short name in the same namespace', 'web', ['web.default.svc.cluster.local. NOERROR']],
    [
      'a name with its namespace',
      'db.shop',
      ['db.shop.default.svc.cluster.local. NXDOMAIN', 'db.shop.svc.cluster.local. NOERROR'],
    ],
    [
      'a name up to svc',
      'web.default.svc',
      [
        'web.default.svc.default.svc.cluster.local. NXDOMAIN',
        'web.default.svc.svc.cluster.local. NXDOMAIN',
        'web.default.svc.cluster.local. NOERROR',
      ],
    ],
    [
      'the whole name without the dot',
      'web.default.svc.cluster.local',
      [
        'web.default.svc.cluster.local.default.svc.cluster.local. NXDOMAIN',
        'web.default.svc.cluster.local.svc.cluster.local. NXDOMAIN',
        'web.default.svc.cluster.local.cluster.local. NXDOMAIN',
        'web.default.svc.cluster.local. NOERROR',
      ],
    ],
    [
      'the whole name with the dot',
      'web.default.svc.cluster.local.',
      ['web.default.svc.cluster.local. NOERROR'],
    ],
    [
      'a name outside',
      'api.external.com',
      [
        'api.external.com.default.svc.cluster.local. NXDOMAIN',
        'api.external.com.svc.cluster.local. NXDOMAIN',
        'api.external.com.cluster.local. NXDOMAIN',
        'api.external.com. NOERROR',
      ],
    ],
    [
      'a name with five dots, which is asked as it is first',
      '_http._tcp.web.default.svc.cluster.local',
      ['_http._tcp.web.default.svc.cluster.local. NOERROR'],
    ],
  ])('%s', (_, name, expected) => {
    const resolution = lookUp(name)
    expect(asked(resolution)).toEqual(expected)
    expect(resolution).toMatchObject({ end: 'found', source: 'dns', error: '' })
  })

  it('asks for both families of addresses under each name', () => {
    const resolution = lookUp('api.external.com', { family: 'both' })
    expect(resolution.queries.map(({ question }) => question.type)).toEqual(
      Array.from({ length: 4 }, () => ['A', 'AAAA']).flat(),
    )
    expect(resolution.addresses).toEqual(['192.0.2.80'])
  })

  it('follows aliases to the name that has the addresses', () => {
    expect(lookUp('outside')).toMatchObject({
      addresses: ['192.0.2.80'],
      canonicalName: 'api.external.com',
    })
  })

  it('shows what was put behind the name', () => {
    expect(lookUp('db.shop').queries.map(({ suffix }) => suffix)).toEqual([
      'default.svc.cluster.local',
      'svc.cluster.local',
    ])
  })
})

describe('names that are not found', () => {
  it('a short name of another namespace is asked four times in vain', () => {
    const resolution = lookUp('db')
    expect(asked(resolution)).toEqual([
      'db.default.svc.cluster.local. NXDOMAIN',
      'db.svc.cluster.local. NXDOMAIN',
      'db.cluster.local. NXDOMAIN',
      'db. NXDOMAIN',
    ])
    expect(resolution).toMatchObject({
      end: 'NXDOMAIN',
      addresses: [],
      error: 'Name or service not known',
    })
  })

  it('a name without addresses of that family has no data', () => {
    expect(lookUp('web', { family: 'ipv6' })).toMatchObject({
      end: 'NODATA',
      error: 'No address associated with hostname',
    })
  })

  it.each(['', 'a..b', 'x'.repeat(64), `${'a.'.repeat(130)}b`])('%j is never asked', (name) => {
    expect(lookUp(name)).toMatchObject({ end: 'invalid', queries: [] })
  })
})

describe('what needs no name server', () => {
  it('addresses are taken as they are', () => {
    expect(lookUp('10.96.5.5')).toMatchObject({ source: 'address', addresses: ['10.96.5.5'] })
    expect(lookUp('FD00::0006')).toMatchObject({ source: 'address', addresses: ['fd00::6'] })
  })

  it('names in /etc/hosts are found there', () => {
    expect(lookUp('web-1')).toMatchObject({ source: 'hosts', addresses: ['10.244.1.5'] })
    expect(lookUp('localhost', { family: 'both' }).addresses).toEqual(['127.0.0.1', '::1'])
    expect(lookUp('localhost').addresses).toEqual(['127.0.0.1'])
  })
})

describe('name servers that do not answer', () => {
  it('each name is tried twice with five seconds each, then no other ending is', () => {
    const resolution = lookUp('web', { ask: () => 'timeout' })
    expect(asked(resolution)).toEqual([
      'web.default.svc.cluster.local. timeout',
      'web.default.svc.cluster.local. timeout',
      'web. timeout',
      'web. timeout',
    ])
    expect(resolution.queries.reduce((sum, { waited }) => sum + waited, 0)).toBe(20)
    expect(resolution).toMatchObject({
      end: 'unreachable',
      error: 'Temporary failure in name resolution',
    })
  })

  it('a refusal ends it at once', () => {
    const resolution = lookUp('web', { ask: () => 'refused' })
    expect(asked(resolution)).toHaveLength(2)
    expect(resolution.end).toBe('refused')
  })

  it('without a name server it asks its own machine', () => {
    const servers: string[] = []
    const ask: Ask = (nameserver) => {
      servers.push(nameserver)
      return 'refused'
    }
    expect(lookUp('web', { conf: conf({ nameservers: [] }), ask }).end).toBe('refused')
    expect(new Set(servers)).toEqual(new Set(['127.0.0.1']))
  })

  it('the next server is asked when the first is silent or fails', () => {
    const two = conf({ nameservers: ['192.0.2.1', '10.96.0.10'] })
    const silent = lookUp('web.default.svc.cluster.local.', { conf: two })
    expect(silent.queries.map(({ nameserver }) => nameserver)).toEqual(two.nameservers)
    expect(silent.end).toBe('found')
    const failing = lookUp('web.default.svc.cluster.local.', {
      conf: two,
      ask: (nameserver, question, transport) =>
        nameserver === '192.0.2.1'
          ? emptyMessage(question, 'SERVFAIL')
          : clusterDns(nameserver, question, transport),
    })
    expect(failing.end).toBe('found')
  })

  it('a server that always fails makes the name fail for now', () => {
    const resolution = lookUp('web', { ask: (_, question) => emptyMessage(question, 'SERVFAIL') })
    expect(resolution.end).toBe('SERVFAIL')
    expect(resolution.queries).toHaveLength(8)
  })

  it('options change how long and how often', () => {
    const options = ['timeout:1', 'attempts:3', 'ndots:99']
    const { queries } = lookUp('a.b.c.', { conf: conf({ options }), ask: () => 'timeout' })
    expect(queries.map(({ waited }) => waited)).toEqual([1, 1, 1])
  })
})

describe('answers that do not fit into a datagram', () => {
  it('are asked for again over TCP', () => {
    const answer = Array.from({ length: 40 }, (_, index) => `10.244.0.${index}`)
    const ask: Ask = (_, question, transport) => {
      const { name } = question
      const records = answer.map((address) => ({ name, ttl: 30, type: 'A' as const, address }))
      const message = { ...emptyMessage(question, 'NOERROR'), answer: records }
      return transport === 'UDP' ? truncated(message) : message
    }
    const resolution = lookUp('big.', { ask })
    expect(resolution.queries.map(({ transport }) => transport)).toEqual(['UDP', 'TCP'])
    expect(resolution.addresses).toEqual(answer)
  })
})

describe('musl', () => {
  const musl = { library: 'musl' } as const
  it('walks like glibc where names do not exist', () => {
    expect(asked(lookUp('db.shop', musl))).toEqual(asked(lookUp('db.shop')))
  })

  it('stops where a name exists without addresses', () => {
    const ask: Ask = (_, question) =>
      emptyMessage(question, question.name === 'a.one.' ? 'NOERROR' : 'NXDOMAIN')
    const options = { conf: conf({ searches: ['one', 'two'], options: ['ndots:5'] }), ask }
    expect(asked(lookUp('a', { ...options, ...musl }))).toEqual(['a.one. NOERROR'])
    expect(asked(lookUp('a', options))).toEqual([
      'a.one. NOERROR',
      'a.two. NXDOMAIN',
      'a. NXDOMAIN',
    ])
    expect(lookUp('a', options).end).toBe('NODATA')
  })

  it('does not search for names with enough dots', () => {
    const options = { conf: conf({ searches: ['one'], options: ['ndots:1'] }) }
    expect(asked(lookUp('a.b', { ...options, ...musl }))).toEqual(['a.b. NXDOMAIN'])
    expect(asked(lookUp('a.b', options))).toEqual(['a.b. NXDOMAIN', 'a.b.one. NXDOMAIN'])
  })
})

it('prints records as zone files do', () => {
  const { queries } = lookUp('web')
  const { outcome } = queries[0]!
  expect(typeof outcome === 'string' ? [] : outcome.answer.map(recordText)).toEqual([
    'web.default.svc.cluster.local. 5 IN A 10.96.5.5',
  ])
})
