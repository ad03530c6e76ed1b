// PKCS #10, as far as kubectl shows it. RFC 2986
import { Base64Error } from '#apimachinery/base64.ts'
import { contentOf, DerError, readAll, readOne, TAG, type DerValue } from '#apimachinery/der.ts'
import { derOf } from '#apimachinery/pem.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import { KubectlFailure } from '#kubectl/failure.ts'

export interface CertificateRequest {
  readonly commonName: string
  readonly serialNumber: string
  readonly organization: readonly string[]
  readonly organizationalUnit: readonly string[]
  readonly country: readonly string[]
  readonly locality: readonly string[]
  readonly province: readonly string[]
  readonly streetAddress: readonly string[]
  readonly postalCode: readonly string[]
  readonly dnsNames: readonly string[]
  readonly emailAddresses: readonly string[]
  readonly uris: readonly string[]
  readonly ipAddresses: readonly string[]
}

const ATTRIBUTES = 0xa0
const EXTENSION_REQUEST = '2a864886f70d01090e'
const ALTERNATIVE_NAMES = '551d11'

/** Throws a KubectlFailure. kubernetes: kubectl pkg/util/certificate ParseCSR */
export const parseCertificateRequest = (pem: string): CertificateRequest => {
  try {
    const der = derOf('CERTIFICATE REQUEST', pem)
    if (der !== undefined) return parse(der)
  } catch (error) {
    if (!(error instanceof DerError || error instanceof Base64Error)) throw error
    throw new KubectlFailure(`Error parsing CSR: ${error.message}`)
  }
  throw new KubectlFailure('Error parsing CSR: PEM block type must be CERTIFICATE REQUEST')
}

const parse = (der: Uint8Array): CertificateRequest => {
  const [info] = readAll(contentOf(readOne(der), TAG.sequence))
  const [, subject, , ...rest] = readAll(contentOf(info, TAG.sequence))
  const names = subjectNames(subject)
  const all = (type: number): readonly string[] => names.get(`5504${hexByte(type)}`) ?? []
  return {
    commonName: all(3).at(-1) ?? '',
    serialNumber: all(5).at(-1) ?? '',
    country: all(6),
    locality: all(7),
    province: all(8),
    streetAddress: all(9),
    organization: all(10),
    organizationalUnit: all(11),
    postalCode: all(17),
    ...alternativeNames(rest.find(({ tag }) => tag === ATTRIBUTES)),
  }
}

const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0')
const hex = (bytes: Uint8Array): string => Array.from(bytes, hexByte).join('')

/** The values of a distinguished name, by the type's bytes. */
const subjectNames = (subject: DerValue | undefined): ReadonlyMap<string, readonly string[]> => {
  const names = new Map<string, string[]>()
  for (const set of readAll(contentOf(subject, TAG.sequence)))
    for (const pair of readAll(contentOf(set, TAG.set))) {
      const [type, value] = readAll(contentOf(pair, TAG.sequence))
      if (value === undefined) throw new DerError('syntax error: sequence truncated')
      const key = hex(contentOf(type, TAG.oid))
      const list = names.get(key) ?? []
      list.push(decodeUtf8Loosely(value.content))
      names.set(key, list)
    }
  return names
}

type AlternativeNames = Pick<
  CertificateRequest,
  'dnsNames' | 'emailAddresses' | 'uris' | 'ipAddresses'
>

const alternativeNames = (attributes: DerValue | undefined): AlternativeNames => {
  const names = attributes === undefined ? [] : generalNames(attributes)
  const texts = (tag: number): readonly string[] =>
    names.filter((name) => name.tag === tag).map(({ content }) => decodeUtf8Loosely(content))
  return {
    emailAddresses: texts(0x81),
    dnsNames: texts(0x82),
    uris: texts(0x86),
    ipAddresses: names.filter(({ tag }) => tag === 0x87).map(({ content }) => ipText(content)),
  }
}

/** The names in the extension that the request asks for. */
const generalNames = (attributes: DerValue): readonly DerValue[] =>
  readAll(attributes.content).flatMap((attribute) => {
    const [type, values] = readAll(contentOf(attribute, TAG.sequence))
    if (hex(contentOf(type, TAG.oid)) !== EXTENSION_REQUEST) return []
    return readAll(contentOf(values, TAG.set))
      .flatMap((list) => readAll(contentOf(list, TAG.sequence)))
      .flatMap((extension) => {
        const parts = readAll(contentOf(extension, TAG.sequence))
        if (hex(contentOf(parts[0], TAG.oid)) !== ALTERNATIVE_NAMES) return []
        const value = readOne(contentOf(parts.at(-1), TAG.octetString))
        return readAll(contentOf(value, TAG.sequence))
      })
  })

/** net.IP's String */
const ipText = (bytes: Uint8Array): string => {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0),
  ).map((group) => group.toString(16))
  const zeros = [...groups.join(':').matchAll(/(?<![^:])0(?::0)+(?![^:])/g)]
  const longest = zeros.reduce<RegExpExecArray | undefined>(
    (best, match) => (best === undefined || match[0].length > best[0].length ? match : best),
    undefined,
  )
  if (longest === undefined) return groups.join(':')
  const text = groups.join(':')
  const before = text.slice(0, longest.index).replace(/:$/, '')
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '')
  return `${before}::${after}`
}
