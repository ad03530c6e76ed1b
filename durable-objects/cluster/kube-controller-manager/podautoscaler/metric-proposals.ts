// How many replicas each metric of an autoscaler asks for.
// kubernetes: pkg/controller/podautoscaler/horizontal.go computeReplicasForMetric, metrics/client.go
import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { LabelSelector, Selector } from '#apimachinery/labels.ts'
import {
  formatQuantity,
  newMilliQuantity,
  quantityMilliValue,
  quantityOf,
} from '#apimachinery/quantity.ts'
import type { Metrics, PodUsage, Usage } from '#client/metrics.ts'
import {
  MetricError,
  type PodMetrics,
  proposeByUsage,
  proposeByUtilization,
  type Tolerances,
} from '#kube-controller-manager/podautoscaler/replica-calculator.ts'

export interface MetricQuestion {
  readonly autoscaler: HorizontalPodAutoscaler
  readonly metrics: Metrics
  readonly pods: readonly Pod[]
  readonly selector: Selector
  readonly currentReplicas: number
  readonly now: number
}

/** `reason` and `message` are told of the metric, `error` of the whole. */
export interface MetricFailure {
  readonly reason: string
  readonly message: string
  readonly error: string
}

export interface MetricProposal {
  readonly replicas: number
  readonly name: string
  readonly status: MetricStatus
}

/** kubernetes: --horizontal-pod-autoscaler-tolerance */
const TOLERANCE = 0.1

const tolerancesOf = ({ spec: { behavior } }: HorizontalPodAutoscaler): Tolerances => {
  const fraction = (text: string | undefined): number =>
    text === undefined ? TOLERANCE : quantityMilliValue(quantityOf(text)) / 1000
  return {
    up: fraction(behavior?.scaleUp?.tolerance),
    down: fraction(behavior?.scaleDown?.tolerance),
  }
}

const milliText = (value: number): string => formatQuantity(newMilliQuantity(value, 'DecimalSI'))

/** Thousandths of a core or of a byte. */
const milliOf = (usage: Usage, resource: string): number | undefined => {
  if (resource === 'cpu') return Math.ceil(usage.cpu / 1_000_000)
  return resource === 'memory' ? usage.memory * 1000 : undefined
}

/** kubernetes: getPodMetrics, getContainerMetrics */
const measured = (usages: readonly PodUsage[], resource: string, container: string): PodMetrics => {
  const result = new Map<string, { value: number; at: number; window: number }>()
  for (const { object, at, window, containers } of usages) {
    const { namespace = '', name = '' } = object.metadata
    const meant = container === '' ? containers : containers.filter((c) => c.name === container)
    if (container !== '' && meant.length === 0)
      throw new MetricError(
        `failed to get container metrics: container ${container} not present in metrics for pod ${namespace}/${name}`,
      )
    const values = meant.map(({ usage }) => milliOf(usage, resource))
    if (values.length === 0 || values.includes(undefined)) continue
    result.set(name, { value: values.reduce<number>((a, b) => a + b!, 0), at, window })
  }
  return result
}

const resourceMetrics = (
  { metrics, autoscaler, selector }: MetricQuestion,
  resource: string,
  container: string,
): PodMetrics => {
  try {
    const usages = metrics.pods(autoscaler.metadata.namespace ?? '', selector)
    if ('failure' in usages)
      throw new MetricError(`unable to fetch metrics from resource metrics API: ${usages.failure}`)
    if (usages.length === 0) throw new MetricError('no metrics returned from resource metrics API')
    return measured(usages, resource, container)
  } catch (error) {
    if (!(error instanceof MetricError)) throw error
    throw new MetricError(`unable to get metrics for resource ${resource}: ${error.message}`)
  }
}

interface ResourceProposal {
  readonly replicas: number
  readonly name: string
  readonly current: MetricValueStatus
}

