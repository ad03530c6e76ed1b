// What the metrics API tells of Pods and nodes. cluster.ts joins who asks with who measures.
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
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

interface Measured<T> {
  /** Whose figures these are. */
  readonly object: T
  /** When the window ended, in milliseconds since the epoch. */
  readonly at: number
  /** In milliseconds. */
  readonly window: number
}

export interface PodUsage extends Measured<Pod> {
  readonly containers: readonly ContainerUsage[]
}

export interface NodeUsage extends Measured<Node> {
  readonly usage: Usage
}

export interface Metrics {
  /** The Pods of a namespace (empty: of all), sorted by namespace and name. `failure`: why there is no such API, as client-go says it. */
  pods(namespace: string, selector: Selector): readonly PodUsage[] | { readonly failure: string }
}

/** What is measured at the machines. Who has no figures yet, or runs where nobody can ask, is left out. */
export interface Measurements {
  pods(pods: readonly Pod[]): readonly PodUsage[]
  nodes(nodes: readonly Node[]): readonly NodeUsage[]
}
