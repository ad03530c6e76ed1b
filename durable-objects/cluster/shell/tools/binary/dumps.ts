// hexdump, xxd: bytes as people read them.
import { toByteString } from '#shell/files/bytes.ts'
import { eachInput } from '#shell/tools/input.ts'
import { type Run, tool, wholeNumber } from '#shell/tools/run.ts'
import { complaint } from '#shell/tools/text/cat.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const ROW = 16
const PLAIN_ROW = 30

const hex = (number: number, width: number): string => number.toString(16).padStart(width, '0')

const bytesIn = (units: string): string[] => Array.from(units, (unit) => hex(unit.charCodeAt(0), 2))

const shown = (units: string): string => units.replace(/[^\x20-\x7e]/g, '.')

/** All that the operands hold, one after the other; undefined if nothing could be read. */
function* gathered(run: Run, most: number): ToolRun<string | undefined> {
  let all = ''
  let isRead = false
  yield* eachInput(run, run.operands, complaint(run), function* (input) {
    isRead = true
    while (all.length < most) {
      const chunk = yield* input.chunk()
      if (chunk === undefined) return
      all += toByteString(chunk)
    }
  })
  return isRead ? all : undefined
}

/** Two groups of eight and the characters. */
const canonicalRow = (row: string): string => {
  const bytes = bytesIn(row)
  const groups = `${bytes.slice(0, 8).join(' ').padEnd(23)}  ${bytes.slice(8).join(' ').padEnd(23)}`
  return `${groups}  |${shown(row)}|`
}

/** Words of two bytes as a little-endian machine has them. */
const wordRow = (row: string): string => {
  let text = ''
  for (let at = 0; at < row.length; at += 2)
    text += `${at === 0 ? '' : ' '}${hex(row.charCodeAt(at) + 256 * (row.charCodeAt(at + 1) || 0), 4)}`
  return text.padEnd((ROW / 2) * 5 - 1)
}

export const hexdump = tool('hexdump', 'Cn:s:v', function* (run) {
  const isCanonical = run.has('C')
  const most = wholeNumber(run.value('n') ?? '') ?? Infinity
  const skipped = wholeNumber(run.value('s') ?? '') ?? 0
  const all = yield* gathered(run, skipped + most)
  if (all === undefined) return run.exitCode
  const units = all.slice(0, skipped + most)
  const offset = (at: number): string => hex(at, isCanonical ? 8 : 7)
  let last: string | undefined
  let isSqueezed = false
  for (let at = skipped; at < units.length; at += ROW) {
    const row = units.slice(at, at + ROW)
    if (row === last && !run.has('v')) {
      if (!isSqueezed) run.print('*\n')
      isSqueezed = true
      continue
    }
    isSqueezed = false
    last = row
    run.print(
      `${offset(at)}${isCanonical ? '  ' : ' '}${isCanonical ? canonicalRow(row) : wordRow(row)}\n`,
    )
  }
  if (units.length > skipped) run.print(`${offset(units.length)}\n`)
  return run.exitCode
})

export const xxd = tool('xxd', 'l:p', function* (run) {
  const most = wholeNumber(run.value('l') ?? '') ?? Infinity
  const all = yield* gathered(run, most)
  const units = (all ?? '').slice(0, most)
  const size = run.has('p') ? PLAIN_ROW : ROW
  for (let at = 0; at < units.length; at += size) {
    const row = units.slice(at, at + size)
    const bytes = bytesIn(row).join('')
    if (run.has('p')) run.print(`${bytes}\n`)
    else
      run.print(
        `${hex(at, 8)}: ${bytes.replace(/(.{4})(?=.)/g, '$1 ').padEnd(39)}  ${shown(row)}\n`,
      )
  }
  return run.exitCode
})
