// What kubelets measure, as a metrics server collects it. kubernetes: pkg/kubelet/server/stats, kubernetes-sigs/metrics-server pkg/storage
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { controllerOf, keyOf, own } from '#apimachinery/object.ts'
import { quantityMilliValue, quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import type { Client } from '#client/client.ts'
import type { ContainerUsage, Measurements, NodeUsage, PodUsage } from '#client/metrics.ts'
import { MEBIBYTE } from '#images/behaviour.ts'
import type { ContainerDisks, KeptLine } from '#kubelet/container-disk.ts'
import {
  cpuDemand,
  cpuUsage,
  LEAST_WINDOW_MS,
  memoryUsage,
  SCRAPE_PERIOD_MS,
  type UsageFacts,
} from '#kubelet/container-usage.ts'
import { isReachable } from '#kubelet/machine-state.ts'
import { steadyRate } from '#kubelet/steady-clients.ts'
import type { RunningContainers } from '#kubelet/running-containers.ts'

const MILLION = 1_000_000
/** What the system and the kubelet use themselves, and the control plane beside them. In thousandths of a core and in bytes. */
const SYSTEM = { cpu: 45, memory: 380 * MEBIBYTE }
const CONTROL_PLANE = { cpu: 110, memory: 640 * MEBIBYTE }
const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane'
/** Whoever wants less than that gets it, however busy the machine is. In thousandths of a core. */
const MODEST = 50
const DEFAULT_CORES = '2'
const DEFAULT_MEMORY = '8Gi'

interface Machines {
  readonly containers: RunningContainers
  readonly disks: Pick<ContainerDisks, 'linesOf'>
}

interface Parts extends Machines {
  readonly client: Client
}

export const measurementsOf = (client: Client, machines: () => Machines): Measurements => {
  const scrape = (): Scrape => {
    const { containers, disks } = machines()
    return new Scrape({ client, containers, disks })
  }
  return {
    pods: (pods) => {
      const look = scrape()
      return pods.flatMap((pod) => look.pod(pod) ?? [])
    },
    nodes: (nodes) => {
      const look = scrape()
      return nodes.flatMap((node) => look.node(node) ?? [])
    },
  }
}

/** One look at the figures of the last moment at which kubelets were asked. */
class Scrape {
  readonly #parts: Parts
  readonly #at: number
  readonly #shares = new Map<string, number>()
  /** By controller and container. */
  readonly #rates = new Map<string, number>()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#at = Math.floor(parts.client.now() / SCRAPE_PERIOD_MS) * SCRAPE_PERIOD_MS
  }

  pod(pod: Pod): PodUsage | undefined {
    if (!this.#isReached(pod.spec.nodeName)) return undefined
    const facts = this.#factsOf(pod)
    if (facts === undefined || facts.length === 0) return undefined
    const share = facts.some((one) => cpuDemand(one) > MODEST)
      ? this.#shareOn(pod.spec.nodeName!)
      : 1
    const window = Math.min(...facts.map((one) => one.window))
    const containers = facts.map((one): ContainerUsage => ({
      name: one.container.name,
      usage: { cpu: cpuUsage(one, shareOf(one, share)), memory: memoryUsage(one) },
    }))
    return { object: pod, at: this.#at, window, containers }
  }

  node(node: Node): NodeUsage | undefined {
    const { name = '', labels } = node.metadata
    if (!this.#isReached(name)) return undefined
    const facts = this.#allOn(name)
    const share = this.#shareAmong(name, facts)
    const itself = own(labels, CONTROL_PLANE_LABEL) === undefined ? SYSTEM : CONTROL_PLANE
    let cpu = itself.cpu * MILLION
    let memory = itself.memory
    for (const one of facts) {
      cpu += cpuUsage(one, shareOf(one, share))
      memory += memoryUsage(one)
    }
    const capacity = node.status?.capacity
    const cores = quantityMilliValue(quantityOf(own(capacity, 'cpu') ?? DEFAULT_CORES))
    const bytes = quantityValue(quantityOf(own(capacity, 'memory') ?? DEFAULT_MEMORY))
    const usage = { cpu: Math.min(cpu, cores * MILLION), memory: Math.min(memory, bytes) }
    return { object: node, at: this.#at, window: SCRAPE_PERIOD_MS, usage }
  }

  #isReached(node: string | undefined): boolean {
    const machine =
      node === undefined ? undefined : this.#parts.client.get('machines.kubarium.dev', '', node)
    return machine !== undefined && isReachable(machine)
  }

  /** Of all containers that run; undefined if one of them has not run for long enough. */
  #factsOf(pod: Pod): readonly UsageFacts[] | undefined {
    const { uid = '' } = pod.metadata
    const result: UsageFacts[] = []
    for (const { spec, process, startedAt } of this.#parts.containers.of(pod)) {
      const window = Math.min(SCRAPE_PERIOD_MS, this.#at - startedAt)
      if (window < LEAST_WINDOW_MS) return undefined
      const lines = this.#linesOf(pod, spec.name)
      const answered = lines.filter(({ at }) => at > this.#at - window && at <= this.#at).length
      const isServer = process.listens.length > 0
      const steady = isServer ? (this.#steadyRate(pod, spec.name) * window) / 1000 : 0
      result.push({
        container: spec,
        process,
        id: `${uid}/${spec.name}`,
        at: this.#at,
        window,
        answered: Math.max(answered, steady),
      })
    }
    return result
  }

  #linesOf(pod: Pod, container: string): readonly KeptLine[] {
    return this.#parts.disks.linesOf(keyOf(pod), pod.metadata.uid ?? '', container)
  }

  /** What each of a controller's Pods answers to those who do not stop asking: a Service spreads them. */
  #steadyRate(pod: Pod, container: string): number {
    const owner = controllerOf(pod)?.uid
    if (owner === undefined) return steadyRate(this.#linesOf(pod, container), this.#at)
    const key = `${owner}/${container}`
    let rate = this.#rates.get(key)
    if (rate === undefined) {
      const { namespace = '' } = pod.metadata
      const all = this.#parts.client.list('pods', { namespace, owner })
      const running = all.filter(({ status }) => status.phase === 'Running').length
      const lines = all.flatMap((one) => this.#linesOf(one, container))
      this.#rates.set(key, (rate = steadyRate(lines, this.#at) / Math.max(1, running)))
    }
    return rate
  }

  #allOn(node: string): readonly UsageFacts[] {
    return this.#parts.client.list('pods', { node }).flatMap((pod) => this.#factsOf(pod) ?? [])
  }

  /** What part of what they want those get who want much. */
  #shareOn(node: string): number {
    let share = this.#shares.get(node)
    if (share === undefined)
      this.#shares.set(node, (share = this.#shareAmong(node, this.#allOn(node))))
    return share
  }

  #shareAmong(node: string, facts: readonly UsageFacts[]): number {
    const object = this.#parts.client.get('nodes', '', node)
    const capacity = own(object?.status?.capacity, 'cpu') ?? DEFAULT_CORES
    let left = quantityMilliValue(quantityOf(capacity)) - SYSTEM.cpu
    let wanted = 0
    for (const one of facts) {
      const demand = cpuDemand(one)
      if (demand > MODEST) wanted += demand
      else left -= demand
    }
    return wanted > left ? Math.max(0, left) / wanted : 1
  }
}

const shareOf = (facts: UsageFacts, share: number): number =>
  cpuDemand(facts) > MODEST ? share : 1
