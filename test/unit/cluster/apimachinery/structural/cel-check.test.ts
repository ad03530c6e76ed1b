import { describe, expect, test } from 'vitest'
import { CelSyntaxError } from '#apimachinery/cel/syntax.ts'
import { parseCel } from '#apimachinery/cel/parser.ts'
import { checkRule } from '#apimachinery/structural/cel-check.ts'
import type { JsonSchema } from '#apimachinery/structural/json-schema.ts'

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    i: { type: 'integer' },
    n: { type: 'number' },
    s: { type: 'string' },
    b: { type: 'boolean' },
    time: { type: 'string', format: 'date-time' },
    maybe: { type: 'integer', nullable: true },
    port: { 'x-kubernetes-int-or-string': true },
    list: { type: 'array', items: { type: 'string' } },
    map: { type: 'object', additionalProperties: { type: 'integer' } },
  },
}

const fault = (rule: string): string | undefined => {
  try {
    checkRule(parseCel(rule), SCHEMA, false, false)
    return undefined
  } catch (error) {
    if (error instanceof CelSyntaxError) return `${error.at}: ${error.message}`
    throw error
  }
}

describe('checkRule()', () => {
  test.each([
    ["self.i > 'x'", "7: found no matching overload for '_>_' applied to '(int, string)'"],
    ['self.i == 1.0', "7: found no matching overload for '_==_' applied to '(int, double)'"],
    ['self.s != null', "7: found no matching overload for '_!=_' applied to '(string, null)'"],
    [
      'self.s + self.i == "x"',
      "7: found no matching overload for '_+_' applied to '(string, int)'",
    ],
    ['self.n % 2.0 > 0.0', "7: found no matching overload for '_%_' applied to '(double, double)'"],
    ['self.b && self.i', "7: found no matching overload for '_&&_' applied to '(bool, int)'"],
    ['!self.s', "0: found no matching overload for '!_' applied to '(string)'"],
    ['-self.b', "0: found no matching overload for '-_' applied to '(bool)'"],
    [
      'self.list.all(x, x > 3)',
      "19: found no matching overload for '_>_' applied to '(string, int)'",
    ],
    ['self.map.a < true', "11: found no matching overload for '_<_' applied to '(int, bool)'"],
    ['self.i.x', "6: type 'int' does not support field selection"],
    ['self.i + 1', '-1: cel expression must evaluate to a bool'],
    ['self.s', '-1: cel expression must evaluate to a bool'],
  ])('refuses %s', (rule, message) => {
    expect(fault(rule)).toBe(message)
  })

  test.each([
    'self.i > 1.5 && self.n <= 2 && self.i + 1 == 2',
    "self.s + 'x' > 'y' || !self.b",
    "self.time > timestamp('2020-01-01T00:00:00Z')",
    'self.maybe == null || self.maybe > 1',
    "self.port == 'http' || self.port == 80",
    'self.list == [] && self.list + self.list == self.list',
    "self.map['a'] - 1 > 0",
    'size(self.s) + 1 > 2 && self.s.size() < 3',
    'oldSelf.b == self.b',
    'self.b',
  ])('takes %s', (rule) => {
    expect(fault(rule)).toBeUndefined()
  })
})
