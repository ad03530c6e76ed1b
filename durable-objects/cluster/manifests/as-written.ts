import type { JsonObject, JsonValue, KubeObject, StringMap } from '#apimachinery/object.ts'

/** Annotations by which the parts of a cluster remember something. They write them again. */
const SERVER_ANNOTATIONS: ReadonlySet<string> = new Set([
  'batch.kubernetes.io/job-tracking',
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
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

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const specOf = (rest: JsonObject): JsonObject => (isObject(rest['spec']) ? rest['spec'] : {})

/** Whether somebody said what a field of the spec is to be; what was allocated is nobody's. */
const isAsked = ({ metadata }: KubeObject, field: string): boolean =>
  (metadata.managedFields ?? []).some(({ fieldsV1 }) => {
    const spec = fieldsV1?.['f:spec']
    return isObject(spec) && Object.hasOwn(spec, `f:${field}`)
  })

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

interface Container {
  readonly volumeMounts?: readonly { readonly name?: string }[]
}

const isToken = ({ name = '' }: { readonly name?: string }): boolean =>
  name.startsWith('kube-api-access-')

const withoutTokenMount = ({ volumeMounts = [], ...container }: Container): JsonObject => {
  const mounts = volumeMounts.filter((mount) => !isToken(mount))
  return { ...container, ...(mounts.length === 0 ? {} : { volumeMounts: mounts }) }
}

/** Where a Pod was put, and what admission gave it, is left to the next cluster. */
const pod: Cleaner = (rest) => {
  const {
    nodeName: _node,
    serviceAccount: _account,
    priority: _priority,
    preemptionPolicy: _preemption,
    ephemeralContainers: _debuggers,
    volumes: allVolumes,
    initContainers,
    containers,
    ...spec
  } = specOf(rest) as JsonObject & {
    readonly volumes?: readonly JsonObject[]
    readonly initContainers?: readonly Container[]
    readonly containers?: readonly Container[]
  }
  const volumes = (allVolumes ?? []).filter((volume) => !isToken(volume as { name?: string }))
  return {
    ...rest,
    spec: {
      ...spec,
      ...(initContainers === undefined
        ? {}
        : { initContainers: initContainers.map(withoutTokenMount) }),
      containers: (containers ?? []).map(withoutTokenMount),
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  }
}

/** A Job makes its selector, and the labels that it selects by, from its own uid. */
const job: Cleaner = (rest) => {
  const { selector: _selector, template, ...spec } = specOf(rest)
  if (spec['manualSelector'] === true) return rest
  const { metadata, ...inner } = isObject(template) ? template : {}
  const { labels, ...meta } = isObject(metadata) ? metadata : {}
  const kept = unlessEmpty('labels', withoutLabels('jobs.batch', labels as StringMap | undefined))
  return {
    ...rest,
    spec: { ...spec, template: { ...unlessEmpty('metadata', { ...meta, ...kept }), ...inner } },
  }
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

/** A claim whose volume was made for it has another one made. */
const claim: Cleaner = (rest, { metadata }) => {
  const { volumeName, ...spec } = specOf(rest)
  const isProvisioned =
    metadata.annotations?.['volume.kubernetes.io/storage-provisioner'] !== undefined
  return isProvisioned || volumeName === undefined ? { ...rest, spec } : rest
}

/** The token of a ServiceAccount is of this cluster. */
const secret: Cleaner = (rest) => {
  if (rest['type'] !== 'kubernetes.io/service-account-token') return rest
  const { data: _data, ...kept } = rest
  return kept
}

const CLEANERS: Readonly<Record<string, Cleaner>> = {
  'jobs.batch': job,
  namespaces: () => ({}),
  persistentvolumeclaims: claim,
  persistentvolumes: volume,
  pods: pod,
  secrets: secret,
  services: service,
}

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
  return {
    apiVersion,
    kind,
    metadata: {
      ...(metadata.name === undefined ? {} : { name: metadata.name }),
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      ...unlessEmpty('labels', withoutLabels(resource, metadata.labels)),
      ...unlessEmpty('annotations', annotations),
    },
    ...(clean?.(rest, object) ?? rest),
  }
}
