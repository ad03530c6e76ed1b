import { describe, expect, test } from 'vitest'
import { encodeBase64 } from '#apimachinery/base64.ts'
import { bitString, encode, integer, octetString, oid, sequence, TAG } from '#apimachinery/der.ts'
import { checkKeyPair } from '#kubectl/commands/create/key-pair.ts'

const RSA = sequence(oid('1.2.840.113549.1.1.1'))
const EC = sequence(oid('1.2.840.10045.2.1'))
const ED25519 = sequence(oid('1.3.101.112'))
const ZERO = integer(Uint8Array.of(0))
const ONE = integer(Uint8Array.of(1))

const pem = (type: string, der: Uint8Array): string =>
  `-----BEGIN ${type}-----\n${encodeBase64(der)}\n-----END ${type}-----\n`

const certificate = (algorithm: Uint8Array, key: Uint8Array): string => {
  const nothing = sequence()
  const version = encode(0xa0, integer(Uint8Array.of(2)))
  const subject = sequence(algorithm, bitString(key))
  return pem(
    'CERTIFICATE',
    sequence(sequence(version, ONE, nothing, nothing, nothing, nothing, subject), nothing),
  )
}

const modulus = (byte: number): Uint8Array => integer(Uint8Array.of(byte, 2, 3))
const rsaCertificate = (byte: number): string => certificate(RSA, sequence(modulus(byte), ONE))
const rsaKey = (byte: number): Uint8Array => sequence(ZERO, modulus(byte), ONE)
const ecKey = (byte: number): Uint8Array =>
  sequence(ONE, octetString(Uint8Array.of(7)), encode(0xa1, bitString(Uint8Array.of(4, byte))))
const ecCertificate = (byte: number): string => certificate(EC, Uint8Array.of(4, byte))
const wrapped = (algorithm: Uint8Array, key: Uint8Array): string =>
  pem('PRIVATE KEY', sequence(ZERO, algorithm, octetString(key)))

const MISMATCH = 'tls: private key does not match public key'
const OTHER_TYPE = 'tls: private key type does not match public key type'

const told = (cert: string, key: string): string => {
  try {
    checkKeyPair(cert, key)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('a certificate and a private key', () => {
  test.each([
    ['PKCS#1', rsaCertificate(5), pem('RSA PRIVATE KEY', rsaKey(5)), ''],
    ['PKCS#8', rsaCertificate(5), wrapped(RSA, rsaKey(5)), ''],
    ['another modulus', rsaCertificate(5), wrapped(RSA, rsaKey(6)), MISMATCH],
    ['SEC 1', ecCertificate(5), pem('EC PRIVATE KEY', ecKey(5)), ''],
    [
      'SEC 1 behind its parameters',
      ecCertificate(5),
      `-----BEGIN EC PARAMETERS-----\nBggq\n-----END EC PARAMETERS-----\n${pem('EC PRIVATE KEY', ecKey(5))}`,
      '',
    ],
    ['another point', ecCertificate(5), wrapped(EC, ecKey(6)), MISMATCH],
    ['another algorithm', rsaCertificate(5), wrapped(EC, ecKey(5)), OTHER_TYPE],
    [
      'an algorithm of which nothing is known',
      certificate(ED25519, Uint8Array.of(1)),
      wrapped(ED25519, octetString(Uint8Array.of(2))),
      '',
    ],
    [
      'a certificate that is none',
      pem('CERTIFICATE', encode(TAG.octetString)),
      wrapped(RSA, rsaKey(5)),
      'x509: malformed certificate',
    ],
    [
      'a key that is none',
      rsaCertificate(5),
      pem('PRIVATE KEY', encode(TAG.octetString)),
      'tls: failed to parse private key',
    ],
  ])('%s', (_, cert, key, message) => {
    expect(told(cert, key)).toBe(message)
  })
})
