// How autoscaling/v1 writes metrics into annotations: by names of their own. kubernetes: k8s.io/api/autoscaling/v1 MetricSpec, MetricStatus
import type {
  CrossVersionObjectReference,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { schemaOf } from '#api/schemas.ts'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { decode } from '#apimachinery/schema/decode.ts'

type Parts = Readonly<Record<string, JsonValue | undefined>>
type Sources = Readonly<Record<string, unknown>>

/** The kinds of metric, and the part of a metric that says more about each. */
const PARTS = ['object', 'pods', 'resource', 'containerResource', 'external']

const present = (parts: Sources): Sources =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))

const reference = (of: CrossVersionObjectReference): Sources =>
  present({ kind: of.kind, name: of.name, apiVersion: of.apiVersion })

interface Source {
  readonly name?: string
  readonly container?: string
  readonly metric?: MetricIdentifier
  readonly describedObject?: CrossVersionObjectReference
  readonly target?: MetricTarget
  readonly current?: MetricValueStatus
}

const oldSource = (part: string, source: Source): Sources => {
  const { name, container, metric, describedObject, target } = source
  const { value, averageValue, averageUtilization } = target!
  const [metricName, selector] = [metric?.name, metric?.selector]
  switch (part) {
    case 'object':
      return {
        target: reference(describedObject!),
        metricName,
        targetValue: value ?? '0',
        selector,
        averageValue,
      }
    case 'pods':
      return { metricName, targetAverageValue: averageValue ?? '0', selector }
    case 'external':
      return {
        metricName,
        metricSelector: selector,
        targetValue: value,
        targetAverageValue: averageValue,
      }
    default:
      return {
        name,
        targetAverageUtilization: averageUtilization,
        targetAverageValue: averageValue,
        container,
      }
  }
}

const oldStatus = (part: string, source: Source): Sources => {
  const { name, container, metric, describedObject, current } = source
  const { value, averageValue, averageUtilization } = current!
  const [metricName, selector] = [metric?.name, metric?.selector]
  switch (part) {
    case 'object':
      return {
        target: reference(describedObject!),
        metricName,
        currentValue: value ?? '0',
        selector,
        averageValue,
      }
    case 'pods':
      return { metricName, currentAverageValue: averageValue ?? '0', selector }
    case 'external':
      return {
        metricName,
        metricSelector: selector,
        currentValue: value ?? '0',
        currentAverageValue: averageValue,
      }
    default:
      return {
        name,
        currentAverageUtilization: averageUtilization,
        currentAverageValue: averageValue ?? '0',
        container,
      }
  }
}

const encode = (
  metrics: readonly (MetricSpec | MetricStatus)[],
  old: (part: string, source: Source) => Sources,
): string =>
  JSON.stringify(
    metrics.map((metric) => {
      const parts = PARTS.map((part) => {
        const source = (metric as unknown as Readonly<Record<string, Source>>)[part]
        return [part, source === undefined ? undefined : present(old(part, source))]
      })
      return present({ type: metric.type, ...Object.fromEntries(parts) })
    }),
  )

/** What stands in the annotation `autoscaling.alpha.kubernetes.io/metrics`. */
export const metricSpecsText = (metrics: readonly MetricSpec[]): string =>
  encode(metrics, oldSource)

/** What stands in the annotation `autoscaling.alpha.kubernetes.io/current-metrics`. */
export const metricStatusesText = (metrics: readonly MetricStatus[]): string =>
  encode(metrics, oldStatus)

const newSource = (part: string, old: Parts): Sources => {
  const { targetValue: value, targetAverageValue: averageValue } = old
  const metric = { name: old['metricName'] ?? '', selector: old['selector'] }
  switch (part) {
    case 'object': {
      const type = old['averageValue'] === undefined ? 'Value' : 'AverageValue'
      const target = { type, value, averageValue: old['averageValue'] }
      return { describedObject: old['target'], metric, target }
    }
    case 'pods':
      return { metric, target: { type: 'AverageValue', averageValue } }
    case 'external': {
      const type = value === undefined ? 'AverageValue' : 'Value'
      const identifier = { ...metric, selector: old['metricSelector'] }
      return { metric: identifier, target: { type, value, averageValue } }
    }
    default: {
      const averageUtilization = old['targetAverageUtilization']
      const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization'
      const target = { type, averageValue, averageUtilization }
      return { name: old['name'], container: old['container'], target }
    }
  }
}

const newStatus = (part: string, old: Parts): Sources => {
  const { currentValue: value, currentAverageValue: averageValue } = old
  const metric = { name: old['metricName'] ?? '', selector: old['selector'] }
  switch (part) {
    case 'object': {
      const current = { value, averageValue: old['averageValue'] }
      return { describedObject: old['target'], metric, current }
    }
    case 'pods':
      return { metric, current: { averageValue } }
    case 'external':
      return {
        metric: { ...metric, selector: old['metricSelector'] },
        current: { value, averageValue },
      }
    default: {
      const averageUtilization = old['currentAverageUtilization']
      return {
        name: old['name'],
        container: old['container'],
        current: { averageValue, averageUtilization },
      }
    }
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Anybody may have written an annotation: what is no list of metrics is none. */
const read = (
  text: string,
  definition: string,
  next: (part: string, old: Parts) => Sources,
): readonly JsonObject[] | undefined => {
  try {
    const list: unknown = JSON.parse(text)
    if (!Array.isArray(list) || !list.every(isObject)) return undefined
    return list.map((metric) => {
      const parts = PARTS.map((part) => {
        const old = metric[part]
        return [part, isObject(old) ? next(part, old) : undefined]
      })
      const draft = { type: metric['type'], ...Object.fromEntries(parts) }
      const schema = schemaOf(`io.k8s.api.autoscaling.v2.${definition}`)!
      return decode(JSON.parse(JSON.stringify(draft)), schema).object
    })
  } catch {
    return undefined // neither JSON nor of the types that metrics have
  }
}

export const metricSpecsOf = (text: string): readonly MetricSpec[] | undefined =>
  read(text, 'MetricSpec', newSource) as readonly MetricSpec[] | undefined

export const metricStatusesOf = (text: string): readonly MetricStatus[] | undefined =>
  read(text, 'MetricStatus', newStatus) as readonly MetricStatus[] | undefined
