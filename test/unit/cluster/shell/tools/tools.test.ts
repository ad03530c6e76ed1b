// What recordings cannot show: streaming, endless input, hostile patterns and programs, processes.
import { FileSystem } from '#shell/files/file-system.ts'
import { baseTree } from '#shell/files/base-image.ts'
import { volumeOf } from '#shell/files/volume.ts'
import { toolsOf } from '#shell/tools/tools-of-flavour.ts'
import { describe, expect, it, test } from 'vitest'
import { runTool, type ToolWorld } from '../../../../support/run-tool.ts'

const world = (more: Partial<ToolWorld> = {}): ToolWorld => ({
  tools: toolsOf('workstation'),
  files: new FileSystem(volumeOf(baseTree('workstation')), { now: () => 0 }),
  cwd: '/tmp',
  ...more,
})

describe('passes lines on as they come', () => {
  it.each([
    ['cat', ['cat']],
    ['grep', ['grep', '']],
    ['sed', ['sed', 's/a/a/']],
    ['awk', ['awk', '{print}']],
    ['tee', ['tee', 'file']],
    ['tr', ['tr', 'x', 'y']],
    ['cut', ['cut', '-c1-']],
  ])('%s', (_, argv) => {
    const { writes } = runTool(world(), argv, ['a\n', 'b\n'])
    expect(writes).toEqual([
      { text: 'a\n', reads: 1 },
      { text: 'b\n', reads: 2 },
    ])
  })

  test('head reads no more than it needs', () => {
    const { writes, out } = runTool(world(), ['head', '-n1'], ['a\n', 'b\n'])
    expect(out).toBe('a\n')
    expect(writes[0]!.reads).toBe(1)
  })
})

test('wc -m counts characters where the locale has them', () => {
  const count = (env: Readonly<Record<string, string>>): string =>
    runTool(world({ env }), ['wc', '-m'], ['ä€\n']).out
  expect([count({}), count({ LANG: 'C.UTF-8' })]).toEqual(['6\n', '3\n'])
})

test.each([
  ['busybox', ['Filesystem           1K-blocks      Used Available Use% Mounted on', 30]],
  ['workstation', ['Filesystem     1K-blocks Used Available Use% Mounted on', 24]],
] as const)('df of %s stands in its columns', (flavour, [head, end]) => {
  const lines = runTool(world({ tools: toolsOf(flavour) }), ['df'], []).out.split('\n')
  expect(lines[0]).toBe(head)
  expect(lines[1]!.slice(0, end)).toMatch(/^overlay +\d+$/)
})

describe('dd', () => {
  test('makes a file of zeros and says how much that was', () => {
    const here = world()
    const { err, code } = runTool(here, ['dd', 'if=/dev/zero', 'of=z', 'bs=1M', 'count=3'])
    expect(err).toMatch(
      /^3\+0 records in\n3\+0 records out\n3145728 bytes \(3\.1 MB, 3\.0 MiB\) copied, [0-9.]+ s, [0-9.]+ GB\/s\n$/,
    )
    expect(code).toBe(0)
    expect(here.files.stat('/tmp/z')).toMatchObject({ size: 3 * 1024 * 1024 })
  })

  test('busybox says it in its own words', () => {
    const { err } = runTool(world({ tools: toolsOf('busybox') }), [
      'dd',
      'if=/dev/zero',
      'of=/dev/null',
      'bs=1M',
      'count=64',
    ])
    expect(err).toMatch(
      /^64\+0 records in\n64\+0 records out\n67108864 bytes \(64\.0MB\) copied, [0-9.]+ seconds, [0-9.]+GB\/s\n$/,
    )
  })

  test('fills a disk', () => {
    const { err, code } = runTool(world(), ['dd', 'if=/dev/zero', 'of=z', 'bs=1M'])
    expect(err).toContain("dd: error writing 'z': No space left on device\n")
    expect(code).toBe(1)
  })

  test('copies nothing for ever into nothing', () => {
    const { slept } = runTool(world({ mostRequests: 3 }), ['dd', 'if=/dev/zero', 'of=/dev/null'])
    expect(slept[0]).toBe(Infinity)
  })
})

test('tail -f shows what a file gets, once a second', () => {
  const here = world({ mostRequests: 5 })
  here.files.write('/tmp/log', 'one\n')
  const { out, slept, code } = runTool(here, ['tail', '-f', 'log'])
  expect(out).toBe('one\n')
  expect(slept).toEqual([1000, 1000, 1000, 1000])
  expect(code).toBe(137)
})

describe('ends, or can be ended', () => {
  it.each([
    [['yes']],
    [['seq', '1', '1000000000']],
    [['cat', '/dev/zero']],
    [['sed', ':a;ba']],
    [['awk', 'BEGIN { while (1) x++ }']],
    [['awk', 'function f() { return f() } BEGIN { f() }']],
    [['awk', 'BEGIN { s = "x"; while (1) s = s s }']],
    [['watch', 'true']],
  ])('%j', (argv) => {
    const { code } = runTool(world({ mostRequests: 50 }), argv, ['x\n'])
    expect([137, 2]).toContain(code)
  })

  test('patterns that would make a backtracking engine hang', () => {
    const text = `${'a'.repeat(5000)}!`
    expect(runTool(world(), ['grep', '-E', '^(a+)+$'], [text]).code).toBe(1)
    expect(runTool(world(), ['sed', '-E', 's/^(a|a)*$/x/'], [text]).out).toBe(text)
    expect(runTool(world(), ['awk', '/^(a*)*b/'], [text]).out).toBe('')
    expect(runTool(world(), ['grep', '-E', '(x{1000}){1000}'], ['x']).err).toContain('too big')
  })
})

describe('processes', () => {
  const signals: string[] = []
  const processes = {
    list: () => [
      { pid: 1, ppid: 0, uid: 0, argv: ['nginx', '-g', 'daemon off;'], startedAt: 0 },
      { pid: 7, ppid: 0, uid: 0, argv: ['ps'], startedAt: 0, isRunning: true },
    ],
    signal: (pid: number, signal: string) => pid === 1 && signals.push(`${pid} ${signal}`) > 0,
  }
  const busybox = world({ tools: toolsOf('alpine'), call: { processes } })

  it('are listed in the words of busybox', () => {
    expect(runTool(busybox, ['ps']).out).toBe(
      'PID   USER     TIME  COMMAND\n    1 root      0:00 nginx -g daemon off;\n    7 root      0:00 ps\n',
    )
  })

  it('are found and sent signals', () => {
    expect(runTool(busybox, ['pidof', 'nginx']).out).toBe('1\n')
    expect(runTool(busybox, ['kill', '-9', '1', '5'])).toMatchObject({
      code: 1,
      err: "kill: can't kill pid 5: No such process\n",
    })
    expect(runTool(busybox, ['pkill', 'nginx']).code).toBe(0)
    expect(signals).toEqual(['1 KILL', '1 TERM'])
  })
})
