// Each cluster IP has its IPAddress, and each IPAddress that was made for a Service has it: what is not so is put right.
// kubernetes: pkg/registry/core/service/ipallocator/controller/repairip.go
import type { Service } from '#api/core/v1/service/types.ts'
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import { keyOf, own, splitKey } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { nextLook } from '#kube-controller-manager/look-times.ts'
import { cidrContains, parseCidr } from '#net/cidr.ts'
import { formatIp, type Ip, parseIpSloppy } from '#net/ip.ts'

const NAME = 'ipallocator-repair-controller'
const ADDRESSES = 'ipaddresses.networking.k8s.io'
const CIDRS = 'servicecidrs.networking.k8s.io'
const FAMILY = 'ipaddress.kubernetes.io/ip-family'
const MANAGED_BY = 'ipaddress.kubernetes.io/managed-by'
const ALLOCATOR = 'ipallocator.k8s.io'
/** All Services are looked at so often. */
const INTERVAL = 180_000
/** So long a Service may still be on its way. */
const GRACE_MS = 60_000

/** How the keys of Services begin that are looked at when all are; addresses have no slash. */
const LATER = 'later/'

class AddressRepair implements Component {
  readonly name = NAME
  readonly queue: WorkQueue
  readonly #client: Client
  readonly #context: ComponentContext

  constructor(context: ComponentContext) {
    const { client, queue } = context
    this.queue = queue
    this.#client = client
    this.#context = context
    client.watch('services', ({ object }) => queue.add(keyOf(object)))
    client.watch(ADDRESSES, ({ object }) => {
      queue.add(object.metadata.name ?? '')
      // nobody tells the Service: it is found when all are looked at
      const { namespace = '', name = '' } = object.spec.parentRef
      if (name !== '') queue.add(`${LATER}${namespace}/${name}`)
    })
  }

