// Which objects of another cluster are not taken over, because this one makes its own.
import { controllerOf, own, type KubeObject } from '#apimachinery/object.ts'
import { isMadeToken, makesAgain, whyOfTheCluster } from '#manifests/of-the-cluster.ts'
import { objectOf, textOf, within } from '#manifests/shapes.ts'

/** Namespaces in which providers and installers keep the parts of their clusters: GKE, AKS, kind, OpenShift, network plugins. */
const PROVIDERS =
  /^(?:gke-managed-.*|gmp-system|gmp-public|aks-command|local-path-storage|kube-flannel|calico-system|calico-apiserver|tigera-operator|openshift|openshift-.*)$/

const whyProviders = (namespace: string): string | undefined =>
  PROVIDERS.test(namespace) ? `${namespace} is a part of the other cluster itself` : undefined

/** What providers and installers name their own roles. */
const SYSTEM_ROLE = /^(?:system|kubeadm|eks|gce|gke|aks):/

/** What else is in the list. */
export interface Listed {
  /** `ReplicaSet shop/web-12345` */
  readonly has: (kind: string, namespace: string, name: string) => boolean
  /** Services that select Pods, by `namespace/name`: their endpoints follow. */
  readonly selecting: ReadonlySet<string>
  /** Namespaces that were being deleted. */
  readonly going: ReadonlySet<string>
}

const whyFollows = (resource: string, object: KubeObject, listed: Listed): string | undefined => {
  const { name = '', namespace = '', annotations, labels } = object.metadata
  if (resource === 'endpoints') {
    const isKept =
      own(annotations, 'endpoints.kubernetes.io/last-change-trigger-time') === undefined
    if (!isKept || listed.selecting.has(`${namespace}/${name}`))
      return 'it follows from its Service'
  }
  if (resource === 'endpointslices.discovery.k8s.io') {
    const service = own(labels, 'kubernetes.io/service-name') ?? ''
    if (listed.selecting.has(`${namespace}/${service}`)) return 'it follows from its Service'
  }
  return undefined
}

const whyMadeSecret = (resource: string, object: KubeObject): string | undefined => {
  if (resource !== 'secrets' || !isMadeToken(object.metadata.name ?? '')) return undefined
  const account = own(object.metadata.annotations, 'kubernetes.io/service-account.name')
  return account === undefined ? undefined : `a token of its ServiceAccount "${account}"`
}

const whyConfigMap = (resource: string, { metadata }: KubeObject): string | undefined =>
  resource === 'configmaps' && metadata.name === 'openshift-service-ca.crt'
    ? 'the control plane makes it'
    : undefined

const whyOwned = (object: KubeObject, listed: Listed): string | undefined => {
  const owner = controllerOf(object)
  if (owner === undefined) return undefined
  const [kind, name] = [textOf(owner.kind), textOf(owner.name)]
  if (kind === 'Node') return `the node "${name}" runs it by itself`
  return makesAgain(owner) && listed.has(kind, object.metadata.namespace ?? '', name)
    ? `its ${kind} "${name}" makes it`
    : undefined
}

/** Why an object is not taken over; nothing if it is. */
export const whyDropped = (
  resource: string,
  object: KubeObject,
  listed: Listed,
): string | undefined => {
  const { name = '', namespace = '', deletionTimestamp } = object.metadata
  if (deletionTimestamp !== undefined || listed.going.has(namespace)) return 'it was being deleted'
  const isRole = /^cluster(?:role|rolebinding)s\./.test(resource)
  return (
    whyOfTheCluster(resource, object) ??
    whyProviders(resource === 'namespaces' ? name : namespace) ??
    (isRole && SYSTEM_ROLE.test(name) ? 'it is a part of the other cluster itself' : undefined) ??
    whyMadeSecret(resource, object) ??
    whyConfigMap(resource, object) ??
    whyFollows(resource, object, listed) ??
    whyOwned(object, listed)
  )
}

/** Of all objects that were read. */
export const listedOf = (objects: readonly KubeObject[]): Listed => {
  const keys = new Set<string>()
  const selecting = new Set<string>()
  const going = new Set<string>()
  for (const object of objects) {
    const { name = '', namespace = '', deletionTimestamp } = object.metadata
    keys.add(`${object.kind} ${namespace}/${name}`)
    if (object.kind === 'Namespace' && deletionTimestamp !== undefined) going.add(name)
    const selector = objectOf(within({ ...object } as never, 'spec', 'selector'))
    if (object.kind === 'Service' && Object.keys(selector).length > 0)
      selecting.add(`${namespace}/${name}`)
  }
  return {
    has: (kind, namespace, name) => keys.has(`${kind} ${namespace}/${name}`),
    selecting,
    going,
  }
}
