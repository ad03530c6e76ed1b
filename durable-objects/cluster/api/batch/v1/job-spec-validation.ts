// kubernetes: pkg/apis/batch/validation/validation.go validateJobSpec
import { notNegative } from '#api/apps/v1/workload-validation.ts'
import {
  validateFailurePolicy,
  validateSuccessPolicy,
} from '#api/batch/v1/job-policy-validation.ts'
import type { JobSpec } from '#api/batch/v1/shared-types.ts'
import { validatePodTemplateSpec } from '#api/core/v1/pod/template-validation.ts'
import {
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'

const MAX_INDEXED = 100_000
const MANY_COMPLETIONS = 100_000
const LIMIT_OF_MANY = 10_000

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
] as const

/** What holds of a Job and of the template of a CronJob. `path` is the spec's. */
export const validateJobSpec = (spec: JobSpec, path: string): readonly FieldError[] => [
  ...COUNTS.flatMap((field) => notNegative(spec[field], `${path}.${field}`)),
  ...validateMaxFailed(spec, path),
  ...validateManagedBy(spec.managedBy, `${path}.managedBy`),
  ...validateMode(spec, path),
  ...(spec.podFailurePolicy === undefined
    ? []
    : validateFailurePolicy(spec, `${path}.podFailurePolicy`)),
  ...(spec.successPolicy === undefined ? [] : validateSuccessPolicy(spec, `${path}.successPolicy`)),
  ...validateReplacement(spec, `${path}.podReplacementPolicy`),
  ...validatePodTemplateSpec(spec.template, `${path}.template`),
  ...validateRestartPolicy(spec, `${path}.template.spec.restartPolicy`),
]

const validateMaxFailed = (spec: JobSpec, path: string): readonly FieldError[] => {
  if (spec.maxFailedIndexes === undefined) return []
  return [
    ...notNegative(spec.maxFailedIndexes, `${path}.maxFailedIndexes`),
    ...(spec.backoffLimitPerIndex === undefined
      ? [requiredValue(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
  ]
}

const MAX_MANAGER = 63

const validateManagedBy = (manager: string | undefined, path: string): readonly FieldError[] => {
  if (manager === undefined) return []
  const errors: FieldError[] = []
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(manager))
    errors.push(
      invalidValue(path, manager, 'must be a domain-prefixed path (such as "acme.io/foo")'),
    )
  if (manager.length > MAX_MANAGER)
    errors.push({
      ...invalidValue(path, manager, `may not be more than ${MAX_MANAGER} bytes`),
      type: 'FieldValueTooLong',
    })
  return errors
}

const validateMode = (spec: JobSpec, path: string): readonly FieldError[] => {
  const { completionMode: mode } = spec
  if (mode === undefined || mode === 'NonIndexed')
    return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap((field) =>
      spec[field] === undefined
        ? []
        : [invalidValue(`${path}.${field}`, spec[field], 'requires indexed completion mode')],
    )
  if (mode === 'Indexed') return validateIndexed(spec, path)
  return [notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed'])]
}

const validateIndexed = (spec: JobSpec, path: string): readonly FieldError[] => {
  const { completions, parallelism = 0, maxFailedIndexes: maxFailed } = spec
  const errors: FieldError[] = []
  const atMost = (field: 'parallelism' | 'maxFailedIndexes', limit: string): void =>
    void errors.push(
      invalidValue(`${path}.${field}`, spec[field], `must be less than or equal to ${limit}`),
    )
  if (completions === undefined)
    errors.push(requiredValue(`${path}.completions`, 'when completion mode is Indexed'))
  if (parallelism > MAX_INDEXED)
    atMost('parallelism', `${MAX_INDEXED} when completion mode is Indexed`)
  if (completions !== undefined && maxFailed !== undefined && maxFailed > completions)
    atMost('maxFailedIndexes', 'completions')
  if (maxFailed !== undefined && maxFailed > MAX_INDEXED)
    atMost('maxFailedIndexes', `${MAX_INDEXED}`)
  if ((completions ?? 0) <= MANY_COMPLETIONS || spec.backoffLimitPerIndex === undefined)
    return errors
  const limit = `${LIMIT_OF_MANY} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`
  if (maxFailed === undefined)
    errors.push(
      requiredValue(
        `${path}.maxFailedIndexes`,
        `must be specified when completions is above ${MANY_COMPLETIONS}`,
      ),
    )
  if (parallelism > LIMIT_OF_MANY) atMost('parallelism', limit)
  if (maxFailed !== undefined && maxFailed > LIMIT_OF_MANY) atMost('maxFailedIndexes', limit)
  return errors
}

const validateReplacement = (spec: JobSpec, path: string): readonly FieldError[] => {
  const policy = spec.podReplacementPolicy
  if (policy === undefined) return []
  const supported =
    spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  return supported.includes(policy) ? [] : [notSupported(path, policy, supported)]
}

const validateRestartPolicy = (spec: JobSpec, path: string): readonly FieldError[] => {
  const policy = spec.template.spec.restartPolicy
  if (policy === undefined || policy === 'Always')
    return [requiredValue(path, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never')
    return [notSupported(path, policy, ['OnFailure', 'Never'])]
  return spec.podFailurePolicy !== undefined && policy !== 'Never'
    ? [invalidValue(path, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : []
}
