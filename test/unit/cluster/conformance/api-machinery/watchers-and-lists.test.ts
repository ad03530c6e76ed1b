import { beforeEach, describe, expect, it } from 'vitest'
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import { Framework, Refused, type Watching } from '../../../../support/conformance.ts'

const f = new Framework()

const nothingMore = (watching: Watching<ConfigMap>): void => {
  expect(watching.rest(10)).toEqual([])
}

const LABEL = 'watch-this-configmap'
const watchOf = (value: string, more = ''): Watching<ConfigMap> =>
  f.watch('configmaps', `labelSelector=${LABEL}%3D${value}${more}`)

const newMap = (name: string, value: string): ConfigMap =>
  f.create('configmaps', { metadata: { name, labels: { [LABEL]: value } } })

const mutate = (name: string, count: number): ConfigMap =>
  f.change('configmaps', name, ({ data }) => ({ data: { ...data, mutation: `${count}` } }))

const relabel = (name: string, value: string): ConfigMap =>
  f.change('configmaps', name, ({ metadata }) => ({
    metadata: { ...metadata, labels: { [LABEL]: value } },
  }))

const expectEvent = (
  watching: Watching<ConfigMap>,
  type: string,
  name: string,
  mutation?: number,
): ConfigMap => {
  const event = watching.next(type)
  expect([event.type, event.object.metadata.name]).toEqual([type, name])
  if (mutation !== undefined) expect(event.object.data).toEqual({ mutation: `${mutation}` })
  return event.object
}

