import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { freeze, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import {
  applyJsonPatch,
  decodeJsonPatch,
  unknownOperationFields,
} from '#apimachinery/patch/json-patch.ts'
import { StatusError } from '#apimachinery/status-error.ts'

const refusal = (document: JsonObject, patch: unknown): StatusError['status'] => {
  try {
    applyJsonPatch(document, patch)
  } catch (error) {
    if (error instanceof StatusError) return error.status
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a JSON patch', () => {
  test.each<[string, JsonObject, readonly unknown[], JsonValue]>([
    ['adds a key', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['adds over a key', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['adds into a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    [
      'adds at the end',
      { a: [1] },
      [
        { op: 'add', path: '/a/-', value: 2 },
        { op: 'add', path: '/a/2', value: 3 },
      ],
      { a: [1, 2, 3] },
    ],
    ['adds null where there is no value', { a: 1 }, [{ op: 'add', path: '/b' }], { a: 1, b: null }],
    [
      'counts from the end',
      { a: [1, 2] },
      [{ op: 'replace', path: '/a/-1', value: 9 }],
      { a: [1, 9] },
    ],
    [
      'adds before the end with a negative index',
      { a: [1, 2] },
      [{ op: 'add', path: '/a/-1', value: 9 }],
      { a: [1, 2, 9] },
    ],
    [
      'removes',
      { a: 1, b: [1, 2] },
      [
        { op: 'remove', path: '/a' },
        { op: 'remove', path: '/b/0' },
      ],
      { b: [2] },
    ],
    [
      'replaces',
      { a: { b: 1 } },
      [{ op: 'replace', path: '/a/b', value: { c: 2 } }],
      { a: { b: { c: 2 } } },
    ],
    [
      'replaces a key that is not there',
      { a: 1 },
      [{ op: 'replace', path: '/b', value: 2 }],
      { a: 1, b: 2 },
    ],
    [
      'replaces the document',
      { a: 1 },
      [
        { op: 'replace', path: '', value: { b: 2 } },
        { op: 'add', path: '/c', value: 3 },
      ],
      { b: 2, c: 3 },
    ],
    [
      'moves',
      { a: { x: 1 }, b: {} },
      [{ op: 'move', from: '/a/x', path: '/b/y' }],
      { a: {}, b: { y: 1 } },
    ],
    [
      'copies, and the copy is its own',
      { a: { x: 1 } },
      [
        { op: 'copy', from: '/a', path: '/b' },
        { op: 'add', path: '/b/x', value: 2 },
      ],
      { a: { x: 1 }, b: { x: 2 } },
    ],
    [
      'tests',
      { a: { x: [1, { y: null }] } },
      [{ op: 'test', path: '/a', value: { x: [1, { y: null }] } }],
      { a: { x: [1, { y: null }] } },
    ],
    ['tests the document', { a: 1 }, [{ op: 'test', path: '', value: { a: 1 } }], { a: 1 }],
    ['finds null where nothing is', { a: 1 }, [{ op: 'test', path: '/b', value: null }], { a: 1 }],
    [
      'escapes slashes and tildes',
      { 'a/b': { '~c': 1, '~1': 2 } },
      [
        { op: 'remove', path: '/a~1b/~0c' },
        { op: 'replace', path: '/a~1b/~01', value: 3 },
      ],
      { 'a/b': { '~1': 3 } },
    ],
    ['does nothing if empty', { a: 1 }, [], { a: 1 }],
  ])('%s', (_, document, patch, expected) => {
    const before = JSON.stringify(document)
    expect(applyJsonPatch(freeze(document), freeze(patch))).toEqual(expected)
    expect(JSON.stringify(document)).toBe(before)
  })

  test('takes keys that mean something to JavaScript', () => {
    const patch = [
      { op: 'add', path: '/__proto__', value: { x: 1 } },
      { op: 'add', path: '/__proto__/y', value: 2 },
      { op: 'test', path: '/constructor', value: null },
      { op: 'copy', from: '/__proto__', path: '/copy' },
    ]
    expect(JSON.stringify(applyJsonPatch({}, patch))).toBe(
      '{"__proto__":{"x":1,"y":2},"copy":{"x":1,"y":2}}',
    )
    expect(({} as Record<string, unknown>)['y']).toBeUndefined()
  })

  test('shares what it does not touch', () => {
    const document = { spec: { a: 1 }, status: { b: 2 } }
    const result = applyJsonPatch(document, [
      { op: 'add', path: '/spec/c', value: 3 },
    ]) as typeof document
    expect(result.status).toBe(document.status)
    expect(applyJsonPatch(document, [])).toBe(document)
  })

  test.each<[string, readonly unknown[]]>([
    ['a failed test', [{ op: 'test', path: '/a', value: 2 }]],
    [
      'a failed test after a change',
      [
        { op: 'add', path: '/b', value: 1 },
        { op: 'test', path: '/a', value: 2 },
      ],
    ],
    ['removing what is not there', [{ op: 'remove', path: '/b' }]],
    ['adding below what is not there', [{ op: 'add', path: '/b/c', value: 1 }]],
    ['adding below a scalar', [{ op: 'add', path: '/a/c', value: 1 }]],
    ['adding below null', [{ op: 'add', path: '/n/c', value: 1 }]],
    ['adding beyond a list', [{ op: 'add', path: '/l/3', value: 1 }]],
    ['replacing beyond a list', [{ op: 'replace', path: '/l/1', value: 1 }]],
    ['an index that is none', [{ op: 'add', path: '/l/x', value: 1 }]],
    ['the end of a list to be removed', [{ op: 'remove', path: '/l/-' }]],
    ['a negative index too low', [{ op: 'remove', path: '/l/-2' }]],
    ['moving what is not there', [{ op: 'move', from: '/b', path: '/c' }]],
    ['a document that is a scalar', [{ op: 'replace', path: '', value: 1 }]],
    ['an unknown operation', [{ op: 'frob', path: '/a' }]],
    ['no operation', [{}]],
    ['no path', [{ op: 'add', value: 1 }]],
    ['adding the document', [{ op: 'add', path: '', value: {} }]],
    ['no from', [{ op: 'copy', path: '/a' }]],
  ])('is refused for %s, and not told why', (_, patch) => {
    expect(refusal({ a: 1, l: [1], n: null }, patch)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'the server rejected our request due to an error in our request',
      reason: 'Invalid',
      details: {},
      code: 422,
    })
  })

  test('may not copy without end', () => {
    const patch = Array.from({ length: 40 }, (_, i) => ({
      op: 'copy',
      from: '/a',
      path: `/a/x${i}`,
    }))
    expect(refusal({ a: { text: 'x'.repeat(10_000) } }, patch).code).toBe(422)
  })

  test('has at most 10000 operations', () => {
    const patch = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/b', value: null }))
    expect(refusal({}, patch)).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
      message:
        'Request entity is too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    })
    expect(applyJsonPatch({ a: 1 }, patch.slice(1))).toEqual({ a: 1 })
  })

  test.each<[unknown, string]>([
    [{}, 'json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    ['x', 'json: cannot unmarshal string into Go value of type []handlers.jsonPatchOp'],
    [true, 'json: cannot unmarshal bool into Go value of type []handlers.jsonPatchOp'],
    [['x'], 'json: cannot unmarshal string into Go value of type handlers.jsonPatchOp'],
    [[[]], 'json: cannot unmarshal array into Go value of type handlers.jsonPatchOp'],
    [
      [{ op: 1 }],
      'json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string',
    ],
    [
      [{ op: 'add', path: [] }],
      'json: cannot unmarshal array into Go struct field jsonPatchOp.path of type string',
    ],
  ])('is no patch: %j', (patch, why) => {
    expect(refusal({}, patch)).toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message: `error decoding patch: ${why}`,
    })
  })

  test('knows fields that mean nothing', () => {
    const patch = decodeJsonPatch([
      { op: 'add', path: '/a', value: 1 },
      { op: 'test', foo: 1 },
    ])
    expect(unknownOperationFields(patch)).toEqual(['json patch unknown field "[1].foo"'])
  })

  test('that adds and removes a key comes back to where it was', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.jsonValue(),
        (document, key, value) => {
          fc.pre(!Object.hasOwn(document, key))
          const path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
          const patch = [
            { op: 'add', path, value },
            { op: 'test', path, value },
            { op: 'remove', path },
          ]
          expect(JSON.stringify(applyJsonPatch(document as JsonObject, patch))).toBe(
            JSON.stringify(document),
          )
        },
      ),
    )
  })
})
