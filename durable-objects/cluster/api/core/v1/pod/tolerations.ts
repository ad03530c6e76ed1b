// kubernetes: api/core/v1/toleration.go ToleratesTaint, component-helpers FindMatchingUntoleratedTaint
import type { Taint } from '#api/core/v1/node/types.ts'
import type { Toleration } from '#api/core/v1/pod/types.ts'

export const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  const { effect, key, operator, value } = toleration
  if ((effect ?? '') !== '' && effect !== taint.effect) return false
  if ((key ?? '') !== '' && key !== taint.key) return false
  return operator === 'Exists' || (value ?? '') === (taint.value ?? '')
}

/** The first taint with one of the effects that no toleration covers. */
export const untoleratedTaint = (
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly Taint['effect'][],
): Taint | undefined =>
  taints?.find(
    (taint) =>
      effects.includes(taint.effect) &&
      tolerations?.some((toleration) => tolerates(toleration, taint)) !== true,
  )
