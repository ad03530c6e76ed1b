// kubernetes: pkg/scheduler/framework/types.go NodeInfo
import type { Node, Taint } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import {
  allocatableOf,
  requirementsOf,
  type Allocatable,
  type HostPort,
  type PodRequirements,
} from '#api/core/v1/pod/pod-requirements.ts'

/** A node and the sums over its Pods, kept up to date as Pods come and go. */
export class NodeInfo {
  readonly name: string
  readonly pods = new Map<string, Pod>()
  #node: Node
  #allocatable: Allocatable
  /** Taints that keep Pods off: NoSchedule and NoExecute. */
  #repelling: readonly Taint[] = []
  #discouraging: readonly Taint[] = []
  cpu = 0
  memory = 0
  storage = 0
  scoredCpu = 0
  scoredMemory = 0
  readonly scalars = new Map<string, number>()
  readonly #ports = new Map<string, string[]>()

  constructor(node: Node) {
    this.name = node.metadata.name ?? ''
    this.#node = node
    this.#allocatable = allocatableOf(node.status.allocatable)
    this.node = node
  }

  get node(): Node {
    return this.#node
  }

  set node(node: Node) {
    if (node.status.allocatable !== this.#node.status.allocatable)
      this.#allocatable = allocatableOf(node.status.allocatable)
    this.#node = node
    const taints = node.spec.taints ?? []
    this.#repelling = taints.filter(({ effect }) => effect !== 'PreferNoSchedule')
    this.#discouraging = taints.filter(({ effect }) => effect === 'PreferNoSchedule')
  }

  get allocatable(): Allocatable {
    return this.#allocatable
  }

  get repellingTaints(): readonly Taint[] {
    return this.#repelling
  }

  get discouragingTaints(): readonly Taint[] {
    return this.#discouraging
  }

  add(key: string, pod: Pod): void {
    this.pods.set(key, pod)
    this.#count(requirementsOf(pod), 1)
  }

  remove(key: string): void {
    const pod = this.pods.get(key)
    if (pod === undefined) return
    this.pods.delete(key)
    this.#count(requirementsOf(pod), -1)
  }

  /** kubernetes: fitsPorts */
  hasFreePorts(wanted: readonly HostPort[]): boolean {
    return wanted.every(({ protocol, port, ip }) =>
      (this.#ports.get(`${protocol} ${port}`) ?? []).every(
        (taken) => taken !== ip && taken !== '0.0.0.0' && ip !== '0.0.0.0',
      ),
    )
  }

  /** The same node, to try what would be. */
  copy(): NodeInfo {
    const copy = new NodeInfo(this.#node)
    for (const [key, pod] of this.pods) copy.add(key, pod)
    return copy
  }

  #count(requirements: PodRequirements, sign: 1 | -1): void {
    this.cpu += sign * requirements.cpu
    this.memory += sign * requirements.memory
    this.storage += sign * requirements.storage
    this.scoredCpu += sign * requirements.scoredCpu
    this.scoredMemory += sign * requirements.scoredMemory
    for (const [name, amount] of requirements.scalars)
      this.scalars.set(name, (this.scalars.get(name) ?? 0) + sign * amount)
    for (const { protocol, port, ip } of requirements.hostPorts) {
      const key = `${protocol} ${port}`
      const taken = this.#ports.get(key) ?? []
      if (sign > 0) taken.push(ip)
      else taken.splice(taken.indexOf(ip), 1)
      this.#ports.set(key, taken)
    }
  }
}
