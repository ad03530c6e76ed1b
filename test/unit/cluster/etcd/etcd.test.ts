import type { KubeObject } from '#apimachinery/object.ts'
import { COMPACTED, Etcd, storageKey, type Revision } from '#etcd/etcd.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const object = (
  namespace: string,
  name: string,
  more: Readonly<Record<string, unknown>> = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...(namespace === '' ? {} : { namespace }), name },
  ...more,
})

const keysOf = (objects: readonly KubeObject[]): string[] => objects.map(storageKey)

const RESOURCE = 'configmaps'

/** The list that the writes lead to, beginning with `start`: what a watcher holds. */
const replay = (
  start: readonly KubeObject[],
  writes: readonly Revision[],
  namespace?: string,
): KubeObject[] => {
  const state = new Map(start.map((item) => [storageKey(item), item]))
  for (const write of writes) {
    if (write.resource !== RESOURCE) continue
    if (namespace !== undefined && write.namespace !== namespace) continue
    const key = `${write.namespace}/${write.name}`
    if (write.object === undefined) state.delete(key)
    else state.set(key, write.object)
  }
  return [...state.values()].sort((a, b) => (storageKey(a) < storageKey(b) ? -1 : 1))
}

describe('Etcd', () => {
  test('counts every write as the next revision', () => {
    const etcd = new Etcd()
    const seen: number[] = []
    etcd.onRevision(({ revision }) => seen.push(revision))
    etcd.put(RESOURCE, object('a', 'x'))
    etcd.put('secrets', object('a', 'x'))
    etcd.put(RESOURCE, object('a', 'x', { data: { k: 'v' } }))
    etcd.delete(RESOURCE, 'a', 'x')
    expect(seen).toEqual([1, 2, 3, 4])
    expect(etcd.revision).toBe(4)
  })

  test('writes nothing when it deletes what is not there', () => {
    const etcd = new Etcd()
    expect(etcd.delete(RESOURCE, 'a', 'x')).toBeUndefined()
    expect(etcd.revision).toBe(0)
  })

  test('stores objects frozen and stamped with their revision', () => {
    const etcd = new Etcd()
    const given = object('a', 'x', { data: { k: 'v' } })
    const stored = etcd.put(RESOURCE, given)
    expect(stored.metadata.resourceVersion).toBe('1')
    expect(given.metadata.resourceVersion).toBeUndefined()
    expect(Object.isFrozen(stored)).toBe(true)
    expect(Object.isFrozen((stored as unknown as { data: object }).data)).toBe(true)
    expect(etcd.get(RESOURCE, 'a', 'x')).toBe(stored)
  })

  test("returns the last object with the deletion's revision", () => {
    const etcd = new Etcd()
    etcd.put(RESOURCE, object('a', 'x', { data: { k: 'v' } }))
    expect(etcd.delete(RESOURCE, 'a', 'x')).toMatchObject({
      metadata: { name: 'x', resourceVersion: '2' },
      data: { k: 'v' },
    })
    expect(etcd.get(RESOURCE, 'a', 'x')).toBeUndefined()
  })

  test('lists by namespace and name as etcd orders keys', () => {
    const etcd = new Etcd()
    for (const [namespace, name] of [
      ['b', 'x'],
      ['a', 'y'],
      ['a-1', 'z'],
      ['a', 'x-1'],
      ['a', 'x'],
    ] as const)
      etcd.put(RESOURCE, object(namespace, name))
    // '-' comes before '/'
    expect(keysOf(etcd.list(RESOURCE))).toEqual(['a-1/z', 'a/x', 'a/x-1', 'a/y', 'b/x'])
    expect(keysOf(etcd.list(RESOURCE, { namespace: 'a' }))).toEqual(['a/x', 'a/x-1', 'a/y'])
    expect(etcd.list(RESOURCE, { namespace: 'none' })).toEqual([])
    expect(etcd.count(RESOURCE)).toBe(5)
    expect(etcd.count(RESOURCE, 'a')).toBe(3)
  })

  test('hands a write with what was there before to its handlers', () => {
    const etcd = new Etcd()
    const seen: Revision[] = []
    const first = etcd.put(RESOURCE, object('a', 'x'))
    etcd.onRevision((revision) => seen.push(revision))
    const second = etcd.put(RESOURCE, object('a', 'x', { data: {} }))
    etcd.delete(RESOURCE, 'a', 'x')
    expect(seen.map(({ previous, object: now }) => [previous, now])).toEqual([
      [first, second],
      [second, undefined],
    ])
    expect(seen[0]!.previous).toBe(first)
  })

  test('tells a handler of one resource of no other', () => {
    const etcd = new Etcd()
    const seen: string[] = []
    etcd.onRevision(({ resource }) => seen.push(`all ${resource}`))
    etcd.onRevision(({ resource }) => seen.push(`one ${resource}`), RESOURCE)
    etcd.put('secrets', object('a', 'x'))
    etcd.onRevision(({ resource }) => seen.push(`late ${resource}`), 'secrets')
    etcd.put(RESOURCE, object('a', 'x'))
    etcd.delete('secrets', 'a', 'x')
    expect(seen).toEqual([
      'all secrets',
      `all ${RESOURCE}`,
      `one ${RESOURCE}`,
      'all secrets',
      'late secrets',
    ])
  })

  test('keeps keys in order while they come, go and come again, and lists as they were', () => {
    const etcd = new Etcd()
    for (const name of ['d', 'b']) etcd.put(RESOURCE, object('a', name))
    const before = etcd.list(RESOURCE, { namespace: 'a' })
    etcd.delete(RESOURCE, 'a', 'b')
    etcd.put(RESOURCE, object('a', 'c'))
    etcd.put(RESOURCE, object('a', 'b'))
    etcd.put(RESOURCE, object('a', 'a'))
    etcd.delete(RESOURCE, 'a', 'c')
    expect(keysOf(etcd.list(RESOURCE, { namespace: 'a' }))).toEqual(['a/a', 'a/b', 'a/d'])
    expect(keysOf(before)).toEqual(['a/b', 'a/d'])
  })

  test('forgets what was compacted and says so', () => {
    const etcd = new Etcd()
    for (let index = 0; index < 5; index++) etcd.put(RESOURCE, object('a', `x${index}`))
    etcd.compact(3)
    expect(etcd.compactedRevision).toBe(3)
    expect(etcd.since(2)).toBe(COMPACTED)
    expect(etcd.listAt(RESOURCE, undefined, 2)).toBe(COMPACTED)
    expect((etcd.since(3) as readonly Revision[]).map(({ revision }) => revision)).toEqual([4, 5])
    expect(keysOf(etcd.listAt(RESOURCE, 'a', 3) as readonly KubeObject[])).toHaveLength(3)
    expect(etcd.since(5)).toEqual([])
    expect(etcd.count(RESOURCE)).toBe(5)
  })

  test('compacts no further than it has come, and never back', () => {
    const etcd = new Etcd()
    etcd.put(RESOURCE, object('a', 'x'))
    etcd.compact(100)
    expect(etcd.compactedRevision).toBe(1)
    etcd.compact(0)
    expect(etcd.compactedRevision).toBe(1)
    etcd.put(RESOURCE, object('a', 'y'))
    expect((etcd.since(1) as readonly Revision[]).map(({ revision }) => revision)).toEqual([2])
  })

  test('keeps a bounded history', () => {
    const etcd = new Etcd()
    for (let index = 0; index < 20_000; index++) etcd.put(RESOURCE, object('a', 'x', { index }))
    expect(etcd.since(0)).toBe(COMPACTED)
    const kept = etcd.since(etcd.compactedRevision) as readonly Revision[]
    expect(kept.length).toBeLessThan(20_000)
    expect(kept[0]!.revision).toBe(etcd.compactedRevision + 1)
    expect(kept.at(-1)!.revision).toBe(20_000)
  })

  test('goes on where a stored state ended', () => {
    const etcd = new Etcd({
      revision: 7,
      compactedRevision: 7,
      objects: [{ resource: RESOURCE, object: object('a', 'x') }],
      history: [],
    })
    expect(etcd.since(6)).toBe(COMPACTED)
    expect(etcd.since(7)).toEqual([])
    expect(etcd.put(RESOURCE, object('a', 'y')).metadata.resourceVersion).toBe('8')
    expect(etcd.resources()).toEqual([RESOURCE])
  })

  test('finds objects by owner, node, involved object and labels without a scan', () => {
    const etcd = new Etcd()
    const owned = (name: string, uid: string, labels: Record<string, string>): KubeObject => ({
      ...object('a', name),
      metadata: {
        namespace: 'a',
        name,
        labels,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid }],
      },
    })
    etcd.put('pods', owned('p2', 'u1', { app: 'web' }))
    etcd.put('pods', owned('p1', 'u1', { app: 'web', tier: 'front' }))
    etcd.put('pods', owned('p3', 'u2', { app: 'api' }))
    const { metadata, ...rest } = owned('p3', 'u2', { app: 'api' })
    etcd.put('pods', { ...rest, metadata, spec: { nodeName: 'node-1' } } as KubeObject)
    etcd.put('events', object('a', 'e1', { involvedObject: { uid: 'u1' } }))
    expect(keysOf(etcd.list('pods', { owner: 'u1' }))).toEqual(['a/p1', 'a/p2'])
    expect(etcd.list('pods', { owner: 'u1', namespace: 'b' })).toEqual([])
    expect(keysOf(etcd.list('pods', { node: 'node-1' }))).toEqual(['a/p3'])
    expect(keysOf(etcd.list('events', { involved: 'u1' }))).toEqual(['a/e1'])
    const app = [{ key: 'app', operator: 'In', values: ['web'] }] as const
    expect(keysOf(etcd.list('pods', { namespace: 'a', labels: app }))).toEqual(['a/p1', 'a/p2'])
    const front = [...app, { key: 'tier', operator: 'In', values: ['front'] }] as const
    expect(keysOf(etcd.list('pods', { namespace: 'a', labels: front }))).toEqual(['a/p1'])
    etcd.put('pods', owned('p1', 'u2', { app: 'api' }))
    etcd.delete('pods', 'a', 'p2')
    expect(etcd.list('pods', { owner: 'u1' })).toEqual([])
    expect(etcd.list('pods', { namespace: 'a', labels: app })).toEqual([])
    expect(keysOf(etcd.list('pods', { owner: 'u2' }))).toEqual(['a/p1', 'a/p3'])
  })

  test('takes labels named like members of every object', () => {
    const etcd = new Etcd()
    const labels = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>
    etcd.put('pods', { ...object('a', 'p'), metadata: { namespace: 'a', name: 'p', labels } })
    for (const [key, value] of Object.entries(labels)) {
      const selector = [{ key, operator: 'In', values: [value] }] as const
      expect(keysOf(etcd.list('pods', { namespace: 'a', labels: selector }))).toEqual(['a/p'])
    }
  })
})

