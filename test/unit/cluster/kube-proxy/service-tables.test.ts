import { describe, expect, it } from 'vitest'
import { LARGE_CLUSTER_ENDPOINTS, iptablesBackend } from '#kube-proxy/iptables/backend.ts'
import { nftablesBackend } from '#kube-proxy/nftables/nftables-backend.ts'
import type { ServicePort } from '#kube-proxy/service-port.ts'
import { type PortInput, ServiceTables } from '#kube-proxy/service-tables.ts'
import { iptablesSave } from '#netfilter/iptables-text.ts'
import { nftList } from '#netfilter/nftables-text.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'
import { PROXY_NODES } from '../../../support/proxy-arbitraries.ts'
import { aProxyEndpoint, aServicePort } from '../../../support/proxy-objects.ts'
import { cidr, ip, proxySettings } from '../../../support/proxy-recordings.ts'

const input = (
  name: string,
  addresses: readonly string[],
  given: Partial<ServicePort> = {},
): PortInput => ({
  port: aServicePort({ ...given, name: { namespace: 'default', name, port: '', protocol: 'TCP' } }),
  endpoints: addresses.map((address, index) =>
    aProxyEndpoint(address, { nodeName: `node-${(index % 3) + 1}` }),
  ),
})

const only = (name: string, ...ports: readonly PortInput[]) => new Map([[`default/${name}`, ports]])

const tablesAt = (tables: ServiceTables): readonly Ruleset[] =>
  PROXY_NODES.map(({ place, nodeIPs }) => tables.at(place, nodeIPs))

const BOTH = ['10.244.0.10', '10.244.1.10']
const LOCAL = { isInternalPolicyLocal: true }

describe('tables of many nodes', () => {
  it('are one object while nothing depends on the node', () => {
    const tables = new ServiceTables(iptablesBackend, proxySettings())
    tables.update(only('web', input('web', BOTH)))
    expect(new Set(tablesAt(tables)).size).toBe(1)
    tables.update(only('local', input('local', BOTH, LOCAL)))
    expect(new Set(tablesAt(tables)).size).toBe(3)
    tables.update(only('local'))
    expect(new Set(tablesAt(tables)).size).toBe(1)
  })

  it('share in nftables all chains, and every map but what is theirs', () => {
    const tables = new ServiceTables(nftablesBackend, proxySettings())
    tables.update(only('web', input('web', BOTH)))
    const [first, second] = tablesAt(tables).map((ruleset) => ruleset.get('ip kube-proxy')!)
    expect(first!.chains).toBe(second!.chains)
    const differing = [...first!.sets.entries()].filter(
      ([name, set]) => second!.sets.get(name) !== set,
    )
    expect(differing.map(([name]) => name).sort()).toEqual(['hairpin-connections', 'nodeport-ips'])
  })

  it('are the same objects when nobody changed anything, or said the same again', () => {
    for (const backend of [iptablesBackend, nftablesBackend]) {
      const tables = new ServiceTables(backend, proxySettings())
      const all = () =>
        new Map([
          ['default/web', [input('web', BOTH)]],
          ['default/local', [input('local', BOTH, LOCAL)]],
        ])
      tables.update(all())
      const before = tablesAt(tables)
      tables.update(all())
      expect(tablesAt(tables).every((ruleset, at) => ruleset === before[at])).toBe(true)
    }
  })

  it('have one bundle for all nodes that see a port alike', () => {
    const tables = new ServiceTables(iptablesBackend, proxySettings())
    tables.update(only('local', input('local', ['10.244.0.10'], LOCAL)))
    const [own, other, another] = tablesAt(tables).map((ruleset) => ruleset.get('ip filter')!)
    const rejects = (table: typeof own) => table!.chains.get('KUBE-SERVICES')!.rules[0]
    expect(rejects(own)).toBeUndefined()
    expect(rejects(other)).toBe(rejects(another))
    expect(rejects(other)).toBeDefined()
  })

  it('catch up over more changes than are remembered', () => {
    const tables = new ServiceTables(iptablesBackend, proxySettings())
    tables.update(only('local', input('local', BOTH, LOCAL)))
    tablesAt(tables)
    for (let round = 0; round < 1200; round++) {
      const name = `web-${round % 40}`
      const clusterIP = ip(`10.96.1.${round % 40}`)
      tables.update(only(name, input(name, [`10.244.0.${round % 250}`], { clusterIP })))
      // one node looks now and then, the others never do
      if (round % 100 === 0) tables.at(PROXY_NODES[0]!.place, PROXY_NODES[0]!.nodeIPs)
    }
    tables.update(only('web-0'))
    const scratch = new ServiceTables(iptablesBackend, proxySettings())
    const last = new Map([['default/local', [input('local', BOTH, LOCAL)]]])
    for (let round = 1160; round < 1200; round++) {
      const name = `web-${round % 40}`
      const clusterIP = ip(`10.96.1.${round % 40}`)
      if (round % 40 > 0)
        last.set(`default/${name}`, [input(name, [`10.244.0.${round % 250}`], { clusterIP })])
    }
    scratch.update(last)
    expect(tablesAt(tables).map((one) => iptablesSave(one))).toEqual(
      tablesAt(scratch).map((one) => iptablesSave(one)),
    )
  })

  it('follow a node to another zone', () => {
    const tables = new ServiceTables(iptablesBackend, proxySettings())
    const endpoints = [
      aProxyEndpoint('10.244.0.10', { zoneHints: ['a'] }),
      aProxyEndpoint('10.244.1.10', { zoneHints: ['b'] }),
    ]
    tables.update(only('web', { ...input('web', []), endpoints }))
    const { place, nodeIPs } = PROXY_NODES[0]!
    const destinations = (zone: string) =>
      iptablesSave(tables.at({ ...place, zone }, nodeIPs)).match(/(?<=--to-destination )\S+/g)
    expect(destinations('a')).toEqual(['10.244.0.10:8080'])
    expect(destinations('b')).toEqual(['10.244.1.10:8080'])
    expect(destinations('a')).toEqual(['10.244.0.10:8080'])
  })
})

