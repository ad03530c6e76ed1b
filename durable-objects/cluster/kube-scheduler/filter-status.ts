import type { Pod } from '#api/core/v1/pod/types.ts'

/** Why a Pod does not go onto a node. Absent: it does. */
export interface Rejection {
  readonly plugin: string
  readonly reasons: readonly string[]
  /** Taking Pods off the node would not help. */
  readonly isFinal: boolean
}

/** A Pod that no node can be right for, whatever the nodes are like. */
export interface Refusal {
  readonly plugin: string
  readonly reason: string
  readonly isFinal: boolean
}

/** kubernetes: UnschedulableAndUnresolvable */
export const final = (plugin: string, ...reasons: readonly string[]): Rejection => ({
  plugin,
  reasons,
  isFinal: true,
})

/** kubernetes: Unschedulable */
export const unfit = (plugin: string, ...reasons: readonly string[]): Rejection => ({
  plugin,
  reasons,
  isFinal: false,
})

/** kubernetes: corev1helpers.PodPriority */
export const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0

/**
 * `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.` kubernetes: FitError.Error
 */
export const fitMessage = (
  nodeCount: number,
  rejections: Iterable<Rejection>,
  postFilter = '',
): string => {
  const counts = new Map<string, number>()
  for (const { reasons } of rejections)
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const lines = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  return joined(nodeCount, lines.join(', '), postFilter)
}

/** The same where no node was looked at. */
export const preFilterMessage = (nodeCount: number, reason: string, postFilter = ''): string =>
  joined(nodeCount, reason, postFilter)

const joined = (nodeCount: number, reason: string, postFilter: string): string =>
  `0/${nodeCount} nodes are available:${reason === '' ? '' : ` ${reason}.`}${postFilter === '' ? '' : ` ${postFilter}`}`
