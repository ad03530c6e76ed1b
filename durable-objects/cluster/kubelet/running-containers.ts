// What runs in a pod at this moment, for those who talk to it.
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { ComponentContext } from '#client/component.ts'
import type { ImageBehaviour, Process } from '#images/behaviour.ts'
import { imageBehaviour } from '#images/catalog.ts'
import { answeredNetwork, horizonOf } from '#images/network-moments.ts'
import { genericImage } from '#images/samples.ts'
import { type EnvironmentMap, environmentOf } from '#kubelet/environment.ts'
import { ImageDisk } from '#kubelet/image-objects.ts'
import { isOff } from '#kubelet/machine-state.ts'
import { environmentSources } from '#kubelet/pod-environment.ts'
import {
  containerProcess,
  containersOf,
  type PodContainer,
  startFacts,
} from '#kubelet/pod-facts.ts'
import { answersTo, type PodDisk, PodDisks } from '#kubelet/pod-disk.ts'
import { RecentProcesses } from '#kubelet/process-cache.ts'
import { VolumeHistory, type VolumeStates } from '#kubelet/volume-history.ts'
import { WrittenFiles } from '#kubelet/written-files.ts'
import { delaysAt } from '#settings.ts'
import {
  type ContainerRecord,
  isTerminal,
  type PodRecord,
  recordFromStatus,
} from '#kubelet/pod-record.ts'

export interface RunningContainer {
  readonly spec: Container
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly process: Process
  readonly env: EnvironmentMap
  /** How often it was restarted before. */
  readonly run: number
  /** It was told to stop and has not ended yet. */
  readonly isStopping: boolean
}

type Context = Pick<ComponentContext, 'client' | 'memory' | 'settings'>

const NONE: readonly RunningContainer[] = Object.freeze([])

export class RunningContainers {
  readonly #context: Context
  readonly #disks: PodDisks
  readonly #images: ImageDisk
  readonly #processes = new RecentProcesses()
  readonly #files: WrittenFiles

  constructor(context: Context) {
    this.#context = context
    this.#files = new WrittenFiles(context.memory)
    this.#disks = new PodDisks(context.memory)
    this.#images = new ImageDisk(context.memory)
  }

  /** Whether the pod has its sandbox, and with it its address. */
  hasSandbox(pod: Pod): boolean {
    const record = this.#recordOf(pod)
    return record !== undefined && this.#addressIn(pod, record) !== undefined
  }

  /** In the order of the specification; a container that is told to stop runs until it stops. */
  of(pod: Pod): readonly RunningContainer[] {
    const record = this.#recordOf(pod)
    if (record === undefined) return NONE
    const now = this.#context.client.now()
    const view = this.#viewOf(pod)
    return containersOf(pod).flatMap((container) => {
      const state = record.containers.get(container.spec.name)
      if (state?.phase !== 'running') return []
      const running = view(container, state)
      return isOver(state, running.process, now) ? [] : [running]
    })
  }

  /** What ran in a container that ended, and is not running now. */
  ended(pod: Pod, name: string): RunningContainer | undefined {
    const state = this.#recordOf(pod)?.containers.get(name)
    const container = containersOf(pod).find(({ spec }) => spec.name === name)
    if (state === undefined || container === undefined || state.phase === 'running')
      return undefined
    return this.#viewOf(pod)(container, state)
  }

