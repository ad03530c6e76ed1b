// head and tail.
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import { type FileFailure, isFailure } from '#shell/files/failure.ts'
import { Killed } from '#shell/kernel/task.ts'
import { type Input, MOST_READ, openInput } from '#shell/tools/input.ts'
import { type Run, sizeNumber, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const POLL = 1000
const KEPT_TEXT = 65_536

/** `-5` and `-c5` of old. */
const rewrite = (words: readonly string[]): readonly string[] =>
  words.flatMap((word, index) => {
    const before = words[index - 1]
    if (before === '-n' || before === '-c') return [word]
    if (/^-[0-9]+$/.test(word)) return ['-n', word.slice(1)]
    const followed = /^-([0-9]+)f$/.exec(word)
    if (followed !== null) return ['-f', '-n', followed[1]!]
    return index === 0 && /^\+[0-9]+$/.test(word) ? ['-n', word] : [word]
  })

interface Amount {
  readonly count: number
  readonly inBytes: boolean
  /** `-` or `+`, if it was written. */
  readonly sign: string
}

function* amountOf(run: Run): ToolRun<Amount | number> {
  const letter = run.options.last('nc') ?? 'n'
  const text = run.value(letter) ?? '10'
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  const count = sizeNumber(text.slice(sign.length))
  if (count !== undefined) return { count, inBytes: letter === 'c', sign }
  const what = letter === 'c' ? 'bytes' : 'lines'
  return run.isGnu
    ? yield* run.fail(`invalid number of ${what}: '${text}'`)
    : yield* run.fail(`invalid number '${text}'`)
}

const openComplaint = (run: Run, path: string, { code, text }: FileFailure): string => {
  if (code === 'EISDIR') return run.isGnu ? `error reading '${path}': ${text}` : `${path}: ${text}`
  if (run.isGnu) return `cannot open '${path}' for reading: ${text}`
  return run.name === 'tail' ? `can't open '${path}': ${text}` : `${path}: ${text}`
}

const header = (run: Run, path: string, isFirst: boolean): void => {
  const name = path === '-' ? 'standard input' : path
  run.print(`${isFirst ? '' : '\n'}==> ${name} <==\n`)
}

const showsHeaders = (run: Run): boolean =>
  run.options.last('qv') === 'v' || (run.operands.length > 1 && !run.has('q'))

/** Each operand in turn, with headers; what could be opened. */
function* eachWithHeader(
  run: Run,
  read: (input: Input) => ToolRun<void>,
): ToolRun<readonly string[]> {
  const opened: string[] = []
  for (const path of run.operands.length === 0 ? ['-'] : run.operands) {
    const input = openInput(run, path)
    if (isFailure(input)) {
      const isShown = input.code === 'EISDIR' && run.isGnu && showsHeaders(run)
      if (isShown) header(run, path, opened.length === 0)
      if (isShown) opened.push(path)
      yield* run.error(openComplaint(run, path, input))
      continue
    }
    if (showsHeaders(run)) header(run, path, opened.length === 0)
    opened.push(path)
    yield* read(input)
  }
  return opened
}

export const head = tool(
  'head',
  {
    short: 'c:n:qvz',
    long: { bytes: 'c', lines: 'n', quiet: 'q', silent: 'q', verbose: 'v' },
    rewrite,
  },
  function* (run) {
    const amount = yield* amountOf(run)
    if (typeof amount === 'number') return amount
    yield* eachWithHeader(run, (input) => {
      if (amount.sign === '-') return allBut(run, input, amount)
      return amount.inBytes
        ? firstBytes(run, input, amount.count)
        : firstLines(run, input, amount.count)
    })
    return run.exitCode
  },
)

function* firstLines(run: Run, input: Input, count: number): ToolRun<void> {
  for (let left = count; left > 0; left--) {
    const line = yield* input.line()
    if (line === undefined) return
    run.print(input.isTerminated ? `${line}\n` : line)
  }
}

function* firstBytes(run: Run, input: Input, count: number): ToolRun<void> {
  for (let left = count; left > 0;) {
    const chunk = yield* input.chunk()
    if (chunk === undefined) return
    const bytes = toByteString(chunk)
    run.print(fromByteString(bytes.slice(0, left)))
    left -= bytes.length
    if (run.isFull) yield* run.flush()
  }
}

function* allBut(run: Run, input: Input, { count, inBytes }: Amount): ToolRun<void> {
  const text = yield* input.rest()
  if (inBytes) {
    const bytes = toByteString(text)
    run.print(fromByteString(bytes.slice(0, Math.max(0, bytes.length - count))))
    return
  }
  const lines = splitLines(text)
  run.print(lines.slice(0, Math.max(0, lines.length - count)).join(''))
}

const splitLines = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

export const tail = tool(
  'tail',
  {
    short: 'c:n:fFqvs:',
    long: {
      bytes: 'c',
      lines: 'n',
      follow: 'f',
      retry: 'retry',
      quiet: 'q',
      verbose: 'v',
      pid: 'pid:',
      'sleep-interval': 's',
    },
    rewrite,
  },
  function* (run) {
    const amount = yield* amountOf(run)
    if (typeof amount === 'number') return amount
    const opened = yield* eachWithHeader(run, (input) => lastOf(run, input, amount))
    const follows = run.has('f') || run.has('F')
    const paths = run.has('F') ? run.operands : opened
    if (follows && paths.length > 0 && !paths.includes('-')) return yield* follow(run, paths)
    if (opened.length === 0 && (follows || !run.isGnu))
      return yield* run.fail(run.isGnu ? 'no files remaining' : 'no files')
    return run.exitCode
  },
)

function* lastOf(run: Run, input: Input, { count, inBytes, sign }: Amount): ToolRun<void> {
  if (sign === '+') return yield* from(run, input, count, inBytes)
  if (inBytes) {
    const bytes = toByteString(yield* input.rest())
    run.print(fromByteString(bytes.slice(Math.max(0, bytes.length - count))))
    return
  }
  let text = ''
  let room = KEPT_TEXT
  for (;;) {
    const chunk = yield* input.chunk()
    if (chunk === undefined) break
    text += chunk
    if (text.length <= room) continue
    // what cannot be among the last lines need not be kept; the last one may go on
    text = lastLines(text, count + 1)
    if (text.length > MOST_READ) throw new Killed('KILL')
    room = Math.max(KEPT_TEXT, 2 * text.length)
  }
  run.print(lastLines(text, count))
}

const lastLines = (text: string, count: number): string => {
  let start = text.length
  let at = text.endsWith('\n') ? text.length - 1 : text.length
  for (let left = count; left > 0 && start > 0; left--) {
    at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1)
    start = at + 1
  }
  return text.slice(start)
}

