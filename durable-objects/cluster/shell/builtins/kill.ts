// kill: signals for processes and jobs.
import type { Builtin } from '#shell/builtins/builtin.ts'
import { noJob } from '#shell/builtins/jobs.ts'
import { continueJob, controlsJobs } from '#shell/interpreter/job-control.ts'
import { Job } from '#shell/interpreter/job-table.ts'
import { complain, print, type Shell } from '#shell/interpreter/shell.ts'
import { type Signal, signalNamed, type Steps, TURN } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'

/** signal(7); the numbers of those in the middle are not used. */
const NAMES =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  )
const REAL_TIME = { first: 34, last: 64, middle: 49 }

const nameOf = (number: number): string => {
  const { first, last, middle } = REAL_TIME
  if (number === first) return 'RTMIN'
  if (number === last) return 'RTMAX'
  if (number > first) return number <= middle ? `RTMIN+${number - first}` : `RTMAX-${last - number}`
  return NAMES[number - 1] ?? ''
}

/** bash: builtins/common.c display_signal_list */
const table = (): string => {
  const numbers = Array.from({ length: REAL_TIME.last }, (_, index) => index + 1)
  const cells = numbers
    .filter((number) => nameOf(number) !== '')
    .map((number) => `${String(number).padStart(2)}) SIG${nameOf(number)}`)
  return cells.map((cell, index) => cell + (index % 5 === 4 ? '\n' : '\t')).join('') + '\n'
}

const EXITED = 128

/** `kill -l 9`, `kill -l 137`, `kill -l TERM` */
function* list(shell: Shell, words: readonly string[]): Steps<number> {
  if (words.length === 0)
    yield* print(shell, shell.state.flavour === 'bash' ? table() : `${NAMES.join('\n')}\n`)
  let status = 0
  for (const word of words) {
    const number = Number(word) > EXITED ? Number(word) - EXITED : Number(word)
    const index = NAMES.indexOf(word.toUpperCase().replace(/^SIG/, ''))
    const text = index >= 0 ? String(index + 1) : Number.isInteger(number) ? nameOf(number) : ''
    if (text === '') {
      yield* complain(shell, `kill: ${word}: invalid signal specification`)
      status = 1
    } else yield* print(shell, `${text}\n`)
  }
  return status
}

const kill: Builtin = function* run(shell, args) {
  const [first = '', second = ''] = args
  if (first === '-l' || first === '-L') return yield* list(shell, args.slice(1))
  const isNamed = first === '-s' || first === '-n'
  const name = isNamed ? second : first.slice(1)
  const hasSignal = /^-./.test(first) && first !== '--'
  const words = args.slice(hasSignal ? (isNamed ? 2 : 1) : first === '--' ? 1 : 0)
  const signal = !hasSignal ? 'TERM' : name === '0' ? name : signalNamed(name)
  if (signal === undefined) {
    yield* complain(shell, {
      dash: `kill: invalid signal number or name: ${name}`,
      ash: `kill: bad signal name '${name}'`,
      bash: `kill: ${name}: invalid signal specification`,
    })
    return 1
  }
  if (words.length === 0) return yield* usage(shell)
  shell.kernel.changes++
  let status = 0
  for (const word of words) if (!(yield* killOne(shell, word, signal))) status = 1
  // who stopped or ended himself does not come any further
  yield TURN
  return status
}

function* usage(shell: Shell): Steps<number> {
  const { flavour } = shell.state
  if (flavour === 'bash')
    yield* print(
      shell,
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
      2,
    )
  else
    yield* complain(
      shell,
      flavour === 'dash'
        ? 'kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]'
        : 'kill: you need to specify whom to kill',
    )
  return 2
}

/** False: it was not there, and that has been said. */
function* killOne(shell: Shell, word: string, signal: Signal | '0'): Steps<boolean> {
  const { state } = shell
  if (word.startsWith('%')) {
    const job = state.jobs.find(word)
    if (!(job instanceof Job)) {
      yield* complain(shell, noJob('kill', word, job))
      return false
    }
    killJob(shell, job, signal)
    return true
  }
  if (!/^-?\d+$/.test(word)) {
    yield* complain(shell, {
      dash: `kill: Illegal number: ${word}`,
      ash: `kill: invalid number '${word}'`,
      bash: `kill: ${word}: arguments must be process or job IDs`,
    })
    return false
  }
  const pid = Number(word)
  if (isSent(shell, pid, signal)) return true
  // a child that has ended and was not waited for is still there
  if (state.jobs.of(pid) !== undefined && state.flavour === 'dash') return true
  yield* complain(shell, MESSAGES.noSuchProcess(word))
  return false
}

const isSent = ({ kernel, machine }: Shell, pid: number, signal: Signal | '0'): boolean => {
  if (signal === '0')
    return kernel.task(Math.abs(pid)) !== undefined || machine.others?.signal(pid, '0') === true
  const isOurs = pid < 0 ? kernel.signalGroup(-pid, signal) : kernel.signal(pid, signal)
  return isOurs || machine.others?.signal(pid, signal) === true
}

const killJob = (shell: Shell, job: Job, signal: Signal | '0'): void => {
  const { kernel } = shell
  if (signal === '0') return
  if (!controlsJobs(shell)) for (const { pid } of job.tasks) kernel.signal(pid, signal)
  else kernel.signalGroup(job.group, signal)
  // bash: jobs.def kill_builtin; what is stopped has to go on to end
  if (job.state === 'stopped' && (signal === 'TERM' || signal === 'HUP')) continueJob(shell, job)
}

export const KILL: readonly (readonly [string, Builtin])[] = [['kill', kill]]
