import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import { defaultPod } from '#api/core/v1/pod/defaults.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import type { Secret } from '#api/core/v1/secret/types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { type EnvironmentMap, environmentOf } from '#kubelet/environment.ts'
import { nextPodStatus } from '#kubelet/next-pod-status.ts'
import type { PodFacts } from '#kubelet/pod-facts.ts'
import {
  decodeRecord,
  encodeRecord,
  type PodRecord,
  recordFromStatus,
} from '#kubelet/pod-record.ts'
import { mountFailure } from '#kubelet/volumes.ts'
import { DELAYS, type Delays } from '#settings.ts'

/** 2026-01-01T00:00:00.250Z: no whole second, so that rounding shows. */
export const BIRTH = 1_767_225_600_250

export interface LifeOptions {
  readonly spec?: Partial<Omit<PodSpec, 'containers'>>
  readonly metadata?: Partial<ObjectMeta>
  readonly delays?: Delays
  readonly images?: 'known' | 'always'
  readonly present?: readonly string[]
}

/** One pod on one node, in time. Everything but status and record is thrown away between any two looks. */
export class PodLife {
  pod: Pod
  now = BIRTH
  writes = 0
  isFinished = false
  readonly events: string[] = []
  readonly configMaps = new Map<string, ConfigMap>()
  readonly secrets = new Map<string, Secret>()
  readonly #images: Set<string>
  readonly #env = new Map<string, EnvironmentMap>()
  readonly #options: LifeOptions
  #record: string | undefined
  #wakeAt: number | undefined

  constructor(
    containers: readonly (Partial<Container> & { readonly name: string })[],
    options: LifeOptions = {},
  ) {
    this.#options = options
    this.#images = new Set(options.present)
    this.pod = defaultPod({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default', uid: 'u-1', generation: 1, ...options.metadata },
      spec: { nodeName: 'node-2', containers: containers as readonly Container[], ...options.spec },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    })
    this.look()
  }

  get record(): PodRecord | undefined {
    return this.#record === undefined ? undefined : decodeRecord(this.#record)
  }

  /** Whether something happens by itself later. */
  get isAtRest(): boolean {
    return this.#wakeAt === undefined
  }

  get wakeAt(): number | undefined {
    return this.#wakeAt
  }

  /** What `kubectl get pod` says in its STATUS column, roughly. */
  get state(): string {
    const { phase, containerStatuses, initContainerStatuses } = this.pod.status
    for (const status of [...(initContainerStatuses ?? []), ...(containerStatuses ?? [])]) {
      const reason = status.state.waiting?.reason ?? status.state.terminated?.reason
      if (reason !== undefined && reason !== 'Completed') return reason
    }
    return phase ?? ''
  }

  container(name = 'c') {
    const { containerStatuses = [], initContainerStatuses = [] } = this.pod.status
    return [...initContainerStatuses, ...containerStatuses].find((status) => status.name === name)!
  }

  /** What the container was started with. */
  environment(name = 'c'): EnvironmentMap | undefined {
    return this.#env.get(name)
  }

  condition(type: string) {
    return this.pod.status.conditions?.find((condition) => condition.type === type)
  }

  /** The kubelet looks at the pod once. */
  look(): void {
    const decision = nextPodStatus(this.pod, this.record, this.#facts(), this.now)
    for (const { type, reason, message, count } of decision.events)
      this.events.push(`${type} ${reason}${count > 1 ? ` x${count}` : ''}: ${message}`)
    for (const image of decision.pulled) this.#images.add(image)
    for (const [name, env] of decision.environments) this.#env.set(name, env)
    if (decision.status !== this.pod.status) {
      this.writes++
      this.pod = { ...this.pod, status: JSON.parse(JSON.stringify(decision.status)) }
    }
    this.#record = decision.record === undefined ? undefined : encodeRecord(decision.record)
    this.#wakeAt = decision.wakeAt
    this.isFinished = decision.isFinished
  }

  /** Lets time pass, looking whenever something is due. */
  pass(milliseconds: number): this {
    const end = this.now + milliseconds
    while (this.#wakeAt !== undefined && this.#wakeAt <= end) {
      this.now = Math.max(this.now, this.#wakeAt)
      this.look()
    }
    this.now = end
    this.look()
    return this
  }

  delete(graceSeconds = 30): this {
    this.pod = {
      ...this.pod,
      metadata: {
        ...this.pod.metadata,
        deletionTimestamp: formatTime(this.now + graceSeconds * 1000),
        deletionGracePeriodSeconds: graceSeconds,
      },
    }
    this.look()
    return this
  }

  /** The machine goes off now and comes back later. */
  losePower(milliseconds: number): this {
    const record = this.record ?? recordFromStatus(this.pod)!
    this.#record = encodeRecord({ ...record, lostAt: this.now })
    this.now += milliseconds
    this.look()
    return this
  }

  addConfigMap(name: string, data: Readonly<Record<string, string>>): this {
    const metadata = { name, namespace: 'default' }
    this.configMaps.set(name, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
    this.look()
    return this
  }

  #facts(): PodFacts {
    const objects = {
      configMap: (name: string) => this.configMaps.get(name),
      secret: (name: string) => this.secrets.get(name),
    }
    return {
      delays: this.#options.delays ?? DELAYS.lively,
      images: this.#options.images ?? 'known',
      hostIP: '192.168.49.3',
      freeIP: () => '10.244.1.5',
      hasImage: (image) => this.#images.has(image),
      startedWith: (name) => this.#env.get(name),
      mountFailure: () => mountFailure(this.pod, objects),
      environment: (container, ip) =>
        environmentOf(this.pod, container, {
          ...objects,
          services: () => [],
          kubernetes: () => undefined,
          allocatable: {},
          podIP: ip,
          hostIP: '192.168.49.3',
        }),
    }
  }
}
