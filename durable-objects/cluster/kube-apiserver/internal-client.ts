import type {
  Change,
  Client,
  DynamicClient,
  ListFilter,
  ScaleReading,
  WriteOptions,
} from '#client/client.ts'
import type { DeleteOptions, ScaleAccess, UserInfo } from '#api/strategy.ts'
import type { ResourceName, ResourceTypes } from '#api/resource-types.ts'
import { matches } from '#apimachinery/labels.ts'
import type { KubeObject, Mutable } from '#apimachinery/object.ts'
import { internalError, noSuchPath, notFound } from '#apimachinery/status-error.ts'
import type { Revision } from '#etcd/etcd.ts'
import type { Operation } from '#kube-apiserver/registry/operation.ts'
import { bind } from '#kube-apiserver/registry/binding.ts'
import { create } from '#kube-apiserver/registry/create.ts'
import { remove } from '#kube-apiserver/registry/delete.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { replacing, update } from '#kube-apiserver/registry/update.ts'
import { apiVersionOf, groupResourceOf, readStored } from '#kube-apiserver/resources.ts'

export interface ClientIdentity {
  readonly user: UserInfo
  readonly manager: string
}

/** The change that was told last: all that watch are told of one after the other. */
const told = new WeakMap<
  RegistryContext,
  { readonly revision: Revision; readonly change: Change }
>()

const changeFor = (context: RegistryContext, revision: Revision): Change => {
  const last = told.get(context)
  if (last?.revision === revision) return last.change
  const change = changeOf(revision)
  told.set(context, { revision, change })
  return change
}

/** How a change in the store looks to a component. */
const changeOf = ({ object, previous }: Revision): Change => {
  if (object === undefined) return { type: 'DELETED', object: previous! } // a deleted key held something before
  return previous === undefined
    ? { type: 'ADDED', object }
    : { type: 'MODIFIED', object, old: previous }
}

const list = (
  context: RegistryContext,
  resource: string,
  filter: ListFilter,
): readonly KubeObject[] => {
  const found = context.etcd.list(resource, filter)
  const { labels } = filter
  return labels === undefined
    ? found
    : found.filter((object) => matches(labels, object.metadata.labels))
}

/** Who writes, and how: the pipeline of a request from outside. */
const writesOf = (context: RegistryContext, identity: ClientIdentity) => {
  const operationOf = (
    name: string,
    namespace: string | undefined,
    options: WriteOptions = {},
  ): Operation => {
    const resource = context.resources.named(name)
    if (resource === undefined) throw new Error(`no resource ${name} is served`)
    const { subresource, validated } = options
    const operation: Mutable<Operation> = {
      resource,
      namespace: namespace ?? '',
      user: identity.user,
      manager: identity.manager,
      dryRun: false,
      warnings: [],
    }
    if (subresource !== undefined) operation.subresource = subresource
    if (validated !== undefined) operation.validated = validated
    return operation
  }
  const write = (resource: string, object: KubeObject, options: WriteOptions = {}): KubeObject => {
    const operation = operationOf(resource, object.metadata.namespace, options)
    if (options.subresource === 'binding') return bind(context, object)
    return update(context, operation, object.metadata.name ?? '', replacing(object)).object
  }
  const deleteObject = (
    resource: string,
    namespace: string,
    name: string,
    options: DeleteOptions = {},
  ): void => {
    remove(context, operationOf(resource, namespace), name, options)
  }
  return { operationOf, write, deleteObject }
}

const scaleAccess = (context: RegistryContext, name: string): ScaleAccess => {
  const access = context.resources.named(name)?.strategy.scale
  if (access === undefined) throw noSuchPath()
  return access
}

const readScale = (
  context: RegistryContext,
  name: string,
  namespace: string,
  objectName: string,
): ScaleReading => {
  const access = scaleAccess(context, name)
  const resource = context.resources.named(name)!
  const stored = context.etcd.get(name, namespace, objectName)
  if (stored === undefined) throw notFound(groupResourceOf(resource), objectName)
  const object = readStored(resource, stored)
  const problem = access.problem?.(object)
  if (problem !== undefined) throw internalError(problem)
  return {
    replicas: access.replicas(object),
    statusReplicas: access.statusReplicas(object),
    selector: access.selector(object),
  }
}

const dynamicClient = (
  context: RegistryContext,
  { operationOf, write, deleteObject }: ReturnType<typeof writesOf>,
): DynamicClient => ({
  resources: () =>
    context.resources
      .stored()
      .filter(({ discovery }) => discovery.verbs.includes('list'))
      .map((resource) => ({
        resource: resource.name,
        namespaced: resource.namespaced,
        kind: resource.kind,
        apiVersion: apiVersionOf(resource),
      })),
  get: (resource, namespace, name) => context.etcd.get(resource, namespace, name),
  list: (resource, filter = {}) => list(context, resource, filter),
  update: write,
  delete: deleteObject,
  scale: (resource, namespace, name) => readScale(context, resource, namespace, name),
  rescale: (resource, namespace, name, replicas) => {
    const access = scaleAccess(context, resource)
    const operation = operationOf(resource, namespace, { subresource: 'scale' })
    // update refuses what is not there
    update(context, operation, name, (live) => ({ object: access.withReplicas(live!, replicas) }))
  },
  watchAll: (handler) =>
    context.etcd.onRevision((revision) => handler(revision.resource, changeFor(context, revision))),
})

/** The API as components see it: the same pipeline as a request from outside, without the wire. */
export const internalClient = (context: RegistryContext, identity: ClientIdentity): Client => {
  const writes = writesOf(context, identity)
  const { operationOf, write, deleteObject } = writes
  return {
    now: context.now,
    get: <R extends ResourceName>(resource: R, namespace: string, name: string) =>
      context.etcd.get(resource, namespace, name) as ResourceTypes[R] | undefined,
    list: <R extends ResourceName>(resource: R, filter: ListFilter = {}) =>
      list(context, resource, filter) as unknown as readonly ResourceTypes[R][],
    create: <R extends ResourceName>(
      resource: R,
      object: ResourceTypes[R],
      options?: WriteOptions,
    ) =>
      create(
        context,
        operationOf(resource, object.metadata.namespace, options),
        object,
      ) as ResourceTypes[R],
    update: <R extends ResourceName>(
      resource: R,
      object: ResourceTypes[R],
      options?: WriteOptions,
    ) => write(resource, object, options) as ResourceTypes[R],
    delete: deleteObject,
    watch: <R extends ResourceName>(
      resource: R,
      handler: (change: Change<ResourceTypes[R]>) => void,
    ) =>
      context.etcd.onRevision(
        (revision) => handler(changeFor(context, revision) as Change<ResourceTypes[R]>),
        resource,
      ),
    dynamic: dynamicClient(context, writes),
  }
}
