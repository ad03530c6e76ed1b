// Where a pod's variables come from in the cluster of today.
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Secret } from '#api/core/v1/secret/types.ts'
import type { Client } from '#client/client.ts'
import type { EnvironmentSources } from '#kubelet/environment.ts'

/** The ConfigMaps and Secrets that a pod may use. */
export interface PodObjects {
  readonly configMap: (name: string) => ConfigMap | undefined
  readonly secret: (name: string) => Secret | undefined
}

export const podObjects = (client: Client, pod: Pod): PodObjects => {
  const { namespace = '' } = pod.metadata
  return {
    configMap: (name) => client.get('configmaps', namespace, name),
    secret: (name) => client.get('secrets', namespace, name),
  }
}

export const environmentSources = (
  client: Client,
  pod: Pod,
  node: Node,
  hostIP: string,
  podIP: string,
): EnvironmentSources => {
  // One literal without spreads: every container that starts makes one.
  const { configMap, secret } = podObjects(client, pod)
  return {
    configMap,
    secret,
    services: () => client.list('services', { namespace: pod.metadata.namespace ?? '' }),
    kubernetes: () => client.get('services', 'default', 'kubernetes'),
    allocatable: node.status.allocatable,
    podIP,
    hostIP,
  }
}
