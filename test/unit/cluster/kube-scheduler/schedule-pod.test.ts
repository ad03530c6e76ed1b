import { describe, expect, it } from 'vitest'
import { feasibleNodesToFind } from '#kube-scheduler/schedule-pod.ts'

describe('feasibleNodesToFind', () => {
  it.each([
    [3, 3],
    [99, 99],
    [100, 100],
    [300, 144],
    [1000, 420],
    [6000, 300],
  ])('of %i nodes: %i', (nodes, expected) => {
    expect(feasibleNodesToFind(nodes)).toBe(expected)
  })
})
