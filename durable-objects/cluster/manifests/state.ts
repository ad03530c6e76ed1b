import { printYaml } from '#apimachinery/yaml/print.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Cluster } from '#cluster.ts'

const SECTIONS = {
  nodes: 'nodes',
  pods: 'pods',
  services: 'services',
  endpointSlices: 'endpointslices.discovery.k8s.io',
  deployments: 'deployments.apps',
  machines: 'machines.kubarium.dev',
} as const

/** The state machine in one document. Tables and DNS records join it with the network. */
export const stateDocument = (cluster: Cluster, format: 'yaml' | 'json'): string => {
  const sections = Object.entries(SECTIONS).map(
    ([name, resource]) => [name, cluster.objects(resource)] as const,
  )
  const document = {
    revision: cluster.revision,
    now: formatTime(cluster.now),
    ...Object.fromEntries(sections),
  }
  return format === 'json' ? JSON.stringify(document) : printYaml(document)
}
