import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '#environment.ts'
import { newUid } from '#kube-apiserver/identity.ts'
import { BlockWriter, readBlock } from '../../../../durable-objects/session/snapshot/block.ts'
import { positionOfUid, uidAt } from '../../../../durable-objects/session/snapshot/chance.ts'
import {
  copiesFrom,
  dictionaryOf,
  expandCopies,
} from '../../../../durable-objects/session/snapshot/copies.ts'
import { HoleReader, HoleWriter } from '../../../../durable-objects/session/snapshot/holes.ts'
import { NumberReader, NumberWriter } from '../../../../durable-objects/session/snapshot/numbers.ts'
import {
  isSnapshotId,
  snapshotIdOf,
} from '../../../../durable-objects/session/snapshot/snapshot-id.ts'
import { SnapshotProblem } from '../../../../durable-objects/session/snapshot/problem.ts'

const SEED = 4711
const utf8 = new TextEncoder()
const LIMITS = { lineBytes: 1_000_000, bytes: 1_000_000 }

describe('numbers', () => {
  test('come back, whatever their sign', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 50), max: 2 ** 50 })), (numbers) => {
        const writer = new NumberWriter()
        for (const number of numbers) writer.putSigned(number)
        const reader = new NumberReader(writer.bytes)
        const read: number[] = []
        while (!reader.isAtEnd) read.push(reader.readSigned())
        expect(read).toEqual(numbers)
      }),
    )
  })

  test.each([
    ['that end too early', [0x80]],
    ['that never end', Array.from({ length: 40 }, () => 0x80)],
    ['that are too large', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
  ])('%s are refused', (_name, bytes) => {
    expect(() => new NumberReader(Uint8Array.from(bytes)).read()).toThrow(SnapshotProblem)
  })
})

describe('the UIDs of a cluster', () => {
  test('are those that the engine draws, and tell where it drew them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (seed, before) => {
          const uid = newUid(new Random(seed, before))
          expect(positionOfUid(seed, uid)).toBe(before + 1)
          expect(uidAt(seed, before + 1)).toBe(uid)
        },
      ),
    )
  })

  test('come from somewhere even if it was another that drew them', () => {
    const uid = newUid(new Random(SEED + 1))
    expect(uidAt(SEED, positionOfUid(SEED, uid)!)).toBe(uid)
  })

  test('that nobody drew come from nowhere', () => {
    expect(positionOfUid(SEED, '123e4567-e89b-42d3-a456-426614174000')).toBeUndefined()
  })
})

