// Cluster IPs. What is taken is what has an IPAddress object; nothing is remembered here.
// kubernetes: pkg/registry/core/service/ipallocator/{ipallocator,cidrallocator}.go
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import { validateIpAddress } from '#api/networking/v1/ip-address/validation.ts'
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import { invalid } from '#apimachinery/status-error.ts'
import type { Random } from '#environment.ts'
import { AllocationError } from '#kube-apiserver/service/port-allocator.ts'
import {
  cidrContains,
  cidrSize,
  formatCidr,
  lastAddress,
  nthAddress,
  parseCidr,
  type Cidr,
} from '#net/cidr.ts'
import { formatIp, parseIpSloppy, sameIp, type Ip, type IpVersion } from '#net/ip.ts'

export type IpFamily = 'IPv4' | 'IPv6'

export interface ServiceReference {
  readonly namespace: string
  readonly name: string
}

/** What the allocator must know of the cluster. Each is answered without a scan. */
export interface IpAllocatorStore {
  /** In the order in which they are to be tried. */
  listServiceCidrs(): readonly ServiceCIDR[]
  hasIpAddress(name: string): boolean
}

const MISMATCH = 'the provided network does not match the current range'
const ALLOCATED = 'provided IP is already allocated'
const FULL = 'range is full'

export const familyVersion = (family: IpFamily): IpVersion => (family === 'IPv4' ? 4 : 6)

export class IpAllocator {
  readonly #store: IpAllocatorStore
  readonly #random: Random

  constructor(store: IpAllocatorStore, random: Random) {
    this.#store = store
    this.#random = random
  }

  /** The object that will hold the given address, or an AllocationError. */
  allocate(text: string, family: IpFamily, service: ServiceReference): IPAddress {
    const ip = parseIpSloppy(text)?.ip
    const isServed = ip !== undefined && this.#ranges(family).some((range) => isUsable(range, ip))
    if (!isServed) throw new AllocationError(MISMATCH)
    const address = addressObject(ip, family, service)
    check(address)
    if (this.#store.hasIpAddress(address.metadata.name!)) throw new AllocationError(ALLOCATED)
    return address
  }

  /**
   * An address nobody has, from the upper band of a range while there is one: from a random place on,
   * the next free one.
   */
  allocateNext(family: IpFamily, service: ServiceReference): IPAddress {
    for (const range of this.#ranges(family)) {
      const ip = this.#freeIn(range)
      if (ip === undefined) continue
      const address = addressObject(ip, family, service)
      check(address)
      return address
    }
    throw new AllocationError(FULL)
  }

  /** A dry run only looks whether the address is in the range. */
  dryRun(text: string, family: IpFamily): void {
    const ip = parseIpSloppy(text)?.ip
    const range = this.#cidrs(family, () => true)[0]
    if (range !== undefined && ip !== undefined && isUsable(range, ip)) return
    throw new AllocationError(
      `the provided IP (${ip === undefined ? text : formatIp(ip)}) is not in the valid range. The range of valid IPs is ${range === undefined ? '' : formatCidr(range)}`,
    )
  }

  /** What a dry run shows where an address would be chosen: the network's own. */
  dryRunNext(family: IpFamily): string {
    const range = this.#cidrs(family, () => true)[0]
    if (range === undefined) throw new AllocationError(FULL)
    return formatIp(range.network)
  }

  #ranges(family: IpFamily): readonly Cidr[] {
    return this.#cidrs(family, isReady)
  }

  #cidrs(family: IpFamily, isWanted: (cidr: ServiceCIDR) => boolean): readonly Cidr[] {
    const version = familyVersion(family)
    return this.#store
      .listServiceCidrs()
      .filter(isWanted)
      .flatMap(({ spec }) => (spec.cidrs ?? []).map(parseCidr))
      .filter((cidr) => cidr !== undefined)
      .filter((cidr) => cidr.network.version === version)
  }

  #freeIn(range: Cidr): Ip | undefined {
    // Neither the network's own address nor IPv4's broadcast address.
    const count = cidrSize(range) - (range.network.version === 4 ? 2 : 1)
    const band = staticBand(cidrSize(range))
    return (
      this.#freeBetween(range, band, Math.max(0, count - band)) ??
      this.#freeBetween(range, 0, Math.min(band, Math.max(0, count)))
    )
  }

  #freeBetween(range: Cidr, from: number, count: number): Ip | undefined {
    if (count === 0) return undefined
    const start = this.#random.below(count)
    for (let step = 0; step < count; step++) {
      const ip = nthAddress(range, 1 + from + ((start + step) % count))
      if (!this.#store.hasIpAddress(formatIp(ip))) return ip
    }
    return undefined
  }
}

/** The lower part of a range is kept for addresses that users name: min(max(16, size/16), 256). */
const staticBand = (size: number): number =>
  size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 16)), 256)

const isUsable = (range: Cidr, ip: Ip): boolean =>
  cidrContains(range, ip) &&
  !sameIp(range.network, ip) &&
  !(ip.version === 4 && sameIp(lastAddress(range), ip))

/** A range without condition is ready: its controller may not have seen it yet. */
export const isReady = ({ metadata, status }: ServiceCIDR): boolean => {
  if (metadata.deletionTimestamp !== undefined) return false
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return ready === undefined || ready.status === 'True'
}

const addressObject = (
  ip: Ip,
  family: IpFamily,
  { namespace, name }: ServiceReference,
): IPAddress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: {
    name: formatIp(ip),
    labels: {
      'ipaddress.kubernetes.io/ip-family': family,
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
    },
  },
  spec: { parentRef: { resource: 'services', namespace, name } },
})

// Upstream creates the object here; that it could not be created is said here too.
const check = (address: IPAddress): void => {
  const errors = validateIpAddress(address)
  if (errors.length > 0)
    throw new AllocationError(
      invalid({ group: 'networking.k8s.io', kind: 'IPAddress' }, address.metadata.name!, errors)
        .message,
    )
}
