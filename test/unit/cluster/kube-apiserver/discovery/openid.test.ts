import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()
const CONFIGURATION = '/.well-known/openid-configuration'
const KEYS = '/openid/v1/jwks'

interface KeySet {
  readonly keys: readonly (JsonWebKey & { readonly kid: string })[]
}

const keySet = (): KeySet => api.send('GET', KEYS).body as unknown as KeySet

/** Whether a token is signed with the one key that the issuer publishes, as any relying party checks it. */
const isSigned = (token: string): boolean => {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const [key] = keySet().keys
  return verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ key: key!, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
}

describe('the issuer of service accounts', () => {
  test('says where its keys are', () => {
    const answer = api.send('GET', CONFIGURATION)
    expect(answer).toMatchObject({ status: 200, contentType: 'application/json' })
    expect(answer.headers).toContainEqual(['cache-control', 'public, max-age=3600'])
    expect(answer.text).toBe(
      '{"issuer":"https://kubernetes.default.svc.cluster.local",' +
        '"jwks_uri":"https://192.168.49.2:8443/openid/v1/jwks",' +
        '"response_types_supported":["id_token"],"subject_types_supported":["public"],' +
        '"id_token_signing_alg_values_supported":["ES256"]}',
    )
  })

  test('publishes a key whose id is its digest', () => {
    const answer = api.send('GET', KEYS)
    expect(answer.contentType).toBe('application/jwk-set+json')
    const [key] = keySet().keys
    expect(Object.keys(key!)).toEqual(['use', 'kty', 'kid', 'crv', 'alg', 'x', 'y'])
    const der = createPublicKey({ key: key!, format: 'jwk' }).export({
      type: 'spki',
      format: 'der',
    })
    expect(key!.kid).toBe(createHash('sha256').update(der).digest('base64url'))
  })

  test('signs what it is asked for', () => {
    const asked = api.send('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: ['vault'] },
    })
    const { token } = asked.body['status'] as { readonly token: string }
    const [header = '', claims = '', signature = ''] = token.split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'ES256',
      kid: keySet().keys[0]!.kid,
    })
    expect(isSigned(token)).toBe(true)
    expect(isSigned(`${header}.${claims}x.${signature}`)).toBe(false)
  })

  test('signs tokens that stand in Secrets', () => {
    api.send('POST', '/api/v1/namespaces/default/secrets', {
      metadata: {
        name: 'old',
        annotations: { 'kubernetes.io/service-account.name': 'default' },
      },
      type: 'kubernetes.io/service-account-token',
    })
    const { data } = api.send('GET', '/api/v1/namespaces/default/secrets/old').body as unknown as {
      readonly data: { readonly token: string }
    }
    expect(isSigned(Buffer.from(data.token, 'base64').toString())).toBe(true)
  })

  test('is only read', () => {
    expect(api.send('POST', KEYS).status).toBe(405)
    expect(api.send('GET', `${KEYS}/x`)).toMatchObject({ status: 404 })
    expect(api.send('GET', `${KEYS}/x`).body).toMatchObject({ reason: 'NotFound' })
  })

  test('answers service accounts, and nobody else without a right', () => {
    for (const path of [CONFIGURATION, KEYS]) {
      const asking = (user: string, groups: readonly string[]) =>
        api.send('GET', path, '', { impersonate: { user, groups } }).status
      expect(asking('system:serviceaccount:default:default', ['system:serviceaccounts'])).toBe(200)
      expect(asking('somebody', ['system:authenticated'])).toBe(403)
      expect(asking('system:anonymous', ['system:unauthenticated'])).toBe(403)
    }
  })
})
