import { describe, expect, test } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import type { Trace } from '#network/trace.ts'
import { trace } from '#network/trace-request.ts'
import type { World } from '#network/world.ts'
import { aProxyEndpoint } from '../../../support/proxy-objects.ts'
import {
  aWorld,
  CLIENT,
  COREDNS,
  ip,
  kubeDns,
  type TestWorld,
  WEB_PODS,
  webEndpoints,
} from '../../../support/network-world.ts'

const MODES = ['iptables', 'nftables', 'ipvs'] as const
const RECORDS = [
  'web.default.svc.cluster.local. A 10.96.10.1',
  'outside.default.svc.cluster.local. CNAME api.external.com.',
  'api.external.com. A 93.184.216.34',
]

const send = (world: World, from: object, to: string, more: object = {}): Trace => {
  const request = readTraceRequest({ from, to, ...more })
  if ('problem' in request) throw new Error(request.problem)
  return trace(world, request)
}

const webWorld = (given: TestWorld & { port?: object } = {}): World =>
  aWorld({
    services: [{ endpoints: webEndpoints(), ...given.port }, kubeDns()],
    records: RECORDS,
    ...given,
  })

const kinds = ({ hops }: Trace): readonly string[] =>
  hops.filter(({ isAside }) => isAside !== true).map(({ what }) => what)

const POD = { pod: 'client' }
const balancer = (given: object = {}) => ({
  '203.0.113.1': {
    service: 'default/web',
    ports: [{ protocol: 'tcp' as const, port: 80, nodePort: 30080 }],
    nodes: ['node-2', 'node-3'],
    isVip: true,
    sourceRanges: [],
    ...given,
  },
})

