import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { compare } from '#apimachinery/managed-fields/compare.ts'
import { setText } from '#apimachinery/managed-fields/field-set.ts'
import { isSameShape } from '#apimachinery/managed-fields/same-shape.ts'
import { schemaOfKind, Subject } from './fixtures.ts'

const schema = schemaOfKind('v1', 'Pod')

const setsOf = (object: JsonObject): string => {
  const { added, modified, removed } = compare(undefined, object, schema)
  return [added, modified, removed].map(setText).join('\n---\n')
}

const podOf = (spec: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Pod', spec })
const container = (fields: JsonObject): JsonObject => podOf({ containers: [fields] })

describe('isSameShape()', () => {
  test.each<[string, JsonValue, JsonValue, boolean]>([
    [
      'objects that differ in values only are alike',
      podOf({ nodeName: 'a' }),
      podOf({ nodeName: 'b' }),
      true,
    ],
    [
      'an empty string is not like another',
      podOf({ nodeName: '' }),
      podOf({ nodeName: 'b' }),
      false,
    ],
    ['zero is not like another number', podOf({ priority: 0 }), podOf({ priority: 1 }), false],
    ['a key more makes a difference', podOf({}), podOf({ nodeName: 'b' }), false],
    [
      'items with other names are not alike',
      container({ name: 'a' }),
      container({ name: 'b' }),
      false,
    ],
    [
      'items with the same name are alike',
      container({ name: 'a', image: 'x' }),
      container({ name: 'a', image: 'y' }),
      true,
    ],
    [
      'lists that are owned as a whole are alike',
      container({ name: 'a', args: ['x'] }),
      container({ name: 'a', args: ['y'] }),
      true,
    ],
    [
      'sets of other values are not alike',
      { metadata: { finalizers: ['a'] } },
      { metadata: { finalizers: ['b'] } },
      false,
    ],
  ])('%s', (_, a, b, expected) => {
    expect(isSameShape(a, b, schema)).toBe(expected)
  })

  const word = fc.constantFrom('', 'a', 'b')
  const pods = fc.record(
    {
      metadata: fc.record({ labels: fc.dictionary(word, word), finalizers: fc.uniqueArray(word) }),
      spec: fc.record(
        {
          nodeName: word,
          hostNetwork: fc.boolean(),
          terminationGracePeriodSeconds: fc.integer({ min: 0, max: 1 }),
          containers: fc.array(
            fc.record(
              { name: word, image: word, args: fc.array(word), resources: fc.constant({}) },
              { requiredKeys: ['name'] },
            ),
            { maxLength: 2 },
          ),
        },
        { requiredKeys: [] },
      ),
      status: fc.record({ phase: word, hostIP: fc.constantFrom(null, '1') }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonObject>

  // other words in the same places, names included
  const reworded = (value: JsonValue, words: ReadonlyMap<JsonValue, string>): JsonValue => {
    if (Array.isArray(value)) return value.map((item: JsonValue) => reworded(item, words))
    if (typeof value !== 'object' || value === null) return words.get(value) ?? value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, reworded(item as JsonValue, words)]),
    )
  }
  const words = fc.tuple(word, word, word).map(
    ([empty, a, b]) =>
      new Map<JsonValue, string>([
        ['', empty],
        ['a', a],
        ['b', b],
      ]),
  )

  test('what is alike is owned alike', () => {
    fc.assert(
      fc.property(pods, words, (a, other) => {
        const b = reworded(a, other) as JsonObject
        fc.pre(isSameShape(a, b, schema))
        expect(setsOf(a)).toBe(setsOf(b))
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})

describe('managedOnUpdate() of objects that are alike', () => {
  test('gives each its own manager and time', () => {
    const managedBy = (subject: Subject) => subject.object?.metadata.managedFields?.[0]
    const [first, second, third] = [0, 1, 2].map(() => new Subject('v1', 'ConfigMap'))
    first!.write('one', { data: { a: 'x' } })
    second!.write('two', { data: { a: 'y' } })
    third!.write('one', { data: { b: 'x' } })
    third!.write('one', { data: { b: 'y' } })
    const fourth = new Subject('v1', 'ConfigMap')
    fourth.write('one', { data: { a: 'z' } })
    expect(managedBy(second!)).toMatchObject({
      manager: 'two',
      fieldsV1: { 'f:data': { 'f:a': {} } },
    })
    expect(managedBy(third!)).toMatchObject({
      manager: 'one',
      fieldsV1: { 'f:data': { 'f:b': {} } },
    })
    expect(managedBy(fourth)).toEqual(managedBy(first!))
  })
})
