import type { Container } from '#api/core/v1/pod/container-types.ts'
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

const hasCommandProbe = ({ startupProbe, livenessProbe, readinessProbe }: Container): boolean =>
  [startupProbe, livenessProbe, readinessProbe].some((probe) => probe?.exec !== undefined)

/** Whether what its probes say may change with ConfigMaps and Secrets. */
export const isAffectedByObjects = ({ spec }: Pod): boolean =>
  [...spec.containers, ...(spec.initContainers ?? [])].some(hasCommandProbe) &&
  (spec.volumes ?? []).some(
    ({ configMap, secret, projected }) =>
      configMap !== undefined || secret !== undefined || projected !== undefined,
  )
