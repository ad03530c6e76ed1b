import { describe, expect, it } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import type { Trace } from '#network/trace.ts'
import { service, shell } from '../../../support/cluster-scripts/builders.ts'
import type { Manifest, ScriptedCluster } from '../../../support/scripted-cluster.ts'
import type { SettingsRequest } from '#settings.ts'
import { aPod, create, liveCluster, manifest } from './live-cluster.ts'

const CLUSTER_IP = '10.96.0.77'

const server = (name: string): Manifest => {
  const pod = aPod(name, {
    image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
    args: ['netexec', '--udp-port=8081'],
  })
  return { ...pod, metadata: { ...pod.metadata, labels: { app: 'udp' } } }
}

const SERVICE = service('udp', 'udp', {
  clusterIP: CLUSTER_IP,
  type: 'NodePort',
  ports: [{ protocol: 'UDP', port: 80, targetPort: 8081, nodePort: 30053 }],
})

const clusterWith = (settings: SettingsRequest, ...names: readonly string[]): ScriptedCluster => {
  const cluster = liveCluster(settings)
  create(
    cluster,
    aPod('client', shell('sleep 100000'), { nodeName: 'node-2' }),
    SERVICE,
    ...names.map(server),
  )
  return cluster
}

const ask = (cluster: ScriptedCluster, to = `udp://${CLUSTER_IP}:80`): Trace => {
  const from = to.includes(CLUSTER_IP) ? { pod: 'client' } : { workstation: true }
  const request = readTraceRequest({ from, to, body: 'hostname', sourcePort: 40_000 })
  if ('problem' in request) throw new Error(request.problem)
  return cluster.cluster.trace(request)
}

const serverOf = (trace: Trace): string =>
  trace.reply?.from.replace('default/', '') ?? trace.outcome

const remove = (cluster: ScriptedCluster, name: string): void =>
  cluster.delete(server(name), { gracePeriodSeconds: 0 })

const other = (name: string): string => (name === 'a' ? 'b' : 'a')

describe.each(['iptables', 'nftables', 'ipvs'] as const)('UDP conversations in mode %s', (mode) => {
  const start = (...names: readonly string[]) =>
    clusterWith({ delays: 'instant', proxyMode: mode }, ...names)

  it('stay with their endpoint as long as it serves', () => {
    const cluster = start('a', 'b')
    const first = serverOf(ask(cluster))
    for (let times = 0; times < 8; times++) expect(serverOf(ask(cluster))).toBe(first)
  })

  it('go to another endpoint when theirs is gone, for the proxy makes the kernel forget them', () => {
    const cluster = start('a', 'b')
    const first = serverOf(ask(cluster))
    remove(cluster, first)
    cluster.advance(100)
    expect(serverOf(ask(cluster))).toBe(other(first))
  })

  it('do so from outside as well', () => {
    const cluster = start('a', 'b')
    const URL = 'udp://192.168.49.2:30053'
    const first = serverOf(ask(cluster, URL))
    remove(cluster, first)
    cluster.advance(100)
    expect(serverOf(ask(cluster, URL))).toBe(other(first))
  })

  it('lead to the endpoint that is gone where the Service has no other, until the first one comes', () => {
    const cluster = start('a')
    ask(cluster)
    remove(cluster, 'a')
    cluster.advance(100)
    expect(serverOf(ask(cluster))).toBe('no-route')
    create(cluster, server('b'))
    expect(serverOf(ask(cluster))).toBe('b')
  })
})

describe('UDP conversations', () => {
  const lively = () => clusterWith({ delays: 'real' }, 'a', 'b')

  it('go on to an endpoint that is gone until the proxy has written its tables', () => {
    const cluster = lively()
    const first = serverOf(ask(cluster))
    remove(cluster, first)
    cluster.advance(900)
    expect(serverOf(ask(cluster))).toBe('no-route')
    cluster.advance(200)
    expect(serverOf(ask(cluster))).toBe(other(first))
  })

  it('go on on a node whose proxy does not run, until it does again', () => {
    const cluster = clusterWith({ delays: 'instant' }, 'a', 'b')
    const proxies = manifest('DaemonSet', 'kube-proxy', {}, 'apps/v1', 'kube-system')
    const run = (nodeSelector: object | null) =>
      cluster.merge(proxies, { spec: { template: { spec: { nodeSelector } } } })
    const first = serverOf(ask(cluster))
    run({ none: 'such' })
    cluster.advance(5000)
    remove(cluster, first)
    cluster.advance(5000)
    expect(serverOf(ask(cluster))).toBe('no-route')
    run({ none: null })
    cluster.advance(20_000)
    expect(serverOf(ask(cluster))).toBe(other(first))
  })

  it('are none of the concern of a Service that has TCP ports only', () => {
    const cluster = clusterWith({ delays: 'instant' }, 'a', 'b')
    const first = serverOf(ask(cluster))
    cluster.create(service('tcp', 'udp'))
    cluster.advance(100)
    expect(serverOf(ask(cluster))).toBe(first)
  })
})
