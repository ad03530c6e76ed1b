import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '#apimachinery/object.ts'
import {
  difference,
  EMPTY,
  equals,
  has,
  intersection,
  isEmpty,
  leaves,
  pathsOf,
  recursiveDifference,
  setOfFields,
  setOfPaths,
  setText,
  union,
  type FieldSet,
  type Path,
} from '#apimachinery/managed-fields/field-set.ts'
import { fromFieldsV1, toFieldsV1 } from '#apimachinery/managed-fields/fields-v1.ts'
import {
  elementText,
  fieldElement,
  indexElement,
  keyElement,
  parseElement,
  pathText,
  valueElement,
} from '#apimachinery/managed-fields/path-element.ts'

const set = (...paths: readonly string[]): FieldSet =>
  setOfFields(paths.map((path) => path.split('.')))

describe('an element', () => {
  test.each([
    [fieldElement('spec'), 'f:spec', '.spec'],
    [
      keyElement([
        ['protocol', 'TCP'],
        ['port', 80],
      ]),
      'k:{"port":80,"protocol":"TCP"}',
      '[port=80,protocol="TCP"]',
    ],
    [
      keyElement([['name', 'a<b&c>"\\']]),
      'k:{"name":"a\\u003cb\\u0026c\\u003e\\"\\\\"}',
      '[name="a<b&c>\\"\\\\"]',
    ],
    [valueElement('a.io/x'), 'v:"a.io/x"', '[="a.io/x"]'],
    [valueElement(5), 'v:5', '[=5]'],
    [valueElement(1.5e9), 'v:1500000000', '[=1.5e+09]'],
    [valueElement(true), 'v:true', '[=true]'],
    [valueElement(null), 'v:null', '[=null]'],
    [indexElement(3), 'i:3', '[3]'],
  ])('reads and prints as upstream’s: %#', (element, text, readable) => {
    expect(element.text).toBe(text)
    expect(elementText(element)).toBe(readable)
    expect(parseElement(text)).toBe(element)
  })

  test('with its keys in another order is the same', () => {
    expect(parseElement('k:{"protocol":"TCP","port":80}')).toBe(
      keyElement([
        ['port', 80],
        ['protocol', 'TCP'],
      ]),
    )
  })

  test.each(['f', 'fx', 'k:5', 'k:[]', 'v:', 'i:x'])('cannot be %s', (text) => {
    expect(() => parseElement(text)).toThrow()
  })

  test('of a kind that is not known yet is left out', () => {
    expect(parseElement('z:1')).toBeUndefined()
    expect(setText(fromFieldsV1({ 'z:1': {}, 'f:a': {} }))).toBe('.a')
  })
})

describe('a set', () => {
  test('is one object if it is made twice', () => {
    expect(set('a.b', 'a', 'c')).toBe(set('c', 'a', 'a.b'))
  })

  test('names its members before what is below them', () => {
    expect(setText(set('b', 'a.x', 'a', 'c.y.z'))).toBe('.a\n.b\n.a.x\n.c.y.z')
  })

  test('keeps children when their parent is taken away, and the other way round', () => {
    expect(setText(difference(set('a', 'a.b'), set('a')))).toBe('.a.b')
    expect(setText(difference(set('a', 'a.b'), set('a.b')))).toBe('.a')
    expect(setText(recursiveDifference(set('a', 'a.b', 'c'), set('a')))).toBe('.c')
    expect(setText(recursiveDifference(set('a', 'a.b', 'a.c'), set('a.b')))).toBe('.a\n.a.c')
  })

  test('knows its leaves', () => {
    expect(setText(leaves(set('a', 'a.b', 'c')))).toBe('.c\n.a.b')
  })

  test('does not hold the whole object', () => {
    expect(has(set('a'), [])).toBe(false)
    expect(setOfPaths([[]])).toBe(EMPTY)
  })

  test('sorts elements as upstream does: fields, keys, values, indexes; numbers before text', () => {
    const paths = [
      [indexElement(2)],
      [indexElement(10)],
      [valueElement('b')],
      [valueElement(2)],
      [valueElement(10)],
      [valueElement(true)],
      [
        keyElement([
          ['port', 443],
          ['protocol', 'TCP'],
        ]),
      ],
      [
        keyElement([
          ['port', 80],
          ['protocol', 'UDP'],
        ]),
      ],
      [
        keyElement([
          ['port', 80],
          ['protocol', 'TCP'],
        ]),
      ],
      [keyElement([['port', 80]])],
      [keyElement([['name', 'z']])],
      [fieldElement('z')],
      [fieldElement('B')],
      [fieldElement('a')],
    ]
    expect(pathsOf(setOfPaths(paths)).map(pathText)).toEqual([
      '.B',
      '.a',
      '.z',
      '[name="z"]',
      '[port=80]',
      '[port=80,protocol="TCP"]',
      '[port=80,protocol="UDP"]',
      '[port=443,protocol="TCP"]',
      '[=2]',
      '[=10]',
      '[="b"]',
      '[=true]',
      '[2]',
      '[10]',
    ])
  })
})

