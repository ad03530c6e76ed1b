// What the kubelet knows of the world when it decides about one pod.
import type { Container, EphemeralContainer } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { type Mutable, own } from '#apimachinery/object.ts'
import { quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import { MEBIBYTE, type Process } from '#images/behaviour.ts'
import { imageBehaviour, type KnownImage } from '#images/catalog.ts'
import type { ImageBehaviour, PullFailure } from '#images/behaviour.ts'
import type { Answers, NetworkAt } from '#images/network-moments.ts'
import { millisecondsOf } from '#images/defined-replies.ts'
import type { RunPlace } from '#images/run-place.ts'
import {
  commandLine,
  type ContainerProgram,
  processOf,
  type StartFacts,
  waitsForOrders,
} from '#images/process.ts'
import {
  type EnvironmentMap,
  type EnvironmentResult,
  expandArguments,
} from '#kubelet/environment.ts'
import type { ImageObject } from '#kubelet/image-objects.ts'
import type { ResizeRefusal } from '#kubelet/pod-record.ts'
import type { RecentProcesses } from '#kubelet/process-cache.ts'
import type { VolumeHistory } from '#kubelet/volume-history.ts'
import type { Runtime } from '#kubelet/runtime.ts'
import type { VolumeWrite } from '#kubelet/written-files.ts'
import type { Delays, PastDelays } from '#settings.ts'

export interface PodFacts {
  readonly delays: Delays
  readonly pastDelays?: readonly PastDelays[]
  /** `always`: every image exists and every container runs, whatever its image. */
  readonly images: 'known' | 'always'
  readonly hostIP: string
  /** The address that the next sandbox gets; undefined if there is none left. */
  readonly freeIP: () => string | undefined
  readonly hasImage: (image: string) => boolean
  /** The variables that a container would be started with now. */
  /** `ip`: the Pod's, which its status does not show yet. */
  readonly environment: (container: Container, ip: string) => EnvironmentResult
  /** The variables that it was started with, where they cannot be told from the objects of today. */
  readonly startedWith: (container: string) => EnvironmentMap | undefined
  readonly mountFailure: () => string | undefined
  /** Why the node does not have what the pod asks for now. */
  readonly resizeRefusal?: () => ResizeRefusal | undefined
  /** Absent: nobody knows what programs in the pod find and are told. */
  readonly runtime?: () => Runtime
  /** The Image object that an image's name means now. */
  readonly imageObject?: (image: string) => ImageObject | undefined
  /** The one that this run of the container was started from. */
  readonly startedFrom?: (container: string, run: number) => ImageObject | undefined
  /** Processes that were worked out already, by all that they come of. */
  readonly processes?: RecentProcesses
  /** What the network answered this run of the container. */
  readonly answersTo?: (container: string, run: number) => Answers | undefined
  /** What its programs find in volumes. */
  readonly volumes?: VolumeHistory
  /** What somebody wrote into volumes by hand since the last look. */
  readonly written?: readonly VolumeWrite[]
}

export type ContainerKind = 'init' | 'sidecar' | 'regular' | 'ephemeral'

export interface PodContainer {
  readonly kind: ContainerKind
  readonly spec: Container
}

/** A pod's containers in the order in which they are started. */
export const containersOf = (pod: Pod): readonly PodContainer[] => {
  const { initContainers, containers, ephemeralContainers } = pod.spec
  const regular = containers.map((spec): PodContainer => ({ kind: 'regular', spec }))
  if (initContainers === undefined && ephemeralContainers === undefined) return regular
  return [
    ...(initContainers ?? []).map((spec): PodContainer => ({
      kind: spec.restartPolicy === 'Always' ? 'sidecar' : 'init',
      spec,
    })),
    ...regular,
    ...(ephemeralContainers ?? []).map((spec): PodContainer => ({
      kind: 'ephemeral',
      spec: asContainer(spec),
    })),
  ]
}

const asContainer = (spec: EphemeralContainer): Container => spec

/** Whether the pod is a Job's. */
export const isJobPod = (pod: Pod): boolean =>
  pod.metadata.ownerReferences?.some(
    (owner) => owner.controller === true && owner.kind === 'Job',
  ) === true

const RUNS_ON: Process = { listens: [], memoryBytes: 0, log: [], terminates: 0 }
/** A shell that is a container's first process does not hear SIGTERM. */
const WAITS: Process = { listens: [], memoryBytes: MEBIBYTE, log: [] }
const ENDS_AT_ONCE: Process = { ...RUNS_ON, ends: { after: 0, exitCode: 0 } }

/** What runs in the container. */
export const containerProcess = (
  pod: Pod,
  { kind, spec }: PodContainer,
  env: EnvironmentMap,
  facts: Pick<PodFacts, 'images' | 'delays'>,
  start: StartFacts = {},
  /** What an Image object says; absent: it was not started from one. */
  described?: ImageBehaviour,
): Process => {
  if (facts.images === 'always') {
    if (kind === 'init') return ENDS_AT_ONCE
    return kind === 'regular' && isJobPod(pod) ? endsAfter(facts.delays.jobRun) : RUNS_ON
  }
  const image = described ?? knownImage(spec)
  if (image === undefined) return RUNS_ON
  const program = programOf(spec, env)
  if (spec.stdin === true && waitsForOrders(commandLine(program, image))) return WAITS
  const given: StartFacts = spec.stdin === true ? { ...start, hasInput: true } : start
  const process = processOf(program, image, env, given)
  // What a Job or an init container runs is meant to end, even if nobody here knows what it does.
  const isMeantToEnd = kind === 'init' || (kind === 'regular' && isJobPod(pod))
  return process.guessed === true && process.ends === undefined && isMeantToEnd
    ? { ...process, ends: { after: facts.delays.jobRun, exitCode: 0 } }
    : process
}

/** Its command line as it is started. */
export const programOf = (spec: Container, env: EnvironmentMap): ContainerProgram => {
  const { command, args, ports } = spec
  const limit = own(spec.resources?.limits, 'memory')
  const program: Mutable<ContainerProgram> = {}
  if (command !== undefined) program.command = expandArguments(command, env)
  if (args !== undefined) program.args = expandArguments(args, env)
  if (ports !== undefined) program.ports = ports
  if (limit !== undefined) program.memoryLimit = quantityValue(quantityOf(limit))
  return program
}

/** What a process knows of the world beside its environment. */
export const startFacts = (
  pod: Pod,
  startedAt: number,
  networkAt: NetworkAt,
  horizon: number,
  place?: RunPlace,
): StartFacts => {
  const facts: Mutable<StartFacts> = {
    now: startedAt,
    hostname: pod.spec.hostname ?? pod.metadata.name ?? '',
    networkAt,
    horizon,
  }
  if (place !== undefined) facts.place = place
  return facts
}

const endsAfter = (after: number): Process => ({ ...RUNS_ON, ends: { after, exitCode: 0 } })

const knownImage = ({ image = '' }: Pick<Container, 'image'>): ImageBehaviour | undefined => {
  const known = imageBehaviour(image)
  return 'failure' in known ? undefined : known.behaviour
}

/** Whether anybody says what the image does. */
export const isKnownImage = (
  spec: Pick<Container, 'image'>,
  facts: Pick<PodFacts, 'imageObject'>,
): boolean => facts.imageObject?.(spec.image ?? '') !== undefined || knownImage(spec) !== undefined

interface FoundImage extends Pick<KnownImage, 'behaviour'> {
  /** How long its pull takes, where its author says so. */
  readonly pullDelay?: number
}

/** What can be pulled by that name now, and how long that takes. */
export const lookUpImage = (
  { image = '' }: Pick<Container, 'image'>,
  facts: Pick<PodFacts, 'imageObject'>,
): FoundImage | (PullFailure & Pick<FoundImage, 'pullDelay'>) => {
  const object = facts.imageObject?.(image)
  if (object === undefined) return imageBehaviour(image)
  const { delay, failure } = object.spec.pull ?? {}
  const pullDelay = delay === undefined ? {} : { pullDelay: millisecondsOf(delay) }
  return failure === undefined
    ? { behaviour: object.behaviour, ...pullDelay }
    : { failure, ...pullDelay }
}
