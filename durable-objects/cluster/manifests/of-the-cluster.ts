// What a cluster makes by itself. It makes it again wherever the rest is applied.
import { controllerOf, own, type JsonObject, type KubeObject } from '#apimachinery/object.ts'
import { addonObjects } from '#bootstrap/addons.ts'
import { objectsOf, textOf } from '#manifests/shapes.ts'
import { settingsOf } from '#settings.ts'

/** Resources of which all objects are the cluster's, and why. */
const OF_THE_CLUSTER: Readonly<Record<string, string>> = {
  'controllerrevisions.apps': 'controllers keep their history in it',
  'csinodes.storage.k8s.io': 'kubelets make it',
  events: 'it tells what happened there',
  'ipaddresses.networking.k8s.io': 'it follows from a Service',
  'leases.coordination.k8s.io': 'whoever holds it renews it',
  'machines.kubarium.dev': 'it belongs to a node',
  nodes: 'nodes are not made by manifests: `nodes` says how many a session has',
  'volumeattachments.storage.k8s.io': 'a controller attaches volumes anew',
}

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

/** Kinds whose objects make others, and make them again. What belongs to anything else is made by nobody. */
const CONTROLLERS: ReadonlySet<string> = new Set([
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'batch/CronJob',
  'batch/Job',
  '/Endpoints',
  '/Node',
  '/Pod',
  '/ReplicationController',
  '/Service',
])

/** Whether the owner is of a kind that makes what it owns. The group counts, not the version. */
export const makesAgain = (owner: {
  readonly apiVersion: string
  readonly kind: string
}): boolean => CONTROLLERS.has(`${groupOf(owner.apiVersion)}/${owner.kind}`)

const groupOf = (apiVersion: string): string => {
  const [group, version] = apiVersion.split('/')
  if (version === undefined) return ''
  return group === 'extensions' ? 'apps' : group!
}

/** What the API server keeps as it should be. kubernetes: flowcontrol.AutoUpdateAnnotationKey */
const isAutoUpdated = ({ metadata }: KubeObject): boolean =>
  own(metadata.annotations, 'apf.kubernetes.io/autoupdate-spec') === 'true'

const isOfKubernetes = ({ metadata: { name, namespace = '' } }: KubeObject): boolean =>
  name === 'kubernetes' && (namespace === 'default' || namespace === '')

const TOKEN_SECRET = /-(?:token|dockercfg)-[a-z0-9]{5}$/

/** Whether a Secret is the token or the pull secret that older clusters made for each ServiceAccount. */
export const isMadeToken = (name: string): boolean => TOKEN_SECRET.test(name)

/** Whether nobody gave the object anything beyond its name. */
const hasNothing = (object: KubeObject): boolean => {
  const { annotations, labels } = object.metadata
  const rest = object as KubeObject & JsonObject
  return (
    Object.keys(annotations ?? {}).every((key) => key.startsWith('kubectl.kubernetes.io/')) &&
    Object.keys(labels ?? {}).every((key) => key === 'kubernetes.io/metadata.name') &&
    rest['automountServiceAccountToken'] === undefined &&
    ['imagePullSecrets', 'secrets'].every((field) =>
      objectsOf(rest[field]).every((secret) => isMadeToken(textOf(secret['name']))),
    )
  )
}

/** Whether an object of this resource is one that every cluster has, or that follows from others. */
const FOLLOWS: Readonly<Record<string, (object: KubeObject) => boolean>> = {
  namespaces: (object) => {
    const { name = '' } = object.metadata
    return SYSTEM_NAMESPACES.has(name) || (name === 'default' && hasNothing(object))
  },
  services: isOfKubernetes,
  'servicecidrs.networking.k8s.io': isOfKubernetes,
  serviceaccounts: (object) => object.metadata.name === 'default' && hasNothing(object),
  configmaps: ({ metadata }) => metadata.name === 'kube-root-ca.crt',
  endpoints: isOfKubernetes,
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

/** Why an object need not be written down, whoever owns it; nothing if it has to. */
export const whyOfTheCluster = (resource: string, object: KubeObject): string | undefined => {
  const { namespace = '', labels, name } = object.metadata
  if (Object.hasOwn(OF_THE_CLUSTER, resource)) return OF_THE_CLUSTER[resource]
  if (SYSTEM_NAMESPACES.has(namespace)) return `each cluster has its own ${namespace}`
  if (ADDONS.has(`${resource} ${name}`)) return 'each session has its own'
  if (MANAGED_LABELS.some((label) => own(labels, label) !== undefined))
    return 'the control plane makes it'
  return Object.hasOwn(FOLLOWS, resource) && FOLLOWS[resource]!(object)
    ? 'the control plane makes it'
    : undefined
}

/** Whether the cluster makes the object again where the rest is applied. */
export const isOfTheCluster = (resource: string, object: KubeObject): boolean => {
  const owner = controllerOf(object)
  return (
    whyOfTheCluster(resource, object) !== undefined || (owner !== undefined && makesAgain(owner))
  )
}
