// kubernetes: pkg/controller/tainteviction/taint_eviction.go processPodOnNode, getMinTolerationTime
import type { Taint } from '#api/core/v1/node/types.ts'
import type { Toleration } from '#api/core/v1/pod/types.ts'

/**
 * How many milliseconds a Pod may stay on a node with these taints: 0 if it must go now, undefined if it may stay for good.
 */
export const toleratedFor = (
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
): number | undefined => {
  let shortest: number | undefined
  for (const taint of taints) {
    const used = tolerations.find((toleration) => tolerates(toleration, taint))
    if (used === undefined) return 0
    if (used.tolerationSeconds === undefined) continue
    const milliseconds = Math.max(0, used.tolerationSeconds) * 1000
    if (shortest === undefined || milliseconds < shortest) shortest = milliseconds
  }
  return shortest
}

const tolerates = (
  { effect, key = '', operator = 'Equal', value = '' }: Toleration,
  taint: Taint,
): boolean =>
  (effect === undefined || effect === taint.effect) &&
  (key === '' || key === taint.key) &&
  (operator === 'Exists' || value === (taint.value ?? ''))
