// Gives a program what it asks for.
import { absolutePath, baseName, givenPath } from '#shell/files/path.ts'
import {
  findProgram,
  type Heritage,
  isProgram,
  type Program,
} from '#shell/interpreter/find-program.ts'
import { nullStream, type Stream, textStream } from '#shell/kernel/stream.ts'
import { signalNamed, type Steps, type Task, TURN } from '#shell/kernel/task.ts'
import type {
  NetworkAnswer,
  NetworkRequest,
  ProcessTable,
  RunRequest,
  Tool,
  ToolAnswer,
  ToolCall,
  ToolRequest,
} from '#shell/tools/tool.ts'

/** Starts another program as a process. */
type Starter = (from: Heritage, program: Program, argv: readonly string[]) => Task

export function* runTool(
  from: Heritage,
  tool: Tool,
  argv: readonly string[],
  task: Task,
  start: Starter,
): Steps<number> {
  const run = tool.run(callOf(from, argv, task))
  let answer: ToolAnswer
  let hasRaw = false
  try {
    for (;;) {
      const step = run.next(answer)
      if (step.done === true) return step.value
      if (from.kernel.step()) yield TURN
      const { value } = step
      if (value.kind === 'raw') hasRaw = true
      if (value.kind === 'write') {
        const failed = yield* writeTo(from, value, task)
        if (failed !== undefined) return yield* complainOfWriting(from, argv, task, failed)
        answer = undefined
      } else answer = yield* answerTo(from, value, task, start)
    }
  } finally {
    // killed: it lets go of what it holds
    run.return(0)
    if (hasRaw) terminalOf(from, task)?.setRaw?.(false)
  }
}

/** What it reads from, if that is one. */
const terminalOf = ({ kernel }: Heritage, task: Task): Stream | undefined => {
  const input = task.fds.get(0)
  return input?.isTTY === true ? input : kernel.terminal
}

const callOf = (from: Heritage, argv: readonly string[], task: Task): ToolCall => ({
  argv,
  env: from.env,
  cwd: from.cwd,
  files: from.files,
  user: from.machine.user,
  hostname: from.machine.hostname,
  pid: task.pid,
  now: () => {
    from.kernel.changes++
    return from.machine.startedAt + from.kernel.time
  },
  terminalSize: () => from.kernel.terminalSize,
  isTTY: (fd) => task.fds.get(fd)?.isTTY === true,
  random: () => {
    from.kernel.changes++
    return from.machine.random()
  },
  ...(from.machine.others === undefined
    ? {}
    : { processes: processTable(from, from.machine.others, task.pid) }),
})

/** All that runs: what was started here, and what was there before. */
const processTable = (
  { kernel, machine }: Heritage,
  others: ProcessTable,
  own: number,
): ProcessTable => ({
  list: () => [
    ...others.list(),
    ...kernel.tasks.map(({ pid, parent, argv, fds }) => ({
      pid,
      ppid: parent,
      uid: machine.user.uid,
      argv,
      startedAt: machine.startedAt,
      isRunning: pid === own,
      ...([0, 1, 2].some((fd) => fds.get(fd)?.isTTY === true) ? { tty: 'pts/0' } : {}),
    })),
  ],
  signal: (pid, name) => {
    if (name === '0') return kernel.task(pid) !== undefined || others.signal(pid, name)
    const signal = signalNamed(name)
    if (signal === undefined) return false
    return kernel.signal(pid, signal) || others.signal(pid, signal)
  },
})

type WriteRequest = Extract<ToolRequest, { readonly kind: 'write' }>

/** The text of an error. */
function* writeTo(
  { kernel }: Heritage,
  request: WriteRequest,
  task: Task,
): Steps<string | undefined> {
  const stream = task.fds.get(request.fd)
  return stream === undefined ? undefined : yield* kernel.write(stream, request.text)
}

/** A program that cannot write has nothing more to do. gnulib: closeout.c */
function* complainOfWriting(
  from: Heritage,
  argv: readonly string[],
  task: Task,
  why: string,
): Steps<number> {
  const text = `${baseName(argv[0] ?? '')}: write error: ${why}\n`
  yield* writeTo(from, { kind: 'write', fd: 2, text }, task)
  return 1
}

function* answerTo(
  from: Heritage,
  request: Exclude<ToolRequest, WriteRequest>,
  task: Task,
  start: Starter,
): Steps<ToolAnswer> {
  switch (request.kind) {
    case 'read': {
      const stream = task.fds.get(0)
      if (stream === undefined) return undefined
      const text =
        'or' in request
          ? yield* from.kernel.readOr(stream, request.or, request.ms)
          : yield* from.kernel.read(stream)
      if (text !== undefined) from.kernel.work += text.length >> READ_PER_STEP
      return text
    }
    case 'raw':
      terminalOf(from, task)?.setRaw?.(request.isRaw)
      return undefined
    case 'keys': {
      const { terminal } = from.kernel
      return terminal === undefined ? undefined : yield* from.kernel.read(terminal)
    }
    case 'sleep':
      yield* from.kernel.sleep(request.ms)
      return undefined
    case 'work':
      if (from.kernel.compute(request.steps)) yield TURN
      return undefined
    case 'wait':
      yield* from.kernel.waitUntil(request.ready, request.ms)
      return undefined
    case 'run':
      return yield* runProgram(from, request, task, start)
    case 'network':
      return yield* askNetwork(from, request)
  }
}

/** So many characters, as a power of two, are as much work as a step. */
const READ_PER_STEP = 5

const NOT_FOUND = 127
const TIMED_OUT = 124

function* runProgram(
  from: Heritage,
  request: RunRequest,
  task: Task,
  start: Starter,
): Steps<number> {
  const { kernel } = from
  const { argv, stdin, timeout } = request
  const cwd = request.cwd === undefined ? from.cwd : absolutePath(from.cwd, request.cwd)
  const inner: Heritage = {
    ...from,
    env: request.env ?? from.env,
    cwd,
    parent: task.pid,
    fds: task.fds.copy(),
    depth: from.depth + 1,
  }
  if (stdin !== undefined) inner.fds.set(0, stdin === '' ? nullStream : textStream(stdin))
  const found = findProgram(inner, argv[0] ?? '', argv)
  if (!isProgram(found)) return found.kind === 'missing' ? NOT_FOUND : NOT_FOUND - 1
  const child = start(inner, found, argv)
  inner.fds.closeAll()
  const until = timeout === undefined ? Infinity : kernel.time + timeout
  while (child.exitCode === undefined) {
    if (kernel.time >= until) {
      kernel.signal(child.pid, 'TERM')
      return TIMED_OUT
    }
    yield { for: 'child', until, ready: () => child.exitCode !== undefined }
  }
  return child.exitCode
}

function* askNetwork(from: Heritage, request: NetworkRequest): Steps<NetworkAnswer> {
  const { kernel, machine, files, cwd } = from
  if (machine.network === undefined)
    return { stdout: '', stderr: `${request.argv[0]}: no network\n`, exitCode: 1, takes: 0 }
  kernel.changes++
  const answer = machine.network(request, kernel.time)
  yield* kernel.sleep(answer.takes)
  for (const { path, text } of answer.files ?? []) files.write(givenPath(cwd, path), text)
  return answer
}
