import type { KubeObject } from '#apimachinery/object.ts'

/** An object and the resource it is stored as. */
export interface BootstrapObject {
  readonly resource: string
  readonly object: KubeObject
}

const NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default']

export const systemNamespaces = (): readonly BootstrapObject[] =>
  NAMESPACES.map((name) => {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {}, status: {} }
    return { resource: 'namespaces', object }
  })

const priorityClass = (name: string, value: number, description: string): BootstrapObject => {
  const object = {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
    preemptionPolicy: 'PreemptLowerPriority',
  }
  return { resource: 'priorityclasses.scheduling.k8s.io', object }
}

/** kubernetes: pkg/apis/scheduling/v1/helpers.go systemPriorityClasses */
export const systemPriorityClasses = (): readonly BootstrapObject[] => [
  priorityClass(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
  priorityClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
]
