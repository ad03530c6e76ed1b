import { describe, expect, it } from 'vitest'
import { podDisruptionBudgetRow } from '#api/policy/v1/pod-disruption-budget/columns.ts'
import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import { validatePodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'

const budget = (spec: object): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec,
  status: { disruptionsAllowed: 1 },
})

describe('validatePodDisruptionBudget()', () => {
  it.each([
    [{ minAvailable: '50%', selector: {} }, []],
    [
      { minAvailable: 1, maxUnavailable: 1 },
      [
        'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
      ],
    ],
    [
      { minAvailable: -1 },
      ['spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      { maxUnavailable: '101%' },
      ['spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
    ],
    [
      { unhealthyPodEvictionPolicy: 'Odd' },
      [
        'spec.unhealthyPodEvictionPolicy: Unsupported value: "Odd": supported values: "AlwaysAllow", "IfHealthyBudget"',
      ],
    ],
  ])('%j', (spec, expected) => {
    expect(validatePodDisruptionBudget(budget(spec)).map(errorText)).toEqual(expected)
  })
})

describe('podDisruptionBudgetRow()', () => {
  it('says N/A of what is not given', () => {
    expect(podDisruptionBudgetRow(budget({ minAvailable: '50%' }), { now: 0 })).toEqual([
      'web',
      '50%',
      'N/A',
      1,
      '<unknown>',
    ])
  })
})
