// One pod's containers, moved forward in time step by step until the present. Pure: what it would like to see done
// outside (events, images, environments) it returns.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Mutable } from '#apimachinery/object.ts'
import type { Process } from '#images/behaviour.ts'
import {
  answeredNetwork,
  type Answers,
  AskedNetwork,
  horizonOf,
  type NetworkAt,
} from '#images/network-moments.ts'
import type { EnvironmentMap } from '#kubelet/environment.ts'
import type { ImageObject } from '#kubelet/image-objects.ts'
import type { AskedByRun } from '#kubelet/pod-disk.ts'
import {
  containerProcess,
  containersOf,
  isKnownImage,
  type PodContainer,
  type PodFacts,
  startFacts,
} from '#kubelet/pod-facts.ts'
import type { ContainerRecord, PodRecord, ResizeRecord, Stopping } from '#kubelet/pod-record.ts'
import type { ProbeTarget } from '#kubelet/probe-outcome.ts'
import { type Health, healthOf, withoutProbes } from '#kubelet/probes.ts'
import { type Delays, delaysAt } from '#settings.ts'

/** What a run of a container was started from. */
export interface StartedRun {
  /** How often the container had been restarted. */
  readonly run: number
  readonly image: ImageObject
}

export interface PodEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** `spec.containers{web}` */
  readonly fieldPath?: string
  readonly count: number
}

/** Something that happens at a moment. */
export interface Step {
  readonly at: number
  readonly run: () => void
  /** It has to wait until what was decided so far is there for all to see. */
  readonly isBlocked?: boolean
}

/** The first of those that come first. */
export const earliest = (steps: readonly (Step | undefined)[]): Step | undefined => {
  let first: Step | undefined
  for (const step of steps)
    if (step !== undefined && (first === undefined || step.at < first.at)) first = step
  return first
}

/** The first of two; of two at the same time the one that is named first. */
export const firstOf = (a: Step | undefined, b: Step | undefined): Step | undefined =>
  a === undefined || (b !== undefined && b.at < a.at) ? b : a

const FIELD = {
  init: 'initContainers',
  sidecar: 'initContainers',
  regular: 'containers',
  ephemeral: 'ephemeralContainers',
} as const

const NO_LOOKS: NonNullable<ContainerRecord['looks']> = {}

/** The state that steps read and change. */
export class PodRun {
  readonly pod: Pod
  readonly facts: PodFacts
  readonly containers: readonly PodContainer[]
  readonly events: PodEvent[] = []
  /** Images that were pulled onto the node. */
  readonly pulled: string[] = []
  /** What containers were started with. */
  readonly environments = new Map<string, EnvironmentMap>()
  readonly since: number
  time: number
  ip: string | undefined
  isShown: boolean
  stopping: Stopping | undefined
  mountFailure: string | undefined
  lostAt: number | undefined
  resize: ResizeRecord | undefined
  /** What the network answered containers. */
  readonly asked = new Map<string, AskedByRun>()
  /** The Image objects that containers were started from just now. */
  readonly started = new Map<string, StartedRun>()
  readonly #stored: PodRecord | undefined
  readonly #records: Map<string, ContainerRecord>
  readonly #processes = new Map<string, Process>()
  #filesMark: string | undefined

  constructor(pod: Pod, stored: PodRecord | undefined, facts: PodFacts, now: number) {
    this.pod = pod
    this.facts = facts
    this.containers = containersOf(pod)
    this.since = stored?.since ?? now
    this.time = this.since
    this.ip = stored?.ip
    this.isShown = stored?.isShown ?? false
    this.stopping = stored?.stopping
    this.mountFailure = stored?.mountFailure
    this.lostAt = stored?.lostAt
    this.resize = stored?.resize
    this.#stored = stored
    this.#records = new Map(stored?.containers)
  }

  get isAlways(): boolean {
    return this.facts.images === 'always'
  }

  /** How long what began at a moment takes. */
  delaysAt(moment: number): Delays {
    return delaysAt(this.facts, moment)
  }

