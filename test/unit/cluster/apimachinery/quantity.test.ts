import {
  addQuantity,
  canonicalQuantity,
  compareQuantity,
  formatQuantity,
  multiplyQuantity,
  newMilliQuantity,
  parseQuantity,
  quantityMilliValue,
  quantityValue,
  roundUpQuantity,
  subtractQuantity,
} from '#apimachinery/quantity.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const anyQuantity = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.integer({ min: 0, max: 10 ** 9 }),
    fc.constantFrom('', '.5', '.25', '.001'),
    fc.constantFrom(
      '',
      'n',
      'u',
      'm',
      'k',
      'M',
      'G',
      'T',
      'P',
      'E',
      'Ki',
      'Mi',
      'Gi',
      'Ti',
      'e3',
      'E-2',
      'e9',
    ),
  )
  .map((parts) => parts.join(''))

describe('canonicalQuantity()', () => {
  test.each([
    ['0', '0'],
    ['0Ki', '0'],
    ['0.1', '100m'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['2000', '2k'],
    ['1024', '1024'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['512Mi', '512Mi'],
    ['0.5Ki', '512'],
    ['1.1Ki', '1126400m'],
    ['1e3', '1e3'],
    ['1E6', '1E6'],
    ['12e6', '12e6'],
    ['1000e3', '1e6'],
    ['-1Gi', '-1Gi'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['1.234', '1.234'],
    ['8Ei', '9223372036854775807'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('writes %s as %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical)
  })

  test.each([
    [
      '',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'abc',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      '1 Gi',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      '1KI',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    ['1Kii', "unable to parse quantity's suffix"],
    ['Ei', 'unable to parse numeric part of quantity'],
  ])('refuses %j', (text, error) => {
    expect(() => canonicalQuantity(text)).toThrow(error)
  })

  test('is idempotent and keeps the amount', () => {
    fc.assert(
      fc.property(anyQuantity, (text) => {
        const canonical = canonicalQuantity(text)
        expect(canonicalQuantity(canonical)).toBe(canonical)
        expect(compareQuantity(parseQuantity(text), parseQuantity(canonical))).toBe(0)
      }),
    )
  })
})

describe('arithmetic', () => {
  test('adds in the format of the first, unless that is zero', () => {
    expect(formatQuantity(addQuantity(parseQuantity('1Gi'), parseQuantity('1024')))).toBe(
      '1048577Ki',
    )
    expect(formatQuantity(addQuantity(parseQuantity('0'), parseQuantity('1Ki')))).toBe('1Ki')
    expect(formatQuantity(subtractQuantity(parseQuantity('1'), parseQuantity('250m')))).toBe('750m')
    expect(formatQuantity(multiplyQuantity(parseQuantity('250m'), 4))).toBe('1')
  })

  test('undoes an addition', () => {
    fc.assert(
      fc.property(anyQuantity, anyQuantity, (a, b) => {
        const back = subtractQuantity(
          addQuantity(parseQuantity(a), parseQuantity(b)),
          parseQuantity(b),
        )
        expect(compareQuantity(back, parseQuantity(a))).toBe(0)
      }),
    )
  })

  test('rounds values away from zero', () => {
    expect(quantityValue(parseQuantity('1100m'))).toBe(2)
    expect(quantityValue(parseQuantity('-1100m'))).toBe(-2)
    expect(quantityValue(parseQuantity('1Gi'))).toBe(1073741824)
    expect(quantityMilliValue(parseQuantity('0.1'))).toBe(100)
    expect(quantityMilliValue(parseQuantity('1u'))).toBe(1)
    expect(formatQuantity(roundUpQuantity(parseQuantity('100u'), -3))).toBe('1m')
    expect(formatQuantity(newMilliQuantity(2500, 'DecimalSI'))).toBe('2500m')
  })
})
