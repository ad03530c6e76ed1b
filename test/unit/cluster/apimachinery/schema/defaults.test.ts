import { compileSchemas } from '#apimachinery/schema/compile.ts'
import { applySchemaDefaults } from '#apimachinery/schema/defaults.ts'
import { pruneUnknown } from '#apimachinery/schema/prune.ts'
import { freeze } from '#apimachinery/object.ts'
import { describe, expect, test } from 'vitest'

const schemas = compileSchemas(
  {
    'x.v1.Widget': {
      type: 'object',
      properties: {
        spec: {
          $ref: 'x.v1.Spec',
        },
      },
    },
    'x.v1.Spec': {
      type: 'object',
      properties: {
        size: { type: 'integer', default: 3 },
        parts: { type: 'array', items: { $ref: 'x.v1.Part' } },
        named: { type: 'object', additionalProperties: { $ref: 'x.v1.Part' } },
        next: { $ref: 'x.v1.Spec' },
      },
    },
    'x.v1.Part': { type: 'object', properties: { colour: { type: 'string', default: 'red' } } },
  },
  {},
)
const widget = schemas.get('x.v1.Widget')!

describe('applySchemaDefaults()', () => {
  test('fills absent fields at any depth without touching the object', () => {
    const given = freeze({
      spec: { parts: [{}, { colour: 'blue' }], named: { a: {} }, next: { size: 1 } },
    })
    const defaulted = applySchemaDefaults(given, widget)
    expect(defaulted).toEqual({
      spec: {
        size: 3,
        parts: [{ colour: 'red' }, { colour: 'blue' }],
        named: { a: { colour: 'red' } },
        next: { size: 1 },
      },
    })
    expect(defaulted.spec.parts[1]).toBe(given.spec.parts[1])
  })

  test('makes no object for the sake of its defaults, and returns a complete one itself', () => {
    const empty = {}
    expect(applySchemaDefaults(empty, widget)).toBe(empty)
    const complete = { spec: { size: 0 } }
    expect(applySchemaDefaults(complete, widget)).toBe(complete)
  })
})

describe('pruneUnknown()', () => {
  test('drops and reports what no schema describes, and nothing else', () => {
    const given = {
      spec: {
        size: '1',
        extra: 1,
        parts: [{ weight: 1, colour: null }],
        named: { any: { shape: 1 } },
      },
    }
    expect(pruneUnknown(given, widget)).toEqual({
      object: { spec: { size: '1', parts: [{ colour: null }], named: { any: {} } } },
      unknownFields: [
        'unknown field "spec.extra"',
        'unknown field "spec.parts[0].weight"',
        'unknown field "spec.named.any.shape"',
      ],
    })
  })

  test('returns an object of known fields itself', () => {
    const given = { spec: { size: 1 } }
    expect(pruneUnknown(given, widget).object).toBe(given)
  })
})
