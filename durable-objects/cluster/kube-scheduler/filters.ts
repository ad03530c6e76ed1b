// kubernetes: pkg/scheduler/framework/plugins, in the order of apis/config/v1/default_plugins.go
import type { Taint } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import type { ClusterState } from '#kube-scheduler/cluster-state.ts'
import { final, unfit, type Refusal, type Rejection } from '#kube-scheduler/filter-status.ts'
import { affinityFilter } from '#kube-scheduler/inter-pod-affinity.ts'
import type { NodeInfo } from '#kube-scheduler/node-info.ts'
import { isTolerated, namedNodes, nodeIsWanted } from '#kube-scheduler/node-selection.ts'
import { requirementsOf, type PodRequirements } from '#api/core/v1/pod/pod-requirements.ts'
import { spreadFilter } from '#kube-scheduler/topology-spread.ts'
import { volumeFilter } from '#kube-scheduler/volume-binding.ts'

/** Says why a node is none for the Pod; undefined if it is one. */
export type Filter = (info: NodeInfo) => Rejection | undefined

interface PreparedFilter {
  readonly filter: Filter
  /** The only nodes that need be looked at. */
  readonly only: ReadonlySet<string> | undefined
}

const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

const UNSCHEDULABLE = final('NodeUnschedulable', 'node(s) were unschedulable')
const OTHER_NAME = final('NodeName', "node(s) didn't match the requested node name")
const TAINTED = final('TaintToleration', 'node(s) had untolerated taint(s)')
const UNWANTED = final('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")
const PORTS_TAKEN = unfit('NodePorts', "node(s) didn't have free ports for the requested pod ports")

export const isRefusal = (prepared: PreparedFilter | Refusal): prepared is Refusal =>
  'reason' in prepared

/** Looks at the Pod once and returns what to ask of each node. The first that objects is heard, as upstream. */
export const prepareFilter = (
  pod: Pod,
  state: ClusterState,
  client: Client,
): PreparedFilter | Refusal => {
  const only = namedNodes(pod)
  if (only?.size === 0)
    return { plugin: 'NodeAffinity', reason: 'pod affinity terms conflict', isFinal: true }
  const volumes = volumeFilter(pod, client)
  if (volumes !== undefined && 'reason' in volumes) return volumes
  const { tolerations = [] } = pod.spec
  const toleratesCordon = isTolerated(tolerations, UNSCHEDULABLE_TAINT)
  const requirements = requirementsOf(pod)
  const selects =
    pod.spec.nodeSelector !== undefined || pod.spec.affinity?.nodeAffinity !== undefined
  const spread = spreadFilter(pod, state.nodes(), state.counts)
  const affinity = affinityFilter(pod, state, client)
  const { nodeName } = pod.spec
  const filter: Filter = (info) => {
    if (info.node.spec.unschedulable === true && !toleratesCordon) return UNSCHEDULABLE
    if (nodeName !== undefined && nodeName !== info.name) return OTHER_NAME
    for (const taint of info.repellingTaints) if (!isTolerated(tolerations, taint)) return TAINTED
    if (selects && !nodeIsWanted(pod, info.node)) return UNWANTED
    if (requirements.hostPorts.length > 0 && !info.hasFreePorts(requirements.hostPorts))
      return PORTS_TAKEN
    return fits(requirements, info) ?? volumes?.(info) ?? spread?.(info) ?? affinity?.(info)
  }
  return { filter, only }
}

const FIT = 'NodeResourcesFit'

/** kubernetes: noderesources fitsRequest */
export const fits = (wanted: PodRequirements, info: NodeInfo): Rejection | undefined => {
  const { allocatable } = info
  const reasons: string[] = []
  let isFinal = false
  const lack = (name: string, amount: number, used: number, total: number) => {
    if (amount === 0 || amount <= total - used) return
    reasons.push(`Insufficient ${name}`)
    if (amount > total) isFinal = true
  }
  if (info.pods.size + 1 > allocatable.pods) reasons.push('Too many pods')
  lack('cpu', wanted.cpu, info.cpu, allocatable.cpu)
  lack('memory', wanted.memory, info.memory, allocatable.memory)
  lack('ephemeral-storage', wanted.storage, info.storage, allocatable.storage)
  for (const [name, amount] of wanted.scalars)
    lack(name, amount, info.scalars.get(name) ?? 0, allocatable.scalars.get(name) ?? 0)
  return reasons.length === 0 ? undefined : { plugin: FIT, reasons, isFinal }
}
