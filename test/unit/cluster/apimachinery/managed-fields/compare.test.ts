import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { equal, freeze } from '#apimachinery/object.ts'
import { apply } from '#apimachinery/managed-fields/manager.ts'
import { compare } from '#apimachinery/managed-fields/compare.ts'
import { isEmpty, setText, type FieldSet } from '#apimachinery/managed-fields/field-set.ts'
import { fromFieldsV1 } from '#apimachinery/managed-fields/fields-v1.ts'
import { removeItems, toFieldSet } from '#apimachinery/managed-fields/typed.ts'
import { schemaOfKind } from './fixtures.ts'

const pod = schemaOfKind('v1', 'Pod')
const text = (set: FieldSet): readonly string[] => (isEmpty(set) ? [] : setText(set).split('\n'))

describe('lists that come one after the other', () => {
  const coming = (...containers: readonly JsonObject[]): readonly string[] =>
    text(compare({ spec: {} }, freeze({ spec: { containers } }), pod).added)

  test('are owned as the last one only where they have its names and fields', () => {
    const first = coming({ name: 'a', image: 'x:1' })
    expect(coming({ name: 'a', image: 'y:2' })).toEqual(first)
    expect(coming({ name: 'b', image: 'y:2' })).toContain('.spec.containers[name="b"].image')
    expect(coming({ name: 'b', command: ['y'] })).toEqual([
      '.spec.containers[name="b"]',
      '.spec.containers[name="b"].command',
      '.spec.containers[name="b"].name',
    ])
  })
})

describe('comparing Pods', () => {
  const container = (name: string, more: JsonObject = {}): JsonObject => ({ name, ...more })
  const spec = (...containers: readonly JsonValue[]): JsonObject => ({ spec: { containers } })

  test.each<[string, JsonObject, JsonObject, string[], string[], string[]]>([
    [
      'a field',
      spec(container('a', { image: 'x' })),
      spec(container('a', { image: 'y' })),
      [],
      ['.spec.containers[name="a"].image'],
      [],
    ],
    [
      'an item',
      spec(container('a')),
      spec(container('a'), container('b')),
      ['.spec.containers[name="b"]', '.spec.containers[name="b"].name'],
      [],
      [],
    ],
    [
      'an item gone',
      spec(container('a'), container('b')),
      spec(container('b')),
      [],
      [],
      ['.spec.containers[name="a"]', '.spec.containers[name="a"].name'],
    ],
    [
      'the order alone',
      spec(container('a'), container('b')),
      spec(container('b'), container('a')),
      [],
      [],
      [],
    ],
    ['a struct that comes', {}, { spec: { nodeName: 'n' } }, ['.spec.nodeName'], [], []],
    [
      'a pointer that comes',
      { spec: {} },
      { spec: { securityContext: { runAsUser: 1 } } },
      ['.spec.securityContext', '.spec.securityContext.runAsUser'],
      [],
      [],
    ],
    [
      'an empty object that comes',
      { spec: {} },
      { spec: { securityContext: {} } },
      ['.spec.securityContext'],
      [],
      [],
    ],
    [
      'an atomic map',
      { spec: { nodeSelector: { a: '1' } } },
      { spec: { nodeSelector: { b: '1' } } },
      [],
      ['.spec.nodeSelector'],
      [],
    ],
    [
      'an item becoming two',
      spec(container('a', { image: 'x' })),
      spec(container('a'), container('a')),
      ['.spec.containers[name="a"]'],
      [],
      [
        '.spec.containers[name="a"]',
        '.spec.containers[name="a"].image',
        '.spec.containers[name="a"].name',
      ],
    ],
    [
      'two items of one name',
      spec(container('a'), container('a')),
      spec(container('a'), container('a', { image: 'x' })),
      [],
      ['.spec.containers[name="a"]'],
      [],
    ],
    [
      'two items becoming one',
      spec(container('a'), container('a')),
      spec(container('a')),
      ['.spec.containers[name="a"]', '.spec.containers[name="a"].name'],
      [],
      ['.spec.containers[name="a"]'],
    ],
  ])('finds %s', (_, before, after, added, modified, removed) => {
    const result = compare(before, after, pod)
    expect({
      added: text(result.added),
      modified: text(result.modified),
      removed: text(result.removed),
    }).toEqual({ added, modified, removed })
  })

  test('finds a change of shape where anything may stand', () => {
    const any = { kind: 'any', name: '', goType: 'interface {}' } as const
    const result = compare({ a: { b: 1 } }, { a: 'x' }, any)
    expect([text(result.modified), text(result.removed)]).toEqual([['.a'], ['.a.b']])
  })
})

