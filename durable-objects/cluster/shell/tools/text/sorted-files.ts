// uniq, comm, join: what sorted lines are for.
import { isFailure } from '#shell/files/failure.ts'
import { type Input, openInput } from '#shell/tools/input.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const compared = (run: Run, line: string): string => {
  let text = line
  for (let left = Number(run.value('f') ?? 0); left > 0; left--)
    text = text.replace(/^[ \t]*[^ \t]*/, '')
  text = text.slice(Number(run.value('s') ?? 0))
  const width = run.value('w')
  if (width !== undefined) text = text.slice(0, Number(width))
  return run.has('i') ? text.toLowerCase() : text
}

export const uniq = tool(
  'uniq',
  {
    short: 'cdDf:is:uw:z',
    long: {
      count: 'c',
      repeated: 'd',
      'ignore-case': 'i',
      'skip-fields': 'f',
      'skip-chars': 's',
      unique: 'u',
      'check-chars': 'w',
    },
  },
  function* (run) {
    const [path = '-', output] = run.operands
    const input = openInput(run, path)
    if (isFailure(input))
      return yield* run.fail(
        run.isGnu ? `${path}: ${input.text}` : `can't open '${path}': ${input.text}`,
      )
    let kept: string | undefined
    let key = ''
    let count = 0
    let text = ''
    const emit = (): void => {
      if (kept === undefined || (run.has('d') && count === 1) || (run.has('u') && count > 1)) return
      text += run.has('c') ? `${String(count).padStart(7)} ${kept}\n` : `${kept}\n`
    }
    for (;;) {
      const line = yield* input.line()
      const next = line === undefined ? '' : compared(run, line)
      if (line !== undefined && kept !== undefined && next === key) count++
      else {
        emit()
        kept = line
        key = next
        count = 1
      }
      if (output === undefined) {
        run.print(text)
        text = ''
      }
      if (line === undefined) break
    }
    const failed = output === undefined ? undefined : run.files.write(run.path(output), text)
    return failed === undefined ? 0 : yield* run.fail(`${output}: ${failed.text}`)
  },
)

function* openTwo(run: Run): ToolRun<readonly [Input, Input] | number> {
  const [first, second] = run.operands
  if (first === undefined)
    return run.isGnu ? yield* run.usage('missing operand') : yield* run.bare()
  if (second === undefined)
    return run.isGnu ? yield* run.usage(`missing operand after '${first}'`) : yield* run.bare()
  const left = openInput(run, first)
  if (isFailure(left)) return yield* run.fail(openText(run, first, left.text))
  const right = openInput(run, second)
  if (isFailure(right)) return yield* run.fail(openText(run, second, right.text))
  return [left, right]
}

const openText = (run: Run, path: string, text: string): string =>
  run.isGnu ? `${path}: ${text}` : `can't open '${path}': ${text}`

export const comm = tool('comm', '123', function* (run) {
  const inputs = yield* openTwo(run)
  if (typeof inputs === 'number') return inputs
  const [left, right] = inputs
  let a = yield* left.line()
  let b = yield* right.line()
  const tabs = (column: number): string =>
    ['1', '2', '3']
      .slice(0, column - 1)
      .map((letter) => (run.has(letter) ? '' : '\t'))
      .join('')
  while (a !== undefined || b !== undefined) {
    const column: number = a === b ? 3 : b === undefined || (a !== undefined && a < b) ? 1 : 2
    if (!run.has(String(column))) run.print(`${tabs(column)}${column === 2 ? b : a}\n`)
    if (column !== 2) a = yield* left.line()
    if (column !== 1) b = yield* right.line()
  }
  return 0
})

interface Row {
  readonly key: string
  readonly rest: readonly string[]
  readonly all: readonly string[]
}

const rowsOf = (
  lines: readonly string[],
  field: number,
  separator: string | undefined,
): readonly Row[] =>
  lines.map((line) => {
    const all = separator === undefined ? line.trim().split(/[ \t]+/) : line.split(separator)
    return { key: all[field - 1] ?? '', rest: all.filter((_, index) => index !== field - 1), all }
  })

/** Both inputs are sorted by their key; equal keys are paired in all ways. */
export const join = tool('join', 'a:v:e:i1:2:j:o:t:', function* (run) {
  const inputs = yield* openTwo(run)
  if (typeof inputs === 'number') return inputs
  const separator = run.value('t')
  const fields = ['1', '2'].map((letter) => Number(run.value(letter) ?? run.value('j') ?? 1))
  const left = rowsOf(yield* inputs[0].lines(), fields[0]!, separator)
  const right = rowsOf(yield* inputs[1].lines(), fields[1]!, separator)
  const keyOf = ({ key }: Row): string => (run.has('i') ? key.toLowerCase() : key)
  const byKey = new Map<string, Row[]>()
  for (const row of right) byKey.set(keyOf(row), [...(byKey.get(keyOf(row)) ?? []), row])
  const found = new Set<string>()
  const isShown = !run.has('v')
  const print = (a: Row | undefined, b: Row | undefined): void =>
    run.print(`${joinedRow(run, a, b).join(separator ?? ' ')}\n`)
  const alone = new Set([...run.options.values('a'), ...run.options.values('v')])
  for (const row of left) {
    const pairs = byKey.get(keyOf(row)) ?? []
    found.add(keyOf(row))
    if (pairs.length === 0 && alone.has('1')) print(row, undefined)
    if (isShown) for (const pair of pairs) print(row, pair)
  }
  if (alone.has('2')) for (const row of right) if (!found.has(keyOf(row))) print(undefined, row)
  return 0
})

const joinedRow = (run: Run, a: Row | undefined, b: Row | undefined): readonly string[] => {
  const format = run.value('o')
  if (format === undefined) return [(a ?? b)!.key, ...(a?.rest ?? []), ...(b?.rest ?? [])]
  return format.split(/[ ,]+/).map((place) => {
    const [file, field] = place.split('.')
    const row = file === '1' ? a : file === '2' ? b : undefined
    const text = file === '0' ? (a ?? b)!.key : row?.all[Number(field) - 1]
    return text === undefined || text === '' ? (run.value('e') ?? '') : text
  })
}
