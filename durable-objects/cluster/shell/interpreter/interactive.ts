// A shell with a prompt.
import {
  complain,
  Exit,
  Interrupted,
  LoopJump,
  print,
  Return,
  type Shell,
  ShellFailure,
} from '#shell/interpreter/shell.ts'
import { rememberedLines, rememberLines } from '#shell/interpreter/history-file.ts'
import { STOPPED_JOBS, staysForJobs } from '#shell/interpreter/job-control.ts'
import { shellSteps } from '#shell/interpreter/tasks.ts'
import { isFailure } from '#shell/files/failure.ts'
import { hasInput, WAIT } from '#shell/kernel/stream.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { isUnfinished } from '#shell/language/parse.ts'

const MOST_HISTORY = 500

export function* runInteractive(shell: Shell): Steps<number> {
  if (shell.state.flavour !== 'bash') return yield* shellSteps(shell, readAndRun)
  const { state, files } = shell
  const env = state.environment()
  state.history = [...rememberedLines(files, env)]
  try {
    return yield* shellSteps(shell, readAndRun)
  } finally {
    rememberLines(files, env, state.typed)
  }
}

function* readAndRun(shell: Shell): Steps<number> {
  const { state } = shell
  yield* readStartupFile(shell)
  for (;;) {
    try {
      yield* print(shell, state.jobs.takeNews(), 2)
      const text = yield* readCommand(shell)
      if (text === undefined) {
        yield* print(shell, state.flavour === 'bash' ? 'exit\n' : '\n', 2)
        if (staysForJobs(shell)) yield* print(shell, STOPPED_JOBS, 2)
        else return state.status
        continue
      }
      if (text.trim() === '') continue
      const line = text.replace(/\n$/, '')
      state.history = [...state.history, line].slice(-MOST_HISTORY)
      state.typed = [...state.typed, line].slice(-MOST_HISTORY)
      yield* runLine(shell, text)
      state.isWarned &&= /^\s*(?:exit|jobs)\b/.test(text)
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      for (const signal of shell.pending.splice(0))
        yield* runLine(shell, state.traps.get(signal) ?? '')
      state.status = 130
      yield* print(shell, '\n', 2)
    }
  }
}

/** ~/.bashrc */
function* readStartupFile(shell: Shell): Steps<void> {
  const { state, files } = shell
  if (state.flavour !== 'bash') return
  const text = files.read(`${state.get('HOME') ?? ''}/.bashrc`)
  if (!isFailure(text)) yield* runLine(shell, text)
}

function* runLine(shell: Shell, text: string): Steps<void> {
  const { state } = shell
  try {
    state.status = yield* shell.executor.evaluate(shell, text)
  } catch (error) {
    if (error instanceof Exit || error instanceof Interrupted) throw error
    if (error instanceof ShellFailure) {
      yield* complain(shell, error.message)
      state.status = error.status
    } else if (!(error instanceof LoopJump || error instanceof Return)) throw error
  }
}

/** One command, however many lines it takes; undefined at the end of the input. */
function* readCommand(shell: Shell): Steps<string | undefined> {
  yield* print(
    shell,
    prompt(shell, shell.state.get('PS1') ?? DEFAULT_PROMPT[shell.state.flavour]),
    2,
  )
  let text = ''
  for (;;) {
    const line = yield* readLine(shell)
    if (line === undefined) return text === '' ? undefined : text
    text += line
    if (!isUnfinished(text)) return text
    yield* print(shell, shell.state.get('PS2') ?? '> ', 2)
  }
}

function* readLine(shell: Shell): Steps<string | undefined> {
  const stream = shell.task.fds.get(0)
  let line = ''
  for (;;) {
    const chunk = stream?.read()
    if (shell.pending.length > 0) throw new Interrupted()
    if (chunk === WAIT) {
      yield { for: 'input', ready: () => shell.pending.length > 0 || hasInput(stream!) }
      continue
    }
    if (chunk === undefined) return line === '' ? undefined : line
    const end = chunk.indexOf('\n')
    if (end >= 0) {
      stream!.unread(chunk.slice(end + 1))
      return line + chunk.slice(0, end + 1)
    }
    line += chunk
  }
}

const DEFAULT_PROMPT = {
  bash: '\\u@\\h:\\w\\$ ',
  dash: '\\$ ',
  ash: '\\w \\$ ',
} as const

/** `\u@\h:\w\$ ` as somebody in this place sees it. */
const prompt = ({ state, machine }: Shell, text: string): string => {
  const home = state.get('HOME') ?? machine.user.home
  const isHome = state.cwd === home || state.cwd.startsWith(`${home}/`)
  // busybox writes the home directory as it is
  const where =
    isHome && home !== '/' && state.flavour !== 'dash'
      ? `~${state.cwd.slice(home.length)}`
      : state.cwd
  return text.replace(/\\([uhHwW$[\]ne])/g, (_, letter: string) => {
    switch (letter) {
      case 'u':
        return machine.user.name
      case 'h':
        return machine.hostname.replace(/\..*/, '')
      case 'H':
        return machine.hostname
      case 'w':
        return where
      case 'W':
        return where.slice(where.lastIndexOf('/') + 1) || '/'
      case '$':
        return machine.user.uid === 0 ? '#' : '$'
      case 'n':
        return '\n'
      case 'e':
        return '\x1b'
      default:
        return ''
    }
  })
}
