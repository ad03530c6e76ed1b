import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equal } from '#apimachinery/object.ts'
import { type IpvsKernel, IpvsNodeTables } from '#kube-proxy/ipvs/ipvs-node-tables.ts'
import { ipSetsOf, ipvsTables } from '#kube-proxy/ipvs/ipvs-tables.ts'
import { ipsetList } from '#netfilter/ipset-text.ts'
import { iptablesBackend } from '#kube-proxy/iptables/backend.ts'
import { nftablesBackend } from '#kube-proxy/nftables/nftables-backend.ts'
import { isExternallyAccessible, type ServicePort } from '#kube-proxy/service-port.ts'
import { type PortInput, type ServiceInputs, ServiceTables } from '#kube-proxy/service-tables.ts'
import { categorizeEndpoints, dependsOnNode } from '#kube-proxy/topology.ts'
import { endpointText, type ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import type { Ip } from '#net/ip.ts'
import { formatIp } from '#net/ip.ts'
import { iptablesSave } from '#netfilter/iptables-text.ts'
import { ipvsadmList } from '#netfilter/ipvsadm-text.ts'
import { nftList } from '#netfilter/nftables-text.ts'
import type { Protocol } from '#netfilter/packet.ts'
import { targetOf, visitReferences } from '#netfilter/references.ts'
import type { Chain, ElementSet, Ruleset } from '#netfilter/ruleset.ts'
import {
  change,
  endpoints,
  PROXY_NODES,
  type ProxyNode,
  servicePort,
} from '../../../support/proxy-arbitraries.ts'
import { cidr, ip, proxySettings } from '../../../support/proxy-recordings.ts'
import { possibleEnds } from '../../../support/possible-ends.ts'

const BACKENDS = [
  {
    mode: 'iptables',
    backend: iptablesBackend,
    textOf: (ruleset: Ruleset) => iptablesSave(ruleset),
  },
  { mode: 'nftables', backend: nftablesBackend, textOf: (ruleset: Ruleset) => nftList(ruleset) },
] as const

const SETTINGS = [
  proxySettings(),
  proxySettings({ masqueradeAll: true, nodePortAddresses: [cidr('192.168.49.2/31')] }),
]

const RUNS = { numRuns: 150 }

const merged = (...all: readonly ServiceInputs[]): ServiceInputs =>
  new Map(all.flatMap((map) => [...map]))

const tablesAt = (
  tables: ServiceTables,
  { place, nodeIPs }: ProxyNode,
  stale?: ServiceInputs,
): Ruleset => tables.at(place, nodeIPs, stale)

describe.each(BACKENDS)('tables of the mode $mode', ({ backend, textOf }) => {
  /** Written by a proxy that has just started, with the Services in the order of their names. */
  const fromScratch = (inputs: ServiceInputs, settings = SETTINGS[0]!): ServiceTables => {
    const tables = new ServiceTables(backend, settings)
    tables.update(new Map([...inputs].sort(([a], [b]) => (a < b ? -1 : 1))))
    return tables
  }

  it('are after any changes what they would be if they were written from scratch', () => {
    const steps = fc.array(fc.tuple(change, fc.subarray([...PROXY_NODES])), { maxLength: 8 })
    fc.assert(
      fc.property(steps, fc.constantFrom(...SETTINGS), (changes, settings) => {
        const tables = new ServiceTables(backend, settings)
        for (const [inputs, seen] of changes) {
          tables.update(inputs)
          for (const node of seen) tablesAt(tables, node)
        }
        const scratch = fromScratch(merged(...changes.map(([inputs]) => inputs)), settings)
        for (const node of PROXY_NODES)
          expect(textOf(tablesAt(tables, node))).toBe(textOf(tablesAt(scratch, node)))
      }),
      RUNS,
    )
  })

  it('of a node that has not heard of changes are what they were', () => {
    fc.assert(
      fc.property(change, change, change, (first, second, third) => {
        const tables = fromScratch(merged(first, second))
        const before = PROXY_NODES.map((node) => textOf(tablesAt(tables, node)))
        tables.update(third)
        const past = merged(first, second)
        const stale = new Map([...third.keys()].map((key) => [key, past.get(key) ?? []]))
        expect(PROXY_NODES.map((node) => textOf(tablesAt(tables, node, stale)))).toEqual(before)
      }),
      RUNS,
    )
  })

  it('lead to chains and sets that are there', () => {
    fc.assert(
      fc.property(change, change, (first, second) => {
        const tables = fromScratch(first)
        for (const node of PROXY_NODES) tablesAt(tables, node)
        tables.update(second)
        for (const node of PROXY_NODES) expect(missingIn(tablesAt(tables, node))).toEqual([])
      }),
      RUNS,
    )
  })

  it('keep every chain and set that a change does not change', () => {
    fc.assert(
      fc.property(change, change, (first, second) => {
        fc.pre(isSharedByNodes(first) && isSharedByNodes(second))
        const tables = fromScratch(first)
        const before = PROXY_NODES.map((node) => tablesAt(tables, node))
        tables.update(second)
        for (const [index, node] of PROXY_NODES.entries())
          expect(needlesslyNew(before[index]!, tablesAt(tables, node), isNewObject)).toEqual([])
      }),
      RUNS,
    )
  })

  it('keep every rule and element that a change does not change, whether nodes share it or not', () => {
    fc.assert(
      fc.property(change, change, (first, second) => {
        const tables = fromScratch(first)
        const before = PROXY_NODES.map((node) => tablesAt(tables, node))
        tables.update(second)
        for (const [index, node] of PROXY_NODES.entries())
          expect(needlesslyNew(before[index]!, tablesAt(tables, node), hasNewParts)).toEqual([])
      }),
      RUNS,
    )
  })

  it('lead to the endpoints that topology allows, all of them and no others', () => {
    const port = servicePort('default/a', '')
    fc.assert(
      fc.property(port, endpoints, fc.constantFrom(...PROXY_NODES), (servedPort, served, node) => {
        const tables = fromScratch(
          new Map([['default/a', [{ port: servedPort, endpoints: served }]]]),
        )
        const ruleset = tablesAt(tables, node)
        for (const traffic of trafficTo(servedPort, node)) {
          const found = possibleEnds(ruleset, packetOf(servedPort, traffic), isLocalTo(node))
          const { policy, source, address } = traffic
          const told = { policy, source, address, found }
          expect(told).toEqual({ ...told, found: expectedEnds(servedPort, served, node, traffic) })
        }
      }),
      { numRuns: 400 },
    )
  })
})

const missingIn = (ruleset: Ruleset): readonly string[] => {
  const missing: string[] = []
  for (const [key, { chains, sets }] of ruleset.entries()) {
    const chain = (name: string) => void (chains.has(name) || missing.push(`${key} chain ${name}`))
    const set = (name: string) => void (sets.has(name) || missing.push(`${key} set ${name}`))
    for (const [, { rules }] of chains.entries())
      for (const rule of rules) visitReferences(rule, { chain, set })
    for (const [, { elements }] of sets.entries())
      for (const [, { verdict }] of elements.entries()) {
        const target = targetOf(verdict)
        if (target !== undefined) chain(target)
      }
  }
  return missing
}

const isSharedByNodes = (inputs: ServiceInputs): boolean =>
  [...inputs.values()].flat().every(({ port, endpoints: all }) => !dependsOnNode(all, port))

const contentOf = (holder: Chain | ElementSet): readonly unknown[] =>
  'rules' in holder
    ? holder.rules
    : holder.elements.sorted().flatMap(([key, element]) => [key, element])

const isNewObject = (before: Chain | ElementSet, after: Chain | ElementSet): boolean =>
  before !== after && !('elements' in before && before.elements === (after as ElementSet).elements)

const hasNewParts = (before: Chain | ElementSet, after: Chain | ElementSet): boolean => {
  const parts = contentOf(before)
  return contentOf(after).some((part, at) => part !== parts[at])
}

/** Chains and sets that say what they said before and are new all the same. */
const needlesslyNew = (
  before: Ruleset,
  after: Ruleset,
  isNew: (before: Chain | ElementSet, after: Chain | ElementSet) => boolean,
): readonly string[] =>
  [...after.entries()].flatMap(([key, table]) => {
    const old = before.get(key)!
    return [...table.chains.entries(), ...table.sets.entries()].flatMap(([name, holder]) => {
      // its rules do not name the port that wrote them: another port of the Service may say the same
      if (key === 'ip filter' && name === 'KUBE-NODEPORTS') return []
      const known = old.chains.get(name) ?? old.sets.get(name)
      const isSame = known !== undefined && equal(contentOf(known), contentOf(holder))
      return isSame && isNew(known, holder) ? [`${key} ${name}`] : []
    })
  })

interface Traffic {
  readonly policy: 'internal' | 'external'
  readonly source: Ip
  readonly isFromPod: boolean
  readonly address: Ip
  readonly port: number
}

const CLIENT = ip('192.0.2.7')
const POD = ip('10.244.3.7')

/** A Pod of the node and somebody outside, to every address of the port. The client is within the source ranges if there are any. */
const trafficTo = (port: ServicePort, { nodeIPs }: ProxyNode): readonly Traffic[] =>
  [
    { source: POD, isFromPod: true },
    { source: CLIENT, isFromPod: false },
  ].flatMap((from) => [
    { ...from, policy: 'internal' as const, address: port.clusterIP, port: port.port },
    ...addressesOf(port, from.source).map((address) => ({
      ...from,
      policy: 'external' as const,
      address,
      port: port.port,
    })),
    ...(port.nodePort === 0
      ? []
      : nodeIPs.map((address) => ({
          ...from,
          policy: 'external' as const,
          address,
          port: port.nodePort,
        }))),
  ])

const addressesOf = (port: ServicePort, source: Ip): readonly Ip[] => {
  const { externalIPs, loadBalancerVIPs, loadBalancerSourceRanges: ranges } = port
  const isVIP = (address: Ip) => loadBalancerVIPs.some(({ value }) => value === address.value)
  // whom the source ranges stop is another matter; an address that is both goes by its first rule
  return ranges.length === 0
    ? [...externalIPs, ...loadBalancerVIPs]
    : [
        ...externalIPs.filter((address) => !isVIP(address)),
        ...(source === CLIENT && ranges.some(({ prefix }) => prefix === 24)
          ? loadBalancerVIPs.filter(({ value }) => !externalIPs.some((one) => one.value === value))
          : []),
      ]
}

const packetOf = ({ protocol }: ServicePort, { source, address, port }: Traffic) => ({
  protocol: protocol.toLowerCase() as Protocol,
  source: { ip: source, port: 40_000 },
  destination: { ip: address, port },
  mark: 0,
})

const isLocalTo =
  ({ nodeIPs }: ProxyNode) =>
  (address: Ip): boolean =>
    nodeIPs.some(({ value }) => value === address.value) || formatIp(address).startsWith('127.')

const expectedEnds = (
  port: ServicePort,
  served: readonly ProxyEndpoint[],
  { place }: ProxyNode,
  { policy, isFromPod }: Traffic,
): readonly string[] => {
  const { cluster, local } = categorizeEndpoints(served, port, place)
  const isLocal =
    policy === 'internal' ? port.isInternalPolicyLocal : port.isExternalPolicyLocal && !isFromPod
  const allowed = isLocal ? local : cluster
  return allowed.length === 0 ? ['blocked'] : allowed.map(endpointText).sort()
}

describe('tables of the mode ipvs', () => {
  it('are after any changes what each node would have written by itself from scratch', () => {
    const steps = fc.array(fc.tuple(change, fc.subarray([...PROXY_NODES])), { maxLength: 8 })
    fc.assert(
      fc.property(steps, (changes) => {
        const tables = new IpvsNodeTables(proxySettings())
        for (const [inputs, seen] of changes) {
          tables.update(inputs)
          for (const { place, nodeIPs } of seen) tables.at(place, nodeIPs)
        }
        const inputs = [...merged(...changes.map(([some]) => some))]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .flatMap(([, ports]) => ports)
        // addresses that two Services ask for belong to whichever came last
        fc.pre(!inputs.some(({ port }) => isExternallyAccessible(port)))
        for (const { place, nodeIPs } of PROXY_NODES) {
          const scratch = ipvsTables(inputs, { place, addresses: nodeIPs }, proxySettings())
          const ipvs = tables.at(place, nodeIPs)
          expect(iptablesSave(ipvs.ruleset)).toBe(iptablesSave(scratch.tables.ruleset))
          expect(ipsetList(ipSetsOf(ipvs.ruleset))).toBe(
            ipsetList(ipSetsOf(scratch.tables.ruleset)),
          )
          expect(ipvs.servers.sorted()).toEqual(scratch.servers.sorted())
        }
      }),
      RUNS,
    )
  })

  it('of a node that has not heard of changes are what they were', () => {
    const textOf = ({ ruleset, servers }: IpvsKernel) =>
      [iptablesSave(ruleset), ipsetList(ipSetsOf(ruleset)), ipvsadmList(servers)].join('\n')
    fc.assert(
      fc.property(change, change, (first, second) => {
        // addresses that two Services ask for belong to whichever came last
        const ports = [...merged(first, second).values(), ...first.values()].flat()
        fc.pre(!ports.some(({ port }) => isExternallyAccessible(port)))
        const tables = new IpvsNodeTables(proxySettings())
        tables.update(first)
        const before = PROXY_NODES.map(({ place, nodeIPs }) => textOf(tables.at(place, nodeIPs)))
        tables.update(second)
        const stale = new Map([...second.keys()].map((key) => [key, first.get(key) ?? []]))
        const after = PROXY_NODES.map(({ place, nodeIPs }) =>
          textOf(tables.at(place, nodeIPs, stale)),
        )
        expect(after).toEqual(before)
      }),
      RUNS,
    )
  })
})

describe('what is asked here', () => {
  it('has ports of all kinds', () => {
    const sample = fc.sample(servicePort('default/a', ''), { numRuns: 200, seed: 1 })
    expect(sample.some(isExternallyAccessible)).toBe(true)
    expect(sample.some(({ isExternalPolicyLocal: isLocal }) => isLocal)).toBe(true)
    const inputs = fc.sample(change, { numRuns: 200, seed: 1 }).flatMap((map) => [...map.values()])
    expect(inputs.some((ports: readonly PortInput[]) => ports.length === 0)).toBe(true)
    expect(inputs.some((ports: readonly PortInput[]) => ports.length === 2)).toBe(true)
  })
})
