// kubernetes: pkg/controller/servicecidrs/servicecidrs_controller.go, pkg/controlplane/controller/defaultservicecidr
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import { assign } from '#apimachinery/object.ts'
import { formatTime, parseTime } from '#apimachinery/time.ts'
import { cidrContains, cidrCovers, parseCidr, type Cidr } from '#net/cidr.ts'
import { parseIp } from '#net/ip.ts'

const CIDRS = 'servicecidrs.networking.k8s.io'
const ADDRESSES = 'ipaddresses.networking.k8s.io'
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'
const BLOCKED =
  'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR'
/** So long an allocator may not have heard that the range is going away. */
const DELETION_GRACE_MS = 10_000
const MANAGED = selectorFromMap({ 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' })

/** Keeps ranges of cluster IPs from being deleted while addresses are in use that no other range holds. */
class ServiceCidrController implements Component {
  readonly name = 'service-cidr-controller'
  readonly queue: WorkQueue
  readonly #client: Client

  constructor({ client, queue }: ComponentContext) {
    this.#client = client
    this.queue = queue
    client.watch(CIDRS, ({ type, object }) => {
      queue.add(object.metadata.name ?? '')
      if (type !== 'MODIFIED') this.#queueDeleted() // another range may hold the addresses now
    })
    client.watch(ADDRESSES, ({ type }) => {
      if (type === 'DELETED') this.#queueDeleted()
    })
  }

  resync(): void {
    for (const { metadata } of this.#client.list(CIDRS)) this.queue.add(metadata.name ?? '')
  }

  sync(key: string): void {
    const cidr = this.#client.get(CIDRS, '', key)
    if (cidr === undefined) return
    if (cidr.metadata.deletionTimestamp === undefined) this.#protect(cidr)
    else this.#release(cidr, parseTime(cidr.metadata.deletionTimestamp))
  }

  #protect(cidr: ServiceCIDR): void {
    const { finalizers = [] } = cidr.metadata
    const held = finalizers.includes(FINALIZER)
      ? cidr
      : this.#client.update(
          CIDRS,
          assign(cidr, {
            metadata: assign(cidr.metadata, { finalizers: [...finalizers, FINALIZER] }),
          }),
        )
    const which = cidr.metadata.name === 'kubernetes' ? 'default Service' : 'Service'
    this.#setReady(held, 'True', '', `Kubernetes ${which} CIDR is ready`)
  }

  #release(cidr: ServiceCIDR, deleted: number): void {
    const { finalizers = [], name = '' } = cidr.metadata
    if (!finalizers.includes(FINALIZER)) return
    const others = this.#client.list(CIDRS).filter(({ metadata }) => metadata.name !== name)
    if (!this.#mayGo(cidr, others)) {
      this.#setReady(cidr, 'False', 'Terminating', BLOCKED)
      return
    }
    if (this.#client.now() < deleted + DELETION_GRACE_MS) {
      this.queue.addAt(name, deleted + DELETION_GRACE_MS)
      return
    }
    const rest = finalizers.filter((finalizer) => finalizer !== FINALIZER)
    this.#client.update(
      CIDRS,
      assign(cidr, { metadata: assign(cidr.metadata, { finalizers: rest }) }),
    )
  }

  /** No address in use would be left without a range. */
  #mayGo(cidr: ServiceCIDR, others: readonly ServiceCIDR[]): boolean {
    const own = networks(cidr)
    const rest = others.flatMap(networks)
    if (own.every((network) => rest.some((outer) => cidrCovers(outer, network)))) return true
    return this.#client.list(ADDRESSES, { labels: MANAGED }).every(({ metadata }) => {
      const ip = parseIp(metadata.name ?? '')
      return (
        ip === undefined ||
        !own.some((network) => cidrContains(network, ip)) ||
        rest.some((network) => cidrContains(network, ip))
      )
    })
  }

  #setReady(cidr: ServiceCIDR, status: string, reason: string, message: string): void {
    const { conditions = [] } = cidr.status
    const known = conditions.find(({ type }) => type === 'Ready')
    if (known?.status === status && known.reason === reason && known.message === message) return
    const lastTransitionTime =
      known?.status === status ? known.lastTransitionTime : formatTime(this.#client.now())
    const ready = { type: 'Ready', status, reason, message, lastTransitionTime }
    const rest = conditions.filter(({ type }) => type !== 'Ready')
    this.#client.update(CIDRS, assign(cidr, { status: { conditions: [...rest, ready] } }), {
      subresource: 'status',
    })
  }

  #queueDeleted(): void {
    for (const { metadata } of this.#client.list(CIDRS))
      if (metadata.deletionTimestamp !== undefined) this.queue.add(metadata.name ?? '')
  }
}

const networks = ({ spec }: ServiceCIDR): readonly Cidr[] =>
  (spec.cidrs ?? []).flatMap((text) => parseCidr(text) ?? [])

export const serviceCidrController: ComponentDefinition = {
  name: 'service-cidr-controller',
  manager: 'service-cidr-controller',
  username: 'system:serviceaccount:kube-system:service-cidrs-controller',
  create: (context) => new ServiceCidrController(context),
}
