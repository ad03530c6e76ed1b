// What a Service holds outside itself: cluster IPs (as IPAddress objects) and node ports.
// kubernetes: pkg/registry/core/service/storage/{storage,alloc}.go beginCreate, beginUpdate, afterDelete
import { isHeadless, needsClusterIp, needsHealthCheck } from '#api/core/v1/service/type-rules.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import { invalidValue } from '#apimachinery/field-error.ts'
import { internalError } from '#apimachinery/status-error.ts'
import type { Random } from '#environment.ts'
import {
  initIpFamilyFields,
  invalidService,
  isSamePreferDualStack,
  normalizeClusterIps,
  patchAllocatedValues,
  withSpec,
  type ClusterFamilies,
} from '#kube-apiserver/service/address-fields.ts'
import {
  IpAllocator,
  type IpAllocatorStore,
  type IpFamily,
} from '#kube-apiserver/service/ip-allocator.ts'
import {
  allocateHealthCheckPort,
  allocateNodePorts,
  updateHealthCheckPort,
  updateNodePorts,
  usedNodePorts,
} from '#kube-apiserver/service/node-ports.ts'
import {
  AllocationError,
  PortAllocator,
  PortOperation,
} from '#kube-apiserver/service/port-allocator.ts'
import { formatIp, parseIpSloppy } from '#net/ip.ts'

/** What the allocator reads and writes beside Services. */
export interface ServiceAllocatorStore extends IpAllocatorStore {
  /** Read once, when node ports are first asked for. */
  listServices(): readonly Service[]
  createIpAddress(address: IPAddress): void
  /** Nothing happens if there is none. */
  deleteIpAddress(name: string): void
}

/** A Service with all that it needs, held until it is stored. Exactly one of `commit` and `revert` is called, or neither in a dry run. */
export interface ServiceReservation {
  readonly object: Service
  /** The Service was stored: writes the new IPAddresses, gives back what the Service no longer uses. */
  readonly commit: () => void
  /** The Service was refused. */
  readonly revert: () => void
}

interface Addresses {
  readonly service: Service
  readonly created: readonly IPAddress[]
  readonly released: readonly string[]
}

/**
 * Every cluster IP in use is an IPAddress object and every node port in use stands in a Service, so nothing
 * is lost when this is. Addresses are looked up per allocation; node ports are read once and then kept up to date.
 */
export class ServiceAllocator {
  readonly #store: ServiceAllocatorStore
  readonly #families: ClusterFamilies
  readonly #ips: IpAllocator
  readonly #ports: PortAllocator

  constructor(store: ServiceAllocatorStore, random: Random, families: ClusterFamilies = ['IPv4']) {
    this.#store = store
    this.#families = families
    this.#ips = new IpAllocator(store, random)
    this.#ports = new PortAllocator(random, () => usedNodePorts(store.listServices()))
  }

  /** Services changed without passing through here (a session was restored). */
  forget(): void {
    this.#ports.forget()
  }

