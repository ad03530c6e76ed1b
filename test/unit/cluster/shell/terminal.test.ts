import { describe, expect, it } from 'vitest'
import { Terminal } from '#shell/terminal.ts'

/** What a screen shows after all that was written to it, and what the program was given. */
const typed = (...keys: readonly string[]) => {
  let row: string[] = []
  const rows: string[] = []
  let at = 0
  const given: string[] = []
  const show = (text: string): void => {
    for (const character of text) {
      if (character === '\b') at--
      else if (character === '\n') {
        rows.push(row.join('').trimEnd())
        row = []
      } else if (character === '\r') at = 0
      else row[at++] = character
    }
  }
  const terminal = new Terminal({
    show,
    submit: (line) => void given.push(line),
    end: () => void given.push('EOF'),
    signal: (signal) => void given.push(signal),
    prompt: () => '$ ',
  })
  for (const key of keys) terminal.type(key)
  return { given, screen: [...rows, row.join('').trimEnd()] }
}

const UP = '\x1b[A'
const DOWN = '\x1b[B'
const LEFT = '\x1b[D'
const CTRL_LEFT = '\x1b[1;5D'
const CTRL_RIGHT = '\x1b[1;5C'

describe('a terminal', () => {
  it('shows what is typed and hands on whole lines', () => {
    expect(typed('ls', ' -l', '\r', 'x')).toEqual({ given: ['ls -l\n'], screen: ['ls -l', 'x'] })
  })

  it.each([
    ['a backspace', ['lss', '\x7f', '\r'], 'ls\n'],
    ['a backspace where nothing is', ['\x7f', 'ls\r'], 'ls\n'],
    ['^U', ['nonsense', '\x15', 'ls\r'], 'ls\n'],
    ['^W', ['echo one two', '\x17', 'x\r'], 'echo one x\n'],
    ['the arrow to the left', ['ac', LEFT, 'b\r'], 'abc\n'],
    ['^A and ^K', ['abc', '\x01', '\x0b', 'x\r'], 'x\n'],
    ['delete', ['abc', LEFT, '\x1b[3~', '\r'], 'ab\n'],
    [
      'Ctrl and the arrow to the left',
      ['get --all', CTRL_LEFT, 'x', CTRL_LEFT, 'y\r'],
      'get --yxall\n',
    ],
    ['Ctrl and the arrow to the right', ['get pods', '\x01', CTRL_RIGHT, 's\r'], 'gets pods\n'],
    ['Alt-B, Alt-F and Alt-D', ['a b c', '\x1bb', '\x1bb', '\x1bd', '\x1bfx\r'], 'a  cx\n'],
    ['Alt and a backspace', ['a app=web', '\x1b\x7f', 'api\r'], 'a app=api\n'],
    ['^Y', ['one two', '\x17', '\x01', '\x19', '\r'], 'twoone \n'],
    ['characters of several bytes', ['é😀x', '\x7f', '\r'], 'é😀\n'],
    ['keys that mean nothing', ['a\x1b[15~\x07b\r'], 'ab\n'],
  ])('knows %s', (_, keys, line) => {
    const { given, screen } = typed(...keys)
    expect(given).toEqual([line])
    expect(screen[0]).toBe(line.trimEnd())
  })

  it.each([
    ['finds the newest', ['\x12', 'e', '\r'], 'other one\n'],
    ['goes on to older ones', ['\x12', 'one', '\x12', '\r'], 'one\n'],
    ['is given up with ^G', ['\x12', 'one', '\x07', 'x\r'], 'x\n'],
    ['gives a line to edit', ['\x12', 'other', LEFT, 'X\r'], 'other onXe\n'],
    ['may find nothing', ['\x12', 'zzz', '\r'], '\n'],
  ])('searches backwards: %s', (_, keys, line) => {
    expect(typed('one\r', 'other one\r', 'two\r', ...keys).given.at(-1)).toBe(line)
  })

  it('clears the screen and keeps the line', () => {
    expect(typed('abc', LEFT, '\x0c').screen.at(-1)).toMatch(/\$ abc$/)
  })

  it('brings back what was typed before', () => {
    expect(typed('one\r', 'two\r', UP, UP, '\r', UP, UP, DOWN, '\r').given).toEqual([
      'one\n',
      'two\n',
      'one\n',
      'one\n',
    ])
  })

  it('repeats the last word of the line before at Alt-.', () => {
    expect(typed('kubectl get svc\r', 'echo \x1b.\r').given.at(-1)).toBe('echo svc\n')
  })

  it('leaves a line at its end, so that what follows stands below all its rows', () => {
    expect(typed('abc', LEFT, LEFT, '\x03').screen.at(-1)).toBe('abc^C')
  })

  it('ends the input at the beginning of a line only', () => {
    expect(typed('a\x04', '\r', '\x04').given).toEqual(['a\n', 'EOF'])
  })

  it('gives the line up at ^C', () => {
    expect(typed('half', '\x03', 'ls\r')).toEqual({
      given: ['INT', 'ls\n'],
      screen: ['half^Cls', ''],
    })
  })

  it('takes a line that never ends as far as Linux does', () => {
    const { given } = typed('x'.repeat(10_000), '\r')
    expect(given[0]).toHaveLength(4096)
  })
})
