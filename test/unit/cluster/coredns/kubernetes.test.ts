import { describe, expect, it } from 'vitest'
import { answerQuestion } from '#coredns/server.ts'
import { askText, dnsCluster, dnsServer, PLAIN_COREFILE } from '../../../support/dns-cluster.ts'

const client = dnsCluster()
const server = dnsServer(client)
const ask = (type: Parameters<typeof askText>[1], name: string) => askText(server, type, name)
const Z = 'cluster.local.'

describe('names that exist', () => {
  it.each([
    // Services with a cluster IP
    ['A', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local. 5 IN A 10.96.0.1'],
    ['A', 'web.default.svc', 'web.default.svc.cluster.local. 5 IN A 10.96.5.5'],
    ['A', 'dual.default.svc', 'dual.default.svc.cluster.local. 5 IN A 10.96.6.6'],
    ['AAAA', 'dual.default.svc', 'dual.default.svc.cluster.local. 5 IN AAAA fd00::6'],
    [
      'A',
      '_http._tcp.web.default.svc',
      '_http._tcp.web.default.svc.cluster.local. 5 IN A 10.96.5.5',
    ],
    [
      'A',
      '10-244-1-5.web.default.svc',
      '10-244-1-5.web.default.svc.cluster.local. 5 IN A 10.244.1.5',
    ],
    // headless ones
    ['A', 'nullish.shop.svc', 'nullish.shop.svc.cluster.local. 5 IN A 10.244.1.13'],
    [
      'A',
      'db.shop.svc',
      'db.shop.svc.cluster.local. 5 IN A 10.244.1.8 | db.shop.svc.cluster.local. 5 IN A 10.244.1.9',
    ],
    ['AAAA', 'db.shop.svc', 'db.shop.svc.cluster.local. 5 IN AAAA fd00::9'],
    ['A', 'db-0.db.shop.svc', 'db-0.db.shop.svc.cluster.local. 5 IN A 10.244.1.8'],
    ['A', '10-244-1-9.db.shop.svc', '10-244-1-9.db.shop.svc.cluster.local. 5 IN A 10.244.1.9'],
    ['A', 'portless.shop.svc', 'portless.shop.svc.cluster.local. 5 IN A 10.244.1.12'],
    // pods
    ['A', '10-244-0-5.default.pod', '10-244-0-5.default.pod.cluster.local. 5 IN A 10.244.0.5'],
    ['AAAA', 'fd00--5.default.pod', 'fd00--5.default.pod.cluster.local. 5 IN AAAA fd00::5'],
    // the server itself
    ['A', 'ns.dns', 'ns.dns.cluster.local. 5 IN A 10.96.0.10'],
    ['TXT', 'dns-version', 'dns-version.cluster.local. 28800 IN TXT "1.1.0"'],
  ] as const)('%s %s is %s', (type, name, expected) => {
    expect(ask(type, `${name}.${Z}`)).toBe(`NOERROR; ${expected}`)
  })

  it('answers in the letters in which it was asked', () => {
    expect(ask('A', 'Web.Default.SVC.Cluster.Local.')).toBe(
      'NOERROR; Web.Default.SVC.Cluster.Local. 5 IN A 10.96.5.5',
    )
  })

  it('names the servers of the zone', () => {
    expect(ask('NS', Z)).toBe(
      'NOERROR; cluster.local. 5 IN NS kube-dns.kube-system.svc.cluster.local.; also kube-dns.kube-system.svc.cluster.local. 5 IN A 10.96.0.10',
    )
    expect(ask('SOA', Z)).toBe(
      'NOERROR; cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1767225600 7200 1800 86400 5',
    )
  })
})

describe('SRV records', () => {
  it.each([
    [
      '_http._tcp.web.default.svc',
      '0 100 80 web.default.svc.cluster.local.; also web.default.svc.cluster.local. 5 IN A 10.96.5.5',
    ],
    [
      '_https._tcp.kubernetes.default.svc',
      '0 100 443 kubernetes.default.svc.cluster.local.; also kubernetes.default.svc.cluster.local. 5 IN A 10.96.0.1',
    ],
    [
      '_dns._udp.dual.default.svc',
      '0 50 53 dual.default.svc.cluster.local.; also dual.default.svc.cluster.local. 5 IN A 10.96.6.6 | dual.default.svc.cluster.local. 5 IN AAAA fd00::6',
    ],
  ])('%s is %s', (name, expected) => {
    expect(ask('SRV', `${name}.${Z}`)).toBe(`NOERROR; ${name}.${Z} 5 IN SRV ${expected}`)
  })

  it('has one of each endpoint of a headless Service, sharing the weight', () => {
    const name = '_http._tcp.db.shop.svc.cluster.local.'
    const { message } = answerQuestion(server, { type: 'SRV', name })
    expect(message.answer).toMatchObject([
      { weight: 33, port: 8080, target: 'db-0.db.shop.svc.cluster.local.' },
      { weight: 33, port: 8080, target: '10-244-1-9.db.shop.svc.cluster.local.' },
      { weight: 33, port: 8080, target: 'fd00--9.db.shop.svc.cluster.local.' },
    ])
    expect(message.additional).toHaveLength(3)
  })
})

describe('ExternalName', () => {
  it.each([
    [
      'A',
      'outside',
      'outside.default.svc.cluster.local. 5 IN CNAME api.external.com. | api.external.com. 300 IN A 192.0.2.80',
    ],
    ['AAAA', 'outside', 'outside.default.svc.cluster.local. 5 IN CNAME api.external.com.'],
    ['CNAME', 'outside', 'outside.default.svc.cluster.local. 5 IN CNAME api.external.com.'],
    ['A', 'nowhere', 'nowhere.default.svc.cluster.local. 5 IN CNAME missing.external.com.'],
    [
      'A',
      'alias',
      'alias.default.svc.cluster.local. 5 IN CNAME web.default.svc.cluster.local. | web.default.svc.cluster.local. 5 IN A 10.96.5.5',
    ],
  ] as const)('%s %s is %s', (type, name, expected) => {
    expect(ask(type, `${name}.default.svc.${Z}`)).toBe(`NOERROR; ${expected}`)
  })

  it.each([
    ['one that names no Service', 'dangling'],
    ['one that names itself', 'itself'],
    ['two that name each other', 'ping'],
  ])('%s has no addresses', (_, name) => {
    expect(ask('A', `${name}.default.svc.${Z}`)).toBe(`NOERROR; SOA ${Z}`)
  })

  it('one that is an address does not exist', () => {
    expect(ask('A', `address.default.svc.${Z}`)).toBe(`NXDOMAIN; SOA ${Z}`)
  })

  it('follows eight aliases and no more', () => {
    const long = dnsCluster()
    for (let index = 0; index < 9; index++)
      long.create('services', {
        ...long.get('services', 'default', 'alias')!,
        metadata: { name: `a${index}`, namespace: 'default' },
        spec: {
          type: 'ExternalName',
          externalName:
            index === 8 ? `web.default.svc.${Z}` : `a${index + 1}.default.svc.cluster.local`,
        },
      })
    const asked = (name: string) =>
      answerQuestion(dnsServer(long), { type: 'A', name: `${name}.default.svc.${Z}` }).message
    expect(asked('a1').answer).toHaveLength(9)
    expect(asked('a0').answer).toHaveLength(0)
  })
})

describe('names that do not exist, and names without records of a type', () => {
  it.each([
    ['NOERROR', 'A', ''],
    ['NOERROR', 'A', 'svc.'],
    ['NOERROR', 'A', 'pod.'],
    ['NOERROR', 'A', 'default.svc.'],
    ['NOERROR', 'A', 'default.pod.'],
    ['NXDOMAIN', 'A', 'nothere.svc.'],
    ['NXDOMAIN', 'A', 'nothere.pod.'],
    ['NXDOMAIN', 'A', 'default.'],
    ['NXDOMAIN', 'A', 'web.default.'],
    ['NXDOMAIN', 'A', 'gone.default.svc.'],
    ['NXDOMAIN', 'A', 'web.shop.svc.'],
    ['NOERROR', 'AAAA', 'web.default.svc.'],
    ['NXDOMAIN', 'AAAA', 'gone.default.svc.'],
    ['NOERROR', 'MX', 'web.default.svc.'],
    ['NXDOMAIN', 'MX', 'gone.default.svc.'],
    ['NOERROR', 'ANY', 'web.default.svc.'],
    ['NOERROR', 'CNAME', 'web.default.svc.'],
    ['NXDOMAIN', 'CNAME', 'gone.default.svc.'],
    ['NOERROR', 'TXT', 'gone.default.svc.'],
    ['NOERROR', 'SRV', 'outside.default.svc.'],
    ['NOERROR', 'SRV', 'portless.shop.svc.'],
    ['NXDOMAIN', 'SRV', '_https._tcp.web.default.svc.'],
    ['NXDOMAIN', 'SRV', '_http._udp.web.default.svc.'],
    ['NXDOMAIN', 'A', 'a.b.c.web.default.svc.'],
    ['NXDOMAIN', 'A', 'empty.shop.svc.'],
    ['NXDOMAIN', 'A', '10-244-1-10.db.shop.svc.'],
    ['NXDOMAIN', 'A', 'other.db.shop.svc.'],
    ['NXDOMAIN', 'A', '*.default.svc.'],
    ['NXDOMAIN', 'A', 'web.*.svc.'],
    ['NXDOMAIN', 'A', 'web-1.default.pod.'],
    ['NXDOMAIN', 'A', '10-244-0-5.nothere.pod.'],
    ['NOERROR', 'AAAA', '10-244-0-5.default.pod.'],
    ['NOERROR', 'PTR', 'web.default.svc.'],
  ] as const)('%s for %s %scluster.local.', (rcode, type, name) => {
    expect(ask(type, `${name}${Z}`)).toBe(`${rcode}; SOA ${Z}`)
  })

  it('refuses transfers of the zone', () => {
    expect(ask('AXFR', Z)).toBe('REFUSED')
  })

  it.each([`${'a'.repeat(64)}.default.svc.${Z}`, `web..svc.${Z}`, `${'a.'.repeat(130)}${Z}`])(
    '%s is no name',
    (name) => {
      expect(ask('A', name)).toBe('FORMERR')
    },
  )
})

describe('reverse names', () => {
  it.each([
    ['1.0.96.10.in-addr.arpa', 'kubernetes.default.svc.cluster.local.'],
    ['8.1.244.10.in-addr.arpa', 'db-0.db.shop.svc.cluster.local.'],
    ['9.1.244.10.in-addr.arpa', '10-244-1-9.db.shop.svc.cluster.local.'],
    [
      '6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa',
      'dual.default.svc.cluster.local.',
    ],
  ])('%s is %s', (name, target) => {
    expect(ask('PTR', name)).toBe(`NOERROR; ${name}. 5 IN PTR ${target}`)
  })

  it.each(['1.2.168.192.in-addr.arpa.', '96.10.in-addr.arpa.', '10.1.244.10.in-addr.arpa.'])(
    '%s is nobody in the cluster, so the next server is asked',
    (name) => {
      const { forwarded, message } = answerQuestion(server, { type: 'PTR', name })
      expect(forwarded).toMatchObject([{ server: '192.168.49.1', question: { name } }])
      expect(message.rcode).toBe('NXDOMAIN')
    },
  )
})

describe('options of the plugin', () => {
  const withOption = (text: string) =>
    dnsServer(client, PLAIN_COREFILE.replace('pods insecure', text))
  it.each([
    ['pods disabled', 'A', '10-244-0-5.default.pod', 'NXDOMAIN; SOA cluster.local.'],
    ['pods verified', 'A', '10-244-0-5.default.pod', 'NXDOMAIN; SOA cluster.local.'],
    ['namespaces shop', 'A', 'web.default.svc', 'NXDOMAIN; SOA cluster.local.'],
    ['noendpoints', 'A', 'db.shop.svc', 'NXDOMAIN; SOA cluster.local.'],
    ['labels app=none', 'A', 'web.default.svc', 'NXDOMAIN; SOA cluster.local.'],
    ['namespace_labels team=a', 'A', 'web.default.svc', 'NXDOMAIN; SOA cluster.local.'],
    [
      'endpoint_pod_names',
      'A',
      'other.db.shop.svc',
      'NOERROR; other.db.shop.svc.cluster.local. 5 IN A 10.244.1.9',
    ],
    ['ttl 30', 'A', 'web.default.svc', 'NOERROR; web.default.svc.cluster.local. 30 IN A 10.96.5.5'],
    ['ignore empty_service', 'A', 'dual.default.svc', 'NXDOMAIN; SOA cluster.local.'],
  ] as const)('%s: %s %s is %s', (option, type, name, expected) => {
    expect(askText(withOption(option), type, `${name}.${Z}`)).toBe(expected)
  })
})
