// What a key may be used for, as extensions of a certificate. kubernetes: pkg/controller/certificates/authority/policies.go
import { bitString, oid, sequence } from '#apimachinery/der.ts'
import { extension } from '#kube-controller-manager/certificates/authority.ts'

/** By its bit, the first being the most important. */
const KEY_USAGES: ReadonlyMap<string, number> = new Map([
  ['signing', 0],
  ['digital signature', 0],
  ['content commitment', 1],
  ['key encipherment', 2],
  ['data encipherment', 3],
  ['key agreement', 4],
  ['cert sign', 5],
  ['crl sign', 6],
  ['encipher only', 7],
  ['decipher only', 8],
])

/** In the order in which Go's certificates have them. */
const EXTENDED: readonly (readonly [string, string])[] = [
  ['any', '2.5.29.37.0'],
  ['server auth', '1.3.6.1.5.5.7.3.1'],
  ['client auth', '1.3.6.1.5.5.7.3.2'],
  ['code signing', '1.3.6.1.5.5.7.3.3'],
  ['email protection', '1.3.6.1.5.5.7.3.4'],
  ['s/mime', '1.3.6.1.5.5.7.3.4'],
  ['ipsec end system', '1.3.6.1.5.5.7.3.5'],
  ['ipsec tunnel', '1.3.6.1.5.5.7.3.6'],
  ['ipsec user', '1.3.6.1.5.5.7.3.7'],
  ['timestamping', '1.3.6.1.5.5.7.3.8'],
  ['ocsp signing', '1.3.6.1.5.5.7.3.9'],
  ['microsoft sgc', '1.3.6.1.4.1.311.10.3.3'],
  ['netscape sgc', '2.16.840.1.113730.4.1'],
]

const bits = (positions: readonly number[]): Uint8Array => {
  const last = Math.max(...positions)
  const bytes = new Uint8Array(Math.floor(last / 8) + 1)
  for (const position of positions) bytes[position >> 3]! |= 0x80 >> (position & 7)
  return bitString(bytes, 7 - (last & 7))
}

export const usageExtensions = (usages: readonly string[]): readonly Uint8Array[] => {
  const positions = usages.flatMap((usage) => KEY_USAGES.get(usage) ?? [])
  const extended = EXTENDED.filter(([usage]) => usages.includes(usage)).map(([, id]) => id)
  const result: Uint8Array[] = []
  if (positions.length > 0) result.push(extension('2.5.29.15', bits(positions), true))
  if (extended.length > 0)
    result.push(extension('2.5.29.37', sequence(...[...new Set(extended)].map(oid))))
  return result
}
