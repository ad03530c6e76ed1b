// What somebody asks to be certified. RFC 2986 (PKCS#10), RFC 5280
import { Base64Error, decodeBase64 } from '#apimachinery/base64.ts'
import { contentOf, DerError, type DerValue, readAll, readOne, TAG } from '#apimachinery/der.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import { derOf } from '#apimachinery/pem.ts'

const COMMON_NAME = '85.4.3'
const ORGANIZATION = '85.4.10'
const SUBJECT_ALT_NAME = '85.29.17'
const EXTENSION_REQUEST = '42.134.72.134.247.13.1.9.14'

/** The kinds of other names, by their tag. */
const NAME_KINDS: ReadonlyMap<number, keyof AltNames> = new Map([
  [0x81, 'emails'],
  [0x82, 'dns'],
  [0x86, 'uris'],
  [0x87, 'ips'],
])

/** How many there are of each kind. */
export interface AltNames {
  readonly emails: number
  readonly dns: number
  readonly uris: number
  readonly ips: number
}

export interface SigningRequest {
  /** DER. */
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  /** DER: the other names that the subject is to have. */
  readonly names?: Uint8Array
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly altNames: AltNames
}

const children = (value: DerValue | undefined, tag: number): readonly DerValue[] =>
  readAll(contentOf(value, tag))

const idOf = (value: DerValue | undefined): string => contentOf(value, TAG.oid).join('.')

const attributesOf = (subject: DerValue, id: string): readonly string[] =>
  children(subject, TAG.sequence)
    .flatMap((set) => children(set, TAG.set))
    .map((attribute) => children(attribute, TAG.sequence))
    .filter(([key]) => idOf(key) === id)
    .map(([, value]) => decodeUtf8Loosely(value?.content ?? new Uint8Array()))

/** The wanted names, out of the request's attributes. */
const namesOf = (attributes: DerValue | undefined): Uint8Array | undefined => {
  if (attributes === undefined) return undefined
  for (const attribute of readAll(attributes.content)) {
    const [id, values] = children(attribute, TAG.sequence)
    if (idOf(id) !== EXTENSION_REQUEST) continue
    const [extensions] = children(values, TAG.set)
    for (const extension of children(extensions, TAG.sequence)) {
      const parts = children(extension, TAG.sequence)
      if (idOf(parts[0]) === SUBJECT_ALT_NAME) return contentOf(parts.at(-1), TAG.octetString)
    }
  }
  return undefined
}

const countNames = (names: Uint8Array | undefined): AltNames => {
  const counts = { emails: 0, dns: 0, uris: 0, ips: 0 }
  if (names === undefined) return counts
  for (const { tag } of children(readOne(names), TAG.sequence)) {
    const kind = NAME_KINDS.get(tag)
    if (kind !== undefined) counts[kind] += 1
  }
  return counts
}

/** Reads the base64 of a PEM block; undefined if it is no request. differs: its signature is not looked at. */
export const parseSigningRequest = (request: string): SigningRequest | undefined => {
  try {
    const der = derOf('CERTIFICATE REQUEST', decodeUtf8Loosely(decodeBase64(request)))
    if (der === undefined) return undefined
    const [info] = children(readOne(der), TAG.sequence)
    const [, subject, publicKey, attributes] = children(info, TAG.sequence)
    if (subject === undefined || publicKey === undefined) return undefined
    const [algorithm, key] = children(publicKey, TAG.sequence)
    contentOf(algorithm, TAG.sequence)
    contentOf(key, TAG.bitString)
    const names = namesOf(attributes)
    return {
      subject: subject.whole,
      publicKey: publicKey.whole,
      ...(names === undefined ? {} : { names }),
      commonName: attributesOf(subject, COMMON_NAME)[0] ?? '',
      organizations: attributesOf(subject, ORGANIZATION),
      altNames: countNames(names),
    }
  } catch (error) {
    if (error instanceof DerError || error instanceof Base64Error) return undefined
    throw error
  }
}
