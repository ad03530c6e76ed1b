import type { KubeObject } from '#apimachinery/object.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import type { Cluster } from '#cluster.ts'
import { asWritten } from '#manifests/as-written.ts'
import { isOfTheCluster } from '#manifests/of-the-cluster.ts'
import { rankOf } from '#manifests/order.ts'

/** The user's objects, Secrets only for those who may see them, as manifests that can be applied again, here or to a real cluster. */
export const exportObjects = (
  cluster: Cluster,
  format: 'yaml' | 'json',
  withSecrets: boolean,
): string => {
  const going = new Set(
    cluster
      .objects('namespaces')
      .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
      .map(({ metadata }) => metadata.name),
  )
  const isKept = (resource: string, object: KubeObject): boolean =>
    object.metadata.deletionTimestamp === undefined &&
    !going.has(object.metadata.namespace) &&
    !isOfTheCluster(resource, object)
  const items = cluster
    .resources()
    .filter((resource) => withSecrets || resource !== 'secrets')
    .toSorted((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
    .flatMap((resource) =>
      cluster
        .objects(resource)
        .filter((object) => isKept(resource, object))
        .map((object) => asWritten(resource, object)),
    )
  if (format === 'json') return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  return items.map((item) => printYaml(item)).join('---\n')
}
