// Which addresses of a node's range its pods have. Like the CNI plugin host-local: the next free one after the last given.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { Memory } from '#client/work-queue.ts'
import { type Cidr, cidrSize, nthAddress, parseCidr } from '#net/cidr.ts'
import { formatIp } from '#net/ip.ts'
import { isTerminal } from '#kubelet/pod-record.ts'

interface Holder {
  readonly uid: string
  readonly node: string
  readonly ip: string
}

/** The first address after the network's own belongs to the bridge. */
const FIRST_POSITION = 2

export class AddressPools {
  readonly #memory: Memory
  /** The pods of a node, for a pool that is not known yet. */
  readonly #podsOf: (node: string) => readonly Pod[]
  /** An address that is given, but not shown in the status yet. */
  readonly #hidden: (pod: Pod) => string | undefined
  readonly #used = new Map<string, Set<string>>()
  readonly #holders = new Map<string, Holder>()
  readonly #ranges = new Map<string, Cidr | undefined>()

  constructor(
    memory: Memory,
    podsOf: (node: string) => readonly Pod[],
    hidden: (pod: Pod) => string | undefined,
  ) {
    this.#memory = memory
    this.#podsOf = podsOf
    this.#hidden = hidden
  }

  /** The address that the node's next pod gets; undefined if all are taken. */
  free(node: string, podCIDR: string | undefined): string | undefined {
    const cidr = this.#rangeOf(podCIDR)
    if (cidr === undefined) return undefined
    const used = this.#usedOn(node)
    const count = cidrSize(cidr) - FIRST_POSITION - 1
    const last = Number(this.#memory.get(lastKey(node)) ?? -1)
    for (let tried = 1; tried <= count; tried++) {
      const ip = addressAt(cidr, (last + tried) % count)
      if (!used.has(ip)) return ip
    }
    return undefined
  }

  /** The pod has this address. */
  hold(pod: Pod, node: string, ip: string): void {
    const key = keyOf(pod)
    const before = this.#holders.get(key)
    if (before?.uid === pod.metadata.uid && before?.ip === ip) return
    if (before !== undefined) this.#release(key, before)
    this.#usedOn(node).add(ip)
    this.#holders.set(key, { uid: pod.metadata.uid ?? '', node, ip })
  }

  /** The pod was given this address just now: the next search begins behind it. */
  take(pod: Pod, node: string, ip: string, podCIDR: string | undefined): void {
    this.hold(pod, node, ip)
    const cidr = this.#rangeOf(podCIDR)
    if (cidr !== undefined) this.#memory.set(lastKey(node), String(positionOf(cidr, ip)))
  }

  /** The pod of this key gives its address back, unless it is still the one with this uid. Returns its node if it had one. */
  release(key: string, exceptUid?: string): string | undefined {
    const holder = this.#holders.get(key)
    if (holder === undefined || holder.uid === exceptUid) return undefined
    this.#release(key, holder)
    return holder.node
  }

  #rangeOf(podCIDR: string | undefined): Cidr | undefined {
    if (podCIDR === undefined) return undefined
    if (!this.#ranges.has(podCIDR)) this.#ranges.set(podCIDR, parseCidr(podCIDR))
    return this.#ranges.get(podCIDR)
  }

  #release(key: string, { node, ip }: Holder): void {
    this.#used.get(node)?.delete(ip)
    this.#holders.delete(key)
  }

  #usedOn(node: string): Set<string> {
    const known = this.#used.get(node)
    if (known !== undefined) return known
    const used = new Set<string>()
    this.#used.set(node, used)
    for (const pod of this.#podsOf(node)) {
      const ip = pod.status.podIP ?? this.#hidden(pod)
      if (ip === undefined || pod.spec.hostNetwork === true || isTerminal(pod.status)) continue
      used.add(ip)
      this.#holders.set(keyOf(pod), { uid: pod.metadata.uid ?? '', node, ip })
    }
    return used
  }
}

const lastKey = (node: string): string => `kubelet/address/${node}`

const addressAt = (cidr: Cidr, position: number): string =>
  formatIp(nthAddress(cidr, FIRST_POSITION + position))

const positionOf = (cidr: Cidr, ip: string): number => {
  let value = 0
  for (const octet of ip.split('.')) value = value * 256 + Number(octet)
  return value - Number(cidr.network.value) - FIRST_POSITION
}