  of({ spec }: PodContainer): ContainerRecord {
    return (
      this.#records.get(spec.name) ?? {
        phase: 'waiting',
        at: this.since,
        image: spec.image ?? '',
        restarts: 0,
      }
    )
  }

  set(container: PodContainer, record: ContainerRecord): void {
    this.#records.set(container.spec.name, record)
    this.#processes.delete(container.spec.name)
  }

  record(): PodRecord {
    const record: Mutable<PodRecord> = {
      since: this.since,
      isShown: this.isShown,
      containers: this.#records,
    }
    if (this.ip !== undefined) record.ip = this.ip
    if (this.stopping !== undefined) record.stopping = this.stopping
    if (this.mountFailure !== undefined) record.mountFailure = this.mountFailure
    if (this.resize !== undefined) record.resize = this.resize
    if (this.lostAt !== undefined) record.lostAt = this.lostAt
    return record
  }

  note(
    type: PodEvent['type'],
    reason: string,
    message: string,
    container?: PodContainer,
    count = 1,
  ): void {
    const event: Mutable<PodEvent> = { type, reason, message, count }
    if (container !== undefined)
      event.fieldPath = `spec.${FIELD[container.kind]}{${container.spec.name}}`
    this.events.push(event)
  }

  /** Changes whenever somebody changes the pod's files. */
  get filesMark(): string {
    return (this.#filesMark ??= this.facts.runtime?.().filesMark(this.pod) ?? '')
  }

  /** `web_default(8f0c…)`, as the kubelet names a pod in messages. */
  get fullName(): string {
    const { name, namespace, uid } = this.pod.metadata
    return `${name}_${namespace}(${uid})`
  }

  process(container: PodContainer): Process {
    const name = container.spec.name
    const known = this.#processes.get(name)
    if (known !== undefined) return known
    const process = this.#answered(container)
    this.#processes.set(name, process)
    return process
  }

  /** What a container ran that has ended. */
  processOfEnded(container: PodContainer): Process {
    const startedAt = this.of(container).exit?.startedAt
    return this.#answered(container, startedAt)
  }

  /** Programs see something that they did not see before. */
  forgetProcesses(): void {
    this.#processes.clear()
  }

  #answered(container: PodContainer, startedAt = this.of(container).at): Process {
    const answers = this.#answersTo(container)
    const work = (): Process =>
      this.#processWith(container, answeredNetwork(answers), horizonOf(answers), startedAt)
    const { processes } = this.facts
    if (processes === undefined) return work()
    const { restarts } = this.of(container)
    const { name } = container.spec
    const states = this.facts.volumes?.count ?? 0
    const { jobRun } = this.delaysAt(startedAt)
    const run = { pod: this.pod, container: name, restarts, startedAt, answers, states, jobRun }
    return processes.of(run, work)
  }

  #processWith(
    container: PodContainer,
    networkAt: NetworkAt,
    horizon: number,
    at = this.of(container).at,
  ): Process {
    const { pod, facts } = this
    const hasNetwork = facts.runtime !== undefined
    const env = this.#env(container)
    const place = facts.volumes?.placeOf(
      container.spec,
      { at, run: this.of(container).restarts },
      env,
    )
    const start = hasNetwork ? startFacts(pod, at, networkAt, horizon, place) : {}
    const { behaviour } = this.#startedFrom(container) ?? {}
    const given = { images: facts.images, delays: this.delaysAt(at) }
    return containerProcess(pod, container, env, given, start, behaviour)
  }

  /** The container starts from what its image is at this moment; if nobody says that any more, from what it was. */
  startFrom(container: PodContainer, run: number): void {
    if (this.isAlways) return
    const { spec } = container
    const known = isKnownImage(spec, this.facts)
      ? this.facts.imageObject?.(spec.image ?? '')
      : this.#startedFrom(container)
    if (known !== undefined) this.started.set(spec.name, { run, image: known })
  }

  /** An earlier run of the container was started from what an Image object said. */
  hasRun(container: PodContainer): boolean {
    return this.#startedFrom(container) !== undefined
  }

  #startedFrom(container: PodContainer): ImageObject | undefined {
    const { name } = container.spec
    const { restarts } = this.of(container)
    const started = this.started.get(name)
    return started?.run === restarts ? started.image : this.facts.startedFrom?.(name, restarts)
  }

  #answersTo(container: PodContainer): Answers | undefined {
    const { name } = container.spec
    const { restarts } = this.of(container)
    const asked = this.asked.get(name)
    if (asked?.run === restarts) return asked.answers
    return this.facts.answersTo?.(name, restarts)
  }

  /** Whether others see already that the container runs, so that they can answer it. */
  canAsk(container: PodContainer): boolean {
    const known = this.#stored?.containers.get(container.spec.name)
    return (
      known?.phase === 'running' &&
      known.restarts === this.of(container).restarts &&
      this.pod.status.podIP === this.ip
    )
  }

  /** The container's process asks the network at this moment after its start. */
  ask(container: PodContainer, after: number): void {
    const { name } = container.spec
    const network = this.facts.runtime?.().network(this.pod)
    if (network === undefined) return
    const asked = new AskedNetwork(network, this.#answersTo(container), after)
    // where only time had to pass there is nothing to ask
    if (this.process(container).further === undefined)
      this.#processWith(container, asked.at, horizonOf({ ...asked.answers(), seen: after }))
    this.asked.set(name, { run: this.of(container).restarts, answers: asked.answers() })
    this.#processes.delete(name)
  }

  #env(container: PodContainer): EnvironmentMap {
    if (this.isAlways) return {}
    const name = container.spec.name
    const known = this.environments.get(name) ?? this.facts.startedWith(name)
    if (known !== undefined) return known
    const result = this.facts.environment(container.spec, this.ip ?? '')
    return 'env' in result ? result.env : {}
  }

  /** The health of a running container. */
  health(container: PodContainer, now: number): Health {
    const record = this.of(container)
    if (this.isAlways) return withoutProbes(record.at)
    return healthOf(this.probeTarget(container), record.at, now, record.begunAt)
  }

  probeTarget(container: PodContainer): ProbeTarget {
    const record = this.of(container)
    const target: Mutable<ProbeTarget> = {
      container: container.spec,
      process: this.process(container),
      ip: this.ip ?? '',
      hostname: this.pod.spec.hostname ?? this.pod.metadata.name ?? '',
      env: this.#env(container),
      ...(record.stop?.since === undefined ? {} : { stoppingSince: record.stop.since - record.at }),
    }
    if (this.facts.runtime !== undefined) target.looks = record.looks ?? NO_LOOKS
    return target
  }
}
