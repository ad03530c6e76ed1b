// wc
import { byteLength } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { type Input, openInput } from '#shell/tools/input.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

interface Counts {
  l: number
  w: number
  m: number
  c: number
  L: number
}

const LETTERS = ['l', 'w', 'm', 'c', 'L'] as const
const UNKNOWN_WIDTH = 7

export const wc = tool(
  'wc',
  {
    short: 'clLmw',
    long: { bytes: 'c', chars: 'm', lines: 'l', words: 'w', 'max-line-length': 'L' },
  },
  function* (run) {
    const asked = LETTERS.filter((letter) => run.has(letter))
    const shown = asked.length === 0 ? (['l', 'w', 'c'] as const) : asked
    const paths = run.operands.length === 0 ? ['-'] : run.operands
    const width = widthOf(run, paths, shown.length)
    const total: Counts = { l: 0, w: 0, m: 0, c: 0, L: 0 }
    const print = (counts: Counts, name: string): void => {
      const numbers = shown.map((letter) => String(counts[letter]).padStart(width)).join(' ')
      run.print(`${numbers}${name === '' ? '' : ` ${name}`}\n`)
    }
    for (const path of paths) {
      const input = openInput(run, path)
      if (isFailure(input)) {
        const { text } = input
        const isDirectory = input.code === 'EISDIR'
        yield* run.error(
          run.isGnu
            ? `${path}: ${text}`
            : isDirectory
              ? 'read error: Is a directory'
              : `${path}: ${text}`,
        )
        if (isDirectory) print({ l: 0, w: 0, m: 0, c: 0, L: 0 }, path)
        continue
      }
      const counts = yield* count(input, countsCharacters(run))
      for (const letter of LETTERS) total[letter] += letter === 'L' ? 0 : counts[letter]
      total.L = Math.max(total.L, counts.L)
      print(counts, run.operands.length === 0 ? '' : path)
    }
    if (paths.length > 1) print(total, 'total')
    return run.exitCode
  },
)

/** In the POSIX locale, which containers have, a byte is a character. */
const countsCharacters = ({ call: { env } }: Run): boolean =>
  /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '')

function* count(input: Input, isByCharacter: boolean): ToolRun<Counts> {
  const counts: Counts = { l: 0, w: 0, m: 0, c: 0, L: 0 }
  let isInWord = false
  let column = 0
  for (;;) {
    const chunk = yield* input.chunk()
    if (chunk === undefined) break
    const bytes = byteLength(chunk)
    counts.c += bytes
    counts.m += isByCharacter ? [...chunk].length : bytes
    for (let at = 0; at < chunk.length; at++) {
      const unit = chunk.charCodeAt(at)
      const isSpace = unit === 32 || (unit >= 9 && unit <= 13)
      if (!isSpace && !isInWord && unit > 32) {
        counts.w++
        isInWord = true
      } else if (isSpace) isInWord = false
      if (unit === 10) {
        counts.l++
        counts.L = Math.max(counts.L, column)
        column = 0
      } else column = unit === 9 ? column - (column % 8) + 8 : column + 1
    }
  }
  counts.L = Math.max(counts.L, column)
  return counts
}

/** GNU makes its columns as wide as the files' sizes ask; busybox has nine places. */
const widthOf = (run: Run, paths: readonly string[], columns: number): number => {
  if (!run.isGnu) return columns === 1 && paths.length === 1 ? 1 : 9
  if (columns === 1 && paths.length === 1) return 1
  let size = 0
  let least = 1
  for (const path of paths) {
    const stat = path === '-' ? undefined : run.files.stat(run.path(path))
    if (stat === undefined) least = UNKNOWN_WIDTH
    else if (isFailure(stat)) continue
    else if (stat.kind === 'file') size += stat.size
    else least = UNKNOWN_WIDTH
  }
  return Math.max(least, String(size).length)
}
