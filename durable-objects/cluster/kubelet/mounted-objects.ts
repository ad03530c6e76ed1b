import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'

/** Which generations of ConfigMaps and Secrets the Pod's volumes show. */
export const mountedObjects = (client: Client, pod: Pod): readonly string[] => {
  const { namespace = '' } = pod.metadata
  const version = (resource: 'configmaps' | 'secrets', name = ''): string =>
    `${name}@${client.get(resource, namespace, name)?.metadata.resourceVersion ?? ''}`
  return (pod.spec.volumes ?? []).flatMap(({ configMap, secret, projected }) => {
    if (configMap !== undefined) return [version('configmaps', configMap.name)]
    if (secret !== undefined) return [version('secrets', secret.secretName)]
    return (projected?.sources ?? []).flatMap((source) => {
      if (source.configMap !== undefined) return [version('configmaps', source.configMap.name)]
      return source.secret === undefined ? [] : [version('secrets', source.secret.name)]
    })
  })
}
