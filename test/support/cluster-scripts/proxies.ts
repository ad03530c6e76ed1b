import type { Manifest, Script, ScriptedCluster } from '../scripted-cluster.ts'
import { machine, MINUTE, SECOND, service, workload } from './builders.ts'

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

const configure = (cluster: ScriptedCluster, text: string): void =>
  cluster.merge(CONFIG, { data: { 'config.conf': `kind: KubeProxyConfiguration\n${text}\n` } })

const node = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
})

const SERVICES: readonly Manifest[] = [
  service('cluster', 'web'),
  service('headless', 'web', { clusterIP: 'None' }),
  service('sticky', 'web', { sessionAffinity: 'ClientIP' }),
  service('node', 'web', { type: 'NodePort', externalTrafficPolicy: 'Local' }),
  service('balanced', 'web', {
    type: 'LoadBalancer',
    loadBalancerSourceRanges: ['198.51.100.0/24'],
  }),
  service('outside', 'web', { externalIPs: ['203.0.113.9'], internalTrafficPolicy: 'Local' }),
  service('empty', 'nobody', { type: 'NodePort' }),
  { ...service('elsewhere', ''), spec: { type: 'ExternalName', externalName: 'example.com' } },
]

/** Proxies stop one after the other while Services change, and learn of it late, in another mode. */
export const changingProxies: Script = (cluster) => {
  const web = workload('Deployment', 'web', 'nginx:1.29', { replicas: 4 })
  cluster.create(web)
  for (const one of SERVICES) cluster.create(one)
  cluster.advance(100)
  cluster.tables()
  cluster.advance(MINUTE)
  cluster.tables()
  cluster.merge(machine('node-3'), { spec: { network: 'Cut' } })
  cluster.merge(web, { spec: { replicas: 6 } })
  cluster.advance(10 * SECOND)
  cluster.tables()
  // the proxies go but for that of node-2
  cluster.merge(node('node-2'), { metadata: { labels: { proxied: 'yes' } } })
  cluster.merge(PROXIES, { spec: { template: { spec: { nodeSelector: { proxied: 'yes' } } } } })
  cluster.advance(MINUTE)
  cluster.delete(service('sticky', ''))
  cluster.create(service('late', 'web'))
  cluster.merge(service('cluster', ''), { spec: { ports: [{ port: 81, targetPort: 8080 }] } })
  cluster.advance(200)
  cluster.tables()
  configure(cluster, 'mode: nftables')
  cluster.merge(web, { spec: { replicas: 1 } })
  cluster.advance(MINUTE)
  cluster.tables()
  configure(cluster, 'mode: nonsense')
  cluster.merge(node('node-1'), { metadata: { labels: { proxied: 'yes' } } })
  cluster.advance(MINUTE)
  cluster.tables()
  configure(cluster, 'mode: ipvs')
  cluster.merge(web, { spec: { replicas: 3 } })
  cluster.advance(MINUTE)
  cluster.tables()
  cluster.merge(machine('node-3'), { spec: { network: 'Connected' } })
  cluster.merge(machine('node-2'), { spec: { power: 'Off' } })
  configure(cluster, 'mode: iptables\nnodePortAddresses: [192.168.0.0/16]')
  cluster.advance(MINUTE)
  cluster.tables()
  cluster.merge(machine('node-2'), { spec: { power: 'On' } })
  cluster.merge(PROXIES, { spec: { template: { spec: { nodeSelector: { proxied: null } } } } })
  cluster.advance(5 * MINUTE)
  cluster.tables()
}