describe('removing from a value', () => {
  test('turns emptied maps and lists to null and shares the rest', () => {
    const value = freeze<JsonObject>({
      metadata: { labels: { a: '1' } },
      spec: { containers: [{ name: 'a' }], nodeName: 'n' },
    })
    const set = fromFieldsV1({
      'f:metadata': { 'f:labels': { 'f:a': {} } },
      'f:spec': { 'f:containers': { 'k:{"name":"a"}': {} } },
    })
    expect(removeItems(value, set, pod)).toEqual({
      metadata: { labels: null },
      spec: { containers: null, nodeName: 'n' },
    })
    const nothing = fromFieldsV1({ 'f:spec': { 'f:hostname': {} }, 'f:status': { 'f:phase': {} } })
    expect(removeItems(value, nothing, pod)).toBe(value)
  })
})

const word = fc.constantFrom('a', 'b', 'c')
const labels = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 })
const ports = fc.uniqueArray(
  fc.record(
    {
      containerPort: fc.integer({ min: 1, max: 3 }),
      protocol: fc.constantFrom('TCP', 'UDP'),
      name: word,
    },
    { requiredKeys: ['containerPort', 'protocol'] },
  ),
  { selector: (port) => `${port.containerPort}${port.protocol}`, minLength: 1, maxLength: 3 },
)
const containers = fc.uniqueArray(
  fc.record({ name: word, image: word, ports }, { requiredKeys: ['name'] }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
)
const configurations = fc
  .record(
    {
      metadata: fc.record(
        { labels, finalizers: fc.uniqueArray(word, { minLength: 1 }) },
        { requiredKeys: [] },
      ),
      spec: fc.record({ nodeName: word, nodeSelector: labels, containers }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  )
  .map((fields) => JSON.parse(JSON.stringify(fields)) as JsonObject)

const full = (fields: JsonObject): JsonObject => ({
  ...fields,
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...(fields['metadata'] as JsonObject | undefined), name: 'p' },
})

describe('for all Pods', () => {
  const applied = (manager: string, fields: JsonObject, live?: ReturnType<typeof apply>) =>
    apply({
      live,
      applied: full(fields),
      manager,
      force: true,
      apiVersion: 'v1',
      kind: 'Pod',
      time: '2026-01-01T00:00:00Z',
      schema: pod,
    })

  test('an object compared with itself or a copy does not differ', () => {
    fc.assert(
      fc.property(configurations, (fields) => {
        const copy = JSON.parse(JSON.stringify(fields)) as JsonObject
        const { added, modified, removed } = compare(fields, copy, pod)
        expect([added, modified, removed].every(isEmpty)).toBe(true)
      }),
    )
  })

  test('what is added one way is removed the other way', () => {
    fc.assert(
      fc.property(configurations, configurations, (a, b) => {
        const there = compare(a, b, pod)
        const back = compare(b, a, pod)
        expect(setText(there.added)).toBe(setText(back.removed))
        expect(setText(there.modified)).toBe(setText(back.modified))
      }),
    )
  })

  test('applying twice is applying once', () => {
    fc.assert(
      fc.property(configurations, configurations, (a, b) => {
        const first = applied('two', b, applied('one', a))
        expect(equal(applied('two', b, first), first)).toBe(true)
      }),
    )
  })

  test('what is applied by force is there afterwards, and owned', () => {
    fc.assert(
      fc.property(configurations, configurations, (a, b) => {
        const object = applied('two', b, applied('one', a)) as unknown as JsonObject
        const { removed, modified } = compare(full(b), object, pod)
        expect(text(modified)).toEqual([])
        expect(text(removed)).toEqual([])
      }),
    )
  })

  test('giving everything up leaves what others own', () => {
    fc.assert(
      fc.property(configurations, configurations, (a, b) => {
        const both = applied('two', b, applied('one', a))
        const left = applied('two', {}, applied('one', {}, both)) as unknown as JsonObject
        expect(
          text(
            toFieldSet((left['spec'] ?? {}) as JsonObject, pod.fields!.get('spec')!.schema),
          ).filter((path) => path !== '.containers'),
        ).toEqual([])
      }),
    )
  })
})
