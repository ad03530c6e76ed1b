// A ServiceAccount's token as text. kubernetes: pkg/serviceaccount/jwt.go, legacy.go
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import { encodeBase64 } from '#apimachinery/base64.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import type { Random } from '#environment.ts'

/** Who issued the tokens that stand in Secrets. */
export const LEGACY_ISSUER = 'kubernetes/serviceaccount'

/** The claims of a token that stands in a Secret. */
export interface LegacyClaims {
  readonly iss: typeof LEGACY_ISSUER
  readonly 'kubernetes.io/serviceaccount/namespace': string
  readonly 'kubernetes.io/serviceaccount/secret.name': string
  readonly 'kubernetes.io/serviceaccount/service-account.name': string
  readonly 'kubernetes.io/serviceaccount/service-account.uid': string
  readonly sub: string
}

export const legacyClaims = ({ metadata }: ServiceAccount, secret: string): LegacyClaims => {
  const { namespace = '', name = '', uid = '' } = metadata
  return {
    iss: LEGACY_ISSUER,
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': secret,
    'kubernetes.io/serviceaccount/service-account.name': name,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
}

const urlSafe = (bytes: Uint8Array): string =>
  encodeBase64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')

const part = (value: unknown): string => urlSafe(encodeUtf8(JSON.stringify(value)))

/** Looks like an RS256 signature; nothing is signed with it. */
const signature = (random: Random): string => {
  const bytes = new Uint8Array(256)
  for (let index = 0; index < bytes.length; index++) bytes[index] = random.below(256)
  return urlSafe(bytes)
}

/** A JSON Web Token with these claims. */
export const tokenText = (claims: object, random: Random): string => {
  const header = part({ alg: 'RS256', kid: 'kubarium' })
  const payload = part(claims)
  return `${header}.${payload}.${signature(random)}`
}
