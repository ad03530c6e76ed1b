import { JsonSyntaxError, MAX_JSON_DEPTH, parseJson } from '#apimachinery/json.ts'
import { scanJson } from '#apimachinery/json-scanner.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const fault = (text: string): string => {
  try {
    parseJson(text)
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message
    throw error
  }
  return ''
}

describe('parseJson()', () => {
  test('reads any JSON as the platform does, without duplicates', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
        expect(parseJson(text)).toEqual({ value: JSON.parse(text), duplicates: [] })
        expect(scanJson(text, 100)).toEqual([])
      }),
    )
  })

  test('refuses whatever the platform refuses, and nothing else', () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', '{', '\\', '1', '.', 'e', '\n', 'é'),
      )
      .map(([text, at, insert]) => {
        const cut = at % (text.length + 1)
        return text.slice(0, cut) + insert + text.slice(cut + 1)
      })
    fc.assert(
      fc.property(broken, (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        expect(fault(text) === '').toBe(valid)
      }),
      { numRuns: 1000 },
    )
  })

  test('reports repeated keys by path, of which the last counts', () => {
    const text =
      '{"data":{"a":"1","b":"2","a":"3"},"ports":[{},{"p":1,"p":2,"p":3}],"\\u0064ata":{}}'
    expect(parseJson(text)).toEqual({
      value: { data: {}, ports: [{}, { p: 3 }] },
      duplicates: [
        'duplicate field "data.a"',
        'duplicate field "ports[1].p"',
        'duplicate field "data"',
      ],
    })
  })

  test('sees repeated keys whatever stands in strings', () => {
    expect(parseJson('{"a:":"\\\\","b":"\\":{[","a:":1}').duplicates).toEqual([
      'duplicate field "a:"',
    ])
    expect(parseJson('{"a":":\\\\\\"::","b":":{"}').duplicates).toEqual([])
  })

  test('keeps keys that objects inherit', () => {
    const { value } = parseJson('{"__proto__":{"x":1},"constructor":2}')
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
  })

  test('replaces halves of surrogate pairs', () => {
    expect(parseJson('{"a":"\\ud800x","\\udc00":"\\ud83d\\ude00"}').value).toEqual({
      a: '\ufffdx',
      '\ufffd': '😀',
    })
  })

  test('bounds the depth', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    expect(fault(nested(MAX_JSON_DEPTH))).toBe('')
    expect(fault(nested(MAX_JSON_DEPTH + 1))).toBe("invalid character '[' exceeded max depth")
    expect(fault('{"a":'.repeat(200_000))).toBe("invalid character '{' exceeded max depth")
  })

  test.each([
    ['', 'unexpected end of JSON input'],
    ['{"a":', 'unexpected end of JSON input'],
    ['{"a', 'unexpected end of JSON input'],
    ['-', 'unexpected end of JSON input'],
    ['hello', "invalid character 'h' looking for beginning of value"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['01', "invalid character '1' after top-level value"],
    ['-a', "invalid character 'a' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1e+x', "invalid character 'x' in exponent of numeric literal"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['nul!', "invalid character '!' in literal null (expecting 'l')"],
    ["'", "invalid character '\\'' looking for beginning of value"],
    ['é', "invalid character 'Ã' looking for beginning of value"],
    ['\u0441', "invalid character 'Ñ' looking for beginning of value"],
  ])('says what is wrong with %j as Go does', (text, message) => {
    expect(fault(text)).toBe(message)
  })
})
