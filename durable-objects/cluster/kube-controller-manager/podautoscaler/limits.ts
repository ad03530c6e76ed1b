// How fast and how far an autoscaler may go.
// kubernetes: pkg/controller/podautoscaler/horizontal.go normalizeDesiredReplicas, normalizeDesiredReplicasWithBehaviors
import type {
  HorizontalPodAutoscalerBehavior,
  HPAScalingPolicy,
  HPAScalingRules,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import {
  type History,
  recommendations,
  type Rescaled,
} from '#kube-controller-manager/podautoscaler/history.ts'

/** kubernetes: --horizontal-pod-autoscaler-downscale-stabilization */
const DOWNSCALE_WINDOW_SECONDS = 300
const SCALE_UP_FACTOR = 2
const SCALE_UP_LEAST = 4
const MOST = 2 ** 31 - 1

export interface Wish {
  readonly history: History
  readonly now: number
  readonly min: number
  readonly max: number
  readonly current: number
  readonly desired: number
}

export interface Told {
  readonly reason: string
  readonly message: string
}

export interface Verdict {
  readonly desired: number
  readonly ableToScale: Told
  readonly limited: Told & { readonly isLimited: boolean }
}

const READY: Told = {
  reason: 'ReadyForNewScale',
  message: 'recommended size matches current size',
}
const DOWN_STABILIZED: Told = {
  reason: 'ScaleDownStabilized',
  message:
    'recent recommendations were higher than current one, applying the highest recent recommendation',
}
const UP_STABILIZED: Told = {
  reason: 'ScaleUpStabilized',
  message:
    'recent recommendations were lower than current one, applying the lowest recent recommendation',
}
const WITHIN: Told = {
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
}
const TOO_FEW: Told = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
}
const TOO_MANY: Told = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
}
const UP_LIMIT: Told = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
}
const DOWN_LIMIT: Told = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
}

interface Limited {
  readonly desired: number
  readonly told: Told
}

const verdict = (wish: Wish, stabilized: number, told: Told, limited: Limited): Verdict => ({
  desired: limited.desired,
  ableToScale: stabilized === wish.desired ? READY : told,
  limited: { ...limited.told, isLimited: limited.desired !== stabilized },
})

/** What comes of a wish. */
export const limit = (
  wish: Wish,
  behavior: HorizontalPodAutoscalerBehavior | undefined,
): Verdict => {
  const { history, now } = wish
  if (behavior === undefined) {
    const cutoff = now - DOWNSCALE_WINDOW_SECONDS * 1000
    const recent = recommendations(history, now).filter(({ at }) => at >= cutoff)
    const highest = Math.max(wish.desired, ...recent.map(({ replicas }) => replicas))
    return verdict(wish, highest, DOWN_STABILIZED, withRules(wish, highest))
  }
  const { scaleUp = {}, scaleDown = {} } = behavior
  const stabilized = stabilize(wish, scaleUp, scaleDown)
  const told = wish.desired >= wish.current ? UP_STABILIZED : DOWN_STABILIZED
  return verdict(wish, stabilized, told, withRate(wish, stabilized, scaleUp, scaleDown))
}

/** kubernetes: convertDesiredReplicasWithRules */
const withRules = ({ current, min, max }: Wish, desired: number): Limited => {
  if (desired < min) return { desired: min, told: TOO_FEW }
  const fastest = Math.max(SCALE_UP_FACTOR * current, SCALE_UP_LEAST)
  const isFast = max > fastest
  const most = isFast ? fastest : max
  return desired > most
    ? { desired: most, told: isFast ? UP_LIMIT : TOO_MANY }
    : { desired, told: WITHIN }
}

/** kubernetes: stabilizeRecommendationWithBehaviors */
const stabilize = (wish: Wish, up: HPAScalingRules, down: HPAScalingRules): number => {
  const { history, now, current, desired } = wish
  const all = recommendations(history, now)
  const since = (seconds: number): readonly number[] =>
    all.filter(({ at }) => at > now - seconds * 1000).map(({ replicas }) => replicas)
  const lowest = Math.min(desired, ...since(up.stabilizationWindowSeconds ?? 0))
  const highest = Math.max(
    desired,
    ...since(down.stabilizationWindowSeconds ?? DOWNSCALE_WINDOW_SECONDS),
  )
  return Math.min(Math.max(current, lowest), highest)
}

/** kubernetes: convertDesiredReplicasWithBehaviorRate */
const withRate = (
  wish: Wish,
  desired: number,
  up: HPAScalingRules,
  down: HPAScalingRules,
): Limited => {
  const { current, min, max } = wish
  if (desired > current) {
    const fastest = Math.max(current, fastestUp(wish, up))
    const isFast = max > fastest
    const most = isFast ? fastest : max
    if (desired > most) return { desired: most, told: isFast ? UP_LIMIT : TOO_MANY }
  } else if (desired < current) {
    const fastest = Math.min(current, fastestDown(wish, down))
    const isFast = min < fastest
    const least = isFast ? fastest : min
    if (desired < least) return { desired: least, told: isFast ? DOWN_LIMIT : TOO_FEW }
  }
  return { desired, told: WITHIN }
}

const changedWithin = (rescales: readonly Rescaled[], seconds: number, now: number): number =>
  rescales.reduce((sum, [at, change]) => (at > now - seconds * 1000 ? sum + change : sum), 0)

/** How many there were when the period of a policy began. */
const atStart = ({ history, now, current }: Wish, { periodSeconds }: HPAScalingPolicy): number =>
  current -
  changedWithin(history.up, periodSeconds, now) +
  changedWithin(history.down, periodSeconds, now)

/** kubernetes: calculateScaleUpLimitWithScalingRules */
const fastestUp = (wish: Wish, { selectPolicy, policies = [] }: HPAScalingRules): number => {
  if (selectPolicy === 'Disabled') return wish.current
  const limits = policies.map((policy) => {
    const start = atStart(wish, policy)
    // rounded up, or one replica would never become two
    return policy.type === 'Pods'
      ? start + policy.value
      : Math.ceil(start * (1 + policy.value / 100))
  })
  return selectPolicy === 'Min' ? Math.min(MOST, ...limits) : Math.max(-MOST, ...limits)
}

/** kubernetes: calculateScaleDownLimitWithBehaviors */
const fastestDown = (wish: Wish, { selectPolicy, policies = [] }: HPAScalingRules): number => {
  if (selectPolicy === 'Disabled') return wish.current
  const limits = policies.map((policy) => {
    const start = atStart(wish, policy)
    return policy.type === 'Pods'
      ? start - policy.value
      : Math.trunc(start * (1 - policy.value / 100))
  })
  return selectPolicy === 'Min' ? Math.max(-MOST, ...limits) : Math.min(MOST, ...limits)
}
