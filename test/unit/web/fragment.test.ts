import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  FragmentProblem,
  fromFragment,
  hasSnapshot,
  MOST_CHARACTERS,
  toFragment,
} from '../../../web/session/fragment.ts'
import { LINK_LIMITS } from '../../../durable-objects/session/snapshot/limits.ts'
import { readWholeSnapshot } from '../../../durable-objects/session/snapshot/read-snapshot.ts'
import { atOnce, atRest, snapshotOf } from '../../support/snapshots.ts'

const begun = (bytes: Uint8Array): Uint8Array => Uint8Array.of(0x4b, 0x53, ...bytes)

describe('a snapshot in a fragment', () => {
  test('comes back byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const fragment = toFragment(begun(bytes))
        expect(hasSnapshot(fragment)).toBe(true)
        expect(fragment).toMatch(/^#s=[\w-]+$/)
        expect(Buffer.from(fromFragment(fragment), 'base64url')).toEqual(Buffer.from(begun(bytes)))
      }),
    )
  })

  test('is a cluster that the server opens', async () => {
    const running = atRest({ template: 'bare' })
    const { id, bytes } = await snapshotOf(running)
    const sent = Buffer.from(fromFragment(toFragment(bytes)), 'base64url')
    const options = { limits: LINK_LIMITS, writtenBy: 'anybody', pause: atOnce } as const
    expect((await readWholeSnapshot(sent, options)).id).toBe(id)
  })

  test('is not longer than addresses may be, and the server reads as much', () => {
    const most = (MOST_CHARACTERS * 3) / 4
    expect(most).toBe(LINK_LIMITS.compressedBytes)
    expect(toFragment(begun(new Uint8Array(most - 2)))).toHaveLength(MOST_CHARACTERS + 3)
    expect(() => toFragment(begun(new Uint8Array(most)))).toThrow('too large for a link')
    expect(() => fromFragment(`#s=${'A'.repeat(MOST_CHARACTERS + 1)}`)).toThrow('Share the session')
  })

  test.each(['=', '==', '%3D%3d'])('may have got %j at its end', (end) => {
    expect(fromFragment(`${toFragment(begun(Uint8Array.of(1)))}${end}`)).toBe('S1MB')
  })
})

describe('what is no fragment of ours is refused', () => {
  test.each(['', '#', '#:key', '#S=S1MB', 's=S1MB'])('%j brings no cluster along', (hash) => {
    expect(hasSnapshot(hash)).toBe(false)
    expect(() => fromFragment(hash)).toThrow(FragmentProblem)
  })

  test.each([
    '#s=',
    '#s=S',
    '#s=S1',
    '#s=AAAA',
    '#s=S1MB AAA',
    '#s=S1MB%',
    '#s=S1MBA',
    '#s=é',
    '#s=S1MB='.repeat(2),
  ])('%j is not whole', (hash) => {
    expect(() => fromFragment(hash)).toThrow(FragmentProblem)
  })

  test('any text is refused or is base64url', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          expect(fromFragment(`#s=S1MB${text}`)).toMatch(/^[\w-]+$/)
        } catch (error) {
          expect(error).toBeInstanceOf(FragmentProblem)
        }
      }),
    )
  })
})
