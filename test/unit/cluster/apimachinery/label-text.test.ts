import { expect, test } from 'vitest'
import { formatLabels, formatLabelSelector } from '#apimachinery/label-text.ts'

test.each([
  [undefined, '<none>'],
  [{}, '<none>'],
  [{ matchLabels: { b: '2', a: '1' } }, 'a=1,b=2'],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['a'] }] }, 'app in (a)'],
  [
    {
      matchLabels: { m: 'x' },
      matchExpressions: [
        { key: 'z', operator: 'NotIn', values: ['b', 'a'] },
        { key: 'e', operator: 'Exists' },
        { key: 'd', operator: 'DoesNotExist' },
      ],
    },
    '!d,e,m=x,z notin (a,b)',
  ],
])('the selector %j reads %j', (selector, text) => {
  expect(formatLabelSelector(selector)).toBe(text)
})

test('labels are sorted', () => {
  expect(formatLabels({ b: '2', a: '1' })).toBe('a=1,b=2')
  expect(formatLabels(undefined)).toBe('<none>')
})
