import {
  own,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type StringMap,
} from '#apimachinery/object.ts'
import { at, changeAt, changeEach, isObject, objectOf, omit, within } from '#manifests/shapes.ts'

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Annotations by which the parts of a cluster remember something. They write them again. */
const SERVER_ANNOTATIONS: ReadonlySet<string> = new Set([
  'batch.kubernetes.io/job-tracking',
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
  'endpoints.kubernetes.io/last-change-trigger-time',
  LAST_APPLIED,
  'kubernetes.io/service-account.uid',
  'pv.kubernetes.io/bind-completed',
  'pv.kubernetes.io/bound-by-controller',
  'volume.kubernetes.io/selected-node',
  'volume.kubernetes.io/storage-provisioner',
  'volume.beta.kubernetes.io/storage-provisioner',
])

/** The same of labels, by the resource that has them. */
const SERVER_LABELS: Readonly<Record<string, readonly string[]>> = {
  namespaces: ['kubernetes.io/metadata.name'],
  pods: ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'],
  'jobs.batch': [
    'batch.kubernetes.io/controller-uid',
    'batch.kubernetes.io/job-name',
    'controller-uid',
    'job-name',
  ],
}

const without = (map: StringMap | undefined, isGone: (key: string) => boolean): StringMap =>
  Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !isGone(key)))

const withoutLabels = (resource: string, labels: StringMap | undefined): StringMap => {
  const gone = Object.hasOwn(SERVER_LABELS, resource) ? SERVER_LABELS[resource]! : []
  return without(labels, (label) => gone.includes(label))
}

/** `{ [name]: map }`, or nothing if the map is empty. */
const unlessEmpty = (name: string, map: object): JsonObject =>
  Object.keys(map).length === 0 ? {} : { [name]: map as JsonObject }

type Cleaner = (rest: JsonObject, object: KubeObject) => JsonObject

const specOf = (rest: JsonObject): JsonObject => objectOf(at(rest, 'spec'))

/** What `kubectl apply` was given last; nothing if it was not used, or somebody wrote something else there. */
const lastApplied = ({ metadata }: KubeObject): JsonObject => {
  try {
    return objectOf(JSON.parse(own(metadata.annotations, LAST_APPLIED) ?? '') as JsonValue)
  } catch {
    return {}
  }
}

/** Whether somebody said what a field of the spec is to be; what was allocated is nobody's. */
const isAsked = (object: KubeObject, field: string): boolean =>
  (object.metadata.managedFields ?? []).some(
    ({ fieldsV1 }) => within(fieldsV1 ?? {}, 'f:spec', `f:${field}`) !== undefined,
  ) || within(lastApplied(object), 'spec', field) !== undefined