describe('FieldsV1', () => {
  test('has "." first where a parent is a member', () => {
    expect(JSON.stringify(toFieldsV1(set('a', 'a.b', 'c.d', 'e')))).toBe(
      '{"f:a":{".":{},"f:b":{}},"f:c":{"f:d":{}},"f:e":{}}',
    )
    expect(toFieldsV1(EMPTY)).toEqual({})
  })

  test('is read whatever its order, and one element may be written twice', () => {
    const json: JsonObject = {
      'f:b': { 'f:x': {}, '.': {} },
      'f:a': { 'k:{"b":1,"a":2}': { 'f:x': {} }, 'k:{"a":2,"b":1}': { 'f:y': {} } },
    }
    expect(setText(fromFieldsV1(json))).toBe('.b\n.a[a=2,b=1].x\n.a[a=2,b=1].y\n.b.x')
  })

  test('cannot be anything but objects', () => {
    expect(() => fromFieldsV1({ 'f:a': 'x' })).toThrow()
    expect(() => fromFieldsV1([])).toThrow()
  })
})

const elements = [
  ...['a', 'b', 'c', '.', '__proto__'].map(fieldElement),
  keyElement([['name', 'x']]),
  keyElement([
    ['name', 'x'],
    ['port', 1],
  ]),
  valueElement('a'),
  valueElement(7),
  indexElement(0),
]
const paths = fc.array(fc.array(fc.constantFrom(...elements), { minLength: 1, maxLength: 4 }), {
  maxLength: 12,
})
const sets = paths.map((list) => setOfPaths(list))
const namesOf = (value: FieldSet): Set<string> =>
  new Set(pathsOf(value).map((path: Path) => path.map(({ text }) => text).join('/')))

describe('for all sets', () => {
  test('the operations are those of sets of paths', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [left, right] = [namesOf(a), namesOf(b)]
        const inRight = (name: string): boolean => right.has(name)
        expect(namesOf(union(a, b))).toEqual(new Set([...left, ...right]))
        expect(namesOf(intersection(a, b))).toEqual(new Set([...left].filter(inRight)))
        expect(namesOf(difference(a, b))).toEqual(
          new Set([...left].filter((name) => !inRight(name))),
        )
      }),
    )
  })

  test('what the operations give back is itself where nothing changes', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(union(union(a, b), b)).toBe(union(a, b))
        expect(difference(difference(a, b), b)).toBe(difference(a, b))
        expect(equals(union(intersection(a, b), difference(a, b)), a)).toBe(true)
        expect(isEmpty(difference(a, a))).toBe(true)
      }),
    )
  })

  test('a recursive difference holds nothing at or below a path of the other', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const rest = pathsOf(recursiveDifference(a, b))
        const isCovered = (path: Path): boolean =>
          path.some((_, index) => has(b, path.slice(0, index + 1)))
        expect(rest.some(isCovered)).toBe(false)
        expect(rest.length).toBe(pathsOf(a).filter((path) => !isCovered(path)).length)
      }),
    )
  })

  test('FieldsV1 leads back to the set, also from text', () => {
    fc.assert(
      fc.property(sets, (a) => {
        expect(fromFieldsV1(toFieldsV1(a))).toBe(a)
        const copy = JSON.parse(JSON.stringify(toFieldsV1(a))) as JsonObject
        expect(equals(fromFieldsV1(copy), a)).toBe(true)
      }),
    )
  })

  test('every path of a set is in it', () => {
    fc.assert(fc.property(sets, (a) => pathsOf(a).every((path) => has(a, path))))
  })
})
