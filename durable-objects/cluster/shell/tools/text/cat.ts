// cat, tac, rev, nl: whole inputs, line by line.
import { eachInput, type Input } from '#shell/tools/input.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

type Complain = Parameters<typeof eachInput>[2]

/** `can't open 'x': …` of busybox, `x: …` of GNU. */
export const complaint =
  (run: Run): Complain =>
  (path, { text, code }) =>
    run.isGnu || code === 'EISDIR' ? `${path}: ${text}` : `can't open '${path}': ${text}`

const readComplaint =
  (run: Run): Complain =>
  (path, { text, code }) => {
    if (run.isGnu) return `${path}: ${text}`
    return code === 'EISDIR' ? `read error: ${text}` : `can't open '${path}': ${text}`
  }

const visible = (text: string): string =>
  text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, (char) =>
    char === '\x7f' ? '^?' : `^${String.fromCharCode(char.charCodeAt(0) + 64)}`,
  )

export const cat = tool(
  'cat',
  {
    short: 'AbeEnstTuv',
    long: {
      'show-all': 'A',
      'number-nonblank': 'b',
      'show-ends': 'E',
      number: 'n',
      'squeeze-blank': 's',
      'show-tabs': 'T',
      'show-nonprinting': 'v',
    },
  },
  function* (run) {
    const state = { number: 0, wasBlank: false, isMidLine: false }
    const isPlain = !['A', 'b', 'e', 'E', 'n', 's', 't', 'T', 'v'].some((letter) => run.has(letter))
    yield* eachInput(run, run.operands, readComplaint(run), (input) =>
      isPlain ? pass(run, input) : catLines(run, input, state),
    )
    return run.exitCode
  },
)

function* pass(run: Run, input: Input): ToolRun<void> {
  for (;;) {
    const chunk = yield* input.chunk()
    if (chunk === undefined) return
    run.print(chunk)
    yield* run.flush()
  }
}

interface CatState {
  number: number
  wasBlank: boolean
  isMidLine: boolean
}

function* catLines(run: Run, input: Input, state: CatState): ToolRun<void> {
  const has = (letters: string): boolean => [...letters].some((letter) => run.has(letter))
  const ends = has('AeE')
  const tabs = has('AtT')
  const controls = has('Aetv')
  for (;;) {
    const line = yield* input.line()
    if (line === undefined) return
    const isBlank = line === '' && input.isTerminated
    const isSkipped = has('s') && isBlank && state.wasBlank && !state.isMidLine
    state.wasBlank = isBlank
    if (isSkipped) continue
    let text = controls ? visible(line) : line
    if (tabs) text = text.replaceAll('\t', '^I')
    const isNumbered = !state.isMidLine && (has('b') ? !isBlank : has('n'))
    if (isNumbered) text = `${String(++state.number).padStart(6)}\t${text}`
    run.print(input.isTerminated ? `${text}${ends ? '$' : ''}\n` : text)
    state.isMidLine = !input.isTerminated
  }
}

export const tac = tool('tac', 'brs:', function* (run) {
  yield* eachInput(
    run,
    run.operands,
    (path, { text }) =>
      run.isGnu
        ? `failed to open '${path}' for reading: ${text}`
        : complaint(run)(path, { text } as never),
    function* (input) {
      const text = yield* input.rest()
      const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
      run.print(lines.reverse().join(''))
    },
  )
  return run.exitCode
})

export const rev = tool('rev', '', function* (run) {
  const complain: Complain = (path, { text }) =>
    run.isGnu ? `cannot open ${path}: ${text}` : `can't open '${path}': ${text}`
  yield* eachInput(run, run.operands, complain, function* (input) {
    for (;;) {
      const line = yield* input.line()
      if (line === undefined) return
      run.print(`${[...line].reverse().join('')}${input.isTerminated ? '\n' : ''}`)
    }
  })
  return run.exitCode
})

export const nl = tool('nl', 'b:i:n:s:v:w:', function* (run) {
  const style = run.value('b') ?? 't'
  const width = Number(run.value('w') ?? 6)
  const separator = run.value('s') ?? '\t'
  const format = run.value('n') ?? 'rn'
  let number = Number(run.value('v') ?? 1)
  yield* eachInput(run, run.operands, complaint(run), function* (input) {
    for (;;) {
      const line = yield* input.line()
      if (line === undefined) return
      if (style === 'n' || (style === 't' && line === '')) {
        run.print(`${' '.repeat(width + separator.length)}${line}\n`)
        continue
      }
      const digits = String(number)
      const padded =
        format === 'ln' ? digits.padEnd(width) : digits.padStart(width, format === 'rz' ? '0' : ' ')
      run.print(`${padded}${separator}${line}\n`)
      number += Number(run.value('i') ?? 1)
    }
  })
  return run.exitCode
})