describe('[sig-api-machinery] Watchers', () => {
  beforeEach(() => f.begin('watch'))

  it('should observe add, update, and delete watch notifications on configmaps [Conformance]', () => {
    const [a, b] = ['multiple-watchers-A', 'multiple-watchers-B']
    const [watchA, watchB] = [watchOf(a), watchOf(b)]
    const both = f.watch('configmaps', `labelSelector=${LABEL}%20in%20(${a},${b})`)
    const everyone = (
      watchings: readonly Watching<ConfigMap>[],
      type: string,
      name: string,
      mutation?: number,
    ) => {
      for (const watching of watchings) expectEvent(watching, type, name, mutation)
    }
    const [nameA, nameB] = ['e2e-watch-test-configmap-a', 'e2e-watch-test-configmap-b']
    newMap(nameA, a)
    everyone([watchA, both], 'ADDED', nameA)
    nothingMore(watchB)
    mutate(nameA, 1)
    everyone([watchA, both], 'MODIFIED', nameA, 1)
    nothingMore(watchB)
    mutate(nameA, 2)
    everyone([watchA, both], 'MODIFIED', nameA, 2)
    f.delete('configmaps', nameA)
    everyone([watchA, both], 'DELETED', nameA, 2)
    nothingMore(watchB)
    newMap(nameB, b)
    everyone([watchB, both], 'ADDED', nameB)
    nothingMore(watchA)
    f.delete('configmaps', nameB)
    everyone([watchB, both], 'DELETED', nameB)
    nothingMore(watchA)
    for (const watching of [watchA, watchB, both]) watching.close()
  })

  it('should be able to start watching from a specific resource version [Conformance]', () => {
    const [name, value] = ['e2e-watch-test-resource-version', 'from-resource-version']
    newMap(name, value)
    const first = mutate(name, 1)
    mutate(name, 2)
    f.delete('configmaps', name)
    const watching = watchOf(value, `&resourceVersion=${first.metadata.resourceVersion}`)
    expectEvent(watching, 'MODIFIED', name, 2)
    expectEvent(watching, 'DELETED', name, 2)
    nothingMore(watching)
    watching.close()
  })

  it('should be able to restart watching from the last resource version observed by the previous watch [Conformance]', () => {
    const [name, value] = ['e2e-watch-test-watch-closed', 'watch-closed-and-restarted']
    const broken = watchOf(value)
    newMap(name, value)
    mutate(name, 1)
    expectEvent(broken, 'ADDED', name)
    const last = expectEvent(broken, 'MODIFIED', name, 1)
    broken.close()
    mutate(name, 2)
    const again = watchOf(value, `&resourceVersion=${last.metadata.resourceVersion}`)
    f.delete('configmaps', name)
    expectEvent(again, 'MODIFIED', name, 2)
    expectEvent(again, 'DELETED', name)
    again.close()
  })

  it('should observe an object deletion if it stops meeting the requirements of the selector [Conformance]', () => {
    const [name, value] = ['e2e-watch-test-label-changed', 'label-changed-and-restored']
    const watching = watchOf(value)
    newMap(name, value)
    mutate(name, 1)
    const changed = relabel(name, 'wrong-value')
    expectEvent(watching, 'ADDED', name)
    expectEvent(watching, 'MODIFIED', name, 1)
    const gone = expectEvent(watching, 'DELETED', name, 1)
    expect(gone.metadata.resourceVersion).toBe(changed.metadata.resourceVersion)
    mutate(name, 2)
    nothingMore(watching)
    relabel(name, value)
    mutate(name, 3)
    f.delete('configmaps', name)
    expectEvent(watching, 'ADDED', name, 2)
    expectEvent(watching, 'MODIFIED', name, 3)
    expectEvent(watching, 'DELETED', name, 3)
    watching.close()
  })

  it('should receive events on concurrent watches in same order [Conformance]', () => {
    const { resourceVersion } = f.list('configmaps').metadata
    const versions: string[] = [resourceVersion]
    const reference = f.watch('configmaps', `resourceVersion=${resourceVersion}`)
    // chosen by the index, so that creations, updates and deletions mix
    const existing: string[] = []
    for (let index = 0; index < 100; index += 1) {
      const name = `cm-${index}`
      if (index % 3 === 0 || existing.length === 0) {
        f.create('configmaps', { metadata: { name } })
        existing.push(name)
      } else if (index % 3 === 1) mutate(existing.at(-1)!, index)
      else f.delete('configmaps', existing.shift())
      versions.push(f.list('configmaps').metadata.resourceVersion)
    }
    const order = (watching: Watching<ConfigMap>) =>
      watching.events.map(({ type, object }) => [type, object.metadata.resourceVersion])
    const wanted = order(reference)
    expect(wanted).toHaveLength(100)
    for (const [index, version] of versions.entries()) {
      const watching = f.watch('configmaps', `resourceVersion=${version}`)
      expect(order(watching)).toEqual(wanted.slice(index))
      watching.close()
    }
    reference.close()
  })
})

