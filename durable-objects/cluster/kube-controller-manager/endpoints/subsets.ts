// kubernetes: pkg/api/v1/endpoints/util.go RepackSubsets, pkg/controller/endpoint/endpoints_controller.go truncateEndpoints
import type { EndpointAddress, EndpointPort, EndpointSubset } from '#api/core/v1/endpoints/types.ts'
import { portsKey } from '#kube-controller-manager/service-pods/target-ports.ts'
import { orderPorts } from '#kube-controller-manager/endpoints/port-order.ts'

export const MAX_ADDRESSES = 1000

/** How a Pod stands in Endpoints. */
export interface Backend {
  readonly key: string
  readonly ports: readonly EndpointPort[]
  readonly address: EndpointAddress
  readonly ready: boolean
}

/** Pods with the same ports. The lists are sorted as Endpoints have them. */
interface Group {
  readonly ports: readonly EndpointPort[]
  readonly ready: EndpointAddress[]
  readonly notReady: EndpointAddress[]
}

/** The Pods of a Service, by their ports and in the order of Endpoints, so that one more or less costs no sorting. */
export class Backends {
  readonly #groups = new Map<string, Group>()
  readonly #pods = new Map<string, Backend>()

  pods(): Iterable<string> {
    return this.#pods.keys()
  }

  /** Sets how the Pod stands (undefined: not at all); says whether that changed anything. */
  set(pod: string, backend: Backend | undefined): boolean {
    const known = this.#pods.get(pod)
    if (
      known === backend ||
      (known !== undefined && backend !== undefined && isSame(known, backend))
    )
      return false
    if (known !== undefined) this.#remove(pod, known)
    if (backend !== undefined) this.#add(pod, backend)
    return true
  }

  /** All addresses as subsets, cut off at the capacity. */
  subsets(): { readonly subsets: readonly EndpointSubset[]; readonly truncated: boolean } {
    const groups = [...this.#groups.values()]
    const merged = groups.length <= 1 ? groups : repack(groups)
    const sorted = merged.map((group) => ({ ...group, ports: orderPorts(group.ports) }))
    if (sorted.length > 1) sorted.sort((a, b) => (portsKey(a.ports) < portsKey(b.ports) ? -1 : 1))
    return truncate(sorted)
  }

  #add(pod: string, backend: Backend): void {
    let group = this.#groups.get(backend.key)
    if (group === undefined)
      this.#groups.set(backend.key, (group = { ports: backend.ports, ready: [], notReady: [] }))
    const list = backend.ready ? group.ready : group.notReady
    list.splice(position(list, backend.address), 0, backend.address)
    this.#pods.set(pod, backend)
  }

  #remove(pod: string, backend: Backend): void {
    this.#pods.delete(pod)
    const group = this.#groups.get(backend.key)!
    const list = backend.ready ? group.ready : group.notReady
    const index = position(list, backend.address)
    if (list[index] === backend.address) list.splice(index, 1)
    if (group.ready.length + group.notReady.length === 0) this.#groups.delete(backend.key)
  }
}

const isSame = (a: Backend, b: Backend): boolean =>
  a.key === b.key &&
  a.ready === b.ready &&
  a.address.ip === b.address.ip &&
  a.address.hostname === b.address.hostname &&
  a.address.nodeName === b.address.nodeName &&
  a.address.targetRef?.uid === b.address.targetRef?.uid

/** kubernetes: LessEndpointAddress */
const isBefore = (a: EndpointAddress, b: EndpointAddress): boolean =>
  a.ip === b.ip ? (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') : a.ip < b.ip

/** The first place at which the address may stand. */
const position = (list: readonly EndpointAddress[], address: EndpointAddress): number => {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(list[middle]!, address)) low = middle + 1
    else high = middle
  }
  return low
}

/** Brings ports with equal addresses together: each port has those of all groups that have the port. */
const repack = (groups: readonly Group[]): readonly Group[] => {
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

const merge = (lists: readonly EndpointAddress[][]): EndpointAddress[] =>
  lists.length === 1 ? lists[0]! : lists.flat().sort((a, b) => (isBefore(a, b) ? -1 : 1))

const subsetOf = (
  ports: readonly EndpointPort[],
  ready: readonly EndpointAddress[],
  notReady: readonly EndpointAddress[],
): EndpointSubset => ({
  ...(ready.length === 0 ? {} : { addresses: ready }),
  ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
  ...(ports.length === 0 ? {} : { ports }),
})

const truncate = (groups: readonly Group[]) => {
  const ready = sum(groups, (group) => group.ready)
  const notReady = sum(groups, (group) => group.notReady)
  if (ready + notReady <= MAX_ADDRESSES)
    return {
      subsets: groups.map((g) => subsetOf(g.ports, [...g.ready], [...g.notReady])),
      truncated: false,
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
      ? subsetOf(g.ports, g.ready.slice(0, share(g.ready.length)), [])
      : subsetOf(g.ports, [...g.ready], g.notReady.slice(0, share(g.notReady.length))),
  )
  return { subsets, truncated: true }
}

const sum = (groups: readonly Group[], list: (group: Group) => readonly unknown[]): number =>
  groups.reduce((total, group) => total + list(group).length, 0)
