// kubernetes: pkg/registry/core/namespace/strategy.go
import { withNameLabel } from '#api/core/v1/namespace/defaults.ts'
import type { Namespace } from '#api/core/v1/namespace/types.ts'
import { validateNamespace, validateNamespaceStatus } from '#api/core/v1/namespace/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'
import { nameIsDnsLabel } from '#apimachinery/validation/names.ts'

const KUBERNETES_FINALIZER = 'kubernetes'

const born = (namespace: Namespace): Namespace => {
  const finalizers = namespace.spec?.finalizers ?? []
  return assign(namespace, {
    spec: finalizers.includes(KUBERNETES_FINALIZER)
      ? namespace.spec
      : { ...namespace.spec, finalizers: [...finalizers, KUBERNETES_FINALIZER] },
    status: { phase: 'Active' },
  })
}

export const namespaceStrategy: Strategy<Namespace> = {
  defaults: withNameLabel,
  validateName: nameIsDnsLabel,
  prepareForCreate: born,
  validate: validateNamespace,
  prepareForUpdate: (namespace, old) => assign(namespace, { spec: old.spec, status: old.status }),
  // Again, for names that were generated after defaulting.
  canonicalize: withNameLabel,
  status: {
    prepareForUpdate: (namespace, old) => assign(namespace, { spec: old.spec }),
    validateUpdate: validateNamespaceStatus,
  },
  // Only spec.finalizers changes.
  finalize: {
    prepareForUpdate: (namespace, old) => assign(namespace, { status: old.status }),
    validateUpdate: validateNamespace,
  },
  heldWhileDeleting: (namespace) =>
    (namespace.spec?.finalizers ?? []).length === 0
      ? undefined
      : assign(namespace, { status: assign(namespace.status ?? {}, { phase: 'Terminating' }) }),
  hasGeneration: false,
  selectableFields: (namespace) => ({
    'status.phase': namespace.status?.phase ?? '',
    name: namespace.metadata.name ?? '',
  }),
}
