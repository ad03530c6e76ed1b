import { describe, expect, it } from 'vitest'
import { formatIp } from '#net/ip.ts'
import type { Connection } from '#netfilter/connection.ts'
import type { TraceRequest } from '#network/trace.ts'
import type { ClusterWorld } from '#world/world.ts'
import type { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { service } from '../../../support/cluster-scripts/builders.ts'
import { aPod, create, ipOf, liveCluster, podNamed } from './live-cluster.ts'

const sleeper = (name: string, spec: object = {}) =>
  aPod(name, { image: 'busybox', command: ['sleep', '1d'] }, spec)

const toApi = (from: TraceRequest['from']): TraceRequest => ({
  from,
  to: { scheme: 'https', host: '10.96.0.1', port: 443, path: '/version' },
  method: 'GET',
  headers: {},
  body: '',
})

const connectionsOf = (world: ClusterWorld, node: string): readonly Connection[] =>
  world.node(node)!.connections.list(world.now)

describe('addresses', () => {
  it('are found while Pods come and go', () => {
    const cluster = liveCluster()
    const world = () => cluster.cluster.world()
    expect(world().podAt(ipOf('10.244.9.9'))).toBeUndefined()
    create(cluster, sleeper('a', { nodeName: 'node-2' }))
    const ip = podNamed(cluster, 'a').status.podIP!
    expect(world().podAt(ipOf(ip))).toMatchObject({
      namespace: 'default',
      name: 'a',
      nodeName: 'node-2',
      hasNetwork: true,
      isHostNetwork: false,
    })
    cluster.delete(podNamed(cluster, 'a') as never)
    cluster.advance(60_000)
    expect(world().podAt(ipOf(ip))).toBeUndefined()
  })

  it('of Pods that are over lead nowhere', () => {
    const cluster = liveCluster()
    create(
      cluster,
      aPod('done', { image: 'busybox', command: ['true'] }, { restartPolicy: 'Never' }),
    )
    const { podIP, phase } = podNamed(cluster, 'done').status
    expect(phase).toBe('Succeeded')
    expect(cluster.cluster.world().podAt(ipOf(podIP!))?.hasNetwork).toBe(false)
  })

  it('of nodes are those of their machines', () => {
    const world = liveCluster().cluster.world()
    expect(world.nodes().map(({ name, ips }) => [name, ...ips.map(formatIp)])).toEqual([
      ['node-1', '192.168.49.2'],
      ['node-2', '192.168.49.3'],
      ['node-3', '192.168.49.4'],
    ])
    expect(world.nodeAt(ipOf('192.168.49.3'))?.name).toBe('node-2')
    expect(world.nodeAt(ipOf('192.168.49.99'))).toBeUndefined()
  })
})

describe('a Pod', () => {
  it('resolves names as its policy says', () => {
    const cluster = liveCluster()
    create(
      cluster,
      sleeper('a', { hostAliases: [{ ip: '10.1.2.3', hostnames: ['old', 'older'] }] }),
    )
    const { resolver } = cluster.cluster.world().pod('default', 'a')!
    expect(resolver.nameservers).toEqual(['10.96.0.10'])
    expect(resolver.searches).toEqual([
      'default.svc.cluster.local',
      'svc.cluster.local',
      'cluster.local',
    ])
    expect(resolver.ndots).toBe(5)
    expect(resolver.hosts.get('older')).toBe('10.1.2.3')
    expect(resolver.hosts.get('a')).toBe(podNamed(cluster, 'a').status.podIP)
  })

  it('has the ports of its node that it asks for', () => {
    const cluster = liveCluster()
    const ports = [
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 53, protocol: 'UDP' },
    ]
    create(cluster, aPod('web', { image: 'nginx', ports }, { nodeName: 'node-2' }))
    const world = cluster.cluster.world()
    expect(
      world.podsWithHostPorts('node-2').map(({ name, hostPorts }) => [name, hostPorts]),
    ).toEqual([
      ['web', [{ protocol: 'tcp', hostPort: 8080, hostIP: undefined, containerPort: 80 }]],
    ])
    expect(world.podsWithHostPorts('node-3')).toEqual([])
  })
})