describe.each(MODES)('a trace through %s', (mode) => {
  const world = (given: TestWorld & { port?: object } = {}) => webWorld({ mode, ...given })

  test('from a Pod by a name to a cluster IP and back', () => {
    const result = send(world(), POD, 'http://web/')
    expect(result).toMatchObject({ outcome: 'delivered', reply: { status: 200 } })
    expect(kinds(result)[0]).toBe('dns-query')
    expect(result.hops.find(({ what }) => what === 'dns-answer')?.dns).toMatchObject({
      suffix: 'default.svc.cluster.local',
      answer: ['web.default.svc.cluster.local. 30 IN A 10.96.10.1'],
    })
    const dnat = result.hops.findLast(({ what }) => what === 'dnat')
    expect(dnat).toMatchObject({
      before: { destination: '10.96.10.1:80' },
      where: { node: 'node-1' },
    })
    expect(dnat?.packet?.destination).toMatch(/^10\.244\.[012]\.10:8080$/)
    const undone = result.hops.findLast(({ what }) => what === 'conntrack')
    expect(undone).toMatchObject({ isReply: true, packet: { source: '10.96.10.1:80' } })
    expect(result.reply?.body).toContain(' for 10.244.0.20:')
  })

  test('shows the line that chose, its number and its chance', () => {
    const chosen = send(world(), POD, 'http://10.96.10.1').hops.find(
      ({ probability }) => probability !== undefined,
    )
    expect(chosen?.probability).toBeCloseTo(1 / 3, 6)
    expect(chosen?.rule?.number).toBeGreaterThan(0)
    expect(chosen?.rule?.text).toMatch(
      /default\/web|numgen random mod 3|-> 10\.244\.\d\.10:8080 Masq/,
    )
    expect(chosen?.rule?.tried).toBeGreaterThanOrEqual(chosen!.rule!.number)
  })

  test('from outside to a node port: the Pod sees the node', () => {
    const result = send(
      world({ port: { nodePort: 30080 } }),
      { workstation: true },
      'http://192.168.49.3:30080',
    )
    expect(result.outcome).toBe('delivered')
    expect(kinds(result)).toContain('snat')
    expect(result.reply?.body).toMatch(/ for 192\.168\.49\.3:/)
    expect(result.hops.at(-1)?.packet?.source).toBe('192.168.49.3:30080')
  })

  test('from the internet to a load balancer that keeps its address', () => {
    const given = {
      port: { nodePort: 30080, loadBalancerVIPs: [ip('203.0.113.1')] },
      loadBalancers: balancer(),
    }
    const result = send(world(given), { internet: true }, 'http://203.0.113.1')
    expect(result.outcome).toBe('delivered')
    const balance = result.hops.find(({ what }) => what === 'balance')
    expect(balance).toMatchObject({ packet: { destination: '203.0.113.1:80' }, probability: 0.5 })
    expect(result.hops.at(-1)?.packet?.source).toBe('203.0.113.1:80')
  })

  test('from the internet to a load balancer that sends to node ports', () => {
    const given = { port: { nodePort: 30080 }, loadBalancers: balancer({ isVip: false }) }
    const result = send(world(given), { internet: true }, 'http://203.0.113.1')
    expect(result.outcome).toBe('delivered')
    const balance = result.hops.find(({ what }) => what === 'balance')
    expect(balance?.packet?.destination).toMatch(/^192\.168\.49\.[34]:30080$/)
    expect(result.hops.at(-1)?.packet?.source).toBe('203.0.113.1:80')
  })

  test('from a Pod to a name that is an alias of one in the internet', () => {
    const result = send(world(), POD, 'http://outside/')
    expect(result).toMatchObject({ outcome: 'delivered', reply: { body: 'external' } })
    const answer = result.hops.find(({ what }) => what === 'dns-answer')
    expect(answer?.says).toContain('CNAME → api.external.com ')
    expect(result.hops.find(({ what }) => what === 'snat')?.packet?.source).toMatch(
      /^192\.168\.49\.2:/,
    )
  })

  test('from a Pod by its Service to itself', () => {
    const given = { services: [{ endpoints: webEndpoints(1) }] }
    const result = send(world(given), { pod: 'web-1' }, 'http://10.96.10.1')
    expect(result).toMatchObject({ outcome: 'delivered', reply: { from: 'default/web-1' } })
    expect(result.reply?.body).toMatch(/ for 192\.168\.49\.2:/)
  })

  test('to a node port with the policy Local keeps the client where there is an endpoint', () => {
    const port = { nodePort: 30080, isExternalPolicyLocal: true, endpoints: webEndpoints(1) }
    const local = world({ services: [port] })
    const near = send(local, { workstation: true }, 'http://192.168.49.2:30080')
    expect(near.reply?.body).toMatch(/web-1 for 192\.168\.49\.1:/)
    const far = send(local, { workstation: true }, 'http://192.168.49.3:30080')
    if (mode === 'ipvs') {
      // kubernetes: pkg/proxy/ipvs/proxier.go "the reply will have the POD address and will be discarded"
      expect(far).toMatchObject({ outcome: 'timeout' })
      expect(far.says).toContain('the answer comes from 10.244.0.10:8080')
    } else {
      expect(far.outcome).toBe('dropped')
      expect(far.hops.find(({ what }) => what === 'drop')?.rule).toBeDefined()
    }
  })

  test('to a load balancer whose source ranges do not hold the client is dropped by a rule', () => {
    const port = {
      nodePort: 30080,
      loadBalancerVIPs: [ip('203.0.113.1')],
      loadBalancerSourceRanges: [{ network: ip('198.51.100.0'), prefix: 24 }],
    }
    const result = send(
      world({ port, loadBalancers: balancer() }),
      { internet: true },
      'http://203.0.113.1',
    )
    expect(result.outcome).toBe('dropped')
    expect(result.hops.find(({ what }) => what === 'drop')?.rule).toBeDefined()
  })

  test('to a Service without endpoints is rejected by a rule', () => {
    const result = send(world({ services: [{ endpoints: [] }] }), POD, 'http://10.96.10.1')
    expect(result.outcome).toBe('rejected')
    if (mode !== 'ipvs')
      expect(result.says).toMatch(/default\/web has no endpoints|no-endpoint-services/)
    const reject = result.hops.find(({ what }) => what === 'reject')
    expect(reject?.rule?.text ?? reject?.says).toMatch(
      mode === 'ipvs' ? /no real server/ : /reject|REJECT/,
    )
    expect(result.hops.at(-1)?.says).toContain('Connection refused')
  })

  test('to a cluster IP of nobody does not arrive', () => {
    const result = send(world(), POD, 'http://10.96.99.99')
    expect(result.outcome).toBe(mode === 'nftables' ? 'dropped' : 'timeout')
  })

  test('keeps a client with its endpoint', () => {
    const sticky = world({ port: { stickySeconds: 60 } })
    const servers = Array.from(
      { length: 12 },
      () => send(sticky, POD, 'http://10.96.10.1').reply?.from,
    )
    expect(new Set(servers).size).toBe(1)
    const others = Array.from(
      { length: 12 },
      () => send(world(), POD, 'http://10.96.10.1').reply?.from,
    )
    expect(others.every((server) => server !== undefined)).toBe(true)
  })

  test('from a node, by its own address of a Service', () => {
    const result = send(world(), { node: 'node-2' }, 'http://10.96.10.1')
    expect(result.outcome).toBe('delivered')
    expect(result.reply?.body).toMatch(/ for 192\.168\.49\.3:/)
  })

  test('from a node to a node port at its loopback address', () => {
    const result = send(
      world({ port: { nodePort: 30080 } }),
      { node: 'node-2' },
      'http://127.0.0.1:30080',
    )
    expect(result.outcome).toBe(mode === 'iptables' ? 'delivered' : 'refused')
  })

  test('to an endpoint that is a program on a node', () => {
    const endpoints = [aProxyEndpoint('192.168.49.2', { port: 6443 })]
    const api = world({ services: [{ endpoints }] })
    for (const from of [POD, { node: 'node-1' }, { node: 'node-3' }])
      expect(send(api, from, 'https://10.96.10.1:80').reply?.from).toBe('node-1')
  })

  test('every endpoint is reached from everywhere, and every answer comes back', () => {
    const given = {
      port: { nodePort: 30080, loadBalancerVIPs: [ip('203.0.113.1')] },
      loadBalancers: balancer(),
    }
    const reached = world(given)
    const ways: readonly (readonly [object, string])[] = [
      [POD, 'http://10.96.10.1'],
      [{ pod: 'web-2' }, 'http://10.96.10.1'],
      [{ node: 'node-3' }, 'http://10.96.10.1'],
      [POD, 'http://192.168.49.4:30080'],
      [{ node: 'node-1' }, 'http://192.168.49.2:30080'],
      [{ internet: true }, 'http://192.168.49.2:30080'],
      [{ internet: true }, 'http://203.0.113.1'],
      [POD, 'http://203.0.113.1'],
    ]
    for (const [from, to] of ways) {
      const results = Array.from({ length: 40 }, () => send(reached, from, to))
      expect(new Set(results.map(({ outcome }) => outcome)), to).toEqual(new Set(['delivered']))
      expect(new Set(results.map(({ reply }) => reply?.from)).size, to).toBe(3)
    }
  })
})

