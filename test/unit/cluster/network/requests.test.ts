import { describe, expect, test } from 'vitest'
import { aProxyEndpoint } from '../../../support/proxy-objects.ts'
import { readManyRequests } from '#network/read-request.ts'
import { type RequestsResult, sendRequests } from '#network/requests.ts'
import type { World } from '#network/world.ts'
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
const POD = { pod: 'client' }

const send = (world: World, from: object, to: string, count: number): RequestsResult => {
  const many = readManyRequests({ from, to, count })
  if ('problem' in many) throw new Error(many.problem)
  return sendRequests(world, many)
}

const webWorld = (given: TestWorld & { port?: object } = {}): World =>
  aWorld({
    services: [{ endpoints: webEndpoints(), nodePort: 30080, ...given.port }, kubeDns()],
    records: ['web.default.svc.cluster.local. A 10.96.10.1'],
    ...given,
  })

/** How far counts are from equal ones; with two degrees of freedom 13.8 is exceeded once in a thousand times. */
const chiSquare = (counts: readonly number[]): number => {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

const spread = ({ endpoints }: RequestsResult): readonly number[] =>
  endpoints.map(({ count }) => count)

describe.each(MODES)('many requests through %s', (mode) => {
  const world = (given: TestWorld & { port?: object } = {}) => webWorld({ mode, ...given })

  test('spread evenly over the endpoints', () => {
    const result = send(world(), POD, 'http://web/', 9000)
    expect(result).toMatchObject({ count: 9000, outcomes: { delivered: 9000 }, failures: [] })
    expect(result.endpoints.map(({ name }) => name)).toEqual(
      WEB_PODS.map(({ name }) => `default/${name}`),
    )
    expect(chiSquare(spread(result))).toBeLessThan(13.8)
    expect(result.endpoints[0]).toMatchObject({
      node: 'node-1',
      address: '10.244.0.10:8080',
      status: 200,
    })
  })

  test('spread evenly from outside over a load balancer and nodes', () => {
    const loadBalancers = {
      '203.0.113.1': {
        service: 'default/web',
        ports: [{ protocol: 'tcp' as const, port: 80, nodePort: 30080 }],
        nodes: ['node-1', 'node-2', 'node-3'],
        isVip: false,
        sourceRanges: [],
      },
    }
    const result = send(world({ loadBalancers }), { internet: true }, 'http://203.0.113.1', 9000)
    expect(result.outcomes).toEqual({ delivered: 9000 })
    expect(chiSquare(spread(result))).toBeLessThan(13.8)
  })

  test('stay with one endpoint under session affinity', () => {
    const result = send(world({ port: { stickySeconds: 60 } }), POD, 'http://web/', 1000)
    expect(spread(result)).toEqual([1000])
  })

  test('fail as often as an endpoint is chosen that does not answer', () => {
    const pods = [...WEB_PODS.slice(0, 2), CLIENT, COREDNS]
    const result = send(world({ pods }), POD, 'http://web/', 9000)
    const lost = result.outcomes['no-route'] ?? 0
    expect(chiSquare([...spread(result), lost])).toBeLessThan(13.8)
    expect(result.failures).toEqual([
      { outcome: 'no-route', says: expect.stringContaining('10.244.2.10') as string, count: lost },
    ])
  })

  test('are rejected where a Service has no endpoints', () => {
    const result = send(world({ services: [{ endpoints: [] }] }), POD, 'http://10.96.10.1', 500)
    expect(result.outcomes).toEqual({ rejected: 500 })
  })

  test('spread evenly over many endpoints', () => {
    const pods = Array.from({ length: 20 }, (_, index) => ({
      name: `web-${String(index).padStart(2, '0')}`,
      nodeName: 'node-2',
      address: `10.244.1.${index + 100}`,
    }))
    const endpoints = pods.map(({ address, nodeName }) => aProxyEndpoint(address, { nodeName }))
    const many = world({ pods: [...pods, CLIENT], services: [{ endpoints }] })
    const result = send(many, POD, 'http://10.96.10.1', 20_000)
    expect(result.endpoints).toHaveLength(20)
    // 19 degrees of freedom
    expect(chiSquare(spread(result))).toBeLessThan(43.8)
  })
})

describe('many requests', () => {
  test('are decided as single ones are: the same chance, the same rules', () => {
    const results = MODES.slice(0, 2).map((mode) =>
      send(
        webWorld({ mode, services: [{ endpoints: webEndpoints(2) }] }),
        POD,
        'http://10.96.10.1',
        4000,
      ),
    )
    for (const result of results) expect(Math.abs(spread(result)[0]! - 2000)).toBeLessThan(150)
  })

  test('that find no name fail all together', () => {
    const result = send(webWorld(), POD, 'http://nowhere/', 100)
    expect(result).toMatchObject({ outcomes: { nxdomain: 100 }, endpoints: [] })
  })

  test('ask a program once for what it says to all of them', () => {
    let asked = 0
    const answer = () => {
      asked++
      return { kind: 'http' as const, status: 503, headers: {}, body: '' }
    }
    const pods = [{ ...WEB_PODS[0]!, answer }, CLIENT, COREDNS]
    const one = webWorld({ pods, services: [{ endpoints: webEndpoints(1) }] })
    const result = send(one, POD, 'http://10.96.10.1', 100_000)
    expect(result.endpoints).toMatchObject([{ status: 503, count: 100_000, share: 1 }])
    expect(asked).toBe(1)
  })

  test('walk the rules only a few times, whatever their number', () => {
    let looked = 0
    const plain = webWorld()
    const counting: World = {
      ...plain,
      node: (name) => plain.node(name),
      podAt: (address) => {
        looked++
        return plain.podAt(address)
      },
    }
    send(counting, POD, 'http://10.96.10.1', 100_000)
    expect(looked).toBeLessThan(200)
  })

  test('to one node keep to its own endpoints under the policy Local', () => {
    const port = { nodePort: 30080, isExternalPolicyLocal: true, endpoints: webEndpoints() }
    const result = send(
      aWorld({ services: [port] }),
      { workstation: true },
      'http://192.168.49.3:30080',
      300,
    )
    expect(result.endpoints.map(({ name }) => name)).toEqual(['default/web-2'])
  })

  test('from a Pod that does not exist are none', () => {
    expect(send(webWorld(), { pod: 'nobody' }, 'http://web/', 5).outcomes).toEqual({
      'no-route': 5,
    })
  })

  test('over UDP stay with their source port', () => {
    const answer = () => ({ kind: 'message' as const, text: 'pong' })
    const pods = [...WEB_PODS.map((pod) => ({ ...pod, answer })), CLIENT]
    const service = {
      name: { namespace: 'default', name: 'web', port: '', protocol: 'UDP' as const },
      protocol: 'UDP' as const,
      endpoints: webEndpoints(),
      clusterIP: ip('10.96.10.1'),
    }
    const result = send(aWorld({ pods, services: [service] }), POD, 'udp://10.96.10.1:80', 3000)
    expect(result.outcomes).toEqual({ delivered: 3000 })
    expect(chiSquare(spread(result))).toBeLessThan(13.8)
  })
})

describe('many requests to a name with several addresses', () => {
  const A = (address: string) => `db.default.svc.cluster.local. A ${address}`
  const named = (given: TestWorld = {}): World =>
    aWorld({
      services: [kubeDns()],
      records: WEB_PODS.map(({ address }) => A(address)),
      isShuffled: true,
      ...given,
    })
  const URL = 'http://db:8080/'

  test('spread as the name server shuffles them', () => {
    const result = send(named(), POD, URL, 9000)
    expect(result.endpoints.map(({ name }) => name)).toEqual([
      'default/web-1',
      'default/web-2',
      'default/web-3',
    ])
    expect(chiSquare(spread(result))).toBeLessThan(13.8)
    expect(result.retried).toBeUndefined()
  })

  test('go to the first one where nobody shuffles', () => {
    const result = send(named({ isShuffled: false }), POD, URL, 100)
    expect(result.endpoints).toMatchObject([{ name: 'default/web-1', count: 100 }])
  })

  test('try the next address where the first one refuses', () => {
    const answer = () => ({ kind: 'refused' as const, listeningOn: [] })
    const pods = [{ ...WEB_PODS[0]!, answer }, ...WEB_PODS.slice(1), CLIENT, COREDNS]
    const result = send(named({ pods }), POD, URL, 9000)
    expect(result.outcomes).toEqual({ delivered: 9000 })
    expect(chiSquare(spread(result))).toBeLessThan(10.8)
    const [retried] = result.retried!
    expect(retried).toMatchObject({ outcome: 'refused' })
    // chance put it first in a third of the answers
    expect(Math.abs(retried!.count - 3000)).toBeLessThan(200)
  })

  test('try the next address where nobody has the first one', () => {
    const pods = [...WEB_PODS.slice(1), CLIENT, COREDNS]
    const result = send(named({ pods, isShuffled: false }), POD, URL, 50)
    expect(result.endpoints).toMatchObject([{ name: 'default/web-2', count: 50 }])
    expect(result.retried).toMatchObject([{ outcome: 'no-route', count: 50 }])
  })

  test('fail where none of them answers', () => {
    const result = send(named({ pods: [CLIENT, COREDNS] }), POD, URL, 30)
    expect(result.outcomes).toEqual({ 'no-route': 30 })
    expect(result.retried!.reduce((sum, { count }) => sum + count, 0)).toBe(60)
  })

  test('are counted at once where no address ever answers', () => {
    let drawn = 0
    const plain = named({ pods: [CLIENT, COREDNS] })
    const random = () => {
      drawn++
      return plain.random()
    }
    const result = send({ ...plain, random }, POD, URL, 30_000)
    expect(result.outcomes).toEqual({ 'no-route': 30_000 })
    expect(chiSquare(result.failures.map(({ count }) => count))).toBeLessThan(13.8)
    expect(result.retried!.reduce((sum, { count }) => sum + count, 0)).toBe(60_000)
    expect(drawn).toBeLessThan(30_100)
  })

  test('are sent to one of them only if they are datagrams, since nobody hears that they are lost', () => {
    const pods = [...WEB_PODS.slice(1), CLIENT, COREDNS]
    const result = send(named({ pods, isShuffled: false }), POD, 'udp://db:8080', 20)
    expect(result.outcomes).toEqual({ 'no-route': 20 })
  })

  test('try only as many addresses as a resolver knows of', () => {
    const records = Array.from({ length: 60 }, (_, index) => A(`10.244.1.${index + 100}`))
    const result = send(named({ pods: [CLIENT, COREDNS], records }), POD, URL, 10)
    expect(result.retried!.reduce((sum, { count }) => sum + count, 0)).toBe(470)
  })
})

test('requests draw the same every time for the same session', () => {
  const records = WEB_PODS.map(({ address }) => `db.default.svc.cluster.local. A ${address}`)
  const results = [1, 2].map(() =>
    send(aWorld({ services: [kubeDns()], records, isShuffled: true }), POD, 'http://db:8080/', 500),
  )
  expect(results[0]).toEqual(results[1])
})
