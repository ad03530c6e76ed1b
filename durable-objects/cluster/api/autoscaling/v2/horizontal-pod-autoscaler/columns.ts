import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

const SHOWN = 2
const UNKNOWN = '<unknown>'

const percent = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : `${value}%`

/** `cpu: 12%/80%` */
const resourceText = (
  name: string,
  target: MetricTarget,
  current: MetricValueStatus | undefined,
): string =>
  target.averageValue === undefined
    ? `${name}: ${percent(current?.averageUtilization) ?? UNKNOWN}/${percent(target.averageUtilization) ?? '<auto>'}`
    : `${name}: ${current?.averageValue ?? UNKNOWN}/${target.averageValue}`

const averageOrValue = (target: MetricTarget, current: MetricValueStatus | undefined): string =>
  target.averageValue === undefined
    ? `${current?.value ?? UNKNOWN}/${target.value ?? ''}`
    : `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`

const metricText = (spec: MetricSpec, status: MetricStatus | undefined): string => {
  switch (spec.type) {
    case 'External':
      return averageOrValue(spec.external!.target, status?.external?.current)
    case 'Object':
      return averageOrValue(spec.object!.target, status?.object?.current)
    case 'Pods':
      return `${status?.pods?.current.averageValue ?? UNKNOWN}/${spec.pods!.target.averageValue ?? ''}`
    case 'Resource': {
      const { name, target } = spec.resource!
      return resourceText(name, target, status?.resource?.current)
    }
    case 'ContainerResource': {
      const { name, target } = spec.containerResource!
      return resourceText(name, target, status?.containerResource?.current)
    }
    default:
      return '<unknown type>'
  }
}

/** kubernetes: pkg/printers/internalversion/printers.go formatHPAMetrics */
const metricsText = ({ spec, status }: HorizontalPodAutoscaler): string => {
  const metrics = spec.metrics ?? []
  if (metrics.length === 0) return '<none>'
  const texts = metrics
    .slice(0, SHOWN)
    .map((metric, index) => metricText(metric, status?.currentMetrics?.[index]))
  const more = metrics.length - SHOWN
  return texts.join(', ') + (more > 0 ? ` + ${more} more...` : '')
}

/** kubernetes: pkg/printers/internalversion/printers.go printHorizontalPodAutoscaler */
export const horizontalPodAutoscalerRow: RowPrinter<HorizontalPodAutoscaler> = (
  autoscaler,
  { now },
) => {
  const { metadata, spec, status } = autoscaler
  return [
    metadata.name!,
    `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    metricsText(autoscaler),
    spec.minReplicas === undefined ? '<unset>' : `${spec.minReplicas}`,
    spec.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    age(now, metadata.creationTimestamp),
  ]
}
