import { describe, expect, it } from 'vitest'
import type { Service } from '#api/core/v1/service/types.ts'
import type { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { service } from '../../../support/cluster-scripts/builders.ts'
import { aPod, create, get, ipOf, liveCluster } from './live-cluster.ts'

const balanced = (spec: object = {}): ScriptedCluster => {
  const cluster = liveCluster()
  create(
    cluster,
    aPod('web', { image: 'nginx' }, { nodeName: 'node-3' }),
    service('web', 'web', { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec }),
  )
  return cluster
}

const serviceOf = (cluster: ScriptedCluster): Service =>
  cluster.get('/api/v1/namespaces/default/services/web') as Service

const balancerOf = (cluster: ScriptedCluster) => {
  const ip = serviceOf(cluster).status.loadBalancer.ingress![0]!.ip!
  return cluster.cluster.world().loadBalancerAt(ipOf(ip))
}

const machine = (cluster: ScriptedCluster, name: string, spec: object): void =>
  cluster.merge({ apiVersion: 'kubarium.dev/v1', kind: 'Machine', metadata: { name } }, { spec })

describe('a load balancer', () => {
  it('sends to the node ports of all nodes but the control plane', () => {
    const cluster = balanced()
    const [{ nodePort } = {}] = serviceOf(cluster).spec.ports!
    expect(balancerOf(cluster)).toEqual({
      service: 'default/web',
      ports: [{ protocol: 'tcp', port: 80, nodePort }],
      nodes: ['node-2', 'node-3'],
      isVip: false,
      sourceRanges: [],
    })
  })

  it('is found under its address alone', () => {
    const world = balanced().cluster.world()
    expect(world.loadBalancerAt(ipOf('203.0.113.77'))).toBeUndefined()
  })

  it('leaves out nodes that have no power, no cable or no readiness', () => {
    const cluster = balanced()
    machine(cluster, 'node-2', { power: 'Off' })
    expect(balancerOf(cluster)!.nodes).toEqual(['node-3'])
    machine(cluster, 'node-3', { network: 'Cut' })
    expect(balancerOf(cluster)!.nodes).toEqual([])
    machine(cluster, 'node-2', { power: 'On' })
    cluster.advance(10_000)
    expect(balancerOf(cluster)!.nodes).toEqual(['node-2'])
  })

  it('leaves out nodes without endpoints with the policy Local', () => {
    const cluster = balanced({ externalTrafficPolicy: 'Local' })
    expect(balancerOf(cluster)!.nodes).toEqual(['node-3'])
  })

  it('knows who may send', () => {
    const cluster = balanced({ loadBalancerSourceRanges: ['203.0.113.0/24', ' 10.0.0.0/8 '] })
    expect(balancerOf(cluster)!.sourceRanges.map(({ prefix }) => prefix)).toEqual([24, 8])
  })

  it('is gone with its Service', () => {
    const cluster = balanced()
    const ip = serviceOf(cluster).status.loadBalancer.ingress![0]!.ip!
    expect(balancerOf(cluster)).toBeDefined()
    cluster.delete(service('web', 'web'))
    cluster.advance(10_000)
    expect(cluster.cluster.world().loadBalancerAt(ipOf(ip))).toBeUndefined()
  })
})

describe('a health check node port', () => {
  const health = (cluster: ScriptedCluster, name: string) => {
    const world = cluster.cluster.world()
    const node = world.node(name)!
    const port = serviceOf(cluster).spec.healthCheckNodePort!
    return world.askNode(node, node.ips[0]!, get(port, '/healthz'))
  }

  it('says how many endpoints the node has', () => {
    const cluster = balanced({ externalTrafficPolicy: 'Local' })
    expect(health(cluster, 'node-3')).toEqual({
      kind: 'http',
      status: 200,
      headers: {
        'Content-Type': 'application/json',
        'X-Content-Type-Options': 'nosniff',
        'X-Load-Balancing-Endpoint-Weight': '1',
      },
      body: '{\n\t"service": {\n\t\t"namespace": "default",\n\t\t"name": "web"\n\t},\n\t"localEndpoints": 1,\n\t"serviceProxyHealthy": true\n}',
    })
    expect(health(cluster, 'node-2')).toMatchObject({ status: 503 })
  })

  it('follows the endpoints', () => {
    const cluster = balanced({ externalTrafficPolicy: 'Local' })
    expect(health(cluster, 'node-2')).toMatchObject({ status: 503 })
    create(cluster, {
      ...aPod('more', { image: 'nginx' }, { nodeName: 'node-2' }),
      metadata: { name: 'more', namespace: 'default', labels: { app: 'web' } },
    })
    expect(health(cluster, 'node-2')).toMatchObject({ status: 200 })
  })

  it('is closed where no proxy runs', () => {
    const cluster = balanced({ externalTrafficPolicy: 'Local' })
    const port = serviceOf(cluster).spec.healthCheckNodePort!
    cluster.request('DELETE', '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy')
    cluster.advance(120_000)
    const world = cluster.cluster.world()
    const node = world.node('node-3')!
    expect(world.askNode(node, node.ips[0]!, get(port))).toMatchObject({ kind: 'refused' })
  })
})
