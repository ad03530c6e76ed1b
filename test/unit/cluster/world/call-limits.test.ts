import { describe, expect, it } from 'vitest'
import { CallLimits } from '#world/call-limits.ts'

describe('calls that lead to calls', () => {
  it('go eight deep', () => {
    const limits = new CallLimits()
    const deep = (): number => 1 + (limits.enter(deep) ?? 0)
    expect(limits.answer(deep)).toBe(9)
    expect(limits.answer(deep)).toBe(9)
  })

  it('are 64 for each request from outside', () => {
    const limits = new CallLimits()
    const all = () => Array.from({ length: 100 }, () => limits.take()).filter(Boolean).length
    expect(limits.answer(all)).toBe(64)
    expect(limits.answer(all)).toBe(64)
    const nested = () => limits.enter(() => limits.answer(all))
    expect(limits.answer(nested)).toBe(63)
  })
})
