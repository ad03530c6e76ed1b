// kubernetes: pkg/controller/namespace/deletion/status_condition_utils.go
import type { NamespaceCondition } from '#api/core/v1/namespace/types.ts'
import { formatTime } from '#apimachinery/time.ts'

/** What is left in a namespace after everything in it was deleted. */
export interface Remains {
  /** Objects by `resource.group`. */
  readonly resources: ReadonlyMap<string, number>
  readonly finalizers: ReadonlyMap<string, number>
  /** Why some could not be deleted. */
  readonly errors: readonly string[]
}

interface Verdict {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

const tally = (counts: ReadonlyMap<string, number>, word: string): string =>
  [...counts]
    .map(([what, count]) => `${what} ${word} ${count} resource instances`)
    .sort()
    .join(', ')

const verdicts = ({ resources, finalizers, errors }: Remains): readonly Verdict[] => [
  ok(
    'NamespaceDeletionDiscoveryFailure',
    'ResourcesDiscovered',
    'All resources successfully discovered',
  ),
  ok(
    'NamespaceDeletionGroupVersionParsingFailure',
    'ParsedGroupVersions',
    'All legacy kube types successfully parsed',
  ),
  errors.length === 0
    ? ok(
        'NamespaceDeletionContentFailure',
        'ContentDeleted',
        'All content successfully deleted, may be waiting on finalization',
      )
    : bad(
        'NamespaceDeletionContentFailure',
        'ContentDeletionFailed',
        `Failed to delete all resource types, ${errors.length} remaining: ${errors.toSorted().join(', ')}`,
      ),
  resources.size === 0
    ? ok('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed')
    : bad(
        'NamespaceContentRemaining',
        'SomeResourcesRemain',
        `Some resources are remaining: ${tally(resources, 'has')}`,
      ),
  finalizers.size === 0
    ? ok(
        'NamespaceFinalizersRemaining',
        'ContentHasNoFinalizers',
        'All content-preserving finalizers finished',
      )
    : bad(
        'NamespaceFinalizersRemaining',
        'SomeFinalizersRemain',
        `Some content in the namespace has finalizers remaining: ${tally(finalizers, 'in')}`,
      ),
]

const ok = (type: string, reason: string, message: string): Verdict => ({
  type,
  status: 'False',
  reason,
  message,
})
const bad = (type: string, reason: string, message: string): Verdict => ({
  type,
  status: 'True',
  reason,
  message,
})

/** The conditions of a namespace on its way out; the same list if they say so already. */
export const deletionConditions = (
  old: readonly NamespaceCondition[],
  remains: Remains,
  now: number,
): readonly NamespaceCondition[] => {
  const conditions = [...old]
  let changed = false
  for (const verdict of verdicts(remains)) {
    const index = conditions.findIndex((condition) => condition.type === verdict.type)
    const current = conditions[index]
    if (
      current?.status === verdict.status &&
      current.reason === verdict.reason &&
      current.message === verdict.message
    )
      continue
    const since = current?.status === verdict.status ? current.lastTransitionTime : undefined
    const condition = { lastTransitionTime: since ?? formatTime(now), ...verdict }
    if (current === undefined) conditions.push(condition)
    else conditions[index] = condition
    changed = true
  }
  return changed ? conditions : old
}
