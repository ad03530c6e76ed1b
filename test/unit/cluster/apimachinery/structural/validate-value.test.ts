import { errorText } from '#apimachinery/field-error.ts'
import type { JsonValue } from '#apimachinery/object.ts'
import { complete, prune } from '#apimachinery/structural/complete.ts'
import type { JsonSchema } from '#apimachinery/structural/json-schema.ts'
import { validateListTypes } from '#apimachinery/structural/list-type.ts'
import { validateValue } from '#apimachinery/structural/validate-value.ts'
import { describe, expect, it, test } from 'vitest'

const object = (properties: Readonly<Record<string, JsonSchema>>, more: JsonSchema = {}) =>
  ({ type: 'object', properties, ...more }) satisfies JsonSchema

const errorsOf = (x: JsonValue, schema: JsonSchema): readonly string[] =>
  validateValue({ spec: { x } }, object({ spec: object({ x: schema }) })).map(errorText)

describe('a value that does not fit its schema', () => {
  test.each<readonly [string, JsonValue, JsonSchema, readonly string[]]>([
    [
      'another type',
      'abc',
      { type: 'integer' },
      ['spec.x: Invalid value: "string": spec.x in body must be of type integer: "string"'],
    ],
    [
      'null',
      null,
      { type: 'string' },
      ['spec.x: Invalid value: "null": spec.x in body must be of type string: "null"'],
    ],
    ['null that may be', null, { type: 'string', nullable: true }, []],
    ['a whole number for a number', 1, { type: 'number' }, []],
    ['a number or a text', 'a', { 'x-kubernetes-int-or-string': true }, []],
    [
      'neither number nor text',
      true,
      { 'x-kubernetes-int-or-string': true },
      [
        'spec.x: Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean"',
      ],
    ],
    [
      'not in the enum, which is told in its order',
      'blue',
      { type: 'string', enum: ['red', 'green'] },
      ['spec.x: Unsupported value: "blue": supported values: "red", "green"'],
    ],
    [
      'too much',
      11,
      { type: 'integer', maximum: 10 },
      ['spec.x: Invalid value: 11: spec.x in body should be less than or equal to 10'],
    ],
    [
      'not less',
      10,
      { type: 'integer', maximum: 10, exclusiveMaximum: true },
      ['spec.x: Invalid value: 10: spec.x in body should be less than 10'],
    ],
    [
      'too little',
      0,
      { type: 'integer', minimum: 1 },
      ['spec.x: Invalid value: 0: spec.x in body should be greater than or equal to 1'],
    ],
    [
      'no multiple',
      3,
      { type: 'integer', multipleOf: 2 },
      ['spec.x: Invalid value: 3: spec.x in body should be a multiple of 2'],
    ],
    [
      'too long',
      'abcd',
      { type: 'string', maxLength: 3 },
      ['spec.x: Too long: may not be more than 3 bytes'],
    ],
    [
      'too short',
      'a',
      { type: 'string', minLength: 2 },
      ['spec.x: Invalid value: "a": spec.x in body should be at least 2 chars long'],
    ],
    [
      'another pattern',
      'A',
      { type: 'string', pattern: '^[a-z]+$' },
      [`spec.x: Invalid value: "A": spec.x in body should match '^[a-z]+$'`],
    ],
    [
      'another format',
      'x',
      { type: 'string', format: 'ipv4' },
      ['spec.x: Invalid value: "x": spec.x in body must be of type ipv4: "x"'],
    ],
    ['an unknown format', 'x', { type: 'string', format: 'phone' }, []],
    [
      'too few items',
      [],
      { type: 'array', minItems: 1, items: { type: 'string' } },
      ['spec.x: Invalid value: 0: spec.x in body should have at least 1 items'],
    ],
    [
      'too many items',
      ['a', 'b'],
      { type: 'array', maxItems: 1, items: { type: 'string' } },
      ['spec.x: Too many: 2: must have at most 1 item'],
    ],
    [
      'a wrong item',
      ['a', 1],
      { type: 'array', items: { type: 'string' } },
      ['spec.x[1]: Invalid value: "integer": spec.x[1] in body must be of type string: "integer"'],
    ],
    ['a field that lacks', {}, object({}, { required: ['y'] }), ['spec.x.y: Required value']],
    [
      'a wrong value under any key',
      { a: 1 },
      { type: 'object', additionalProperties: { type: 'string' } },
      ['spec.x.a: Invalid value: "integer": spec.x.a in body must be of type string: "integer"'],
    ],
    [
      'none of one of',
      {},
      object(
        { a: { type: 'string' }, b: { type: 'string' } },
        { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      ),
      [
        '<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found none valid',
        'spec.x.a: Required value',
      ],
    ],
    [
      'both of one of',
      { a: '', b: '' },
      object(
        { a: { type: 'string' }, b: { type: 'string' } },
        { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      ),
      [
        '<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found 2 valid alternatives',
      ],
    ],
    [
      'what must not be',
      'a',
      { type: 'string', not: { enum: ['a'] } },
      ['<nil>: Invalid value: "": "spec.x" must not validate the schema (not)'],
    ],
  ])('%s', (_, value, schema, expected) => {
    expect(errorsOf(value, schema)).toEqual(expected)
  })

  it('is let be while it stays as it was', () => {
    const schema = object({ a: { type: 'string', maxLength: 1 }, b: { type: 'integer' } })
    const old = { a: 'long', b: 1 }
    expect(validateValue({ a: 'long', b: 2 }, schema, { old })).toEqual([])
    expect(validateValue({ a: 'longer', b: 1 }, schema, { old })).toHaveLength(1)
  })

  it('does not take long over a pattern, whatever it is', () => {
    const schema: JsonSchema = { type: 'string', pattern: '^(a+)+$' }
    expect(validateValue(`${'a'.repeat(5000)}!`, schema)).toHaveLength(1)
  })
})

test('lists of type set and map hold each only once', () => {
  const set: JsonSchema = {
    type: 'array',
    items: { type: 'string' },
    'x-kubernetes-list-type': 'set',
  }
  const map: JsonSchema = {
    type: 'array',
    items: object({ name: { type: 'string' } }),
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  }
  const schema = object({ set, map })
  const value = { set: ['a', 'b', 'a', 'a'], map: [{ name: 'x' }, { name: 'x' }] }
  expect(validateListTypes(value, schema, '').map(errorText)).toEqual([
    'set[2]: Duplicate value: "a"',
    'map[1]: Duplicate value: {"name":"x"}',
  ])
})

describe('pruning and defaulting', () => {
  const schema = object({
    a: { type: 'string', default: 'x' },
    n: { type: 'string', nullable: true, default: 'y' },
    open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    list: { type: 'array', items: object({ b: { type: 'integer', default: 1 } }) },
  })

  it('drops what nobody knows, and says so', () => {
    const unknown: string[] = []
    const value = { z: 1, open: { any: 1 }, list: [{ b: 2, c: 3 }] }
    expect(prune(value, schema, false, unknown)).toEqual({ open: { any: 1 }, list: [{ b: 2 }] })
    expect(unknown).toEqual(['unknown field "z"', 'unknown field "list[0].c"'])
  })

  it('fills in what is absent or may not be null', () => {
    expect(complete({ a: null, n: null, list: [{}] }, schema)).toEqual({
      a: 'x',
      n: null,
      list: [{ b: 1 }],
    })
  })

  it('returns what needs nothing itself', () => {
    const value = { a: '', n: '', open: {}, list: [{ b: 0 }] }
    expect(complete(prune(value, schema, false), schema)).toBe(value)
  })
})
