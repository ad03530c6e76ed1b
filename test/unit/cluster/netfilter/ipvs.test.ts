import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { ipvsTables } from '#kube-proxy/ipvs/ipvs-tables.ts'
import type { ServicePort } from '#kube-proxy/service-port.ts'
import { formatIp } from '#net/ip.ts'
import { answerTo, type NodeKernel, type Passage, receive, send } from '#netfilter/node-stack.ts'
import type { Packet } from '#netfilter/packet.ts'
import { describe, expect, test } from 'vitest'
import { ip, kernel, packet, packetText } from '../../../support/netfilter.ts'
import { aServicePort } from '../../../support/proxy-objects.ts'
import { NODE_1, SETTINGS, TWO } from '../kube-proxy/proxy-inputs.ts'

const VIP = '10.96.10.1'

/** The node in mode ipvs: the Service's address stands on kube-ipvs0. */
const ipvsNode = (
  port: Partial<ServicePort> = {},
  endpoints: readonly ProxyEndpoint[] = TWO,
  more: Partial<NodeKernel> = {},
): NodeKernel => {
  const node = {
    place: NODE_1,
    addresses: ['127.0.0.1', '192.168.49.2', '10.244.0.1'].map((text) => ip(text)),
  }
  const { tables, servers } = ipvsTables([{ port: aServicePort(port), endpoints }], node, SETTINGS)
  const bare = kernel(tables.ruleset)
  const isLocal: NodeKernel['isLocal'] = (address) =>
    bare.isLocal(address) || formatIp(address) === VIP
  return kernel(tables.ruleset, {
    virtualServers: servers,
    isLocal,
    route: (given) => (isLocal(given.destination.ip) ? { kind: 'local' } : bare.route(given)),
    ...more,
  })
}

const from = (text: string, input = 'veth'): Packet => packet(text, { input })

const client = (number: number): Packet => from(`tcp 10.244.0.5:${40_000 + number} > ${VIP}:80`)

const hooks = (passage: Passage): readonly string[] => passage.hooks.map(({ hook }) => hook)

const targets = (node: NodeKernel, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) =>
    formatIp(receive(node, client(index)).packet.destination.ip),
  )

describe('a virtual server', () => {
  test('takes packets behind input and sends them as the node does; answers come from it', () => {
    const node = ipvsNode()
    const there = receive(node, client(0))
    expect(hooks(there)).toEqual(['prerouting', 'input', 'output', 'postrouting'])
    expect(packetText(there.packet)).toBe('tcp 10.244.0.5:40000 > 10.244.0.10:8080')
    expect(there.virtualServer).toMatchObject({ scheduler: 'rr', port: 80 })
    const back = receive(node, { ...answerTo(there.packet), input: 'veth' })
    expect(packetText(back.packet)).toBe(`tcp ${VIP}:80 > 10.244.0.5:40000`)
    expect(back.virtualServer).toBeUndefined()
  })

  test('gives new connections to one server after the other, and keeps those that are there', () => {
    const node = ipvsNode()
    expect(targets(node, 4)).toEqual(['10.244.0.10', '10.244.1.10', '10.244.0.10', '10.244.1.10'])
    expect(targets(node, 4)).toEqual(['10.244.0.10', '10.244.1.10', '10.244.0.10', '10.244.1.10'])
  })

  test('keeps a client at its server for as long as the Service says', () => {
    const node = ipvsNode({ stickySeconds: 60 })
    expect(new Set(targets(node, 5)).size).toBe(1)
    const later = receive({ ...node, now: 60_000 }, client(9))
    expect(formatIp(later.packet.destination.ip)).toBe('10.244.1.10')
  })

  test('gives nothing new to a server that is to end', () => {
    const node = ipvsNode()
    const key = `tcp ${VIP}:80`
    const server = node.virtualServers!.get(key)!
    const servers = server.servers.map((real, index) =>
      index === 0 ? { ...real, weight: 0 } : real,
    )
    const draining = {
      ...node,
      virtualServers: node.virtualServers!.with(key, { ...server, servers }),
    }
    expect(new Set(targets(draining, 4))).toEqual(new Set(['10.244.1.10']))
  })

  test('refuses where there is no server', () => {
    expect(receive(ipvsNode({}, []), client(0)).outcome.kind).toBe('reject')
    const other = receive(ipvsNode(), from(`tcp 10.244.0.5:40000 > ${VIP}:81`))
    expect(other.outcome).toMatchObject({ kind: 'reject', hook: 'input' })
  })

  test('takes what the node itself sends', () => {
    const node = ipvsNode()
    const there = send(node, packet(`tcp 192.168.49.2:40000 > ${VIP}:80`))
    expect(hooks(there)).toEqual(['output', 'postrouting'])
    expect(there.packet).toMatchObject({ output: 'veth' })
    const back = receive(node, { ...answerTo(there.packet), input: 'veth' })
    expect(back.outcome.kind).toBe('delivered')
    expect(formatIp(back.packet.source.ip)).toBe(VIP)
    expect(back.packet.source.port).toBe(80)
  })

  test('masquerades a Pod that reaches itself, and what comes from outside to a node port', () => {
    const hairpin = receive(ipvsNode(), from(`tcp 10.244.0.10:40000 > ${VIP}:80`))
    expect(packetText(hairpin.packet)).toMatch(/^tcp 10\.244\.0\.1:\d+ > 10\.244\.0\.10:8080$/)
    const node = ipvsNode({ nodePort: 30_080 })
    const outside = from('tcp 198.51.100.7:50000 > 192.168.49.2:30080', 'eth0')
    const there = receive(node, outside)
    expect(there.connection).toMatchObject({ isDnat: true, isSnat: true })
    const back = receive(node, { ...answerTo(there.packet), input: 'veth' })
    expect(packetText(answerTo(back.packet))).toBe(packetText(outside))
  })

  test('may be on the node itself', () => {
    const own = [{ ...TWO[0]!, ip: ip('192.168.49.2'), port: 8443 }]
    const node = ipvsNode({}, own)
    const there = receive(node, client(0))
    expect(there.outcome.kind).toBe('delivered')
    expect(hooks(there)).toEqual([
      'prerouting',
      'input',
      'output',
      'postrouting',
      'prerouting',
      'input',
    ])
    const back = send(node, answerTo(there.packet))
    expect(packetText(back.packet)).toBe(`tcp ${VIP}:80 > 10.244.0.5:40000`)
  })
})
