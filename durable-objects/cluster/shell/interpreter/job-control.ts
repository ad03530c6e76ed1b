// Who the terminal listens to. A shell that somebody types into makes each pipeline a job of its own, which ^C ends and ^Z stops.
import { Job, textOfSignal } from '#shell/interpreter/job-table.ts'
import { Interrupted, LoopJump, print, type Shell, speak } from '#shell/interpreter/shell.ts'
import type { Stream } from '#shell/kernel/stream.ts'
import type { Signal, Steps, Task } from '#shell/kernel/task.ts'

export const controlsJobs = ({ state, kernel }: Shell): boolean =>
  state.isInteractive && !state.isSubshell && kernel.foreground !== undefined

/** They are stopped and ended together. */
const join = (tasks: readonly Task[]): void => {
  for (const task of tasks) task.group = tasks[0]!.pid
}

/** Something that was started with &. */
export const joinBackground = (shell: Shell, tasks: readonly Task[]): void => {
  if (controlsJobs(shell)) join(tasks)
}

/** Waits for what was started just now; `text` is what it is called if it is stopped. Its exit codes. */
export function* waitInFront(
  shell: Shell,
  tasks: readonly Task[],
  text: () => string,
): Steps<readonly number[]> {
  if (controlsJobs(shell)) {
    join(tasks)
    return yield* bringToFront(shell, new Job(tasks, text()))
  }
  const statuses: number[] = []
  for (const task of tasks) statuses.push((yield* shell.kernel.waitFor(task)) ?? 0)
  yield* tellOfSignal(shell, tasks.at(-1)!, text)
  return statuses
}

const UNTOLD: ReadonlySet<Signal> = new Set(['INT', 'PIPE', 'TERM'])

/** bash: jobs.c notify_of_job_status; a script says which of its commands was killed. */
export function* tellOfSignal(
  shell: Shell,
  { signal, pid }: Task,
  text: () => string,
): Steps<void> {
  const { flavour, isSubshell, traps } = shell.state
  if (signal === undefined || UNTOLD.has(signal)) return
  if (flavour !== 'bash' || isSubshell || traps.has(signal)) return
  yield* print(shell, `${speak(shell)}${pid} ${textOfSignal(signal).padEnd(24)}${text()}\n`, 2)
}

const terminalOf = ({ task }: Shell): Stream | undefined => {
  const stream = task.fds.get(0)
  return stream?.isTTY === true ? stream : undefined
}

/** The terminal is the job's until it has ended or is stopped. */
export function* bringToFront(shell: Shell, job: Job): Steps<readonly number[]> {
  const { kernel, state } = shell
  const terminal = terminalOf(shell)
  kernel.foreground = job.group
  terminal?.setRaw?.(job.isRaw)
  try {
    while (job.state === 'running') yield { for: 'child', ready: () => job.state !== 'running' }
  } finally {
    kernel.foreground = shell.task.group
    job.isRaw = terminal?.isRaw === true
    terminal?.setRaw?.(false)
  }
  if (job.state === 'stopped') return yield* leaveStopped(shell, job)
  state.jobs.remove(job)
  const { signal } = job.last
  if (job.tasks.some((task) => task.signal === 'INT')) throw new Interrupted()
  if (signal !== undefined && signal !== 'PIPE') yield* print(shell, `${textOfSignal(signal)}\n`, 2)
  return job.statuses
}

function* leaveStopped(shell: Shell, job: Job): Steps<readonly number[]> {
  const { state } = shell
  state.jobs.add(job)
  job.told = 'stopped'
  yield* print(shell, `\n${state.jobs.line(job)}`, 2)
  state.status = job.statuses.at(-1) ?? 0
  // bash: jobs.c wait_for; what would come next in the loop was meant to come after it
  if (state.loopDepth > 0) throw new LoopJump('break', state.loopDepth)
  return job.statuses
}

export const STOPPED_JOBS = 'There are stopped jobs.\n'

/** Who leaves is told once of what would be lost. */
export const staysForJobs = (shell: Shell): boolean => {
  const { state } = shell
  if (state.isWarned || !controlsJobs(shell)) return false
  return (state.isWarned = state.jobs.own.some((job) => job.state === 'stopped'))
}

/** It goes on: in front, or behind the prompt. */
export const continueJob = ({ kernel }: Shell, job: Job): void => {
  job.told = 'running'
  kernel.changes++
  kernel.signalGroup(job.group, 'CONT')
}
