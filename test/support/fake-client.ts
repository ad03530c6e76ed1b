import type { AnyObject, ResourceName, ResourceTypes } from '#api/resource-types.ts'
import type { DeleteOptions } from '#api/strategy.ts'
import type {
  Change,
  Client,
  DynamicClient,
  ListFilter,
  WatchEventType,
  WriteOptions,
} from '#client/client.ts'
import { matches } from '#apimachinery/labels.ts'
import { assign, equal, freeze, keyOf, type ObjectMeta } from '#apimachinery/object.ts'
import { alreadyExists, conflict, notFound, type StatusError } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'

interface FakeResource {
  readonly resource: string
  readonly namespaced: boolean
  readonly kind: string
  readonly apiVersion: string
}

const core = (resource: string, kind: string, namespaced = true): FakeResource => ({
  resource,
  kind,
  namespaced,
  apiVersion: 'v1',
})
const group = (resource: string, kind: string, apiVersion: string): FakeResource => ({
  resource,
  kind,
  namespaced: true,
  apiVersion,
})

export const FAKE_RESOURCES: readonly FakeResource[] = [
  core('configmaps', 'ConfigMap'),
  core('endpoints', 'Endpoints'),
  core('events', 'Event'),
  core('limitranges', 'LimitRange'),
  core('namespaces', 'Namespace', false),
  core('nodes', 'Node', false),
  core('persistentvolumeclaims', 'PersistentVolumeClaim'),
  core('pods', 'Pod'),
  core('replicationcontrollers', 'ReplicationController'),
  core('resourcequotas', 'ResourceQuota'),
  core('secrets', 'Secret'),
  core('serviceaccounts', 'ServiceAccount'),
  core('services', 'Service'),
  group('controllerrevisions.apps', 'ControllerRevision', 'apps/v1'),
  group('daemonsets.apps', 'DaemonSet', 'apps/v1'),
  group('deployments.apps', 'Deployment', 'apps/v1'),
  group('replicasets.apps', 'ReplicaSet', 'apps/v1'),
  group('statefulsets.apps', 'StatefulSet', 'apps/v1'),
  group('cronjobs.batch', 'CronJob', 'batch/v1'),
  group('jobs.batch', 'Job', 'batch/v1'),
  group('leases.coordination.k8s.io', 'Lease', 'coordination.k8s.io/v1'),
  { ...group('machines.kubarium.dev', 'Machine', 'kubarium.dev/v1'), namespaced: false },
  group('endpointslices.discovery.k8s.io', 'EndpointSlice', 'discovery.k8s.io/v1'),
  group('poddisruptionbudgets.policy', 'PodDisruptionBudget', 'policy/v1'),
]

type Handler = (resource: string, change: Change) => void

/**
 * A cluster's API in memory for tests of components: names, uids, versions, generations, finalizers and graceful deletion of Pods, but
 * no defaults, admission or validation. `writes` counts what was really written.
 */
export class FakeClient implements Client {
  writes = 0
  time = 1_767_225_600_000
  /** Throws from the next writes it returns an error for: `refuse = (verb, resource) => ...`. */
  refuse: (verb: string, resource: string, object: AnyObject) => StatusError | undefined = () =>
    undefined
  readonly dynamic: DynamicClient
  readonly #objects = new Map<string, Map<string, AnyObject>>()
  readonly #handlers: Handler[] = []
  #revision = 0
  #suffix = 0

  constructor() {
    this.dynamic = {
      resources: () => FAKE_RESOURCES,
      get: (resource, namespace, name) => this.#get(resource, namespace, name),
      list: (resource, filter) => this.#list(resource, filter),
      update: (resource, object, options) => this.#update(resource, object, options),
      delete: (resource, namespace, name, options) =>
        this.#delete(resource, namespace, name, options),
      scale: (resource) => {
        throw new Error(`${resource}/scale is not played`)
      },
      rescale: (resource) => {
        throw new Error(`${resource}/scale is not played`)
      },
      watchAll: (handler) => void this.#handlers.push(handler),
    }
  }

