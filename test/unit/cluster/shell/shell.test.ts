import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { Exhausted } from '#shell/kernel/kernel.ts'
import { runShell } from '../../../support/shell.ts'

describe('time', () => {
  it.each([
    ['sleep 2; sleep 3', 5000],
    ['sleep 5 & sleep 2', 5000],
    ['sleep 5 & sleep 2; wait', 5000],
    ['(sleep 1; echo a) & (sleep 3; echo b) & wait', 3000],
    ['sleep 3 | sleep 1', 3000],
    ['x=$(sleep 4; echo x); echo $x', 4000],
  ])('%s takes %i ms', (script, time) => {
    expect(runShell('bash', script).time).toBe(time)
  })

  it('goes by for all processes at once', () => {
    const { stdout } = runShell(
      'dash',
      '(sleep 2; echo second) & (sleep 1; echo first) & wait; echo last',
    )
    expect(stdout).toBe('first\nsecond\nlast\n')
  })

  it('is what SECONDS counts', () => {
    expect(runShell('bash', 'echo $SECONDS; sleep 3; echo $SECONDS').stdout).toBe('0\n3\n')
  })
})

test.each([
  ['bash', '1', '4'],
  ['ash', '1', '4'],
  ['dash', '', '3'],
] as const)('%s counts how deep it is', (flavour, first, below) => {
  const level = (env: Readonly<Record<string, string>>): string =>
    runShell(flavour, 'printf %s "$SHLVL"', { env }).stdout
  expect([level({}), level({ SHLVL: '3' })]).toEqual([first, below])
})

describe('pipes', () => {
  it('hand text on before the writer has ended', () => {
    const { stdout } = runShell(
      'dash',
      '(echo a; sleep 5; echo b) | while read l; do echo "$l"; done',
    )
    expect(stdout).toBe('a\nb\n')
  })

  it('end a writer that nobody reads', () => {
    const { stdout, time } = runShell('dash', 'while true; do echo x; sleep 1; done | head -3')
    expect(stdout).toBe('x\nx\nx\n')
    expect(time).toBeLessThan(5000)
  })

  it('hold back a writer that is faster than its reader', () => {
    expect(runShell('bash', 'seq 1 100000 | (sleep 1; tail -n 1)').stdout).toBe('100000\n')
  })
})

describe('signals', () => {
  it.each([
    ['trap "echo caught" TERM; kill $$; echo after', 'caught\nafter\n', 0],
    ['trap "echo bye" EXIT; kill $$; echo not', '', 143],
    ['sleep 100 & kill $!; wait $!; echo $?', '143\n', 0],
    ['trap "echo usr" USR1; (sleep 1; kill -USR1 $$) & wait; echo $?', 'usr\n138\n', 0],
    ['(sleep 1; kill $$) & sleep 100', '', 143],
  ])('%s', (script, stdout, code) => {
    expect(runShell('dash', script)).toMatchObject({ stdout, code })
  })
})

describe('busybox ash', () => {
  it.each([
    ['foo', 'ash: foo: not found\n', 127],
    ['cd /nope', "ash: cd: can't cd to /nope: No such file or directory\n", 2],
    ['cat < /nope', "ash: can't open /nope: no such file\n", 2],
    ['echo x > /nope/y', "ash: can't create /nope/y: nonexistent directory\n", 2],
    ['echo "x', 'ash: syntax error: unterminated quoted string\n', 2],
    ['set -u; echo $x', 'ash: x: parameter not set\n', 2],
  ])('complains of %s', (script, stderr, code) => {
    expect(runShell('ash', script)).toMatchObject({ stderr, code })
  })

  it('shows what it runs where it wrote its errors before the command', () => {
    const script = `set -x; A=1 true; echo to 2>&1; B="a b"; [ 1 = 1 ]; echo "" "*" a=b; A=1 B=2`
    expect(runShell('ash', script)).toMatchObject({
      stdout: 'to\n * a=b\n',
      stderr: "+ A=1 true\n+ echo to\n+ B='a b'\n+ '[' 1 '=' 1 ]\n+ echo  '*' 'a=b'\n+ A=1 B=2\n",
      code: 0,
    })
  })

  it.each([
    ['echo -e "a\\tb"', 'a\tb\n'],
    ['echo "a\\tb"', 'a\\tb\n'],
    ['[[ abc == a* ]] && echo yes', 'yes\n'],
    ['x=hello; echo ${x:1:3} ${x//l/L}', 'ell heLLo\n'],
    ['echo {a,b}', '{a,b}\n'],
    ['set -o pipefail; false | true; echo $?', '1\n'],
  ])('%s', (script, stdout) => {
    expect(runShell('ash', script).stdout).toBe(stdout)
  })
})

