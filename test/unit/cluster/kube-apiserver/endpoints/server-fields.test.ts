import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const MERGE = { contentType: 'application/merge-patch+json' }
const APPLY = { contentType: 'application/apply-patch+yaml' }

const created = api.send('POST', CONFIG_MAPS, { metadata: { name: 'a' } }).body['metadata'] as {
  readonly uid: string
  readonly creationTimestamp: string
}

const patched = (metadata: object) =>
  api.send('PATCH', `${CONFIG_MAPS}/a`, { metadata }, MERGE).body['message']

describe('what the server writes into metadata', () => {
  test.each([
    [
      { uid: 'other' },
      'ConfigMap "a" is invalid: metadata.uid: Invalid value: "other": field is immutable',
    ],
    [
      { deletionTimestamp: '2020-01-01T00:00:00Z' },
      'ConfigMap "a" is invalid: metadata.deletionTimestamp: Invalid value: "2020-01-01T00:00:00Z": field is immutable',
    ],
    [
      { deletionGracePeriodSeconds: 3 },
      'ConfigMap "a" is invalid: metadata.deletionGracePeriodSeconds: Invalid value: 3: field is immutable',
    ],
    [{ creationTimestamp: '2020-01-01T00:00:00Z' }, undefined],
    [{ creationTimestamp: null }, undefined],
    [{ generation: 9 }, undefined],
  ])('is not patched: %j', (metadata, message) => {
    expect(patched(metadata)).toBe(message)
    expect(api.send('GET', `${CONFIG_MAPS}/a`).body['metadata']).toMatchObject(created)
  })

  test('is asked for by a PUT before anything else', () => {
    const put = (name: string) =>
      api.send('PUT', `/api/v1/namespaces/default/services/${name}`, {
        metadata: { name, uid: 'other' },
        spec: { ports: [{ port: 80 }] },
      }).body['message']
    expect(put('new')).toBe(
      'Operation cannot be fulfilled on services "new": StorageError: invalid object, Code: 4, Key: /registry/services/specs/default/new, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: ',
    )
  })

  test('may not be brought along by what is applied and new', () => {
    const apply = (metadata: object) =>
      api.send(
        'PATCH',
        `${CONFIG_MAPS}/new?fieldManager=me`,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new', ...metadata } },
        APPLY,
      )
    expect(apply({ uid: 'abc' }).body).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on configmaps "new": uid mismatch: the provided object specified uid abc, and no existing object was found',
    })
    expect(apply({ resourceVersion: '1' }).status).toBe(201)
    expect(apply({ uid: 'abc' }).body['message']).toBe(
      'ConfigMap "new" is invalid: metadata.uid: Invalid value: "abc": field is immutable',
    )
  })
})

test('finalizers are checked whole when they change', () => {
  expect(patched({ finalizers: ['a b/c'] })).toMatch(
    /^ConfigMap "a" is invalid: metadata.finalizers: Invalid value: "a b\/c": prefix part a lowercase RFC 1123 subdomain/,
  )
})

describe('an owner that is named twice counts once', () => {
  api.send('POST', CONFIG_MAPS, { metadata: { name: 'b' } })
  const uidOf = (name: string): string =>
    (api.send('GET', `${CONFIG_MAPS}/${name}`).body['metadata'] as { readonly uid: string }).uid
  const owner = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: uidOf(name) })
  const twice = [
    owner('a'),
    owner('b'),
    owner('a'),
    { ...owner('b'), controller: true },
    owner('b'),
  ]
  const once = [owner('a'), owner('b'), { ...owner('b'), controller: true }]
  const rest = `; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: [${uidOf('a')} ${uidOf('b')}]`
  const ALREADY = `.metadata.ownerReferences contains duplicate entries${rest}`
  const AFTER = `.metadata.ownerReferences contains duplicate entries after mutating admission happens${rest}`
  const owned = { metadata: { name: 'owned', ownerReferences: twice } }

  test.each([
    ['POST', CONFIG_MAPS, owned, {}, ALREADY],
    ['PUT', `${CONFIG_MAPS}/owned`, owned, {}, ALREADY],
    ['PATCH', `${CONFIG_MAPS}/owned`, owned, MERGE, AFTER],
  ])('by %s', (method, path, body, headers, warning) => {
    const answer = api.send(method, path, body, headers)
    expect(answer.warnings).toEqual([warning])
    expect(answer.body['metadata']).toMatchObject({ ownerReferences: once })
  })
})
