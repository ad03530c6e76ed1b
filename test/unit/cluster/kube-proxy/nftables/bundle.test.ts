import { nftablesBackend } from '#kube-proxy/nftables/nftables-backend.ts'
import type { Bundle } from '#kube-proxy/bundle.ts'
import { nftRule, nftVerdict } from '#netfilter/nftables-text.ts'
import { describe, expect, test } from 'vitest'
import { aServicePort } from '../../../../support/proxy-objects.ts'
import { anEndpoint, cidr, ip, NODE_1, NODE_3, SETTINGS, TWO } from '../proxy-inputs.ts'

const { bundle } = nftablesBackend

/** The chains of which `web` is the Service, by the first word of their names. */
const chainsOf = ({ chains }: Bundle) =>
  Object.fromEntries(
    chains.map(({ chain }) => [chain.name.replace(/-.*/, ''), chain.rules.map(nftRule)]),
  )

const elementsOf = ({ elements }: Bundle) =>
  elements.map(({ set, key, element: { verdict, comment } }) =>
    [`${set} ${key}`, comment && `"${comment}"`, verdict && nftVerdict(verdict)]
      .filter((part) => part !== undefined)
      .join(' '),
  )

const WEB = 'PFISGYVC-default/web/tcp/'

describe('source ranges of a load balancer', () => {
  const port = aServicePort({
    loadBalancerVIPs: [ip('203.0.113.10')],
    loadBalancerSourceRanges: [cidr('198.51.100.0/24'), cidr('192.0.2.0/25')],
  })

  test('are one set, in the order of the addresses', () => {
    expect(chainsOf(bundle(port, TWO, NODE_1, SETTINGS))['firewall']).toEqual([
      'ip saddr != { 192.0.2.0/25, 198.51.100.0/24 } drop',
    ])
  })

  test('guard the load balancer alone, and let whom they let through go on', () => {
    expect(elementsOf(bundle(port, TWO, NODE_3, SETTINGS))).toEqual([
      'cluster-ips 10.96.10.1',
      `service-ips 10.96.10.1 . tcp . 80 goto service-${WEB}`,
      `service-ips 203.0.113.10 . tcp . 80 goto external-${WEB}`,
      `firewall-ips 203.0.113.10 . tcp . 80 goto firewall-${WEB}`,
    ])
  })

  test('hold the address of the load balancer too if they hold the node', () => {
    const wide = { ...port, loadBalancerSourceRanges: [cidr('192.168.0.0/16')] }
    expect(chainsOf(bundle(wide, TWO, NODE_1, SETTINGS))['firewall']).toEqual([
      'ip saddr != { 192.168.0.0/16, 203.0.113.10 } drop',
    ])
  })

  test('guard nothing where no load balancer has an address', () => {
    const pending = bundle({ ...port, loadBalancerVIPs: [] }, TWO, NODE_1, SETTINGS)
    expect(Object.keys(chainsOf(pending))).toEqual(['service'])
  })
})

describe('session affinity', () => {
  const sticky = aServicePort({ stickySeconds: 10_800, nodePort: 30_080 })

  test('remembers clients per endpoint for as long as the Service says', () => {
    const { sets } = bundle(sticky, TWO, NODE_1, SETTINGS)
    expect(
      sets.map(({ set: { elements, ...rest } }) => ({ ...rest, held: elements.size })),
    ).toEqual(
      ['10.244.0.10', '10.244.1.10'].map((address) => ({
        name: expect.stringMatching(
          `^affinity-[A-Z2-7]{8}-default/web/tcp/__${address}/8080$`,
        ) as string,
        types: ['ipv4_addr'],
        size: 65_535,
        timeoutSeconds: 10_800,
        held: 0,
      })),
    )
  })

  test('has chains for the endpoints of both policies, each once', () => {
    const local = bundle({ ...sticky, isExternalPolicyLocal: true }, TWO, NODE_1, SETTINGS)
    const names = local.chains.map(({ chain }) => chain.name.replace(/-[A-Z2-7]{8}-/, ' '))
    expect(names).toEqual([
      'endpoint default/web/tcp/__10.244.0.10/8080',
      'endpoint default/web/tcp/__10.244.1.10/8080',
      'service default/web/tcp/',
      'local default/web/tcp/',
      'external default/web/tcp/',
    ])
    const [endpoint] = local.chains
    expect(chainsOf(local)['local']).toEqual([
      `ip saddr @${endpoint!.chain.name.replace('endpoint', 'affinity')} goto ${endpoint!.chain.name}`,
      `numgen random mod 1 vmap { 0 : goto ${endpoint!.chain.name} }`,
    ])
  })

  test('writes nothing for endpoints that cannot be reached', () => {
    const gone = [anEndpoint('10.244.0.10', 'node-1', { isReady: false, isServing: false })]
    expect(bundle(sticky, gone, NODE_1, SETTINGS)).toMatchObject({ chains: [], sets: [] })
  })
})

