// ps, top, pgrep, pidof, kill, pkill, killall: what runs in the container.
import { baseName } from '#shell/files/path.ts'
import { compilePosix, PatternError } from '#shell/tools/posix-pattern.ts'
import { userName } from '#shell/tools/files/owners.ts'
import { rawTool, type Run, tool } from '#shell/tools/run.ts'
import { formatMoment } from '#shell/tools/system/moment.ts'
import type { ProcessView, ToolRun } from '#shell/tools/tool.ts'

const listed = (run: Run): readonly ProcessView[] =>
  run.call.processes?.list() ?? [
    {
      pid: 1,
      ppid: 0,
      uid: run.call.user.uid,
      argv: run.call.argv,
      startedAt: run.call.now(),
      isRunning: true,
    },
  ]

const commandOf = ({ argv }: ProcessView): string => argv.join(' ')
const nameOf = ({ argv }: ProcessView): string => baseName(argv[0] ?? '').slice(0, 15)

const startText = (run: Run, { startedAt }: ProcessView): string =>
  run.call.now() - startedAt < 86_400_000
    ? formatMoment('%H:%M', startedAt)
    : formatMoment('%b%d', startedAt)

const KILOBYTES = 4096

const memoryOf = ({ memoryBytes }: ProcessView): number =>
  memoryBytes === undefined ? KILOBYTES : Math.ceil(memoryBytes / 1024)

const auxLine = (run: Run, one: ProcessView): string => {
  const state = one.isRunning === true ? 'R' : 'S'
  const mark = one.pid === 1 ? 's' : ''
  return [
    userName(run.files, one.uid).padEnd(8),
    String(one.pid).padStart(7),
    ' 0.0',
    ' 0.1',
    String(memoryOf(one) + 1024).padStart(6),
    String(memoryOf(one)).padStart(5),
    (one.tty ?? '?').padEnd(8),
    `${state}${mark}${one.isRunning === true ? '+' : ''}`.padEnd(4),
    startText(run, one).padStart(5),
    '  0:00',
    commandOf(one),
  ].join(' ')
}

const fullLine = (run: Run, one: ProcessView): string =>
  [
    userName(run.files, one.uid).padEnd(8),
    String(one.pid).padStart(7),
    String(one.ppid).padStart(7),
    ' 0',
    startText(run, one),
    (one.tty ?? '?').padEnd(8),
    '00:00:00',
    commandOf(one),
  ].join(' ')

const FIELDS: Readonly<
  Record<
    string,
    readonly [head: string, width: number, value: (run: Run, one: ProcessView) => string]
  >
> = {
  pid: ['PID', 7, (_, { pid }) => String(pid)],
  ppid: ['PPID', 7, (_, { ppid }) => String(ppid)],
  user: ['USER', -8, (run, { uid }) => userName(run.files, uid)],
  uid: ['UID', 5, (_, { uid }) => String(uid)],
  comm: ['COMMAND', -15, (_, one) => nameOf(one)],
  cmd: ['CMD', -27, (_, one) => commandOf(one)],
  args: ['COMMAND', -27, (_, one) => commandOf(one)],
  command: ['COMMAND', -27, (_, one) => commandOf(one)],
  stat: ['STAT', -4, (_, { isRunning }) => (isRunning === true ? 'R+' : 'S')],
  tty: ['TT', -8, (_, { tty: name }) => name ?? '?'],
  time: ['TIME', 8, () => '00:00:00'],
  etime: ['ELAPSED', 11, (run, { startedAt }) => elapsed(run.call.now() - startedAt)],
  rss: ['RSS', 5, (_, one) => String(memoryOf(one))],
  vsz: ['VSZ', 6, (_, one) => String(memoryOf(one) + 1024)],
  '%cpu': ['%CPU', 4, () => '0.0'],
  '%mem': ['%MEM', 4, () => '0.1'],
}

const elapsed = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const text = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return seconds < 3600 ? text : `${two(Math.floor(seconds / 3600))}:${text}`
}

const columnsText = (run: Run, names: readonly string[], rows: readonly ProcessView[]): string => {
  const chosen = names
    .map((name) => FIELDS[name.split('=')[0]!])
    .filter((field) => field !== undefined)
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = chosen[index]![1]
        if (index === cells.length - 1 && width < 0) return cell
        return width < 0 ? cell.padEnd(-width) : cell.padStart(width)
      })
      .join(' ')
  const hasHead = names.some((name) => !name.endsWith('='))
  const head = hasHead ? [line(chosen.map(([title]) => title))] : []
  return [...head, ...rows.map((one) => line(chosen.map(([, , value]) => value(run, one))))]
    .map((text) => `${text}\n`)
    .join('')
}

