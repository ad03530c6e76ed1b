import { describe, expect, it } from 'vitest'
import type { HorizontalPodAutoscalerBehavior } from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import {
  type History,
  recommendations,
  withRecommendation,
  withRescale,
} from '#kube-controller-manager/podautoscaler/history.ts'
import { limit } from '#kube-controller-manager/podautoscaler/limits.ts'

const NOW = 10_000_000
const EMPTY: History = { uid: 'u', recommended: [], up: [], down: [] }

/** What was recommended at each turn, the last of them one period ago. */
const recommended = (...turns: readonly (number | undefined)[]): History =>
  turns.reduce<History>(
    (history, replicas, index) =>
      withRecommendation(history, NOW - (turns.length - index) * 15_000, replicas),
    EMPTY,
  )

const wish = (current: number, desired: number, history: History = EMPTY) => ({
  history,
  now: NOW,
  min: 1,
  max: 10,
  current,
  desired,
})

describe('a history', () => {
  it('is not written while the same is recommended', () => {
    const history = recommended(3, 3)
    expect(withRecommendation(history, NOW, 3)).toBe(history)
  })

  it('knows when each recommendation was made last', () => {
    expect(recommendations(recommended(3, 3, 2, undefined, 4), NOW)).toEqual([
      { at: NOW - 60_000, replicas: 3 },
      { at: NOW - 45_000, replicas: 2 },
      { at: NOW - 15_000, replicas: 4 },
    ])
  })

  it('forgets what is older than an hour', () => {
    const old = withRecommendation(EMPTY, NOW - 4_000_000, 9)
    const next = withRecommendation(old, NOW - 3_900_000, 1)
    expect(withRecommendation(next, NOW, 2).recommended).toEqual([
      [NOW - 3_900_000, 1],
      [NOW, 2],
    ])
  })
})

describe('limits without a behavior', () => {
  it.each([
    ['within reach', wish(2, 3), 3, 'ReadyForNewScale', 'DesiredWithinRange', false],
    ['at most twice as many', wish(3, 9), 6, 'ReadyForNewScale', 'ScaleUpLimit', true],
    ['at least four', wish(1, 9), 4, 'ReadyForNewScale', 'ScaleUpLimit', true],
    ['at most the maximum', wish(8, 12), 10, 'ReadyForNewScale', 'TooManyReplicas', true],
    ['at least the minimum', wish(2, 0), 1, 'ReadyForNewScale', 'TooFewReplicas', true],
    [
      'what was the most lately',
      wish(5, 2, recommended(5, 4)),
      5,
      'ScaleDownStabilized',
      'DesiredWithinRange',
      false,
    ],
  ] as const)('allow %s', (_what, asked, desired, able, limited, isLimited) => {
    expect(limit(asked, undefined)).toMatchObject({
      desired,
      ableToScale: { reason: able },
      limited: { reason: limited, isLimited },
    })
  })

  it('look back five minutes', () => {
    const turns = Array.from({ length: 21 }, (_, index) => (index === 0 ? 9 : 2))
    expect(limit(wish(9, 2, recommended(...turns)), undefined).desired).toBe(2)
    expect(limit(wish(9, 2, recommended(...turns.slice(0, 20))), undefined).desired).toBe(9)
  })
})

describe('limits by a behavior', () => {
  const rules = (
    scaleUp: HorizontalPodAutoscalerBehavior['scaleUp'],
    scaleDown: HorizontalPodAutoscalerBehavior['scaleDown'],
  ): HorizontalPodAutoscalerBehavior => ({
    scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', ...scaleUp },
    scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', ...scaleDown },
  })
  const pods = (value: number, periodSeconds = 60) => ({ type: 'Pods', value, periodSeconds })
  const percent = (value: number, periodSeconds = 60) => ({ type: 'Percent', value, periodSeconds })

  it.each([
    ['pods up', rules({ policies: [pods(2)] }, {}), wish(3, 9), 5, 'ScaleUpLimit'],
    [
      'per cent up, rounded up',
      rules({ policies: [percent(10)] }, {}),
      wish(1, 9),
      2,
      'ScaleUpLimit',
    ],
    [
      'the larger of two',
      rules({ policies: [pods(2), percent(100)] }, {}),
      wish(4, 10),
      8,
      'ScaleUpLimit',
    ],
    [
      'the smaller of two',
      rules({ selectPolicy: 'Min', policies: [pods(2), percent(100)] }, {}),
      wish(4, 10),
      6,
      'ScaleUpLimit',
    ],
    [
      'nothing up',
      rules({ selectPolicy: 'Disabled', policies: [pods(2)] }, {}),
      wish(4, 10),
      4,
      'ScaleUpLimit',
    ],
    ['pods down', rules({}, { policies: [pods(2)] }), wish(8, 1), 6, 'ScaleDownLimit'],
    [
      'per cent down, rounded down',
      rules({}, { policies: [percent(50)] }),
      wish(7, 1),
      3,
      'ScaleDownLimit',
    ],
    [
      'nothing down',
      rules({}, { selectPolicy: 'Disabled', policies: [pods(2)] }),
      wish(8, 1),
      8,
      'ScaleDownLimit',
    ],
    [
      'as many as are meant',
      rules({ policies: [pods(4)] }, {}),
      wish(3, 5),
      5,
      'DesiredWithinRange',
    ],
    [
      'not beyond the maximum',
      rules({ policies: [pods(9)] }, {}),
      wish(8, 12),
      10,
      'TooManyReplicas',
    ],
  ] as const)('allow %s', (_what, behavior, asked, desired, reason) => {
    expect(limit(asked, behavior)).toMatchObject({ desired, limited: { reason } })
  })

  it('count what was added within the period', () => {
    const behavior = rules({ policies: [pods(4)] }, {})
    const recent = withRescale(EMPTY, NOW - 30_000, 3)
    expect(limit(wish(6, 10, recent), behavior).desired).toBe(7)
    const older = withRescale(EMPTY, NOW - 60_000, 3)
    expect(limit(wish(6, 10, older), behavior).desired).toBe(10)
  })

  it('wait until a window agrees, in both directions', () => {
    const up = rules({ stabilizationWindowSeconds: 60, policies: [pods(10)] }, {})
    expect(limit(wish(3, 8, recommended(3, 5, 8)), up)).toMatchObject({
      desired: 3,
      ableToScale: { reason: 'ScaleUpStabilized' },
    })
    expect(limit(wish(3, 8, recommended(3, 8, 8, 8, 8)), up).desired).toBe(8)
    const down = rules({}, { policies: [pods(10)] })
    const { scaleDown } = down
    const windowed = { ...down, scaleDown: { ...scaleDown, stabilizationWindowSeconds: 30 } }
    expect(limit(wish(8, 2, recommended(8, 4)), windowed).desired).toBe(4)
  })
})
