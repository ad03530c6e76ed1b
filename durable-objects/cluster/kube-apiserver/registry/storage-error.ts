import type { KubeObject } from '#apimachinery/object.ts'
import { conflict, type StatusError } from '#apimachinery/status-error.ts'
import { groupResourceOf, isBuiltIn, type Resource } from '#kube-apiserver/resources.ts'

// Where etcd keeps what it does not keep under its own name. kubernetes: pkg/kubeapiserver/default_storage_factory_builder.go SpecialDefaultResourcePrefixes
const PREFIXES: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  nodes: 'minions',
  services: 'services/specs',
  'ingresses.networking.k8s.io': 'ingress',
}

const WITH_GROUP: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io'])

const storagePath = (resource: Resource, { metadata }: KubeObject): string => {
  const hasGroup = WITH_GROUP.has(resource.group) || !isBuiltIn(resource)
  const plain = hasGroup ? `${resource.group}/${resource.plural}` : resource.plural
  const names = [metadata.namespace, metadata.name].filter((name) => (name ?? '') !== '')
  return ['/registry', PREFIXES[resource.name] ?? plain, ...names].join('/')
}

/** A precondition of a write does not hold. kubernetes: apiserver pkg/storage/errors.go NewInvalidObjError, interfaces.go Preconditions.Check */
export const preconditionFailed = (
  resource: Resource,
  live: KubeObject,
  field: 'UID' | 'ResourceVersion',
  asked: string,
): StatusError => {
  const { name = '', uid = '', resourceVersion = '' } = live.metadata
  const actual = field === 'UID' ? uid : resourceVersion
  return conflict(
    groupResourceOf(resource),
    name,
    `StorageError: invalid object, Code: 4, Key: ${storagePath(resource, live)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${field} in precondition: ${asked}, ${field} in object meta: ${actual}`,
  )
}
