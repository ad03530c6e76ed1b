import { describe, expect, it } from 'vitest'
import type { ResourceName, ResourceTypes } from '#api/resource-types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { Cluster } from '#cluster.ts'
import { type SettingsRequest, settingsOf } from '#settings.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const newCluster = (request: SettingsRequest): Cluster => {
  const cluster = new Cluster({ seed: 1, settings: settingsOf(request), createdAt: START })
  cluster.advance(START + 60_000)
  return cluster
}
const inSystem = <R extends ResourceName>(
  cluster: Cluster,
  resource: R,
): readonly ResourceTypes[R][] =>
  cluster
    .objects(resource)
    .filter(
      ({ metadata }) => metadata.namespace === 'kube-system',
    ) as unknown as readonly ResourceTypes[R][]

const named = <T extends KubeObject>(objects: readonly T[], name: string): T | undefined =>
  objects.find(({ metadata }) => metadata.name === name)

describe('a new cluster', () => {
  const cluster = newCluster({})
  it('runs two name servers on two nodes behind 10.96.0.10', () => {
    const deployment = named(inSystem(cluster, 'deployments.apps'), 'coredns')
    expect(deployment).toMatchObject({
      metadata: { name: 'coredns' },
      status: { readyReplicas: 2 },
    })
    const pods = inSystem(cluster, 'pods').filter(
      ({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns',
    )
    expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(2)
    expect(named(inSystem(cluster, 'services'), 'kube-dns')).toMatchObject({
      spec: { clusterIP: '10.96.0.10' },
    })
    const slice = inSystem(cluster, 'endpointslices.discovery.k8s.io').find(({ metadata }) =>
      metadata.name!.startsWith('kube-dns-'),
    )
    expect(slice!.endpoints!.map(({ conditions }) => conditions.ready)).toEqual([true, true])
    expect(slice!.ports!.map(({ port }) => port).sort()).toEqual([53, 53, 9153])
  })

  it('runs a metrics server, and the API server knows it', () => {
    expect(named(inSystem(cluster, 'deployments.apps'), 'metrics-server')).toMatchObject({
      status: { readyReplicas: 1 },
    })
    const services = cluster.objects('apiservices.apiregistration.k8s.io')
    expect(named(services, 'v1beta1.metrics.k8s.io')).toMatchObject({
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Passed' }] },
    })
  })

  it('runs a proxy on every node, on its network', () => {
    const [daemonSet] = inSystem(cluster, 'daemonsets.apps')
    expect(daemonSet).toMatchObject({
      metadata: { name: 'kube-proxy' },
      status: { numberReady: 3, desiredNumberScheduled: 3 },
    })
    const proxies = inSystem(cluster, 'pods').filter(({ metadata }) =>
      metadata.name!.startsWith('kube-proxy-'),
    )
    expect(proxies.map(({ status }) => status.podIP === status.hostIP)).toEqual([true, true, true])
  })

  it('gives both the rights that they need', () => {
    const names = (resource: string) =>
      cluster.objects(resource).map(({ metadata }) => metadata.name)
    expect(names('clusterroles.rbac.authorization.k8s.io')).toEqual(
      expect.arrayContaining(['system:coredns', 'system:node-proxier']),
    )
    expect(names('clusterrolebindings.rbac.authorization.k8s.io')).toEqual(
      expect.arrayContaining(['system:coredns', 'kubeadm:node-proxier']),
    )
    expect(names('serviceaccounts')).toEqual(expect.arrayContaining(['coredns', 'kube-proxy']))
  })

  it('has no component that failed', () => {
    expect(cluster.faults).toEqual([])
  })
})

describe("the proxies' settings", () => {
  it.each([
    ['iptables', ''],
    ['nftables', 'nftables'],
    ['ipvs', 'ipvs'],
  ] as const)('of %s say mode %j', (proxyMode, mode) => {
    const config = inSystem(newCluster({ proxyMode }), 'configmaps').find(
      ({ metadata }) => metadata.name === 'kube-proxy',
    )
    expect(parseYaml(config!.data!['config.conf']!).value).toMatchObject({
      kind: 'KubeProxyConfiguration',
      clusterCIDR: '10.244.0.0/16',
      mode,
    })
  })
})

describe("the session's own delays", () => {
  it.each([
    [undefined, 30],
    [5, 5],
    [0, 0],
  ])('with a DNS TTL of %s the records live %i seconds', (dnsTTL, seconds) => {
    const config = inSystem(newCluster({ dnsTTL }), 'configmaps').find(
      ({ metadata }) => metadata.name === 'coredns',
    )
    expect(config!.data!['Corefile']).toContain(`\n       ttl ${seconds}\n`)
  })

  it('take the place of those of the preset', () => {
    expect(settingsOf({ delays: 'real' }).delays.proxySync).toBe(1000)
    expect(settingsOf({ delays: 'real', proxySync: 5000 }).delays.proxySync).toBe(5000)
    expect(settingsOf({ template: 'bare' }).delays.proxySync).toBe(0)
    expect(settingsOf({ template: 'bare', proxySync: 5000 }).delays.proxySync).toBe(5000)
  })
})

describe('a bare cluster', () => {
  it('has nothing of that', () => {
    const cluster = newCluster({ template: 'bare' })
    for (const resource of ['services', 'pods', 'deployments.apps', 'daemonsets.apps'] as const)
      expect(inSystem(cluster, resource)).toEqual([])
  })
})
