// Whether a certificate and a private key belong together. golang/go: src/crypto/tls/tls.go X509KeyPair
import { Base64Error, decodeBase64 } from '#apimachinery/base64.ts'
import { contentOf, DerError, type DerValue, readAll, readOne, TAG } from '#apimachinery/der.ts'
import { KubectlFailure } from '#kubectl/failure.ts'

interface Block {
  readonly type: string
  readonly der: Uint8Array
}

const BLOCK =
  /^-----BEGIN ([^\n]*?)-----\s*\n(?:[\w-]+:[^\n]*\n)*([\w+/=\s]*?)-----END \1-----\s*$/gm

/** golang/go: src/encoding/pem Decode. What is broken is passed over. */
const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(BLOCK)].flatMap(([, type = '', base64 = '']) => {
    try {
      return [{ type, der: decodeBase64(base64.replace(/\s+/g, '')) }]
    } catch (error) {
      if (error instanceof Base64Error) return []
      throw error
    }
  })

const isKey = ({ type }: Block): boolean => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY')

const certificateOf = (text: string): Uint8Array => {
  const blocks = blocksOf(text)
  const found = blocks.find(({ type }) => type === 'CERTIFICATE')
  if (found !== undefined) return found.der
  if (blocks.length === 0)
    throw new KubectlFailure('tls: failed to find any PEM data in certificate input')
  if (blocks.length === 1 && blocks[0]!.type.endsWith('PRIVATE KEY'))
    throw new KubectlFailure(
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    )
  throw new KubectlFailure(
    `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${typesOf(blocks)}`,
  )
}

const keyOf = (text: string): Uint8Array => {
  const blocks = blocksOf(text)
  const found = blocks.find(isKey)
  if (found !== undefined) return found.der
  if (blocks.length === 0) throw new KubectlFailure('tls: failed to find any PEM data in key input')
  if (blocks.length === 1 && blocks[0]!.type === 'CERTIFICATE')
    throw new KubectlFailure(
      'tls: found a certificate rather than a key in the PEM for the private key',
    )
  throw new KubectlFailure(
    `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${typesOf(blocks)}`,
  )
}

const typesOf = (blocks: readonly Block[]): string =>
  `[${blocks.map(({ type }) => type).join(' ')}]`

/** What both halves of a pair hold; absent: it cannot be told. */
interface Half {
  readonly algorithm: 'rsa' | 'ec' | 'other'
  readonly shared?: Uint8Array
}

const RSA = '42.134.72.134.247.13.1.1.1'
const EC = '42.134.72.206.61.2.1'
const ALGORITHMS: Readonly<Record<string, Half['algorithm']>> = { [RSA]: 'rsa', [EC]: 'ec' }

const children = (value: DerValue | undefined): readonly DerValue[] =>
  readAll(contentOf(value, TAG.sequence))

const algorithmOf = (value: DerValue | undefined): Half['algorithm'] =>
  ALGORITHMS[contentOf(children(value)[0], TAG.oid).join('.')] ?? 'other'

/** RFC 5280: TBSCertificate's subjectPublicKeyInfo */
const publicHalf = (certificate: Uint8Array): Half => {
  const parts = children(children(readOne(certificate))[0])
  const hasVersion = parts[0]?.tag === 0xa0
  const [kind, bits] = children(parts[hasVersion ? 6 : 5])
  const algorithm = algorithmOf(kind)
  const key = contentOf(bits, TAG.bitString).subarray(1)
  if (algorithm !== 'rsa') return { algorithm, shared: key }
  return { algorithm, shared: contentOf(children(readOne(key))[0], TAG.integer) }
}

/** PKCS#8, PKCS#1 or SEC 1. */
const privateHalf = (der: Uint8Array): Half => {
  const parts = children(readOne(der))
  if (parts[1]?.tag === TAG.sequence) {
    const algorithm = algorithmOf(parts[1])
    return algorithm === 'other'
      ? { algorithm }
      : { ...privateHalf(contentOf(parts[2], TAG.octetString)), algorithm }
  }
  if (parts[1]?.tag === TAG.integer)
    return { algorithm: 'rsa', shared: contentOf(parts[1], TAG.integer) }
  contentOf(parts[1], TAG.octetString)
  const point = parts.find(({ tag }) => tag === 0xa1)
  if (point === undefined) return { algorithm: 'ec' }
  return { algorithm: 'ec', shared: contentOf(readOne(point.content), TAG.bitString).subarray(1) }
}

const halfOf = (read: () => Half, message: string): Half => {
  try {
    return read()
  } catch (error) {
    if (error instanceof DerError) throw new KubectlFailure(message)
    throw error
  }
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index])

/** Throws what is wrong. differs: only what ties the two together is read of them. */
export const checkKeyPair = (certificate: string, key: string): void => {
  const [cert, secret] = [certificateOf(certificate), keyOf(key)]
  const open = halfOf(() => publicHalf(cert), 'x509: malformed certificate')
  const own = halfOf(() => privateHalf(secret), 'tls: failed to parse private key')
  if (open.algorithm !== own.algorithm)
    throw new KubectlFailure('tls: private key type does not match public key type')
  if (open.shared !== undefined && own.shared !== undefined && !isSame(open.shared, own.shared))
    throw new KubectlFailure('tls: private key does not match public key')
}
