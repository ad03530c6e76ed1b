import { describe, expect, it } from 'vitest'
import { BUSYBOX_TOOLS, DEBIAN_TOOLS } from '#images/tools.ts'
import { runCommand } from '#images/command.ts'

const HOUR = 3_600_000

const run = (script: string, horizon?: number) =>
  runCommand(['sh', '-c', script], {
    env: {},
    ports: [],
    now: Date.UTC(2026, 0, 1),
    ...(horizon === undefined ? {} : { horizon }),
  })

describe('a loop whose turns differ', () => {
  const COUNTER = 'i=0; while true; do echo "$i: $(date +%T)"; i=$((i+1)); sleep 1; done'

  it('is worked out as far as it is looked at, and has to be asked for after that', () => {
    const { log, ends, asksAt, further } = run(COUNTER, 60_000)
    expect(ends).toBeUndefined()
    expect(asksAt).toBeGreaterThanOrEqual(60_000)
    expect(log.find(({ after }) => after === 60_000)?.text).toBe('60: 00:01:00')
    expect(further).toBeDefined()
  })

  it('goes on from there as if it had been worked out at once', () => {
    const first = run(COUNTER, 60_000)
    const then = first.further!(600_000)
    const atOnce = run(COUNTER, 600_000)
    expect(then.log).toEqual(atOnce.log)
    expect(then.asksAt).toBe(atOnce.asksAt)
    expect(first.log.length).toBeLessThan(then.log.length)
  })

  it('reaches every moment in the end, with less and less said', () => {
    const { log, asksAt } = run(COUNTER, 240 * HOUR)
    expect(asksAt ?? Infinity).toBeGreaterThanOrEqual(240 * HOUR)
    expect(log.length).toBeLessThan(20_000)
  })

  it('is never asked for if nobody looks again', () => {
    expect(run(COUNTER).asksAt).toBeUndefined()
  })
})

describe('a script that ends late', () => {
  it.each([
    ['sleep 86400; exit 3', 86_400_000],
    ['for i in 1 2 3; do sleep 36000; done', 108_000_000],
  ])('%s needs nobody to look', (script, after) => {
    const { ends, asksAt } = run(script, 60_000)
    expect([ends?.after, asksAt]).toEqual([after, undefined])
  })
})

describe('an image that somebody knows', () => {
  it.each([
    [BUSYBOX_TOOLS, 'sh: frobnicate: not found'],
    [DEBIAN_TOOLS, 'sh: 1: frobnicate: not found'],
  ])('has no other programs than its own', (tools, text) => {
    const { ends, log } = runCommand(['sh', '-c', 'frobnicate'], { env: {}, ports: [], tools })
    expect(ends).toEqual({ after: 0, exitCode: 127 })
    expect(log).toEqual([{ after: 0, text, stream: 'stderr' }])
  })

  it('keeps what its programs wrote', () => {
    const script =
      'mkdir -p /data; echo "a b" > /data/x; cat /data/x | tr a-z A-Z; head -1 /etc/passwd'
    const { log } = runCommand(['sh', '-c', script], { env: {}, ports: [], tools: BUSYBOX_TOOLS })
    expect(log.map(({ text }) => text)).toEqual(['A B', expect.stringMatching(/^root:/)])
  })
})

describe('a server in a script', () => {
  it('runs beside it and logs into the same log', () => {
    const { listens, log, ends } = run('httpd -f -p 8080 & echo started; wait')
    expect(listens.map(({ port }) => port)).toEqual([8080])
    expect(log.map(({ text }) => text)).toEqual(['started'])
    expect(ends).toBeUndefined()
  })

  it('takes the place of the shell', () => {
    const { listens, terminates } = run('trap "" TERM; sleep 2; exec python3 -m http.server 9000')
    expect(listens).toMatchObject([{ port: 9000, after: 2000 }])
    expect(terminates).toBe(
      runCommand(['python3', '-m', 'http.server'], { env: {}, ports: [] }).terminates,
    )
  })
})