describe('the policy Local', () => {
  const port = aServicePort({
    nodePort: 30_080,
    isInternalPolicyLocal: true,
    isExternalPolicyLocal: true,
    externalIPs: [ip('198.51.100.1')],
  })

  test('drops what comes to a node without endpoints, but lets its own Pods through', () => {
    const there = bundle(port, TWO, NODE_3, SETTINGS)
    expect(elementsOf(there)).toEqual([
      'cluster-ips 10.96.10.1',
      'no-endpoint-services 10.96.10.1 . tcp . 80 "default/web" drop',
      `service-ips 198.51.100.1 . tcp . 80 goto external-${WEB}`,
      'no-endpoint-services 198.51.100.1 . tcp . 80 "default/web" drop',
      `service-nodeports tcp . 30080 goto external-${WEB}`,
      'no-endpoint-nodeports tcp . 30080 "default/web" drop',
    ])
    expect(Object.keys(chainsOf(there))).toEqual(['service', 'external'])
  })

  test.each([
    [{ kind: 'none' } as const, undefined],
    [{ kind: 'bridge', name: 'cni0' } as const, 'iifname "cni0"'],
    [{ kind: 'interfacePrefix', prefix: 'veth' } as const, 'iifname "veth*"'],
  ])('tells the own Pods as configured: %j', (localDetector, match) => {
    const settings = { ...SETTINGS, localDetector }
    const external = chainsOf(bundle(port, TWO, NODE_1, settings))['external']
    const short = `goto service-${WEB} comment "short-circuit pod traffic"`
    expect(external).toEqual([
      ...(match === undefined ? [] : [`${match} ${short}`]),
      'fib saddr type local meta mark set meta mark | 0x00004000 comment "masquerade local traffic"',
      `fib saddr type local goto service-${WEB} comment "short-circuit local traffic"`,
      `goto local-${WEB}`,
    ])
  })

  test('lists the hairpins in the bundle, of this node only', () => {
    const { elements } = bundle(port, TWO, NODE_1, SETTINGS)
    expect(elements.filter(({ set }) => set === 'hairpin-connections')).toEqual([
      {
        table: 'ip kube-proxy',
        set: 'hairpin-connections',
        key: '10.244.0.10 . 10.244.0.10 . tcp . 8080',
        element: {},
      },
    ])
    expect(nftablesBackend.ownElements!(port, TWO, SETTINGS)).not.toHaveLength(0)
  })
})

describe('hairpins of a port that all nodes see alike', () => {
  test('are in no bundle, but on the nodes of the endpoints that can be reached', () => {
    const endpoints = [
      ...TWO,
      anEndpoint('10.244.1.11', 'node-2', { isReady: false }),
      anEndpoint('192.0.2.1', ''),
    ]
    const { elements } = bundle(aServicePort(), endpoints, NODE_1, SETTINGS)
    expect(elements.map(({ set }) => set)).not.toContain('hairpin-connections')
    const own = nftablesBackend.ownElements!(aServicePort({ protocol: 'UDP' }), endpoints, SETTINGS)
    expect(own.map(({ nodeName, element }) => `${nodeName} ${element.key}`)).toEqual([
      'node-1 10.244.0.10 . 10.244.0.10 . udp . 8080',
      'node-2 10.244.1.10 . 10.244.1.10 . udp . 8080',
    ])
  })
})
