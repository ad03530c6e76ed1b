// How others check the tokens of service accounts. kubernetes: pkg/serviceaccount/openidmetadata.go, pkg/routes/openidmetadata.go
import { jsonWebKey } from '#api/core/v1/service-account/signing-key.ts'
import { ISSUER } from '#api/core/v1/service-account/token-text.ts'
import { methodNotAllowed, noSuchPath } from '#apimachinery/status-error.ts'
import { goJson, type Answer, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'

/** Where the API server says that it is. */
export const SERVER_ADDRESS = '192.168.49.2:8443'

const CONFIGURATION_PATH = '/.well-known/openid-configuration'
const KEYS_PATH = '/openid/v1/jwks'

export const OPENID_PATHS: readonly string[] = [CONFIGURATION_PATH, KEYS_PATH]

const document = (contentType: string, body: object): Answer => ({
  status: 200,
  contentType,
  headers: [['cache-control', 'public, max-age=3600']],
  body: [goJson(body)],
})

const configuration = (): Answer =>
  document('application/json', {
    issuer: ISSUER,
    jwks_uri: `https://${SERVER_ADDRESS}${KEYS_PATH}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [jsonWebKey().alg],
  })

const keySet = (): Answer => document('application/jwk-set+json', { keys: [jsonWebKey()] })

/** What the issuer says of itself; undefined under any other path. */
export const openidDocument = (
  segments: readonly string[],
  { method }: ApiRequest,
): Answer | undefined => {
  const path = `/${segments.join('/')}`
  const found = OPENID_PATHS.find((root) => path === root || path.startsWith(`${root}/`))
  if (found === undefined) return undefined
  if (path !== found) throw noSuchPath()
  if (method !== 'GET') throw methodNotAllowed()
  return found === KEYS_PATH ? keySet() : configuration()
}
