// seq, yes, shuf, tee, split: text that is made, mixed or handed on.
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { openInput, standardInput } from '#shell/tools/input.ts'
import { rawTool, type Run, sizeNumber, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i

const decimals = (text: string): number => /\.([0-9]+)$/.exec(text)?.[1]?.length ?? 0

interface SeqOptions {
  separator: string
  isPadded: boolean
  format: string | undefined
  readonly numbers: string[]
}

const seqOptions = (words: readonly string[]): SeqOptions | string => {
  const options: SeqOptions = { separator: '\n', isPadded: false, format: undefined, numbers: [] }
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (options.numbers.length > 0 || !word.startsWith('-') || NUMBER.test(word))
      options.numbers.push(word)
    else if (word === '-w' || word === '--equal-width') options.isPadded = true
    else if (word === '-s' || word === '-f') {
      const value = words[++at] ?? ''
      if (word === '-s') options.separator = value
      else options.format = value
    } else if (word.startsWith('-s')) options.separator = word.slice(2)
    else if (word.startsWith('-f')) options.format = word.slice(2)
    else return `invalid option -- '${word[1] ?? ''}'`
  }
  return options
}

export const seq = rawTool('seq', function* (run, words) {
  const options = seqOptions(words)
  if (typeof options === 'string') return yield* run.usage(options)
  const { numbers } = options
  if (numbers.length === 0)
    return run.isGnu ? yield* run.usage('missing operand') : yield* run.bare()
  if (numbers.length > 3) return yield* run.usage(`extra operand '${numbers[3]}'`)
  const wrong = numbers.find((text) => !NUMBER.test(text))
  if (wrong !== undefined)
    return run.isGnu
      ? yield* run.usage(`invalid floating point argument: '${wrong}'`)
      : yield* run.bare()
  const last = numbers.at(-1)!
  const first = numbers.length > 1 ? numbers[0]! : '1'
  const step = numbers.length > 2 ? numbers[1]! : '1'
  if (Number(step) === 0 && run.isGnu)
    return yield* run.usage(`invalid Zero increment value: '${step}'`)
  return yield* count(run, options, first, step, last)
})

function* count(run: Run, options: SeqOptions, first: string, step: string, last: string): ToolRun {
  const places = Math.max(decimals(first), decimals(step))
  const scale = 10 ** places
  const [from, by, to] = [first, step, last].map((text) => Math.round(Number(text) * scale)) as [
    number,
    number,
    number,
  ]
  const width = options.isPadded
    ? Math.max((from / scale).toFixed(places).length, (to / scale).toFixed(places).length)
    : 0
  let isFirst = true
  for (let value = from; by < 0 ? value >= to : value <= to; value += by) {
    const text = (value / scale).toFixed(places)
    const padded =
      value < 0 ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0')
    run.print(`${isFirst ? '' : options.separator}${formatted(options.format, padded)}`)
    isFirst = false
    if (run.isFull) yield* run.flush()
  }
  if (!isFirst) run.print('\n')
  return 0
}

const formatted = (format: string | undefined, text: string): string => {
  if (format === undefined) return text
  return format.replace(
    /%(0?)([0-9]*)(?:\.([0-9]+))?([gfe])/,
    (_, zero: string, width: string, places: string | undefined, kind: string) => {
      const number = Number(text)
      const shown =
        kind === 'g' ? String(number) : number.toFixed(places === undefined ? 6 : Number(places))
      return shown.padStart(Number(width), zero === '0' ? '0' : ' ')
    },
  )
}

const REPEATS = 512

export const yes = rawTool('yes', function* (run, words) {
  const line = `${words.length === 0 ? 'y' : words.join(' ')}\n`
  const text = line.repeat(Math.max(1, Math.floor(REPEATS / line.length)))
  for (;;) {
    run.print(text)
    yield* run.flush()
  }
})

export const shuf = tool(
  'shuf',
  {
    short: 'ei:n:ro:z',
    long: { echo: 'e', 'input-range': 'i', 'head-count': 'n', repeat: 'r', output: 'o' },
  },
  function* (run) {
    const lines = yield* shufInput(run)
    if (typeof lines === 'number') return lines
    const most = run.value('n') === undefined ? lines.length : Number(run.value('n'))
    const below = (bound: number): number => Math.floor((run.call.random() / 0x1_0000_0000) * bound)
    for (let left = 0; left < most && lines.length > 0; left++) {
      const at = below(lines.length)
      run.print(`${lines[at]}\n`)
      if (run.isFull) yield* run.flush()
      if (run.has('r')) continue
      lines[at] = lines.at(-1)!
      lines.pop()
    }
    return 0
  },
)

