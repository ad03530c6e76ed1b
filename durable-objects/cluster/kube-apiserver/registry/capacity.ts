import { own } from '#apimachinery/object.ts'
import { forbidden } from '#apimachinery/status-error.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { groupResourceOf, type Resource } from '#kube-apiserver/resources.ts'

// A session lives in 128 MB. Who asks for two billion replicas gets these many, and the rest as FailedCreate events.
const MAX_OBJECTS = 20_000
const MAX_OF: Readonly<Record<string, number>> = {
  pods: 12_000,
  events: 100_000,
  'customresourcedefinitions.apiextensions.k8s.io': 1000,
}

/**
 * Refuses what would make the cluster larger than a session can hold, as a quota would.
 * differs: upstream's bound is the disk of etcd.
 */
export const refuseIfFull = (context: RegistryContext, resource: Resource, name: string): void => {
  const limit = own(MAX_OF, resource.name) ?? MAX_OBJECTS
  if (context.etcd.count(resource.name) < limit) return
  throw forbidden(
    groupResourceOf(resource),
    name,
    `this cluster holds at most ${limit} ${resource.plural}`,
  )
}
