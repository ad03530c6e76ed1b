// Programs of images as the shell starts them.
import { append } from '#apimachinery/append.ts'
import { stamped } from '#images/clock.ts'
import type { LogLine, Process } from '#images/behaviour.ts'
import type { ContainerRun } from '#images/container-run.ts'
import {
  readAll,
  sleepFor,
  type Tool,
  type ToolRun,
  writeError,
  writeOut,
} from '#shell/tools/tool.ts'

/** A server, or whatever else is known as a whole. */
export const followed = (run: ContainerRun, name: string, started: Process): Tool => ({
  name,
  *run({ pid }) {
    const { time } = run
    const shift = <T extends { readonly after: number }>(item: T): T =>
      time === 0 ? item : { ...item, after: item.after + time }
    append(run.listens, started.listens.map(shift))
    run.memoryBytes += started.memoryBytes
    run.kernel.changes++
    if (started.guessed === true) run.isGuessed = true
    if (pid === 1 && started.terminates !== undefined) run.terminates = started.terminates
    if (!run.addLines(pid, started.log.map(shift))) yield* writeLines(run, started.log, time)
    const end = started.ends
    yield* sleepFor(end === undefined ? Infinity : time + end.after - run.time)
    return end?.exitCode ?? 0
  },
})

function* writeLines(run: ContainerRun, lines: readonly LogLine[], start: number): ToolRun<void> {
  for (const { after, text, stream, clock } of lines) {
    if (start + after > run.time) yield* sleepFor(start + after - run.time)
    const line = `${stamped(text, clock, run.startedAt + run.time)}\n`
    yield* stream === 'stdout' ? writeOut(line) : writeError(line)
  }
}

/** Nobody knows what it does. */
export const guessedTool = (run: ContainerRun, name: string): Tool => ({
  name,
  *run({ pid }) {
    run.guess(pid)
    yield* sleepFor(Infinity)
    return 0
  },
})

export const silentTool = (name: string, ms = 0): Tool => ({
  name,
  *run() {
    yield* sleepFor(ms)
    return 0
  },
})

export const textTool = (name: string, text: string): Tool => ({
  name,
  *run() {
    yield* writeOut(text)
    return 0
  },
})

/** Only these look at their input. */
const readsInput = (argv: readonly string[]): boolean => {
  if (/(^|\/)(nc|ncat|netcat|telnet)$/.test(argv[0] ?? ''))
    return !argv.some((word) => /^-\w*z/.test(word))
  return argv.some((word) => /^(@-|--upload-file=-|-d@-)$/.test(word))
}

export const networkTool = (name: string): Tool => ({
  name,
  *run(call) {
    const { argv } = call
    const stdin = readsInput(argv) && !call.isTTY(0) ? yield* readAll() : undefined
    const answer = yield {
      kind: 'network',
      argv,
      isTerminal: call.isTTY(2),
      ...(stdin === undefined ? {} : { stdin }),
    }
    if (typeof answer !== 'object') return 1
    yield* writeOut(answer.stdout)
    yield* writeError(answer.stderr)
    return answer.exitCode
  },
})
