// kubernetes: pkg/apis/apps/validation/validation.go ValidateDeploymentSpec, ValidateDeploymentStatus
import type {
  Deployment,
  DeploymentStrategy,
  RollingUpdateDeployment,
} from '#api/apps/v1/deployment/types.ts'
import {
  intOrPercentValue,
  validateAtMostAll,
  validateIntOrPercent,
} from '#api/apps/v1/int-or-percent.ts'
import {
  notDecremented,
  notNegative,
  validateSelectedTemplate,
  validateReplicaTallies,
} from '#api/apps/v1/workload-validation.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

export const validateDeployment = ({ spec }: Deployment): readonly FieldError[] => {
  const { minReadySeconds = 0, progressDeadlineSeconds: deadline } = spec
  return [
    ...notNegative(spec.replicas, 'spec.replicas'),
    ...validateSelectedTemplate(spec.selector, spec.template),
    ...validateStrategy(spec.strategy, 'spec.strategy'),
    ...notNegative(minReadySeconds, 'spec.minReadySeconds'),
    ...notNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...notNegative(deadline, 'spec.progressDeadlineSeconds'),
    ...(deadline !== undefined && deadline <= minReadySeconds
      ? [
          invalidValue(
            'spec.progressDeadlineSeconds',
            deadline,
            'must be greater than minReadySeconds',
          ),
        ]
      : []),
  ]
}

const validateStrategy = (strategy: DeploymentStrategy, path: string): readonly FieldError[] => {
  const { type, rollingUpdate } = strategy
  const here = `${path}.rollingUpdate`
  if (type === 'Recreate')
    return rollingUpdate === undefined
      ? []
      : [forbiddenValue(here, "may not be specified when strategy `type` is 'Recreate'")]
  if (type === 'RollingUpdate')
    return rollingUpdate === undefined
      ? [requiredValue(here, 'this should be defaulted and never be nil')]
      : validateRollingUpdate(rollingUpdate, here)
  return [
    notSupported(path, internalForm('DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate']),
  ]
}

const validateRollingUpdate = (
  { maxUnavailable = 0, maxSurge = 0 }: RollingUpdateDeployment,
  path: string,
): readonly FieldError[] => [
  ...validateIntOrPercent(maxUnavailable, `${path}.maxUnavailable`),
  ...validateIntOrPercent(maxSurge, `${path}.maxSurge`),
  ...(intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0
    ? [invalidValue(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
    : []),
  ...validateAtMostAll(maxUnavailable, `${path}.maxUnavailable`),
]

export const validateDeploymentUpdate = (
  deployment: Deployment,
  old: Deployment,
): readonly FieldError[] => [
  ...validateDeployment(deployment),
  ...validateImmutable(deployment.spec.selector, old.spec.selector, 'spec.selector'),
]

const COUNTS = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'collisionCount',
] as const
const PARTS = ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const

export const validateDeploymentStatusUpdate = (
  { status }: Deployment,
  old: Deployment,
): readonly FieldError[] => [
  ...validateReplicaTallies(status, { counts: COUNTS, parts: PARTS }),
  ...notDecremented(status.collisionCount, old.status.collisionCount, 'status.collisionCount'),
]