function* from(run: Run, input: Input, first: number, inBytes: boolean): ToolRun<void> {
  if (inBytes) {
    const bytes = toByteString(yield* input.rest())
    run.print(fromByteString(bytes.slice(Math.max(0, first - 1))))
    return
  }
  for (let number = 1; ; number++) {
    const line = yield* input.line()
    if (line === undefined) return
    if (number >= first) run.print(input.isTerminated ? `${line}\n` : line)
  }
}

/** Looks for ever whether the files have grown. */
function* follow(run: Run, paths: readonly string[]): ToolRun {
  const interval = Number(run.value('s') ?? 1) * 1000
  const known = new Map(paths.map((path) => [path, textOf(run, path)] as const))
  let shown = paths.at(-1)
  for (;;) {
    yield* run.flush()
    yield { kind: 'sleep', ms: interval > 0 ? interval : POLL }
    for (const path of paths) {
      const before = known.get(path)
      const now = textOf(run, path)
      if (now === before || now === undefined) {
        if (now === undefined) known.set(path, undefined)
        continue
      }
      known.set(path, now)
      if (before !== undefined && now.length < before.length)
        yield* run.error(run.isGnu ? `${path}: file truncated` : `${path}: file truncated`)
      const isGrown = before !== undefined && now.startsWith(before)
      const added = isGrown ? now.slice(before.length) : now
      if (paths.length > 1 && shown !== path) header(run, path, false)
      shown = path
      run.print(added)
    }
  }
}

const textOf = (run: Run, path: string): string | undefined => {
  const text = run.files.read(run.path(path))
  return isFailure(text) ? undefined : text
}
