// kubernetes: pkg/apis/core/validation/validation.go validateAffinity, ValidateNodeSelector
import { append } from '#apimachinery/append.ts'
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
} from '#api/core/v1/pod/affinity-types.ts'
import { addInvalid, checkQualifiedName, type Errors } from '#api/core/v1/pod/checks.ts'
import { forbiddenValue, invalidValue, requiredValue } from '#apimachinery/field-error.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import { validateLabelSelector } from '#apimachinery/validation/metadata.ts'
import {
  isValidLabelValue,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
} from '#apimachinery/validation/names.ts'

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'
const MAX_WEIGHT = 100

export const validateAffinity = (errors: Errors, affinity: Affinity, path: string): void => {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity
  if (nodeAffinity !== undefined) {
    const here = `${path}.nodeAffinity`
    const required = nodeAffinity[REQUIRED]
    if (required !== undefined) validateNodeSelector(errors, required, `${here}.${REQUIRED}`)
    for (const [index, term] of (nodeAffinity[PREFERRED] ?? []).entries()) {
      const termPath = `${here}.${PREFERRED}[${index}]`
      validateWeight(errors, term.weight, termPath)
      validateTerm(errors, term.preference ?? {}, false, `${termPath}.preference`)
    }
  }
  if (podAffinity !== undefined) validatePodAffinity(errors, podAffinity, `${path}.podAffinity`)
  if (podAntiAffinity !== undefined)
    validatePodAffinity(errors, podAntiAffinity, `${path}.podAntiAffinity`)
}

const validateWeight = (errors: Errors, weight: number | undefined, path: string): void => {
  if (weight === undefined || weight <= 0 || weight > MAX_WEIGHT)
    errors.push(invalidValue(`${path}.weight`, weight ?? 0, 'must be in the range 1-100'))
}

export const validateNodeSelector = (
  errors: Errors,
  selector: NodeSelector,
  path: string,
): void => {
  const terms = selector.nodeSelectorTerms ?? []
  if (terms.length === 0)
    errors.push(
      requiredValue(`${path}.nodeSelectorTerms`, 'must have at least one node selector term'),
    )
  for (const [index, term] of terms.entries())
    validateTerm(errors, term, true, `${path}.nodeSelectorTerms[${index}]`)
}

/** `checksValues`: a preference may name values that no label can have. */
const validateTerm = (
  errors: Errors,
  term: NodeSelectorTerm,
  checksValues: boolean,
  path: string,
): void => {
  for (const [index, requirement] of (term.matchExpressions ?? []).entries())
    validateExpression(errors, requirement, checksValues, `${path}.matchExpressions[${index}]`)
  for (const [index, requirement] of (term.matchFields ?? []).entries())
    validateField(errors, requirement, `${path}.matchFields[${index}]`)
}

const NOT_AN_OPERATOR = 'not a valid selector operator'

const validateExpression = (
  errors: Errors,
  requirement: NodeSelectorRequirement,
  checksValues: boolean,
  path: string,
): void => {
  const { key = '', values = [] } = requirement
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.push(
          requiredValue(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"),
        )
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(
          forbiddenValue(
            `${path}.values`,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
          ),
        )
      break
    case 'Gt':
    case 'Lt':
      if (values.length !== 1)
        errors.push(
          requiredValue(
            `${path}.values`,
            "must be specified single value when `operator` is 'Lt' or 'Gt'",
          ),
        )
      break
    default:
      errors.push(invalidValue(`${path}.operator`, requirement.operator ?? '', NOT_AN_OPERATOR))
  }
  checkQualifiedName(errors, `${path}.key`, key)
  if (checksValues)
    for (const [index, value] of values.entries())
      addInvalid(errors, `${path}.values[${index}]`, value, isValidLabelValue(value))
}

/** Of a node's fields only its name can be selected. */
const validateField = (
  errors: Errors,
  requirement: NodeSelectorRequirement,
  path: string,
): void => {
  const { key = '', values = [], operator } = requirement
  if (operator !== 'In' && operator !== 'NotIn')
    errors.push(invalidValue(`${path}.operator`, operator ?? '', NOT_AN_OPERATOR))
  else if (values.length !== 1)
    errors.push(
      requiredValue(
        `${path}.values`,
        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      ),
    )
  if (key !== 'metadata.name')
    errors.push(invalidValue(`${path}.key`, key, 'not a valid field selector key'))
  else
    for (const [index, value] of values.entries())
      addInvalid(errors, `${path}.values[${index}]`, value, nameIsDnsSubdomain(value, false))
}

const validatePodAffinity = (errors: Errors, affinity: PodAffinity, path: string): void => {
  for (const [index, term] of (affinity[REQUIRED] ?? []).entries())
    validatePodTerm(errors, term, `${path}.${REQUIRED}[${index}]`)
  for (const [index, weighted] of (affinity[PREFERRED] ?? []).entries()) {
    const here = `${path}.${PREFERRED}[${index}]`
    validateWeight(errors, weighted.weight, here)
    validatePodTerm(
      errors,
      weighted.podAffinityTerm ?? { topologyKey: '' },
      `${here}.podAffinityTerm`,
    )
  }
}

const validatePodTerm = (errors: Errors, term: PodAffinityTerm, path: string): void => {
  const { labelSelector, namespaceSelector, matchLabelKeys, mismatchLabelKeys } = term
  append(
    errors,
    validateLabelSelector(labelSelector, `${path}.labelSelector`),
    validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
  )
  for (const name of term.namespaces ?? [])
    addInvalid(errors, `${path}.namespace`, name, nameIsDnsLabel(name, false))
  validateLabelKeys(errors, { matchLabelKeys, mismatchLabelKeys, labelSelector }, path)
  const { topologyKey = '' } = term
  if (topologyKey === '') errors.push(requiredValue(`${path}.topologyKey`, 'can not be empty'))
  checkQualifiedName(errors, `${path}.topologyKey`, topologyKey)
}

interface LabelKeys {
  readonly matchLabelKeys: readonly string[] | undefined
  readonly mismatchLabelKeys: readonly string[] | undefined
  readonly labelSelector: LabelSelector | undefined
}

/** kubernetes: ValidateMatchLabelKeysAndMismatchLabelKeys */
export const validateLabelKeys = (errors: Errors, keys: LabelKeys, path: string): void => {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = keys
  checkKeys(errors, matchLabelKeys, labelSelector, `${path}.matchLabelKeys`)
  checkKeys(errors, mismatchLabelKeys, labelSelector, `${path}.mismatchLabelKeys`)
  const inSelector = new Set(Object.keys(labelSelector?.matchLabels ?? {}))
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const index = matchLabelKeys.lastIndexOf(key)
    if (index >= 0 && inSelector.has(key))
      errors.push(
        invalidValue(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector'),
      )
    inSelector.add(key)
  }
  for (const [index, key] of matchLabelKeys.entries())
    if (mismatchLabelKeys.includes(key))
      errors.push(
        invalidValue(
          `${path}.matchLabelKeys[${index}]`,
          key,
          'exists in both matchLabelKeys and mismatchLabelKeys',
        ),
      )
}

const checkKeys = (
  errors: Errors,
  keys: readonly string[],
  selector: LabelSelector | undefined,
  path: string,
): void => {
  if (keys.length === 0) return
  if (selector === undefined)
    return void errors.push(
      forbiddenValue(path, 'must not be specified when labelSelector is not set'),
    )
  for (const [index, key] of keys.entries()) checkQualifiedName(errors, `${path}[${index}]`, key)
}