describe('names', () => {
  const coreDns = (world: ClusterWorld, cluster: ScriptedCluster) => {
    const pods = cluster.list('/api/v1/namespaces/kube-system/pods')
    const pod = pods.find(({ metadata }) => metadata.name!.startsWith('coredns-'))!
    return world.pod('kube-system', pod.metadata.name!)!
  }

  it('are answered by Pods of CoreDNS', () => {
    const cluster = liveCluster()
    create(cluster, service('web', 'web'))
    const world = cluster.cluster.world()
    const answer = world.dnsAnswer(coreDns(world, cluster), {
      name: 'web.default.svc.cluster.local.',
      type: 'A',
    })
    const { clusterIP } = (
      cluster.get('/api/v1/namespaces/default/services/web') as { spec: { clusterIP: string } }
    ).spec
    expect(answer).toMatchObject({ rcode: 'NOERROR', answer: [{ type: 'A', address: clusterIP }] })
  })

  it('are answered by no other Pod', () => {
    const cluster = liveCluster()
    create(cluster, sleeper('a'))
    const world = cluster.cluster.world()
    const question = { name: 'a.', type: 'A' } as const
    expect(world.dnsAnswer(world.pod('default', 'a')!, question)).toBeUndefined()
  })

  it('of the internet are passed on', () => {
    const cluster = liveCluster()
    const world = cluster.cluster.world()
    const question = { name: 'example.com.', type: 'A' } as const
    const [record] = world.dnsAnswer(coreDns(world, cluster), question)!.answer
    expect(record).toMatchObject({ type: 'A' })
    expect(world.internet.resolve(question).answer[0]).toMatchObject({
      address: (record as { address: string }).address,
    })
  })
})

describe('a trace', () => {
  it('leaves its connections on the nodes', () => {
    const cluster = liveCluster()
    create(cluster, sleeper('a', { nodeName: 'node-2' }))
    const request = toApi({ pod: { namespace: 'default', name: 'a' } })
    expect(cluster.cluster.trace(request).outcome).toBe('delivered')
    const world = cluster.cluster.world()
    expect(connectionsOf(world, 'node-2').length).toBeGreaterThan(0)
    expect(connectionsOf(world, 'node-3')).toEqual([])
    expect(cluster.cluster.takeChanges().memory.map(([key]) => key)).toContain(
      'network/connections/node-2',
    )
  })

  it('changes nothing else', () => {
    const cluster = liveCluster()
    const { revision } = cluster.cluster
    cluster.cluster.takeChanges()
    cluster.cluster.trace(toApi({ node: 'node-1' }))
    const changes = cluster.cluster.takeChanges()
    expect(cluster.cluster.revision).toBe(revision)
    expect(changes.revisions).toEqual([])
    expect(changes.memory.every(([key]) => key.startsWith('network/connections/'))).toBe(true)
  })

  it('of who only looks changes nothing at all, and goes as the next one would', () => {
    const cluster = liveCluster()
    cluster.cluster.takeChanges()
    const looked = cluster.cluster.trace(toApi({ node: 'node-1' }), true)
    const before = cluster.cluster.takeChanges()
    expect(before.memory).toEqual([])
    expect(cluster.cluster.trace(toApi({ node: 'node-1' }), true)).toEqual(looked)
    expect(cluster.cluster.takeChanges().randomPosition).toBe(before.randomPosition)
    expect(cluster.cluster.trace(toApi({ node: 'node-1' }))).toEqual(looked)
  })

  it('is forgotten by a machine without power', () => {
    const cluster = liveCluster()
    cluster.cluster.trace(toApi({ node: 'node-1' }))
    expect(connectionsOf(cluster.cluster.world(), 'node-1').length).toBeGreaterThan(0)
    const machine = { apiVersion: 'kubarium.dev/v1', kind: 'Machine', metadata: { name: 'node-1' } }
    cluster.merge(machine, { spec: { power: 'Off' } })
    cluster.merge(machine, { spec: { power: 'On' } })
    expect(connectionsOf(cluster.cluster.world(), 'node-1')).toEqual([])
  })

  it('keeps a bounded number of connections', () => {
    const cluster = liveCluster()
    for (let count = 0; count < 300; count++) cluster.cluster.trace(toApi({ node: 'node-1' }))
    cluster.cluster.takeChanges()
    const world = cluster.cluster.world()
    expect(connectionsOf(world, 'node-1').length).toBe(200)
  })
})