describe('since() and listAt()', () => {
  const step = fc.record({
    resource: fc.constantFrom(RESOURCE, 'secrets'),
    namespace: fc.constantFrom('a', 'a-1', 'b'),
    name: fc.constantFrom('x', 'y', 'x-1'),
    act: fc.constantFrom('put', 'put', 'delete', 'compact'),
  })

  test('replaying since(r) on listAt(r) gives the newest list, for every kept r', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(undefined, 'a', 'a-1'),
        (steps, namespace) => {
          const etcd = new Etcd()
          for (const { resource, namespace: where, name, act } of steps) {
            if (act === 'put') etcd.put(resource, object(where, name))
            else if (act === 'delete') etcd.delete(resource, where, name)
            else etcd.compact(etcd.revision - 5)
          }
          const filter = namespace === undefined ? {} : { namespace }
          for (let from = 0; from <= etcd.revision; from++) {
            const start = etcd.listAt(RESOURCE, namespace, from)
            const writes = etcd.since(from)
            if (from < etcd.compactedRevision) {
              expect([start, writes]).toEqual([COMPACTED, COMPACTED])
              continue
            }
            expect(replay(start as readonly KubeObject[], writes as Revision[], namespace)).toEqual(
              etcd.list(RESOURCE, filter),
            )
          }
        },
      ),
      { seed: 1, numRuns: 300 },
    )
  })

  test('an index gives what a scan would', () => {
    const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b'))
    const write = fc.record({
      name: fc.constantFrom('p', 'q', 'r', 's'),
      labels,
      gone: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), labels, (writes, wanted) => {
        const etcd = new Etcd()
        for (const { name, labels: set, gone } of writes) {
          if (gone) etcd.delete('pods', 'a', name)
          else
            etcd.put('pods', {
              ...object('a', name),
              metadata: { namespace: 'a', name, labels: { ...set } },
            })
        }
        const selector = Object.entries(wanted).map(([key, value]) => ({
          key,
          operator: 'In' as const,
          values: [value],
        }))
        const holds = ({ metadata }: KubeObject): boolean =>
          selector.every(({ key, values }) => metadata.labels?.[key] === values[0])
        const narrowed = etcd.list('pods', { namespace: 'a', labels: selector })
        expect(narrowed.filter(holds)).toEqual(etcd.list('pods').filter(holds))
      }),
      { seed: 2, numRuns: 300 },
    )
  })
})
