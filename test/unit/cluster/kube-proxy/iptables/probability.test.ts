import { describe, expect, it } from 'vitest'
import { probabilityOf } from '#kube-proxy/iptables/probability.ts'

describe('the share of an endpoint', () => {
  it.each([
    [1, '1.00000000000'],
    [2, '0.50000000000'],
    [3, '0.33333333349'],
    [4, '0.25000000000'],
    [5, '0.20000000019'],
    [6, '0.16666666651'],
    [7, '0.14285714272'],
    [8, '0.12500000000'],
    [10, '0.10000000009'],
    [1000, '0.00100000016'],
  ])('of %i endpoints is %s', (count, printed) => expect(probabilityOf(count)).toBe(printed))

  it('rounds a half to the even digit, as the C library does', () =>
    // 1 / 4096 is 0.000244140625
    expect(probabilityOf(4096)).toBe('0.00024414062'))

  it('is what the kernel holds in 31 bits', () => {
    for (let count = 1; count < 3000; count++) {
      const held = Number(probabilityOf(count)) * 2 ** 31
      expect(Math.abs(held - Math.round(held))).toBeLessThan(0.02)
      expect(Math.abs(held / 2 ** 31 - 1 / count)).toBeLessThan(1e-9)
    }
  })
})