  #viewOf(pod: Pod): (container: PodContainer, state: ContainerRecord) => RunningContainer {
    const disk = this.#disks.read(keyOf(pod), pod.metadata.uid ?? '')
    return (container, state) => {
      const env = this.#environmentOf(pod, container.spec, disk)
      return {
        spec: container.spec,
        startedAt: state.at,
        process: this.#process(pod, container, state.restarts, state.at, env, disk),
        env,
        run: state.restarts,
        isStopping: state.stop !== undefined,
      }
    }
  }

  /** What a run of a container does, or did. `run`: how often it had been restarted; `startedAt` in milliseconds since 1970. */
  processOf(pod: Pod, container: PodContainer, run: number, startedAt: number): Process {
    const disk = this.#disks.read(keyOf(pod), pod.metadata.uid ?? '')
    const env = this.#environmentOf(pod, container.spec, disk)
    return this.#process(pod, container, run, startedAt, env, disk)
  }

  #process(
    pod: Pod,
    container: PodContainer,
    run: number,
    startedAt: number,
    env: EnvironmentMap,
    { asked, images, volumes: known }: PodDisk,
  ): Process {
    const { name } = container.spec
    const answers = answersTo(asked.get(name), run)
    const { client } = this.#context
    const volumes = new VolumeHistory({ client, pod, known, files: this.#files })
    const states = volumes.count
    const start = () => {
      const place = volumes.placeOf(container.spec, { at: startedAt, run }, env)
      return startFacts(pod, startedAt, answeredNetwork(answers), horizonOf(answers), place)
    }
    const from = images.get(name)
    const image = from?.run === run ? this.#images.read(from.id) : undefined
    const { settings } = this.#context
    const given = { images: settings.images, delays: delaysAt(settings, startedAt) }
    const { jobRun } = given.delays
    const cached = { pod, container: name, restarts: run, startedAt, answers, states, jobRun }
    return this.#processes.of(cached, () =>
      containerProcess(pod, container, env, given, start(), image?.behaviour),
    )
  }

  /** What a run of a container was started from. */
  imageOf(pod: Pod, container: Container, run: number): ImageBehaviour {
    const { images } = this.#disks.read(keyOf(pod), pod.metadata.uid ?? '')
    const from = images.get(container.name)
    const described = from?.run === run ? this.#images.read(from.id) : undefined
    if (described !== undefined) return described.behaviour
    const known = imageBehaviour(container.image ?? '')
    return 'failure' in known ? genericImage(0) : known.behaviour
  }

  /** What the pod's machine knows of it, whether it runs or not. */
  recordOf(pod: Pod): PodRecord | undefined {
    const { namespace = '', name = '', uid = '' } = pod.metadata
    const { record } = this.#disks.read(keyOf(pod), uid)
    if (record !== undefined) return record
    // whoever follows a log has the Pod as it was when he began
    const live = this.#context.client.get('pods', namespace, name)
    return recordFromStatus(live?.metadata.uid === uid ? live : pod)
  }

  /** What programs have seen of the Pod's volumes. */
  volumesOf(pod: Pod): VolumeStates {
    return this.#disks.read(keyOf(pod), pod.metadata.uid ?? '').volumes
  }

  #environmentOf(pod: Pod, container: Container, { env: startedWith }: PodDisk): EnvironmentMap {
    const { client, settings } = this.#context
    if (settings.images === 'always') return {}
    const known = startedWith.get(container.name)
    if (known !== undefined) return known
    const node = client.get('nodes', '', pod.spec.nodeName ?? '')
    if (node === undefined) return {}
    const sources = environmentSources(
      client,
      pod,
      node,
      pod.status.hostIP ?? '',
      pod.status.podIP ?? '',
    )
    const result = environmentOf(pod, container, sources)
    return 'env' in result ? result.env : {}
  }

  /** undefined: nothing of the pod is on a machine that runs. */
  #recordOf(pod: Pod): PodRecord | undefined {
    const { nodeName } = pod.spec
    if (nodeName === undefined || isTerminal(pod.status)) return undefined
    const machine = this.#context.client.get('machines.kubarium.dev', '', nodeName)
    if (machine === undefined || isOff(machine)) return undefined
    const { record } = this.#disks.read(keyOf(pod), pod.metadata.uid ?? '')
    const known = record ?? recordFromStatus(pod)
    return known?.lostAt === undefined ? known : undefined
  }

  #addressIn(pod: Pod, record: PodRecord): string | undefined {
    return record.ip ?? pod.status.podIP
  }
}

/** A kubelet that is cut off does not write down that a container ended. */
const isOver = ({ at, stop }: ContainerRecord, { ends }: Process, now: number): boolean =>
  (ends !== undefined && at + ends.after <= now) || (stop !== undefined && stop.at <= now)
