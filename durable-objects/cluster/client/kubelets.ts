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

/** A request that the API server makes for a client. */
export interface ProxyCall {
  readonly scheme: 'http' | 'https'
  readonly address: string
  readonly port: number
  readonly method: string
  /** With the query. */
  readonly path: string
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** `failure` in Go's words: `dial tcp 10.244.0.7:80: connect: connection refused`. */
export type ProxyReply =
  | {
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }
  | { readonly failure: string }

export type KubeletPage =
  | { readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly failure: string }

export interface Kubelets {
  /** Where a node's kubelet listens, and why the API server cannot reach it if it cannot. */
  dial(node: string): { readonly host: string; readonly failure?: string }
  /** The log of the container's latest run, or of the one before; or why there is none. */
  logOf(pod: Pod, container: string, previous: boolean): ContainerLog | { readonly problem: string }
  /** Asks from where the API server runs, over the cluster's network. */
  call(call: ProxyCall): ProxyReply
  /** What a node's kubelet answers on its own port. */
  page(node: string, path: string): KubeletPage
}
