// kubernetes: pkg/apis/autoscaling/validation/validation.go validateMetricSpec
import { append } from '#apimachinery/append.ts'
import type {
  CrossVersionObjectReference,
  ExternalMetricSource,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { quantityOf } from '#apimachinery/quantity.ts'
import { nameIsPathSegment } from '#apimachinery/validation/names.ts'

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
const FIELD_OF: { readonly [type: string]: keyof MetricSpec | undefined } = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
}
const TARGETS = ['Utilization', 'Value', 'AverageValue']

const validatePathSegment = (value: string, path: string): readonly FieldError[] =>
  nameIsPathSegment(value, false).map((message) => invalidValue(path, value, message))

export const validateObjectReference = (
  reference: Partial<CrossVersionObjectReference> | undefined,
  path: string,
): readonly FieldError[] =>
  (['kind', 'name'] as const).flatMap((field) => {
    const value = reference?.[field] ?? ''
    return value === ''
      ? [requiredValue(`${path}.${field}`)]
      : validatePathSegment(value, `${path}.${field}`)
  })

const validateIdentifier = (
  metric: Partial<MetricIdentifier> | undefined,
  path: string,
): readonly FieldError[] => {
  const name = metric?.name ?? ''
  return name === ''
    ? [requiredValue(`${path}.name`, 'must specify a metric name')]
    : validatePathSegment(name, `${path}.name`)
}

const isPositive = (quantity: string): boolean => quantityOf(quantity).unscaled > 0n

const validateTarget = (target: Partial<MetricTarget>, path: string): readonly FieldError[] => {
  const { type = '', averageUtilization: utilization } = target
  const errors: FieldError[] = []
  if (type === '') errors.push(requiredValue(`${path}.type`, 'must specify a metric target type'))
  if (!TARGETS.includes(type))
    errors.push(
      invalidValue(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'),
    )
  for (const field of ['value', 'averageValue'] as const) {
    const quantity = target[field]
    if (quantity !== undefined && !isPositive(quantity))
      errors.push(invalidValue(`${path}.${field}`, quantity, 'must be positive'))
  }
  if (utilization !== undefined && utilization < 1)
    errors.push(invalidValue(`${path}.averageUtilization`, utilization, 'must be greater than 0'))
  return errors
}

const validateExternal = (source: ExternalMetricSource, path: string): readonly FieldError[] => {
  const target: Partial<MetricTarget> = source.target ?? {}
  const errors = [
    ...validateIdentifier(source.metric, `${path}.metric`),
    ...validateTarget(target, `${path}.target`),
  ]
  if (target.value === undefined && target.averageValue === undefined)
    errors.push(
      requiredValue(
        `${path}.target.averageValue`,
        'must set either a target value for metric or a per-pod target',
      ),
    )
  if (target.value !== undefined && target.averageValue !== undefined)
    errors.push(
      forbiddenValue(
        `${path}.target.value`,
        'may not set both a target value for metric and a per-pod target',
      ),
    )
  return errors
}

const validateOfResource = (
  source: { readonly name?: string; readonly target?: Partial<MetricTarget> },
  path: string,
  container: readonly FieldError[] = [],
): readonly FieldError[] => {
  const { name = '', target = {} } = source
  const { averageUtilization, averageValue } = target
  const errors = [
    ...(name === '' ? [requiredValue(`${path}.name`, 'must specify a resource name')] : []),
    ...container,
    ...validateTarget(target, `${path}.target`),
  ]
  if (averageUtilization === undefined && averageValue === undefined)
    errors.push(
      requiredValue(
        `${path}.target.averageUtilization`,
        'must set either a target raw value or a target utilization',
      ),
    )
  if (averageUtilization !== undefined && averageValue !== undefined)
    errors.push(
      forbiddenValue(
        `${path}.target.averageValue`,
        'may not set both a target raw value and a target utilization',
      ),
    )
  return errors
}

type Sources = {
  readonly [K in keyof MetricSpec]?: (metric: MetricSpec, path: string) => readonly FieldError[]
}

/** In the order in which upstream looks: only the first that is there is looked into. */
const SOURCES: Sources = {
  object: ({ object }, path) => {
    const target: Partial<MetricTarget> = object!.target ?? {}
    return [
      ...validateObjectReference(object!.describedObject, `${path}.describedObject`),
      ...validateIdentifier(object!.metric, `${path}.metric`),
      ...validateTarget(target, `${path}.target`),
      ...(target.value === undefined && target.averageValue === undefined
        ? [
            requiredValue(
              `${path}.target.averageValue`,
              'must set either a target value or averageValue',
            ),
          ]
        : []),
    ]
  },
  external: ({ external }, path) => validateExternal(external!, path),
  pods: ({ pods }, path) => {
    const target: Partial<MetricTarget> = pods!.target ?? {}
    return [
      ...validateIdentifier(pods!.metric, `${path}.metric`),
      ...validateTarget(target, `${path}.target`),
      ...(target.averageValue === undefined || !isPositive(target.averageValue)
        ? [
            requiredValue(
              `${path}.target.averageValue`,
              'must specify a positive target averageValue',
            ),
          ]
        : []),
    ]
  },
  resource: ({ resource }, path) => validateOfResource(resource!, path),
  containerResource: ({ containerResource: source }, path) =>
    validateOfResource(
      source!,
      path,
      source!.container ? [] : [requiredValue(`${path}.container`, 'must specify a container')],
    ),
}

export const validateMetric = (metric: MetricSpec, path: string): readonly FieldError[] => {
  const { type = '' } = metric
  const present = (Object.keys(SOURCES) as (keyof MetricSpec)[]).filter(
    (field) => metric[field] !== undefined,
  )
  const wanted = FIELD_OF[type]
  const errors: FieldError[] = []
  if (type === '') errors.push(requiredValue(`${path}.type`, 'must specify a metric source type'))
  if (wanted === undefined) errors.push(notSupported(`${path}.type`, type, TYPES))
  const [first] = present
  if (first !== undefined) append(errors, SOURCES[first]?.(metric, `${path}.${first}`) ?? [])
  if (wanted !== undefined && !present.includes(wanted))
    errors.push(
      requiredValue(`${path}.${wanted}`, 'must populate information for the given metric source'),
    )
  if (present.length !== 1)
    for (const field of present)
      if (field !== wanted)
        errors.push(
          forbiddenValue(`${path}.${field}`, 'must populate the given metric source only'),
        )
  return errors
}
