import { describe, expect, it } from 'vitest'
import { horizontalPodAutoscalerRow } from '#api/autoscaling/v2/horizontal-pod-autoscaler/columns.ts'
import { defaultHorizontalPodAutoscaler } from '#api/autoscaling/v2/horizontal-pod-autoscaler/defaults.ts'
import type { HorizontalPodAutoscaler } from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { validateHorizontalPodAutoscaler } from '#api/autoscaling/v2/horizontal-pod-autoscaler/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'

const autoscaler = (spec: object = {}): HorizontalPodAutoscaler =>
  defaultHorizontalPodAutoscaler({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 3, ...spec },
    status: { desiredReplicas: 0 },
  })

describe('HorizontalPodAutoscaler', () => {
  it('aims at 80 % of the CPU with one Pod at least', () => {
    expect(autoscaler().spec).toMatchObject({
      minReplicas: 1,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    })
    expect(autoscaler({ behavior: {} }).spec.behavior?.scaleDown?.policies).toEqual([
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ])
  })

  it('prints a row', () => {
    expect(horizontalPodAutoscalerRow(autoscaler(), { now: 0 })).toEqual([
      'web',
      'Deployment/web',
      'cpu: <unknown>/80%',
      '1',
      3,
      0,
      '<unknown>',
    ])
  })

  it.each([
    [{}, []],
    [
      { minReplicas: 0, maxReplicas: 0 },
      [
        'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
        'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      ],
    ],
    [
      { minReplicas: 5 },
      ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
    ],
    [
      { scaleTargetRef: { kind: '', name: 'a/b' } },
      [
        'spec.scaleTargetRef.kind: Required value',
        'spec.scaleTargetRef.name: Invalid value: "a/b": may not contain \'/\'',
      ],
    ],
  ])('%j is refused with %j', (spec, expected) => {
    expect(validateHorizontalPodAutoscaler(autoscaler(spec)).map(errorText)).toEqual(expected)
  })
})
