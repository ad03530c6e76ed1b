import { printYaml } from '#apimachinery/yaml/print.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Cluster } from '#cluster.ts'
import { dnsState, tablesState } from '#manifests/network-state.ts'

const SECTIONS = {
  nodes: 'nodes',
  pods: 'pods',
  services: 'services',
  endpointSlices: 'endpointslices.discovery.k8s.io',
  deployments: 'deployments.apps',
  machines: 'machines.kubarium.dev',
  externalHosts: 'externalhosts.kubarium.dev',
} as const

/** The state machine in one document. */
export const stateDocument = (cluster: Cluster, format: 'yaml' | 'json'): string => {
  const sections = Object.entries(SECTIONS).map(
    ([name, resource]) => [name, cluster.objects(resource)] as const,
  )
  const document = {
    revision: cluster.revision,
    now: formatTime(cluster.now),
    ...Object.fromEntries(sections),
    tables: tablesState(cluster),
    dns: dnsState(cluster),
  }
  return format === 'json' ? JSON.stringify(document) : printYaml(document)
}
