import type { JsonValue } from '#apimachinery/object.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const word = fc.constantFrom(
  'a',
  'yes',
  'n',
  '~',
  'null',
  '.inf',
  '1',
  '0',
  '007',
  '1e3',
  '1_0',
  '-',
  '- ',
  '?',
  ':',
  ': ',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '#',
  ' #',
  '"',
  "'",
  '\\',
  'é',
  '😀',
  '\u00a0',
  '\0',
  '\u001b',
  '{',
  ']',
  ',',
  '&',
  '*',
  '!',
  '|',
  '>',
  '%',
  '@',
  '`',
  '2020-01-01',
  '12:30',
  '---',
  'word word word word word',
  '\t',
  '\r',
)
const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(''))

describe('printYaml()', () => {
  test('prints objects as kubectl lays them out', () => {
    const pod = {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'p', labels: {}, annotations: { 'a/b': 'true', note: 'two\nlines\n' } },
      spec: {
        containers: [
          { name: 'c', args: ['-x', '1', ''], ports: [{ containerPort: 80 }] },
          { name: 'd', args: [] },
        ],
      },
    }
    expect(printYaml(pod)).toBe(`apiVersion: v1
kind: Pod
metadata:
  annotations:
    a/b: "true"
    note: |
      two
      lines
  labels: {}
  name: p
spec:
  containers:
  - args:
    - -x
    - "1"
    - ""
    name: c
    ports:
    - containerPort: 80
  - args: []
    name: d
`)
  })

  test.each<readonly [JsonValue, string]>([
    ['', '""'],
    ['y', '"y"'],
    ['08', '"08"'],
    ['12:30', '"12:30"'],
    ['2020-01-01', '"2020-01-01"'],
    ['<<', '<<'],
    ['=', '='],
    ['-', "'-'"],
    ['- a', "'- a'"],
    ['a: b', "'a: b'"],
    ['a #b', "'a #b'"],
    ["it's", "it's"],
    ["'", "''''"],
    ['a\tb', '"a\\tb"'],
    [' a', "' a'"],
    ['\ud83d\ude00', '"\\U0001F600"'],
    ['a\u00a0b', 'a\u00a0b'],
    ['\n', '|2+\n\n'],
    ['a\nb', '|-\n  a\n  b'],
    [' a\n', '|2\n   a'],
    ['a \nb', '"a \\nb"'],
    [1e6, '1000000'],
    [1.5, '1.5'],
    [1234567.5, '1.2345675e+06'],
    [1e21, '1e+21'],
    [0.00001, '1e-05'],
    [-0, '0'],
    [null, 'null'],
    [[], '[]'],
  ])('prints %j', (value, expected) => {
    expect(printYaml({ k: value })).toBe(
      expected.endsWith('\n') ? `k: ${expected}` : `k: ${expected}\n`,
    )
  })

  test('folds long texts at spaces', () => {
    expect(printYaml({ a: 'word '.repeat(20).trim() })).toBe(
      `a: ${'word '.repeat(16).trim()}\n  word word word word\n`,
    )
  })

  test('sorts keys by the numbers in them, and lays long ones out apart', () => {
    expect(printYaml({ a10: 1, a9: 2, b: 3, A: 4, 'a-b': 5, '10': 6, '9': 7 })).toBe(
      '"9": 7\n"10": 6\nA: 4\na-b: 5\na9: 2\na10: 1\nb: 3\n',
    )
    expect(printYaml({ ['k'.repeat(130)]: { a: 1 } })).toBe(`? ${'k'.repeat(130)}\n: a: 1\n`)
  })

  test('prints what parses back to the same', () => {
    const tree = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(text, tie('value'), { maxKeys: 3 }),
      ) as fc.Arbitrary<JsonValue>,
    })).value
    fc.assert(
      fc.property(tree, (value) => {
        expect(parseYaml(printYaml({ value })).value).toEqual({ value })
      }),
      { numRuns: 500 },
    )
  })
})
