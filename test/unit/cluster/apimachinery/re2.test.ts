import { compilePattern, PatternError, quotePattern } from '#apimachinery/re2.ts'
import { describe, expect, it } from 'vitest'

describe('refuses what Go refuses, in its words', () => {
  it.each([
    ['a(', 'missing closing ): `a(`'],
    ['[a', 'missing closing ]: `[a`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['\\8', 'invalid escape sequence: `\\8`'],
    ['a\\', 'trailing backslash at end of expression'],
  ])('%s', (source, message) => {
    expect(() => compilePattern(source)).toThrow(PatternError)
    expect(() => compilePattern(source)).toThrow(`error parsing regexp: ${message}`)
  })
})

describe('finds', () => {
  it.each([
    ['b+', 'abbc', 0, [1, 3]],
    ['(a)|(b)', 'b', 0, [0, 1, -1, -1, 0, 1]],
    ['^b', 'ab', 1, undefined],
    ['\\bb', 'ab', 1, undefined],
    ['', 'ab', 2, [2, 2]],
    ['', 'ab', 3, undefined],
    ['ü.', 'müde', 0, [1, 3]],
  ])('%s in %s from %d', (source, text, from, expected) => {
    expect(compilePattern(source).exec(text, from)).toEqual(expected)
  })

  it('the alternative that was written first, or the longest', () => {
    expect(compilePattern('a|ab').exec('ab')).toEqual([0, 1])
    expect(compilePattern('a|ab', { longest: true }).exec('ab')).toEqual([0, 2])
  })

  it('lines and letters of any case if asked', () => {
    expect(compilePattern('^B$').test('a\nb')).toBe(false)
    expect(compilePattern('^B$', { ignoreCase: true, multiline: true }).test('a\nb')).toBe(true)
    expect(compilePattern('a.b', { dotAll: true }).test('a\nb')).toBe(true)
  })
})

it('answers where backtracking would not come to an end', () => {
  const text = `${'a'.repeat(20_000)}!`
  expect(compilePattern('^(a+)+$').test(text)).toBe(false)
  expect(compilePattern('(x+x+)+y').test('x'.repeat(20_000))).toBe(false)
})

it('quotes a text so that it stands for itself', () => {
  const text = 'a.b*c+[d](e){f}|g^h$i\\j?'
  expect(compilePattern(`^${quotePattern(text)}$`).test(text)).toBe(true)
})
