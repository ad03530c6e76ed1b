import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { freeze, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { applyMergePatch } from '#apimachinery/patch/merge-patch.ts'

describe('a merge patch', () => {
  test.each<[JsonObject, JsonObject, JsonObject]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: 1 }, { a: { b: null, c: [{ d: null, e: 1 }, null] } }, { a: { c: [{ e: 1 }, null] } }],
    [{ a: { b: 1 } }, { a: [{ b: null }] }, { a: [{ b: null }] }],
  ])('%j and %j give %j', (document, patch, expected) => {
    expect(applyMergePatch(freeze(document), freeze(patch))).toEqual(expected)
  })

  test('takes keys that mean something to JavaScript', () => {
    const patch = JSON.parse('{"__proto__":{"x":1},"constructor":{"y":null}}') as JsonObject
    expect(JSON.stringify(applyMergePatch({}, patch))).toBe(
      '{"__proto__":{"x":1},"constructor":{}}',
    )
  })

  test('must be an object', () => {
    expect(() => applyMergePatch({}, [])).toThrow(
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    )
    expect(() => applyMergePatch({}, null)).toThrow('Invalid JSON Patch')
  })

  test('gives the document itself if nothing changes, and shares what does not', () => {
    const document = freeze<JsonObject>({ a: { b: 1 }, c: { d: 1 } })
    expect(applyMergePatch(document, { a: { b: 1 }, x: null })).toBe(document)
    expect(applyMergePatch(document, { a: { b: 2 } })['c']).toBe(document['c'])
  })

  test('applied twice is the same as applied once', () => {
    const { object: objects } = fc.letrec<{ object: JsonObject; value: JsonValue }>((tie) => ({
      object: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
      value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.constant(null), tie('object')),
    }))
    fc.assert(
      fc.property(objects, objects, (document, patch) => {
        const once = applyMergePatch(document, patch)
        expect(applyMergePatch(once, patch)).toEqual(once)
      }),
    )
  })
})
