// wait, jobs, fg, bg, disown, times.
import type { Builtin } from '#shell/builtins/builtin.ts'
import {
  bringToFront,
  continueJob,
  controlsJobs,
  tellOfSignal,
} from '#shell/interpreter/job-control.ts'
import { Job } from '#shell/interpreter/job-table.ts'
import { complain, print, type Shell } from '#shell/interpreter/shell.ts'
import { type Signal, SIGNALS, type Steps, type Task } from '#shell/kernel/task.ts'

function* waitUntilEnded(shell: Shell, task: Task): Steps<number> {
  const status = yield* shell.kernel.waitFor(task, () => shell.pending.length > 0)
  if (status !== undefined) return status
  const signal = shell.pending[0] as Signal
  return 128 + (SIGNALS[signal] ?? SIGNALS.INT)
}

const wait: Builtin = function* run(shell, args) {
  const { jobs: table } = shell.state
  const words = args.filter((word) => word !== '-n' && word !== '-f')
  if (args.includes('-n')) return yield* waitForAny(shell, words)
  if (words.length === 0) {
    for (const job of table.own)
      for (const task of job.tasks) {
        const status = yield* waitUntilEnded(shell, task)
        if (task.exitCode === undefined) return status
      }
    for (const job of table.own) yield* told(shell, job)
    if (!controlsJobs(shell)) table.forgetEnded()
    return 0
  }
  let status = 0
  for (const word of words) status = yield* waitForOne(shell, word)
  return status
}

/** A script says how its jobs ended when it hears of it. */
function* told(shell: Shell, job: Job): Steps<void> {
  if (controlsJobs(shell) || job.state !== 'ended' || job.told === 'ended') return
  job.told = 'ended'
  yield* tellOfSignal(shell, job.last, () => job.text)
}

function* waitForOne(shell: Shell, word: string): Steps<number> {
  const { state } = shell
  const found = jobAt(shell, word)
  const job = found instanceof Job && !found.isForeign ? found : undefined
  if (job !== undefined) {
    const task = job.tasks.find(({ pid }) => String(pid) === word) ?? job.last
    const status = yield* waitUntilEnded(shell, task)
    yield* told(shell, job)
    return status
  }
  if (state.flavour === 'bash')
    yield* complain(
      shell,
      word.startsWith('%')
        ? noJob('wait', word, found === 'ambiguous' ? found : undefined)
        : /^\d+$/.test(word)
          ? `wait: pid ${word} is not a child of this shell`
          : `wait: \`${word}': not a pid or valid job spec`,
    )
  return /^%?\d+$/.test(word) ? 127 : 1
}

function* waitForAny(shell: Shell, words: readonly string[]): Steps<number> {
  const { jobs: table } = shell.state
  const all = words.length === 0 ? table.own : yield* jobsNamed(shell, 'wait', words)
  const isNews = (job: Job): boolean => job.state === 'ended' && job.told !== 'ended'
  const left = all.filter((job) => job.state !== 'ended' || isNews(job))
  if (left.length === 0) return 127
  yield { for: 'child', ready: () => shell.pending.length > 0 || left.some(isNews) }
  const ended = left.find(isNews)
  if (ended === undefined) return 128 + SIGNALS.INT
  if (!controlsJobs(shell)) table.remove(ended)
  return ended.statuses.at(-1) ?? 0
}

const JOB_USAGE = { jobs: 'jobs [-lnprs] [jobspec ...] or jobs -x command [args]' } as const

const jobs: Builtin = function* run(shell, args) {
  const { state } = shell
  const options = optionsOf(args)
  if (/[^lnprs]/.test(options))
    return yield* misused(shell, 'jobs', options.replace(/[lnprs]/g, ''), JOB_USAGE.jobs)
  const specs = args.filter((word) => !word.startsWith('-'))
  const found = specs.length === 0 ? state.jobs.all : yield* jobsNamed(shell, 'jobs', specs)
  const shown = found.filter(
    (job) =>
      !(options.includes('r') && job.state !== 'running') &&
      !(options.includes('s') && job.state !== 'stopped'),
  )
  for (const job of shown) {
    const line = options.includes('p')
      ? `${job.tasks[0]!.pid}\n`
      : state.jobs.line(job, options.includes('l'))
    yield* print(shell, line)
    job.told = job.state
  }
  if (!options.includes('p')) state.jobs.forgetEnded()
  return found.length < specs.length ? 1 : 0
}