const busyboxPs = (run: Run, rows: readonly ProcessView[]): string => {
  const lines = rows.map(
    (one) =>
      `${String(one.pid).padStart(5)} ${userName(run.files, one.uid).slice(0, 8).padEnd(8)} ${'0:00'.padStart(5)} ${commandOf(one)}\n`,
  )
  return `PID   USER     TIME  COMMAND\n${lines.join('')}`
}

export const ps = rawTool('ps', (run, words) => {
  const rows = listed(run)
  const isAll = words.some((word) => /^-?[eAaxf]*[eAax]/.test(word))
  const seen = isAll ? rows : rows.filter(({ tty: name }) => name !== undefined)
  const at = words.findIndex((word) => /^-?[a-zA-Z]*o$/.test(word))
  const fields = at >= 0 ? words[at + 1] : undefined
  if (fields !== undefined) run.print(columnsText(run, fields.split(/[ ,]+/), rows))
  else if (!run.isGnu) run.print(busyboxPs(run, rows))
  else if (words.some((word) => /^-?[axuw]*u[axw]*$/.test(word)))
    run.print(
      `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n${rows.map((one) => `${auxLine(run, one)}\n`).join('')}`,
    )
  else if (words.some((word) => /^-[eA]*f/.test(word)))
    run.print(
      `UID          PID    PPID  C STIME TTY          TIME CMD\n${seen.map((one) => `${fullLine(run, one)}\n`).join('')}`,
    )
  else {
    const lines = seen.map(
      (one) =>
        `${String(one.pid).padStart(7)} ${(one.tty ?? '?').padEnd(8)} 00:00:00 ${nameOf(one)}\n`,
    )
    run.print(`    PID TTY          TIME CMD\n${lines.join('')}`)
  }
  return 0
})

export const top = rawTool('top', (run) => {
  const rows = listed(run)
  const now = formatMoment('%H:%M:%S', run.call.now())
  if (!run.isGnu) {
    run.print(
      `Mem: 1048576K used, 1048576K free, 0K shrd, 40960K buff, 512000K cached\nCPU:   1% usr   1% sys   0% nic  98% idle   0% io   0% irq   0% sirq\nLoad average: 0.10 0.08 0.05 1/100 ${rows.at(-1)?.pid ?? 1}\n`,
    )
    run.print('  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n')
    for (const one of rows)
      run.print(
        `${String(one.pid).padStart(5)} ${String(one.ppid).padStart(5)} ${userName(run.files, one.uid).padEnd(8)} ${(one.isRunning === true ? 'R' : 'S').padEnd(4)} ${String(memoryOf(one)).padStart(5)}   0%   0   0% ${commandOf(one)}\n`,
      )
    return 0
  }
  run.print(
    `top - ${now} up 0 min,  0 user,  load average: 0.10, 0.08, 0.05\nTasks: ${String(rows.length).padStart(3)} total,   1 running, ${String(rows.length - 1).padStart(3)} sleeping,   0 stopped,   0 zombie\n%Cpu(s):  1.0 us,  1.0 sy,  0.0 ni, 98.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n\n`,
  )
  run.print('    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n')
  for (const one of rows)
    run.print(
      `${String(one.pid).padStart(7)} ${userName(run.files, one.uid).padEnd(8)}  20   0 ${String(memoryOf(one) + 1024).padStart(7)} ${String(memoryOf(one)).padStart(6)} ${'0'.padStart(6)} ${one.isRunning === true ? 'R' : 'S'}   0.0   0.1   0:00.00 ${nameOf(one)}\n`,
    )
  return 0
})

export const pidof = tool('pidof', { short: 'so:x', long: { 'single-shot': 's' } }, (run) => {
  const found = listed(run).filter(
    (one) => run.operands.includes(nameOf(one)) || run.operands.includes(one.argv[0] ?? ''),
  )
  const pids = found.map(({ pid }) => pid).reverse()
  if (pids.length === 0) return 1
  run.print(`${(run.has('s') ? pids.slice(0, 1) : pids).join(' ')}\n`)
  return 0
})

