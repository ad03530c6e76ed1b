// What the kubelet does inside of pods: it starts programs there and asks their servers. Who knows files and network supplies it.
import type { HTTPGetAction } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Self } from '#images/behaviour.ts'
import type { Contacted, Network } from '#images/network.ts'

/** A program beside the container's own. */
export interface ProgramRequest {
  readonly pod: Pod
  /** A container that runs, for all to see. */
  readonly container: string
  readonly command: readonly string[]
  /** When it was started, in milliseconds since 1970. */
  readonly startedAt: number
  /** How far it is followed. It finds files and network as they are now, whatever moment that is. */
  readonly until: number
  /** Whether what it writes stays once it has ended, and whether servers notice what it asks them. */
  readonly isReal: boolean
}

export type ProgramResult =
  | {
      readonly kind: 'ended'
      readonly at: number
      readonly exitCode: number
      readonly stdout: string
      readonly stderr: string
      /** It asked the network: another time it may end otherwise, although no file has changed. */
      readonly asked: boolean
    }
  /** It goes on then, if it ever does. */
  | { readonly kind: 'waits'; readonly until: number; readonly asked: boolean }

export interface HttpRequestOfKubelet {
  readonly address: string
  readonly port: number
  readonly action: HTTPGetAction
  readonly userAgent: string
}

export interface Runtime {
  /** The network as the programs of the pod see it. */
  network(pod: Pod): Network
  run(request: ProgramRequest): ProgramResult
  /** Asks from the pod's node. */
  get(pod: Pod, request: HttpRequestOfKubelet): Contacted
  /** What changes whenever somebody has written into files of the pod, or changed what is mounted there. */
  filesMark(pod: Pod): string
  /** Whether somebody has written into the pod's files by hand. */
  isWritten(pod: Pod): boolean
  /** What a running container's server finds on its disk. */
  filesOf(pod: Pod, container: string): Pick<Self, 'file' | 'isGone'>
}
