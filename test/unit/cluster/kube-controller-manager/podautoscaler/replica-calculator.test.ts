import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { formatTime } from '#apimachinery/time.ts'
import {
  proposeByUsage,
  proposeByUtilization,
  type Question,
} from '#kube-controller-manager/podautoscaler/replica-calculator.ts'

const NOW = Date.parse('2026-01-01T01:00:00Z')

interface Given {
  readonly value?: number
  readonly phase?: string
  readonly isReady?: boolean
  /** In seconds. */
  readonly age?: number
  readonly isGoing?: boolean
  readonly request?: string | null
}

const podOf = (name: string, given: Given): Pod => {
  const { phase = 'Running', isReady = true, age = 3000, isGoing = false, request = '100m' } = given
  const since = formatTime(NOW - age * 1000)
  const resources = request === null ? {} : { requests: { cpu: request } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(isGoing ? { deletionTimestamp: since } : {}) },
    spec: { containers: [{ name: 'c', image: 'i', resources }] },
    status: {
      phase,
      startTime: since,
      conditions: [
        { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: since },
      ],
    },
  } as unknown as Pod
}

const question = (given: readonly Given[], more: Partial<Question> = {}): Question => {
  const pods = given.map((each, index) => podOf(`p${index}`, each))
  return {
    pods,
    metrics: new Map(
      given.flatMap(({ value }, index) =>
        value === undefined ? [] : [[`p${index}`, { value, at: NOW, window: 15_000 }] as const],
      ),
    ),
    resource: 'cpu',
    currentReplicas: given.length,
    tolerances: { up: 0.1, down: 0.1 },
    now: NOW,
    ...more,
  }
}

const busy = (value: number): Given => ({ value })

describe('replicas by utilization', () => {
  it.each<[string, readonly Given[], number, number]>([
    ['more where more is used', [busy(80), busy(100)], 4, 90],
    ['fewer where less is used', [busy(10), busy(10), busy(10), busy(10)], 1, 10],
    ['as many within the tolerance', [busy(54), busy(54)], 2, 54],
    ['no part of a per cent', [busy(55), busy(55)], 2, 55],
    // on the way up, whoever has no figures uses nothing; on the way down, all that was requested
    ['carefully up with a Pod unmeasured', [busy(150), {}], 3, 150],
    ['carefully down with a Pod unmeasured', [busy(5), busy(5), {}], 3, 5],
    ['as many if those unmeasured turn the direction', [busy(60), {}], 2, 60],
    ['carefully up with a Pod that starts', [busy(200), { value: 900, age: 5 }], 4, 200],
    ['without counting Pods that go', [busy(100), { value: 900, isGoing: true }], 2, 100],
    ['without counting Pods that failed', [busy(100), { value: 900, phase: 'Failed' }], 2, 100],
    ['carefully with a pending Pod', [busy(100), { phase: 'Pending' }], 2, 100],
  ])('are %s', (_what, given, replicas, utilization) => {
    expect(proposeByUtilization(question(given), 50, '')).toMatchObject({ replicas, utilization })
  })

  it('use the tolerances of each direction', () => {
    const tolerances = { up: 0.5, down: 0 }
    expect(
      proposeByUtilization(question([busy(70), busy(70)], { tolerances }), 50, '').replicas,
    ).toBe(2)
    expect(
      proposeByUtilization(question([busy(24), busy(24)], { tolerances }), 50, '').replicas,
    ).toBe(1)
  })

  it('look at one container if one is named', () => {
    expect(proposeByUtilization(question([busy(100)]), 50, 'c').replicas).toBe(2)
    expect(() => proposeByUtilization(question([busy(100)]), 50, 'x')).toThrow(
      'container x not found in Pod p0',
    )
  })

  it.each<[string, readonly Given[], string]>([
    ['there are no Pods', [], 'no pods returned by selector while calculating replica count'],
    [
      'no Pod is ready',
      [{ value: 1, isReady: false, age: 5 }],
      'did not receive metrics for targeted pods (pods might be unready)',
    ],
    [
      'a request is missing',
      [{ value: 1, request: null }],
      'missing request for cpu in container c of Pod p0',
    ],
  ])('cannot be told if %s', (_what, given, message) => {
    expect(() => proposeByUtilization(question(given), 50, '')).toThrow(message)
  })
})

describe('replicas by usage', () => {
  it.each<[string, readonly Given[], number, number]>([
    ['more where more is used', [busy(300), busy(100)], 4, 200],
    ['fewer where less is used', [busy(10), busy(20)], 1, 15],
    ['careful where one is not measured', [busy(20), {}], 2, 20],
  ])('are %s', (_what, given, replicas, average) => {
    expect(proposeByUsage(question(given, { resource: 'memory' }), 100)).toEqual({
      replicas,
      average,
    })
  })
})
