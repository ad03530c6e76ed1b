import { describe, expect, it } from 'vitest'
import { aPod, ask, create, get, ipOf, liveCluster, podNamed } from './live-cluster.ts'

describe('a Pod', () => {
  it('answers where its program listens', () => {
    const cluster = liveCluster()
    create(cluster, aPod('web', { image: 'nginx' }))
    const world = cluster.cluster.world()
    expect(ask(world, 'web', get(80))).toMatchObject({ kind: 'http', status: 200 })
    expect(ask(world, 'web', get(80, '/none'))).toMatchObject({ kind: 'http', status: 404 })
  })

  it('refuses other ports and says where it listens', () => {
    const cluster = liveCluster()
    create(cluster, aPod('web', { image: 'nginx', ports: [{ containerPort: 8080 }] }))
    expect(ask(cluster.cluster.world(), 'web', get(8080))).toEqual({
      kind: 'refused',
      listeningOn: [{ address: '*', port: 80, protocol: 'tcp' }],
    })
  })

  it('tells TCP from UDP', () => {
    const cluster = liveCluster()
    create(cluster, aPod('dns', { image: 'busybox', command: ['nc', '-lu', '-p', '53'] }))
    const world = cluster.cluster.world()
    const question = { port: 53, client: '10.244.9.9:40000' } as const
    expect(ask(world, 'dns', { ...question, protocol: 'udp' })).toMatchObject({ kind: 'message' })
    expect(ask(world, 'dns', { ...question, protocol: 'tcp' })).toMatchObject({ kind: 'refused' })
  })

  it('answers on 127.0.0.1 only to itself', () => {
    const cluster = liveCluster()
    const command = ['python3', '-m', 'http.server', '8000', '--bind', '127.0.0.1']
    create(cluster, aPod('shy', { image: 'python', command }))
    const world = cluster.cluster.world()
    expect(ask(world, 'shy', get(8000))).toEqual({
      kind: 'refused',
      listeningOn: [{ address: '127.0.0.1', port: 8000, protocol: 'tcp' }],
    })
    expect(ask(world, 'shy', get(8000, '/', '127.0.0.1:40000'))).toMatchObject({ status: 200 })
  })

  it('listens on nothing before it starts and after it ended', () => {
    const cluster = liveCluster({ delays: 'real' })
    cluster.create(aPod('web', { image: 'nginx' }))
    cluster.advance(2000)
    expect(ask(cluster.cluster.world(), 'web', get(80))).toEqual({
      kind: 'refused',
      listeningOn: [],
    })
    cluster.advance(20_000)
    expect(ask(cluster.cluster.world(), 'web', get(80))).toMatchObject({ status: 200 })
    cluster.delete(podNamed(cluster, 'web') as never)
    cluster.advance(20_000)
    expect(cluster.cluster.world().pod('default', 'web')).toBeUndefined()
  })

  it('does not answer while its program starts', () => {
    const cluster = liveCluster()
    const command = ['sh', '-c', 'sleep 10; httpd -f -p 8080']
    cluster.create(aPod('slow', { image: 'busybox', command }))
    cluster.advance(5000)
    expect(ask(cluster.cluster.world(), 'slow', get(8080))).toMatchObject({ kind: 'refused' })
    cluster.advance(10_000)
    expect(ask(cluster.cluster.world(), 'slow', get(8080))).toMatchObject({ status: 200 })
  })

  it('answers although it is not ready', () => {
    const cluster = liveCluster()
    const readinessProbe = { httpGet: { path: '/none', port: 80 } }
    create(cluster, aPod('web', { image: 'nginx', readinessProbe }))
    expect(podNamed(cluster, 'web').status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False' }),
    )
    expect(ask(cluster.cluster.world(), 'web', get(80))).toMatchObject({ status: 200 })
  })

  it('uses the environment that it was started with', () => {
    const cluster = liveCluster()
    const image = 'bootdotdev/synergychat-web:latest'
    create(cluster, aPod('web', { image, env: [{ name: 'WEB_PORT', value: '9090' }] }))
    expect(ask(cluster.cluster.world(), 'web', get(9090))).toMatchObject({ kind: 'http' })
  })

  it('is silent on a machine without power', () => {
    const cluster = liveCluster()
    create(cluster, aPod('web', { image: 'nginx' }, { nodeName: 'node-2' }))
    cluster.merge(
      { apiVersion: 'kubarium.dev/v1', kind: 'Machine', metadata: { name: 'node-2' } },
      { spec: { power: 'Off' } },
    )
    const world = cluster.cluster.world()
    expect(world.node('node-2')!.isOn).toBe(false)
    expect(world.pod('default', 'web')!.hasNetwork).toBe(false)
    expect(ask(world, 'web', get(80))).toEqual({ kind: 'refused', listeningOn: [] })
  })

  it('serves every declared port in a bare cluster', () => {
    const cluster = liveCluster({ template: 'bare' })
    const ports = [{ containerPort: 1234 }, { containerPort: 53, protocol: 'UDP' }]
    create(cluster, aPod('any', { image: 'private.example/app', ports }))
    const world = cluster.cluster.world()
    expect(ask(world, 'any', get(1234))).toMatchObject({ status: 200, body: 'any\n' })
    expect(
      ask(world, 'any', { protocol: 'udp', port: 53, client: '10.0.0.1:1', message: 'hello' }),
    ).toEqual({ kind: 'message', text: 'hello' })
    expect(ask(world, 'any', get(80))).toMatchObject({ kind: 'refused' })
  })
})

