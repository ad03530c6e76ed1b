// kubernetes: pkg/apis/core/validation/validation.go ValidateNamespace…
import type { Namespace } from '#api/core/v1/namespace/types.ts'
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { validateFinalizerName } from '#apimachinery/validation/metadata.ts'

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set([
  'kubernetes',
  'orphan',
  'foregroundDeletion',
])

export const validateNamespace = (namespace: Namespace): readonly FieldError[] =>
  (namespace.spec?.finalizers ?? []).flatMap((name) => [
    ...validateFinalizerName(name, 'spec.finalizers'),
    ...(name.includes('/') || STANDARD_FINALIZERS.has(name)
      ? []
      : [
          invalidValue(
            'spec.finalizers',
            name,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ]),
  ])

/** kubernetes: ValidateNamespaceStatusUpdate (the field's name is misspelt upstream, too) */
export const validateNamespaceStatus = (namespace: Namespace): readonly FieldError[] => {
  const phase = namespace.status?.phase ?? ''
  if (namespace.metadata.deletionTimestamp === undefined)
    return phase === 'Active'
      ? []
      : [
          invalidValue(
            'status.Phase',
            phase,
            "may only be 'Active' if `deletionTimestamp` is empty",
          ),
        ]
  return phase === 'Terminating'
    ? []
    : [
        invalidValue(
          'status.Phase',
          phase,
          "may only be 'Terminating' if `deletionTimestamp` is not empty",
        ),
      ]
}
