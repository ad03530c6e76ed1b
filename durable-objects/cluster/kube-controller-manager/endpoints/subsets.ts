// kubernetes: pkg/api/v1/endpoints/util.go RepackSubsets, pkg/controller/endpoint/endpoints_controller.go truncateEndpoints
import type { EndpointAddress, EndpointPort, EndpointSubset } from '#api/core/v1/endpoints/types.ts'
import { portsKey } from '#kube-controller-manager/service-pods/target-ports.ts'
import { orderPorts } from '#kube-controller-manager/endpoints/port-order.ts'

export const MAX_ADDRESSES = 1000

/** How a Pod stands in Endpoints. */
export interface Backend {
  readonly key: string
  readonly ports: readonly EndpointPort[]
  readonly ip: string
  readonly uid: string
  readonly nodeName: string | undefined
  readonly hostname: string | undefined
  readonly ready: boolean
  /** Made when it is needed: of many Pods most are cut off. */
  readonly address: EndpointAddress
}

/** So many are put where they belong; of more, all are sorted when somebody looks. */
const FEW = 32

/** Pods in the order of Endpoints. */
class SortedBackends {
  readonly #list: Backend[] = []
  #added = 0
  #addresses: readonly EndpointAddress[] | undefined

  get length(): number {
    return this.#list.length
  }

  add(backend: Backend): void {
    const index = this.#added++ < FEW ? position(this.#list, backend) : this.#list.length
    this.#list.splice(index, 0, backend)
    this.#touch(this.#added > FEW ? 0 : index)
  }

  remove(backend: Backend): void {
    const index = position(this.sorted(), backend)
    if (this.#list[index] === backend) this.#list.splice(index, 1)
    this.#touch(index)
  }

  /** The addresses of the first ones: the same list while nothing changed among them. */
  addresses(count: number): readonly EndpointAddress[] {
    if (this.#addresses?.length !== count)
      this.#addresses = this.sorted()
        .slice(0, count)
        .map(({ address }) => address)
    return this.#addresses
  }

  #touch(index: number): void {
    if (this.#addresses !== undefined && index < this.#addresses.length) this.#addresses = undefined
  }

  sorted(): readonly Backend[] {
    if (this.#added > FEW) this.#list.sort((a, b) => (isBefore(a, b) ? -1 : 1))
    this.#added = 0
    return this.#list
  }
}

/** Pods with the same ports. */
interface Group {
  readonly ports: readonly EndpointPort[]
  readonly ready: SortedBackends
  readonly notReady: SortedBackends
}

/** Addresses of Pods in order: all that Endpoints ask of a group. */
interface Addresses {
  readonly length: number
  addresses(count: number): readonly EndpointAddress[]
}

interface Repacked {
  readonly ports: readonly EndpointPort[]
  readonly ready: Addresses
  readonly notReady: Addresses
}

/** The Pods of a Service, by their ports and in the order of Endpoints, so that one more or less costs no sorting. */
export class Backends {
  readonly #groups = new Map<string, Group>()
  readonly #pods = new Map<string, Backend>()

  /** Sets how the Pod stands (undefined: not at all); says whether that changed anything. */
  set(pod: string, backend: Backend | undefined): boolean {
    const known = this.#pods.get(pod)
    if (known === backend) return false
    if (known !== undefined && backend !== undefined && isSame(known, backend)) return false
    if (known !== undefined) this.#remove(pod, known)
    if (backend !== undefined) this.#add(pod, backend)
    return true
  }

  /** All addresses as subsets, cut off at the capacity. */
  subsets(): { readonly subsets: readonly EndpointSubset[]; readonly truncated: boolean } {
    const groups = [...this.#groups.values()]
    const merged: readonly Repacked[] = groups.length <= 1 ? groups : repack(groups)
    const sorted = merged.map((group) => ({ ...group, ports: orderPorts(group.ports) }))
    if (sorted.length > 1) sorted.sort((a, b) => (portsKey(a.ports) < portsKey(b.ports) ? -1 : 1))
    return truncate(sorted)
  }

  #add(pod: string, backend: Backend): void {
    const { key, ports } = backend
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = { ports, ready: new SortedBackends(), notReady: new SortedBackends() }
      this.#groups.set(key, group)
    }
    const list = backend.ready ? group.ready : group.notReady
    list.add(backend)
    this.#pods.set(pod, backend)
  }

  #remove(pod: string, backend: Backend): void {
    this.#pods.delete(pod)
    const { ready, notReady } = this.#groups.get(backend.key)!
    if (backend.ready) ready.remove(backend)
    else notReady.remove(backend)
    if (ready.length + notReady.length === 0) this.#groups.delete(backend.key)
  }
}

const isSame = (a: Backend, b: Backend): boolean =>
  a.key === b.key &&
  a.ready === b.ready &&
  a.ip === b.ip &&
  a.hostname === b.hostname &&
  a.nodeName === b.nodeName &&
  a.uid === b.uid

/** kubernetes: LessEndpointAddress */
const isBefore = (a: Backend, b: Backend): boolean => (a.ip === b.ip ? a.uid < b.uid : a.ip < b.ip)

/** The first place at which the Pod may stand. */
const position = (list: readonly Backend[], backend: Backend): number => {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(list[middle]!, backend)) low = middle + 1
    else high = middle
  }
  return low
}

