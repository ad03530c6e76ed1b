// kubernetes: pkg/controller/nodelifecycle/node_lifecycle_controller.go doNoScheduleTaintingPass, processNoExecuteTaintBaseEviction
import type { Node, NodeCondition, Taint } from '#api/core/v1/node/types.ts'

const NOT_READY = 'node.kubernetes.io/not-ready'
const UNREACHABLE = 'node.kubernetes.io/unreachable'
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

/** Which condition in which state brings which taint. */
const BY_CONDITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}

const NO_SCHEDULE_KEYS: ReadonlySet<string> = new Set([
  ...Object.values(BY_CONDITION).flatMap((states) => Object.values(states)),
  UNSCHEDULABLE,
])
const NO_EXECUTE_KEYS: ReadonlySet<string> = new Set([NOT_READY, UNREACHABLE])

export const conditionOf = (node: Node, type: string): NodeCondition | undefined =>
  node.status.conditions?.find((condition) => condition.type === type)

export const isNodeReady = (node: Node): boolean => conditionOf(node, 'Ready')?.status === 'True'

/**
 * The taints that the node should have: those that its conditions bring, and all that are none of the controller's. `evicts`: Pods may be
 * driven off now; where they may not, a taint that does so is not added, but one that is there stays.
 */
export const wantedTaints = (
  node: Node,
  evicts: 'yes' | 'not-now' | 'no',
  timeAdded: string,
): readonly Taint[] => {
  const { taints = [], unschedulable } = node.spec
  const noSchedule = (node.status.conditions ?? []).flatMap(
    ({ type, status }) => BY_CONDITION[type]?.[status] ?? [],
  )
  if (unschedulable === true) noSchedule.push(UNSCHEDULABLE)
  const noExecute = noExecuteKey(node, evicts)
  const kept = taints.filter(({ key, effect }) => {
    if (effect === 'NoSchedule' && NO_SCHEDULE_KEYS.has(key)) return noSchedule.includes(key)
    if (effect === 'NoExecute' && NO_EXECUTE_KEYS.has(key)) return key === noExecute
    return true
  })
  const has = (key: string, effect: string) =>
    kept.some((taint) => taint.key === key && taint.effect === effect)
  const added: Taint[] = noSchedule
    .filter((key) => !has(key, 'NoSchedule'))
    .map((key) => ({ key, effect: 'NoSchedule', timeAdded }))
  if (noExecute !== undefined && evicts === 'yes' && !has(noExecute, 'NoExecute'))
    added.push({ key: noExecute, effect: 'NoExecute', timeAdded })
  return added.length === 0 && kept.length === taints.length ? taints : [...kept, ...added]
}

const noExecuteKey = (node: Node, evicts: 'yes' | 'not-now' | 'no'): string | undefined => {
  if (evicts === 'no') return undefined
  const status = conditionOf(node, 'Ready')?.status
  return status === 'False' ? NOT_READY : status === 'Unknown' ? UNREACHABLE : undefined
}

// kubernetes: ComputeZoneState; a small cluster that lost most of its nodes evicts nobody
const UNHEALTHY_SHARE = 0.55
const LARGE_CLUSTER = 50

/**
 * Whether Pods may be driven off nodes that are not ready: not when no node is ready at all, since then it is more likely that the
 * controller is cut off, and nowhere is better.
 */
export const mayEvict = (ready: number, notReady: number): 'yes' | 'not-now' | 'no' => {
  if (ready === 0 && notReady > 0) return 'no'
  const isPartial = notReady > 2 && notReady / (notReady + ready) >= UNHEALTHY_SHARE
  return isPartial && ready + notReady <= LARGE_CLUSTER ? 'not-now' : 'yes'
}
