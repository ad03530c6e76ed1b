import { beforeEach, describe, expect, it } from 'vitest'
import type { Secret } from '#api/core/v1/secret/types.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { RawApi } from '../../../support/raw-api.ts'

const SECRETS = '/api/v1/namespaces/default/secrets'
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts'
const ACCOUNT_NAME = 'kubernetes.io/service-account.name'
const ACCOUNT_UID = 'kubernetes.io/service-account.uid'

let api: RawApi

beforeEach(() => {
  api = new RawApi()
  api.send('POST', ACCOUNTS, account('robot'))
})

const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })

const create = (annotations: object, more: object = {}) =>
  api.send('POST', SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'robot-token', annotations },
    type: 'kubernetes.io/service-account-token',
    ...more,
  })

const read = (): Secret => api.send('GET', `${SECRETS}/robot-token`).body as unknown as Secret
const isThere = (): boolean => api.send('GET', `${SECRETS}/robot-token`).status === 200
const uidOf = (name: string): string =>
  (api.send('GET', `${ACCOUNTS}/${name}`).body as { metadata: { uid: string } }).metadata.uid

const decoded = (key: string): string => Buffer.from(read().data![key]!, 'base64').toString()

const claimsOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())

const review = (token: string, audiences?: readonly string[]): JsonObject =>
  api.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, ...(audiences === undefined ? {} : { audiences }) },
  }).body['status'] as JsonObject

describe('a Secret for the token of a ServiceAccount', () => {
  it('is filled in', () => {
    create({ [ACCOUNT_NAME]: 'robot' })
    const uid = uidOf('robot')
    expect(read().metadata.annotations).toEqual({ [ACCOUNT_NAME]: 'robot', [ACCOUNT_UID]: uid })
    expect(Object.keys(read().data!).sort()).toEqual(['ca.crt', 'namespace', 'token'])
    expect(decoded('ca.crt')).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
    expect(decoded('namespace')).toBe('default')
    expect(claimsOf(decoded('token'))).toEqual({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'default',
      'kubernetes.io/serviceaccount/secret.name': 'robot-token',
      'kubernetes.io/serviceaccount/service-account.name': 'robot',
      'kubernetes.io/serviceaccount/service-account.uid': uid,
      sub: 'system:serviceaccount:default:robot',
    })
  })

  it('keeps what somebody put into it', () => {
    create({ [ACCOUNT_NAME]: 'robot' }, { data: { namespace: 'eA==', more: 'eQ==' } })
    expect(read().data).toMatchObject({ namespace: 'eA==', more: 'eQ==' })
  })

  const patchToken = (token: string | null): void => {
    const contentType = 'application/merge-patch+json'
    api.send('PATCH', `${SECRETS}/robot-token`, { data: { token } }, { contentType })
  }

  it('is filled in again: the same claims get the same signature', () => {
    create({ [ACCOUNT_NAME]: 'robot' })
    const { token } = read().data!
    patchToken(null)
    expect(read().data!['token']).toBe(token)
  })

  it('is what a token must stand in', () => {
    create({ [ACCOUNT_NAME]: 'robot' })
    const { token } = read().data!
    patchToken('eA==')
    expect(review(Buffer.from(token!, 'base64').toString())).toEqual({
      user: {},
      error: "[invalid bearer token, Token does not match server's copy]",
    })
  })

  it.each([
    ['nobody has that name', { [ACCOUNT_NAME]: 'nobody' }],
    ['another account had it', { [ACCOUNT_NAME]: 'robot', [ACCOUNT_UID]: 'another' }],
  ])('is deleted if %s', (_why, annotations) => {
    expect(create(annotations).status).toBe(201)
    expect(isThere()).toBe(false)
  })

  it('goes with its account', () => {
    create({ [ACCOUNT_NAME]: 'robot' })
    api.send('DELETE', `${ACCOUNTS}/robot`)
    expect(isThere()).toBe(false)
  })

  it('needs the name of an account', () => {
    expect(create({}).body).toMatchObject({
      code: 422,
      message:
        'Secret "robot-token" is invalid: metadata.annotations[kubernetes.io/service-account.name]: Required value',
    })
  })

  it.each(['null', '1', '"x"', '{}', '{"iss":"kubernetes/serviceaccount"}'])(
    'is nothing that anybody can make up: %s',
    (claims) => {
      const token = `e30.${Buffer.from(claims).toString('base64url')}.x`
      expect(review(token)['error']).toMatch(/invalid bearer token/)
    },
  )

  it('authenticates', () => {
    create({ [ACCOUNT_NAME]: 'robot' })
    const token = decoded('token')
    expect(review(token)).toEqual({
      authenticated: true,
      user: {
        username: 'system:serviceaccount:default:robot',
        uid: uidOf('robot'),
        groups: [
          'system:serviceaccounts',
          'system:serviceaccounts:default',
          'system:authenticated',
        ],
      },
      audiences: ['https://kubernetes.default.svc.cluster.local'],
    })
    expect(review(token, ['vault'])).toEqual({
      user: {},
      error:
        '[invalid bearer token, token audiences ["https://kubernetes.default.svc.cluster.local"] is invalid for the target audiences ["vault"]]',
    })
    api.send('DELETE', `${SECRETS}/robot-token`)
    expect(review(token)).toEqual({
      user: {},
      error: '[invalid bearer token, Token has been invalidated]',
    })
  })
})