  /** Before the Service is prepared and validated. Throws StatusError. */
  onCreate(given: Service, { dryRun }: { readonly dryRun: boolean }): ServiceReservation {
    const normal = initIpFamilyFields(
      normalizeClusterIps(given, undefined),
      undefined,
      this.#families,
    )
    const addresses = this.#allocateIps(normal, normal.spec.ipFamilies ?? [], dryRun)
    return this.#withPorts(addresses, dryRun, (service, operation) => {
      const withPorts = allocateNodePorts(service, operation)
      return needsHealthCheck(withPorts) ? allocateHealthCheckPort(withPorts, operation) : withPorts
    })
  }

  /** Before the Service is prepared and validated. Throws StatusError. */
  onUpdate(
    given: Service,
    old: Service,
    { dryRun }: { readonly dryRun: boolean },
  ): ServiceReservation {
    const patched = normalizeClusterIps(patchAllocatedValues(given, old), old)
    const addresses = this.#updateIps(initIpFamilyFields(patched, old, this.#families), old, dryRun)
    return this.#withPorts(addresses, dryRun, (service, operation) =>
      updateHealthCheckPort(updateNodePorts(service, old, operation), old, operation),
    )
  }

  /** After the Service is gone. */
  onDelete(service: Service): void {
    for (const name of addressNames(service)) this.#store.deleteIpAddress(name)
    for (const port of usedNodePorts([service])) this.#ports.release(port)
  }

  #withPorts(
    addresses: Addresses,
    dryRun: boolean,
    allocate: (service: Service, operation: PortOperation) => Service,
  ): ServiceReservation {
    const operation = new PortOperation(this.#ports, dryRun)
    try {
      const object = allocate(addresses.service, operation)
      return {
        object,
        commit: () => {
          if (dryRun) return
          for (const address of addresses.created) this.#store.createIpAddress(address)
          for (const name of addresses.released) this.#store.deleteIpAddress(name)
          operation.commit()
        },
        revert: () => operation.revert(),
      }
    } catch (error) {
      operation.revert()
      throw error
    }
  }

  /** Gives the Service an address for each of the families; those it has are kept. */
  #allocateIps(service: Service, families: readonly IpFamily[], dryRun: boolean): Addresses {
    if (!needsClusterIp(service) || service.spec.clusterIPs?.[0] === 'None')
      return { service, created: [], released: [] }
    const clusterIPs: string[] = [...(service.spec.clusterIPs ?? [])]
    const created: IPAddress[] = []
    for (const [index, family] of (service.spec.ipFamilies ?? []).entries()) {
      if (!families.includes(family)) continue
      const { ip, address } = this.#allocateIp(service, family, clusterIPs[index] ?? '', dryRun)
      clusterIPs[index] = ip
      if (address !== undefined) created.push(address)
    }
    const allocated = withSpec(service, { clusterIPs, clusterIP: clusterIPs[0] })
    return { service: allocated, created, released: [] }
  }

  #allocateIp(
    service: Service,
    family: IpFamily,
    wanted: string,
    dryRun: boolean,
  ): { readonly ip: string; readonly address?: IPAddress } {
    const { namespace = '', name = '' } = service.metadata
    try {
      if (dryRun) {
        if (wanted === '') return { ip: this.#ips.dryRunNext(family) }
        this.#ips.dryRun(wanted, family)
        return { ip: wanted }
      }
      const reference = { namespace, name }
      if (wanted !== '')
        return { ip: wanted, address: this.#ips.allocate(wanted, family, reference) }
      const address = this.#ips.allocateNext(family, reference)
      return { ip: address.metadata.name!, address }
    } catch (error) {
      if (!(error instanceof AllocationError)) throw error
      if (wanted === '') throw internalError(`failed to allocate a serviceIP: ${error.message}`)
      throw invalidService(service, [
        invalidValue(
          'spec.clusterIPs',
          service.spec.clusterIPs,
          `failed to allocate IP ${wanted}: ${error.message}`,
        ),
      ])
    }
  }

  #updateIps(service: Service, old: Service, dryRun: boolean): Addresses {
    const unchanged: Addresses = { service, created: [], released: [] }
    if (isSamePreferDualStack(service, old)) return unchanged
    const { ipFamilies = [] } = service.spec
    const before = old.spec.ipFamilies ?? []
    if (!needsClusterIp(old))
      return needsClusterIp(service) ? this.#allocateIps(service, ipFamilies, dryRun) : unchanged
    if (isHeadless(old)) return unchanged
    if (!needsClusterIp(service)) return { ...unchanged, released: addressNames(old) }
    if (before.length === 1 && ipFamilies.length === 2)
      return this.#allocateIps(service, ipFamilies.slice(1), dryRun)
    if (before.length === 2 && ipFamilies.length === 1)
      return { ...unchanged, released: addressNames(old).slice(1) }
    return unchanged
  }
}

/** The names of the IPAddresses that a Service holds. */
const addressNames = (service: Service): readonly string[] =>
  needsClusterIp(service) && !isHeadless(service)
    ? (service.spec.clusterIPs ?? []).flatMap((text) => {
        const parsed = parseIpSloppy(text)
        return parsed === undefined ? [] : [formatIp(parsed.ip)]
      })
    : []
