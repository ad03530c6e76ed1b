// cut, paste, fold, expand: columns of lines.
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { eachInput, type Input, openInput, standardInput } from '#shell/tools/input.ts'
import { type Run, tool, wholeNumber } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { complaint } from '#shell/tools/text/cat.ts'

type Range = readonly [from: number, to: number]

/** A text: what is wrong. */
const parseRanges = (list: string, what: string): readonly Range[] | string => {
  const ranges: Range[] = []
  for (const part of list.split(/[, ]/)) {
    const [, from = '', dash = '', to = ''] = /^([0-9]*)(-?)([0-9]*)$/.exec(part) ?? []
    if (from === '' && dash === '') return `invalid ${what} value '${part}'`
    if (from === '' && to === '') return 'invalid range with no endpoint: -'
    if (from === '0' || (dash === '' && from === '')) return `${what}s are numbered from 1`
    const first = from === '' ? 1 : Number(from)
    const last = dash === '' ? first : to === '' ? Infinity : Number(to)
    if (last < first) return 'invalid decreasing range'
    ranges.push([first, last])
  }
  return ranges.sort((a, b) => a[0] - b[0])
}

const isIn = (ranges: readonly Range[], position: number): boolean =>
  ranges.some(([from, to]) => position >= from && position <= to)

export const cut = tool(
  'cut',
  {
    short: 'b:c:d:f:nsz',
    long: {
      bytes: 'b',
      characters: 'c',
      delimiter: 'd',
      fields: 'f',
      'only-delimited': 's',
      complement: 'complement',
      'output-delimiter': 'output:',
    },
  },
  function* (run) {
    const letter = run.options.last('bcf')
    if (letter === undefined)
      return run.isGnu
        ? yield* run.usage('you must specify a list of bytes, characters, or fields')
        : yield* run.fail('expected a list of bytes, characters, or fields')
    const delimiter = run.value('d') ?? '\t'
    if (delimiter.length > 1 && run.isGnu)
      return yield* run.usage('the delimiter must be a single character')
    if (run.value('d') !== undefined && letter !== 'f' && run.isGnu)
      return yield* run.usage('an input delimiter may be specified only when operating on fields')
    const what = letter === 'f' ? 'field' : 'byte/character position'
    const ranges = parseRanges(run.value(letter)!, what)
    if (typeof ranges === 'string') return yield* run.usage(ranges)
    const isKept = (position: number): boolean => isIn(ranges, position) !== run.has('complement')
    const complain = (path: string, { text }: { text: string }): string => `${path}: ${text}`
    const change =
      letter === 'f' ? fieldCutter(run, delimiter, isKept) : characterCutter(run, letter, isKept)
    yield* eachInput(run, run.operands, complain, function* (input) {
      for (;;) {
        const line = yield* input.line()
        if (line === undefined) return
        const changed = change(line)
        if (changed !== undefined) run.print(`${changed}\n`)
      }
    })
    return run.exitCode
  },
)

type Change = (line: string) => string | undefined

const fieldCutter =
  (run: Run, delimiter: string, isKept: (position: number) => boolean): Change =>
  (line) => {
    const fields = line.split(delimiter)
    if (fields.length === 1) return run.has('s') ? undefined : line
    const kept = fields.filter((_, index) => isKept(index + 1))
    return kept.join(run.value('output') ?? delimiter)
  }

const characterCutter =
  (run: Run, letter: string, isKept: (position: number) => boolean): Change =>
  (line) => {
    const inBytes = letter === 'b'
    const characters = [...(inBytes ? toByteString(line) : line)]
    const separator = run.value('output')
    let text = ''
    let wasKept = true
    for (const [index, character] of characters.entries()) {
      const keeps = isKept(index + 1)
      if (keeps && !wasKept && text !== '' && separator !== undefined) text += separator
      if (keeps) text += character
      wasKept = keeps
    }
    return inBytes ? fromByteString(text) : text
  }

const unescaped = (list: string): readonly string[] => [
  ...list.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\\\', '\\'),
]

export const paste = tool(
  'paste',
  { short: 'd:s', long: { delimiters: 'd', serial: 's' } },
  function* (run) {
    const delimiters = unescaped(run.value('d') ?? '\t')
    const inputs: Input[] = []
    let shared: Input | undefined
    for (const path of run.operands.length === 0 ? ['-'] : run.operands) {
      const input = path === '-' ? (shared ??= standardInput(run)) : openInput(run, path)
      if (isFailure(input)) return yield* run.fail(`${path}: ${input.text}`)
      inputs.push(input)
    }
    const between = (index: number): string => delimiters[index % delimiters.length] ?? ''
    return run.has('s')
      ? yield* pasteSerially(run, inputs, between)
      : yield* pasteSideBySide(run, inputs, between)
  },
)

const joined = (parts: readonly string[], between: (index: number) => string): string =>
  parts.reduce((text, part, index) => text + (index === 0 ? '' : between(index - 1)) + part, '')

function* pasteSerially(
  run: Run,
  inputs: readonly Input[],
  between: (index: number) => string,
): ToolRun {
  for (const input of inputs) run.print(`${joined(yield* input.lines(), between)}\n`)
  return 0
}

function* pasteSideBySide(
  run: Run,
  inputs: readonly Input[],
  between: (index: number) => string,
): ToolRun {
  for (;;) {
    const parts: string[] = []
    let isOver = true
    for (const input of inputs) {
      const line = yield* input.line()
      if (line !== undefined) isOver = false
      parts.push(line ?? '')
    }
    if (isOver) return 0
    run.print(`${joined(parts, between)}\n`)
  }
}

export const fold = tool(
  'fold',
  { short: 'bsw:', long: { bytes: 'b', spaces: 's', width: 'w' }, rewrite: widthOfOld },
  function* (run) {
    const text = run.value('w') ?? '80'
    const width = wholeNumber(text)
    if (width === undefined || width === 0)
      return yield* run.fail(`invalid number of columns: '${text}'`)
    yield* eachInput(run, run.operands, complaint(run), function* (input) {
      for (;;) {
        const line = yield* input.line()
        if (line === undefined) return
        run.print(`${folded(line, width, run.has('s'))}${input.isTerminated ? '\n' : ''}`)
      }
    })
    return run.exitCode
  },
)

function widthOfOld(words: readonly string[]): readonly string[] {
  return words.map((word) => (/^-[0-9]+$/.test(word) ? `-w${word.slice(1)}` : word))
}

const folded = (line: string, width: number, atSpaces: boolean): string => {
  const pieces: string[] = []
  let rest = line
  while (rest.length > width) {
    const space = atSpaces ? rest.lastIndexOf(' ', width - 1) : -1
    const end = space >= 0 ? space + 1 : width
    pieces.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return [...pieces, rest].join('\n')
}

export const expand = tool('expand', { short: 'it:', long: { tabs: 't' } }, function* (run) {
  const every = Number(run.value('t') ?? 8)
  yield* eachInput(run, run.operands, complaint(run), function* (input) {
    for (;;) {
      const line = yield* input.line()
      if (line === undefined) return
      run.print(`${expanded(line, every)}${input.isTerminated ? '\n' : ''}`)
    }
  })
  return run.exitCode
})

const expanded = (line: string, every: number): string => {
  let text = ''
  for (const char of line) text += char === '\t' ? ' '.repeat(every - (text.length % every)) : char
  return text
}
