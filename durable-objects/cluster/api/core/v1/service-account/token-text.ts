// A ServiceAccount's token as text. kubernetes: pkg/serviceaccount/jwt.go, legacy.go
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import { encodeUrlSafe } from '#apimachinery/base64.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import { keyId, signatureOf } from '#api/core/v1/service-account/signing-key.ts'

/** Who issues tokens, and whom they are for unless somebody says otherwise. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

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

const part = (value: unknown): string => encodeUrlSafe(encodeUtf8(JSON.stringify(value)))

/** A JSON Web Token with these claims. */
export const tokenText = (claims: object): string => {
  const signed = `${part({ alg: 'ES256', kid: keyId() })}.${part(claims)}`
  return `${signed}.${signatureOf(signed)}`
}
