import { describe, expect, test } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import { trace } from '#network/trace-request.ts'
import { traceText } from '#network/trace-text.ts'
import {
  aWorld,
  CLIENT,
  COREDNS,
  ip,
  kubeDns,
  WEB_PODS,
  webEndpoints,
} from '../../../support/network-world.ts'

const textOf = (mode: 'iptables' | 'nftables', from: object, to: string): string => {
  const world = aWorld({
    mode,
    services: [
      { nodePort: 30080, loadBalancerVIPs: [ip('203.0.113.1')], endpoints: webEndpoints(1) },
      kubeDns(),
    ],
    records: [
      'web.default.svc.cluster.local. A 10.96.10.1',
      'my-service.default.svc.cluster.local. CNAME api.external.com.',
      'api.external.com. A 93.184.216.34',
    ],
    loadBalancers: {
      '203.0.113.2': {
        service: 'default/web',
        ports: [{ protocol: 'tcp', port: 80, nodePort: 30080 }],
        nodes: ['node-2'],
        isVip: false,
        sourceRanges: [],
      },
    },
  })
  const request = readTraceRequest({ from, to })
  if ('problem' in request) throw new Error(request.problem)
  return traceText(trace(world, request), request)
}

const boxes = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith('[ '))

describe.each(['iptables', 'nftables'] as const)('the readable walk in mode %s', (mode) => {
  test('reads as the ClusterIP flow: Pod, DNS, ClusterIP, Pod', () => {
    const text = textOf(mode, { pod: 'client' }, 'http://web/')
    expect(boxes(text)).toEqual([
      '[ Client Pod default/client ]',
      '[ ClusterIP 10.96.10.1:80 ]',
      '[ Pod default/web-1 10.244.0.10:8080, on node-1 ]',
    ])
    expect(text.indexOf('DNS lookup')).toBeLessThan(text.indexOf('[ ClusterIP'))
    expect(text.split('\n')[0]).toBe('GET http://web:80/: DELIVERED')
  })

  test('reads as the NodePort flow: client, NodeIP:NodePort, ClusterIP, Pod', () => {
    expect(boxes(textOf(mode, { workstation: true }, 'http://192.168.49.3:30080'))).toEqual([
      '[ External Client (your computer) ]',
      '[ NodeIP:NodePort 192.168.49.3:30080 (node-2) ]',
      "[ ClusterIP's chain of Service default/web ]",
      '[ Pod default/web-1 10.244.0.10:8080, on node-1 ]',
    ])
  })

  test('reads as the LoadBalancer flow: client, balancer, NodeIP:NodePort, ClusterIP, Pod', () => {
    expect(boxes(textOf(mode, { internet: true }, 'http://203.0.113.2'))).toEqual([
      '[ Internet Client ]',
      '[ Cloud Load Balancer 203.0.113.2:80 (default/web) ]',
      '[ NodeIP:NodePort 192.168.49.3:30080 (node-2) ]',
      "[ ClusterIP's chain of Service default/web ]",
      '[ Pod default/web-1 10.244.0.10:8080, on node-1 ]',
    ])
  })

  test('reads as the ExternalName flow: Pod, DNS, CNAME, external service', () => {
    const all = boxes(textOf(mode, { pod: 'client' }, 'http://my-service/'))
    expect(all).toEqual([
      '[ Client Pod default/client ]',
      '[ CNAME → api.external.com ]',
      '[ External Service 93.184.216.34:80 ]',
    ])
  })

  test('shows the lines of the tables that decided, with their places', () => {
    const text = textOf(mode, { pod: 'client' }, 'http://10.96.10.1/')
    const words =
      mode === 'iptables'
        ? /rule 1 of KUBE-SERVICES \(table nat.*\n.*-A KUBE-SERVICES/
        : /rule 2 of services \(table kube-proxy.*\n.*vmap @service-ips/
    expect(text).toMatch(words)
  })
})

test('the readable walk marks where a packet ends', () => {
  const text = textOf('iptables', { pod: 'client' }, 'http://10.244.0.10:81/')
  expect(text).toContain('REFUSED')
  expect(text).toMatch(/\n {6}x {2}.*nobody listens/)
  expect(boxes(text)).toHaveLength(2)
})

test('the readable walk shows each address that is tried', () => {
  const records = WEB_PODS.map(({ address }) => `db.default.svc.cluster.local. A ${address}`)
  const answer = () => ({ kind: 'refused' as const, listeningOn: [] })
  const pods = [{ ...WEB_PODS[0]!, answer }, ...WEB_PODS.slice(1), CLIENT, COREDNS]
  const world = aWorld({ services: [kubeDns()], records, pods })
  const request = readTraceRequest({ from: { pod: 'client' }, to: 'http://db:8080/' })
  if ('problem' in request) throw new Error(request.problem)
  const told = trace(world, request)
  const text = traceText(told, request)
  expect(told).toMatchObject({ outcome: 'delivered', reply: { from: 'default/web-2' } })
  expect(boxes(text)).toEqual([
    '[ Client Pod default/client ]',
    '[ Pod default/web-1 10.244.0.10:8080 ]',
    '[ Pod default/web-2 10.244.1.10:8080 ]',
  ])
  expect(text).toMatch(/x +Pod default\/client has no connection to 10\.244\.0\.10 \(refused\)/)
  expect(text.slice(text.indexOf('The way back'))).not.toContain('Connection refused')
})