describe('a node', () => {
  const secure = (port: number, path: string) => {
    const exchange = get(port, path)
    return { ...exchange, http: { ...exchange.http!, isTls: true } }
  }

  it('runs the API server if it is the control plane, and a kubelet in any case', () => {
    const world = liveCluster().cluster.world()
    const [first, second] = [world.node('node-1')!, world.node('node-2')!]
    expect(world.askNode(first, first.ips[0]!, secure(8443, '/healthz'))).toMatchObject({
      status: 200,
      body: 'ok',
    })
    expect(world.askNode(first, first.ips[0]!, secure(8443, '/api'))).toMatchObject({ status: 403 })
    expect(world.askNode(second, second.ips[0]!, secure(8443, '/'))).toMatchObject({
      kind: 'refused',
    })
    expect(world.askNode(second, second.ips[0]!, secure(10250, '/'))).toMatchObject({ status: 401 })
  })

  it('answers plain HTTP on a port for TLS as Go does', () => {
    const world = liveCluster().cluster.world()
    const node = world.node('node-1')!
    expect(world.askNode(node, node.ips[0]!, get(8443))).toMatchObject({
      status: 400,
      body: 'Client sent an HTTP request to an HTTPS server.\n',
    })
  })

  it('has the ports of Pods on its network', () => {
    const cluster = liveCluster()
    const spec = { hostNetwork: true, nodeName: 'node-3' }
    create(cluster, aPod('host', { image: 'nginx' }, spec))
    const world = cluster.cluster.world()
    const [other, node] = [world.node('node-2')!, world.node('node-3')!]
    expect(world.askNode(node, node.ips[0]!, get(80))).toMatchObject({ status: 200 })
    expect(world.askNode(other, other.ips[0]!, get(80))).toMatchObject({ kind: 'refused' })
    expect(world.podAt(node.ips[0]!)).toBeUndefined()
  })

  it('lets only itself reach what listens on 127.0.0.1', () => {
    const cluster = liveCluster()
    const command = ['httpd', '-f', '-p', '127.0.0.1:8080']
    const spec = { hostNetwork: true, nodeName: 'node-3' }
    create(cluster, aPod('host', { image: 'busybox', command }, spec))
    const world = cluster.cluster.world()
    const node = world.node('node-3')!
    expect(world.askNode(node, node.ips[0]!, get(8080))).toMatchObject({ kind: 'refused' })
    expect(world.askNode(node, ipOf('127.0.0.1'), get(8080))).toMatchObject({ status: 200 })
  })
})