/** kubernetes: computeStatusForResourceMetricGeneric. Throws a MetricError. */
const proposeByResource = (
  question: MetricQuestion,
  resource: string,
  container: string,
  target: MetricTarget,
): ResourceProposal => {
  const byValue = target.averageValue
  const goal = byValue === undefined ? 'utilization' : 'usage'
  try {
    const { pods, currentReplicas, now, autoscaler } = question
    const metrics = resourceMetrics(question, resource, container)
    const tolerances = tolerancesOf(autoscaler)
    const asked = { pods, metrics, resource, currentReplicas, tolerances, now }
    if (byValue !== undefined) {
      const value = quantityMilliValue(quantityOf(byValue))
      const { replicas, average } = proposeByUsage(asked, value)
      const current = { averageValue: milliText(average) }
      return { replicas, name: `${resource} resource`, current }
    }
    const percent = target.averageUtilization ?? 0
    const { replicas, average, utilization } = proposeByUtilization(asked, percent, container)
    const what = container === '' ? 'resource' : 'container resource'
    return {
      replicas,
      name: `${resource} ${what} utilization (percentage of request)`,
      current: { averageUtilization: utilization ?? 0, averageValue: milliText(average) },
    }
  } catch (error) {
    if (!(error instanceof MetricError)) throw error
    throw new MetricError(`failed to get ${resource} ${goal}: ${error.message}`)
  }
}

const NO_CUSTOM_METRICS =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'

/** As Go prints a pointer to a LabelSelector with %+v. */
const goText = (selector: LabelSelector | undefined): string => {
  if (selector === undefined) return 'nil'
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`)
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}

const failure = (reason: string, message: string, error: string): MetricFailure => ({
  reason,
  message,
  error,
})

/** A cluster has these metrics only if somebody adds an adapter for them, and here nobody can. */
const adapterFailure = (spec: MetricSpec, namespace: string): MetricFailure => {
  if (spec.type === 'Pods') {
    const message = `unable to get metric ${spec.pods!.metric.name}: ${NO_CUSTOM_METRICS}`
    return failure('FailedGetPodsMetric', message, `failed to get pods metric value: ${message}`)
  }
  if (spec.type === 'Object') {
    const { metric, describedObject, target } = spec.object!
    // upstream hands its values to the text in another order than the text has them
    const message = `unable to get metric ${metric.name}: ${describedObject.kind} on ${namespace} ${describedObject.name}/${NO_CUSTOM_METRICS}`
    const error =
      target.type === 'Value' ? message : `failed to get ${metric.name} object metric: ${message}`
    return failure('FailedGetObjectMetric', message, `failed to get object metric value: ${error}`)
  }
  const { metric, target } = spec.external!
  const message = `unable to get external metric ${namespace}/${metric.name}/${goText(metric.selector)}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${metric.name}.external.metrics.k8s.io)`
  const error =
    target.averageValue === undefined
      ? `failed to get external metric ${metric.name}: ${message}`
      : `failed to get ${metric.name} external metric: ${message}`
  return failure(
    'FailedGetExternalMetric',
    message,
    `failed to get ${metric.name} external metric value: ${error}`,
  )
}

/** What one metric asks for, or why it asks for nothing. */
export const proposeByMetric = (
  question: MetricQuestion,
  spec: MetricSpec,
): MetricProposal | MetricFailure => {
  const { type, resource, containerResource } = spec
  try {
    if (type === 'Resource') {
      const { name, target } = resource!
      const { current, ...proposed } = proposeByResource(question, name, '', target)
      return { ...proposed, status: { type, resource: { name, current } } }
    }
    if (type === 'ContainerResource') {
      const { name, container, target } = containerResource!
      const { current, ...proposed } = proposeByResource(question, name, container, target)
      return { ...proposed, status: { type, containerResource: { name, container, current } } }
    }
  } catch (error) {
    if (!(error instanceof MetricError)) throw error
    const { message } = error
    return type === 'Resource'
      ? failure(
          'FailedGetResourceMetric',
          message,
          `failed to get ${resource!.name} resource metric value: ${message}`,
        )
      : failure(
          'FailedGetContainerResourceMetric',
          message,
          `failed to get ${containerResource!.container} container metric value: ${message}`,
        )
  }
  return adapterFailure(spec, question.autoscaler.metadata.namespace ?? '')
}
