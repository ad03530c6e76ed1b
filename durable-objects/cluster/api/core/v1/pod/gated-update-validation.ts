// A Pod that waits at a gate may still be told where not to go.
// kubernetes: pkg/apis/core/validation/validation.go validateNodeSelectorMutation, validateNodeAffinityMutation
import type { NodeAffinity, NodeSelectorTerm } from '#api/core/v1/pod/affinity-types.ts'
import type { Errors } from '#api/core/v1/pod/checks.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { invalidValue } from '#apimachinery/field-error.ts'
import { assign, equal, own } from '#apimachinery/object.ts'

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'

/** Returns the spec with selector and node affinity as they were. */
export const validateGatedAffinity = (errors: Errors, spec: PodSpec, old: PodSpec): PodSpec => {
  const { nodeSelector, affinity } = spec
  const lost = Object.keys(old.nodeSelector ?? {}).some(
    (key) => own(nodeSelector, key) !== old.nodeSelector![key],
  )
  if (lost)
    errors.push(
      invalidValue(
        'spec.nodeSelector',
        nodeSelector,
        'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      ),
    )
  const before = old.affinity?.nodeAffinity
  if (!equal(affinity?.nodeAffinity, before))
    validateNodeAffinity(errors, affinity?.nodeAffinity, before)
  const restored = assign(affinity ?? {}, { nodeAffinity: before })
  return assign(spec, {
    nodeSelector: old.nodeSelector,
    affinity: old.affinity === undefined && equal(restored, {}) ? undefined : restored,
  })
}

const validateNodeAffinity = (
  errors: Errors,
  affinity: NodeAffinity | undefined,
  old: NodeAffinity | undefined,
): void => {
  const path = `spec.affinity.nodeAffinity.${REQUIRED}`
  const before = old?.[REQUIRED]?.nodeSelectorTerms
  if (before === undefined || before.length === 0) return
  const after = affinity?.[REQUIRED]?.nodeSelectorTerms ?? []
  if (after.length !== before.length)
    return void errors.push(
      invalidValue(
        `${path}.nodeSelectorTerms`,
        internalForm('NodeSelectorTerm', after),
        'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
      ),
    )
  for (const [index, term] of before.entries())
    if (!isNarrowed(after[index]!, term))
      errors.push(
        invalidValue(
          `${path}.nodeSelectorTerms[${index}]`,
          internalForm('NodeSelectorTerm', after[index]),
          'only additions are allowed (no mutations or deletions)',
        ),
      )
}

const isNarrowed = (term: NodeSelectorTerm, old: NodeSelectorTerm): boolean => {
  const fields = ['matchExpressions', 'matchFields'] as const
  if (fields.every((field) => !old[field]?.length)) return equal(term, old)
  return fields.every((field) =>
    (old[field] ?? []).every((requirement, index) => equal(term[field]?.[index], requirement)),
  )
}
