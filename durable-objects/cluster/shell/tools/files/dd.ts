// dd: blocks from one file into another.
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { openInput } from '#shell/tools/input.ts'
import { rawTool, type Run, sizeNumber } from '#shell/tools/run.ts'
import { sleepFor, type ToolRun, writeError } from '#shell/tools/tool.ts'

const NAMES = new Set([
  'if',
  'of',
  'bs',
  'ibs',
  'obs',
  'count',
  'skip',
  'seek',
  'conv',
  'status',
  'iflag',
  'oflag',
])
const NUMBERS = ['bs', 'ibs', 'obs', 'count', 'skip', 'seek'] as const
const BLOCK = 512
/** differs: no file here holds more, the disk is full then. What is beyond need not be made to find out that it does not fit. */
const MOST = 12 * 1024 * 1024
const PIECE = 65_536
/** Bytes a second. */
const SPEED = 1_500_000_000
const START_SECONDS = 0.000_02

interface Order {
  readonly words: ReadonlyMap<string, string>
  readonly bs: number
  readonly count: number
  readonly skip: number
  readonly seek: number
}

/** A text: what is wrong with the words. */
const orderOf = (run: Run, given: readonly string[]): Order | string => {
  const words = new Map<string, string>()
  for (const word of given) {
    const equals = word.indexOf('=')
    const name = word.slice(0, Math.max(equals, 0))
    if (!NAMES.has(name)) return run.isGnu ? `unrecognized operand '${word}'` : ''
    words.set(name, word.slice(equals + 1))
  }
  const numbers = new Map<string, number>()
  for (const name of NUMBERS) {
    const text = words.get(name)
    if (text === undefined) continue
    const number = sizeNumber(text)
    if (number === undefined)
      return run.isGnu ? `invalid number: '${text}'` : `invalid number '${text}'`
    if (number === 0 && name.endsWith('bs'))
      return run.isGnu
        ? `invalid number: '${text}'`
        : `number ${text} is not in 1..2147483647 range`
    numbers.set(name, number)
  }
  return {
    words,
    bs: numbers.get('bs') ?? numbers.get('ibs') ?? BLOCK,
    count: numbers.get('count') ?? Infinity,
    skip: numbers.get('skip') ?? 0,
    seek: numbers.get('seek') ?? 0,
  }
}

export const dd = rawTool('dd', function* (run, given) {
  const order = orderOf(run, given)
  if (order === '') return yield* run.bare()
  if (typeof order === 'string')
    return yield* order.startsWith('unrecognized') ? run.usage(order) : run.fail(order)
  const from = order.words.get('if')
  const input = openInput(run, from ?? '-')
  if (isFailure(input)) {
    const opened = run.isGnu ? `failed to open '${from}'` : `can't open '${from}'`
    return yield* run.fail(`${opened}: ${input.text}`)
  }
  const to = order.words.get('of')
  const target = to === undefined ? undefined : run.files.stat(run.path(to))
  const device = target === undefined || isFailure(target) ? undefined : target.device
  const source = from === undefined ? undefined : run.files.stat(run.path(from))
  const isEndless = source !== undefined && !isFailure(source) && source.device === 'zero'
  const asked = order.count * order.bs
  if (isEndless && device === 'null') {
    if (asked === Infinity) yield* sleepFor(Infinity)
    yield* report(run, order, asked, asked)
    return 0
  }
  const bytes: string = isEndless ? '\0'.repeat(Math.min(asked, MOST)) : yield* taken(order, input)
  const failed: string | undefined =
    to === undefined || device === 'stdout'
      ? yield* printed(run, bytes)
      : put(run, order, to, bytes)
  if (failed !== undefined) {
    yield* run.error(failed)
    if (!failed.includes('No space')) return 1
  }
  const written = failed === undefined ? bytes.length : 0
  yield* report(run, order, failed === undefined ? bytes.length : order.bs, written)
  return run.exitCode
})

/** The bytes that the order asks for. */
function* taken(order: Order, input: Exclude<ReturnType<typeof openInput>, { code: unknown }>) {
  const from = order.skip * order.bs
  const end = from + Math.min(order.count * order.bs, MOST)
  let bytes = ''
  while (bytes.length < end) {
    const chunk: string | undefined = yield* input.chunk()
    if (chunk === undefined) break
    bytes += toByteString(chunk)
  }
  return bytes.slice(from, end)
}

function* printed(run: Run, bytes: string): ToolRun<undefined> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    run.print(fromByteString(bytes.slice(at, at + PIECE)))
    yield* run.flush()
  }
  return undefined
}

/** What went wrong. */
const put = (run: Run, order: Order, to: string, bytes: string): string | undefined => {
  const path = run.path(to)
  const keeps = order.words.get('conv')?.split(',').includes('notrunc') === true
  const before = order.seek > 0 || keeps ? run.files.read(path) : ''
  const old = isFailure(before) ? '' : toByteString(before)
  const start = order.seek * order.bs
  const head = old.slice(0, start).padEnd(Math.min(start, MOST), '\0')
  const tail = keeps ? old.slice(start + bytes.length) : ''
  const failed = run.files.write(path, fromByteString(head + bytes + tail))
  if (failed === undefined) return undefined
  if (failed.code === 'ENOSPC') return `error writing '${to}': ${failed.text}`
  return `${run.isGnu ? 'failed to open' : "can't open"} '${to}': ${failed.text}`
}

const records = (bytes: number, size: number): string =>
  `${Math.floor(bytes / size)}+${bytes % size === 0 ? 0 : 1}`

function* report(run: Run, order: Order, read: number, written: number): ToolRun<void> {
  const status = order.words.get('status')
  if (status === 'none') return
  yield* run.flush()
  const lines = `${records(read, order.bs)} records in\n${records(written, order.bs)} records out\n`
  const seconds = START_SECONDS + written / SPEED
  const speed = written / seconds
  const gnu = `${written} byte${written === 1 ? '' : 's'}${sizes(written)} copied, ${Number(seconds.toPrecision(6))} s, ${scaled(speed, 1000)}/s\n`
  const busybox = `${written} bytes (${binary(written)}B) copied, ${seconds.toFixed(6)} seconds, ${binary(speed)}B/s\n`
  const last = status === 'noxfer' ? '' : run.isGnu ? gnu : busybox
  yield* writeError(lines + last)
}

/** `1.5 MB`, `1.4 MiB`. */
const scaled = (bytes: number, base: 1000 | 1024): string => {
  let value = bytes
  let unit = 0
  while (value >= base && unit < 4) {
    value /= base
    unit++
  }
  const number = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value))
  const letter = ['', base === 1000 ? 'k' : 'K', 'M', 'G', 'T'][unit]!
  return `${number} ${letter}${base === 1024 && unit > 0 ? 'i' : ''}B`
}

const sizes = (bytes: number): string => {
  if (bytes < 1000) return ''
  return bytes < 1024
    ? ` (${scaled(bytes, 1000)})`
    : ` (${scaled(bytes, 1000)}, ${scaled(bytes, 1024)})`
}

const binary = (bytes: number): string => {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < 4) {
    value /= 1024
    unit++
  }
  return unit === 0 ? String(Math.round(value)) : `${value.toFixed(1)}${'KMGT'[unit - 1]!}`
}
