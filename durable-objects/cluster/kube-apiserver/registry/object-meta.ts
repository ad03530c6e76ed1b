import { assign, equal, type KubeObject, type ObjectMeta } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Random } from '#environment.ts'
import { newUid } from '#kube-apiserver/identity.ts'
import type { Resource } from '#kube-apiserver/resources.ts'

export const withMetadata = <T extends KubeObject>(
  object: T,
  changes: { [K in keyof ObjectMeta]?: ObjectMeta[K] | undefined },
): T => {
  const metadata = assign<ObjectMeta>(object.metadata, changes)
  return metadata === object.metadata ? object : { ...object, metadata }
}

/** kubernetes: apiserver pkg/registry/rest/meta.go FillObjectMetaSystemFields */
export const fillSystemFields = (object: KubeObject, now: number, random: Random): KubeObject =>
  withMetadata(object, {
    creationTimestamp: formatTime(now),
    uid: newUid(random),
    resourceVersion: undefined,
    selfLink: undefined,
  })

// Kinds whose strategies keep metadata.generation in 1.36. A kind with a strategy says so there.
const WITH_GENERATION: ReadonlySet<string> = new Set([
  'pods',
  'replicationcontrollers',
  'daemonsets.apps',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'cronjobs.batch',
  'jobs.batch',
  'endpointslices.discovery.k8s.io',
  'ingresses.networking.k8s.io',
  'ingressclasses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'poddisruptionbudgets.policy',
  'priorityclasses.scheduling.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'deviceclasses.resource.k8s.io',
  'resourceslices.resource.k8s.io',
  'machines.kubarium.dev',
])

export const hasGeneration = (resource: Resource): boolean =>
  resource.strategy.hasGeneration ?? WITH_GENERATION.has(resource.name)

// What of an object the generation counts: its spec, or all but metadata and status where there is none.
const desiredPart = (resource: Resource, object: KubeObject): unknown => {
  if (resource.strategy.generationOf !== undefined) return resource.strategy.generationOf(object)
  if ('spec' in object) return object.spec
  const {
    metadata: _metadata,
    status: _status,
    ...rest
  } = object as KubeObject & { readonly status?: unknown }
  return rest
}

/** Sets the generation of `object`: one more than that of `old` if what is desired differs. */
export const withGeneration = (
  resource: Resource,
  object: KubeObject,
  old: KubeObject | undefined,
): KubeObject => {
  if (!hasGeneration(resource))
    return withMetadata(object, { generation: old?.metadata.generation })
  if (old === undefined) return withMetadata(object, { generation: 1 })
  const generation = old.metadata.generation ?? 0
  const same = equal(desiredPart(resource, object), desiredPart(resource, old))
  return withMetadata(object, { generation: same ? old.metadata.generation : generation + 1 })
}
