import { canonicalBase64, decodeBase64, encodeBase64 } from '#apimachinery/base64.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('base64', () => {
  test('agrees with the platform, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64')
        expect(encodeBase64(bytes)).toBe(text)
        expect([...decodeBase64(text)]).toEqual([...bytes])
        expect(canonicalBase64(text)).toBe(text)
      }),
    )
  })

  test.each([
    ['not base64!', 3],
    ['YWJ', 0],
    ['YWJjY', 4],
    ['YW=', 3],
    ['YW=x', 2],
    ['=', 0],
    ['YWI=x', 4],
    ['YW==YW==', 4],
    ['é', 0],
  ])('refuses %j at byte %i, as Go does', (text, offset) => {
    expect(() => decodeBase64(text)).toThrow(`illegal base64 data at input byte ${offset}`)
  })

  test('drops line breaks and stray bits', () => {
    expect(canonicalBase64('YW\nJj\r\n')).toBe('YWJj')
    expect(canonicalBase64('YX==')).toBe('YQ==')
  })
})