const optionsOf = (args: readonly string[]): string =>
  args
    .filter((word) => /^-./.test(word))
    .map((word) => word.slice(1))
    .join('')

function* misused(shell: Shell, name: string, option: string, usage: string): Steps<number> {
  yield* complain(shell, `${name}: -${option[0] ?? ''}: invalid option`)
  yield* print(shell, `${name}: usage: ${usage}\n`, 2)
  return 2
}

/** Those that there are; what is wrong with the others is said. */
function* jobsNamed(shell: Shell, name: string, specs: readonly string[]): Steps<readonly Job[]> {
  const found: Job[] = []
  for (const spec of specs) {
    const job = jobAt(shell, spec)
    if (job instanceof Job) found.push(job)
    else yield* complain(shell, noJob(name, spec, job))
  }
  return found
}

const jobAt = ({ state }: Shell, spec: string): Job | 'ambiguous' | undefined =>
  /^\d+$/.test(spec)
    ? state.jobs.of(Number(spec))
    : state.jobs.find(spec === 'current' ? '%%' : spec)

export const noJob = (name: string, spec: string, found: 'ambiguous' | undefined): string =>
  found === undefined
    ? `${name}: ${spec}: no such job`
    : `${name}: ${spec.replace(/^%/, '')}: ambiguous job spec`

function* withoutControl(shell: Shell, name: string): Steps<number> {
  const current = `${name}: No current job`
  yield* complain(shell, { dash: current, ash: current, bash: `${name}: no job control` })
  return shell.state.flavour === 'bash' ? 1 : 2
}

const foreground: Builtin = function* run(shell, [spec], name) {
  if (!controlsJobs(shell)) return yield* withoutControl(shell, name)
  const job = shell.state.jobs.find(spec ?? '%%')
  if (!(job instanceof Job)) {
    yield* complain(shell, noJob(name, spec ?? 'current', job))
    return 1
  }
  yield* print(shell, `${job.text}\n`)
  shell.state.jobs.touch(job)
  continueJob(shell, job)
  return (yield* bringToFront(shell, job)).at(-1) ?? 0
}

export const background: Builtin = function* run(shell, specs, name) {
  if (!controlsJobs(shell)) return yield* withoutControl(shell, name)
  const { jobs: table } = shell.state
  let status = 0
  for (const spec of specs.length === 0 ? ['%%'] : specs) {
    const job = table.find(spec)
    if (!(job instanceof Job)) {
      yield* complain(shell, noJob(name, specs.length === 0 ? 'current' : spec, job))
      status = 1
    } else if (job.state === 'running')
      yield* complain(shell, `bg: job ${job.number} already in background`)
    else {
      yield* print(shell, `[${job.number}]${table.mark(job)} ${job.text} &\n`)
      table.touch(job)
      continueJob(shell, job)
    }
  }
  return status
}

/** `%1`: as a command of its own. */
export const continued: Builtin = (shell, _args, name) => foreground(shell, [name], 'fg')

const disown: Builtin = function* run(shell, args) {
  const { jobs: table } = shell.state
  const options = optionsOf(args)
  const specs = args.filter((word) => !word.startsWith('-'))
  const found =
    specs.length > 0
      ? yield* jobsNamed(shell, 'disown', specs)
      : /[ar]/.test(options)
        ? table.own
        : yield* jobsNamed(shell, 'disown', ['current'])
  // -h: it stays a job
  if (!options.includes('h'))
    for (const job of found)
      if (!options.includes('r') || job.state === 'running') table.remove(job)
  return found.length < specs.length ? 1 : 0
}

const times: Builtin = function* run(shell) {
  yield* print(shell, '0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n')
  return 0
}

export const JOBS: readonly (readonly [string, Builtin])[] = [
  ['wait', wait],
  ['jobs', jobs],
  ['fg', foreground],
  ['bg', background],
  ['disown', disown],
  ['times', times],
]
