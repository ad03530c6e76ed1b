// kubernetes: pkg/controller/podautoscaler/replica_calculator.go, metrics/utilization.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import { own } from '#apimachinery/object.ts'
import { quantityMilliValue, quantityOf } from '#apimachinery/quantity.ts'
import { parseTime } from '#apimachinery/time.ts'
import { podCondition } from '#kube-controller-manager/pod-state.ts'

// The defaults of kube-controller-manager's options.
const CPU_INITIALIZATION_MS = 300_000
const INITIAL_READINESS_DELAY_MS = 30_000

/** Why no number of replicas can be worked out. */
export class MetricError extends Error {
  override readonly name = 'MetricError'
}

/** One Pod's figure in thousandths of the resource's unit. */
export interface PodMetric {
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly window: number
}

export type PodMetrics = ReadonlyMap<string, PodMetric>

/** How far from the target a figure may be without consequences, as a fraction. */
export interface Tolerances {
  readonly up: number
  readonly down: number
}

export interface Question {
  readonly pods: readonly Pod[]
  readonly metrics: PodMetrics
  readonly resource: string
  readonly currentReplicas: number
  readonly tolerances: Tolerances
  readonly now: number
}

export interface Proposal {
  readonly replicas: number
  /** The average over the Pods, in thousandths. */
  readonly average: number
  /** Per cent of what was requested. */
  readonly utilization?: number
}

interface Ratio {
  readonly ratio: number
  readonly average: number
  readonly utilization?: number
}

/** How usage is held against its target. */
interface Measure {
  readonly ratioOf: (values: ReadonlyMap<string, number>) => Ratio
  /** What a Pod without figures counts for where less is used than meant. */
  readonly assumed: (pod: string) => number
}

interface PodGroups {
  readonly ready: number
  readonly unready: ReadonlySet<string>
  readonly missing: ReadonlySet<string>
  readonly ignored: ReadonlySet<string>
}

/** kubernetes: groupPods */
const groupPods = ({ pods, metrics, resource, now }: Question): PodGroups => {
  const [unready, missing, ignored] = [new Set<string>(), new Set<string>(), new Set<string>()]
  let ready = 0
  for (const pod of pods) {
    const name = pod.metadata.name ?? ''
    const metric = metrics.get(name)
    if (pod.metadata.deletionTimestamp !== undefined || pod.status.phase === 'Failed')
      ignored.add(name)
    else if (pod.status.phase === 'Pending') unready.add(name)
    else if (metric === undefined) missing.add(name)
    else if (resource === 'cpu' && isStarting(pod, metric, now)) unready.add(name)
    else ready += 1
  }
  return { ready, unready, missing, ignored }
}

/** What a Pod uses while it starts says nothing of what it needs later. */
const isStarting = (pod: Pod, metric: PodMetric, now: number): boolean => {
  const condition = podCondition(pod, 'Ready')
  const { startTime } = pod.status
  if (condition === undefined || startTime === undefined) return true
  const started = parseTime(startTime)
  const changed = parseTime(condition.lastTransitionTime ?? startTime)
  const isUnready = condition.status === 'False'
  if (started + CPU_INITIALIZATION_MS > now) return isUnready || metric.at < changed + metric.window
  return isUnready && started + INITIAL_READINESS_DELAY_MS > changed
}

const sum = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

/** kubernetes: GetMetricUsageRatio */
const usageMeasure = (target: number): Measure => ({
  ratioOf: (values) => {
    const average = Math.trunc(sum(values.values()) / values.size)
    return { ratio: average / target, average }
  },
  assumed: () => target,
})

/** kubernetes: GetResourceUtilizationRatio */
const utilizationMeasure = (requests: ReadonlyMap<string, number>, target: number): Measure => ({
  ratioOf: (values) => {
    const known = [...values].filter(([pod]) => requests.has(pod))
    const used = sum(known.map(([, value]) => value))
    const requested = sum(known.map(([pod]) => requests.get(pod)!))
    if (requested === 0) throw new MetricError('no metrics returned matched known pods')
    const utilization = Math.trunc((used * 100) / requested)
    const average = Math.trunc(used / known.length)
    return { ratio: utilization / target, average, utilization }
  },
  assumed: (pod) => Math.trunc(((requests.get(pod) ?? 0) * Math.max(100, target)) / 100),
})