describe('a trace', () => {
  test('says what listens where nobody does', () => {
    const result = send(webWorld(), POD, 'http://10.244.1.10:80')
    expect(result.outcome).toBe('refused')
    expect(result.says).toContain('tcp 8080')
  })

  test('ends at a node without power or without a cable', () => {
    for (const state of [{ isOn: false }, { isConnected: false }]) {
      const off = webWorld({ nodes: { 'node-2': state } })
      expect(send(off, POD, 'http://10.244.1.10:8080').outcome).toBe('timeout')
      expect(send(off, { workstation: true }, 'http://192.168.49.3:30080').outcome).toBe('timeout')
    }
  })

  test.each([
    [POD, { node: 'node-1', component: 'kernel' }],
    [{ node: 'node-3' }, { node: 'node-3', component: 'kernel' }],
    [{ workstation: true }, { component: 'workstation' }],
    [{ internet: true }, { component: 'router' }],
  ])(
    'to an address that nobody on the cable has ends for %j where it is asked for',
    (from, where) => {
      const { outcome, says, hops } = send(webWorld(), from, 'tcp://192.168.49.9:80')
      expect(outcome).toBe('no-route')
      expect(says).toContain('192.168.49.0/24, the network of the nodes, but no machine there has')
      expect(hops.at(-1)).toMatchObject({ where, what: 'lost' })
      expect(hops.at(-1)?.says).toMatch(/"No route to host"$/)
    },
  )

  test.each([
    ['an answer to HTTP', 'http://10.244.1.10:8080', 'TIME_WAIT'],
    ['a connection that is only opened', 'tcp://10.244.1.10:8080', 'TIME_WAIT'],
    ['a refusal', 'tcp://10.244.1.10:81', undefined],
  ])('leaves a closed connection behind it after %s', (_what, to, expected) => {
    const used = webWorld()
    send(used, POD, to)
    const { connections } = used.node('node-2')!.connections.toState(0)
    expect(connections.map(([, , , progress]) => progress)).toEqual(
      expected === undefined ? [] : [expected],
    )
  })

  test('does not leave a node without a cable', () => {
    const cut = webWorld({ nodes: { 'node-1': { isConnected: false } } })
    expect(send(cut, POD, 'http://10.244.1.10:8080').outcome).toBe('timeout')
    expect(send(cut, POD, 'http://10.244.0.10:8080').outcome).toBe('delivered')
  })

  test('finds no way to a Pod that is gone', () => {
    expect(send(webWorld(), POD, 'http://10.244.0.99:8080').outcome).toBe('no-route')
    expect(send(webWorld(), POD, 'http://10.244.1.99:8080').outcome).toBe('no-route')
  })

  test('finds no way from outside to cluster IPs and Pods', () => {
    for (const from of [{ workstation: true }, { internet: true }])
      for (const to of ['http://10.96.10.1', 'http://10.244.0.10:8080'])
        expect(send(webWorld(), from, to).outcome).toBe('no-route')
  })

  test('tells a name that does not exist, with every ending that was tried', () => {
    const result = send(webWorld(), POD, 'http://nowhere/')
    expect(result.outcome).toBe('nxdomain')
    const asked = result.hops
      .filter(({ what }) => what === 'dns-query')
      .map(({ dns }) => dns?.suffix)
    expect(asked).toEqual(['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', ''])
  })

  test("tells that the learner's computer does not know names of Services", () => {
    const result = send(webWorld({ records: [] }), { workstation: true }, 'http://web/')
    expect(result).toMatchObject({ outcome: 'nxdomain' })
    expect(result.says).toContain('only to Pods')
  })

  test('fails with the name when the DNS of the cluster has no endpoints', () => {
    const down = webWorld({ services: [{ ...kubeDns(), endpoints: [] }] })
    expect(send(down, POD, 'http://web/').outcome).toBe('refused')
  })

  test('stops where a NetworkPolicy says so, at the source and at the destination', () => {
    for (const direction of ['egress', 'ingress'] as const) {
      const policy: World['policy'] = (_from, _to, _port, _protocol, asked) =>
        asked === direction
          ? { isAllowed: false, says: 'default/deny does not allow it' }
          : { isAllowed: true, says: '' }
      const result = send(webWorld({ policy }), POD, 'http://10.244.1.10:8080')
      expect(result.outcome).toBe('dropped')
      const drop = result.hops.find(({ what }) => what === 'drop')
      expect(drop).toMatchObject({ where: { node: direction === 'egress' ? 'node-1' : 'node-2' } })
      expect(drop?.says).toContain('default/deny')
    }
  })

  test('stops at the source where a NetworkPolicy forbids the node itself', () => {
    const policy: World['policy'] = (_from, _to, _port, _protocol, direction) => ({
      isAllowed: direction !== 'egress',
      says: 'default/deny',
    })
    expect(send(webWorld({ policy }), POD, 'http://192.168.49.2:6443').outcome).toBe('dropped')
  })

  test('goes by a host port to the Pod, and back from it', () => {
    const hostPorts = [
      { protocol: 'tcp' as const, hostPort: 8088, hostIP: undefined, containerPort: 8080 },
    ]
    const pods = [{ ...WEB_PODS[1]!, hostPorts }, CLIENT, COREDNS]
    for (const from of [{ workstation: true }, POD, { node: 'node-2' }, { pod: 'web-2' }]) {
      const result = send(webWorld({ pods }), from, 'http://192.168.49.3:8088')
      expect(result).toMatchObject({ outcome: 'delivered', reply: { from: 'default/web-2' } })
      expect(result.hops.at(-1)?.packet?.source).toBe('192.168.49.3:8088')
    }
  })

  test('from a Pod with host network starts at its node', () => {
    const pods = [
      ...WEB_PODS,
      COREDNS,
      { ...CLIENT, name: 'agent', isHostNetwork: true, address: '192.168.49.2' },
    ]
    const result = send(webWorld({ pods }), { pod: 'agent' }, 'http://web/')
    expect(result.reply?.body).toMatch(/ for 192\.168\.49\.2:/)
  })

  test('waits in vain for a program that says nothing', () => {
    const pods = [{ ...WEB_PODS[0]!, answer: () => ({ kind: 'silent' as const }) }, CLIENT, COREDNS]
    expect(send(webWorld({ pods }), POD, 'http://10.244.0.10:8080').outcome).toBe('timeout')
  })

  test('is lost on the way to a load balancer that has no healthy node or no such port', () => {
    const none = webWorld({ loadBalancers: balancer({ nodes: [] }) })
    expect(send(none, { internet: true }, 'http://203.0.113.1')).toMatchObject({
      outcome: 'timeout',
    })
    const other = webWorld({ loadBalancers: balancer() })
    expect(send(other, { internet: true }, 'http://203.0.113.1:81').says).toContain('tcp 80')
  })

  test('is not let in by a load balancer from outside its source ranges', () => {
    const sourceRanges = [{ network: ip('10.0.0.0'), prefix: 8 }]
    const closed = webWorld({ loadBalancers: balancer({ isVip: false, sourceRanges }) })
    expect(send(closed, { internet: true }, 'http://203.0.113.1').outcome).toBe('dropped')
  })

  test("goes in circles where nobody knows a load balancer's address", () => {
    const result = send(
      webWorld({ loadBalancers: balancer() }),
      { internet: true },
      'http://203.0.113.1',
    )
    expect(result).toMatchObject({ outcome: 'timeout' })
    expect(result.says).toContain('circles')
  })

  test.each([
    [{ pod: 'nobody' }, 'no Pod default/nobody'],
    [{ node: 'node-9' }, 'no node node-9'],
  ])('says that %j does not exist', (from, words) => {
    expect(send(webWorld(), from, 'http://web/').says).toContain(words)
  })

  test('of a datagram tells its answer', () => {
    const pods = [
      { ...WEB_PODS[0]!, answer: () => ({ kind: 'message' as const, text: 'pong' }) },
      CLIENT,
    ]
    const result = send(webWorld({ pods }), POD, 'udp://10.244.0.10:9', { body: 'ping' })
    expect(result).toMatchObject({ outcome: 'delivered', reply: { protocol: 'UDP', body: 'pong' } })
  })

  test('uses the source port that it is given', () => {
    const result = send(webWorld(), POD, 'http://10.244.0.10:8080', { sourcePort: 1234 })
    expect(result.reply?.body).toBe('web-1 for 10.244.0.20:1234')
  })
})
