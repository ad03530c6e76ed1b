import { CostError, Evaluator } from '#apimachinery/cel/evaluate.ts'
import { parseCel } from '#apimachinery/cel/parser.ts'
import { CelSyntaxError } from '#apimachinery/cel/syntax.ts'
import { CelError, type Cel } from '#apimachinery/cel/values.ts'
import { celValue } from '#apimachinery/structural/cel-value.ts'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'

const SELF = celValue(
  {
    name: 'web-1',
    replicas: 3,
    ratio: 0.5,
    tags: ['a', 'b'],
    labels: { app: 'web', tier: 'front' },
    ports: [
      { name: 'http', port: 80 },
      { name: 'https', port: 443 },
    ],
    memory: '512Mi',
    'a-b': true,
    started: '2026-01-01T10:00:00Z',
    wait: '90s',
  },
  {
    type: 'object',
    properties: {
      name: { type: 'string' },
      replicas: { type: 'integer' },
      ratio: { type: 'number' },
      tags: { type: 'array', items: { type: 'string' } },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      ports: {
        type: 'array',
        items: {
          type: 'object',
          properties: { name: { type: 'string' }, port: { type: 'integer' } },
        },
      },
      memory: { type: 'string' },
      'a-b': { type: 'boolean' },
      started: { type: 'string', format: 'date-time' },
      wait: { type: 'string', format: 'duration' },
    },
  },
)

const LIMIT = 1_000_000

const evaluate = (source: string, limit = LIMIT): Cel =>
  new Evaluator(limit).run(parseCel(source), { names: { self: SELF } })

describe('an expression', () => {
  test.each([
    '1 + 2 * 3 == 7 && !(2 > 3)',
    'self.replicas >= 1 && self.replicas <= 5 ? true : false',
    'self.replicas % 2 == 1 && -self.replicas == -3',
    'self.ratio * 2.0 == 1.0',
    "self.name.startsWith('web') && self.name.matches('^web-[0-9]+$')",
    "size(self.tags) == 2 && self.tags.size() == 2 && 'a' in self.tags",
    "self.labels['app'] == 'web' && 'tier' in self.labels && !('x' in self.labels)",
    'has(self.name) && !has(self.labels.missing)',
    "self.ports.all(p, p.port > 0) && self.ports.exists(p, p.name == 'http')",
    'self.ports.exists_one(p, p.port == 80)',
    'self.ports.map(p, p.port) == [80, 443] && self.ports.map(p, p.port > 100, p.port) == [443]',
    'self.ports.filter(p, p.port < 100).size() == 1',
    "self.labels.all(k, k in ['app', 'tier'])",
    'self.tags.all(i, t, size(t) == 1 && i < 2)',
    "self.labels.exists(k, v, k == 'app' && v == 'web')",
    'self.a__dash__b',
    "string(self.replicas) == '3' && int('4') == 4 && double(1) == 1.0",
    "type(1) == int && type('a') == string",
    "[1, 2].sum() == 3 && [1, 2].max() == 2 && ['b', 'a'].isSorted() == false",
    "'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'",
    "'hello'.substring(1, 3) == 'el' && 'hello'.indexOf('l') == 2 && 'hello'.lastIndexOf('l') == 3",
    "'aXa'.replace('a', 'b') == 'bXb' && 'aXa'.lowerAscii() == 'axa'",
    "'%s has %d'.format([self.name, self.replicas]) == 'web-1 has 3'",
    "'abc 123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
    'sets.contains([1, 2, 3], [2]) && sets.intersects([1], [1, 2])',
    "quantity(self.memory).isLessThan(quantity('1Gi')) && isQuantity('1Gi') && !isQuantity('x')",
    "isIP('10.0.0.1') && cidr('10.0.0.0/8').containsIP('10.1.2.3')",
    "url('https://example.com:80/a?b=c').getHost() == 'example.com:80' && !isURL('::')",
    "self.wait == duration('1m30s') && self.wait > duration('1m')",
    "self.started.getFullYear() == 2026 && self.started < timestamp('2026-02-01T00:00:00Z')",
    "self.?missing.orValue('none') == 'none' && optional.of(1).hasValue()",
    "{'a': 1}['a'] == 1 && [1, 2][1] == 2",
    'false && self.missing.x == 1 || true',
    '1 == 1.0 && 1u == 1',
  ])('%s', (source) => {
    expect(evaluate(source)).toBe(true)
  })

  test.each([
    ['self.missing', 'no such key: missing'],
    ['1 / 0', 'division by zero'],
    ['1 % 0', 'modulus by zero'],
    ['[1][3]', 'index out of bounds: 3'],
    ["1 + 'a'", 'no such overload'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['unknown', 'no such attribute(s): unknown'],
  ])('%s: %s', (source, message) => {
    expect(() => evaluate(source)).toThrow(new CelError(message))
  })

  test.each(['1 +', 'a b', '(1', "'open", '', '#', '1 ? 2', `${'('.repeat(300)}1`])(
    '%s is none',
    (source) => {
      expect(() => parseCel(source)).toThrow(CelSyntaxError)
    },
  )

  it('costs no more than it may', () => {
    const list = `[${Array.from({ length: 100 }, (_, index) => index).join()}]`
    const nested = `${list}.all(a, ${list}.all(b, ${list}.all(c, ${list}.all(d, true))))`
    expect(() => evaluate(nested)).toThrow(CostError)
    expect(() => evaluate(`'a'.matches('(a+)+b')`)).not.toThrow()
  })
})

it('ends in a value or in an error of its own, whatever is asked', () => {
  const atom = fc.constantFrom('self', 'self.name', '1', "'a'", '[]', '{}', 'null', '1.5', 'true')
  const method = fc.constantFrom(
    'size',
    'format',
    'join',
    'sum',
    'substring',
    'charAt',
    'replace',
    'split',
    'matches',
    'orValue',
    'getHours',
    'asInteger',
    'containsIP',
    'slice',
    'flatten',
  )
  const call = fc
    .tuple(atom, method, fc.array(atom, { maxLength: 3 }))
    .map(([target, name, args]) => `${target}.${name}(${args.join()})`)
  const operator = fc.constantFrom('+', '-', '*', '/', '%', '<', 'in', '&&', '==')
  const binary = fc.tuple(call, operator, call).map((parts) => parts.join(' '))
  fc.assert(
    fc.property(binary, (source) => {
      try {
        evaluate(source)
        return true
      } catch (error) {
        return error instanceof CelError || error instanceof CostError
      }
    }),
  )
})
