// wait, kill, jobs, fg, bg, times.
import { type Builtin, ending } from '#shell/builtins/builtin.ts'
import { complain, print, type Shell } from '#shell/interpreter/shell.ts'
import { type Signal, signalNamed, SIGNALS, type Task } from '#shell/kernel/task.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'

const jobNamed = ({ state }: Shell, word: string): Task | undefined => {
  const number = /^%(\d+)$/.exec(word)
  if (number !== null) return state.jobs[Number(number[1]) - 1]
  if (word === '%' || word === '%%' || word === '%+') return state.jobs.at(-1)
  return state.jobs.find(({ pid }) => String(pid) === word)
}

function* waitUntilEnded(shell: Shell, task: Task): Steps<number> {
  const status = yield* shell.kernel.waitFor(task, () => shell.pending.length > 0)
  if (status !== undefined) return status
  const signal = shell.pending[0] as Signal
  return 128 + (SIGNALS[signal] ?? 0)
}

const wait: Builtin = function* run(shell, args) {
  const { state } = shell
  const words = args.filter((word) => word !== '-n' && word !== '-f')
  if (args.includes('-n')) {
    const running = state.jobs.filter((job) => job.exitCode === undefined)
    if (running.length === 0) return 127
    yield { for: 'child', ready: () => running.some((job) => job.exitCode !== undefined) }
    return running.find((job) => job.exitCode !== undefined)?.exitCode ?? 0
  }
  if (words.length === 0) {
    for (const job of state.jobs) {
      const status = yield* waitUntilEnded(shell, job)
      if (job.exitCode === undefined) return status
    }
    return 0
  }
  let status = 0
  for (const word of words) {
    const job = jobNamed(shell, word)
    if (job === undefined) {
      if (state.flavour === 'bash')
        yield* complain(
          shell,
          `wait: ${word.startsWith('%') ? `${word}: no such job` : `pid ${word} is not a child of this shell`}`,
        )
      status = 127
    } else status = yield* waitUntilEnded(shell, job)
  }
  return status
}

const kill: Builtin = function* run(shell, args) {
  let signal: Signal = 'TERM'
  let words = args
  const [first, second] = args
  if (first === '-l') {
    yield* print(shell, `${Object.keys(SIGNALS).join('\n')}\n`)
    return 0
  }
  if (first !== undefined && /^-./.test(first) && first !== '--') {
    const name = first === '-s' || first === '-n' ? (second ?? '') : first.slice(1)
    words = args.slice(first === '-s' || first === '-n' ? 2 : 1)
    const known = name === '0' ? 'CONT' : signalNamed(name)
    if (known === undefined) {
      yield* complain(shell, {
        dash: `kill: invalid signal number or name: ${name}`,
        ash: `kill: bad signal name '${name}'`,
        bash: `kill: ${name}: invalid signal specification`,
      })
      return 1
    }
    signal = known
  }
  if (words.length === 0) {
    yield* complain(shell, {
      dash: 'kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]',
      ash: 'kill: you need to specify whom to kill',
      bash: 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]',
    })
    return 2
  }
  let status = 0
  shell.kernel.changes++
  for (const word of words) {
    const job = word.startsWith('%') ? jobNamed(shell, word) : undefined
    const pid = job?.pid ?? Number(word)
    if (shell.kernel.signal(pid, signal)) continue
    if (shell.machine.others?.signal(pid, signal) === true) continue
    // a child that has ended and was not waited for is still there
    if (shell.state.jobs.some((task) => task.pid === pid) && shell.state.flavour === 'dash')
      continue
    yield* complain(shell, MESSAGES.noSuchProcess(word))
    status = 1
  }
  return status
}

const STATES = { running: 'Running', done: 'Done' } as const

const jobs: Builtin = function* run(shell, args) {
  const lines = shell.state.jobs.flatMap((job, index) => {
    if (args.includes('-p')) return job.exitCode === undefined ? [`${job.pid}\n`] : []
    const state =
      job.exitCode === undefined
        ? STATES.running
        : job.exitCode === 0
          ? STATES.done
          : `Exit ${job.exitCode}`
    const mark =
      index === shell.state.jobs.length - 1
        ? '+'
        : index === shell.state.jobs.length - 2
          ? '-'
          : ' '
    return [
      `[${index + 1}]${mark}  ${state.padEnd(24)}${job.argv.join(' ')}${job.exitCode === undefined ? ' &' : ''}\n`,
    ]
  })
  yield* print(shell, lines.join(''))
  if (shell.state.jobs.every((job) => job.exitCode !== undefined)) shell.state.jobs = []
  return 0
}

const foreground: Builtin = function* run(shell, [word], name) {
  const { state } = shell
  if (!state.isInteractive) {
    const current = name === 'fg' ? 'fg: No current job' : 'bg: No current job'
    yield* complain(shell, { dash: current, ash: current, bash: `${name}: no job control` })
    return state.flavour === 'bash' ? 1 : 2
  }
  const job = jobNamed(shell, word ?? '%%')
  if (job === undefined) {
    yield* complain(shell, `${name}: ${word ?? 'current'}: no such job`)
    return 1
  }
  if (name === 'bg') return 0
  return (yield* shell.kernel.waitFor(job)) ?? 0
}

const times: Builtin = function* run(shell) {
  yield* print(shell, '0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n')
  return 0
}

export const JOBS: readonly (readonly [string, Builtin])[] = [
  ['wait', wait],
  ['kill', kill],
  ['jobs', jobs],
  ['fg', foreground],
  ['bg', foreground],
  ['disown', ending(0)],
  ['times', times],
]
