// kubernetes: pkg/scheduler/framework/plugins/noderesources, tainttoleration, nodeaffinity; weights of apis/config/v1/default_plugins.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import type { Selector } from '#apimachinery/labels.ts'
import type { ClusterState } from '#kube-scheduler/cluster-state.ts'
import { affinityScores } from '#kube-scheduler/inter-pod-affinity.ts'
import type { NodeInfo } from '#kube-scheduler/node-info.ts'
import { matchesTerm, tolerates } from '#kube-scheduler/node-selection.ts'
import { requirementsOf, type PodRequirements } from '#api/core/v1/pod/pod-requirements.ts'
import { spreadScores } from '#kube-scheduler/topology-spread.ts'

const WEIGHTS = { taints: 3, nodeAffinity: 2, spread: 2, podAffinity: 2 } as const

/** The best of the nodes that are possible. Equal ones are told apart by name, where upstream would throw dice. */
export const bestNode = (
  pod: Pod,
  feasible: readonly NodeInfo[],
  state: ClusterState,
  client: Client,
  defaultSelector: () => Selector,
): NodeInfo => {
  const [first] = feasible
  if (feasible.length === 1) return first!
  const requirements = requirementsOf(pod)
  const totals = feasible.map((info) => resourceScore(requirements, info))
  const add = (scores: readonly number[] | undefined, weight: number) => {
    if (scores === undefined) return
    for (let index = 0; index < scores.length; index++) totals[index]! += scores[index]! * weight
  }
  add(taintScores(pod, feasible), WEIGHTS.taints)
  add(nodeAffinityScores(pod, feasible), WEIGHTS.nodeAffinity)
  add(spreadScores(pod, feasible, state.nodes(), state.counts, defaultSelector), WEIGHTS.spread)
  add(affinityScores(pod, feasible, state, client), WEIGHTS.podAffinity)
  let best = 0
  for (let index = 1; index < feasible.length; index++) {
    const better = totals[index]! - totals[best]!
    if (better > 0 || (better === 0 && feasible[index]!.name < feasible[best]!.name)) best = index
  }
  return feasible[best]!
}

/** The emptiest, and of these the most evenly used. kubernetes: LeastAllocated + BalancedAllocation */
const resourceScore = (wanted: PodRequirements, info: NodeInfo): number => {
  const { allocatable } = info
  const cpu = leastAllocated(info.scoredCpu + wanted.scoredCpu, allocatable.cpu)
  const memory = leastAllocated(info.scoredMemory + wanted.scoredMemory, allocatable.memory)
  const least = Math.floor((cpu + memory) / 2)
  if (wanted.cpu === 0 && wanted.memory === 0) return least
  const cpuShare = share(info.cpu + wanted.cpu, allocatable.cpu)
  const memoryShare = share(info.memory + wanted.memory, allocatable.memory)
  return least + Math.floor((1 - Math.abs(cpuShare - memoryShare) / 2) * 100)
}

const leastAllocated = (used: number, total: number): number =>
  total === 0 || used > total ? 0 : Math.floor(((total - used) * 100) / total)

const share = (used: number, total: number): number => (total === 0 ? 1 : Math.min(1, used / total))

const taintScores = (
  { spec }: Pod,
  feasible: readonly NodeInfo[],
): readonly number[] | undefined => {
  if (feasible.every(({ discouragingTaints }) => discouragingTaints.length === 0)) return undefined
  const tolerations = (spec.tolerations ?? []).filter(
    ({ effect }) => effect === undefined || effect === 'PreferNoSchedule',
  )
  const counts = feasible.map(
    ({ discouragingTaints }) =>
      discouragingTaints.filter(
        (taint) => !tolerations.some((toleration) => tolerates(toleration, taint)),
      ).length,
  )
  const most = Math.max(...counts)
  return counts.map((count) => (most === 0 ? 100 : 100 - Math.floor((count * 100) / most)))
}

const nodeAffinityScores = (
  { spec }: Pod,
  feasible: readonly NodeInfo[],
): readonly number[] | undefined => {
  const preferred =
    spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  if (preferred.length === 0) return undefined
  const sums = feasible.map(({ node }) =>
    preferred.reduce(
      (sum, { preference, weight }) => sum + (matchesTerm(preference, node) ? weight : 0),
      0,
    ),
  )
  const most = Math.max(...sums)
  return sums.map((sum) => (most === 0 ? 0 : Math.floor((sum * 100) / most)))
}
