import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { ipvsPart } from '#kube-proxy/ipvs/ipvs-part.ts'
import {
  ipSetsOf,
  ipvsBase,
  ipvsTables,
  type IpvsTables,
  withIpvsParts,
} from '#kube-proxy/ipvs/ipvs-tables.ts'
import type { ServicePort } from '#kube-proxy/service-port.ts'
import { formatIp } from '#net/ip.ts'
import { iptablesSave } from '#netfilter/iptables-text.ts'
import { describe, expect, test } from 'vitest'
import { aServicePort } from '../../../../support/proxy-objects.ts'
import { anEndpoint, cidr, ip, NODE_1, NODE_3, SETTINGS, TWO } from '../proxy-inputs.ts'

const NODE = { place: NODE_1, addresses: ['127.0.0.1', '192.168.49.2', '10.244.0.1'].map(ip) }
const OTHER = { place: NODE_3, addresses: ['127.0.0.1', '192.168.49.4'].map(ip) }

const tablesOf = (
  port: Partial<ServicePort>,
  endpoints: readonly ProxyEndpoint[] = TWO,
  node = NODE,
  settings = SETTINGS,
): IpvsTables => ipvsTables([{ port: aServicePort(port), endpoints }], node, settings)

const setsOf = (tables: IpvsTables) =>
  Object.fromEntries(
    ipSetsOf(tables.tables.ruleset)
      .filter(({ set }) => set.elements.size > 0)
      .map(({ set }) => [set.name, set.elements.sorted().map(([key]) => key)]),
  )

/** `tcp 10.96.10.1:80` and where it leads. */
const serversOf = ({ servers }: IpvsTables) =>
  servers
    .sorted()
    .map(([key, { servers: real }]) =>
      [key, ...real.map(({ ip: to, weight }) => `${formatIp(to)}*${weight}`)].join(' '),
    )

const rulesIn = ({ tables }: IpvsTables, chain: string) =>
  iptablesSave(tables.ruleset)
    .split('\n')
    .filter((line) => line.startsWith(`-A ${chain} `))
    .map((line) => line.slice(`-A ${chain} `.length))

describe('a cluster IP', () => {
  test('is a virtual server at kube-ipvs0, for whom its own endpoints are masqueraded', () => {
    const tables = tablesOf({})
    expect(serversOf(tables)).toEqual(['tcp 10.96.10.1:80 10.244.0.10*1 10.244.1.10*1'])
    expect(setsOf(tables)).toEqual({
      'KUBE-LOOP-BACK': ['10.244.0.10 . tcp . 8080 . 10.244.0.10'],
      'KUBE-CLUSTER-IP': ['10.96.10.1 . tcp . 80'],
      'KUBE-IPVS-IPS': ['10.96.10.1'],
    })
  })

  test('of a Service without endpoints leads nowhere', () => {
    expect(serversOf(tablesOf({}, []))).toEqual(['tcp 10.96.10.1:80'])
  })

  test('keeps clients at their endpoint for as long as the Service says', () => {
    const { servers } = tablesOf({ stickySeconds: 60 })
    expect(servers.get('tcp 10.96.10.1:80')).toMatchObject({
      scheduler: 'rr',
      persistentSeconds: 60,
    })
  })

  test('leads to local endpoints by the internal policy Local', () => {
    const port = { isInternalPolicyLocal: true }
    expect(serversOf(tablesOf(port))).toEqual(['tcp 10.96.10.1:80 10.244.0.10*1'])
    expect(serversOf(tablesOf(port, TWO, OTHER))).toEqual(['tcp 10.96.10.1:80'])
  })
})

