// kubernetes: pkg/apis/core/validation/validation.go validateContainerRestartPolicy
import { checkChoice, type Errors } from '#api/core/v1/pod/checks.ts'
import type { Container, ContainerRestartRule } from '#api/core/v1/pod/container-types.ts'
import { requiredValue, tooLong } from '#apimachinery/field-error.ts'

const POLICIES = ['Always', 'Never', 'OnFailure']
const OPERATORS = ['In', 'NotIn']
const MAX_RULES = 20
const MAX_EXIT_CODES = 255

/** A container's own restart policy and its rules. */
export const validateRestartRules = (errors: Errors, container: Container, path: string): void => {
  const { restartPolicy: policy, restartPolicyRules: rules = [] } = container
  if (policy === undefined && rules.length === 0) return
  if (policy === undefined)
    errors.push(
      requiredValue(
        `${path}.restartPolicy`,
        'must specify restartPolicy when restart rules are used',
      ),
    )
  else checkChoice(errors, `${path}.restartPolicy`, policy, POLICIES)
  if (rules.length > MAX_RULES) errors.push(tooLong(`${path}.restartPolicyRules`, MAX_RULES))
  for (const [index, rule] of rules.entries())
    validateRule(errors, rule, `${path}.restartPolicyRules[${index}]`)
}

const validateRule = (errors: Errors, rule: ContainerRestartRule, path: string): void => {
  checkChoice(errors, `${path}.action`, rule.action ?? '', ['Restart'])
  const { exitCodes } = rule
  if (exitCodes === undefined)
    return void errors.push(requiredValue(`${path}.exitCodes`, 'must be specified'))
  checkChoice(errors, `${path}.exitCodes.operator`, exitCodes.operator ?? '', OPERATORS)
  if ((exitCodes.values?.length ?? 0) > MAX_EXIT_CODES)
    errors.push(tooLong(`${path}.exitCodes.values`, MAX_EXIT_CODES))
}
