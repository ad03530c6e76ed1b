import { controllerOf, type JsonObject, type KubeObject } from '#apimachinery/object.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import type { Cluster } from '#cluster.ts'

/** What the cluster made by itself: it makes it again wherever the rest is applied. */
const OF_THE_CLUSTER: ReadonlySet<string> = new Set([
  'controllerrevisions.apps',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'events',
  'ipaddresses.networking.k8s.io',
  'leases.coordination.k8s.io',
  'machines.kubarium.dev',
  'nodes',
])

const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
])

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

const isOfTheCluster = (resource: string, object: KubeObject): boolean => {
  const { name = '', namespace = '', labels = {} } = object.metadata
  if (SYSTEM_NAMESPACES.has(namespace) || controllerOf(object) !== undefined) return true
  if (resource === 'namespaces') return name === 'default' || SYSTEM_NAMESPACES.has(name)
  if (resource === 'services' || resource === 'servicecidrs.networking.k8s.io')
    return name === 'kubernetes' && (namespace === 'default' || namespace === '')
  if (resource === 'serviceaccounts') return name === 'default'
  if (resource === 'configmaps') return name === 'kube-root-ca.crt'
  if (resource === 'priorityclasses.scheduling.k8s.io') return name.startsWith('system-')
  return labels['kubernetes.io/bootstrapping'] !== undefined
}

// In the order in which they can be applied again: what others live in first.
const FIRST = [
  'namespaces',
  'customresourcedefinitions.apiextensions.k8s.io',
  'serviceaccounts',
  'secrets',
  'configmaps',
  'services',
]

const rank = (resource: string): number => {
  const index = FIRST.indexOf(resource)
  return index < 0 ? FIRST.length : index
}

/** The object as somebody would have written it: without what the server owns. */
const asWritten = (resource: string, object: KubeObject): JsonObject => {
  const {
    apiVersion,
    kind,
    metadata,
    status: _status,
    ...rest
  } = object as KubeObject & { readonly status?: unknown }
  const { [LAST_APPLIED]: _last, ...annotations } = metadata.annotations ?? {}
  const kept = {
    ...(metadata.name === undefined ? {} : { name: metadata.name }),
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    ...(metadata.labels === undefined ? {} : { labels: labelsOf(resource, metadata.labels) }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations: withoutRevision(annotations) }),
  }
  return { apiVersion, kind, metadata: withoutEmpty(kept), ...specOf(resource, rest) }
}

const withoutEmpty = (metadata: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(metadata).filter(
      ([, value]) => typeof value !== 'object' || value === null || Object.keys(value).length > 0,
    ),
  )

const labelsOf = (resource: string, labels: Readonly<Record<string, string>>): JsonObject => {
  if (resource !== 'namespaces') return labels
  const { 'kubernetes.io/metadata.name': _name, ...rest } = labels
  return rest
}

const withoutRevision = (annotations: Readonly<Record<string, string>>): JsonObject => {
  const {
    'deployment.kubernetes.io/revision': _revision,
    'deprecated.daemonset.template.generation': _generation,
    ...rest
  } = annotations
  return rest
}

interface ServiceSpec {
  readonly clusterIP?: string
  readonly clusterIPs?: readonly string[]
}

/** Addresses that were handed out, and where a Pod was put, are left to the next cluster. */
const specOf = (resource: string, rest: JsonObject): JsonObject => {
  if (resource === 'services') {
    const {
      clusterIP,
      clusterIPs: _all,
      ...spec
    } = (rest['spec'] ?? {}) as ServiceSpec & JsonObject
    return { ...rest, spec: clusterIP === 'None' ? { ...spec, clusterIP } : spec }
  }
  if (resource === 'pods') {
    const {
      nodeName: _node,
      serviceAccount: _account,
      ...spec
    } = (rest['spec'] ?? {}) as JsonObject
    return { ...rest, spec: withoutTokenVolume(spec) }
  }
  if (resource === 'namespaces') return {}
  return rest
}

interface Named {
  readonly name?: string
  readonly volumeMounts?: readonly Named[]
}

const isToken = ({ name = '' }: Named): boolean => name.startsWith('kube-api-access-')

const withoutTokenVolume = (spec: JsonObject): JsonObject => {
  const containers = (list: unknown) =>
    ((list ?? []) as readonly Named[]).map(({ volumeMounts = [], ...container }) => {
      const mounts = volumeMounts.filter((mount) => !isToken(mount))
      return mounts.length === 0 ? container : { ...container, volumeMounts: mounts }
    })
  const volumes = ((spec['volumes'] ?? []) as readonly Named[]).filter((volume) => !isToken(volume))
  const { volumes: _volumes, ...rest } = spec
  return {
    ...rest,
    containers: containers(spec['containers']) as unknown as JsonObject[],
    ...(volumes.length === 0 ? {} : { volumes: volumes as unknown as JsonObject[] }),
  }
}

/** The user's objects, Secrets only for those who may see them, as manifests that can be applied again, here or to a real cluster. */
export const exportObjects = (
  cluster: Cluster,
  format: 'yaml' | 'json',
  withSecrets: boolean,
): string => {
  const found = cluster
    .resources()
    .filter((resource) => !OF_THE_CLUSTER.has(resource) && (withSecrets || resource !== 'secrets'))
  const ordered = [...found].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const items = ordered.flatMap((resource) =>
    cluster
      .objects(resource)
      .filter((object) => !isOfTheCluster(resource, object))
      .map((object) => asWritten(resource, object)),
  )
  if (format === 'json') return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  return items.map((item) => printYaml(item)).join('---\n')
}