  now(): number {
    return this.time
  }

  get<R extends ResourceName>(resource: R, namespace: string, name: string) {
    return this.#get(resource, namespace, name) as unknown as ResourceTypes[R] | undefined
  }

  list<R extends ResourceName>(resource: R, filter?: ListFilter) {
    return this.#list(resource, filter) as unknown as readonly ResourceTypes[R][]
  }

  create<R extends ResourceName>(resource: R, object: ResourceTypes[R]): ResourceTypes[R] {
    return this.#create(resource, object) as unknown as ResourceTypes[R]
  }

  update<R extends ResourceName>(
    resource: R,
    object: ResourceTypes[R],
    options?: WriteOptions,
  ): ResourceTypes[R] {
    return this.#update(resource, object, options) as unknown as ResourceTypes[R]
  }

  delete(resource: ResourceName, namespace: string, name: string, options?: DeleteOptions): void {
    this.#delete(resource, namespace, name, options)
  }

  watch<R extends ResourceName>(
    resource: R,
    handler: (change: Change<ResourceTypes[R]>) => void,
  ): void {
    this.#handlers.push((changed, change) => {
      if (changed === resource) handler(change as unknown as Change<ResourceTypes[R]>)
    })
  }

  /** Forgets the handlers of all components, as when the cluster is rebuilt from its store. */
  forgetComponents(): void {
    this.#handlers.length = 0
  }

  #create(resource: string, object: AnyObject): AnyObject {
    this.#mayRefuse('create', resource, object)
    const meta = object.metadata
    const name = meta.name ?? `${meta.generateName ?? ''}${String(++this.#suffix).padStart(5, '0')}`
    const table = this.#table(resource)
    const stored = {
      ...object,
      metadata: {
        ...meta,
        name,
        uid: `uid-${this.#revision + 1}`,
        creationTimestamp: formatTime(this.time),
        ...('spec' in object ? { generation: 1 } : {}),
      },
    }
    if (table.has(keyOf(stored))) throw alreadyExists(groupResource(resource), name)
    return this.#store(resource, stored)
  }

  #update(resource: string, object: AnyObject, options: WriteOptions = {}): AnyObject {
    this.#mayRefuse('update', resource, object)
    const old = this.#table(resource).get(keyOf(object))
    const name = object.metadata.name ?? ''
    if (old === undefined) throw notFound(groupResource(resource), name)
    if (
      object.metadata.resourceVersion !== undefined &&
      object.metadata.resourceVersion !== old.metadata.resourceVersion
    )
      throw conflict(
        groupResource(resource),
        name,
        'the object has been modified; please apply your changes to the latest version and try again',
      )
    const merged = merge(object, old, options)
    if (equal(merged, old)) return old
    const finished =
      merged.metadata.deletionTimestamp !== undefined &&
      (merged.metadata.finalizers ?? []).length === 0 &&
      (merged.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
      (resource !== 'namespaces' || specFinalizers(merged).length === 0)
    const stored = this.#store(resource, merged)
    if (finished) this.#remove(resource, stored)
    return stored
  }

  #delete(resource: string, namespace: string, name: string, options: DeleteOptions = {}): void {
    const old = this.#get(resource, namespace, name)
    if (old === undefined) throw notFound(groupResource(resource), name)
    this.#mayRefuse('delete', resource, old)
    const uid = options.preconditions?.uid
    if (uid !== undefined && uid !== old.metadata.uid)
      throw conflict(groupResource(resource), name, 'the UID in the precondition does not match')
    const finalizers = new Set(old.metadata.finalizers ?? [])
    if (options.propagationPolicy === 'Orphan') finalizers.add('orphan')
    if (options.propagationPolicy === 'Foreground') finalizers.add('foregroundDeletion')
    const grace = resource === 'pods' && isBound(old) ? (options.gracePeriodSeconds ?? 30) : 0
    const held = grace > 0 || finalizers.size > 0 || specFinalizers(old).length > 0
    if (!held) {
      this.#remove(resource, old)
      return
    }
    const metadata: ObjectMeta = {
      ...old.metadata,
      deletionTimestamp: old.metadata.deletionTimestamp ?? formatTime(this.time + grace * 1000),
      deletionGracePeriodSeconds: grace,
      ...(finalizers.size > 0 ? { finalizers: [...finalizers] } : {}),
    }
    if (!equal(metadata, old.metadata)) this.#store(resource, { ...old, metadata })
  }

  #store(resource: string, object: AnyObject): AnyObject {
    const table = this.#table(resource)
    const old = table.get(keyOf(object))
    const stored = freeze({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(++this.#revision) },
    })
    table.set(keyOf(stored), stored)
    this.writes++
    this.#tell(resource, old === undefined ? 'ADDED' : 'MODIFIED', stored, old)
    return stored
  }

  #remove(resource: string, object: AnyObject): void {
    this.#table(resource).delete(keyOf(object))
    this.writes++
    this.#revision++
    this.#tell(resource, 'DELETED', object, object)
  }

  #tell(resource: string, type: WatchEventType, object: AnyObject, old?: AnyObject): void {
    const change: Change = old === undefined ? { type, object } : { type, object, old }
    for (const handler of this.#handlers) handler(resource, change)
  }

  #get(resource: string, namespace: string, name: string): AnyObject | undefined {
    return this.#table(resource).get(namespace === '' ? name : `${namespace}/${name}`)
  }

  #list(resource: string, filter: ListFilter = {}): readonly AnyObject[] {
    const { namespace, labels, owner, node } = filter
    return [...this.#table(resource).values()]
      .filter(
        (object) =>
          (namespace === undefined || object.metadata.namespace === namespace) &&
          (labels === undefined || matches(labels, object.metadata.labels)) &&
          (owner === undefined ||
            object.metadata.ownerReferences?.some((ref) => ref.uid === owner) === true) &&
          (node === undefined || nodeNameOf(object) === node),
      )
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }

  #table(resource: string): Map<string, AnyObject> {
    let table = this.#objects.get(resource)
    if (table === undefined) this.#objects.set(resource, (table = new Map()))
    return table
  }

  #mayRefuse(verb: string, resource: string, object: AnyObject): void {
    const error = this.refuse(verb, resource, object)
    if (error !== undefined) throw error
  }
}