describe('a node port', () => {
  test('is a virtual server at each address of the node but the loopback', () => {
    const tables = tablesOf({ nodePort: 30_080 })
    expect(serversOf(tables).slice(1)).toEqual([
      'tcp 10.96.10.1:80 10.244.0.10*1 10.244.1.10*1',
      'tcp 192.168.49.2:30080 10.244.0.10*1 10.244.1.10*1',
    ])
    expect(serversOf(tables)[0]).toBe('tcp 10.244.0.1:30080 10.244.0.10*1 10.244.1.10*1')
    expect(setsOf(tables)['KUBE-NODE-PORT-TCP']).toEqual(['30080'])
    expect(rulesIn(tables, 'KUBE-NODE-PORT')).toContain(
      '-p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ',
    )
  })

  test('is at the configured addresses only', () => {
    const settings = { ...SETTINGS, nodePortAddresses: [cidr('192.168.0.0/16')] }
    const tables = tablesOf({ nodePort: 30_080 }, TWO, NODE, settings)
    expect(serversOf(tables).map((text) => text.split(' ')[1])).toEqual([
      '10.96.10.1:80',
      '192.168.49.2:30080',
    ])
  })

  test('of SCTP is known with its addresses', () => {
    const tables = tablesOf({ nodePort: 30_080, protocol: 'SCTP' }, TWO, OTHER)
    expect(setsOf(tables)['KUBE-NODE-PORT-SCTP-HASH']).toEqual(['192.168.49.4 . sctp . 30080'])
  })

  test('with the external policy Local is not masqueraded, and falls back on all endpoints', () => {
    const tables = tablesOf({ nodePort: 30_080, isExternalPolicyLocal: true }, TWO, OTHER)
    expect(serversOf(tables)).toContain('tcp 192.168.49.4:30080 10.244.0.10*1 10.244.1.10*1')
    expect(rulesIn(tables, 'KUBE-NODE-PORT').slice(0, 2)).toEqual([
      '-p tcp -m comment --comment "Kubernetes nodeport TCP port with externalTrafficPolicy=local" -m set --match-set KUBE-NODE-PORT-LOCAL-TCP dst -j RETURN',
      '-p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ',
    ])
    const there = tablesOf({ nodePort: 30_080, isExternalPolicyLocal: true })
    expect(serversOf(there)).toContain('tcp 192.168.49.2:30080 10.244.0.10*1')
  })
})

describe('a load balancer', () => {
  const port = {
    loadBalancerVIPs: [ip('203.0.113.10')],
    isExternalPolicyLocal: true,
    healthCheckNodePort: 31_000,
  }

  test('is a virtual server, and its health check is let in', () => {
    const tables = tablesOf(port)
    expect(serversOf(tables)).toContain('tcp 203.0.113.10:80 10.244.0.10*1')
    expect(setsOf(tables)).toMatchObject({
      'KUBE-LOAD-BALANCER': ['203.0.113.10 . tcp . 80'],
      'KUBE-LOAD-BALANCER-LOCAL': ['203.0.113.10 . tcp . 80'],
      'KUBE-HEALTH-CHECK-NODE-PORT': ['31000'],
      'KUBE-IPVS-IPS': ['10.96.10.1', '203.0.113.10'],
    })
    expect(rulesIn(tables, 'KUBE-LOAD-BALANCER')).toEqual([
      '-m comment --comment "Kubernetes service load balancer ip + port with externalTrafficPolicy=local" -m set --match-set KUBE-LOAD-BALANCER-LOCAL dst,dst -j RETURN',
      '-j KUBE-MARK-MASQ',
    ])
  })

  test('drops what source ranges do not hold, also from the node', () => {
    const ranges = { ...port, loadBalancerSourceRanges: [cidr('198.51.100.0/24')] }
    const tables = tablesOf(ranges)
    expect(setsOf(tables)['KUBE-LOAD-BALANCER-SOURCE-CIDR']).toEqual([
      '203.0.113.10 . tcp . 80 . 198.51.100.0/24',
    ])
    expect(rulesIn(tables, 'KUBE-IPVS-OUT-FILTER')).toEqual([
      '-s 203.0.113.10/32 -m ipvs --vproto 6 --vaddr 203.0.113.10 --vport 80 -j DROP',
    ])
    expect(rulesIn(tables, 'KUBE-SOURCE-RANGES-FIREWALL').at(-1)).toBe('-j DROP')
  })

  test('lets the node in if source ranges hold it', () => {
    const ranges = { ...port, loadBalancerSourceRanges: [cidr('192.168.49.0/24')] }
    const tables = tablesOf(ranges)
    expect(setsOf(tables)['KUBE-LOAD-BALANCER-SOURCE-IP']).toEqual([
      '203.0.113.10 . tcp . 80 . 203.0.113.10',
    ])
    expect(rulesIn(tables, 'KUBE-IPVS-OUT-FILTER')).toEqual([])
  })
})

describe('an external IP', () => {
  test('that an interface of the node has is not given to kube-ipvs0', () => {
    const tables = tablesOf({ externalIPs: [ip('192.168.49.2'), ip('198.51.100.1')] })
    expect(setsOf(tables)['KUBE-IPVS-IPS']).toEqual(['10.96.10.1', '198.51.100.1'])
    const match =
      '-m comment --comment "Kubernetes service external ip + port for masquerade and filter purpose" -m set --match-set KUBE-EXTERNAL-IP dst,dst'
    expect(rulesIn(tables, 'KUBE-SERVICES')).toEqual([
      '-s 127.0.0.0/8 -j RETURN',
      '! -s 10.244.0.0/16 -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ',
      `${match} -j KUBE-MARK-MASQ`,
      `${match} -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT`,
      `${match} -m addrtype --dst-type LOCAL -j ACCEPT`,
      '-m addrtype --dst-type LOCAL -j KUBE-NODE-PORT',
      '-m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT',
    ])
  })
})

