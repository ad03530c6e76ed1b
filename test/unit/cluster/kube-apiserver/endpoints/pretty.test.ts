import { presented } from '#kube-apiserver/endpoints/pretty.ts'
import { jsonAnswer, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const request = (userAgent: string, query: ApiRequest['query'] = []): ApiRequest => ({
  method: 'GET',
  path: '/',
  query,
  accept: '',
  contentType: '',
  userAgent,
  body: '',
  user: { username: 'jane', groups: [] },
})

const shown = (value: unknown): string =>
  presented(request('curl/8.0'), jsonAnswer(200, value)).body.join('')

describe('presented()', () => {
  test('indents as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = shown(value)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(text.replaceAll(/\\u00(3c|3e|26)/g, '')).toBe(
          JSON.stringify(value, undefined, 2).replaceAll(/[<>&]/g, ''),
        )
      }),
    )
  })

  test('keeps apart what comes in parts', () => {
    const answer = {
      status: 200,
      contentType: 'application/json',
      body: ['{"items":[', '{"a":"\\\\"}', ',', '{}', ']', '}', '\n'],
    }
    expect(presented(request('curl/8'), answer).body.join('')).toBe(
      '{\n  "items": [\n    {\n      "a": "\\\\"\n    },\n    {}\n  ]\n}',
    )
  })

  test.each([
    ['kubectl/v1.36.3', [], false],
    ['curl/8.5.0', [], true],
    ['Wget/1.21', [], true],
    ['Mozilla/5.0 (X11)', [], true],
    ['curl/8.5.0', [['pretty', 'false']], false],
    ['curl/8.5.0', [['pretty', 'odd']], false],
    ['curl/8.5.0', [['pretty', '']], true],
    ['kubectl/v1.36.3', [['pretty', 'true']], true],
    ['kubectl/v1.36.3', [['pretty', 'T']], true],
  ] as const)('%s with %j: %s', (userAgent, query, isIndented) => {
    const { body } = presented(request(userAgent, query), jsonAnswer(200, { a: 1 }))
    expect(body.join('')).toBe(isIndented ? '{\n  "a": 1\n}' : '{"a":1}\n')
  })

  test('leaves text alone', () => {
    const text = { status: 200, contentType: 'text/plain', body: ['{"a":1}'] }
    expect(presented(request('curl/8'), text)).toBe(text)
  })
})
