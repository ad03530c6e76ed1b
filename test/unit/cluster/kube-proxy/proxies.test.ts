import { describe, expect, it } from 'vitest'
import { tablesDocument } from '#network/tables-document.ts'
import { machine, service } from '../../../support/cluster-scripts/builders.ts'
import {
  type Manifest,
  ScriptedCluster,
  type ScriptOptions,
} from '../../../support/scripted-cluster.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

const PROXIES: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube-proxy', namespace: 'kube-system' },
}

const CONFIG: Manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-proxy', namespace: 'kube-system' },
}

/** A Service without a selector leads where a test says. */
const leadTo = (name: string, ...addresses: readonly string[]): Manifest => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
})

const web = (spec: object = {}): Manifest =>
  service('web', '', { selector: null, clusterIP: '10.96.0.77', ...spec })

const NODES = ['node-1', 'node-2', 'node-3']

const textOf = (cluster: ScriptedCluster, node: string): string => {
  // a turn: if the cluster is one that is made again, this one has never been looked at
  cluster.advance(0)
  const tables = cluster.cluster.tablesOf(node)
  return tables === undefined ? 'no Node' : tablesDocument(node, tables, {}).text
}

const syncOf = (cluster: ScriptedCluster, node: string): string | undefined =>
  cluster.cluster.tablesOf(node)?.sync

/** The endpoints of `web` in the order in which the node's tables name them. */
const endpointsAt = (cluster: ScriptedCluster, node: string): readonly string[] =>
  [...textOf(cluster, node).matchAll(/--to-destination (192\.0\.2\.\d+):/g)]
    .map(([, address]) => address!)
    .sort()

const set = (cluster: ScriptedCluster, ...addresses: readonly string[]): void =>
  cluster.merge(leadTo('web'), { endpoints: leadTo('web', ...addresses)['endpoints'] })

const configure = (cluster: ScriptedCluster, text: string): void =>
  cluster.merge(CONFIG, { data: { 'config.conf': `kind: KubeProxyConfiguration\n${text}\n` } })

/** With a Service that leads to 192.0.2.1. */
const newCluster = (options: ScriptOptions): ScriptedCluster => {
  const cluster = new ScriptedCluster(options)
  cluster.advance(MINUTE)
  cluster.create(web())
  cluster.create(leadTo('web', '192.0.2.1'))
  cluster.advance(MINUTE)
  return cluster
}

