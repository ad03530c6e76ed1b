import type { JsonObject } from '#apimachinery/object.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const PODS = '/api/v1/namespaces/default/pods'

let api: RawApi
let uid = ''

const metadataOf = (body: JsonObject) => body['metadata'] as Readonly<Record<string, unknown>>

beforeEach(() => {
  api = new RawApi()
  const created = api.send('POST', CONFIG_MAPS, { metadata: { name: 'a', labels: { app: 'x' } } })
  uid = String(metadataOf(created.body)['uid'])
})

const remove = (query = '', body: object | string = '') =>
  api.send('DELETE', `${CONFIG_MAPS}/a${query}`, body).body

describe('DELETE', () => {
  test('answers with what is gone', () => {
    expect(remove()).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid },
    })
    expect(remove()).toMatchObject({ code: 404, message: 'configmaps "a" not found' })
  })

  test('of a Service answers with the Service', () => {
    const services = '/api/v1/namespaces/default/services'
    const made = { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } }
    const { clusterIP } = api.send('POST', services, made).body['spec'] as {
      readonly clusterIP: string
    }
    expect(api.send('DELETE', `${services}/s`).body).toMatchObject({
      kind: 'Service',
      metadata: { name: 's' },
      spec: { clusterIP },
    })
  })

  test.each([
    ['in the query', '?uid=other', ''],
    ['in the body', '', { preconditions: { uid: 'other' } }],
  ])('of another object of that name is refused: %s', (_name, query, body) => {
    expect(remove(query, body)).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
      details: { name: 'a', kind: 'ConfigMap' },
    })
    expect(api.send('GET', `${CONFIG_MAPS}/a`).status).toBe(200)
  })

  test('of another revision is refused', () => {
    const { resourceVersion } = metadataOf(api.send('GET', `${CONFIG_MAPS}/a`).body)
    expect(remove('?resourceVersion=1')['message']).toBe(
      `Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${String(resourceVersion)}). The object might have been modified`,
    )
    expect(remove(`?resourceVersion=${String(resourceVersion)}&uid=${uid}`)['status']).toBe(
      'Success',
    )
  })

  test('of another Namespace of that name is refused in its own words', () => {
    const { body } = api.send('POST', '/api/v1/namespaces', { metadata: { name: 'n' } })
    expect(api.send('DELETE', '/api/v1/namespaces/n?uid=other').body['message']).toBe(
      `Operation cannot be fulfilled on namespaces "n": Precondition failed: UID in precondition: other, UID in object meta: ${String(metadataOf(body)['uid'])}`,
    )
  })

  test.each([
    ['?gracePeriodSeconds=x', '', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      '?propagationPolicy=Odd',
      '',
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Odd": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    [
      '?propagationPolicy=Orphan&orphanDependents=true',
      '',
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    ],
    ['', '{', 400, "couldn't get version/kind; json parse error: unexpected end of JSON input"],
  ])('%s %s', (query, body, code, message) => {
    const headers = { contentType: 'application/json' }
    expect(api.send('DELETE', `${CONFIG_MAPS}/a${query}`, body, headers).body).toMatchObject({
      code,
      message,
    })
  })

  test.each(['v1', 'meta.k8s.io/v1', 'apps/v1', 'policy/v1'])(
    'takes options of every group: %s',
    (apiVersion) => {
      const options = { apiVersion, kind: 'DeleteOptions', dryRun: ['All'] }
      expect(remove('', options)['status']).toBe('Success')
      expect(api.send('GET', `${CONFIG_MAPS}/a`).status).toBe(200)
    },
  )

  test('waits for those that depend on it if it is to', () => {
    expect(metadataOf(remove('?propagationPolicy=Orphan'))['finalizers']).toEqual(['orphan'])
    expect(api.send('GET', `${CONFIG_MAPS}/a`).status).toBe(404)
    const held = { metadata: { name: 'held', finalizers: ['example.com/hold'] } }
    api.send('POST', CONFIG_MAPS, held)
    const { body } = api.send('DELETE', `${CONFIG_MAPS}/held?propagationPolicy=Foreground`)
    expect(metadataOf(body)).toMatchObject({
      deletionGracePeriodSeconds: 0,
      finalizers: ['example.com/hold', 'foregroundDeletion'],
    })
    expect(api.send('DELETE', `${CONFIG_MAPS}/held`, { orphanDependents: false }).status).toBe(202)
  })

  test.each([
    [0, 'Status'],
    [5, 5],
    [-3, 1],
  ])('of a running Pod takes %d seconds as %s', (gracePeriodSeconds, expected) => {
    api.send('POST', PODS, {
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    const { body } = api.send('DELETE', `${PODS}/p`, { gracePeriodSeconds })
    // Pods are answered with even when they are gone
    const seconds = metadataOf(body)['deletionGracePeriodSeconds']
    expect(seconds ?? 'Status').toBe(expected)
  })
})

describe('DELETE of a collection', () => {
  const names = (body: JsonObject) =>
    (body['items'] as readonly JsonObject[]).map((item) => metadataOf(item)['name'])

  test('takes what is selected and shows it as it was', () => {
    const before = api.send('GET', `${CONFIG_MAPS}/a`).body
    const { body } = api.send('DELETE', `${CONFIG_MAPS}?labelSelector=app=x`)
    expect(names(body)).toEqual(['a'])
    expect(metadataOf((body['items'] as readonly JsonObject[])[0]!)).toEqual(metadataOf(before))
    expect(names(api.send('GET', CONFIG_MAPS).body)).toEqual(['kube-root-ca.crt'])
  })

  test('reads the options of lists and of deletions', () => {
    const refused = (query: string) => api.send('DELETE', `${CONFIG_MAPS}?${query}`).body['code']
    expect(refused('limit=x')).toBe(400)
    expect(refused('fieldSelector=odd=1')).toBe(400)
    expect(refused('dryRun=x')).toBe(422)
    expect(names(api.send('GET', CONFIG_MAPS).body)).toEqual(['a', 'kube-root-ca.crt'])
  })

  test('takes nothing where nothing is selected', () => {
    expect(names(api.send('DELETE', `${CONFIG_MAPS}?fieldSelector=metadata.name=b`).body)).toEqual(
      [],
    )
  })
})
