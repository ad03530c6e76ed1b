import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromByteString, toByteString } from '#shell/files/bytes.ts'

const byte = fc.integer({ min: 0, max: 255 })
/** Bytes of which characters are made, whole and broken ones. */
const likely = fc.constantFrom(0x41, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xef, 0xbf, 0xbd, 0xf0, 0x9f)

describe('bytes in text', () => {
  it('come back as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(byte, likely), { maxLength: 40 }), (bytes) => {
        const units = String.fromCharCode(...bytes)
        expect(toByteString(fromByteString(units))).toBe(units)
      }),
    )
  })

  it('are characters where they are whole', () => {
    expect(fromByteString('\xc3\xa9\xff\xef\xbf\xbd')).toBe('é\udcff\ufffd')
  })
})
