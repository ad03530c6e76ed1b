// Which Pod of several is the best one. kubernetes: kubectl pkg/util/podutils/podutils.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import { parseTime } from '#apimachinery/time.ts'
import { goSort } from '#kubectl/describe/go-sort.ts'

type Less<T> = (a: T, b: T) => boolean

const RANK: Readonly<Record<string, number>> = { Running: 0, Unknown: 1, Pending: 2 }
/** Whatever is in none of these phases counts as the first of them. */
const rankOf = ({ status }: Pod, ranks: Readonly<Record<string, number>>): number =>
  ranks[status.phase ?? ''] ?? 0

const readyCondition = ({ status }: Pod) =>
  (status.conditions ?? []).find(({ type }) => type === 'Ready')
const isReady = (pod: Pod): boolean => readyCondition(pod)?.status === 'True'

/** 0: never. */
const momentOf = (text: string | undefined): number => (text === undefined ? 0 : parseTime(text))
const readySince = (pod: Pod): number =>
  isReady(pod) ? momentOf(readyCondition(pod)?.lastTransitionTime) : 0
const createdAt = ({ metadata }: Pod): number => momentOf(metadata.creationTimestamp)
const restartsOf = ({ status }: Pod): number =>
  Math.max(0, ...(status.containerStatuses ?? []).map(({ restartCount }) => restartCount ?? 0))

/** Never comes after every time. */
const isAfter = (a: number, b: number): boolean => (a === 0 || b === 0 ? a === 0 : a > b)

/** What has been longest at work comes first. */
const byLogging: Less<Pod> = (a, b) => {
  const [nodeOfA, nodeOfB] = [a.spec.nodeName ?? '', b.spec.nodeName ?? '']
  if (nodeOfA !== nodeOfB && (nodeOfA === '' || nodeOfB === '')) return nodeOfA !== ''
  const [rankOfA, rankOfB] = [rankOf(a, RANK), rankOf(b, RANK)]
  if (rankOfA !== rankOfB) return rankOfA < rankOfB
  if (isReady(a) !== isReady(b)) return isReady(a)
  if (isReady(a) && isReady(b) && readySince(a) !== readySince(b))
    return isAfter(readySince(b), readySince(a))
  if (restartsOf(a) !== restartsOf(b)) return restartsOf(a) > restartsOf(b)
  return createdAt(a) !== createdAt(b) && isAfter(createdAt(b), createdAt(a))
}

const ACTIVE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** What may be given up first comes first. */
const byActivity: Less<Pod> = (a, b) => {
  const [nodeOfA, nodeOfB] = [a.spec.nodeName ?? '', b.spec.nodeName ?? '']
  if (nodeOfA !== nodeOfB && (nodeOfA === '' || nodeOfB === '')) return nodeOfA === ''
  const [rankOfA, rankOfB] = [rankOf(a, ACTIVE_RANK), rankOf(b, ACTIVE_RANK)]
  if (rankOfA !== rankOfB) return rankOfA < rankOfB
  if (isReady(a) !== isReady(b)) return !isReady(a)
  if (isReady(a) && isReady(b) && readySince(a) !== readySince(b))
    return isAfter(readySince(a), readySince(b))
  if (restartsOf(a) !== restartsOf(b)) return restartsOf(a) > restartsOf(b)
  return createdAt(a) !== createdAt(b) && isAfter(createdAt(a), createdAt(b))
}

/** kubernetes: ByLogging */
export const sortedForLogs = (pods: readonly Pod[]): readonly Pod[] => goSort(pods, byLogging)

/** kubernetes: sort.Reverse(ActivePods) */
export const sortedForAttaching = (pods: readonly Pod[]): readonly Pod[] =>
  goSort(pods, (a, b) => byActivity(b, a))
