// kubernetes: kubectl pkg/cmd/autoscale/autoscale.go
import type { JsonObject } from '#apimachinery/object.ts'
import { dryRunOf } from '#kubectl/commands/dry-run.ts'
import { sendGenerated } from '#kubectl/commands/generated-object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import type { Info } from '#kubectl/resource/info.ts'
import { groupVersionOf } from '#kubectl/client/discovery.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

export const autoscale: CommandBody = (run) => {
  const { flags } = run
  run.requireContext()
  const [max, min] = [flags.int('max'), flags.int('min')]
  if (max < 1)
    throw new KubectlFailure(
      '--max=MAXPODS is required and must be at least 1, max: ' + String(max),
    )
  if (max < min)
    throw new KubectlFailure(
      `--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`,
    )
  const dryRun = dryRunOf(run)
  const printer = resultPrinter(run, dryRun, { isTyped: true })
  const found = build(run, {
    args: run.args,
    ...filesOf(run),
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    flattens: true,
  })
  let count = 0
  found.visit((info) => {
    count++
    if (!info.resource.subresources.includes('scale'))
      throw new KubectlFailure(
        `cannot autoscale a ${info.resource.kind}${info.resource.group === '' ? '' : `.${info.resource.group}`}: could not find scale subresource for ${info.resource.group}/${info.resource.version}, Resource=${info.resource.plural} in discovery information`,
      )
    const sent = sendGenerated(run, autoscalerOf(run, info), dryRun)
    printer.print(sent, dryRun === 'client' ? 'created' : 'autoscaled')
  })
  if (count === 0) throw new KubectlFailure('no objects passed to autoscale')
}

/** `80%`, or an amount. */
const metricOf = (name: string, text: string, unit: string): JsonObject => {
  const percent = /^(\d+)%$/.exec(text)?.[1]
  const target =
    percent === undefined
      ? { type: 'AverageValue', averageValue: /^\d+$/.test(text) ? `${text}${unit}` : text }
      : { type: 'Utilization', averageUtilization: Number(percent) }
  return { type: 'Resource', resource: { name, target } }
}

const autoscalerOf = ({ flags }: Invocation, { resource, name }: Info): JsonObject => {
  const metrics: JsonObject[] = []
  const cpu = flags.string('cpu')
  const memory = flags.string('memory')
  const percent = flags.has('cpu-percent') ? flags.int('cpu-percent') : -1
  if (cpu !== '') metrics.push(metricOf('cpu', cpu, 'm'))
  else if (percent >= 0) metrics.push(metricOf('cpu', `${percent}%`, 'm'))
  if (memory !== '') metrics.push(metricOf('memory', memory, 'Mi'))
  const min = flags.int('min')
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { name: flags.string('name') || name },
    spec: {
      scaleTargetRef: { kind: resource.kind, name, apiVersion: groupVersionOf(resource) },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: flags.int('max'),
      ...(metrics.length === 0 ? {} : { metrics }),
    },
    status: { currentMetrics: null, desiredReplicas: 0 },
  }
}