describe('ports that ask for the same element', () => {
  const VIP = { loadBalancerVIPs: [ip('203.0.113.1')] }
  const a = input('a', ['10.244.0.10'], VIP)
  const b = input('b', ['10.244.1.10'], { ...VIP, clusterIP: ip('10.96.10.2') })

  const owner = (tables: ServiceTables): string | undefined => {
    const sets = tablesAt(tables)[0]!.get('ip kube-proxy')!.sets
    const verdict = sets.get('service-ips')!.elements.get('203.0.113.1 . tcp . 80')?.verdict
    return verdict?.kind === 'goto' ? verdict.chain.split('/')[1] : undefined
  }

  it('give it to the first of them by name, whoever came first or changed last', () => {
    const tables = new ServiceTables(nftablesBackend, proxySettings())
    tables.update(only('b', b))
    expect(owner(tables)).toBe('b')
    tables.update(only('a', a))
    expect(owner(tables)).toBe('a')
    tables.update(only('b', { ...b, endpoints: [aProxyEndpoint('10.244.2.10')] }))
    expect(owner(tables)).toBe('a')
    tables.update(only('a'))
    expect(owner(tables)).toBe('b')
    tables.update(only('b'))
    expect(owner(tables)).toBeUndefined()
  })
})

describe('what is the own of a node', () => {
  const elementsOf = (ruleset: Ruleset, set: string): readonly string[] =>
    [...ruleset.get('ip kube-proxy')!.sets.get(set)!.elements.sorted()].map(([key]) => key)

  it('is its endpoints, each while any port leads to it', () => {
    const tables = new ServiceTables(nftablesBackend, proxySettings())
    const hairpins = () =>
      tablesAt(tables).map((one) => elementsOf(one, 'hairpin-connections').length)
    tables.update(only('web', input('web', BOTH)))
    tables.update(only('same', input('same', BOTH, { clusterIP: ip('10.96.10.2') })))
    expect(hairpins()).toEqual([1, 1, 0])
    tables.update(only('web'))
    expect(hairpins()).toEqual([1, 1, 0])
    tables.update(only('same'))
    expect(hairpins()).toEqual([0, 0, 0])
  })

  it('is, where it has not heard of a change, what it was', () => {
    const tables = new ServiceTables(nftablesBackend, proxySettings())
    const web = input('web', BOTH)
    tables.update(only('web', web))
    tables.update(only('same', input('same', BOTH, { clusterIP: ip('10.96.10.2') })))
    const [{ place, nodeIPs }] = PROXY_NODES as [(typeof PROXY_NODES)[0]]
    const before = nftList(tables.at(place, nodeIPs))
    tables.update(only('web', input('web', ['10.244.7.7'])))
    tables.update(only('same'))
    const stale = new Map([
      ['default/web', [web]],
      ['default/same', [input('same', BOTH, { clusterIP: ip('10.96.10.2') })]],
    ])
    expect(nftList(tables.at(place, nodeIPs, stale))).toBe(before)
    expect(nftList(tables.at(place, nodeIPs))).not.toBe(before)
  })

  it('is its address, for node ports', () => {
    const tables = new ServiceTables(nftablesBackend, proxySettings())
    expect(tablesAt(tables).map((one) => elementsOf(one, 'nodeport-ips'))).toEqual([
      ['192.168.49.2'],
      ['192.168.49.3'],
      ['192.168.49.4'],
    ])
  })

  it('is the rule that leads to node ports of certain networks, behind those of all Services', () => {
    const settings = proxySettings({ nodePortAddresses: [cidr('192.168.49.2/31')] })
    const tables = new ServiceTables(iptablesBackend, settings)
    const ends = () =>
      tablesAt(tables).map((one) =>
        one
          .get('ip nat')!
          .chains.get('KUBE-SERVICES')!
          .rules.map(({ parts }) => parts.at(-1))
          .map((part) =>
            part?.kind === 'verdict' && part.verdict.kind === 'jump' ? part.verdict.chain : '',
          ),
      )
    expect(ends()).toEqual([['KUBE-NODEPORTS'], ['KUBE-NODEPORTS'], []])
    tables.update(only('web', input('web', BOTH)))
    const [first, , third] = ends()
    expect(first).toEqual([expect.stringMatching(/^KUBE-SVC-/), 'KUBE-NODEPORTS'])
    expect(third).toEqual([first![0]])
  })
})

describe('a large cluster', () => {
  const many = (name: string, count: number) =>
    input(
      name,
      Array.from({ length: count }, (_, index) => `10.200.${index >> 8}.${index & 255}`),
    )

  it('has no comments at the rules of endpoints, of all Services from the same change on', () => {
    const tables = new ServiceTables(iptablesBackend, proxySettings())
    const isCommented = () =>
      /KUBE-SEP-\w+ .*--comment "?default\/web"? -j KUBE-MARK/.test(
        iptablesSave(tablesAt(tables)[0]!),
      )
    tables.update(only('web', input('web', BOTH)))
    tables.update(only('many', many('many', LARGE_CLUSTER_ENDPOINTS - 2)))
    expect(isCommented()).toBe(true)
    tables.update(only('one', input('one', ['10.244.9.9'])))
    expect(isCommented()).toBe(false)
    tables.update(only('one'))
    expect(isCommented()).toBe(true)
  })
})