/** Values that are taken out of texts, and those that look like it. */
const values = fc.oneof(
  fc.integer({ min: 0, max: 500 }).map((position) => uidAt(SEED, position)),
  fc.uuid(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((date) => `${date.toISOString().slice(0, 19)}Z`),
  fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((date) => `${date.toISOString().slice(0, 23)}456Z`),
  fc.constantFrom('2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '1969-12-31T23:59:59Z'),
  fc.constantFrom('2026-01-01T24:00:00Z', '2026-01-01T00:00:60Z', '2026-01-01T00:00:00.000000Z'),
  fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
  fc.string({ unit: 'binary' }),
)
const keys = fc.constantFrom('uid', 'resourceVersion', 'time', '\\"uid', 'k', '__proto__')
const lines = fc.array(
  fc.array(fc.tuple(keys, values)).map((pairs) =>
    // what stands in an object, in a text within an object, and beside both
    pairs
      .map(([key, value]) =>
        JSON.stringify({ [key]: value, text: JSON.stringify({ [key]: value }) }),
      )
      .join(','),
  ),
  { minLength: 1 },
)

describe('what is taken out of texts', () => {
  test('comes back to the letter', () => {
    fc.assert(
      fc.property(lines, (texts) => {
        const writer = new HoleWriter(SEED)
        const taken = texts.map((text) => writer.take(text))
        const { uids, moments, versions } = writer
        const reader = new HoleReader(SEED, {
          uids: uids.bytes,
          moments: moments.bytes,
          versions: versions.bytes,
        })
        expect(taken.map((text) => reader.fill(text, 1_000_000))).toEqual(texts)
        reader.end()
      }),
    )
  })

  test('leaves texts of one kind alike', () => {
    const writer = new HoleWriter(SEED)
    const take = (position: number, second: number) =>
      writer.take(
        `{"uid":"${uidAt(SEED, position)}","resourceVersion":"${position}","time":"2026-01-01T00:00:0${second}Z"}`,
      )
    expect(take(5, 1)).toBe(take(900, 7))
    expect(take(5, 1)).not.toMatch(/\d/)
  })
})

describe('copies of a dictionary', () => {
  const words = fc.constantFrom(
    'abcdefgh'.repeat(6),
    'kubernetes'.repeat(5),
    'x',
    'é',
    '0123456789',
  )
  const texts = fc.array(words, { maxLength: 40 }).map((parts) => utf8.encode(parts.join('')))

  test('come back byte for byte', () => {
    fc.assert(
      fc.property(texts, texts, (known, bytes) => {
        const dictionary = dictionaryOf(known)
        const { rest, copies } = copiesFrom(dictionary, bytes)
        expect(expandCopies(known, rest, copies.bytes, bytes.length)).toEqual(bytes)
      }),
    )
  })

  test('take the place of what is known', () => {
    const known = utf8.encode(
      'what every cluster is born with, as it was when the encoding was made',
    )
    const { rest } = copiesFrom(
      dictionaryOf(known),
      utf8.encode(`1${new TextDecoder().decode(known)}2`),
    )
    expect(new TextDecoder().decode(rest)).toBe('12')
  })

  test('whatever they say, no more is made than was announced', () => {
    const bytes = fc.uint8Array({ maxLength: 60 })
    const length = fc.nat({ max: 200 })
    fc.assert(
      fc.property(bytes, bytes, bytes, length, (known, rest, copies, announced) => {
        let made: Uint8Array | undefined
        try {
          made = expandCopies(known, rest, copies, announced)
        } catch (error) {
          expect(error).toBeInstanceOf(SnapshotProblem)
        }
        expect(made === undefined || made.length === announced).toBe(true)
      }),
    )
  })
})

describe('a block', () => {
  const dictionary = dictionaryOf(
    utf8.encode('{"kind":"Pod","apiVersion":"v1","metadata":{"name":"'),
  )

  test('gives back its lines, the first and those that follow', () => {
    fc.assert(
      fc.property(lines, lines, (first, second) => {
        const writer = new BlockWriter(SEED, dictionary)
        const blocks = [first, second].map((each) => {
          for (const line of each) writer.add(`${line}\n`)
          return writer.close()
        })
        const reader = new NumberReader(Buffer.concat([...blocks, Uint8Array.of(0)]))
        const next = () => readBlock(reader, SEED, dictionary.bytes, LIMITS)
        expect(next()).toEqual(first)
        expect(next()).toEqual(second)
        expect(next()).toBeUndefined()
      }),
    )
  })
})

describe('the id of a snapshot', () => {
  test('has 52 letters, and differs with every bit', () => {
    const hash = Uint8Array.from({ length: 32 }, (_none, index) => index * 7)
    const ids = new Set([snapshotIdOf(hash)])
    for (let bit = 0; bit < 256; bit++) {
      const other = Uint8Array.from(hash)
      other[bit >> 3]! ^= 1 << (bit & 7)
      ids.add(snapshotIdOf(other))
    }
    expect(ids.size).toBe(257)
    for (const id of ids) expect(isSnapshotId(id)).toBe(true)
  })

  test.each([
    ['nothing', new Uint8Array(32), 'a'.repeat(52)],
    ['all ones', new Uint8Array(32).fill(255), `${'7'.repeat(51)}q`],
    // RFC 4648: "foobar"
    ['a known text', utf8.encode('foobar'), 'mzxw6ytboi'],
  ])('of %s is base32', (_name, hash, id) => {
    expect(snapshotIdOf(hash)).toBe(id)
  })

  test.each([
    '',
    'a'.repeat(51),
    'a'.repeat(53),
    `${'a'.repeat(51)}b`,
    'A'.repeat(52),
    '1'.repeat(52),
  ])('is not %j', (text) => {
    expect(isSnapshotId(text)).toBe(false)
  })
})