/** Addresses that were handed out are left to the next cluster, and so are families that every cluster has. */
const service: Cleaner = (rest, object) => {
  const { clusterIP, clusterIPs: _all, ipFamilies, ipFamilyPolicy, ...spec } = specOf(rest)
  const isKept = clusterIP === 'None' || isAsked(object, 'clusterIP')
  const isUsual =
    (ipFamilyPolicy === undefined || ipFamilyPolicy === 'SingleStack') &&
    (ipFamilies === undefined || JSON.stringify(ipFamilies) === '["IPv4"]')
  return {
    ...rest,
    spec: {
      ...spec,
      ...(isKept && clusterIP !== undefined ? { clusterIP } : {}),
      ...(isUsual || ipFamilies === undefined ? {} : { ipFamilies }),
      ...(isUsual || ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
    },
  }
}

const isToken = (item: JsonObject): boolean =>
  String(at(item, 'name')).startsWith('kube-api-access-')

/** A copy without the objects of a list that are no longer wanted; without the list if nothing is left. */
const withoutItems = (
  object: JsonObject,
  key: string,
  isGone: (item: JsonObject) => boolean,
): JsonObject => {
  const list = at(object, key)
  if (!Array.isArray(list)) return object
  const left = (list as readonly JsonValue[]).filter((item) => !isObject(item) || !isGone(item))
  return left.length === 0 ? omit(object, key) : { ...object, [key]: left }
}

const withoutTokenMount = (container: JsonObject): JsonObject =>
  withoutItems(container, 'volumeMounts', isToken)

/** Where a Pod was put, and what admission gave it, is left to the next cluster. */
const pod: Cleaner = (rest, object) => {
  const { serviceAccount: _account, priority: _priority, ...admitted } = specOf(rest)
  const { preemptionPolicy: _preemption, ephemeralContainers: _debuggers, ...given } = admitted
  const spec = isAsked(object, 'nodeName') ? given : omit(given, 'nodeName')
  const containers = ['initContainers', 'containers'].reduce(
    (whole, list) => changeEach(whole, list, withoutTokenMount),
    spec,
  )
  return { ...rest, spec: withoutItems(containers, 'volumes', isToken) }
}

/** A Job makes its selector, and the labels that it selects by, from its own uid. */
const job: Cleaner = (rest) => {
  const spec = specOf(rest)
  if (spec['manualSelector'] === true) return rest
  const template = changeAt(objectOf(at(spec, 'template')), ['metadata'], (metadata) => {
    const labels = withoutLabels('jobs.batch', objectOf(at(metadata, 'labels')) as StringMap)
    return { ...omit(metadata, 'labels'), ...unlessEmpty('labels', labels) }
  })
  const { metadata, ...inner } = template
  const meta = unlessEmpty('metadata', objectOf(metadata))
  return { ...rest, spec: { ...omit(spec, 'selector'), template: { ...meta, ...inner } } }
}

/** A volume that was bound by a controller is bound again; to which claim one was meant is kept. */
const volume: Cleaner = (rest, { metadata }) => {
  const { claimRef, ...spec } = specOf(rest)
  const isBoundByController =
    metadata.annotations?.['pv.kubernetes.io/bound-by-controller'] !== undefined
  if (!isObject(claimRef) || isBoundByController) return { ...rest, spec }
  const { uid: _uid, resourceVersion: _revision, ...meant } = claimRef
  return { ...rest, spec: { ...spec, claimRef: meant } }
}

/** A claim whose volume was found or made for it finds another; which one was meant is kept. */
const claim: Cleaner = (rest, { metadata }) => {
  const isBoundByController = [
    'pv.kubernetes.io/bound-by-controller',
    'volume.kubernetes.io/storage-provisioner',
  ].some((name) => own(metadata.annotations, name) !== undefined)
  return isBoundByController ? { ...rest, spec: omit(specOf(rest), 'volumeName') } : rest
}

/** Who asks for a certificate is who sends the request. */
const signingRequest: Cleaner = (rest) => ({
  ...rest,
  spec: omit(specOf(rest), 'extra', 'groups', 'uid', 'username'),
})

/** The token of a ServiceAccount is of this cluster. */
const secret: Cleaner = (rest) => {
  if (rest['type'] !== 'kubernetes.io/service-account-token') return rest
  const { data: _data, ...kept } = rest
  return kept
}

const CLEANERS: Readonly<Record<string, Cleaner>> = {
  'certificatesigningrequests.certificates.k8s.io': signingRequest,
  'jobs.batch': job,
  namespaces: () => ({}),
  persistentvolumeclaims: claim,
  persistentvolumes: volume,
  pods: pod,
  secrets: secret,
  services: service,
}

/** Finalizers that parts of a cluster set, and take away. */
const SERVER_FINALIZERS: ReadonlySet<string> = new Set([
  'batch.kubernetes.io/job-tracking',
  'customresourcecleanup.apiextensions.k8s.io',
  'foregroundDeletion',
  'orphan',
  'service.kubernetes.io/load-balancer-cleanup',
])

/** What holds an object back, but for what the cluster itself does. */
export const ownFinalizers = ({ finalizers }: KubeObject['metadata']): readonly string[] =>
  (finalizers ?? []).filter(
    (name) => !SERVER_FINALIZERS.has(name) && !name.startsWith('kubernetes.io/'),
  )

/** The object as somebody would have written it: without what the server owns. */
export const asWritten = (resource: string, object: KubeObject): JsonObject => {
  const {
    apiVersion,
    kind,
    metadata,
    status: _status,
    ...rest
  } = object as KubeObject & { readonly status?: unknown }
  const clean = Object.hasOwn(CLEANERS, resource) ? CLEANERS[resource] : undefined
  const annotations = without(metadata.annotations, (key) => SERVER_ANNOTATIONS.has(key))
  const finalizers = ownFinalizers(metadata)
  return {
    apiVersion,
    kind,
    metadata: {
      ...(metadata.name === undefined ? {} : { name: metadata.name }),
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      ...unlessEmpty('labels', withoutLabels(resource, metadata.labels)),
      ...unlessEmpty('annotations', annotations),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
    ...(clean?.(rest, object) ?? rest),
  }
}
