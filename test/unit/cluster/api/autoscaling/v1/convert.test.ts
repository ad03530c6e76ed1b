import { autoscalerV1, storedAutoscaler } from '#api/autoscaling/v1/convert.ts'
import type { HorizontalPodAutoscalerV1 } from '#api/autoscaling/v1/horizontal-pod-autoscaler/types.ts'
import type { HorizontalPodAutoscaler } from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { describe, expect, test } from 'vitest'

const TARGET = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' }

const stored = (spec: object = {}, status: object = {}): HorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', annotations: { mine: 'yes' } },
  spec: { scaleTargetRef: TARGET, minReplicas: 1, maxReplicas: 3, ...spec },
  status: { desiredReplicas: 0, currentMetrics: null as never, ...status },
})

const older = (spec: object = {}, annotations: Record<string, string> = {}) =>
  ({
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', annotations },
    spec: { scaleTargetRef: TARGET, minReplicas: 1, maxReplicas: 3, ...spec },
  }) satisfies HorizontalPodAutoscalerV1

const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

const MEMORY = {
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '64Mi' } },
}
const CONTAINER = {
  type: 'ContainerResource',
  containerResource: {
    name: 'cpu',
    container: 'app',
    target: { type: 'Utilization', averageUtilization: 60 },
  },
}
const PODS = {
  type: 'Pods',
  pods: {
    metric: { name: 'rps', selector: { matchLabels: { verb: 'get' } } },
    target: { type: 'AverageValue', averageValue: '10' },
  },
}
const OBJECT = {
  type: 'Object',
  object: {
    describedObject: { kind: 'Ingress', name: 'main', apiVersion: 'networking.k8s.io/v1' },
    metric: { name: 'hits' },
    target: { type: 'Value', value: '2k' },
  },
}
const EXTERNAL = {
  type: 'External',
  external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } },
}

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'

describe('autoscalerV1()', () => {
  test('says what share of the CPU is aimed at', () => {
    const { spec, metadata, status } = autoscalerV1(stored({ metrics: [cpu(50)] }))
    expect(spec).toEqual({
      scaleTargetRef: TARGET,
      minReplicas: 1,
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 50,
    })
    expect(metadata.annotations).toEqual({ mine: 'yes' })
    expect(status).toEqual({ currentReplicas: 0, desiredReplicas: 0 })
  })

  test('writes all other metrics into an annotation, by names of its own', () => {
    const { metadata } = autoscalerV1(stored({ metrics: [cpu(50), MEMORY, PODS] }))
    expect(metadata.annotations?.[METRICS]).toBe(
      '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"64Mi"}},' +
        '{"type":"Pods","pods":{"metricName":"rps","targetAverageValue":"10","selector":{"matchLabels":{"verb":"get"}}}}]',
    )
  })

  test('writes a behavior by the names of Go', () => {
    const behavior = {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }],
      },
    }
    const { metadata } = autoscalerV1(stored({ metrics: [cpu(50)], behavior }))
    expect(metadata.annotations?.['autoscaling.alpha.kubernetes.io/behavior']).toBe(
      '{"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15}],"Tolerance":null},"ScaleDown":null}',
    )
  })

  test('shows what was measured', () => {
    const currentMetrics = [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 12 } } },
    ]
    const conditions = [{ type: 'AbleToScale', status: 'True', reason: 'Ready', message: 'm' }]
    const { metadata, status } = autoscalerV1(stored({}, { currentMetrics, conditions }))
    expect(status?.currentCPUUtilizationPercentage).toBe(12)
    expect(metadata.annotations).toMatchObject({
      'autoscaling.alpha.kubernetes.io/current-metrics':
        '[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":12,"currentAverageValue":"0"}}]',
      'autoscaling.alpha.kubernetes.io/conditions':
        '[{"type":"AbleToScale","status":"True","lastTransitionTime":null,"reason":"Ready","message":"m"}]',
    })
  })
})

describe('storedAutoscaler()', () => {
  test.each([
    ['one share of the CPU', { metrics: [cpu(50)] }],
    ['metrics of every type', { metrics: [MEMORY, CONTAINER, PODS, OBJECT, EXTERNAL, cpu(70)] }],
    [
      'a behavior',
      {
        metrics: [cpu(1)],
        behavior: { scaleDown: { selectPolicy: 'Disabled', stabilizationWindowSeconds: 60 } },
      },
    ],
  ])('gives back what was shown: %s', (_name, spec) => {
    const autoscaler = stored(spec)
    expect(storedAutoscaler(autoscalerV1(autoscaler))).toEqual(autoscaler)
  })

  test('aims at 80 % of the CPU if nothing else is said', () => {
    expect(storedAutoscaler(older()).spec.metrics).toEqual([cpu(80)])
    const memory = older(
      {},
      { [METRICS]: autoscalerV1(stored({ metrics: [MEMORY] })).metadata.annotations![METRICS]! },
    )
    expect(storedAutoscaler(memory).spec.metrics).toEqual([MEMORY])
  })

  test.each([
    '',
    'null',
    '{',
    '{}',
    '[1]',
    '[{"type":5}]',
    '[{"type":"Pods","pods":{"metricName":[]}}]',
  ])('takes no notice of an annotation that is no list of metrics: %s', (text) => {
    const { spec, metadata } = storedAutoscaler(older({}, { [METRICS]: text, mine: 'yes' }))
    expect(spec.metrics).toEqual([cpu(80)])
    expect(metadata.annotations).toEqual({ mine: 'yes' })
  })
})
