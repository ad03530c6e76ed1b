import { describe, expect, test } from 'vitest'
import { TerminalSeat } from '#workstation/terminal.ts'
import { Desk } from '../../support/workstation.ts'

const PROMPT = 'learner@workstation:~$ '

/** A terminal, and what its page was told. */
const open = (desk = new Desk()) => {
  const shown: (readonly string[])[] = []
  const terminal = new TerminalSeat(
    (cluster) =>
      desk.computer.open(cluster, {
        rights: 'edit',
        argv: ['bash'],
        isTTY: true,
        edit: (...file) => void shown.push(file),
      }),
    desk.cluster,
  )
  const look = (): string => {
    let text = ''
    for (let looks = 0; looks < 5000; looks++) {
      const { output, wakeIn } = terminal.look(desk.cluster)
      text += output.map((piece) => piece.text).join('')
      if (wakeIn !== 0) break
    }
    return text
  }
  const type = (keys: string): string => {
    terminal.feed(keys)
    return look()
  }
  expect(look()).toBe(PROMPT)
  return { desk, terminal, type, look, shown }
}

describe('a terminal', () => {
  test('has the aliases of ~/.bashrc', () => {
    const { type } = open()
    expect(type('type k\r')).toBe(`type k\r\nk is aliased to \`kubectl'\r\n${PROMPT}`)
  })

  test('knows what runs in it', () => {
    const { type } = open()
    type('sleep 100 &\r')
    const lines = type('ps | tr -s " " | cut -d" " -f3,5\r').split('\r\n')
    expect(lines.slice(1, 4)).toEqual(['TTY CMD', 'pts/0 bash', 'pts/0 sleep'])
    expect(type('ps -e | grep -c init\r')).toContain('\r\n1\r\n')
    expect(type('kill -0 1 && echo there; kill -0 77777\r')).toContain('there\r\n')
  })

  test('shows what a watch brings, when it comes, and ends it at ^C', () => {
    const { desk, terminal, type, look } = open()
    type('k watch /api/v1/namespaces/default/configmaps | command grep -o \'"name":"new"\'\r')
    expect(terminal.isReady).toBe(false)
    desk.run('kubectl post /api/v1/namespaces/default/configmaps', {
      stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n',
    })
    desk.turn()
    expect(terminal.isReady).toBe(true)
    expect(look()).toBe('"name":"new"\r\n')
    expect(desk.cluster.watchers).toBe(1)
    expect(type('\x03')).toBe(`^C\r\n${PROMPT}`)
    expect(desk.cluster.watchers).toBe(0)
  })

  test('lets nothing run on when it is closed', () => {
    const { desk, terminal, type } = open()
    type('k watch /api/v1/pods & sleep 1000\r')
    expect(desk.cluster.watchers).toBe(1)
    terminal.close(desk.cluster)
    expect(desk.cluster.watchers).toBe(0)
    expect(terminal.look(desk.cluster)).toMatchObject({ exitCode: 137 })
  })

  test('watches over the whole width of the screen', () => {
    const { terminal, type } = open()
    terminal.resize(60, 10)
    const wide = /Every 2\.0s: true +workstation: .{24}(?=\r\n)/.exec(type('watch true\r'))
    expect(wide?.[0]).toHaveLength(60)
    terminal.resize(50, 10)
    type('\x03')
    expect(type('watch true true true\r')).toMatch(/Every 2\.{4} {2}workstation: .{24}\r\n/)
  })

  test('opens the editor of its page and waits for it', () => {
    const { terminal, type, look, shown, desk } = open()
    type('echo "kind: Pod" > a.yaml; nano a.yaml; cat a.yaml\r')
    expect(shown).toEqual([['/home/learner/a.yaml', 'kind: Pod\n', 'nano']])
    terminal.edited('/home/learner/a.yaml', 'kind: Service\n')
    expect(look()).toBe(`kind: Service\r\n${PROMPT}`)
    type('vi a.yaml\r')
    terminal.edited('/home/learner/a.yaml')
    expect(look()).toBe(PROMPT)
    expect(desk.run('cat a.yaml').stdout).toBe('kind: Service\n')
  })

  test.each([
    [':(){ :|:& };:', 'too many processes'],
    ['while true; do :; done', 'it worked for too long without an end'],
    ['yes', 'more than 8 MiB of output'],
  ])('has a new shell after %s', (line, why) => {
    const { type } = open()
    expect(type(`${line}\r`)).toContain(`\r\nstopped: ${why}; here is a new shell\r\n${PROMPT}`)
    expect(type('echo well\r')).toBe(`echo well\r\nwell\r\n${PROMPT}`)
  })

  test('survives a storm of ^C and a line of a million characters', () => {
    const { type } = open()
    type('\x03'.repeat(10_000))
    type('x'.repeat(1_000_000))
    type('\x03')
    expect(type('echo well\r')).toBe(`echo well\r\nwell\r\n${PROMPT}`)
  })

  test('knows what was typed in other days', () => {
    const first = open()
    first.type('echo first\r')
    first.terminal.close(first.desk.cluster)
    const second = open(first.desk)
    expect(second.type('\x1b[A')).toBe('echo first')
  })

  test.each([
    ['cat <<EOF', ['one', 'EOF'], 'one'],
    ['cat <<A <<-"B C" | tr a-z A-Z', ['A', '\x16\ttwo', '\x16\tB C'], 'TWO'],
    ['if true; then cat <<EOF', ['three', 'EOF', 'fi'], 'three'],
    ['echo four \\', ['five'], 'four five'],
    ['echo "six', ['seven"'], 'six\r\nseven'],
    ['echo $((1<<3)) "<<EOF"', [], '8 <<EOF'],
    ['echo $(cat <<EOF', ['nine', 'EOF', ')'], 'nine'],
  ])('asks for what is missing: %s', (line, rest, output) => {
    const { type } = open()
    const texts = [line, ...rest].map((text) => type(`${text}\r`))
    for (const text of texts.slice(0, -1)) expect(text).toMatch(/\r\n> $/)
    expect(texts.at(-1)!.slice(texts.at(-1)!.indexOf('\r\n') + 2)).toBe(`${output}\r\n${PROMPT}`)
  })

  test('shows the history to a pipe, too', () => {
    const { type } = open()
    type('echo one\r')
    expect(type('history | tail -2\r')).toContain('    1  echo one\r\n    2  history | tail -2\r\n')
  })

  test('is as wide as its page says', () => {
    const { terminal, type } = open()
    terminal.resize(132, 40)
    expect(type('echo $COLUMNS $LINES\r')).toContain('\r\n132 40\r\n')
  })
})

describe('a watch that begins in the middle of a turn', () => {
  test('tells nothing twice', () => {
    const desk = new Desk()
    const watched = '/api/v1/namespaces/default/configmaps'
    const make = (name: string): string =>
      `echo '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "${name}"}}' | kubectl post ${watched} > /dev/null`
    // somebody watches already, so that what is written is kept for him until the turn ends
    const first = open(desk)
    first.type(`k watch ${watched} > /dev/null\r`)
    const { stdout } = desk.run(
      `${make('before')}; timeout 3 kubectl watch ${watched} | grep -o '"name":"[a-z]*e"' & ${make('late')}; wait`,
    )
    expect(stdout.split('\n').filter((line) => line.includes('before'))).toHaveLength(1)
    expect(stdout.split('\n').filter((line) => line.includes('late'))).toHaveLength(1)
  })
})
