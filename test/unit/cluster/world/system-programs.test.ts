import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { ClusterMemory } from '#cluster-memory.ts'
import { ContainerDisks } from '#kubelet/container-disk.ts'
import type { Attempt } from '#diagnosis/context.ts'
import { readTraceRequest } from '#network/read-request.ts'
import type { Manifest, ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { aPod, create, liveCluster } from './live-cluster.ts'

const MINUTE = 60_000

const configMap = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
})

const podsOf = (cluster: ScriptedCluster, app: string): readonly Pod[] =>
  (cluster.list(`/api/v1/namespaces/kube-system/pods`) as readonly Pod[]).filter(
    ({ metadata }) => metadata.labels?.['k8s-app'] === app,
  )

const logOf = (cluster: ScriptedCluster, { metadata, spec }: Pod): readonly string[] => {
  const disks = new ContainerDisks(new ClusterMemory(cluster.cluster.state().memory))
  return disks
    .linesOf(`kube-system/${metadata.name}`, metadata.uid ?? '', spec.containers[0]!.name)
    .map(({ text }) => text)
}

const corefileOf = (cluster: ScriptedCluster): string =>
  (
    cluster.get('/api/v1/namespaces/kube-system/configmaps/coredns') as {
      readonly data: { readonly Corefile: string }
    }
  ).data.Corefile

const write = (cluster: ScriptedCluster, name: string, data: object): void => {
  cluster.merge(configMap(name), { data })
  cluster.advance(MINUTE)
}

const restart = (cluster: ScriptedCluster, app: string): void => {
  for (const { metadata } of podsOf(cluster, app))
    cluster.delete({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: metadata.name! },
    })
  cluster.advance(MINUTE)
}

const waitingOf = (pods: readonly Pod[]): readonly (string | undefined)[] =>
  pods.map(({ status }) => status.containerStatuses?.[0]?.state.waiting?.reason)

const outcome = (cluster: ScriptedCluster, to: string): string => {
  const request = readTraceRequest({ from: { pod: 'default/client' }, to })
  if ('problem' in request) throw new Error(request.problem)
  return cluster.cluster.trace(request, true).outcome
}

const withClient = (): ScriptedCluster => {
  const cluster = liveCluster()
  create(cluster, aPod('client', { image: 'busybox', command: ['sleep', '1d'] }))
  return cluster
}

const KUBERNETES = 'tcp://kubernetes.default:443'
const UNKNOWN = "/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'foo'"

describe('CoreDNS with a Corefile that it cannot read', () => {
  const broken = (cluster: ScriptedCluster): string => corefileOf(cluster).replace('errors', 'foo')

  it('goes on with the one that it has, and says so', () => {
    const cluster = withClient()
    write(cluster, 'coredns', { Corefile: broken(cluster) })
    expect(outcome(cluster, KUBERNETES)).toBe('delivered')
    const [pod] = podsOf(cluster, 'kube-dns')
    expect(pod?.status.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 0 })
    expect(logOf(cluster, pod!)).toEqual([
      '[INFO] Reloading',
      `[ERROR] Restart failed: ${UNKNOWN}`,
      `[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors: ${UNKNOWN}`,
    ])
  })

  it('ends with its message when it is started, until the file is mended', () => {
    const cluster = withClient()
    const good = corefileOf(cluster)
    write(cluster, 'coredns', { Corefile: broken(cluster) })
    restart(cluster, 'kube-dns')
    const pods = podsOf(cluster, 'kube-dns')
    expect(waitingOf(pods)).toEqual(['CrashLoopBackOff', 'CrashLoopBackOff'])
    expect(pods[0]!.status.containerStatuses![0]).toMatchObject({
      ready: false,
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    })
    expect(new Set(logOf(cluster, pods[0]!))).toEqual(new Set([UNKNOWN]))
    expect(outcome(cluster, KUBERNETES)).not.toBe('delivered')
    write(cluster, 'coredns', { Corefile: good })
    cluster.advance(5 * MINUTE)
    expect(outcome(cluster, KUBERNETES)).toBe('delivered')
    expect(cluster.faults).toEqual([])
  })

  it('is found by the diagnosis only once it is down', () => {
    const cluster = withClient()
    const from = { pod: { namespace: 'default', name: 'client' } }
    const attempt: Attempt = { from, host: 'kubernetes', port: 443 }
    const codes = () =>
      cluster.cluster.diagnose('default', 'kubernetes', attempt)?.causes.map(({ code }) => code)
    write(cluster, 'coredns', { Corefile: broken(cluster) })
    expect(codes()).toEqual([])
    restart(cluster, 'kube-dns')
    expect(codes()).toEqual(['DnsIsDown'])
  })

  it('reads no other file at all without the plugin reload', () => {
    const cluster = withClient()
    const { Corefile } = { Corefile: corefileOf(cluster).replace('    reload\n', '') }
    write(cluster, 'coredns', { Corefile })
    write(cluster, 'coredns', { Corefile: '.:53 {\n    whoami\n}\n' })
    expect(outcome(cluster, KUBERNETES)).toBe('delivered')
    restart(cluster, 'kube-dns')
    expect(outcome(cluster, KUBERNETES)).not.toBe('delivered')
  })
})

describe('kube-proxy with a configuration that it cannot use', () => {
  it('ends, and comes back when it is mended', () => {
    const cluster = withClient()
    const path = '/api/v1/namespaces/kube-system/configmaps/kube-proxy'
    const { data } = cluster.get(path) as { readonly data: Readonly<Record<string, string>> }
    const good = data['config.conf']!
    write(cluster, 'kube-proxy', { 'config.conf': good.replace('mode: ""', 'mode: "userspace"') })
    const [pod] = podsOf(cluster, 'kube-proxy')
    expect(waitingOf([pod!])).toEqual(['CrashLoopBackOff'])
    const lines = logOf(cluster, pod!)
    expect(lines[0]).toMatch(
      /^E\d{4} [\d:.]+ +1 server\.go:\d+\] "Error running ProxyServer" err="content of the proxy server's configuration file was updated"$/,
    )
    expect(lines.at(-1)).toMatch(
      /^E\d{4} [\d:.]+ +1 run\.go:72\] "command failed" err="failed validate: KubeProxyConfiguration\.Mode\.ProxyMode: Invalid value: \\"userspace\\": must be iptables, ipvs, nftables or blank \(blank means the best-available proxy \[currently iptables\]\)"$/,
    )
    expect(cluster.cluster.tablesOf('node-1')?.sync).toBe('stale')
    write(cluster, 'kube-proxy', { 'config.conf': good })
    cluster.advance(5 * MINUTE)
    expect(cluster.cluster.tablesOf('node-1')?.sync).toBe('synced')
    expect(cluster.faults).toEqual([])
  })
})
