// cmp: where two files begin to differ.
import { toByteString } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { openInput } from '#shell/tools/input.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const TROUBLE = 2

/** undefined: it cannot be read, which was said. */
function* bytesAt(run: Run, path: string): ToolRun<string | undefined> {
  const input = openInput(run, path)
  if (!isFailure(input)) return toByteString(yield* input.rest())
  const { text } = input
  const isOdd = !run.isGnu && input.code === 'EISDIR'
  yield* run.error(`${path}: ${isOdd ? 'I/O error' : text}`, TROUBLE)
  return undefined
}

const octal = (units: string, at: number): string => units.charCodeAt(at).toString(8)

export const cmp = tool('cmp', { short: 'ls', usageCode: TROUBLE }, function* (run) {
  const [first, second = '-'] = run.operands
  if (first === undefined)
    return yield* run.isGnu ? run.usage("missing operand after 'cmp'", TROUBLE) : run.bare()
  const a = yield* bytesAt(run, first)
  if (a === undefined) return TROUBLE
  const b = yield* bytesAt(run, second)
  if (b === undefined) return TROUBLE
  const shorter = Math.min(a.length, b.length)
  const width = String(shorter).length
  let line = 1
  for (let at = 0; at < shorter; at++) {
    if (a[at] === b[at]) {
      if (a[at] === '\n') line++
      continue
    }
    run.exitCode = 1
    if (run.has('s')) return 1
    if (!run.has('l')) {
      run.print(`${first} ${second} differ: char ${at + 1}, line ${line}\n`)
      return 1
    }
    const place = String(at + 1).padStart(run.isGnu ? width : 0)
    run.print(`${place} ${octal(a, at).padStart(3)} ${octal(b, at).padStart(3)}\n`)
  }
  if (a.length === b.length) return run.exitCode
  if (run.has('s')) return 1
  yield* ended(run, a.length < b.length ? first : second, shorter, line)
  return 1
})

/** One is the other's beginning. */
function* ended(run: Run, path: string, length: number, line: number): ToolRun<void> {
  if (!run.isGnu) return yield* run.error(`EOF on ${path}`)
  if (length === 0) return yield* run.error(`EOF on ${path} which is empty`)
  const place = run.has('l') ? '' : `, line ${line - 1}`
  yield* run.error(`EOF on ${path} after byte ${length}${place}`)
}
