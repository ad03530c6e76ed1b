import { describe, expect, test } from 'vitest'
import { DESCRIPTION, TABLE, TabWriter } from '#kubectl/output/tabwriter.ts'

const alignColumns = (text: string): string => {
  const writer = new TabWriter(DESCRIPTION)
  writer.write(text)
  return writer.flush()
}

describe('columns', () => {
  test.each([
    ['cells of one place get one width', 'a\tb\nccc\td\n', 'a    b\nccc  d\n'],
    [
      'a line without a cell ends its column',
      'long cell\tx\nnone\na\tb\n',
      'long cell  x\nnone\na  b\n',
    ],
    [
      'the last cell of a line bears on no other',
      'a\tlong last\nb\tc\td\n',
      'a  long last\nb  c  d\n',
    ],
    ['empty cells keep their column', 'a\t\tb\ncc\t\td\n', 'a     b\ncc    d\n'],
    ['letters count, not bytes', 'ü\tx\n😀\ty\nabc\tz\n', 'ü    x\n😀    y\nabc  z\n'],
    ['a line need not end', 'a\tb\nccc\td', 'a    b\nccc  d'],
    ['a form feed ends all columns', 'aaa\tb\fc\td\n', 'aaa  b\nc  d\n'],
  ])('%s', (_name, text, aligned) => {
    expect(alignColumns(text)).toBe(aligned)
  })

  test('a hundred thousand cells in a line are no harm', () => {
    expect(alignColumns('\t'.repeat(100_000))).toBe('  '.repeat(100_000))
  })

  test('what would not fit into memory ends kubectl', () => {
    const wide = `${'x'.repeat(100_000)}\ty\n`
    expect(() => alignColumns(wide + 'a\tb\n'.repeat(100_000))).toThrow('Killed')
  })

  test('of tables get no narrower', () => {
    const writer = new TabWriter(TABLE)
    const lines = ['NAME\tREADY\n', 'a-long-name\t1/1\n', 'b\t0/1\n'].map((line) => {
      writer.write(line)
      return writer.flush()
    })
    expect(lines).toEqual(['NAME   READY\n', 'a-long-name   1/1\n', 'b             0/1\n'])
  })
})
