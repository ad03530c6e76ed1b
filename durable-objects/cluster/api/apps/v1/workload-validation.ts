// What the specs of workloads have in common. kubernetes: pkg/apis/apps/validation/validation.go
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { validatePodTemplateSpec } from '#api/core/v1/pod/template-validation.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { matches, selectorFromLabelSelector, type LabelSelector } from '#apimachinery/labels.ts'
import { NOT_NEGATIVE, validateLabelSelector } from '#apimachinery/validation/metadata.ts'

export const notNegative = (value: number | undefined, path: string): readonly FieldError[] =>
  value !== undefined && value < 0 ? [invalidValue(path, value, NOT_NEGATIVE)] : []

/** A count in a status that is part of another. */
export const notGreater = (
  value: number | undefined,
  limit: number | undefined,
  path: string,
  message: string,
): readonly FieldError[] =>
  (value ?? 0) > (limit ?? 0) ? [invalidValue(path, value, message)] : []

/** kubernetes: IsDecremented, as it is used of collisionCount */
export const notDecremented = (
  value: number | undefined,
  old: number | undefined,
  path: string,
): readonly FieldError[] =>
  old !== undefined && (value === undefined || value < old)
    ? [invalidValue(path, value ?? 0, 'cannot be decremented')]
    : []

/** `empty`: what is said of a selector that selects everything. */
export const validateSelector = (
  selector: LabelSelector | undefined,
  empty: string,
  path: string,
): readonly FieldError[] => {
  if (selector === undefined) return [requiredValue(path)]
  const requirements =
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0)
  return [
    ...validateLabelSelector(selector, path),
    ...(requirements === 0 ? [invalidValue(path, selector, empty)] : []),
  ]
}

/** Whether upstream could read the selector at all. */
export const isUsable = (selector: LabelSelector | undefined): boolean =>
  validateLabelSelector(selector, '').length === 0

/** A missing selector selects nothing, an empty one everything. */
export const validateTemplateLabels = (
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
  path: string,
): readonly FieldError[] => {
  const { labels } = template.metadata
  const requirements = selectorFromLabelSelector(selector)
  return requirements !== undefined && matches(requirements, labels)
    ? []
    : [
        invalidValue(
          `${path}.metadata.labels`,
          labels,
          '`selector` does not match template `labels`',
        ),
      ]
}

/** A workload that keeps its Pods running. `kind` stands in the message about deadlines. */
export const validateRunningTemplate = (
  template: PodTemplateSpec,
  kind: string,
  path: string,
): readonly FieldError[] => [
  ...validatePodTemplateSpec(template, path),
  ...validateAlwaysRestarted(template, kind, path),
]

export const validateAlwaysRestarted = (
  { spec }: PodTemplateSpec,
  kind: string,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  if (spec.restartPolicy !== 'Always')
    errors.push(notSupported(`${path}.spec.restartPolicy`, spec.restartPolicy ?? '', ['Always']))
  if (spec.activeDeadlineSeconds !== undefined)
    errors.push(
      forbiddenValue(
        `${path}.spec.activeDeadlineSeconds`,
        `activeDeadlineSeconds in ${kind} is not Supported`,
      ),
    )
  return errors
}

/** Selector and template of a ReplicaSet or Deployment. kubernetes: ValidatePodTemplateSpecForReplicaSet */
export const validateSelectedTemplate = (
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
): readonly FieldError[] => {
  const selectorErrors = validateSelector(
    selector,
    'empty selector is invalid for deployment',
    'spec.selector',
  )
  if (!isUsable(selector))
    return [...selectorErrors, invalidValue('spec.selector', selector, 'invalid label selector')]
  return [
    ...selectorErrors,
    ...validateTemplateLabels(selector, template, 'spec.template'),
    ...validateRunningTemplate(template, 'ReplicaSet', 'spec.template'),
  ]
}

/** The numbers in the status of a workload. */
interface ReplicaTallies {
  readonly replicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly currentReplicas?: number
  readonly fullyLabeledReplicas?: number
  readonly unavailableReplicas?: number
  readonly updatedReplicas?: number
  readonly observedGeneration?: number
  readonly collisionCount?: number
}

/** `counts`: not below zero; `parts`: not more than all replicas. */
export const validateReplicaTallies = (
  status: ReplicaTallies,
  {
    counts,
    parts,
    readyName = 'readyReplicas',
  }: {
    readonly counts: readonly (keyof ReplicaTallies)[]
    readonly parts: readonly (keyof ReplicaTallies)[]
    /** What the message calls the replicas that are ready: upstream's kinds do not agree. */
    readonly readyName?: string
  },
): readonly FieldError[] => [
  ...counts.flatMap((field) => notNegative(status[field], `status.${field}`)),
  ...parts.flatMap((field) =>
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
    `cannot be greater than ${readyName}`,
  ),
]