describe('traffic to cluster IPs', () => {
  const clusterIPRule = (settings: Partial<typeof SETTINGS>) =>
    rulesIn(tablesOf({}, TWO, NODE, { ...SETTINGS, ...settings }), 'KUBE-SERVICES')[1]
  const about = '-m comment --comment "Kubernetes service cluster ip + port for masquerade purpose"'

  test('is masqueraded altogether if so configured', () => {
    expect(clusterIPRule({ masqueradeAll: true })).toBe(
      `${about} -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ`,
    )
  })

  test('is masqueraded if it comes from a cluster IP where nothing tells Pods', () => {
    expect(clusterIPRule({ localDetector: { kind: 'none' } })).toBe(
      `${about} -m set --match-set KUBE-CLUSTER-IP src,dst -j KUBE-MARK-MASQ`,
    )
  })
})

describe('tables that go on', () => {
  const port = aServicePort({ nodePort: 30_080 })
  const key = 'default/web/TCP'
  const partOf = (endpoints: readonly ProxyEndpoint[]) => ipvsPart(port, endpoints, NODE, SETTINGS)

  test('are as they were when the last Service is gone', () => {
    const empty = ipvsBase(SETTINGS)
    const full = withIpvsParts(empty, new Map([[key, partOf(TWO)]]), SETTINGS)
    const after = withIpvsParts(full, new Map([[key, undefined]]), SETTINGS)
    expect(serversOf(after)).toEqual([])
    expect(setsOf(after)).toEqual({})
    expect(iptablesSave(full.tables.ruleset)).not.toBe(iptablesSave(empty.tables.ruleset))
    expect(iptablesSave(after.tables.ruleset)).toBe(iptablesSave(empty.tables.ruleset))
  })

  test('keep an address that two Services have until both are gone', () => {
    const external = (name: string, of: number) =>
      aServicePort({
        name: { namespace: 'default', name, port: '', protocol: 'TCP' },
        port: of,
        externalIPs: [ip('198.51.100.1')],
      })
    const [a, b] = [external('a', 80), external('b', 81)].map((of) =>
      ipvsPart(of, TWO, NODE, SETTINGS),
    )
    const both = withIpvsParts(
      ipvsBase(SETTINGS),
      new Map([
        ['a', a],
        ['b', b],
      ]),
      SETTINGS,
    )
    const one = withIpvsParts(both, new Map([['a', undefined]]), SETTINGS)
    expect(setsOf(one)['KUBE-IPVS-IPS']).toContain('198.51.100.1')
    const none = withIpvsParts(one, new Map([['b', undefined]]), SETTINGS)
    expect(setsOf(none)).toEqual({})
  })

  test('keep an endpoint that goes for those who are connected, and send nobody else there', () => {
    const full = withIpvsParts(ipvsBase(SETTINGS), new Map([[key, partOf(TWO)]]), SETTINGS)
    const [, last] = TWO
    const after = withIpvsParts(
      full,
      new Map([[key, partOf([last!])]]),
      SETTINGS,
      (virtual) => formatIp(virtual.ip) === '10.96.10.1',
    )
    expect(serversOf(after)).toContain('tcp 10.96.10.1:80 10.244.0.10*0 10.244.1.10*1')
    expect(serversOf(after)).toContain('tcp 192.168.49.2:30080 10.244.1.10*1')
  })
})

describe('the filter table', () => {
  test('refuses what reaches the node by a Service address but is no port of it', () => {
    const tables = tablesOf({}, [anEndpoint('10.244.1.10', 'node-2')])
    expect(rulesIn(tables, 'KUBE-IPVS-FILTER')).toEqual([
      '-m set --match-set KUBE-LOAD-BALANCER dst,dst -j RETURN',
      '-m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN',
      '-m set --match-set KUBE-EXTERNAL-IP dst,dst -j RETURN',
      '-m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -j RETURN',
      '-m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j RETURN',
      '-m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT --reject-with icmp-port-unreachable',
    ])
    expect(rulesIn(tables, 'INPUT')).toEqual([
      '-m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER',
      '-m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL',
      '-m comment --comment "kubernetes health check rules" -j KUBE-NODE-PORT',
    ])
  })

  test('counts how many rules look into a set', () => {
    const references = ipSetsOf(tablesOf({}).tables.ruleset).map(({ set, references: of }) => [
      set.name,
      of,
    ])
    expect(Object.fromEntries(references)).toMatchObject({
      'KUBE-CLUSTER-IP': 3,
      'KUBE-LOOP-BACK': 1,
      'KUBE-NODE-PORT-TCP': 0,
    })
  })
})
