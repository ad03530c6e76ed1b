import { describe, expect, test } from 'vitest'
import * as names from '#apimachinery/validation/names.ts'

const long = (length: number): string => 'a'.repeat(length)
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const NAME_PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

describe('names', () => {
  test.each<[keyof typeof names, string, readonly string[]]>([
    ['isDns1123Label', 'web', []],
    ['isDns1123Label', '1web', []],
    ['isDns1123Label', 'Web', [LABEL]],
    ['isDns1123Label', 'web.one', ['must not contain dots']],
    ['isDns1123Label', long(64), ['must be no more than 63 characters']],
    ['isDns1123Subdomain', 'l.1', []],
    ['isDns1123Subdomain', 'L2', [SUBDOMAIN]],
    ['isDns1123Subdomain', long(254), ['must be no more than 253 characters']],
    ['isValidLabelValue', '', []],
    ['isValidLabelValue', long(64), ['must be no more than 63 bytes']],
    ['isQualifiedName', 'example.com/A_b.c', []],
    ['isQualifiedName', 'bad key', [NAME_PART]],
    ['isQualifiedName', 'a/', ['name part must be non-empty', NAME_PART]],
    ['isQualifiedName', '/a', ['prefix part must be non-empty']],
    ['isQualifiedName', 'A/a', [`prefix part ${SUBDOMAIN}`]],
    ['isQualifiedName', long(64), ['name part must be no more than 63 bytes']],
    ['isValidPortName', 'http-1', []],
    ['isValidPortName', '1234', ['must contain at least one letter (a-z)']],
    ['isValidPortName', 'a--b', ['must not contain consecutive hyphens']],
    [
      'isValidPortName',
      '-abcdefghijklmnop',
      ['must be no more than 15 characters', 'must not begin or end with a hyphen'],
    ],
    ['isConfigMapKey', '..a', ["must not start with '..'"]],
    ['isRelaxedEnvVarName', '1 a', []],
    [
      'isRelaxedEnvVarName',
      'a=b',
      [
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ],
    ],
  ])('%s of %j', (check, value, expected) => {
    expect((names[check] as (value: string) => readonly string[])(value)).toEqual(expected)
  })

  test('a generateName may end with the dash that joins the suffix', () => {
    expect(names.nameIsDnsLabel('web-', true)).toEqual([])
    expect(names.nameIsDnsLabel('web-', false)).toEqual([LABEL])
  })

  test('lengths are counted in bytes', () => {
    expect(['aé', '€', '😀', '\ud800'].map(names.byteLength)).toEqual([3, 3, 4, 3])
  })
})
