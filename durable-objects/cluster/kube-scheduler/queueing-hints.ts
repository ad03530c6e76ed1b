// kubernetes: the QueueingHintFn of each plugin in pkg/scheduler/framework/plugins
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { fits } from '#kube-scheduler/filters.ts'
import type { NodeInfo } from '#kube-scheduler/node-info.ts'
import { isTolerated, nodeIsWanted } from '#kube-scheduler/node-selection.ts'
import { requirementsOf } from '#api/core/v1/pod/pod-requirements.ts'

/** What in a Pod's message tells which plugin objected. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/node\(s\) were unschedulable/, 'NodeUnschedulable'],
  [/requested node name/, 'NodeName'],
  [/untolerated taint/, 'TaintToleration'],
  [/node affinity\/selector|\[NodeAffinity\]|affinity terms conflict/, 'NodeAffinity'],
  [/free ports/, 'NodePorts'],
  [/Insufficient |Too many pods/, 'NodeResourcesFit'],
  [/topology spread constraints/, 'PodTopologySpread'],
  [/pod affinity rules|anti-affinity rules/, 'InterPodAffinity'],
  [/persistentvolumeclaim|persistent volumes|PersistentVolumeClaims/, 'VolumeBinding'],
]

const ANYTHING: ReadonlySet<string> = new Set([''])

/**
 * The plugins that kept a Pod from being scheduled, read from what its status says: the only place where that is kept. `''` stands for
 * one that any change may appease.
 */
export const objectors = (message: string): ReadonlySet<string> => {
  const found = SIGNS.filter(([sign]) => sign.test(message)).map(([, plugin]) => plugin)
  return found.length === 0 ? ANYTHING : new Set(found)
}

/** Whether a node that is new (`old` absent) or was changed may let a Pod in that these plugins kept out. */
export const nodeMayHelp = (
  pod: Pod,
  plugins: ReadonlySet<string>,
  info: NodeInfo,
  old: Node | undefined,
): boolean => {
  for (const plugin of plugins) if (HINTS[plugin]?.(pod, info, old) !== false) return true
  return false
}

type Hint = (pod: Pod, info: NodeInfo, old: Node | undefined) => boolean

const toleratesAll = ({ spec: { tolerations = [] } }: Pod, { spec }: Node): boolean =>
  (spec.taints ?? []).every(
    (taint) => taint.effect === 'PreferNoSchedule' || isTolerated(tolerations, taint),
  )

const relabelled: Hint = (_, { node }, old) => old?.metadata.labels !== node.metadata.labels

const HINTS: Readonly<Record<string, Hint>> = {
  NodeUnschedulable: (_, { node }, old) =>
    node.spec.unschedulable !== true && (old === undefined || old.spec.unschedulable === true),
  NodeName: ({ spec }, { name }) => spec.nodeName === name,
  TaintToleration: (pod, { node }, old) =>
    toleratesAll(pod, node) && (old === undefined || !toleratesAll(pod, old)),
  NodeAffinity: (pod, { node }, old) =>
    nodeIsWanted(pod, node) && (old === undefined || !nodeIsWanted(pod, old)),
  NodePorts: (pod, info, old) =>
    old === undefined && info.hasFreePorts(requirementsOf(pod).hostPorts),
  NodeResourcesFit: (pod, info, old) =>
    old?.status.allocatable !== info.node.status.allocatable &&
    fits(requirementsOf(pod), info) === undefined,
  PodTopologySpread: (pod, info, old) =>
    relabelled(pod, info, old) || old?.spec.taints !== info.node.spec.taints,
  InterPodAffinity: relabelled,
  VolumeBinding: relabelled,
}
