// kubernetes: pkg/apis/apps/validation/validation.go ValidateReplicaSetSpec, ValidateReplicaSetStatus
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import {
  notNegative,
  validateSelectedTemplate,
  validateReplicaTallies,
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
}): readonly FieldError[] => [...validateReplicaTallies(status, { counts: COUNTS, parts: PARTS })]
