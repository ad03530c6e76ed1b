// One look of an autoscaler at its target. kubernetes: pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler
import type {
  HorizontalPodAutoscaler,
  MetricStatus,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { matches, type Selector } from '#apimachinery/labels.ts'
import { keyOf } from '#apimachinery/object.ts'
import { parseSelector } from '#apimachinery/selector-parser.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { parseTime } from '#apimachinery/time.ts'
import type { Client, ScaleReading } from '#client/client.ts'
import type { ComponentContext } from '#client/component.ts'
import type { Metrics } from '#client/metrics.ts'
import {
  type Conditions,
  type ConditionType,
  withCondition,
} from '#kube-controller-manager/podautoscaler/conditions.ts'
import {
  type History,
  readHistory,
  SYNC_PERIOD_MS,
  withRecommendation,
  withRescale,
  writeHistory,
} from '#kube-controller-manager/podautoscaler/history.ts'
import { limit, type Told } from '#kube-controller-manager/podautoscaler/limits.ts'
import {
  type MetricFailure,
  proposeByMetric,
} from '#kube-controller-manager/podautoscaler/metric-proposals.ts'

const RESOURCE = 'horizontalpodautoscalers.autoscaling'

export interface Look {
  readonly context: ComponentContext
  readonly metrics: Metrics
  readonly autoscaler: HorizontalPodAutoscaler
  readonly tell: (type: 'Normal' | 'Warning', reason: string, message: string) => void
}

interface Replicas {
  readonly current: number
  /** Absent: as it was. */
  readonly desired?: number
  readonly metrics?: readonly MetricStatus[]
  readonly isRescaled: boolean
}

export interface Outcome {
  readonly conditions: Conditions
  /** Absent: nothing is known of the target. */
  readonly replicas?: Replicas
}

/** Nothing is recommended; what there is to say has been said. */
class NoRecommendation extends Error {
  override readonly name = 'NoRecommendation'
}

/** What is measured of a metric that fails: nothing, of no type. */
const UNMEASURED: MetricStatus = Object.freeze({ type: '' })

export const reconcile = (look: Look): Outcome => new Reconciliation(look).run()

class Reconciliation {
  readonly #look: Look
  readonly #client: Client
  readonly #now: number
  #conditions: Conditions
  #history: History
  #metrics: readonly MetricStatus[] | undefined

  constructor(look: Look) {
    const { autoscaler, context } = look
    this.#look = look
    this.#client = context.client
    this.#now = context.client.now()
    this.#conditions = autoscaler.status?.conditions ?? []
    this.#history = readHistory(context.memory, keyOf(autoscaler), autoscaler.metadata.uid ?? '')
  }

  run(): Outcome {
    const before = this.#history
    const replicas = this.#rescale()
    if (this.#history !== before)
      writeHistory(this.#look.context.memory, keyOf(this.#look.autoscaler), this.#history)
    return replicas === undefined
      ? { conditions: this.#conditions }
      : { conditions: this.#conditions, replicas }
  }

  #set(type: ConditionType, isTrue: boolean, reason: string, message: string): void {
    const told = { reason, message }
    this.#conditions = withCondition(this.#conditions, type, isTrue, told, this.#now)
  }

  #rescale(): Replicas | undefined {
    const target = this.#target()
    if (target === undefined) return undefined
    const { scale } = target
    const current = scale.replicas
    if (this.#history.recommended.length === 0)
      this.#history = withRecommendation(this.#history, this.#now, current)
    let wanted: { readonly desired: number; readonly reason: string }
    try {
      wanted = this.#desired(scale)
    } catch (error) {
      if (!(error instanceof NoRecommendation)) throw error
      this.#history = withRecommendation(this.#history, this.#now, undefined)
      this.#look.tell('Warning', 'FailedComputeMetricsReplicas', error.message)
      return this.#outcome(current, undefined, false)
    }
    const { desired, reason } = wanted
    if (desired === current) return this.#outcome(current, current, false)
    const problem = this.#write(target, desired, reason)
    if (problem !== undefined) return this.#outcome(current, undefined, false)
    if (this.#look.autoscaler.spec.behavior !== undefined)
      this.#history = withRescale(this.#history, this.#now, desired - current)
    return this.#outcome(current, desired, true)
  }

  #outcome(current: number, desired: number | undefined, isRescaled: boolean): Replicas {
    return {
      current,
      ...(desired === undefined ? {} : { desired }),
      ...(this.#metrics === undefined ? {} : { metrics: this.#metrics }),
      isRescaled,
    }
  }

  /** What is scaled, or undefined if it cannot be. */
  #target(): { readonly resource: string; readonly scale: ScaleReading } | undefined {
    const found = findScale(this.#client, this.#look.autoscaler)
    if ('problem' in found) {
      this.#look.tell('Warning', 'FailedGetScale', found.problem)
      const message = `the HPA controller was unable to get the target's current scale: ${found.problem}`
      this.#set('AbleToScale', false, 'FailedGetScale', message)
      return undefined
    }
    const message = "the HPA controller was able to get the target's current scale"
    this.#set('AbleToScale', true, 'SucceededGetScale', message)
    return found
  }

  #desired(scale: ScaleReading): { readonly desired: number; readonly reason: string } {
    const { minReplicas = 1, maxReplicas } = this.#look.autoscaler.spec
    const current = scale.replicas
    if (current === 0 && minReplicas !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero'
      this.#set('ScalingActive', false, 'ScalingDisabled', message)
      return this.#without({ desired: 0, reason: '' })
    }
    if (current > maxReplicas)
      return this.#without({
        desired: maxReplicas,
        reason: 'Current number of replicas above Spec.MaxReplicas',
      })
    if (current < minReplicas)
      return this.#without({
        desired: minReplicas,
        reason: 'Current number of replicas below Spec.MinReplicas',
      })
    return this.#byMetrics(scale, minReplicas)
  }

  /** Metrics had no say in it. */
  #without<T>(wanted: T): T {
    this.#history = withRecommendation(this.#history, this.#now, undefined)
    return wanted
  }

  #byMetrics(
    scale: ScaleReading,
    min: number,
  ): { readonly desired: number; readonly reason: string } {
    const { spec } = this.#look.autoscaler
    const current = scale.replicas
    const { replicas, name } = this.#proposal(scale)
    const wish = {
      history: this.#history,
      now: this.#now,
      min,
      max: spec.maxReplicas,
      current,
      desired: replicas,
    }
    const { desired, ableToScale, limited } = limit(wish, spec.behavior)
    this.#history = withRecommendation(this.#history, this.#now, replicas)
    this.#tell('AbleToScale', true, ableToScale)
    this.#tell('ScalingLimited', limited.isLimited, limited)
    if (replicas > current) return { desired, reason: `${name} above target` }
    return { desired, reason: replicas < current ? 'All metrics below target' : '' }
  }

  #tell(type: ConditionType, isTrue: boolean, { reason, message }: Told): void {
    this.#set(type, isTrue, reason, message)
  }

  /** The greatest of what the metrics ask for. kubernetes: computeReplicasForMetrics */
  #proposal(scale: ScaleReading): { readonly replicas: number; readonly name: string } {
    const { autoscaler, metrics, tell } = this.#look
    const selector = this.#selector(scale)
    const namespace = autoscaler.metadata.namespace ?? ''
    const pods = this.#client.list('pods', { namespace, labels: selector })
    const currentReplicas = scale.replicas
    const question = { autoscaler, metrics, pods, selector, currentReplicas, now: this.#now }
    const specs = autoscaler.spec.metrics ?? []
    const failures: MetricFailure[] = []
    const statuses: MetricStatus[] = []
    let [replicas, name] = [0, '']
    for (const spec of specs) {
      const proposal = proposeByMetric(question, spec)
      statuses.push('error' in proposal ? UNMEASURED : proposal.status)
      if ('error' in proposal) {
        failures.push(proposal)
        tell('Warning', proposal.reason, proposal.message)
      } else if (replicas === 0 || proposal.replicas > replicas) {
        replicas = proposal.replicas
        name = proposal.name
      }
    }
    this.#metrics = statuses
    const [first] = failures
    // where something cannot be measured nothing is taken away
    if (first !== undefined && (failures.length >= specs.length || replicas < currentReplicas)) {
      const message = `the HPA was unable to compute the replica count: ${first.message}`
      this.#set('ScalingActive', false, first.reason, message)
      throw new NoRecommendation(
        `invalid metrics (${failures.length} invalid out of ${specs.length}), first error is: ${first.error}`,
      )
    }
    const message = `the HPA was able to successfully calculate a replica count from ${name}`
    this.#set('ScalingActive', true, 'ValidMetricFound', message)
    return { replicas, name }
  }

  /** kubernetes: validateAndParseSelector */
  #selector(scale: ScaleReading): Selector {
    if (scale.selector === '')
      throw this.#badSelector(
        'SelectorRequired',
        'selector is required',
        'InvalidSelector',
        "the HPA target's scale is missing a selector",
      )
    const parsed = parsedSelector(scale.selector)
    if ('problem' in parsed) {
      const text = `couldn't convert selector into a corresponding internal selector object: ${parsed.problem}`
      throw this.#badSelector('InvalidSelector', text, 'InvalidSelector', text)
    }
    const rivals = this.#rivals(parsed.selector)
    if (rivals.length < 2) return parsed.selector
    const text = `pods by selector ${scale.selector} are controlled by multiple HPAs: [${rivals.join(' ')}]`
    throw this.#badSelector('AmbiguousSelector', text, 'AmbiguousSelector', text)
  }

  #badSelector(event: string, text: string, reason: string, message: string): NoRecommendation {
    this.#look.tell('Warning', event, text)
    this.#set('ScalingActive', false, reason, message)
    return new NoRecommendation(text)
  }

  /** All autoscalers that had their first turn and are after one of the selected Pods. kubernetes: hpasControllingPodsUnderSelector */
  #rivals(selector: Selector): readonly string[] {
    const { namespace = '' } = this.#look.autoscaler.metadata
    const others = this.#client.list(RESOURCE, { namespace })
    if (others.length < 2) return []
    const pods = this.#client.list('pods', { namespace, labels: selector })
    return others
      .filter((other) => {
        const born = parseTime(other.metadata.creationTimestamp ?? '')
        if (this.#now < born + SYNC_PERIOD_MS) return false
        const found = findScale(this.#client, other)
        const parsed = 'scale' in found ? parsedSelector(found.scale.selector) : undefined
        if (parsed === undefined || 'problem' in parsed || parsed.selector.length === 0)
          return false
        return pods.some(({ metadata }) => matches(parsed.selector, metadata.labels))
      })
      .map((other) => keyOf(other))
  }

  /** Why the target could not be scaled; undefined: it was. */
  #write(
    { resource }: { readonly resource: string },
    desired: number,
    reason: string,
  ): string | undefined {
    const { autoscaler, tell } = this.#look
    const { namespace = '' } = autoscaler.metadata
    try {
      this.#client.dynamic.rescale(
        resource,
        namespace,
        autoscaler.spec.scaleTargetRef.name,
        desired,
      )
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      const { message } = error
      tell('Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${message}`)
      const told = `the HPA controller was unable to update the target scale: ${message}`
      this.#set('AbleToScale', false, 'FailedUpdateScale', told)
      return message
    }
    const told = `the HPA controller was able to update the target scale to ${desired}`
    this.#set('AbleToScale', true, 'SucceededRescale', told)
    tell('Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`)
    return undefined
  }
}

const parsedSelector = (
  text: string,
): { readonly selector: Selector } | { readonly problem: string } => {
  try {
    return { selector: parseSelector(text) }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return { problem: error.message }
  }
}

/** The scale of what an autoscaler refers to. */
const findScale = (
  client: Client,
  { metadata, spec }: HorizontalPodAutoscaler,
): { readonly resource: string; readonly scale: ScaleReading } | { readonly problem: string } => {
  const { apiVersion = '', kind, name } = spec.scaleTargetRef
  const parts = apiVersion.split('/')
  if (parts.length > 2) return { problem: `unexpected GroupVersion string: ${apiVersion}` }
  const group = parts.length === 2 ? parts[0]! : ''
  const groupOf = (version: string): string =>
    version.includes('/') ? version.slice(0, version.indexOf('/')) : ''
  const mapping = client.dynamic
    .resources()
    .find((candidate) => candidate.kind === kind && groupOf(candidate.apiVersion) === group)
  if (mapping === undefined) return { problem: `no matches for kind "${kind}" in group "${group}"` }
  const { resource } = mapping
  try {
    return { resource, scale: client.dynamic.scale(resource, metadata.namespace ?? '', name) }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return { problem: error.message }
  }
}
