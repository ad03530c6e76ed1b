import { describe, expect, test } from 'vitest'
import {
  fieldSelectorText,
  matchesFields,
  parseFieldSelector,
} from '#apimachinery/field-selector.ts'
import { matches, selectorText } from '#apimachinery/labels.ts'
import { parseSelector } from '#apimachinery/selector-parser.ts'

const message = (parse: () => unknown): string => {
  try {
    parse()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('was understood')
}

describe('label selectors', () => {
  test.each([
    ['', ''],
    ['app=web', 'app=web'],
    ['app==web, tier != back', 'app=web,tier!=back'],
    ['b,a', 'a,b'],
    ['!a', '!a'],
    ['a in (y, x),b notin (z)', 'a in (x,y),b!=z'],
    ['a=', 'a='],
    ['a in (,x)', 'a in (,x)'],
    ['a in ()', 'a='],
    ['in in (in,notin)', 'in in (in,notin)'],
    ['n>3,m<5', 'm<5,n>3'],
    ['example.com/a', 'example.com/a'],
  ])('%j is understood as %j', (text, printed) => {
    expect(selectorText(parseSelector(text))).toBe(printed)
  })

  test.each([
    ['a in', "unable to parse requirement: found '' expected: '('"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a=!', "unable to parse requirement: found '!', expected: identifier"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (x,', "unable to parse requirement: found '', expected: ',', or identifier"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    [
      'a=-x',
      `unable to parse requirement: values[0][a]: Invalid value: "-x": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ],
    [
      '-a',
      `unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  ])('%j is refused as upstream refuses it', (text, expected) => {
    expect(message(() => parseSelector(text))).toBe(expected)
  })

  test('a parsed selector selects', () => {
    const selector = parseSelector('app in (a,b),!gone,tier!=back')
    expect(matches(selector, { app: 'a' })).toBe(true)
    expect(matches(selector, { app: 'a', gone: '' })).toBe(false)
    expect(matches(selector, { app: 'b', tier: 'back' })).toBe(false)
  })
})

describe('field selectors', () => {
  test.each([
    ['', ''],
    ['metadata.name=a', 'metadata.name=a'],
    ['b!=1,a==2', 'a=2,b!=1'],
    ['a=x\\,y\\=z\\\\', 'a=x\\,y\\=z\\\\'],
  ])('%j is understood as %j', (text, printed) => {
    expect(fieldSelectorText(parseFieldSelector(text))).toBe(printed)
  })

  test.each([
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
    ['a=\\', 'invalid field selector: invalid escape sequence: \\'],
  ])('%j is refused as upstream refuses it', (text, expected) => {
    expect(message(() => parseFieldSelector(text))).toBe(expected)
  })

  test('an absent field counts as empty', () => {
    expect(matchesFields(parseFieldSelector('spec.nodeName='), {})).toBe(true)
    expect(matchesFields(parseFieldSelector('spec.nodeName!=a'), { 'spec.nodeName': 'a' })).toBe(
      false,
    )
  })
})
