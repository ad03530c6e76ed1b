// kubernetes: pkg/apis/core/validation/validation.go ValidateLimitRange
import { append } from '#apimachinery/append.ts'
import type { LimitRange, LimitRangeItem } from '#api/core/v1/limit-range/types.ts'
import {
  isOvercommitAllowed,
  validateContainerResourceName,
  validateResourceName,
} from '#api/core/v1/resource-names.ts'
import {
  at,
  child,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { own, type StringMap } from '#apimachinery/object.ts'
import {
  compareQuantity,
  quantityMilliValue,
  quantityOf,
  type Quantity,
} from '#apimachinery/quantity.ts'
import { isQualifiedName } from '#apimachinery/validation/names.ts'

const TYPES: ReadonlySet<string> = new Set(['Pod', 'Container', 'PersistentVolumeClaim'])

export const validateLimitRange = (range: LimitRange): readonly FieldError[] => {
  const seen = new Set<string>()
  return (range.spec?.limits ?? []).flatMap((item, index) => {
    const path = at('spec.limits', index)
    const errors = [...validateType(item.type ?? '', child(path, 'type'))]
    if (seen.has(item.type)) errors.push(duplicateValue(child(path, 'type'), item.type))
    seen.add(item.type)
    return [...errors, ...validateItem(item, path)]
  })
}

const validateType = (type: string, path: string): readonly FieldError[] => {
  const messages = isQualifiedName(type)
  if (messages.length > 0) return messages.map((message) => invalidValue(path, type, message))
  return type.includes('/') || TYPES.has(type)
    ? []
    : [invalidValue(path, type, 'must be a standard limit type or fully qualified')]
}

const validateNames = (
  item: LimitRangeItem,
  field: keyof LimitRangeItem,
  path: string,
): readonly FieldError[] => {
  const validate =
    item.type === 'Pod' || item.type === 'Container'
      ? validateContainerResourceName
      : validateResourceName
  return Object.keys((item[field] as StringMap | undefined) ?? {})
    .sort()
    .flatMap((name) => validate(name, at(child(path, field), name)))
}

const NOT_FOR_PODS = "may not be specified when `type` is 'Pod'"

const validateItem = (item: LimitRangeItem, path: string): readonly FieldError[] => {
  const errors = [...validateNames(item, 'max', path), ...validateNames(item, 'min', path)]
  for (const field of ['default', 'defaultRequest'] as const)
    if (item.type !== 'Pod') append(errors, validateNames(item, field, path))
    else if (Object.keys(item[field] ?? {}).length > 0)
      errors.push(forbiddenValue(child(path, field), NOT_FOR_PODS))
  if (
    item.type === 'PersistentVolumeClaim' &&
    own(item.min, 'storage') === undefined &&
    own(item.max, 'storage') === undefined
  )
    errors.push(
      requiredValue(
        child(path, 'limits'),
        'either minimum or maximum storage value is required, but neither was provided',
      ),
    )
  append(errors, validateNames(item, 'maxLimitRequestRatio', path))
  const names = new Set(
    [item.max, item.min, item.default, item.defaultRequest, item.maxLimitRequestRatio].flatMap(
      (list) => Object.keys(list ?? {}),
    ),
  )
  return [...errors, ...[...names].sort().flatMap((name) => compareBounds(item, name, path))]
}

/** The bounds of one resource against each other. */
const compareBounds = (item: LimitRangeItem, name: string, path: string): readonly FieldError[] => {
  const pod = item.type === 'Pod'
  const texts = {
    min: own(item.min, name),
    max: own(item.max, name),
    default: pod ? undefined : own(item.default, name),
    defaultRequest: pod ? undefined : own(item.defaultRequest, name),
  }
  const errors: FieldError[] = []
  const below = (
    low: keyof typeof texts,
    high: keyof typeof texts,
    field: string,
    shown: keyof typeof texts,
    words: readonly [string, string],
  ): void => {
    const [a, b] = [texts[low], texts[high]]
    if (a === undefined || b === undefined || compareQuantity(quantityOf(a), quantityOf(b)) <= 0)
      return
    const detail = `${words[0]} value ${a} is greater than ${words[1]} value ${b}`
    errors.push(invalidValue(at(child(path, field), name), texts[shown], detail))
  }
  below('min', 'max', 'min', 'min', ['min', 'max'])
  below('min', 'defaultRequest', 'defaultRequest', 'defaultRequest', ['min', 'default request'])
  below('defaultRequest', 'max', 'defaultRequest', 'defaultRequest', ['default request', 'max'])
  below('defaultRequest', 'default', 'defaultRequest', 'defaultRequest', [
    'default request',
    'default limit',
  ])
  below('min', 'default', 'default', 'min', ['min', 'default'])
  below('default', 'max', 'default', 'max', ['default', 'max'])
  append(errors, validateRatio(item, name, path))
  const { default: limit, defaultRequest: request } = texts
  if (
    !isOvercommitAllowed(name) &&
    limit !== undefined &&
    request !== undefined &&
    compareQuantity(quantityOf(limit), quantityOf(request)) !== 0
  )
    errors.push(
      invalidValue(
        at(child(path, 'defaultRequest'), name),
        request,
        `default value ${limit} must equal to defaultRequest value ${request} in ${name}`,
      ),
    )
  return errors
}

const ONE: Quantity = quantityOf('1')

const validateRatio = (item: LimitRangeItem, name: string, path: string): readonly FieldError[] => {
  const ratio = own(item.maxLimitRequestRatio, name)
  if (ratio === undefined) return []
  const where = at(child(path, 'maxLimitRequestRatio'), name)
  const errors: FieldError[] = []
  if (compareQuantity(quantityOf(ratio), ONE) < 0)
    errors.push(invalidValue(where, ratio, `ratio ${ratio} is less than 1`))
  const [min, max] = [own(item.min, name), own(item.max, name)]
  if (min === undefined || max === undefined) return errors
  const most = quantityMilliValue(quantityOf(max)) / quantityMilliValue(quantityOf(min))
  if (quantityMilliValue(quantityOf(ratio)) / 1000 > most)
    errors.push(
      invalidValue(where, ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`),
    )
  return errors
}
