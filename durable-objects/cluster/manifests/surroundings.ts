import type { JsonObject } from '#apimachinery/object.ts'
import { own } from '#apimachinery/object.ts'
import type { Cluster } from '#cluster.ts'
import type { Surroundings } from '#manifests/adapt.ts'
import type { Known } from '#manifests/foreign-object.ts'
import { textOf, within } from '#manifests/shapes.ts'

const CLASSES = 'storageclasses.storage.k8s.io'
const NAMED = ['nodes', 'priorityclasses.scheduling.k8s.io', 'runtimeclasses.node.k8s.io']

/** What objects from elsewhere find in this cluster, and in one another. */
export const surroundingsOf = (cluster: Cluster, items: readonly Known[]): Surroundings => {
  const named = new Set(
    NAMED.flatMap((resource) =>
      cluster.objects(resource).map(({ metadata }) => `${resource} ${metadata.name}`),
    ),
  )
  const classes = cluster.objects(CLASSES)
  const usableClasses = new Set(classes.map(({ metadata }) => metadata.name ?? ''))
  for (const { resource, object } of items) {
    named.add(`${resource.name} ${object.metadata.name}`)
    if (resource.name !== 'persistentvolumes') continue
    usableClasses.add(textOf(within(object as unknown as JsonObject, 'spec', 'storageClassName')))
  }
  return {
    hasNamed: (resource, name) => named.has(`${resource} ${name}`),
    nodeLabels: cluster.objects('nodes').map(({ metadata }) => metadata.labels ?? {}),
    defaultClass: classes.find(
      ({ metadata }) =>
        own(metadata.annotations, 'storageclass.kubernetes.io/is-default-class') === 'true',
    )?.metadata.name,
    usableClasses,
  }
}
