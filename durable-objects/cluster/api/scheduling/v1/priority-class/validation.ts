// kubernetes: pkg/apis/scheduling/validation/validation.go
import type { PriorityClass } from '#api/scheduling/v1/priority-class/types.ts'
import { forbiddenValue, notSupported, type FieldError } from '#apimachinery/field-error.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

const SYSTEM_PREFIX = 'system-'
export const HIGHEST_USER_PRIORITY = 1_000_000_000

/** The two classes that every cluster has. kubernetes: pkg/apis/scheduling/v1/helpers.go SystemPriorityClasses */
export const SYSTEM_PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
])

const POLICIES = ['PreemptLowerPriority', 'Never']

const systemClassError = (name: string, { value = 0, globalDefault }: PriorityClass): string => {
  const known = SYSTEM_PRIORITIES.get(name)
  if (known === undefined) return `${name} is not a known system priority class`
  if (known !== value) return `value of ${name} PriorityClass must be ${known}`
  return globalDefault === true ? `globalDefault of ${name} PriorityClass must be false` : ''
}

export const validatePriorityClass = (priorityClass: PriorityClass): readonly FieldError[] => {
  const { metadata, value = 0, preemptionPolicy } = priorityClass
  const name = metadata.name ?? ''
  const errors: FieldError[] = []
  if (name.startsWith(SYSTEM_PREFIX)) {
    const error = systemClassError(name, priorityClass)
    if (error !== '')
      errors.push(
        forbiddenValue(
          'metadata.name',
          `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${error}`,
        ),
      )
  } else if (value > HIGHEST_USER_PRIORITY)
    errors.push(
      forbiddenValue(
        'value',
        `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`,
      ),
    )
  if (preemptionPolicy !== undefined && !POLICIES.includes(preemptionPolicy))
    errors.push(notSupported('preemptionPolicy', preemptionPolicy, POLICIES))
  return errors
}

export const validatePriorityClassUpdate = (
  priorityClass: PriorityClass,
  old: PriorityClass,
): readonly FieldError[] => [
  ...((priorityClass.value ?? 0) === (old.value ?? 0)
    ? []
    : [forbiddenValue('value', 'may not be changed in an update.')]),
  ...validateImmutable(priorityClass.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy'),
]