/** kubernetes: calculateRequests */
const requestsOf = (
  pods: readonly Pod[],
  container: string,
  resource: string,
): ReadonlyMap<string, number> =>
  new Map(pods.map((pod) => [pod.metadata.name ?? '', requestOf(pod, container, resource)]))

const requestOf = (pod: Pod, container: string, resource: string): number => {
  const name = pod.metadata.name ?? ''
  const ofPod = container === '' ? pod.spec.resources?.requests : undefined
  if (ofPod !== undefined) {
    const request = own(ofPod, resource)
    if (request === undefined)
      throw new MetricError(`missing pod-level request for ${resource} in Pod ${name}`)
    return quantityMilliValue(quantityOf(request))
  }
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')
  const meant = [...pod.spec.containers, ...sidecars].filter(
    (candidate) => container === '' || candidate.name === container,
  )
  if (meant.length === 0) throw new MetricError(`container ${container} not found in Pod ${name}`)
  return sum(
    meant.map((candidate) => {
      const request = own(candidate.resources?.requests, resource)
      if (request === undefined)
        throw new MetricError(
          `missing request for ${resource} in container ${candidate.name} of Pod ${name}`,
        )
      return quantityMilliValue(quantityOf(request))
    }),
  )
}

const isWithin = (ratio: number, { up, down }: Tolerances): boolean =>
  1 - down <= ratio && ratio <= 1 + up

/** kubernetes: GetResourceReplicas, calcPlainMetricReplicas */
const propose = (question: Question, measureOf: () => Measure): Proposal => {
  const { pods, metrics, currentReplicas, tolerances } = question
  if (pods.length === 0)
    throw new MetricError('no pods returned by selector while calculating replica count')
  const { ready, unready, missing, ignored } = groupPods(question)
  const values = new Map(
    [...metrics]
      .filter(([pod]) => !ignored.has(pod) && !unready.has(pod))
      .map(([pod, { value }]) => [pod, value]),
  )
  if (values.size === 0)
    throw new MetricError('did not receive metrics for targeted pods (pods might be unready)')
  const measure = measureOf()
  const { ratio, ...measured } = measure.ratioOf(values)
  const staying = { replicas: currentReplicas, ...measured }
  const countsUnready = unready.size > 0 && ratio > 1
  if (!countsUnready && missing.size === 0)
    return isWithin(ratio, tolerances)
      ? staying
      : { replicas: Math.ceil(ratio * ready), ...measured }
  // whoever has no figures is taken to be what lets the least happen
  for (const pod of missing) if (ratio !== 1) values.set(pod, ratio < 1 ? measure.assumed(pod) : 0)
  if (countsUnready) for (const pod of unready) values.set(pod, 0)
  const { ratio: assumed } = measure.ratioOf(values)
  if (isWithin(assumed, tolerances) || (ratio < 1 && assumed > 1) || (ratio > 1 && assumed < 1))
    return staying
  const replicas = Math.ceil(assumed * values.size)
  const isTurned =
    (assumed < 1 && replicas > currentReplicas) || (assumed > 1 && replicas < currentReplicas)
  return isTurned ? staying : { replicas, ...measured }
}

/** So many replicas that each uses `target` per cent of what it requests. */
export const proposeByUtilization = (
  question: Question,
  target: number,
  container: string,
): Proposal =>
  propose(question, () =>
    utilizationMeasure(requestsOf(question.pods, container, question.resource), target),
  )

/** So many replicas that each uses `target` thousandths. */
export const proposeByUsage = (question: Question, target: number): Proposal =>
  propose(question, () => usageMeasure(target))
