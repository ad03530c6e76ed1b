import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import { controllerOf } from '#apimachinery/object.ts'
import type { ClusterState } from '#kube-scheduler/cluster-state.ts'
import {
  fitMessage,
  preFilterMessage,
  priorityOf,
  unfit,
  type Rejection,
} from '#kube-scheduler/filter-status.ts'
import { preempt, type Candidate } from '#kube-scheduler/preemption.ts'
import type { Outcome } from '#kube-scheduler/schedule-pod.ts'

/** A Pod has no node, and why. */
export interface Failure {
  readonly message: string
  /** Pods that go so that there will be room. */
  readonly candidate?: Candidate
  /** The promise of a node is to be taken back. */
  readonly clearsNomination: boolean
}

// kubernetes: the dynamic resources plugin says this of every Pod, then preemption has its word
const NO_CLAIMS = 'no new claims to deallocate'

/** What to say of a Pod that has no node, and what to do about it. */
export const judgeFailure = (
  pod: Pod,
  outcome: Exclude<Outcome, { kind: 'node' }>,
  state: ClusterState,
  client: Client,
): Failure => {
  if (outcome.kind === 'no-nodes')
    return {
      message: 'no nodes available to schedule pods',
      clearsNomination: false,
    }
  const rejections = rejectionsOf(outcome, state)
  const preemption = preempt(
    pod,
    state,
    client,
    rejections,
    outcome.kind === 'none' ? outcome.filter : undefined,
  )
  const postFilter =
    preemption.kind === 'none' ? `${NO_CLAIMS}, preemption: ${preemption.message}` : ''
  const message =
    outcome.kind === 'none'
      ? fitMessage(outcome.nodeCount, rejections.values(), postFilter)
      : preFilterMessage(outcome.nodeCount, outcome.refusal.reason, postFilter)
  return {
    message,
    ...(preemption.kind === 'victims' ? { candidate: preemption.candidate } : {}),
    clearsNomination: preemption.kind === 'none' && !preemption.message.startsWith('not eligible'),
  }
}

const rejectionsOf = (
  outcome: Exclude<Outcome, { kind: 'node' | 'no-nodes' }>,
  state: ClusterState,
): ReadonlyMap<string, Rejection> => {
  if (outcome.kind === 'none') return outcome.rejections
  const { plugin, reason, isFinal } = outcome.refusal
  const rejection: Rejection = { ...unfit(plugin, reason), isFinal }
  return new Map(state.nodes().map(({ name }) => [name, rejection]))
}

/**
 * Remembers why the last Pod of an owner found no node: its siblings find none either until something changes. Thousands that wait for
 * room cost next to nothing.
 */
export class FailureMemo {
  readonly #known = new Map<
    string,
    { readonly pod: Pod; readonly version: number; readonly failure: Failure }
  >()

  get(pod: Pod, version: number): Failure | undefined {
    const known = this.#known.get(controllerOf(pod)?.uid ?? '')
    if (known === undefined || known.version !== version || !isAlike(known.pod, pod))
      return undefined
    return known.failure
  }

  set(pod: Pod, version: number, failure: Failure): void {
    const owner = controllerOf(pod)?.uid
    if (owner === undefined) return
    if (this.#known.size > 1000) this.#known.clear()
    this.#known.set(owner, { pod, version, failure })
  }
}

const isAlike = ({ spec: a, ...one }: Pod, { spec: b, ...other }: Pod): boolean =>
  a.containers === b.containers &&
  a.initContainers === b.initContainers &&
  a.affinity === b.affinity &&
  a.nodeSelector === b.nodeSelector &&
  a.topologySpreadConstraints === b.topologySpreadConstraints &&
  a.preemptionPolicy === b.preemptionPolicy &&
  one.metadata.labels === other.metadata.labels &&
  one.status.nominatedNodeName === other.status.nominatedNodeName &&
  priorityOf({ ...one, spec: a }) === priorityOf({ ...other, spec: b }) &&
  !hasClaims(a) &&
  !hasClaims(b)

const hasClaims = ({ volumes = [] }: Pod['spec']): boolean =>
  volumes.some(
    ({ persistentVolumeClaim, ephemeral }) =>
      persistentVolumeClaim !== undefined || ephemeral !== undefined,
  )
