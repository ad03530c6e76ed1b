// kubernetes: pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go
import type { Pod, PodCondition } from '#api/core/v1/pod/types.ts'
import { parseTime } from '#apimachinery/time.ts'

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  pod.status.conditions?.find((condition) => condition.type === type)

export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True'

/** Neither finished nor on its way out. kubernetes: IsPodActive */
export const isPodActive = (pod: Pod): boolean =>
  pod.status.phase !== 'Succeeded' &&
  pod.status.phase !== 'Failed' &&
  pod.metadata.deletionTimestamp === undefined

export const isPodFinished = (pod: Pod): boolean =>
  pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'

export const isPodTerminating = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined && !isPodFinished(pod)

/**
 * The moment from which a Pod counts as available: ready for `minReadySeconds`. Undefined while it is not ready.
 * kubernetes: IsPodAvailable
 */
export const availableAt = (pod: Pod, minReadySeconds: number): number | undefined => {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return -Infinity
  return ready.lastTransitionTime === undefined
    ? undefined
    : parseTime(ready.lastTransitionTime) + minReadySeconds * 1000
}

export const isPodAvailable = (pod: Pod, minReadySeconds: number, now: number): boolean => {
  const at = availableAt(pod, minReadySeconds)
  return at !== undefined && at <= now
}

/** What controllers of interchangeable Pods see of a Pod's change; the rest (binding, addresses) leaves them cold. */
export const looksTheSame = (pod: Pod, old: Pod): boolean =>
  pod.status.phase === old.status.phase &&
  pod.metadata.labels === old.metadata.labels &&
  pod.metadata.ownerReferences === old.metadata.ownerReferences &&
  pod.metadata.deletionTimestamp === old.metadata.deletionTimestamp &&
  sameCondition(podCondition(pod, 'Ready'), podCondition(old, 'Ready'))

const sameCondition = (a: PodCondition | undefined, b: PodCondition | undefined): boolean =>
  a === b || (a?.status === b?.status && a?.lastTransitionTime === b?.lastTransitionTime)

/** The earliest of the moments at which Pods that are ready become available, if any is still to come. */
export const nextAvailability = (
  pods: readonly Pod[],
  minReadySeconds: number,
  now: number,
): number | undefined => {
  if (minReadySeconds === 0) return undefined
  let next: number | undefined
  for (const pod of pods) {
    const at = availableAt(pod, minReadySeconds)
    if (at !== undefined && at > now && (next === undefined || at < next)) next = at
  }
  return next
}
