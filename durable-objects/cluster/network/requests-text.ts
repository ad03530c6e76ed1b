// Many requests as a page to be read in a terminal: what became of them, and a bar for each Pod.
import type { RequestsFailure, RequestsResult } from './requests.ts'
import type { TraceRequest } from './trace.ts'
import { sourceText, titleOf } from './trace-text.ts'

/** `Accept: text/plain` */
export const requestsText = (result: RequestsResult, request: TraceRequest): string => {
  const { count, outcomes, endpoints, failures, retried = [] } = result
  const ends = Object.entries(outcomes).sort(([, a], [, b]) => b - a)
  const lines = [
    `${count} × ${titleOf(request)}`,
    `From: ${sourceText(request)}`,
    `${sentence(result)}.`,
    '',
    ...table(
      ends.map(([outcome, times]) => ({ cells: [outcome], times })),
      count,
    ),
    ...part(
      'Who answered:',
      table(
        endpoints.map(({ name, node = '', address, status, count: times }) => ({
          cells: [name, node, address, status === undefined ? '' : `HTTP ${status}`],
          times,
        })),
        count,
      ),
    ),
    ...part('Why requests failed:', reasons(failures, count)),
    ...part('Addresses that were tried in vain before another one:', reasons(retried, count)),
  ]
  return `${lines.join('\n')}\n`
}

const sentence = ({ count, outcomes, endpoints, failures }: RequestsResult): string => {
  const delivered = outcomes.delivered ?? 0
  const servers = `${endpoints.length} ${endpoints.length === 1 ? 'server' : 'servers'}`
  const [worst] = failures
  if (worst === undefined)
    return count === 1 ? 'It was delivered' : `All were delivered, to ${servers}`
  const why = `${worst.outcome}: ${worst.says}`
  if (delivered === 0) return count === 1 ? `It failed, ${why}` : `All failed, ${why}`
  return `${percent(delivered, count)} were delivered, to ${servers}; ${percent(count - delivered, count)} failed, most often ${why}`
}

const percent = (times: number, count: number): string => {
  const share = (100 * times) / count
  // what happened is never nothing, and what did not always happen is never all
  const shown = times === count ? 100 : Math.min(99.9, Math.max(0.1, share))
  return `${shown.toFixed(1)} %`
}

const part = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines]

const reasons = (failures: readonly RequestsFailure[], count: number): readonly string[] =>
  failures.map(
    ({ outcome, says, count: times }) =>
      `  ${times} (${portion(times, count)}) ${outcome}: ${says}`,
  )

/** Of attempts there may be more than requests. */
const portion = (times: number, count: number): string =>
  times > count ? `${(times / count).toFixed(1)} for each request` : percent(times, count)

const BAR = 30

interface Row {
  readonly cells: readonly string[]
  readonly times: number
}

/** Columns that nobody fills are left out; the longest bar is that of the most frequent. */
const table = (rows: readonly Row[], count: number): readonly string[] => {
  const most = Math.max(1, ...rows.map(({ times }) => times))
  const full = rows.map(({ cells, times }) => ({
    cells: [...cells, String(times), percent(times, count)],
    numbers: cells.length,
    bar: '#'.repeat(Math.max(1, Math.round((times / most) * BAR))),
  }))
  const widths = (full[0]?.cells ?? []).map((_, column) =>
    Math.max(...full.map(({ cells }) => cells[column]!.length)),
  )
  return full.map(({ cells, numbers, bar }) => {
    const shown = cells.flatMap((cell, column) => {
      const width = widths[column]!
      if (width === 0) return []
      return [column < numbers ? cell.padEnd(width) : cell.padStart(width)]
    })
    return `  ${[...shown, bar].join('  ')}`
  })
}
