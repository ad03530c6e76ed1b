// kubernetes: pkg/scheduler/schedule_one.go schedulePod, findNodesThatFitPod
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { ClusterState } from '#kube-scheduler/cluster-state.ts'
import type { DefaultSelectors } from '#kube-scheduler/default-selector.ts'
import { final, priorityOf, type Refusal, type Rejection } from '#kube-scheduler/filter-status.ts'
import { isRefusal, prepareFilter, type Filter } from '#kube-scheduler/filters.ts'
import type { NodeInfo } from '#kube-scheduler/node-info.ts'
import { bestNode } from '#kube-scheduler/scores.ts'

export type Outcome =
  | { readonly kind: 'node'; readonly node: string }
  | {
      readonly kind: 'none'
      readonly nodeCount: number
      readonly rejections: ReadonlyMap<string, Rejection>
      readonly filter: Filter
    }
  | { readonly kind: 'refused'; readonly nodeCount: number; readonly refusal: Refusal }
  | { readonly kind: 'no-nodes' }

const NOT_NAMED = final('NodeAffinity', "node(s) didn't satisfy plugin(s) [NodeAffinity]")

/** Where the Pod goes, or why nowhere. */
export const schedulePod = (
  pod: Pod,
  state: ClusterState,
  client: Client,
  selectors: DefaultSelectors,
): Outcome => {
  const nodes = state.nodes()
  if (nodes.length === 0) return { kind: 'no-nodes' }
  const prepared = prepareFilter(pod, state, client)
  if (isRefusal(prepared)) return { kind: 'refused', nodeCount: nodes.length, refusal: prepared }
  const { only } = prepared
  const filter = withNominated(pod, state, prepared.filter)
  const nominated = state.node(pod.status.nominatedNodeName ?? '')
  if (nominated !== undefined && filter(nominated) === undefined)
    return { kind: 'node', node: nominated.name }
  const rejections = new Map<string, Rejection>()
  const candidates = only === undefined ? nodes : nodes.filter(({ name }) => only.has(name))
  const feasible = findFeasible(pod, candidates, filter, rejections)
  if (feasible.length > 0)
    return {
      kind: 'node',
      node: bestNode(pod, feasible, state, client, () => selectors.of(pod)).name,
    }
  if (candidates !== nodes)
    for (const { name } of nodes) if (!rejections.has(name)) rejections.set(name, NOT_NAMED)
  return { kind: 'none', nodeCount: nodes.length, rejections, filter: prepared.filter }
}

/** Of many nodes only so many are looked at that are possible. kubernetes: numFeasibleNodesToFind */
export const feasibleNodesToFind = (nodeCount: number): number => {
  if (nodeCount < 100) return nodeCount
  const percentage = Math.max(5, 50 - Math.floor(nodeCount / 125))
  return Math.max(100, Math.floor((nodeCount * percentage) / 100))
}

const findFeasible = (
  pod: Pod,
  nodes: readonly NodeInfo[],
  filter: Filter,
  rejections: Map<string, Rejection>,
): readonly NodeInfo[] => {
  const wanted = feasibleNodesToFind(nodes.length)
  // upstream goes on where it stopped the last time; the Pod's name does as well and needs no memory
  const start = wanted < nodes.length ? hash(keyOf(pod)) % nodes.length : 0
  const feasible: NodeInfo[] = []
  for (let offset = 0; offset < nodes.length && feasible.length < wanted; offset++) {
    const info = nodes[(start + offset) % nodes.length]!
    const rejection = filter(info)
    if (rejection === undefined) feasible.push(info)
    else rejections.set(info.name, rejection)
  }
  return feasible
}

const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}

/**
 * Room promised to Pods as important as this one counts as taken; so does, to others, the room that is free only once they are
 * there. kubernetes: RunFilterPluginsWithNominatedPods
 */
const withNominated = (pod: Pod, state: ClusterState, filter: Filter): Filter => {
  if (state.nominated.size === 0) return filter
  const key = keyOf(pod)
  const others = [...state.nominated].filter(
    ([other, { spec }]) => other !== key && (spec.priority ?? 0) >= priorityOf(pod),
  )
  if (others.length === 0) return filter
  return (info) => {
    const here = others.filter(([, { status }]) => status.nominatedNodeName === info.name)
    if (here.length === 0) return filter(info)
    const fuller = info.copy()
    for (const [other, waiting] of here) fuller.add(other, waiting)
    return filter(fuller) ?? filter(info)
  }
}