/** Brings ports with equal addresses together: each port has those of all groups that have the port. */
const repack = (groups: readonly Group[]): readonly Repacked[] => {
  const byPort = new Map<
    string,
    { readonly port: EndpointPort | undefined; readonly of: number[] }
  >()
  for (const [index, { ports }] of groups.entries())
    for (const port of ports.length === 0 ? [undefined] : ports) {
      const key = port === undefined ? '' : portsKey([port])
      const entry = byPort.get(key)
      if (entry === undefined) byPort.set(key, { port, of: [index] })
      else entry.of.push(index)
    }
  const byGroups = new Map<
    string,
    { readonly ports: EndpointPort[]; readonly of: readonly number[] }
  >()
  for (const { port, of } of byPort.values()) {
    const entry = byGroups.get(of.join()) ?? { ports: [], of }
    byGroups.set(of.join(), entry)
    if (port !== undefined) entry.ports.push(port)
  }
  return [...byGroups.values()].map(({ ports, of }) => ({
    ports,
    ready: merge(of.map((index) => groups[index]!.ready)),
    notReady: merge(of.map((index) => groups[index]!.notReady)),
  }))
}

const merge = (lists: readonly SortedBackends[]): Addresses => {
  if (lists.length === 1) return lists[0]!
  const all = lists.flatMap((list) => list.sorted()).sort((a, b) => (isBefore(a, b) ? -1 : 1))
  return {
    length: all.length,
    addresses: (count) => all.slice(0, count).map(({ address }) => address),
  }
}

const subsetOf = (
  { ports, ready, notReady }: Repacked,
  readyCount: number,
  notReadyCount: number,
): EndpointSubset => ({
  ...(readyCount === 0 ? {} : { addresses: ready.addresses(readyCount) }),
  ...(notReadyCount === 0 ? {} : { notReadyAddresses: notReady.addresses(notReadyCount) }),
  ...(ports.length === 0 ? {} : { ports }),
})

const truncate = (groups: readonly Repacked[]) => {
  const ready = groups.reduce((total, group) => total + group.ready.length, 0)
  const notReady = groups.reduce((total, group) => total + group.notReady.length, 0)
  if (ready + notReady <= MAX_ADDRESSES) {
    const subsets = groups.map((g) => subsetOf(g, g.ready.length, g.notReady.length))
    return { subsets, truncated: false }
  }
  // ready ones go first; each subset keeps its share, rounded up, while there is room
  const cutsReady = ready > MAX_ADDRESSES
  const room = cutsReady ? MAX_ADDRESSES : MAX_ADDRESSES - ready
  const total = cutsReady ? ready : notReady
  let left = room
  const share = (count: number): number => {
    const kept = Math.min(Math.ceil((count / total) * room), left, count)
    left -= kept
    return kept
  }
  const subsets = groups.map((g) =>
    cutsReady
      ? subsetOf(g, share(g.ready.length), 0)
      : subsetOf(g, g.ready.length, share(g.notReady.length)),
  )
  return { subsets, truncated: true }
}
