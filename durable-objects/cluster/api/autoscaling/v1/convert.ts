// kubernetes: pkg/apis/autoscaling/v1/conversion.go
import { behaviorOf, behaviorText } from '#api/autoscaling/v1/behavior.ts'
import type { HorizontalPodAutoscalerV1 } from '#api/autoscaling/v1/horizontal-pod-autoscaler/types.ts'
import {
  metricSpecsOf,
  metricSpecsText,
  metricStatusesOf,
  metricStatusesText,
} from '#api/autoscaling/v1/metrics.ts'
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  MetricSpec,
  MetricStatus,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { schemaOf } from '#api/schemas.ts'
import { assign, own, type ObjectMeta, type StringMap } from '#apimachinery/object.ts'
import { decode } from '#apimachinery/schema/decode.ts'

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics'
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'

const ROUND_TRIP: ReadonlySet<string> = new Set([METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR])

const DEFAULT_CPU_UTILIZATION = 80

/** The older API can say what share of the CPU is meant, and nothing else. */
const isCpuUtilization = ({ type, resource }: MetricSpec): boolean =>
  type === 'Resource' &&
  resource?.name === 'cpu' &&
  resource.target.averageUtilization !== undefined

const cpuUtilization = (averageUtilization: number): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

const withAnnotations = (metadata: ObjectMeta, added: StringMap): ObjectMeta => {
  const before = metadata.annotations ?? {}
  const kept = Object.entries(before).filter(([key]) => !ROUND_TRIP.has(key))
  if (kept.length === Object.keys(before).length && Object.keys(added).length === 0) return metadata
  const annotations = { ...Object.fromEntries(kept), ...added }
  return assign(metadata, {
    annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
  })
}

/** How autoscaling/v1 shows a stored autoscaler. */
export const autoscalerV1 = (autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscalerV1 => {
  const { metadata, spec, status } = autoscaler
  const { metrics = [], behavior, ...kept } = spec
  const others = metrics.filter((metric) => !isCpuUtilization(metric))
  const target = metrics.find(
    ({ type, resource }) => type === 'Resource' && resource?.name === 'cpu',
  )
  const utilization = target?.resource?.target.averageUtilization
  const { currentMetrics, conditions = [], ...counts } = status ?? {}
  const measured = currentMetrics ?? []
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: withAnnotations(metadata, {
      ...(others.length === 0 ? {} : { [METRICS]: metricSpecsText(others) }),
      ...(measured.length === 0 ? {} : { [CURRENT_METRICS]: metricStatusesText(measured) }),
      ...(conditions.length === 0 ? {} : { [CONDITIONS]: conditionsText(conditions) }),
      ...(behavior === undefined ? {} : { [BEHAVIOR]: behaviorText(behavior) }),
    }),
    spec: assign<HorizontalPodAutoscalerV1['spec']>(kept, {
      targetCPUUtilizationPercentage: utilization,
    }),
    status: {
      // never left out in this version
      currentReplicas: 0,
      ...counts,
      ...currentUtilization(measured),
    },
  }
}

const currentUtilization = (measured: readonly MetricStatus[]) => {
  const cpu = measured.findLast(
    ({ type, resource }) =>
      type === 'Resource' &&
      resource?.name === 'cpu' &&
      resource.current.averageUtilization !== undefined,
  )
  const utilization = cpu?.resource?.current.averageUtilization
  return utilization === undefined ? {} : { currentCPUUtilizationPercentage: utilization }
}

// in the order of Go's struct
const conditionsText = (conditions: readonly HorizontalPodAutoscalerCondition[]): string =>
  JSON.stringify(
    conditions.map(({ type, status, lastTransitionTime = null, reason, message }) => ({
      type,
      status,
      lastTransitionTime,
      reason,
      message,
    })),
  )

const conditionsOf = (text: string): readonly HorizontalPodAutoscalerCondition[] | undefined => {
  try {
    const schema = schemaOf('io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus')!
    const conditions: unknown = JSON.parse(text)
    const { object } = decode({ conditions }, schema)
    return (object as unknown as HorizontalPodAutoscaler['status']).conditions
  } catch {
    return undefined // anybody may have written it: neither JSON nor conditions
  }
}

/** How an autoscaler of autoscaling/v1 is stored. */
export const storedAutoscaler = (
  autoscaler: HorizontalPodAutoscalerV1,
): HorizontalPodAutoscaler => {
  const { metadata, spec, status = {} } = autoscaler
  const from = <T>(annotation: string, read: (text: string) => T | undefined): T | undefined => {
    const text = own(metadata.annotations, annotation)
    return text === undefined ? undefined : read(text)
  }
  const { targetCPUUtilizationPercentage: utilization, ...kept } = spec
  const metrics = [
    ...(from(METRICS, metricSpecsOf) ?? []),
    ...(utilization === undefined ? [] : [cpuUtilization(utilization)]),
  ]
  const { currentCPUUtilizationPercentage: current, currentReplicas = 0, ...counts } = status
  const measured = from(CURRENT_METRICS, metricStatusesOf) ?? measuredCpu(current)
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: withAnnotations(metadata, {}),
    spec: assign<HorizontalPodAutoscaler['spec']>(kept, {
      metrics: metrics.length === 0 ? [cpuUtilization(DEFAULT_CPU_UTILIZATION)] : metrics,
      behavior: from(BEHAVIOR, behaviorOf),
    }),
    status: assign<HorizontalPodAutoscaler['status']>(
      { desiredReplicas: 0, ...counts },
      {
        currentReplicas: currentReplicas === 0 ? undefined : currentReplicas,
        currentMetrics: measured,
        conditions: from(CONDITIONS, conditionsOf),
      },
    ),
  }
}

/** A list that is not there is written as null in this field. */
const NOTHING_MEASURED = null as unknown as readonly MetricStatus[]

const measuredCpu = (averageUtilization: number | undefined): readonly MetricStatus[] =>
  averageUtilization === undefined
    ? NOTHING_MEASURED
    : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } }]