const MOST_NUMBERS = 1_000_000

function* shufInput(run: Run): ToolRun<string[] | number> {
  if (run.has('e')) return [...run.operands]
  const range = run.value('i')
  if (range !== undefined) {
    const [, from, to] = /^([0-9]+)-([0-9]+)$/.exec(range) ?? []
    if (from === undefined) return yield* run.fail(`invalid input range: '${range}'`)
    const length = Math.max(0, Math.min(Number(to) - Number(from) + 1, MOST_NUMBERS))
    return Array.from({ length }, (_, index) => String(Number(from) + index))
  }
  const path = run.operands[0] ?? '-'
  const input = openInput(run, path)
  return isFailure(input) ? yield* run.fail(`${path}: ${input.text}`) : yield* input.lines()
}

export const tee = tool(
  'tee',
  { short: 'aip', long: { append: 'a', 'ignore-interrupts': 'i' } },
  function* (run) {
    const paths: string[] = []
    for (const path of run.operands) {
      const failed =
        path === '-' || /^\/dev\/std(?:out|err)$/.test(path)
          ? undefined
          : run.files.write(run.path(path), '', { append: run.has('a') })
      if (failed === undefined) paths.push(path)
      else yield* run.error(`${path}: ${failed.text}`)
    }
    const input = standardInput(run)
    for (;;) {
      const chunk = yield* input.chunk()
      if (chunk === undefined) return run.exitCode
      run.print(chunk)
      for (const path of paths) yield* teeTo(run, path, chunk)
      yield* run.flush()
    }
  },
)

function* teeTo(run: Run, path: string, text: string): ToolRun<void> {
  if (path === '/dev/stdout' || (path === '-' && !run.isGnu)) return run.print(text)
  if (path === '/dev/stderr') {
    yield { kind: 'write', fd: 2, text }
    return
  }
  const failed = run.files.write(run.path(path), text, { append: true })
  if (failed !== undefined) yield* run.error(`${path}: ${failed.text}`)
}

const suffix = (index: number, length: number, inDigits: boolean): string => {
  if (inDigits) return String(index).padStart(length, '0')
  let text = ''
  let left = index
  for (let at = 0; at < length; at++) {
    text = String.fromCharCode(97 + (left % 26)) + text
    left = Math.floor(left / 26)
  }
  return text
}

const MOST_PIECES = 676

export const split = tool(
  'split',
  {
    short: 'a:b:C:dl:',
    long: { bytes: 'b', lines: 'l', 'suffix-length': 'a', 'numeric-suffixes': 'd' },
  },
  function* (run) {
    const [path = '-', prefix = 'x'] = run.operands
    const input = openInput(run, path)
    if (isFailure(input))
      return yield* run.fail(
        run.isGnu
          ? `cannot open '${path}' for reading: ${input.text}`
          : `can't open '${path}': ${input.text}`,
      )
    const text = yield* input.rest()
    const bytes = run.value('b')
    const size = sizeNumber(bytes ?? run.value('l') ?? '1000')
    if (size === undefined || size === 0)
      return yield* run.fail(
        `invalid number of ${bytes === undefined ? 'lines' : 'bytes'}: '${bytes ?? run.value('l')}'`,
      )
    const pieces = bytes === undefined ? byLines(text, size) : byBytes(text, size)
    if (pieces.length > MOST_PIECES) return yield* run.fail('output file suffixes exhausted')
    for (const [index, piece] of pieces.entries()) {
      const name = prefix + suffix(index, Number(run.value('a') ?? 2), run.has('d'))
      const failed = run.files.write(run.path(name), piece)
      if (failed !== undefined) return yield* run.fail(`${name}: ${failed.text}`)
    }
    return 0
  },
)

const byLines = (text: string, size: number): readonly string[] => {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const pieces: string[] = []
  for (let at = 0; at < lines.length; at += size) pieces.push(lines.slice(at, at + size).join(''))
  return pieces
}

const byBytes = (text: string, size: number): readonly string[] => {
  const units = toByteString(text)
  const pieces: string[] = []
  for (let at = 0; at < units.length; at += size)
    pieces.push(fromByteString(units.slice(at, at + size)))
  return pieces
}
