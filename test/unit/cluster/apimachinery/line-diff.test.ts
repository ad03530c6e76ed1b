import { describe, expect, test } from 'vitest'
import { gnuUnifiedDiff } from '#apimachinery/line-diff.ts'

const text = (lines: string): string => lines.split(' ').join('\n') + '\n'

// what GNU diff 3.8 prints for them
describe('a unified diff is the one of GNU diff:', () => {
  test.each([
    ['equal texts', 'a b c', 'a b c', ''],
    ['one line', 'a b c', 'a x c', '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'],
    [
      'changes far apart',
      'a 1 2 3 4 5 6 7 b',
      'x 1 2 3 4 5 6 7 y',
      '@@ -1,4 +1,4 @@\n-a\n+x\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+y\n',
    ],
    [
      'changes near each other',
      'a 1 2 3 4 5 6 b',
      'x 1 2 3 4 5 6 y',
      '@@ -1,8 +1,8 @@\n-a\n+x\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+y\n',
    ],
    [
      'a repeated block, moved down as far as it goes',
      'a b a b',
      'a b a b a b',
      '@@ -2,3 +2,5 @@\n b\n a\n b\n+a\n+b\n',
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(gnuUnifiedDiff(text(before), text(after))).toBe(expected)
  })

  test('a text that is not there', () => {
    expect(gnuUnifiedDiff('', 'a\nb\n')).toBe('@@ -0,0 +1,2 @@\n+a\n+b\n')
    expect(gnuUnifiedDiff('a\n', '')).toBe('@@ -1 +0,0 @@\n-a\n')
  })

  test('a last line without a newline', () => {
    expect(gnuUnifiedDiff('a\nb', 'a\nb\n')).toBe(
      '@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n',
    )
  })
})
