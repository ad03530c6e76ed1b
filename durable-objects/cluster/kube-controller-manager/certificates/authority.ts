// The cluster's certificate authority. It vouches for nothing: its key follows from a text that stands here.
import { encodeBase64 } from '#apimachinery/base64.ts'
import {
  bitString,
  contentOf,
  encode,
  integer,
  octetString,
  oid,
  readAll,
  readOne,
  sequence,
  TAG,
  time,
} from '#apimachinery/der.ts'
import { keyFrom, publicKeyOf, sign } from '#apimachinery/p256.ts'
import { derOf } from '#apimachinery/pem.ts'
import { sha1 } from '#apimachinery/digest.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'

const KEY_TEXT = 'the make-believe authority of a Kubarium cluster'
const NAME = 'kubernetes'
const BORN = '2020-01-01T00:00:00Z'
const ENDS = '2120-01-01T00:00:00Z'

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const VERSION_3 = encode(0xa0, integer(Uint8Array.of(2)))

let known: bigint | undefined
const key = (): bigint => (known ??= keyFrom(encodeUtf8(KEY_TEXT)))

const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))

/** An extension of a certificate. */
export const extension = (id: string, value: Uint8Array, isCritical = false): Uint8Array =>
  sequence(oid(id), ...(isCritical ? [encode(0x01, Uint8Array.of(0xff))] : []), octetString(value))

/** What a certificate says, but for who signed it. */
export interface Statement {
  /** Not negative, the most important byte first. */
  readonly serial: Uint8Array
  /** DER. */
  readonly subject: Uint8Array
  /** DER: a SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
  readonly notBefore: string
  readonly notAfter: string
  readonly extensions: readonly Uint8Array[]
  /** DER: the other names of the subject. */
  readonly names?: Uint8Array
}

const issued = (statement: Statement, issuer: Uint8Array): Uint8Array => {
  const { serial, subject, publicKey, notBefore, notAfter, extensions } = statement
  const said = sequence(
    VERSION_3,
    integer(serial),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(time(notBefore), time(notAfter)),
    subject,
    publicKey,
    encode(0xa3, sequence(...extensions)),
  )
  return sequence(said, ECDSA_WITH_SHA256, bitString(sign(key(), said)))
}

export const pem = (type: string, der: Uint8Array): string => {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ''].join('\n')
}

const commonName = (name: string): Uint8Array =>
  sequence(encode(TAG.set, sequence(oid('2.5.4.3'), encode(TAG.utf8String, encodeUtf8(name)))))

const digitalSignatureAndCertSign = bitString(Uint8Array.of(0xa4), 2)

/** The certificate that the authority gave itself. `root-ca.ts` holds it, since nothing of it ever changes. */
export const selfSigned = (): string => {
  const point = publicKeyOf(key())
  const name = commonName(NAME)
  const keyId = fromHex(sha1(point))
  const statement = {
    serial: Uint8Array.of(1),
    subject: name,
    publicKey: sequence(
      sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')),
      bitString(point),
    ),
    notBefore: BORN,
    notAfter: ENDS,
    extensions: [
      extension('2.5.29.15', digitalSignatureAndCertSign, true),
      extension('2.5.29.19', sequence(encode(0x01, Uint8Array.of(0xff))), true),
      extension('2.5.29.14', octetString(keyId)),
      extension('2.5.29.17', sequence(encode(0x82, encodeUtf8(NAME)))),
    ],
  }
  return pem('CERTIFICATE', issued(statement, name))
}

/** The subject of the authority's certificate, and the id of its key. */
const authorityOf = (certificate: string) => {
  const der = derOf('CERTIFICATE', certificate)!
  const [said] = readAll(contentOf(readOne(der), TAG.sequence))
  const [, , , issuer, validity, , , extensions] = readAll(contentOf(said, TAG.sequence))
  const keyId = readAll(contentOf(readOne(extensions!.content), TAG.sequence))
    .map(({ content }) => readAll(content))
    .find(([id]) => id!.content.join('.') === '85.29.14')
    ?.at(-1)
  return { issuer: issuer!.whole, validity: validity!, keyId: readOne(keyId!.content).content }
}

/** Signs what somebody asked for; `certificate` is the authority's own. In PEM. */
export const certify = (statement: Statement, certificate: string): string => {
  const { issuer, keyId } = authorityOf(certificate)
  const extensions = [
    ...statement.extensions,
    extension('2.5.29.35', sequence(encode(0x80, keyId))),
    ...(statement.names === undefined ? [] : [extension('2.5.29.17', statement.names)]),
  ]
  const notAfter = statement.notAfter < ENDS ? statement.notAfter : ENDS
  return pem('CERTIFICATE', issued({ ...statement, notAfter, extensions }, issuer))
}