  resync(): void {
    for (const service of this.#client.list('services')) this.#lookLater(service)
    for (const { metadata } of this.#client.list(ADDRESSES)) this.queue.add(metadata.name ?? '')
  }

  sync(key: string): void {
    if (key.startsWith(LATER)) {
      const service = this.#service(key.slice(LATER.length))
      if (service !== undefined) this.#lookLater(service)
    } else if (key.includes('/')) {
      const service = this.#service(key)
      if (service !== undefined) this.#syncService(service)
    } else {
      const address = this.#client.get(ADDRESSES, '', key)
      if (address !== undefined && isManaged(address)) this.#syncAddress(address)
    }
  }

  #service(key: string): Service | undefined {
    const { namespace, name } = splitKey(key)
    return this.#client.get('services', namespace, name)
  }

  /** Whatever is wrong is seen when all Services are looked at. */
  #lookLater(service: Service): void {
    const key = keyOf(service)
    if (ipsOf(service).every((ip) => this.#isRight(service, ip))) this.queue.cancel(key)
    else this.queue.addAt(key, nextLook(this.#client, this.#client.now() + 1, INTERVAL))
  }

  #isRight(service: Service, ip: Ip): boolean {
    const address = this.#client.get(ADDRESSES, '', formatIp(ip))
    return address !== undefined && refersTo(address, service) && isLabelled(address, ip)
  }

  #syncService(service: Service): void {
    const { namespace = '', name = '' } = service.metadata
    const wrong = ipsOf(service).filter((ip) => !this.#isRight(service, ip))
    for (const ip of wrong) {
      const text = formatIp(ip)
      const which = `[IPv${ip.version}]: ${text}`
      const address = this.#client.get(ADDRESSES, '', text)
      if (!this.#isInRange(ip))
        this.#warn(
          service,
          'ClusterIPOutOfRange',
          `Cluster IP ${which} is not within any configured Service CIDR; please recreate service`,
        )
      else if (address === undefined) {
        this.#warn(
          service,
          'ClusterIPNotAllocated',
          `Cluster IP ${which} is not allocated; repairing`,
        )
        this.#client.create(ADDRESSES, addressOf(ip, service))
      } else if (!refersTo(address, service) && !this.#isOfAnother(address)) {
        this.#warn(
          service,
          'ClusterIPNotAllocated',
          `the ClusterIP ${which} for Service ${namespace}/${name} has a wrong reference; repairing`,
        )
        this.#recreate(address, ip, service)
      } else this.#settle(address, ip, service)
    }
    // what nobody can put right is said again and again
    if (wrong.length > 0) this.#lookLater(service)
  }

  /** The address exists, and a Service that it refers to. */
  #settle(address: IPAddress, ip: Ip, service: Service): void {
    const { namespace = '', name = '' } = address.spec.parentRef
    if (!refersTo(address, service)) {
      const other = this.#client.get('services', namespace, name)
      if (other?.spec.clusterIPs?.includes(formatIp(ip)) === true)
        this.#warn(
          service,
          'ClusterIPAlreadyAllocated',
          `Cluster IP [IPv${ip.version}]:${formatIp(ip)} was assigned to multiple services; please recreate service`,
        )
    }
    if (!isLabelled(address, ip)) this.#recreate(address, ip, service)
  }

  #isOfAnother({ spec }: IPAddress): boolean {
    const { group = '', resource, namespace = '', name = '' } = spec.parentRef
    if (group !== '' || resource !== 'services') return false
    return this.#client.get('services', namespace, name) !== undefined
  }

  #isInRange(ip: Ip): boolean {
    return this.#client.list(CIDRS).some(({ spec }) =>
      spec.cidrs?.some((text) => {
        const cidr = parseCidr(text)
        return cidr !== undefined && cidrContains(cidr, ip)
      }),
    )
  }

  #recreate(address: IPAddress, ip: Ip, service: Service): void {
    this.#client.delete(ADDRESSES, '', address.metadata.name ?? '')
    this.#client.create(ADDRESSES, addressOf(ip, service))
  }

  #syncAddress(address: IPAddress): void {
    const { metadata, spec } = address
    const { name: text = '' } = metadata
    const { group = '', resource = '', namespace = '', name = '' } = spec.parentRef
    if (group !== '' || resource !== 'services') {
      const reference = `&ParentReference{Group:${group},Resource:${resource},Namespace:${namespace},Name:${name},}`
      this.#remove(
        address,
        'IPAddressNotAllocated',
        `IPAddress ${text} appears to have been modified, not referencing a Service ${reference}: cleaning up`,
      )
      return
    }
    const service = this.#client.get('services', namespace, name)
    if (service === undefined) {
      const graceEnd = parseTime(metadata.creationTimestamp ?? '') + GRACE_MS
      if (this.#client.now() <= graceEnd) this.queue.addAt(text, graceEnd + 1)
      else
        this.#remove(
          address,
          'IPAddressNotAllocated',
          `IPAddress: ${text} for Service ${namespace}/${name} appears to have leaked: cleaning up`,
        )
    } else if (service.spec.clusterIPs?.includes(text) !== true)
      this.#remove(
        address,
        'IPAddressWrongReference',
        `IPAddress: ${text} for Service ${namespace}/${name} has a wrong reference; cleaning up`,
      )
  }

  #remove(address: IPAddress, reason: string, message: string): void {
    const { name = '' } = address.metadata
    this.#warn(address, reason, message)
    this.#client.delete(ADDRESSES, '', name)
    // somebody else may have waited for it
    for (const service of this.#client.list('services'))
      if (service.spec.clusterIPs?.includes(name) === true) this.#lookLater(service)
  }

  #warn(object: Service | IPAddress, reason: string, message: string): void {
    const action = object.kind === 'Service' ? 'ClusterIPAllocation' : 'IPAddressAllocation'
    const component = NAME
    this.#context.events.record({ object, type: 'Warning', reason, action, message, component })
  }
}

const ipsOf = ({ spec }: Service): readonly Ip[] =>
  spec.type === 'ExternalName' || (spec.clusterIP ?? '') === '' || spec.clusterIP === 'None'
    ? []
    : (spec.clusterIPs ?? []).flatMap((text) => parseIpSloppy(text)?.ip ?? [])

const refersTo = ({ spec }: IPAddress, { metadata }: Service): boolean => {
  const { group = '', resource, namespace, name } = spec.parentRef
  return (
    group === '' &&
    resource === 'services' &&
    namespace === metadata.namespace &&
    name === metadata.name
  )
}

const isManaged = ({ metadata }: IPAddress): boolean =>
  own(metadata.labels, MANAGED_BY) === ALLOCATOR

const isLabelled = (address: IPAddress, ip: Ip): boolean =>
  isManaged(address) && own(address.metadata.labels, FAMILY) === `IPv${ip.version}`

const addressOf = (ip: Ip, { metadata }: Service): IPAddress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: {
    name: formatIp(ip),
    labels: { [FAMILY]: `IPv${ip.version}`, [MANAGED_BY]: ALLOCATOR },
  },
  spec: {
    parentRef: {
      resource: 'services',
      namespace: metadata.namespace ?? '',
      name: metadata.name ?? '',
    },
  },
})

export const addressRepairController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-apiserver',
  username: 'system:apiserver',
  create: (context) => new AddressRepair(context),
}
