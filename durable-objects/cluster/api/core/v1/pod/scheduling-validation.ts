// Tolerations, spread constraints and gates. kubernetes: pkg/apis/core/validation/validation.go
import { append } from '#apimachinery/append.ts'
import { validateLabelKeys } from '#api/core/v1/pod/affinity-validation.ts'
import {
  checkChoice,
  checkPositive,
  checkQualifiedName,
  type Errors,
} from '#api/core/v1/pod/checks.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import type {
  PodSchedulingGate,
  Toleration,
  TopologySpreadConstraint,
} from '#api/core/v1/pod/types.ts'
import {
  duplicateValue,
  invalidValue,
  notSupported,
  requiredValue,
} from '#apimachinery/field-error.ts'
import { validateLabelSelector } from '#apimachinery/validation/metadata.ts'
import { isValidLabelValue } from '#apimachinery/validation/names.ts'

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** kubernetes: ValidateTolerations */
export const validateTolerations = (
  errors: Errors,
  tolerations: readonly Toleration[],
  path: string,
): void => {
  for (const [index, toleration] of tolerations.entries()) {
    const { key = '', operator = '', effect = '' } = toleration
    const here = `${path}[${index}]`
    if (key !== '') checkQualifiedName(errors, `${here}.key`, key)
    else if (operator !== 'Exists')
      errors.push(
        invalidValue(
          `${here}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      )
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute')
      errors.push(
        invalidValue(
          `${here}.effect`,
          effect,
          "effect must be 'NoExecute' when `tolerationSeconds` is set",
        ),
      )
    validateOperator(errors, toleration, `${here}.operator`)
    if (effect !== '') checkChoice(errors, `${here}.effect`, effect, EFFECTS)
  }
}

const validateOperator = (errors: Errors, toleration: Toleration, path: string): void => {
  const { operator = '', value = '' } = toleration as { operator?: string; value?: string }
  switch (operator) {
    case '':
    case 'Equal': {
      const messages = isValidLabelValue(value)
      if (messages.length > 0) errors.push(invalidValue(path, value, messages.join(';')))
      return
    }
    case 'Exists':
      if (value !== '')
        errors.push(
          invalidValue(
            path,
            internalForm('Toleration', toleration),
            "value must be empty when `operator` is 'Exists'",
          ),
        )
      return
    case 'Lt':
    case 'Gt':
      errors.push(notSupported(path, operator, ['Equal', 'Exists', 'Gt', 'Lt']))
      return
    default:
      errors.push(notSupported(path, operator, ['Equal', 'Exists']))
  }
}

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway']
const INCLUSION = ['Honor', 'Ignore']

const pairOf = ({ topologyKey, whenUnsatisfiable }: Partial<TopologySpreadConstraint>): string =>
  JSON.stringify([topologyKey ?? '', whenUnsatisfiable ?? ''])

/** kubernetes: validateTopologySpreadConstraints */
export const validateSpreadConstraints = (
  errors: Errors,
  constraints: readonly TopologySpreadConstraint[],
  path: string,
): void => {
  // upstream compares each with all that follow: only the last of its pair is not repeated
  const lastOf = new Map(constraints.map((one, index) => [pairOf(one), index]))
  for (const [index, constraint] of constraints.entries()) {
    const here = `${path}[${index}]`
    const { topologyKey = '', whenUnsatisfiable: action = '' as 'DoNotSchedule' } = constraint
    checkPositive(errors, `${here}.maxSkew`, constraint.maxSkew ?? 0)
    if (topologyKey === '') errors.push(requiredValue(`${here}.topologyKey`, 'can not be empty'))
    checkChoice(errors, `${here}.whenUnsatisfiable`, action, ACTIONS)
    if (lastOf.get(pairOf(constraint)) !== index)
      errors.push(
        duplicateValue(`${here}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${action}}`),
      )
    validateMinDomains(errors, constraint, `${here}.minDomains`)
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const)
      if (constraint[policy] !== undefined)
        checkChoice(errors, `${here}.${policy}`, constraint[policy], INCLUSION)
    const { labelSelector, matchLabelKeys } = constraint
    validateLabelKeys(errors, { matchLabelKeys, mismatchLabelKeys: undefined, labelSelector }, here)
    append(errors, validateLabelSelector(labelSelector, `${here}.labelSelector`))
  }
}

const validateMinDomains = (
  errors: Errors,
  { minDomains, whenUnsatisfiable: action }: TopologySpreadConstraint,
  path: string,
): void => {
  if (minDomains === undefined) return
  checkPositive(errors, path, minDomains)
  if (action !== 'DoNotSchedule')
    errors.push(
      invalidValue(
        path,
        minDomains,
        `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action ?? ''}`,
      ),
    )
}

export const validateSchedulingGates = (
  errors: Errors,
  gates: readonly PodSchedulingGate[],
  path: string,
): void => {
  const seen = new Set<string>()
  for (const [index, { name = '' }] of gates.entries()) {
    checkQualifiedName(errors, `${path}[${index}]`, name)
    if (seen.has(name)) errors.push(duplicateValue(`${path}[${index}]`, name))
    seen.add(name)
  }
}
