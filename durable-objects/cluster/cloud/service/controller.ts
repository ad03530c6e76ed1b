// kubernetes: cloud-provider controllers/service/controller.go
import type { Service } from '#api/core/v1/service/types.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { assign, equal, keyOf, splitKey } from '#apimachinery/object.ts'
import { delaysAt } from '#settings.ts'
import { pickAddress } from '#cloud/service/address-pool.ts'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'

/** Gives Services of type LoadBalancer an address on the internet after a while, and takes it back. */
class ServiceController implements Component {
  readonly name = 'service-lb-controller'
  readonly queue: WorkQueue
  readonly #context: ComponentContext
  readonly #client: Client
  readonly #typeChanges = new Map<string, string>()

  constructor(context: ComponentContext) {
    const { client, queue } = context
    this.#context = context
    this.#client = client
    this.queue = queue
    client.watch('services', ({ type, object, old }) => {
      const concerns =
        wantsBalancer(object) || hasBalancer(object) || (old !== undefined && wantsBalancer(old))
      if (!concerns || (type === 'MODIFIED' && isSameToCloud(old!, object))) return
      if (type === 'MODIFIED' && wantsBalancer(old!) !== wantsBalancer(object))
        this.#typeChanges.set(keyOf(object), `${old!.spec.type ?? ''} -> ${object.spec.type ?? ''}`)
      queue.add(keyOf(object))
    })
  }

  resync(): void {
    for (const service of this.#client.list('services'))
      if (wantsBalancer(service) || hasBalancer(service)) this.queue.add(keyOf(service))
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const service = this.#client.get('services', namespace, name)
    const typeChange = this.#typeChanges.get(key)
    if (this.#typeChanges.delete(key) && service !== undefined)
      this.#tell(service, 'Type', typeChange!)
    const isDeleted = service?.metadata.deletionTimestamp !== undefined
    if (service !== undefined && wantsBalancer(service) && !isDeleted) this.#ensure(key, service)
    else this.#remove(key, service)
  }

  #ensure(key: string, service: Service): void {
    const { memory, settings } = this.#context
    const { finalizers = [], uid = '' } = service.metadata
    const held = finalizers.includes(FINALIZER)
      ? service
      : this.#update(service, { finalizers: [...finalizers, FINALIZER] })
    const [known, moment] = memory.get(begun(key))?.split(' ') ?? []
    const isNew = known !== uid
    const since = isNew ? this.#client.now() : Number(moment)
    if (isNew) {
      memory.set(begun(key), `${uid} ${since}`)
      this.#tell(held, 'EnsuringLoadBalancer', 'Ensuring load balancer')
    }
    if (hasAddress(held)) return
    const ready = since + delaysAt(settings, since).loadBalancer
    if (this.#client.now() < ready) this.queue.addAt(key, ready)
    else this.#give(held)
  }

  #give(service: Service): void {
    const ip = pickAddress(this.#taken(), service.spec.loadBalancerIP)
    if (ip === undefined) return
    const loadBalancer = { ingress: [{ ip, ipMode: modeOf(service) }] }
    const status = assign(service.status, { loadBalancer })
    this.#client.update('services', assign(service, { status }), { subresource: 'status' })
    this.#tell(service, 'EnsuredLoadBalancer', 'Ensured load balancer')
  }

  #remove(key: string, service: Service | undefined): void {
    const { memory } = this.#context
    memory.delete(begun(key))
    this.queue.cancel(key)
    if (service === undefined || !hasBalancer(service)) return
    this.#tell(service, 'DeletingLoadBalancer', 'Deleting load balancer')
    const finalizers =
      service.metadata.finalizers?.filter((finalizer) => finalizer !== FINALIZER) ?? []
    this.#tell(service, 'DeletedLoadBalancer', 'Deleted load balancer')
    const released = this.#update(service, {
      finalizers: finalizers.length === 0 ? undefined : finalizers,
    })
    if (released.metadata.deletionTimestamp !== undefined || !hasAddress(released)) return
    const status = assign(released.status, { loadBalancer: {} })
    this.#client.update('services', assign(released, { status }), { subresource: 'status' })
  }

  #update(
    service: Service,
    metadata: { readonly finalizers: readonly string[] | undefined },
  ): Service {
    return this.#client.update(
      'services',
      assign(service, { metadata: assign(service.metadata, metadata) }),
    )
  }

  #taken(): ReadonlySet<string> {
    const ingress = this.#client
      .list('services')
      .flatMap(({ status }) => status.loadBalancer?.ingress ?? [])
    return new Set(ingress.flatMap(({ ip }) => ip ?? []))
  }

  #tell(object: Service, reason: string, message: string): void {
    this.#context.events.record({
      object,
      type: 'Normal',
      reason,
      message,
      component: 'service-controller',
    })
  }
}

const begun = (key: string): string => `cloud/load-balancer/${key}`

/** A class names another implementation, which is not ours to play. kubernetes: wantsLoadBalancer */
const wantsBalancer = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined

const hasBalancer = ({ metadata }: Service): boolean =>
  metadata.finalizers?.includes(FINALIZER) === true

const hasAddress = ({ status }: Service): boolean => (status.loadBalancer?.ingress ?? []).length > 0

const isSameToCloud = (old: Service, service: Service): boolean =>
  old.spec === service.spec &&
  old.metadata.deletionTimestamp === service.metadata.deletionTimestamp &&
  old.metadata.uid === service.metadata.uid &&
  equal(old.status.loadBalancer, service.status.loadBalancer)

const idle = ({ queue }: ComponentContext): Component => ({
  name: 'service-lb-controller',
  queue,
  sync: () => undefined,
  resync: () => undefined,
})

/** Without a cloud a load balancer stays pending for ever. */
export const serviceController: ComponentDefinition = {
  name: 'service-lb-controller',
  manager: 'cloud-controller-manager',
  username: 'system:serviceaccount:kube-system:service-controller',
  create: (context) =>
    context.settings.loadBalancer === 'none' ? idle(context) : new ServiceController(context),
}

/** Through the nodes' ports, as balancers that stand before the cluster do; without node ports the packets keep the balancer's address. */
const modeOf = ({ spec: { ports = [] } }: Service): 'Proxy' | 'VIP' =>
  ports.every(({ nodePort = 0 }) => nodePort !== 0) ? 'Proxy' : 'VIP'
