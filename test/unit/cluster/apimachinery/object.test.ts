import {
  assign,
  controllerOf,
  equal,
  fill,
  freeze,
  keyOf,
  mapShared,
  own,
  setKey,
  splitKey,
  type KubeObject,
} from '#apimachinery/object.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** Objects whose keys are also names of every object's members. JSON.parse makes `__proto__` an own key, as bodies do. */
const parse = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>
const TRICKY = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']

describe('assign()', () => {
  test('returns the object itself when nothing differs', () => {
    const object = { a: 1, b: { c: 2 } }
    expect(assign(object, { a: 1 })).toBe(object)
    expect(assign(object, { b: object.b })).toBe(object)
    expect(assign(object, {})).toBe(object)
    expect(assign<{ a: number; x?: number }>(object, { x: undefined })).toBe(object)
  })

  test('copies, sets and removes, and shares the rest', () => {
    const object: { a?: number; b: object; c?: number } = freeze({ a: 1, b: {} })
    const changed = assign(object, { a: undefined, c: 3 })
    expect(changed).toEqual({ b: {}, c: 3 })
    expect(Object.hasOwn(changed, 'a')).toBe(false)
    expect(changed.b).toBe(object.b)
    expect(object).toEqual({ a: 1, b: {} })
  })

  test.each(TRICKY)('takes %s for a key like any other', (key) => {
    const change = parse(`{"${key}":"x"}`)
    const changed = assign<Record<string, unknown>>({}, change)
    expect(Object.keys(changed)).toEqual([key])
    expect(own(changed, key)).toBe('x')
    expect(Object.getPrototypeOf(changed)).toBe(Object.prototype)
    expect(assign(changed, change)).toBe(changed)
    expect(assign(changed, { [key]: 'y', ...parse(`{"${key}":"y"}`) })).toEqual(
      parse(`{"${key}":"y"}`),
    )
  })

  test.each(TRICKY)('removes nothing when %s is not there', (key) => {
    const object: Record<string, unknown> = { a: 1 }
    const change: Record<string, unknown> = {}
    setKey(change, key, undefined)
    expect(assign(object, change)).toBe(object)
  })
})

describe('fill()', () => {
  test('fills what is absent and leaves what is there', () => {
    const object: { a: number; b?: number; c?: number } = { a: 1 }
    expect(fill(object, { a: 2, b: 3 })).toEqual({ a: 1, b: 3 })
    expect(fill(object, { a: 2 })).toBe(object)
    expect(fill(object, { c: undefined })).toBe(object)
    const zero: { a: number | null } = { a: null }
    expect(fill(zero, { a: 1 })).toBe(zero)
  })

  test.each(TRICKY)('takes %s for a key like any other', (key) => {
    const filled = fill<Record<string, unknown>>({}, parse(`{"${key}":"x"}`))
    expect(Object.keys(filled)).toEqual([key])
    expect(own(filled, key)).toBe('x')
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype)
  })
})

describe('setKey() and own()', () => {
  test.each(TRICKY)('%s is set as an own key and read as one', (key) => {
    const object: Record<string, string> = {}
    expect(own(object, key)).toBeUndefined()
    setKey(object, key, 'x')
    expect(own(object, key)).toBe('x')
    expect(JSON.stringify(object)).toBe(`{"${key}":"x"}`)
    setKey(object, key, 'y')
    expect(own(object, key)).toBe('y')
  })

  test('nothing is in no map', () => {
    expect(own(undefined, 'a')).toBeUndefined()
  })
})

describe('equal()', () => {
  const json = fc.jsonValue({ maxDepth: 4 })

  test('holds for copies and follows JSON text with sorted keys', () => {
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : typeof value === 'object' && value !== null
          ? Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, inner]) => [key, sorted(inner)])
          : value
    const shape = (value: unknown): string => JSON.stringify(sorted(value))
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(equal(a, JSON.parse(JSON.stringify(a)))).toBe(true)
        if (!JSON.stringify([a, b]).includes('{}') && !JSON.stringify([a, b]).includes('[]'))
          expect(equal(a, b)).toBe(shape(a) === shape(b))
        expect(equal(a, b)).toBe(equal(b, a))
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  test.each([
    [[], {}, false],
    [null, {}, false],
    [{ a: undefined }, {}, true],
    [{}, { a: undefined }, true],
    [{ a: null }, {}, false],
    [parse('{"__proto__":1}'), {}, false],
    [{}, parse('{"__proto__":{}}'), false],
    [parse('{"constructor":1}'), parse('{"constructor":1}'), true],
    [[1, 2], [2, 1], false],
    [1, '1', false],
  ])('%j and %j: %j', (a, b, expected) => {
    expect(equal(a, b)).toBe(expected)
  })
})

describe('keys, lists and owners', () => {
  const named = (name: string, namespace?: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  })

  test('keyOf() and splitKey() are inverse', () => {
    expect(keyOf(named('web', 'default'))).toBe('default/web')
    expect(splitKey('default/web')).toEqual({ namespace: 'default', name: 'web' })
    expect(keyOf(named('node-1'))).toBe('node-1')
    expect(splitKey('node-1')).toEqual({ namespace: '', name: 'node-1' })
    expect(splitKey('ns/system:role/x')).toEqual({ namespace: 'ns', name: 'system:role/x' })
  })

  test('mapShared() returns the list itself if no item changed', () => {
    const list = [{ a: 1 }, { a: 2 }]
    expect(mapShared(list, (item) => item)).toBe(list)
    const changed = mapShared(list, (item, index) => (index === 1 ? { a: 3 } : item))
    expect(changed).toEqual([{ a: 1 }, { a: 3 }])
    expect(changed[0]).toBe(list[0])
  })

  test('controllerOf() finds the one owner that controls', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a', uid: '1' }
    const pod = named('web', 'default')
    expect(controllerOf(pod)).toBeUndefined()
    const owned = assign(pod, {
      metadata: assign(pod.metadata, {
        ownerReferences: [owner, { ...owner, uid: '2', controller: true }],
      }),
    })
    expect(controllerOf(owned)?.uid).toBe('2')
  })
})
