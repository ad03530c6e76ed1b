import { describe, expect, it } from 'vitest'
import { steadyRate } from '#kubelet/steady-clients.ts'

const lines = (client: string, ...moments: readonly number[]) =>
  moments.map((at) => ({ run: 0, at, stream: 'stdout' as const, text: `${client} - - "GET /"` }))

/** Ten questions, a tenth of a second apart. */
const LOOP = Array.from({ length: 10 }, (_, index) => index * 100)

describe('steadyRate()', () => {
  it.each([
    ['nobody', [], 5000, 0],
    ['somebody who asks now and then', lines('10.0.0.1', 0, 1000, 2000), 2500, 0],
    ['a loop', lines('10.0.0.1', ...LOOP), 3000, 10],
    ['a loop that pauses ever longer', lines('10.0.0.1', ...LOOP, 2000, 60_000), 70_000, 10],
    ['a loop that has stopped', lines('10.0.0.1', ...LOOP), 9000, 0],
    ['two loops', [...lines('10.0.0.1', ...LOOP), ...lines('fd00::7', ...LOOP)], 3000, 20],
    ['what was not asked yet', lines('10.0.0.1', ...LOOP), 500, 0],
    ['lines without a client', lines('GET', ...LOOP), 3000, 0],
    ['all at the same moment', lines('10.0.0.1', ...LOOP.map(() => 7)), 3000, 0],
  ])('of %s', (_what, all, at, rate) => {
    expect(steadyRate(all, at)).toBe(rate)
  })
})
