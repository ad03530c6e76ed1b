import { decodeUtf8, decodeUtf8Loosely, encodeUtf8, utf8Length } from '#apimachinery/utf8.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('UTF-8', () => {
  test('agrees with the platform on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const bytes = new TextEncoder().encode(text)
        expect([...encodeUtf8(text)]).toEqual([...bytes])
        expect(utf8Length(text)).toBe(bytes.length)
        expect(decodeUtf8(bytes)).toBe(text.toWellFormed())
      }),
    )
  })

  test('refuses exactly the bytes that the platform refuses', () => {
    const odd = fc.array(
      fc.constantFrom(
        0x41,
        0x80,
        0xbf,
        0xc0,
        0xc3,
        0xe0,
        0xa0,
        0xed,
        0x9f,
        0xf0,
        0x90,
        0xf4,
        0x8f,
        0xff,
      ),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(odd, (list) => {
        const bytes = Uint8Array.from(list)
        let text: string | undefined
        try {
          text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
        } catch {
          expect(() => decodeUtf8(bytes)).toThrow('invalid UTF-8')
        }
        if (text !== undefined) expect(decodeUtf8(bytes)).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })

  test('decodes more than fits one chunk', () => {
    const text = 'aé𝒳'.repeat(5000)
    expect(decodeUtf8(encodeUtf8(text))).toBe(text)
  })

  test('replaces bad bytes one by one when asked to', () => {
    expect(decodeUtf8Loosely(Uint8Array.of(0x61, 0xff, 0xe2, 0x82))).toBe('a\ufffd\ufffd\ufffd')
  })
})
