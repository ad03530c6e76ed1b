import { describe, expect, it } from 'vitest'
import { runCommand } from '#images/command.ts'

const shell = (script: string, env: Readonly<Record<string, string>> = {}) =>
  runCommand(['sh', '-c', script], { env, ports: [{ containerPort: 8080 }] })

describe('a command that ends', () => {
  it.each([
    [['true'], 0, 0],
    [['false'], 0, 1],
    [['sleep', '5'], 5000, 0],
    [['sleep', '1m', '0.5'], 60_500, 0],
    [['sh'], 0, 0],
    [['bash', '-c', 'exit 3'], 0, 3],
    [['/bin/sh', '-ec', 'sleep 2 && exit 4'], 2000, 4],
    [['tini', '--', 'sleep', '1'], 1000, 0],
  ])('%j ends after %i ms with %i', (argv, after, exitCode) => {
    expect(runCommand(argv, { env: {}, ports: [] }).ends).toEqual({ after, exitCode })
  })

  it.each([
    ['echo a; sleep 1; exit 2', 1000, 2],
    ['false || sleep 3', 3000, 0],
    ['false && sleep 3', 0, 1],
    ['true && false || exit 7', 0, 7],
    ['! true', 0, 1],
    ['sleep $SECONDS_TO_LIVE', 4000, 0],
    ['N=2; sleep ${N}', 2000, 0],
    ['sleep \'1\'; exit "5"', 1000, 5],
    ['for i in 1 2 3; do sleep $i; done', 6000, 0],
    ['if [ -f /tmp/x ]; then exit 1; else exit 2; fi', 0, 2],
    ['touch /tmp/x; if [ -f /tmp/x ]; then exit 1; fi', 0, 1],
    ['cat /tmp/none', 0, 1],
    ['# nothing\nsleep 1 # or so\nexit 6', 1000, 6],
    ['while true; do sleep 1; exit 9; done', 1000, 9],
    ['while true; do sleep 2; break; done; exit 3', 2000, 3],
    ['exec sleep 8', 8000, 0],
    ['sleep 100 & exit 1', 0, 1],
    ['[ "$MODE" = fast ] || exit 12', 0, 12],
    ['case x in y) exit 1 ;; esac; exit 3', 0, 3],
    ['echo "unfinished', 0, 2],
    ['i=0; while [ $i -lt 10 ]; do i=$((i+1)); sleep 2; done; exit $i', 20_000, 10],
    ['for i in $(seq 3); do sleep $i; done | cat', 6000, 0],
    ['sleep 3 & sleep 1; wait; exit 5', 3000, 5],
    ['until [ -f /tmp/go ]; do sleep 1; touch /tmp/go; done', 1000, 0],
    ['date +%s > /tmp/now; read now < /tmp/now; exit $((now % 100))', 0, 0],
  ])('%s', (script, after, exitCode) => {
    expect(shell(script, { SECONDS_TO_LIVE: '4' }).ends).toEqual({ after, exitCode })
  })
})

describe('a command that does not end', () => {
  it.each([
    'sleep infinity',
    'tail -f /dev/null',
    'while true; do echo hi; sleep 5; done',
    'while :; do sleep 1; done',
    'until false; do sleep 1; done',
  ])('%s', (script) => {
    const process = shell(script)
    expect(process.ends).toBeUndefined()
    expect(process.guessed).toBeUndefined()
    expect(process.terminates).toBeUndefined()
  })

  it.each([
    'wget -qO- http://web | grep x',
    'for i in `seq 1 600`; do dig web; sleep 1; done',
    './server --port 8080',
    'frobnicate --all',
  ])('%s is taken to run on and to serve the declared ports', (script) => {
    const process = shell(script)
    expect(process.ends).toBeUndefined()
    expect(process.guessed).toBe(true)
    expect(process.listens.map(({ port }) => port)).toEqual([8080])
  })
})

describe('what a command does on the way', () => {
  it('is logged, once or again and again', () => {
    expect(shell('echo one; sleep 2; echo "two $X" >&2; sleep 1', { X: '!' }).log).toEqual([
      { after: 0, text: 'one', stream: 'stdout' },
      { after: 2000, text: 'two !', stream: 'stderr' },
    ])
    expect(shell('while true; do echo hi; sleep 5; done').log).toEqual([
      { after: 0, text: 'hi', stream: 'stdout', every: 5000 },
    ])
    expect(shell('echo hidden > /tmp/log').log).toEqual([])
  })

  it('makes and removes files', () => {
    expect(shell('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600').files).toEqual([
      { path: '/tmp/healthy', after: 0, exists: true },
      { path: '/tmp/healthy', after: 30_000, exists: false },
    ])
  })

  it('may handle SIGTERM', () => {
    expect(shell('trap "exit 0" TERM; sleep infinity').terminates).toBe(0)
  })

  it.each([
    [['httpd', '-f', '-p', '8090'], 8090],
    [['python3', '-m', 'http.server', '9000'], 9000],
    [['python', '-m', 'http.server'], 8000],
    [['nc', '-lk', '-p', '7000'], 7000],
    [['sh', '-c', 'sleep 1; exec httpd -f -p 81'], 81],
  ])('%j listens on %i', (argv, port) => {
    expect(runCommand(argv, { env: {}, ports: [] }).listens.map((l) => l.port)).toEqual([port])
  })
})
