// kubernetes: pkg/controller/statefulset/stateful_set_control.go updateStatefulSet
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { revisionLabelOf } from '#kube-controller-manager/controller-history/revisions.ts'
import { scaledValue } from '#kube-controller-manager/int-or-percent.ts'
import { isPodAvailable, isPodFinished, isPodReady } from '#kube-controller-manager/pod-state.ts'
import {
  firstOrdinal,
  ordinalOf,
  podWithOrdinal,
  replicasOf,
  withIdentity,
} from '#kube-controller-manager/statefulset/identity.ts'

/** A template and the name of its revision. */
export interface RevisedTemplate {
  readonly revision: string
  readonly template: PodTemplateSpec
}

export interface SetSeen {
  readonly set: StatefulSet
  readonly pods: readonly Pod[]
  readonly current: RevisedTemplate
  readonly update: RevisedTemplate
  readonly now: number
}

// Somebody may ask for two billion replicas: of those that are missing only so many are looked at, the rest when these are there.
const MAX_MISSING = 500

export interface StatefulSetPlan {
  /** In order; each with its claims first. */
  readonly create: readonly Pod[]
  /** Pods that lack labels of their identity, as they should be. */
  readonly relabel: readonly Pod[]
  /** Pods that wait for their claims: missing ones are made. */
  readonly claim: readonly Pod[]
  readonly remove: readonly Pod[]
}

export const isRunningAndReady = (pod: Pod): boolean =>
  pod.status.phase === 'Running' && isPodReady(pod)

const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined

/** What to do next. In order (the default) one Pod at a time, each when those before it are available; in parallel all at once. */
export const planStatefulSet = (seen: SetSeen): StatefulSetPlan => {
  const { set } = seen
  const draft: Draft = { create: [], relabel: [], claim: [], remove: [] }
  if (set.metadata.deletionTimestamp !== undefined) return draft
  const first = firstOrdinal(set)
  const count = replicasOf(set)
  const byOrdinal = new Map(seen.pods.map((pod) => [ordinalOf(pod), pod]))
  const window = Math.min(count, seen.pods.length + MAX_MISSING)
  const replicas = Array.from({ length: window }, (_, index) => byOrdinal.get(first + index))
  const condemned = seen.pods
    .filter((pod) => ordinalOf(pod) < first || ordinalOf(pod) >= first + count)
    .toSorted((a, b) => ordinalOf(b) - ordinalOf(a))
  const inOrder = set.spec.podManagementPolicy !== 'Parallel'
  if (manageReplicas(seen, replicas, draft, inOrder)) return draft
  if (manageCondemned(seen, replicas, condemned, draft, inOrder)) return draft
  if (set.spec.updateStrategy.type !== 'OnDelete') manageUpdate(seen, replicas, draft)
  return draft
}

interface Draft {
  readonly create: Pod[]
  readonly relabel: Pod[]
  readonly claim: Pod[]
  readonly remove: Pod[]
}

const isAvailable = ({ set, now }: SetSeen, pod: Pod): boolean =>
  pod.status.phase === 'Running' && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)

const isUnavailable = (seen: SetSeen, pod: Pod | undefined): boolean =>
  pod === undefined || !isAvailable(seen, pod) || isTerminating(pod)

/** Makes the Pods of the range exist and be well. True: nothing else may be done before that. */
const manageReplicas = (
  seen: SetSeen,
  replicas: readonly (Pod | undefined)[],
  draft: Draft,
  inOrder: boolean,
): boolean => {
  for (const [index, pod] of replicas.entries()) {
    if (pod === undefined) {
      draft.create.push(newPod(seen, firstOrdinal(seen.set) + index))
      if (inOrder) return true
      continue
    }
    if (isPodFinished(pod)) {
      if (!isTerminating(pod)) draft.remove.push(pod)
      if (inOrder) return true
      continue
    }
    if (pod.status.phase === 'Pending') draft.claim.push(pod)
    if (inOrder && isUnavailable(seen, pod)) return true
    const identified = withIdentity(pod)
    if (identified !== pod) draft.relabel.push(identified)
  }
  return false
}

/** A Pod below the partition still gets the old template. kubernetes: newVersionedStatefulSetPod */
const newPod = ({ set, current, update }: SetSeen, ordinal: number): Pod => {
  const { type, rollingUpdate } = set.spec.updateStrategy
  const boundary = rollingUpdate?.partition ?? set.status.currentReplicas ?? 0
  const isOld = type === 'RollingUpdate' && ordinal < firstOrdinal(set) + boundary
  return podWithOrdinal(set, ordinal, isOld ? current : update)
}

/** Takes away Pods beyond the range, the highest first. True: the update must wait. */
const manageCondemned = (
  seen: SetSeen,
  replicas: readonly (Pod | undefined)[],
  condemned: readonly Pod[],
  draft: Draft,
  inOrder: boolean,
): boolean => {
  const firstUnavailable = [...replicas, ...condemned.toReversed()].find((pod) =>
    isUnavailable(seen, pod),
  )
  for (const pod of condemned) {
    if (isTerminating(pod)) {
      if (inOrder) return true
      continue
    }
    if (inOrder && !isAvailable(seen, pod) && pod !== firstUnavailable) return true
    draft.remove.push(pod)
    if (inOrder) return true
  }
  return false
}

/** Replaces Pods of other revisions down to the partition, as many at a time as may be unavailable. */
const manageUpdate = (
  seen: SetSeen,
  replicas: readonly (Pod | undefined)[],
  draft: Draft,
): void => {
  const { rollingUpdate } = seen.set.spec.updateStrategy
  const maxUnavailable = Math.max(
    1,
    scaledValue(rollingUpdate?.maxUnavailable ?? 1, replicas.length, 'down'),
  )
  const unavailable = replicas.filter((pod) => isUnavailable(seen, pod)).length
  let left = maxUnavailable - unavailable
  // A Pod that is broken may be replaced by its new version, though it is the one that is unavailable.
  const strict = maxUnavailable === 1
  for (let target = replicas.length - 1; target >= (rollingUpdate?.partition ?? 0); target--) {
    const pod = replicas[target]
    if (pod === undefined) return
    if (!strict && left <= 0) return
    if (revisionLabelOf(pod) !== seen.update.revision && !isTerminating(pod)) {
      draft.remove.push(pod)
      left--
      if (strict) return
    } else if (strict && isUnavailable(seen, pod)) return
  }
}
