import { parseYaml, parseYamlDocuments, splitYaml, YamlError } from '#apimachinery/yaml/parse.ts'
import { describe, expect, test } from 'vitest'

const value = (text: string) => parseYaml(text).value
const fault = (text: string): string => {
  try {
    parseYaml(text)
  } catch (error) {
    if (error instanceof YamlError) return error.message
    throw error
  }
  return ''
}

describe('parseYaml()', () => {
  test.each([
    ['yes', true],
    ['Off', false],
    ['n', false],
    ['~', null],
    ['', null],
    ['0777', 511],
    ['0o17', 15],
    ['0x1F', 31],
    ['-0b101', -5],
    ['1_000', 1000],
    ['08', 8],
    ['1e3', 1000],
    ['.5', 0.5],
    ['.5_5', 0.55],
    ['1:20', '1:20'],
    ['2020-01-01', '2020-01-01'],
    ['v1', 'v1'],
    ['"1"', '1'],
    ["'yes'", 'yes'],
    ['!!str 5', '5'],
    ['!!int "7"', 7],
    ['!!float 3', 3],
    ['!foo 5', '5'],
    ['!!binary aGk=', 'hi'],
    ['# only a comment', null],
    ['{"a": [1, {"b": null}]}', { a: [1, { b: null }] }],
    ['|\n  a\n  b\n', 'a\nb\n'],
    ['>-\n  a\n  b\n', 'a b'],
  ])('reads %j as kubectl does', (text, expected) => {
    expect(value(text)).toEqual(expected)
  })

  test('makes keys text, whatever they are', () => {
    expect(value('yes: 1\n010: 2\n1.5: 3\n"null": 4\n2020-01-01: 5\n')).toEqual({
      true: 1,
      8: 2,
      1.5: 3,
      null: 4,
      '2020-01-01': 5,
    })
    expect(JSON.stringify(value('__proto__: {a: 1}\nconstructor: 2\n'))).toBe(
      '{"__proto__":{"a":1},"constructor":2}',
    )
  })

  test('follows aliases and merges as Go does', () => {
    expect(
      value(
        'a: &x {k: 1, l: 2}\nb: *x\nc: {k: 0, <<: *x}\nd: {<<: *x, k: 0}\ne: {<<: [{k: 1}, {k: 2, m: 3}]}\n"<<": q\n',
      ),
    ).toEqual({
      a: { k: 1, l: 2 },
      b: { k: 1, l: 2 },
      c: { k: 1, l: 2 },
      d: { k: 0, l: 2 },
      e: { k: 1, m: 3 },
      '<<': 'q',
    })
  })

  test('reports repeated keys, of which the last counts', () => {
    expect(parseYaml('a: 1\nb: {c: 1, c: 2}\na: 3\n')).toEqual({
      value: { a: 3, b: { c: 2 } },
      duplicates: [
        'yaml: unmarshal errors:\n  line 2: key "c" already set in map\n  line 3: key "a" already set in map',
      ],
    })
  })

  test.each([
    ['a: *x', "yaml: unknown anchor 'x' referenced"],
    ['a: &x [*x]', "yaml: anchor 'x' value contains itself"],
    ['a: .inf', 'json: unsupported value: +Inf'],
    ['a: !!int foo', 'yaml: cannot decode !!str `foo` as a !!int'],
    ['a: !!binary "*"', 'yaml: !!binary value contains invalid base64 data'],
    ['<<: 5', 'yaml: map merge requires map or sequence of maps as the value'],
    ['{a: b}: 1', 'yaml: invalid map key: map[interface {}]interface {}{"a":"b"}'],
    ['null: 1', 'unsupported map key of type: %!s(<nil>), key: <nil>, value: 1'],
    [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: x\n spec: {}\n',
      'yaml: line 4: did not find expected key',
    ],
    [
      'apiVersion: v1\nkind: Service\nmetadata:\n\tname: x\n',
      'yaml: line 4: found character that cannot start any token',
    ],
    ['a: 1\nb: c: d\n', 'yaml: line 2: mapping values are not allowed in this context'],
    ['a: 1\nb: @x\n', 'yaml: line 2: found character that cannot start any token'],
    ['a: b\nc\nd: e\n', "yaml: line 3: could not find expected ':'"],
    ['a: b\nc: [1, 2\nd: e\n', "yaml: line 2: did not find expected ',' or ']'"],
    ['a: b\nc: {x: 1\n', "yaml: line 2: did not find expected ',' or '}'"],
    ['a: 1\nb: "x\n', 'yaml: line 3: found unexpected end of stream'],
    ['a: 1\nb: "x', 'yaml: line 2: found unexpected end of stream'],
    ['a: 1\nb: "\\q"\n', 'yaml: line 2: found unknown escape character'],
    ['a: 1\n\tb: 2\n', 'yaml: line 2: found a tab character that violates indentation'],
    ['a: b: c\n', 'yaml: mapping values are not allowed in this context'],
    ['- a\nb: c\n', "yaml: line 1: did not find expected '-' indicator"],
    ['a: {b', "yaml: line 1: did not find expected ',' or '}'"],
    ['a: [b,', 'yaml: line 1: did not find expected node content'],
    ['a: - b\n', 'yaml: block sequence entries are not allowed in this context'],
    ['a: ![x]\n', ''],
    ['a: !e!x 5\n', 'yaml: found undefined tag handle'],
    ['a: |x\n', 'yaml: did not find expected comment or line break'],
    ['a: "\\ud83d"\n', 'yaml: found invalid Unicode character escape code'],
    ['a: \u0007\n', 'yaml: control characters are not allowed'],
    ['%YAML 1.2\n---\na: 1\n', 'yaml: found incompatible YAML document'],
    [' a: 1\nb: 2\n', ''],
    ['a:\n- b\n c\n', ''],
  ])('says what is wrong with %j as Go does', (text, message) => {
    expect(fault(text)).toBe(message)
  })

  test('bounds depth and what aliases would expand to', () => {
    expect(fault('['.repeat(100) + ']'.repeat(100))).toBe('')
    expect(fault('['.repeat(20_000))).toContain('exceeded max depth')
    expect(fault('- '.repeat(20_000))).toContain('exceeded max depth')
    const bomb = Array.from(
      { length: 30 },
      (_, level) =>
        `a${level + 1}: &a${level + 1} [${Array.from({ length: 9 }, () => `*a${level}`).join(', ')}]`,
    )
    expect(fault(['a0: &a0 x', ...bomb].join('\n'))).toBe(
      'yaml: document contains excessive aliasing',
    )
  })
})

describe('parseYamlDocuments()', () => {
  test('divides a stream as kubectl does', () => {
    expect(
      parseYamlDocuments('---\na: 1\n---  \n# nothing\n---\nb: |\n  ---\n  x\n--- # no separator\n')
        .documents,
    ).toEqual([
      { value: { a: 1 }, line: 1, duplicates: [] },
      { value: null, line: 4, duplicates: [] },
      { value: { b: '---\nx\n' }, line: 6, duplicates: [] },
    ])
    expect(splitYaml('')).toEqual([])
  })

  test('counts lines within the document, and says where it is in the stream', () => {
    const stream = 'a: 1\n---\nb: 1\nc: d: e\n'
    expect(() => parseYamlDocuments(stream)).toThrow(
      expect.objectContaining({
        message: 'yaml: line 2: mapping values are not allowed in this context',
        line: 4,
      }),
    )
  })
})