describe('files', () => {
  it('are read, made and run', () => {
    const files = { 'run.sh': 'echo "in $0: $1"\nexit 4\n' }
    expect(runShell('dash', 'sh run.sh x; echo $?', { files }).stdout).toBe('in run.sh: x\n4\n')
    expect(runShell('dash', './run.sh', { files }).stderr).toContain('Permission denied')
  })

  it('give input', () => {
    expect(runShell('dash', 'read a; read b; echo $b$a', { stdin: '1\n2\n' }).stdout).toBe('21\n')
  })
})

describe('bounds', () => {
  it.each([
    'while :; do :; done',
    'f() { f; }; f',
    'f() { f | f; }; f',
    'x=a; while :; do x=$x$x; done',
    'eval "$(yes "echo x;")"',
    'for i in {1..10000}{1..10000}; do :; done',
    'sh() { sh; }; while :; do (:) & done',
    'yes',
    'yes | cat > /work/f',
  ])('%s comes to an end', (script) => {
    let ended: unknown
    try {
      ended = runShell('bash', script, { until: 1000, steps: 20_000 }).time
    } catch (error) {
      ended = error
    }
    expect(typeof ended === 'number' || ended instanceof Exhausted).toBe(true)
  })

  const word = fc.constantFrom(
    'a',
    '$x',
    '"$@"',
    '$(f)',
    '${x:-b}',
    '$((x+1))',
    '*',
    '`f`',
    '{1..3}',
  )
  const simple = fc
    .tuple(
      fc.constantFrom('echo', ':', 'f', 'x=1;', 'false', 'read x', 'cat', 'head -1'),
      fc.array(word, { maxLength: 3 }),
    )
    .map(([name, words]) => [name, ...words].join(' '))
  const script = fc.letrec<{ one: string }>((tie) => ({
    one: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      simple,
      fc
        .tuple(tie('one'), fc.constantFrom(' && ', ' || ', '; ', ' | ', ' & '), tie('one'))
        .map((parts) => parts.join('')),
      tie('one').map((body) => `while ${body}; do ${body}; done`),
      tie('one').map((body) => `for i in 1 2 3; do ${body}; done`),
      tie('one').map((body) => `( ${body} )`),
      tie('one').map((body) => `f() { ${body}; }; f`),
      tie('one').map((body) => `if ${body}; then ${body}; fi > out`),
      tie('one').map((body) => `trap '${body.replaceAll("'", '')}' EXIT; ${body}`),
    ),
  })).one

  it('hold for every script', () => {
    fc.assert(
      fc.property(script, fc.constantFrom('bash' as const, 'dash' as const), (text, flavour) => {
        try {
          const { code } = runShell(flavour, text, { until: 10_000, steps: 5000 })
          return code === undefined || (code >= 0 && code < 256)
        } catch (error) {
          return error instanceof Exhausted
        }
      }),
      { numRuns: 60 },
    )
  })

  it('hold for every text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'echo $"\'`(){}[]<>|&;#!*?~=\\\n\t xif12') }),
        (text) => {
          try {
            const { code } = runShell('bash', text, { until: 10_000, steps: 5000 })
            return code === undefined || (code >= 0 && code < 256)
          } catch (error) {
            return error instanceof Exhausted
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
