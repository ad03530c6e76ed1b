import type { ProxySettings } from '#kube-proxy/backend.ts'
import { nftablesBackend } from '#kube-proxy/nftables/nftables-backend.ts'
import { nftRule } from '#netfilter/nftables-text.ts'
import { describe, expect, test } from 'vitest'
import { cidr, ip, SETTINGS } from '../proxy-inputs.ts'

const NODE_IPS = ['192.168.49.2', '10.0.0.2', '127.0.0.1'].map(ip)

const chain = (name: string, settings: Partial<ProxySettings>): readonly string[] | undefined => {
  for (const change of nftablesBackend.base({ ...SETTINGS, ...settings }, NODE_IPS))
    if (change.kind === 'chain' && change.chain.name === name)
      return change.chain.rules.map(nftRule)
  return undefined
}

const nodePortIPs = (nodePortAddresses: readonly string[]): readonly string[] | undefined => {
  const settings = { ...SETTINGS, nodePortAddresses: nodePortAddresses.map(cidr) }
  const own = nftablesBackend.ownSets!(settings, NODE_IPS)
  const found = own.find(({ set }) => set.name === 'nodeport-ips')
  return found?.set.elements.sorted().map(([key]) => key)
}

describe('node ports', () => {
  test('are open at the primary address', () => {
    expect(nodePortIPs([])).toEqual(['192.168.49.2'])
  })

  test('are open at addresses of the configured networks, never at the loopback', () => {
    expect(nodePortIPs(['10.0.0.0/8', '127.0.0.0/8'])).toEqual(['10.0.0.2'])
  })

  test('need no set if they are open everywhere', () => {
    const everywhere = { nodePortAddresses: [cidr('0.0.0.0/0')] }
    expect(nodePortIPs(['0.0.0.0/0'])).toBeUndefined()
    expect(chain('services', everywhere)?.at(-1)).toBe(
      'fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports',
    )
    expect(chain('nodeport-endpoints-check', everywhere)).toEqual([
      'ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @no-endpoint-nodeports',
    ])
  })
})

describe('traffic to cluster IPs', () => {
  test.each([
    [
      { kind: 'bridge', name: 'cni0' } as const,
      'ip daddr @cluster-ips iifname != "cni0" meta mark set meta mark | 0x00004000 comment "masquerade clusterIP traffic from outside cluster"',
    ],
    [
      { kind: 'interfacePrefix', prefix: 'veth' } as const,
      'ip daddr @cluster-ips iifname != "veth*" meta mark set meta mark | 0x00004000 comment "masquerade clusterIP traffic from outside cluster"',
    ],
    [{ kind: 'none' } as const, 'ip daddr . meta l4proto . th dport vmap @service-ips'],
  ])('is masqueraded if it is not from Pods: %j', (localDetector, rule) => {
    expect(chain('services', { localDetector })?.[0]).toBe(rule)
  })

  test('is masqueraded with the configured mark', () => {
    expect(chain('masquerading', { masqueradeMark: 1 })?.[0]).toBe(
      'meta mark & 0x00000001 != 0x00000000 meta mark set meta mark ^ 0x00000001 masquerade fully-random',
    )
  })

  test('is dropped if it goes to addresses that no Service has, of all ranges', () => {
    const serviceCIDRs = ['10.96.0.0/16', '10.200.0.0/24', 'fd00::/108'].map(cidr)
    expect(chain('cluster-ips-check', { serviceCIDRs })).toEqual([
      'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"',
      'ip daddr { 10.96.0.0/16, 10.200.0.0/24 } drop comment "Drop traffic to unallocated ClusterIPs"',
    ])
  })

  test('is not dropped where no range is known', () => {
    expect(chain('cluster-ips-check', { serviceCIDRs: [] })).toHaveLength(1)
  })
})
