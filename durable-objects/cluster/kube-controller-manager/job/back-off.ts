// kubernetes: pkg/controller/job/backoff_utils.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import { parseTime } from '#apimachinery/time.ts'
import { podCondition } from '#kube-controller-manager/pod-state.ts'

const FIRST_MS = 10_000
const MOST_MS = 600_000

/** When a Pod ended, as well as it can be told. */
export const finishedAt = (pod: Pod): number => {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status
  const times = [...containerStatuses, ...initContainerStatuses].flatMap(
    ({ state }) => state.terminated?.finishedAt ?? [],
  )
  if (times.length > 0) return Math.max(...times.map(parseTime))
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata
  if (deletionTimestamp !== undefined)
    return parseTime(deletionTimestamp) - deletionGracePeriodSeconds * 1000
  const changed = podCondition(pod, 'Ready')?.lastTransitionTime ?? creationTimestamp
  return changed === undefined ? 0 : parseTime(changed)
}

/** Until when no Pod may be created after so many failures in a row: 10 s, 20 s, ... 10 min after the last. */
export const blockedUntil = (failures: number, last: number): number =>
  failures === 0 ? -Infinity : last + Math.min(FIRST_MS * 2 ** (failures - 1), MOST_MS)

/** The same for the failures since the last success. Follows from the Pods alone, so it survives anything that they survive. */
export const backOffUntil = (succeeded: readonly Pod[], failed: readonly Pod[]): number => {
  const lastSuccess = Math.max(-Infinity, ...succeeded.map(finishedAt))
  const since = failed.map(finishedAt).filter((time) => time > lastSuccess)
  return blockedUntil(since.length, Math.max(0, ...since))
}
