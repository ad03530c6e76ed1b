import { controllerOf, own, type KubeObject } from '#apimachinery/object.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { addonObjects } from '#bootstrap/addons.ts'
import { settingsOf } from '#settings.ts'
import type { Cluster } from '#cluster.ts'
import { asWritten } from '#manifests/as-written.ts'

/** What the cluster made by itself: it makes it again wherever the rest is applied. */
const OF_THE_CLUSTER: ReadonlySet<string> = new Set([
  'controllerrevisions.apps',
  'csinodes.storage.k8s.io',
  'events',
  'ipaddresses.networking.k8s.io',
  'leases.coordination.k8s.io',
  'machines.kubarium.dev',
  'nodes',
  'volumeattachments.storage.k8s.io',
])

const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
])

/** Labels of what a part of the cluster keeps as it should be. */
const MANAGED_LABELS = [
  'endpoints.kubernetes.io/managed-by',
  'kube-aggregator.kubernetes.io/automanaged',
  'kubernetes.io/bootstrapping',
]

const SLICE_CONTROLLERS: ReadonlySet<string> = new Set([
  'endpointslice-controller.k8s.io',
  'endpointslicemirroring-controller.k8s.io',
])

/** What the API server keeps as it should be. kubernetes: flowcontrol.AutoUpdateAnnotationKey */
const isAutoUpdated = ({ metadata }: KubeObject): boolean =>
  own(metadata.annotations, 'apf.kubernetes.io/autoupdate-spec') === 'true'

/** Whether an object of this resource is one that every cluster has, or that follows from others. */
const FOLLOWS: Readonly<Record<string, (object: KubeObject) => boolean>> = {
  namespaces: ({ metadata: { name = '' } }) => name === 'default' || SYSTEM_NAMESPACES.has(name),
  services: (object) => isOfKubernetes(object),
  'servicecidrs.networking.k8s.io': (object) => isOfKubernetes(object),
  serviceaccounts: ({ metadata }) => metadata.name === 'default',
  configmaps: ({ metadata }) => metadata.name === 'kube-root-ca.crt',
  endpoints: (object) => isOfKubernetes(object),
  'endpointslices.discovery.k8s.io': (object) =>
    isOfKubernetes(object) ||
    SLICE_CONTROLLERS.has(
      own(object.metadata.labels, 'endpointslice.kubernetes.io/managed-by') ?? '',
    ),
  persistentvolumes: ({ metadata }) =>
    own(metadata.annotations, 'pv.kubernetes.io/provisioned-by') !== undefined,
  'priorityclasses.scheduling.k8s.io': ({ metadata: { name = '' } }) => name.startsWith('system-'),
  'flowschemas.flowcontrol.apiserver.k8s.io': isAutoUpdated,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': isAutoUpdated,
}

/** What a new cluster has besides, in no namespace: `clusterroles… system:coredns`. */
const ADDONS: ReadonlySet<string> = new Set(
  addonObjects(settingsOf({}))
    .filter(({ object }) => object.metadata.namespace === undefined)
    .map(({ resource, object }) => `${resource} ${object.metadata.name}`),
)

const isOfKubernetes = ({ metadata: { name, namespace = '' } }: KubeObject): boolean =>
  name === 'kubernetes' && (namespace === 'default' || namespace === '')

const isOfTheCluster = (resource: string, object: KubeObject): boolean => {
  const { namespace = '', labels } = object.metadata
  if (SYSTEM_NAMESPACES.has(namespace) || controllerOf(object) !== undefined) return true
  if (ADDONS.has(`${resource} ${object.metadata.name}`)) return true
  if (MANAGED_LABELS.some((label) => own(labels, label) !== undefined)) return true
  return Object.hasOwn(FOLLOWS, resource) && FOLLOWS[resource]!(object)
}

// In the order in which they can be applied again: what others live in or name comes first, what would change or refuse them last.
const FIRST = [
  'namespaces',
  'customresourcedefinitions.apiextensions.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'storageclasses.storage.k8s.io',
  'persistentvolumes',
  'serviceaccounts',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services',
]
const LAST = [
  'limitranges',
  'resourcequotas',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
]

const rank = (resource: string): number => {
  const index = FIRST.indexOf(resource)
  return index < 0 ? FIRST.length + 1 + LAST.indexOf(resource) : index
}

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
    .filter((resource) => !OF_THE_CLUSTER.has(resource) && (withSecrets || resource !== 'secrets'))
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .flatMap((resource) =>
      cluster
        .objects(resource)
        .filter((object) => isKept(resource, object))
        .map((object) => asWritten(resource, object)),
    )
  if (format === 'json') return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  return items.map((item) => printYaml(item)).join('---\n')
}
