// kubernetes: pkg/apis/apps/validation/validation.go ValidateDaemonSetSpec, validateDaemonSetStatus
import type {
  DaemonSet,
  DaemonSetUpdateStrategy,
  RollingUpdateDaemonSet,
} from '#api/apps/v1/daemon-set/types.ts'
import {
  intOrPercentValue,
  validateAtMostAll,
  validateIntOrPercent,
} from '#api/apps/v1/int-or-percent.ts'
import {
  isUsable,
  notDecremented,
  notNegative,
  validateRunningTemplate,
  validateTemplateLabels,
} from '#api/apps/v1/workload-validation.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import {
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateImmutable, validateLabelSelector } from '#apimachinery/validation/metadata.ts'

export const validateDaemonSet = ({ spec }: DaemonSet): readonly FieldError[] => {
  const { selector, template } = spec
  const requirements =
    Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions?.length ?? 0)
  return [
    ...validateLabelSelector(selector, 'spec.selector'),
    ...(isUsable(selector) ? validateTemplateLabels(selector, template, 'spec.template') : []),
    ...(selector !== undefined && requirements === 0
      ? [invalidValue('spec.selector', selector, 'empty selector is invalid for daemonset')]
      : []),
    ...validateRunningTemplate(template, 'DaemonSet', 'spec.template'),
    ...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateUpdateStrategy(spec.updateStrategy, 'spec.updateStrategy'),
    ...notNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ]
}

const validateUpdateStrategy = (
  strategy: DaemonSetUpdateStrategy,
  path: string,
): readonly FieldError[] => {
  if (strategy.type === 'OnDelete') return []
  if (strategy.type === 'RollingUpdate')
    return strategy.rollingUpdate === undefined
      ? [requiredValue(`${path}.rollingUpdate`)]
      : validateRollingUpdate(strategy.rollingUpdate, `${path}.rollingUpdate`)
  return [
    notSupported(path, internalForm('DaemonSetUpdateStrategy', strategy), [
      'RollingUpdate',
      'OnDelete',
    ]),
  ]
}

const validateRollingUpdate = (
  { maxUnavailable = 0, maxSurge = 0 }: RollingUpdateDaemonSet,
  path: string,
): readonly FieldError[] => {
  const hasUnavailable = intOrPercentValue(maxUnavailable) !== 0
  const hasSurge = intOrPercentValue(maxSurge) !== 0
  return [
    ...validateIntOrPercent(maxUnavailable, `${path}.maxUnavailable`),
    ...validateIntOrPercent(maxSurge, `${path}.maxSurge`),
    ...validateAtMostAll(maxUnavailable, `${path}.maxUnavailable`),
    ...validateAtMostAll(maxSurge, `${path}.maxSurge`),
    ...(hasUnavailable && hasSurge
      ? [
          invalidValue(
            `${path}.maxSurge`,
            maxSurge,
            'may not be set when maxUnavailable is non-zero',
          ),
        ]
      : []),
    ...(!hasUnavailable && !hasSurge
      ? [requiredValue(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')]
      : []),
  ]
}

export const validateDaemonSetUpdate = (
  daemonSet: DaemonSet,
  old: DaemonSet,
): readonly FieldError[] => [
  ...validateDaemonSet(daemonSet),
  ...validateImmutable(daemonSet.spec.selector, old.spec.selector, 'spec.selector'),
]

const COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const

export const validateDaemonSetStatusUpdate = (
  { status }: DaemonSet,
  old: DaemonSet,
): readonly FieldError[] => [
  ...COUNTS.flatMap((field) => notNegative(status[field], `status.${field}`)),
  ...notDecremented(status.collisionCount, old.status.collisionCount, 'status.collisionCount'),
]
