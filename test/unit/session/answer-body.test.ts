import { describe, expect, test } from 'vitest'
import { bodyOf } from '../../../durable-objects/session/answer-body.ts'

describe('the body of an answer', () => {
  test('is one text as long as it is short', () => {
    expect(bodyOf(['{}'])).toBe('{}')
    expect(bodyOf(['[', '1', ']'])).toBe('[1]')
  })

  test.each([
    ['many parts', Array.from({ length: 50_000 }, (_none, index) => `é${index};`.repeat(20))],
    ['one part', ['x'.repeat(5_000_000)]],
    ['parts of which some are empty', ['', 'x'.repeat(5_000_000), '', '漢', '']],
  ])('is a stream of the same text if it is long: %s', async (_name, parts) => {
    const body = bodyOf(parts)
    expect(body).toBeInstanceOf(ReadableStream)
    // compared as a whole: to print how megabytes differ takes minutes
    expect((await new Response(body).text()) === parts.join('')).toBe(true)
  })
})
