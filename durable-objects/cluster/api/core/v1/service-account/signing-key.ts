// The key that tokens are signed with. It keeps no secret, since the text that it follows from stands here: what a session's link allows
// depends on the link alone. kubernetes: pkg/serviceaccount/jwt.go, openidmetadata.go
import { encodeUrlSafe } from '#apimachinery/base64.ts'
import { bitString, oid, sequence } from '#apimachinery/der.ts'
import { sha256 } from '#apimachinery/digest.ts'
import { keyFrom, publicKeyOf, signPlainly } from '#apimachinery/p256.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'

const KEY_TEXT = 'the make-believe issuer of tokens of a Kubarium cluster'

interface Keys {
  readonly own: bigint
  /** A point of the curve, uncompressed. */
  readonly point: Uint8Array
  readonly id: string
}

const bytesOfHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))

let known: Keys | undefined

const keys = (): Keys => {
  if (known !== undefined) return known
  const own = keyFrom(encodeUtf8(KEY_TEXT))
  const point = publicKeyOf(own)
  const algorithm = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'))
  const id = encodeUrlSafe(bytesOfHex(sha256(sequence(algorithm, bitString(point)))))
  return (known = { own, point, id })
}

/** What tokens call the key that they are signed with. */
export const keyId = (): string => keys().id

/** Of the first two parts of a token. */
export const signatureOf = (text: string): string =>
  encodeUrlSafe(signPlainly(keys().own, encodeUtf8(text)))

/** The public key as a JSON Web Key. RFC 7517 */
export const jsonWebKey = () => {
  const { id, point } = keys()
  return {
    use: 'sig',
    kty: 'EC',
    kid: id,
    crv: 'P-256',
    alg: 'ES256',
    x: encodeUrlSafe(point.subarray(1, 33)),
    y: encodeUrlSafe(point.subarray(33)),
  }
}
