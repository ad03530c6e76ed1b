// kubernetes: pkg/apis/batch/validation/validation.go validatePodFailurePolicy, validateSuccessPolicy
import { append } from '#apimachinery/append.ts'
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicyRule,
} from '#api/batch/v1/shared-types.ts'
import { notNegative } from '#api/apps/v1/workload-validation.ts'
import { countIndexes } from '#api/batch/v1/index-intervals.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import {
  duplicateValue,
  invalidValue,
  notSupported,
  OMIT_VALUE,
  quote,
  requiredValue,
  tooLong,
  tooMany,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { isQualifiedName } from '#apimachinery/validation/names.ts'

const MAX_RULES = 20
const MAX_EXIT_CODES = 255
const MAX_PATTERNS = 20
const MAX_INDEXES_TEXT = 65_536
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const OPERATORS = ['In', 'NotIn']
const STATUSES = ['False', 'True', 'Unknown']

const validValues = (values: readonly string[]): string =>
  `valid values: [${values.map(quote).join(' ')}]`

const validateChoice = (
  value: string | undefined,
  choices: readonly string[],
  path: string,
): readonly FieldError[] => {
  if (!value) return [requiredValue(path, validValues(choices))]
  return choices.includes(value) ? [] : [notSupported(path, value, choices)]
}

export const validateFailurePolicy = (spec: JobSpec, path: string): readonly FieldError[] => {
  const rules = spec.podFailurePolicy!.rules ?? []
  const containers = [
    ...spec.template.spec.containers,
    ...(spec.template.spec.initContainers ?? []),
  ]
  const names = new Set(containers.map(({ name }) => name))
  return [
    ...(rules.length > MAX_RULES ? [tooMany(`${path}.rules`, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => validateRule(spec, rule, names, `${path}.rules[${index}]`)),
  ]
}

const validateRule = (
  spec: JobSpec,
  rule: PodFailurePolicyRule,
  names: ReadonlySet<string>,
  path: string,
): readonly FieldError[] => {
  const { action, onExitCodes } = rule
  const onPodConditions = rule.onPodConditions ?? []
  const errors: FieldError[] = [...validateChoice(action, ACTIONS, `${path}.action`)]
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.push(
      invalidValue(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'),
    )
  if (onExitCodes !== undefined)
    append(errors, validateExitCodes(onExitCodes, names, `${path}.onExitCodes`))
  append(errors, validatePatterns(onPodConditions, `${path}.onPodConditions`))
  const hasConditions = onPodConditions.length > 0
  if (onExitCodes !== undefined && hasConditions)
    errors.push(
      invalidValue(
        path,
        OMIT_VALUE,
        'specifying both OnExitCodes and OnPodConditions is not supported',
      ),
    )
  if (onExitCodes === undefined && !hasConditions)
    errors.push(
      invalidValue(
        path,
        OMIT_VALUE,
        'specifying one of OnExitCodes and OnPodConditions is required',
      ),
    )
  return errors
}

const validatePatterns = (
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
  path: string,
): readonly FieldError[] => [
  ...(patterns.length > MAX_PATTERNS ? [tooMany(path, patterns.length, MAX_PATTERNS)] : []),
  ...patterns.flatMap(({ type = '', status }, index) => [
    ...isQualifiedName(type).map((message) =>
      invalidValue(`${path}[${index}].type`, type, message),
    ),
    ...validateChoice(status, STATUSES, `${path}[${index}].status`),
  ]),
]

const validateExitCodes = (
  { operator, containerName, values: given }: PodFailurePolicyOnExitCodesRequirement,
  names: ReadonlySet<string>,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = [...validateChoice(operator, OPERATORS, `${path}.operator`)]
  if (containerName !== undefined && !names.has(containerName))
    errors.push(
      invalidValue(
        `${path}.containerName`,
        containerName,
        'must be one of the container or initContainer names in the pod template',
      ),
    )
  const here = `${path}.values`
  const values = given ?? []
  if (values.length === 0) errors.push(invalidValue(here, given, 'at least one value is required'))
  else if (values.length > MAX_EXIT_CODES) errors.push(tooMany(here, values.length, MAX_EXIT_CODES))
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0)
      errors.push(invalidValue(`${here}[${index}]`, value, 'must not be 0 for the In operator'))
    if (values.indexOf(value) < index) errors.push(duplicateValue(`${here}[${index}]`, value))
  }
  if (values.some((value, index) => index > 0 && values[index - 1]! > value))
    errors.push(invalidValue(here, values, 'must be ordered'))
  return errors
}

export const validateSuccessPolicy = (spec: JobSpec, path: string): readonly FieldError[] => {
  const policy = spec.successPolicy!
  const rules = policy.rules ?? []
  const here = `${path}.rules`
  if (spec.completionMode !== 'Indexed')
    return [
      invalidValue(path, internalForm('SuccessPolicy', policy), 'requires indexed completion mode'),
    ]
  return [
    ...(rules.length === 0
      ? [
          requiredValue(
            here,
            'at least one rules must be specified when the successPolicy is specified',
          ),
        ]
      : []),
    ...(rules.length > MAX_RULES ? [tooMany(here, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => validateSuccessRule(spec, rule, `${here}[${index}]`)),
  ]
}

const validateSuccessRule = (
  { completions = 0 }: JobSpec,
  { succeededCount: count, succeededIndexes: indexes }: SuccessPolicyRule,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  if (count === undefined && indexes === undefined)
    errors.push(
      requiredValue(path, 'at least one of succeededCount or succeededIndexes must be specified'),
    )
  if (indexes !== undefined && indexes.length > MAX_INDEXES_TEXT)
    errors.push(tooLong(`${path}.succeededIndexes`, MAX_INDEXES_TEXT))
  const parsed = countIndexes(indexes ?? '', completions)
  if (typeof parsed === 'string')
    errors.push(
      invalidValue(
        `${path}.succeededIndexes`,
        indexes,
        `error parsing succeededIndexes: ${parsed}`,
      ),
    )
  if (count === undefined) return errors
  const total = typeof parsed === 'string' ? 0 : parsed
  const atMost = (limit: number, what: string): FieldError =>
    invalidValue(
      `${path}.succeededCount`,
      count,
      `must be less than or equal to ${limit} (the number of ${what})`,
    )
  append(errors, notNegative(count, `${path}.succeededCount`))
  if (count > completions) errors.push(atMost(completions, 'specified completions'))
  if (indexes !== undefined && count > total)
    errors.push(atMost(total, 'indexes in the specified succeededIndexes field'))
  return errors
}