const SIGNALS: Readonly<Record<string, string>> = {
  0: '0',
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  6: 'ABRT',
  9: 'KILL',
  10: 'USR1',
  12: 'USR2',
  13: 'PIPE',
  14: 'ALRM',
  15: 'TERM',
  17: 'CHLD',
  18: 'CONT',
  19: 'STOP',
}
const NAMES = new Set(Object.values(SIGNALS))

/** `9`, `KILL` and `SIGKILL` are `KILL`. */
const signalName = (text: string): string | undefined => {
  if (Object.hasOwn(SIGNALS, text)) return SIGNALS[text]
  const name = text.toUpperCase().replace(/^SIG/, '')
  return NAMES.has(name) ? name : undefined
}

const takeSignal = (words: string[]): string | undefined => {
  const first = words[0] ?? ''
  if (!/^-[A-Za-z0-9]+$/.test(first)) return 'TERM'
  words.shift()
  const given =
    first === '-s' || first === '-n' ? (words.shift() ?? '') : first.replace(/^-s?(?=.)/, '')
  return signalName(given) ?? signalName(first.slice(1))
}

export const kill = rawTool('kill', function* (run, given) {
  const words = [...given]
  if (words[0] === '-l') {
    run.print(`${Object.values(SIGNALS).slice(1).join(' ')}\n`)
    return 0
  }
  const signal = takeSignal(words)
  if (signal === undefined)
    return yield* run.fail(
      run.isGnu ? `unknown signal: ${given[0]}` : `bad signal name '${given[0]!.slice(1)}'`,
    )
  if (words.length === 0)
    return run.isGnu
      ? yield* run.usage('no process ID specified')
      : yield* run.fail('you need to specify whom to kill')
  for (const word of words) {
    if (!/^-?[0-9]+$/.test(word)) {
      yield* run.error(
        run.isGnu ? `failed to parse argument: '${word}'` : `invalid number '${word}'`,
      )
      continue
    }
    if (run.call.processes?.signal(Number(word), signal) !== true)
      yield* run.error(
        run.isGnu ? `(${word}): No such process` : `can't kill pid ${word}: No such process`,
      )
  }
  return run.exitCode
})

function* matching(
  run: Run,
  pattern: string,
  full: boolean,
  exact: boolean,
): ToolRun<readonly ProcessView[] | number> {
  try {
    const compiled = compilePosix(exact ? `^(${pattern})$` : pattern, { extended: true })
    const own = run.call.argv.join(' ')
    return listed(run).filter(
      (one) => commandOf(one) !== own && compiled.test(full ? commandOf(one) : nameOf(one)),
    )
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return yield* run.fail(error.message, 2)
  }
}

export const pgrep = tool(
  'pgrep',
  {
    short: 'afloxu:',
    long: { full: 'f', 'list-full': 'a', 'list-name': 'l', exact: 'x' },
    usageCode: 2,
  },
  function* (run) {
    const [pattern] = run.operands
    if (pattern === undefined) return yield* run.usage('no matching criteria specified', 2)
    const found = yield* matching(run, pattern, run.has('f'), run.has('x'))
    if (typeof found === 'number') return found
    for (const one of found)
      run.print(
        `${one.pid}${run.has('a') ? ` ${commandOf(one)}` : run.has('l') ? ` ${nameOf(one)}` : ''}\n`,
      )
    return found.length === 0 ? 1 : 0
  },
)

const makeKiller = (name: string): ReturnType<typeof rawTool> =>
  rawTool(name, function* (run, given) {
    const words = given.filter((word) => word !== '-f' && word !== '-x' && word !== '-q')
    const signal = takeSignal(words)
    const [pattern] = words
    if (signal === undefined || pattern === undefined)
      return yield* run.usage('no matching criteria specified', 2)
    const found = yield* matching(
      run,
      pattern,
      given.includes('-f'),
      name === 'killall' || given.includes('-x'),
    )
    if (typeof found === 'number') return found
    for (const { pid } of found) run.call.processes?.signal(pid, signal)
    if (found.length === 0 && name === 'killall')
      return yield* run.fail(`${pattern}: no process ${run.isGnu ? 'found' : 'killed'}`)
    return found.length === 0 ? 1 : 0
  })

export const pkill = makeKiller('pkill')
export const killall = makeKiller('killall')
