// What the API server asks a kubelet for. cluster.ts joins the two.
import type { Pod } from '#api/core/v1/pod/types.ts'

export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly stream: 'stdout' | 'stderr'
  /** Without the line break. */
  readonly text: string
}

/** The log of one run of a container. */
export interface ContainerLog {
  /** What was written up to a moment, that moment included, the oldest first. Of a long log the end. */
  entries(until: number): readonly LogEntry[]
  /** When something is written after that moment; undefined: not by itself. */
  nextAt(after: number): number | undefined
  /** Whether nothing will be added any more. */
  isOver(): boolean
}

export interface Kubelets {
  /** What the API server is told when it cannot reach the Pod's node; undefined if it can. */
  unreachable(pod: Pod, path: string): string | undefined
  /** The log of the container's latest run, or of the one before; or why there is none. */
  logOf(pod: Pod, container: string, previous: boolean): ContainerLog | { readonly problem: string }
}
