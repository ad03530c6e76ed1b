import { COMPACTED, Etcd, type EtcdState } from '#etcd/etcd.ts'
import { stateOfRows, type StoredRow } from '#etcd/stored-rows.ts'
import { describe, expect, test } from 'vitest'

const objectText = (kind: string, name: string, revision: number): string =>
  JSON.stringify({
    kind,
    apiVersion: 'v1',
    metadata: { name, namespace: 'a', resourceVersion: `${revision}` },
  })

const row = (revision: number, resource: string, name: string, isThere = true): StoredRow => ({
  revision,
  resource,
  namespace: 'a',
  name,
  text: isThere ? objectText(resource, name, revision) : undefined,
  origin: () => ({ at: revision * 10, by: 'somebody', cause: undefined, random: revision }),
})

/** Two Pods of which one is written twice, an Event, and a Secret that is gone. */
const ROWS = [
  row(1, 'pods', 'x'),
  row(2, 'events', 'e'),
  row(3, 'pods', 'y'),
  row(4, 'secrets', 's'),
  row(5, 'pods', 'x'),
  row(6, 'secrets', 's', false),
]

/** Fails on whoever reads a text of these resources, or of the past. */
const guarded = (state: EtcdState, resources: readonly string[]): EtcdState => ({
  ...state,
  unread: new Map(
    [...state.unread!].map(([resource, { count, read }]) => [
      resource,
      {
        count,
        read: () => {
          if (resources.includes(resource)) throw new Error(`${resource} were read`)
          return read()
        },
      },
    ]),
  ),
  history: () => {
    throw new Error('the past was read')
  },
})

describe('a store made from rows', () => {
  test('has the newest object of each key', () => {
    const etcd = new Etcd(stateOfRows(ROWS, 2))
    expect(etcd.revision).toBe(6)
    expect(etcd.resources()).toEqual(['events', 'pods'])
    expect(etcd.list('pods').map(({ metadata }) => metadata.resourceVersion)).toEqual(['5', '3'])
    expect(etcd.get('secrets', 'a', 's')).toBeUndefined()
    expect(Object.isFrozen(etcd.get('events', 'a', 'e')?.metadata)).toBe(true)
  })

  test('tells which row each one replaced', () => {
    const replaced: unknown[] = []
    stateOfRows(ROWS, 2, ({ revision }, previous) => replaced.push([revision, previous?.revision]))
    expect(replaced).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, undefined],
      [5, 1],
      [6, 4],
    ])
  })

  test('reads nothing but what somebody asks for', () => {
    const etcd = new Etcd(guarded(stateOfRows(ROWS, 2), ['events']))
    expect(etcd.count('events')).toBe(1)
    expect(etcd.list('pods').length).toBe(2)
    const written = etcd.put('pods', {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'z', namespace: 'a' },
    })
    expect(etcd.since(6)).toMatchObject([{ revision: 7, object: written }])
    expect(etcd.written(7)?.object).toBe(written)
    expect(etcd.written(2)).toBeUndefined()
    expect(etcd.since(1)).toBe(COMPACTED)
    expect(() => etcd.list('events')).toThrow('events were read')
    expect(() => etcd.since(5)).toThrow('the past was read')
  })

  test('hands over the texts as they are read', () => {
    const etcd = new Etcd(stateOfRows(ROWS, 2))
    etcd.list('events')
    const taken: unknown[] = []
    etcd.onTexts((objects) => taken.push(...objects.map(({ text }) => text)))
    expect(taken).toEqual([ROWS[1]!.text])
    etcd.get('pods', 'a', 'x')
    expect(taken).toEqual([ROWS[1]!.text, ROWS[2]!.text, ROWS[4]!.text])
  })

  test('knows its past, whatever was written since', () => {
    const etcd = new Etcd(stateOfRows(ROWS, 2))
    etcd.delete('pods', 'a', 'y')
    const past = [...(etcd.since(2) as Iterable<object>)]
    expect(past).toMatchObject([
      { revision: 3, name: 'y', previous: undefined, at: 30 },
      { revision: 4, name: 's', random: 4 },
      { revision: 5, name: 'x', previous: { metadata: { resourceVersion: '1' } } },
      { revision: 6, object: undefined, previous: { metadata: { resourceVersion: '4' } } },
      { revision: 7, object: undefined, previous: { metadata: { resourceVersion: '3' } } },
    ])
    expect(etcd.written(5)).toBe(past[2])
    const namesAt = (revision: number) =>
      (etcd.listAt('pods', undefined, revision) as readonly { metadata: { name?: string } }[]).map(
        ({ metadata }) => metadata.name,
      )
    expect([namesAt(2), namesAt(6), namesAt(7)]).toEqual([['x'], ['x', 'y'], ['x']])
  })

  test.each([
    ['before', false],
    ['after', true],
  ])('forgets what is compacted %s somebody asked', (_when, isAsked) => {
    const etcd = new Etcd(stateOfRows(ROWS, 2))
    if (isAsked) etcd.since(2)
    etcd.compact(4)
    expect(etcd.since(3)).toBe(COMPACTED)
    expect(etcd.since(4)).toMatchObject([{ revision: 5 }, { revision: 6 }])
    etcd.compact(6)
    expect(etcd.since(6)).toEqual([])
  })
})
