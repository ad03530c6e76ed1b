// kubernetes: pkg/apis/apps/validation/validation.go ValidateReplicaSetSpec, ValidateReplicaSetStatus
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import {
  notGreater,
  notNegative,
  validateSelectedTemplate,
} from '#api/apps/v1/workload-validation.ts'
import type { FieldError } from '#apimachinery/field-error.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

export const validateReplicaSet = ({ spec }: ReplicaSet): readonly FieldError[] => [
  ...notNegative(spec.replicas, 'spec.replicas'),
  ...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...validateSelectedTemplate(spec.selector, spec.template),
]

export const validateReplicaSetUpdate = (
  replicaSet: ReplicaSet,
  old: ReplicaSet,
): readonly FieldError[] => [
  ...validateReplicaSet(replicaSet),
  ...validateImmutable(replicaSet.spec.selector, old.spec.selector, 'spec.selector'),
]

const COUNTS = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
] as const
const PARTS = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const

/** Also of ReplicationControllers, whose status has the same counts. */
export const validateReplicaCounts = ({
  status,
}: {
  readonly status: ReplicaSet['status']
}): readonly FieldError[] => [
  ...COUNTS.flatMap((field) => notNegative(status[field], `status.${field}`)),
  ...PARTS.flatMap((field) =>
    notGreater(
      status[field],
      status.replicas,
      `status.${field}`,
      'cannot be greater than status.replicas',
    ),
  ),
  ...notGreater(
    status.availableReplicas,
    status.readyReplicas,
    'status.availableReplicas',
    'cannot be greater than readyReplicas',
  ),
]
