import { createPublicKey, generateKeyPairSync, sign as signTheirs, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  bitString,
  DerError,
  integer,
  oid,
  readAll,
  readOne,
  sequence,
  time,
} from '#apimachinery/der.ts'
import { keyFrom, publicKeyOf, sign, signPlainly, verifyPlainly } from '#apimachinery/p256.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'

const spki = (point: Uint8Array): Buffer =>
  Buffer.from(
    sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')), bitString(point)),
  )

describe('a signature', () => {
  it.each(['a', 'another key', 'ключ', ''])('of the key "%s" is one to others', (text) => {
    const key = keyFrom(encodeUtf8(text))
    const publicKey = createPublicKey({ key: spki(publicKeyOf(key)), format: 'der', type: 'spki' })
    for (const message of ['', 'hello', 'x'.repeat(1000)].map(encodeUtf8)) {
      const signature = sign(key, message)
      expect(verify('sha256', message, publicKey, signature)).toBe(true)
      expect(verify('sha256', encodeUtf8('something else'), publicKey, signature)).toBe(false)
      expect(sign(key, message)).toEqual(signature)
    }
  })

  it('as tokens have it is one to others, and theirs are here', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    const [keyX, keyY] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
    const dsaEncoding = 'ieee-p1363'
    for (const message of ['', 'hello', 'x'.repeat(1000)].map(encodeUtf8)) {
      const theirs = signTheirs('sha256', message, { key: privateKey, dsaEncoding })
      expect(verifyPlainly(keyX, keyY, message, theirs)).toBe(true)
      expect(verifyPlainly(keyX, keyY, encodeUtf8('something else'), theirs)).toBe(false)
      expect(verifyPlainly(keyY, keyX, message, theirs)).toBe(false)
      expect(verifyPlainly(keyX, keyY, message, theirs.subarray(1))).toBe(false)
      const key = keyFrom(message)
      const point = publicKeyOf(key)
      const ours = signPlainly(key, message)
      expect(ours).toHaveLength(64)
      expect(verifyPlainly(point.subarray(1, 33), point.subarray(33), message, ours)).toBe(true)
      const own = createPublicKey({ key: spki(point), format: 'der', type: 'spki' })
      expect(verify('sha256', message, { key: own, dsaEncoding }, ours)).toBe(true)
    }
  })
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('DER', () => {
  it('is written in the shortest way', () => {
    expect(hex(integer(Uint8Array.of(0)))).toBe('020100')
    expect(hex(integer(Uint8Array.of(0, 0, 127)))).toBe('02017f')
    expect(hex(integer(Uint8Array.of(128)))).toBe('02020080')
    expect(hex(oid('1.2.840.113549.1.9.14'))).toBe('06092a864886f70d01090e')
    expect(hex(time('2026-01-02T03:04:05Z'))).toBe(hex(Buffer.from('\x17\x0d260102030405Z')))
    expect(hex(time('2050-01-02T03:04:05Z'))).toBe(hex(Buffer.from('\x18\x0f20500102030405Z')))
    const long = sequence(bitString(new Uint8Array(300)))
    expect(hex(long.subarray(0, 4))).toBe('30820131')
  })

  it('is read back', () => {
    const parts = [integer(Uint8Array.of(5)), bitString(new Uint8Array(200))]
    const { tag, content } = readOne(sequence(...parts))
    expect(tag).toBe(0x30)
    expect(readAll(content).map(({ whole }) => hex(whole))).toEqual(parts.map(hex))
  })

  it.each(['30', '3005', '300500', '30800000', '3084ffffffff', '020100ff'])(
    'is refused if it is none: %s',
    (text) => {
      expect(() => readOne(Buffer.from(text, 'hex'))).toThrow(DerError)
    },
  )
})