describe('[sig-api-machinery] Servers with support for API chunking', () => {
  const TOTAL = 400
  beforeEach(() => {
    f.begin('chunking')
    for (let index = 0; index < TOTAL; index += 1)
      f.create('podtemplates', {
        metadata: { name: nameOf(index) },
        template: { spec: { containers: [{ name: 'test', image: 'test2' }] } },
      })
  })
  const nameOf = (index: number) => `template-${String(index).padStart(4, '0')}`
  const page = (limit: number, token = '') =>
    f.list('podtemplates', { query: `limit=${limit}${token === '' ? '' : `&continue=${token}`}` })

  /** Lists page by page to the end, and checks each. */
  const pages = (token: string | undefined, begin: number, limits: readonly number[]): void => {
    let [found, turn, next] = [begin, 0, token]
    let version: string | undefined
    do {
      const limit = limits[turn % limits.length]!
      const { items, metadata } = page(limit, next)
      expect(items.length).toBeLessThanOrEqual(limit)
      expect(metadata.resourceVersion).toBe((version ??= metadata.resourceVersion))
      if (metadata.continue === undefined) expect(metadata.remainingItemCount).toBeUndefined()
      else expect(metadata.remainingItemCount! + items.length + found).toBe(TOTAL)
      for (const item of items) {
        expect(item.metadata.name).toBe(nameOf(found))
        found += 1
      }
      next = metadata.continue
      turn += 1
    } while (next !== undefined)
    expect(found).toBe(TOTAL)
  }

  it('should return chunks of results for list calls [Conformance]', () => {
    for (const limits of [[40], [7, 31, 1], [13, 2, 39]]) pages(undefined, 0, limits)
    expect(page(TOTAL + 1).items).toHaveLength(TOTAL)
  })

  it('should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent [Slow] [Conformance]', () => {
    const first = page(40)
    const token = first.metadata.continue
    expect(first.metadata.remainingItemCount).toBe(360)
    // the store is compacted every five minutes
    const inconsistent = f.until(
      'the token to expire',
      () => {
        try {
          page(40, token)
          return undefined
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          expect(error.status).toMatchObject({ code: 410, reason: 'Expired' })
          return (error.status.metadata as { readonly continue?: string }).continue
        }
      },
      600,
    )
    const second = page(40, inconsistent)
    expect(second.items.map(({ metadata }) => metadata.name)).toEqual(
      Array.from({ length: 40 }, (_, index) => nameOf(40 + index)),
    )
    expect(second.metadata.remainingItemCount).toBe(320)
    pages(second.metadata.continue, 80, [40])
  })
})

describe('[sig-api-machinery] Servers with support for Table transformation', () => {
  beforeEach(() => f.begin('tables'))
  const table = (url: string) => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const answer = f.api.send('GET', url, '', { accept })
    return answer.body as unknown as {
      readonly kind: string
      readonly columnDefinitions: readonly { readonly name: string }[]
      readonly metadata: { readonly continue?: string }
      readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: object }[]
    }
  }

  it('should return pod details', () => {
    f.create('pods', {
      metadata: { name: 'pod-1' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    })
    const found = table(f.path('pods', 'pod-1'))
    expect(found.columnDefinitions.length).toBeGreaterThan(2)
    expect(found.rows).toHaveLength(1)
    expect(found.rows[0]?.cells[0]).toBe('pod-1')
    expect(found.rows[0]?.cells).toHaveLength(found.columnDefinitions.length)
    expect(found.rows[0]?.object).toMatchObject({
      apiVersion: 'meta.k8s.io/v1',
      kind: 'PartialObjectMetadata',
      metadata: { name: 'pod-1' },
    })
  })

  it('should return chunks of table results for list calls', () => {
    for (let index = 0; index < 20; index += 1)
      f.create('podtemplates', {
        metadata: { name: `template-${String(index).padStart(4, '0')}` },
        template: { spec: { containers: [{ name: 'test', image: 'test2' }] } },
      })
    const first = table(`${f.path('podtemplates')}?limit=2`)
    expect(first.rows.map(({ cells }) => cells[0])).toEqual(['template-0000', 'template-0001'])
    const rest = table(`${f.path('podtemplates')}?continue=${first.metadata.continue}`)
    expect(rest.rows).toHaveLength(18)
    expect(rest.rows[0]?.cells[0]).toBe('template-0002')
  })

  it('should return generic metadata details across all namespaces for nodes', () => {
    const found = table('/api/v1/nodes')
    expect(found.columnDefinitions.length).toBeGreaterThan(2)
    expect(found.rows).toHaveLength(f.items('nodes').length)
    expect(found.rows[0]?.cells).toHaveLength(found.columnDefinitions.length)
    expect(found.rows[0]?.object).toMatchObject({ kind: 'PartialObjectMetadata' })
  })

  it('should return a 406 for a backend which does not implement metadata [Conformance]', () => {
    const answer = f.api.send(
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: { namespace: f.namespace, verb: 'get', resource: 'pods' },
        },
      },
      { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    )
    expect(answer.status).toBe(406)
    expect(answer.body).toMatchObject({ kind: 'Status', code: 406, reason: 'NotAcceptable' })
  })
})
