import type { HorizontalPodAutoscalerV1 } from '#api/autoscaling/v1/horizontal-pod-autoscaler/types.ts'
import type {
  HPAScalingRules,
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { canonicalQuantity } from '#apimachinery/quantity.ts'
import { attempt, type DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { rfc1123 } from '#kubectl/describe/go-format.ts'
import { describeHead, describeTable } from '#kubectl/describe/metadata.ts'
import { quoteText } from '#kubectl/output/go/quote.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe HorizontalPodAutoscalerDescriber */
export const describeHorizontalPodAutoscaler = (
  context: DescribeContext,
  object: KubeObject,
): string => {
  const autoscaler = inVersion2(context, object)
  const { metadata } = autoscaler
  return tabbed((w) => {
    describeHead(w, autoscaler)
    w.field(0, 'CreationTimestamp', rfc1123(metadata.creationTimestamp))
    if (isV1(autoscaler)) describeV1(w, autoscaler as HorizontalPodAutoscalerV1)
    else describeV2(w, autoscaler as HorizontalPodAutoscaler)
    describeEventsOf(context, w, autoscaler)
  })
}

const isV1 = ({ apiVersion }: KubeObject): boolean => apiVersion === 'autoscaling/v1'

/** Whatever version was asked for: the newer one says more. */
const inVersion2 = (context: DescribeContext, object: KubeObject): KubeObject => {
  if (!isV1(object)) return object
  const { namespace = '', name = '' } = object.metadata
  const found = attempt(() => context.get('horizontalpodautoscalers.autoscaling', namespace, name))
  return 'value' in found && found.value !== undefined ? found.value : object
}

const describeV1 = (w: PrefixWriter, { spec, status }: HorizontalPodAutoscalerV1): void => {
  const { scaleTargetRef: target, targetCPUUtilizationPercentage: percentage } = spec
  w.field(0, 'Reference', `${target.kind}/${target.name}`)
  if (percentage !== undefined) {
    w.field(0, 'Target CPU utilization', `${percentage}%`)
    const current = status?.currentCPUUtilizationPercentage ?? '<unknown>'
    w.field(0, 'Current CPU utilization', `${current}%`)
  }
  w.field(0, 'Min replicas', spec.minReplicas ?? '<unset>')
  w.field(0, 'Max replicas', spec.maxReplicas)
  w.field(0, `${target.kind} pods`, replicasText(status ?? {}))
}

const replicasText = (status: {
  readonly currentReplicas?: number
  readonly desiredReplicas?: number
}): string => `${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`

const describeV2 = (w: PrefixWriter, { spec, status }: HorizontalPodAutoscaler): void => {
  const { scaleTargetRef: target, behavior } = spec
  w.field(0, 'Reference', `${target.kind}/${target.name}`)
  w.field(0, 'Metrics', '( current / target )')
  for (const [index, metric] of (spec.metrics ?? []).entries())
    w.write(1, `${metricText(metric, status.currentMetrics?.[index])}\n`)
  w.field(0, 'Min replicas', spec.minReplicas ?? '<unset>')
  w.field(0, 'Max replicas', spec.maxReplicas)
  if (behavior !== undefined) {
    w.write(0, 'Behavior:\n')
    describeDirection(w, 'Scale Up', behavior.scaleUp)
    describeDirection(w, 'Scale Down', behavior.scaleDown)
  }
  w.field(0, `${target.kind} pods`, replicasText(status))
  const { conditions = [] } = status
  if (conditions.length === 0) return
  w.write(0, 'Conditions:\n')
  const rows = conditions.map((c) => [c.type, c.status, c.reason, c.message])
  describeTable(w, 1, ['Type', 'Status', 'Reason', 'Message'], rows)
}

/** A quantity that is not there is Go's nil pointer. */
const amount = (text: string | undefined): string =>
  text === undefined ? '<nil>' : canonicalQuantity(text)

const averageOf = (current: MetricValueStatus | undefined): string =>
  current === undefined ? '<unknown>' : amount(current.averageValue)

const valueOf = (current: MetricValueStatus | undefined): string =>
  current === undefined ? '<unknown>' : amount(current.value)

const metricText = (metric: MetricSpec, status: MetricStatus | undefined): string => {
  const { external, pods, object, resource, containerResource } = metric
  if (metric.type === 'External' && external !== undefined)
    return externalText(external, status?.external?.current)
  if (metric.type === 'Pods' && pods !== undefined) {
    const current = averageOf(status?.pods?.current)
    return `${quoteText(pods.metric.name)} on pods:\t${current} / ${amount(pods.target.averageValue)}`
  }
  if (metric.type === 'Object' && object !== undefined)
    return objectText(object, status?.object?.current)
  if (metric.type === 'Resource' && resource !== undefined)
    return usageText(
      `resource ${resource.name} on pods`,
      resource.target,
      status?.resource?.current,
    )
  if (metric.type === 'ContainerResource' && containerResource !== undefined) {
    const { name, container, target } = containerResource
    const title = `resource ${name} of container "${container}" on pods`
    return usageText(title, target, status?.containerResource?.current)
  }
  return `<unknown metric type ${quoteText(metric.type)}>`
}

const externalText = (
  { metric, target }: NonNullable<MetricSpec['external']>,
  current: MetricValueStatus | undefined,
): string => {
  const name = quoteText(metric.name)
  if (target.averageValue === undefined)
    return `${name} (target value):\t${valueOf(current)} / ${amount(target.value)}`
  const average =
    current?.averageValue === undefined ? '<unknown>' : canonicalQuantity(current.averageValue)
  return `${name} (target average value):\t${average} / ${amount(target.averageValue)}`
}

const objectText = (
  { metric, describedObject, target }: NonNullable<MetricSpec['object']>,
  current: MetricValueStatus | undefined,
): string => {
  const title = `"${metric.name}" on ${describedObject.kind}/${describedObject.name}`
  return target.type === 'AverageValue'
    ? `${title} (target average value):\t${averageOf(current)} / ${amount(target.averageValue)}`
    : `${title} (target value):\t${valueOf(current)} / ${amount(target.value)}`
}

/** What Pods use of a resource: an amount, or a part of what they request. */
const usageText = (
  title: string,
  target: MetricTarget,
  current: MetricValueStatus | undefined,
): string => {
  if (target.averageValue !== undefined)
    return `${title}:\t${averageOf(current)} / ${amount(target.averageValue)}`
  const used =
    current?.averageUtilization === undefined
      ? '<unknown>'
      : `${current.averageUtilization}% (${amount(current.averageValue)})`
  const wanted =
    target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`
  return `${title}  (as a percentage of request):\t${used} / ${wanted}`
}

/** kubernetes: kubectl pkg/describe printDirectionBehavior */
const describeDirection = (
  w: PrefixWriter,
  direction: string,
  rules: HPAScalingRules | undefined,
): void => {
  if (rules === undefined) return
  const { stabilizationWindowSeconds, selectPolicy = 'Max', policies = [] } = rules
  w.write(1, `${direction}:\n`)
  if (stabilizationWindowSeconds !== undefined)
    w.write(2, `Stabilization Window: ${stabilizationWindowSeconds} seconds\n`)
  if (policies.length === 0) return
  w.write(2, `Select Policy: ${selectPolicy}\n`)
  w.write(2, 'Policies:\n')
  for (const { type, value, periodSeconds } of policies)
    w.write(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds\n`)
}
