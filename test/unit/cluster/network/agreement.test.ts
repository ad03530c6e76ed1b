import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readManyRequests } from '#network/read-request.ts'
import { sendRequests } from '#network/requests.ts'
import { aProxyEndpoint } from '../../../support/proxy-objects.ts'
import { aWorld, CLIENT, ip, WEB_PODS } from '../../../support/network-world.ts'

const SOURCES = [
  { pod: 'client' },
  { pod: 'web-1' },
  { node: 'node-1' },
  { node: 'node-3' },
  { workstation: true },
  { internet: true },
]
const TARGETS = ['10.96.10.1:80', '192.168.49.2:30080', '192.168.49.4:30080', '203.0.113.1:80']

const services = fc.record({
  endpoints: fc
    .subarray(WEB_PODS)
    .map((pods) => pods.map(({ address, nodeName }) => aProxyEndpoint(address, { nodeName }))),
  isExternalPolicyLocal: fc.boolean(),
  isInternalPolicyLocal: fc.boolean(),
})

/** Where requests may go, and how they end: that no answer comes is one end, whoever is to blame. */
const ends = (
  mode: 'iptables' | 'nftables' | 'ipvs',
  service: object & { readonly endpoints: readonly ReturnType<typeof aProxyEndpoint>[] },
  [from, to]: readonly [object, string],
): unknown => {
  const world = aWorld({
    mode,
    pods: [...WEB_PODS, CLIENT],
    services: [{ nodePort: 30080, loadBalancerVIPs: [ip('203.0.113.1')], ...service }],
    loadBalancers: {
      '203.0.113.1': {
        service: 'default/web',
        ports: [{ protocol: 'tcp', port: 80, nodePort: 30080 }],
        nodes: ['node-1', 'node-2', 'node-3'],
        isVip: true,
        sourceRanges: [],
      },
    },
  })
  const many = readManyRequests({ from, to: `http://${to}`, count: 200 })
  if ('problem' in many) throw new Error(many.problem)
  const { outcomes, endpoints } = sendRequests(world, many)
  const kinds = Object.keys(outcomes).map((outcome) =>
    outcome === 'dropped' ? 'timeout' : outcome,
  )
  return { kinds: [...new Set(kinds)].sort(), names: endpoints.map(({ name }) => name) }
}

test('iptables and nftables agree on where every packet may go', () => {
  fc.assert(
    fc.property(
      services,
      fc.constantFrom(...SOURCES),
      fc.constantFrom(...TARGETS),
      (service, from, to) => {
        expect(ends('nftables', service, [from, to])).toEqual(ends('iptables', service, [from, to]))
      },
    ),
    { numRuns: 150, seed: 20 },
  )
})

test('ipvs agrees with them for the policy Cluster with endpoints', () => {
  fc.assert(
    fc.property(
      services.filter(({ endpoints }) => endpoints.length > 0),
      fc.constantFrom(...SOURCES),
      fc.constantFrom(...TARGETS),
      (given, from, to) => {
        const service = { ...given, isExternalPolicyLocal: false, isInternalPolicyLocal: false }
        expect(ends('ipvs', service, [from, to])).toEqual(ends('iptables', service, [from, to]))
      },
    ),
    { numRuns: 60, seed: 20 },
  )
})