const groupResource = (resource: string) => {
  const dot = resource.indexOf('.')
  return dot < 0
    ? { group: '', resource }
    : { group: resource.slice(dot + 1), resource: resource.slice(0, dot) }
}

interface Specced {
  readonly spec?: { readonly nodeName?: string; readonly finalizers?: readonly string[] }
  readonly status?: unknown
}
const nodeNameOf = (object: AnyObject) => (object as Specced).spec?.nodeName
const isBound = (object: AnyObject) => (nodeNameOf(object) ?? '') !== ''
const specFinalizers = (object: AnyObject) => (object as Specced).spec?.finalizers ?? []

const merge = (object: AnyObject, old: AnyObject, { subresource }: WriteOptions): AnyObject => {
  const identity = {
    uid: old.metadata.uid,
    creationTimestamp: old.metadata.creationTimestamp,
    resourceVersion: old.metadata.resourceVersion,
    deletionTimestamp: old.metadata.deletionTimestamp,
    generation: old.metadata.generation,
  }
  const metadata = assign(object.metadata, identity)
  if (subresource === 'status')
    return assign(old as AnyObject & Specced, {
      status: (object as Specced).status,
      metadata: assign(old.metadata, { annotations: object.metadata.annotations }),
    })
  if (subresource === 'finalize')
    return assign(old as AnyObject & Specced, { spec: (object as Specced).spec })
  const changed = !equal((object as Specced).spec, (old as Specced).spec)
  const generation = (old.metadata.generation ?? 0) + (changed ? 1 : 0)
  return {
    ...object,
    metadata: old.metadata.generation === undefined ? metadata : { ...metadata, generation },
  }
}
