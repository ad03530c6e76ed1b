// How others check the tokens of service accounts. kubernetes: pkg/serviceaccount/openidmetadata.go
import { jsonWebKey } from '#api/core/v1/service-account/signing-key.ts'
import { ISSUER } from '#api/core/v1/service-account/token-text.ts'

/** Where the API server says that it is. */
export const SERVER_ADDRESS = '192.168.49.2:8443'

const KEYS_PATH = '/openid/v1/jwks'

export interface IssuerDocument {
  readonly path: string
  readonly contentType: string
  readonly body: () => object
}

export const ISSUER_DOCUMENTS: readonly IssuerDocument[] = [
  {
    path: '/.well-known/openid-configuration',
    contentType: 'application/json',
    body: () => ({
      issuer: ISSUER,
      jwks_uri: `https://${SERVER_ADDRESS}${KEYS_PATH}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [jsonWebKey().alg],
    }),
  },
  {
    path: KEYS_PATH,
    contentType: 'application/jwk-set+json',
    body: () => ({ keys: [jsonWebKey()] }),
  },
]
