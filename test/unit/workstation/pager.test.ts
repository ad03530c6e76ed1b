// less and more at a terminal of 40 columns and 6 rows.
import { beforeEach, describe, expect, test } from 'vitest'
import { Desk } from '../../support/workstation.ts'

const PROMPT = '$ '

let desk: Desk
let terminal: ReturnType<Desk['terminal']>

const type = (keys: string): string => desk.type(terminal, keys)

/** The last screen that was drawn, without what moves the cursor. */
const screen = (keys: string): readonly string[] =>
  type(keys)
    .split('\x1b[H\x1b[2J')
    .at(-1)!
    .replaceAll(/\x1b\[7m|\x1b\[0m/g, '')
    .split('\r\n')

beforeEach(() => {
  desk = new Desk()
  desk.run(
    `echo "PS1='${PROMPT}'" >> ~/.bashrc; seq 100 > numbers; printf 'a\\tb\\n%050d\\n' 7 > wide`,
  )
  terminal = desk.terminal()
  terminal.resize(40, 6)
  type('')
})

describe('less', () => {
  test.each([
    ['begins at the beginning', [], ['1', '2', '3', '4', '5', ':']],
    ['goes down by lines', ['j', '\r', '\x1b[B'], ['4', '5', '6', '7', '8', ':']],
    [
      'goes up by lines, not beyond the beginning',
      ['jj', 'k', 'kkk'],
      ['1', '2', '3', '4', '5', ':'],
    ],
    ['goes on by pages', [' ', '\x1b[6~'], ['11', '12', '13', '14', '15', ':']],
    ['goes back by pages', ['  ', 'b'], ['6', '7', '8', '9', '10', ':']],
    ['goes to the end', ['G'], ['96', '97', '98', '99', '100', '(END)']],
    ['goes to a line', ['42G'], ['42', '43', '44', '45', '46', ':']],
    ['goes to the beginning', ['G', 'g'], ['1', '2', '3', '4', '5', ':']],
    ['finds a text', ['/9$\r', 'n'], ['19', '20', '21', '22', '23', ':']],
    ['finds a text before', ['G', '?^4\r', 'n'], ['48', '49', '50', '51', '52', ':']],
    [
      'says what it does not find',
      ['/x\r'],
      ['1', '2', '3', '4', '5', 'Pattern not found  (press RETURN)'],
    ],
    ['goes on after ^C', ['\x03', 'j'], ['2', '3', '4', '5', '6', ':']],
  ] as const)('%s', (_, keys, rows) => {
    let shown = screen('cat numbers | less\r')
    for (const key of keys) shown = screen(key)
    expect(shown).toEqual(rows)
    expect(type('q')).toContain(`\x1b[?1049l${PROMPT}`)
    expect(type('echo on\r')).toBe(`echo on\r\non\r\n${PROMPT}`)
  })

  test('shows long lines in pieces of the terminal, or cut', () => {
    const zeros = '0'.repeat(40)
    expect(screen('less wide\r')).toEqual(['a       b', zeros, '0000000007', '~', '~', 'wide'])
    type('q')
    expect(screen('less -S wide\r')).toEqual(['a       b', zeros, '~', '~', '~', 'wide'])
  })

  test('follows the size of the terminal', () => {
    screen('less numbers\r')
    terminal.resize(40, 4)
    expect(screen('j')).toEqual(['2', '3', '4', ':'])
  })

  test('is cat where nobody can turn pages', () => {
    expect(desk.run('less numbers | tail -1; more < numbers | head -1').stdout).toBe('100\n1\n')
    expect(desk.run('less nothing')).toMatchObject({
      stderr: 'nothing: No such file or directory\n',
      exitCode: 1,
    })
  })
})

test('more stops after each page and ends with the text', () => {
  expect(type('head -7 numbers | more\r')).toContain(
    '1\r\n2\r\n3\r\n4\r\n5\r\n\x1b[7m--More--(71%)',
  )
  expect(type(' ')).toBe(`\r\x1b[K6\r\n7\r\n${PROMPT}`)
})

test('programs know how large the terminal is', () => {
  expect(type('stty size; tput cols; echo $COLUMNS\r')).toContain('\r\n6 40\r\n40\r\n40\r\n')
  desk.run('touch aaaaaaaaaaaaaaa bbbbbbbbbbbbbbb ccccccccccccccc')
  expect(type('/bin/ls [abc]*\r')).toContain(
    'aaaaaaaaaaaaaaa  ccccccccccccccc\r\nbbbbbbbbbbbbbbb\r\n',
  )
})

test('colours are for terminals', () => {
  desk.run('mkdir folder; echo text > folder/file')
  expect(type('ls -d folder; grep text folder/file\r')).toMatch(
    /\x1b\[01;34mfolder\x1b\[0m[^]*\x1b\[01;31m/,
  )
  expect(type('ls -d folder | cat; grep text folder/file | cat\r')).toContain(
    '\r\nfolder\r\ntext\r\n',
  )
})
