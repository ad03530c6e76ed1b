// What the metrics API tells of Pods and nodes. cluster.ts joins who asks with who measures.
import type { KubeObject } from '#apimachinery/object.ts'
import type { Selector } from '#apimachinery/labels.ts'

/** What something uses on average over a window. */
export interface Usage {
  /** Billionths of a core. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
}

export interface ContainerUsage {
  readonly name: string
  readonly usage: Usage
}

interface Measured {
  /** Whose figures these are. */
  readonly object: KubeObject
  /** When the window ended, in milliseconds since the epoch. */
  readonly at: number
  /** In milliseconds. */
  readonly window: number
}

export interface PodUsage extends Measured {
  readonly containers: readonly ContainerUsage[]
}

export interface NodeUsage extends Measured {
  readonly usage: Usage
}

export interface Metrics {
  /** The Pods of a namespace (empty: of all), sorted by namespace and name. `failure`: why there is no such API, as client-go says it. */
  pods(namespace: string, selector: Selector): readonly PodUsage[] | { readonly failure: string }
}
