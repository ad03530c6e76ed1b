// kubernetes: pkg/apis/core/validation/validation.go ValidateNode, ValidateNodeUpdate
import { append } from '#apimachinery/append.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import type { Node, Taint } from '#api/core/v1/node/types.ts'
import { validateResourceQuantity } from '#api/core/v1/resource-names.ts'
import {
  at,
  child,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateLabelName } from '#apimachinery/validation/metadata.ts'
import { isValidLabelValue } from '#apimachinery/validation/names.ts'

const CIDR = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)\/\d{1,3}$/
const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** The path is upstream's: taints stand in the spec, their errors under metadata. */
const TAINTS = 'metadata.taints'

export const validateTaints = (taints: readonly Taint[]): readonly FieldError[] => {
  const seen = new Set<string>()
  return taints.flatMap((taint, index) => {
    const path = at(TAINTS, index)
    const errors = validateLabelName(taint.key ?? '', child(path, 'key'))
    const messages = isValidLabelValue(taint.value ?? '')
    if (messages.length > 0)
      errors.push(invalidValue(child(path, 'value'), taint.value, messages.join(';')))
    append(errors, validateEffect(taint.effect ?? '', child(path, 'effect')))
    const pair = `${taint.effect}:${taint.key}`
    if (seen.has(pair))
      errors.push({
        ...duplicateValue(path, internalForm('Taint', taint)),
        detail: 'taints must be unique by key and effect pair',
      })
    seen.add(pair)
    return errors
  })
}

const validateEffect = (effect: string, path: string): readonly FieldError[] => {
  if (effect === '') return [requiredValue(path)]
  return TAINT_EFFECTS.includes(effect) ? [] : [notSupported(path, effect, TAINT_EFFECTS)]
}

const validateQuantities = (node: Node): readonly FieldError[] =>
  (['capacity', 'allocatable'] as const).flatMap((field) => {
    const list = node.status?.[field] ?? {}
    return Object.keys(list)
      .sort()
      .flatMap((name) => validateResourceQuantity(name, list[name]!, child('status', field, name)))
  })

const validatePodCidrs = (cidrs: readonly string[]): readonly FieldError[] => {
  const path = 'spec.podCIDRs'
  const errors = cidrs.flatMap((cidr, index) =>
    CIDR.test(cidr) ? [] : [invalidValue(at(path, index), cidrs, 'must be valid CIDR')],
  )
  if (cidrs.length < 2) return errors
  const families = new Set(cidrs.map((cidr) => cidr.includes(':')))
  if (families.size !== 2 || cidrs.length > 2)
    errors.push(invalidValue(path, cidrs, 'may specify no more than one CIDR for each IP family'))
  cidrs.forEach((cidr, index) => {
    if (cidrs.indexOf(cidr) < index) errors.push(duplicateValue(at(path, index), cidr))
  })
  return errors
}

export const validateNode = (node: Node): readonly FieldError[] => [
  ...validateTaints(node.spec?.taints ?? []),
  ...validateQuantities(node),
  ...validatePodCidrs(node.spec?.podCIDRs ?? []),
]

const POD_CIDR_FIXED = 'node updates may not change podCIDR except from "" to valid'

export const validateNodeUpdate = (node: Node, old: Node): readonly FieldError[] => {
  const errors: FieldError[] = [...validateQuantities(node)]
  const addresses = new Set<string>()
  for (const [index, address] of (node.status?.addresses ?? []).entries()) {
    const key = `${address.type} ${address.address}`
    if (addresses.has(key))
      errors.push(
        duplicateValue(at('status.addresses', index), internalForm('NodeAddress', address)),
      )
    addresses.add(key)
  }
  const before = old.spec?.podCIDRs ?? []
  const after = node.spec?.podCIDRs ?? []
  if (before.length > 0) {
    const changed =
      before.length === after.length ? before.filter((cidr, index) => cidr !== after[index]) : ['']
    append(
      errors,
      changed.map(() => forbiddenValue('spec.podCIDRs', POD_CIDR_FIXED)),
    )
  }
  const provider = old.spec?.providerID ?? ''
  if (provider !== '' && provider !== (node.spec?.providerID ?? ''))
    errors.push(
      forbiddenValue(
        'spec.providerID',
        'node updates may not change providerID except from "" to valid',
      ),
    )
  append(errors, validateTaints(node.spec?.taints ?? []))
  if ((node.spec?.externalID ?? '') !== (old.spec?.externalID ?? ''))
    errors.push(forbiddenValue('spec.externalID', 'may not be updated'))
  return errors
}
