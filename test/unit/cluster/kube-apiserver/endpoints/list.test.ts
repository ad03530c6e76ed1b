import type { KubeObject } from '#apimachinery/object.ts'
import { StatusError, type Status } from '#apimachinery/status-error.ts'
import { Random } from '#environment.ts'
import { Etcd } from '#etcd/etcd.ts'
import type { Answer } from '#kube-apiserver/endpoints/http.ts'
import { list } from '#kube-apiserver/endpoints/list.ts'
import { sharedResources } from '#kube-apiserver/resources.ts'
import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

interface ListBody {
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly KubeObject[]
}

const storeOf = (names: readonly string[], namespace = 'shop'): Etcd => {
  const etcd = new Etcd()
  for (const name of names) put(etcd, namespace, name)
  return etcd
}

const put = (etcd: Etcd, namespace: string, name: string): void => {
  const metadata = { namespace, name, labels: { name } }
  etcd.put('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata })
}

/** GET /api/v1/namespaces/NAMESPACE/configmaps with this query. */
const get = (etcd: Etcd, query: Readonly<Record<string, string>>, namespace = 'shop'): Answer => {
  const resources = sharedResources()
  const pass = { admit: () => undefined, validate: () => undefined }
  const user = { username: 'admin', groups: [] }
  return list({
    context: { etcd, resources, admission: pass, hooks: {}, random: new Random(1), now: () => 0 },
    request: {
      method: 'GET',
      path: '/',
      query: Object.entries(query),
      accept: '',
      contentType: '',
      userAgent: '',
      body: '',
      user,
    },
    path: {
      group: '',
      version: 'v1',
      namespace,
      plural: 'configmaps',
      name: '',
      subresource: '',
      rest: '',
    },
    resource: resources.named('configmaps')!,
    user,
    warnings: [],
  })
}

const read = (...parameters: Parameters<typeof get>): ListBody =>
  JSON.parse(get(...parameters).body.join('')) as ListBody

const refusal = (...parameters: Parameters<typeof get>): Status => {
  try {
    get(...parameters)
  } catch (error) {
    if (error instanceof StatusError) return error.status
    throw error
  }
  throw new Error('was not refused')
}

const namesOf = ({ items }: ListBody): string[] => items.map(({ metadata }) => metadata.name!)

const token = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('list() in parts', () => {
  test('gives every object once, as of the first part', () => {
    const etcd = storeOf(['a', 'b', 'c', 'd', 'e'])
    const first = read(etcd, { limit: '2' })
    expect(namesOf(first)).toEqual(['a', 'b'])
    expect(first.metadata.remainingItemCount).toBe(3)
    put(etcd, 'shop', 'bb')
    etcd.delete('configmaps', 'shop', 'd')
    const second = read(etcd, { limit: '2', continue: first.metadata.continue! })
    expect(namesOf(second)).toEqual(['c', 'd'])
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    const third = read(etcd, { limit: '2', continue: second.metadata.continue! })
    expect(namesOf(third)).toEqual(['e'])
    expect(third.metadata.continue).toBeUndefined()
    expect(third.metadata.remainingItemCount).toBeUndefined()
  })

  test('says nothing of what remains when a selector is at work', () => {
    const etcd = storeOf(['a', 'b', 'c'])
    const part = read(etcd, { limit: '1', labelSelector: 'name in (a,c)' })
    expect(namesOf(part)).toEqual(['a'])
    expect(part.metadata.remainingItemCount).toBeUndefined()
    const next = { limit: '1', labelSelector: 'name in (a,c)', continue: part.metadata.continue! }
    expect(namesOf(read(etcd, next))).toEqual(['c'])
  })

  test('ends after the last object even if the limit is met exactly', () => {
    expect(read(storeOf(['a', 'b']), { limit: '2' }).metadata.continue).toBeUndefined()
  })

  test('goes on behind names that are not ASCII', () => {
    const etcd = storeOf(['a', 'é', '€', '😀'])
    const seen: string[] = []
    for (let query: Record<string, string> = { limit: '1' }; ;) {
      const part = read(etcd, query)
      seen.push(...namesOf(part))
      if (part.metadata.continue === undefined) break
      query = { limit: '1', continue: part.metadata.continue }
    }
    expect(seen).toEqual(namesOf(read(etcd, {})))
  })

  test('answers 410 for a compacted token, with one that goes on inconsistently', () => {
    const etcd = storeOf(['a', 'b', 'c'])
    const first = read(etcd, { limit: '1' })
    put(etcd, 'shop', 'aa')
    etcd.compact(etcd.revision)
    const status = refusal(etcd, { limit: '1', continue: first.metadata.continue! })
    expect(status).toMatchObject({ code: 410, reason: 'Expired' })
    expect(status.message).toContain('The provided continue parameter is too old')
    expect(namesOf(read(etcd, { continue: status.metadata.continue! }))).toEqual(['aa', 'b', 'c'])
  })

  test.each([
    [
      'garbage',
      "invalid continue token: continue key is not valid: invalid character '\\u0081' looking for beginning of value",
    ],
    [
      token({ v: 'meta.k8s.io/v0', rv: 1, start: 'x' }),
      'invalid continue token: continue key is not valid: server does not recognize this encoded version "meta.k8s.io/v0"',
    ],
    [
      token({ v: 'meta.k8s.io/v1', rv: 0, start: 'x' }),
      'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    ],
    [
      token({ v: 'meta.k8s.io/v1', rv: 1 }),
      'invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
    ],
  ])('refuses the token %s', (text, message) => {
    expect(refusal(storeOf(['a']), { continue: text })).toMatchObject({ code: 400, message })
  })

  test.each([
    ['null', 'a value'],
    ['"x"', 'a string'],
    ['[]', 'a list'],
    ['{"v":"meta.k8s.io/v1","rv":1e99,"start":"x"}', 'a huge revision'],
    ['{"v":"meta.k8s.io/v1","rv":"1","start":"x"}', 'a revision as text'],
  ])('refuses a token of %s: %s', (text) => {
    const status = refusal(storeOf(['a']), { continue: Buffer.from(text).toString('base64url') })
    expect(status.code).toBe(400)
  })
})

describe('list() at a revision', () => {
  test('Exact gives the list as it was', () => {
    const etcd = storeOf(['a', 'b'])
    etcd.delete('configmaps', 'shop', 'a')
    const then = read(etcd, { resourceVersion: '2', resourceVersionMatch: 'Exact' })
    expect([namesOf(then), then.metadata.resourceVersion]).toEqual([['a', 'b'], '2'])
    expect(namesOf(read(etcd, { resourceVersion: '2' }))).toEqual(['b'])
  })

  test('has no list of the future', () => {
    const etcd = storeOf(['a'])
    const future = [
      { resourceVersion: '2' },
      { resourceVersion: '2', resourceVersionMatch: 'Exact' },
      { continue: token({ v: 'meta.k8s.io/v1', rv: 2, start: 'shop/a\0' }) },
    ]
    for (const query of future)
      expect(refusal(etcd, query)).toMatchObject({
        code: 504,
        reason: 'Timeout',
        message: 'Too large resource version: 2, current: 1',
      })
  })

  test.each([
    [{ resourceVersion: 'abc' }, 400],
    [{ resourceVersion: '-1' }, 400],
    [{ resourceVersion: '18446744073709551616' }, 400],
    [{ limit: 'many' }, 400],
    [{ resourceVersionMatch: 'Exact' }, 422],
    [{ resourceVersionMatch: 'Exact', resourceVersion: '0' }, 422],
    [{ resourceVersionMatch: 'Newer', resourceVersion: '1' }, 422],
    [{ sendInitialEvents: 'true' }, 422],
    [{ labelSelector: '=' }, 400],
    [{ fieldSelector: 'data.a=b' }, 400],
  ])('refuses %j with %i', (query, code) => {
    expect(refusal(storeOf(['a']), query as Record<string, string>).code).toBe(code)
  })

  test('a negative limit is none', () => {
    expect(namesOf(read(storeOf(['a', 'b']), { limit: '-1' }))).toEqual(['a', 'b'])
  })
})

describe('the bookmark behind the first events', () => {
  const api = new RawApi()
  const events = (path: string, more = '') =>
    api.watch(
      `${path}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&labelSelector=none${more}`,
    )

  test.each([
    ['/api/v1/configmaps', { kind: 'ConfigMap', apiVersion: 'v1' }],
    ['/api/v1/pods', { kind: 'Pod', apiVersion: 'v1', spec: { containers: null }, status: {} }],
    [
      '/apis/autoscaling/v1/horizontalpodautoscalers',
      {
        kind: 'HorizontalPodAutoscaler',
        apiVersion: 'autoscaling/v1',
        spec: { scaleTargetRef: { kind: '', name: '' }, maxReplicas: 0 },
        status: { currentReplicas: 0, desiredReplicas: 0 },
      },
    ],
  ])('is an empty object: %s', (path, object) => {
    const { resourceVersion } = api.send('GET', path).body['metadata'] as {
      readonly resourceVersion: string
    }
    expect(events(path, '&allowWatchBookmarks=true')).toEqual([
      {
        type: 'BOOKMARK',
        object: {
          ...object,
          metadata: { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } },
        },
      },
    ])
  })

  test('comes to whoever takes bookmarks', () => {
    expect(events('/api/v1/pods')).toEqual([])
  })
})