describe.each([
  ['a cluster', { rebuilt: false }],
  ['a cluster that is made again before every turn', { rebuilt: true }],
])('the proxies of %s', (_, { rebuilt }) => {
  const withAddons = () => newCluster({ rebuilt, settings: { delays: 'instant' } })
  const bare = () => newCluster({ rebuilt, settings: { template: 'bare', delays: 'instant' } })

  it('run on every node and write the Services that there are', () => {
    const cluster = withAddons()
    for (const node of NODES) {
      expect(syncOf(cluster, node)).toBe('synced')
      expect(endpointsAt(cluster, node)).toEqual(['192.0.2.1'])
    }
    set(cluster, '192.0.2.2', '192.0.2.3')
    expect(endpointsAt(cluster, 'node-2')).toEqual(['192.0.2.2', '192.0.2.3'])
    cluster.delete(web())
    expect(endpointsAt(cluster, 'node-2')).toEqual([])
    expect(cluster.idleWrites).toEqual([])
    expect(cluster.faults).toEqual([])
  })

  it('leave the tables as they were when they stop, and catch up when they come back', () => {
    const cluster = withAddons()
    cluster.merge(PROXIES, {
      spec: { template: { spec: { nodeSelector: { proxied: 'yes' } } } },
    })
    cluster.advance(MINUTE)
    expect(NODES.map((node) => syncOf(cluster, node))).toEqual(['stale', 'stale', 'stale'])
    const before = textOf(cluster, 'node-1')
    set(cluster, '192.0.2.2')
    cluster.create(service('late', 'web', { type: 'NodePort' }))
    cluster.advance(MINUTE)
    set(cluster, '192.0.2.3')
    cluster.delete(web())
    expect(textOf(cluster, 'node-1')).toBe(before)
    const node: Manifest = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } }
    cluster.merge(node, { metadata: { labels: { proxied: 'yes' } } })
    cluster.advance(MINUTE)
    expect(syncOf(cluster, 'node-1')).toBe('synced')
    expect(endpointsAt(cluster, 'node-1')).toEqual([])
    expect(textOf(cluster, 'node-1')).toContain('default/late')
    expect(syncOf(cluster, 'node-2')).toBe('stale')
    expect(endpointsAt(cluster, 'node-2')).toEqual(['192.0.2.1'])
    expect(cluster.idleWrites).toEqual([])
    expect(cluster.faults).toEqual([])
  })

  it('forget nothing of what each of them knew when they stopped one after the other', () => {
    const cluster = bare()
    for (const [index, name] of NODES.entries()) {
      cluster.merge(machine(name), { spec: { network: 'Cut' } })
      set(cluster, `192.0.2.${index + 2}`)
    }
    expect(NODES.map((node) => endpointsAt(cluster, node))).toEqual([
      ['192.0.2.1'],
      ['192.0.2.2'],
      ['192.0.2.3'],
    ])
    cluster.merge(machine('node-1'), { spec: { network: 'Connected' } })
    cluster.merge(machine('node-3'), { spec: { network: 'Connected' } })
    expect(NODES.map((node) => endpointsAt(cluster, node))).toEqual([
      ['192.0.2.4'],
      ['192.0.2.2'],
      ['192.0.2.4'],
    ])
    cluster.merge(machine('node-2'), { spec: { network: 'Connected' } })
    expect(endpointsAt(cluster, 'node-2')).toEqual(['192.0.2.4'])
    expect(memoryOf(cluster)).toEqual([])
    expect(cluster.idleWrites).toEqual([])
  })

  it('lose their tables with the power of their machine', () => {
    const cluster = bare()
    cluster.merge(machine('node-1'), { spec: { power: 'Off' } })
    expect(syncOf(cluster, 'node-1')).toBe('none')
    expect(cluster.cluster.tablesOf('node-1')!.ruleset.size).toBe(0)
    set(cluster, '192.0.2.2')
    cluster.merge(machine('node-1'), { spec: { power: 'On' } })
    cluster.advance(MINUTE)
    expect(endpointsAt(cluster, 'node-1')).toEqual(['192.0.2.2'])
    expect(cluster.idleWrites).toEqual([])
  })

  it('go with their Node, and are told nothing by a Node that was never there', () => {
    const cluster = bare()
    cluster.delete({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-2' } })
    cluster.delete(machine('node-2'))
    expect(textOf(cluster, 'node-2')).toBe('no Node')
    expect(textOf(cluster, 'node-99')).toBe('no Node')
    expect(memoryOf(cluster)).toEqual([])
  })

  it('start anew in the mode that their ConfigMap says, but for those that do not run', () => {
    const cluster = withAddons()
    const iptables = textOf(cluster, 'node-3')
    cluster.merge(machine('node-3'), { spec: { network: 'Cut' } })
    configure(cluster, 'mode: nftables')
    expect(cluster.cluster.tablesOf('node-1')!.mode).toBe('nftables')
    expect(textOf(cluster, 'node-1')).toContain('table ip kube-proxy {')
    expect(cluster.cluster.tablesOf('node-3')!.mode).toBe('iptables')
    expect(textOf(cluster, 'node-3')).toBe(iptables)
    cluster.merge(machine('node-3'), { spec: { network: 'Connected' } })
    cluster.advance(MINUTE)
    expect(cluster.cluster.tablesOf('node-3')!.mode).toBe('nftables')
    expect(cluster.idleWrites).toEqual([])
  })

  it('do not start with a ConfigMap that they cannot use: what they wrote before stays', () => {
    const cluster = withAddons()
    configure(cluster, 'mode: nftables')
    const before = textOf(cluster, 'node-1')
    configure(cluster, 'mode: userspace')
    const { sync, mode, problem } = cluster.cluster.tablesOf('node-1')!
    expect({ sync, mode, problem }).toEqual({
      sync: 'stale',
      mode: 'nftables',
      problem:
        'failed validate: KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "userspace": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])',
    })
    set(cluster, '192.0.2.9')
    expect(textOf(cluster, 'node-1')).toBe(before)
    configure(cluster, 'mode: iptables')
    expect(endpointsAt(cluster, 'node-1')).toEqual(['192.0.2.9'])
    expect(cluster.cluster.tablesOf('node-1')!.problem).toBeUndefined()
    expect(cluster.idleWrites).toEqual([])
  })

  it('have what changed after the delay, with all that changed meanwhile', () => {
    const cluster = newCluster({ rebuilt, settings: { delays: 'real' } })
    set(cluster, '192.0.2.2')
    expect(endpointsAt(cluster, 'node-1')).toEqual(['192.0.2.1'])
    cluster.advance(600)
    set(cluster, '192.0.2.3')
    cluster.create(service('late', 'web'))
    expect(endpointsAt(cluster, 'node-1')).toEqual(['192.0.2.1'])
    cluster.advance(399)
    expect(endpointsAt(cluster, 'node-1')).toEqual(['192.0.2.1'])
    cluster.advance(1)
    expect(endpointsAt(cluster, 'node-1')).toEqual(['192.0.2.3'])
    expect(textOf(cluster, 'node-1')).toContain('default/late')
    expect(memoryOf(cluster)).toEqual(NODES.map((node) => `kube-proxy/condition/${node}`))
    expect(cluster.idleWrites).toEqual([])
  })

  it('have what changed at once where nothing takes time', () => {
    const cluster = bare()
    set(cluster, '192.0.2.2')
    expect(endpointsAt(cluster, 'node-1')).toEqual(['192.0.2.2'])
    expect(memoryOf(cluster)).toEqual([])
  })

  it('that stop during the delay know no more than what they had written', () => {
    const cluster = newCluster({ rebuilt, settings: { delays: 'real' } })
    set(cluster, '192.0.2.2')
    cluster.advance(500)
    cluster.merge(machine('node-1'), { spec: { network: 'Cut' } })
    cluster.advance(600)
    expect(endpointsAt(cluster, 'node-2')).toEqual(['192.0.2.2'])
    expect(endpointsAt(cluster, 'node-1')).toEqual(['192.0.2.1'])
    cluster.delete(leadTo('web'))
    cluster.advance(2 * SECOND)
    expect(endpointsAt(cluster, 'node-2')).toEqual([])
    expect(endpointsAt(cluster, 'node-1')).toEqual(['192.0.2.1'])
    expect(cluster.idleWrites).toEqual([])
  })
})

const memoryOf = (cluster: ScriptedCluster): readonly string[] =>
  cluster.cluster
    .state()
    .memory.map(([key]) => key)
    .filter((key) => key.startsWith('kube-proxy/'))
