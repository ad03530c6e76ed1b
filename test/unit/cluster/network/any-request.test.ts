import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import { traceText } from '#network/trace-text.ts'
import { trace } from '#network/trace-request.ts'
import { aWorld, ip, kubeDns, webEndpoints } from '../../../support/network-world.ts'

const OUTCOMES = ['delivered', 'refused', 'timeout', 'nxdomain', 'no-route', 'rejected', 'dropped']

const sources = fc.oneof(
  fc.constantFrom({ pod: 'client' }, { pod: 'web-1' }, { pod: 'gone' }, { internet: true }),
  fc.constantFrom(
    { node: 'node-1' },
    { node: 'node-2' },
    { workstation: true },
    { node: 'node-7' },
  ),
)
const hosts = fc.oneof(
  fc.constantFrom('web', 'web.default', 'localhost', 'a'.repeat(63), '127.0.0.1', '0.0.0.0'),
  fc.constantFrom('10.96.10.1', '10.96.0.10', '192.168.49.1', '192.168.49.2', '192.168.49.99'),
  fc.constantFrom('203.0.113.1', '10.244.0.10', '10.244.0.20', '10.244.9.9', '255.255.255.255'),
  fc.ipV4(),
  fc.domain(),
)
const targets = fc
  .tuple(
    fc.constantFrom('http', 'https', 'tcp', 'udp', 'sctp'),
    hosts,
    fc.constantFrom(1, 53, 80, 6443, 8080, 30080),
  )
  .map(([scheme, host, port]) => `${scheme}://${host}:${port}`)

test('whatever is sent, a trace says how it ends and why, on a bounded way', () => {
  const worlds = (['iptables', 'nftables', 'ipvs'] as const).map((mode) =>
    aWorld({
      mode,
      services: [
        { nodePort: 30080, loadBalancerVIPs: [ip('203.0.113.1')], endpoints: webEndpoints() },
        kubeDns(),
      ],
      records: ['web.default.svc.cluster.local. A 10.96.10.1'],
      nodes: { 'node-2': { isConnected: false } },
    }),
  )
  fc.assert(
    fc.property(sources, targets, fc.constantFrom(...worlds), (from, to, world) => {
      const request = readTraceRequest({ from, to })
      if ('problem' in request) throw new Error(request.problem)
      const result = trace(world, request)
      expect(OUTCOMES).toContain(result.outcome)
      expect(result.says).not.toBe('')
      expect(result.hops.length).toBeLessThan(500)
      expect(result.hops.every(({ says, what }) => says !== '' && what !== '')).toBe(true)
      expect(traceText(result, request)).toContain(result.outcome.toUpperCase())
    }),
    { numRuns: 400, seed: 3 },
  )
})
