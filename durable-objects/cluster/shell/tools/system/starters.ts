// xargs, timeout, nohup, nice, time, watch, which: tools that start others; true, false, sync, clear, stty, tput: tools that do little.
import { isFailure } from '#shell/files/failure.ts'
import { openInput } from '#shell/tools/input.ts'
import { type Run, rawTool, tool, type ToolOf } from '#shell/tools/run.ts'
import { durationOf } from '#shell/tools/system/date.ts'
import { formatMoment } from '#shell/tools/system/moment.ts'
import { runProgram, sleepFor, type ToolRun } from '#shell/tools/tool.ts'

class QuoteError extends Error {}

/** Words of the input as xargs reads them: blanks part them, quotes and backslashes keep them together. */
const quotedWords = (text: string): readonly string[] => {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '\\' && at + 1 < text.length) word = (word ?? '') + text[++at]!
    else if (char === "'" || char === '"') {
      const end = text.indexOf(char, at + 1)
      const isOpen = end < 0 || text.slice(at, end).includes('\n')
      if (isOpen)
        throw new QuoteError(
          `unmatched ${char === "'" ? 'single' : 'double'} quote; by default quotes are special to xargs unless you use the -0 option`,
        )
      word = (word ?? '') + text.slice(at + 1, end)
      at = end
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (word !== undefined) words.push(word)
  return words
}

const LONGEST_LINE = 131_072
const NOT_FOUND = 127

export const xargs = tool(
  'xargs',
  {
    short: '+0a:d:E:I:L:n:oP:prs:tx',
    long: {
      null: '0',
      'arg-file': 'a',
      delimiter: 'd',
      replace: 'I',
      'max-lines': 'L',
      'max-args': 'n',
      'max-procs': 'P',
      'no-run-if-empty': 'r',
      verbose: 't',
    },
  },
  function* (run) {
    const input = openInput(run, run.value('a') ?? '-')
    if (isFailure(input))
      return yield* run.fail(`Cannot open input file '${run.value('a')}': ${input.text}`)
    const text = yield* input.rest()
    const command = run.operands.length === 0 ? ['echo'] : [...run.operands]
    let groups: readonly (readonly string[])[]
    try {
      groups = groupsOf(run, text)
    } catch (error) {
      if (!(error instanceof QuoteError)) throw error
      return yield* run.fail(run.isGnu ? error.message : error.message.replace(/;.*/, ''))
    }
    const replaced = run.value('I')
    for (const group of groups) {
      const argv =
        replaced === undefined
          ? [...command, ...group]
          : command.map((word) => word.replaceAll(replaced, group[0]!))
      const stop = yield* runOne(run, argv)
      if (stop !== undefined) return stop
    }
    return run.exitCode
  },
)

/** The arguments of each command. */
const groupsOf = (run: Run, text: string): readonly (readonly string[])[] => {
  const delimiter = run.has('0')
    ? '\0'
    : run.value('d')?.replace('\\n', '\n').replace('\\0', '\0').replace('\\t', '\t')
  if (run.has('I')) {
    const lines = delimiter === undefined ? text.split('\n') : text.split(delimiter)
    return lines
      .map((line) => (delimiter === undefined ? line.trim() : line))
      .filter((line) => line !== '')
      .map((line) => [line])
  }
  const perLine = run.value('L')
  if (perLine !== undefined) {
    const lines = text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(quotedWords)
    return chunks(lines, Number(perLine)).map((group) => group.flat())
  }
  const parts = delimiter === undefined ? quotedWords(text) : text.split(delimiter)
  const words = delimiter !== undefined && parts.at(-1) === '' ? parts.slice(0, -1) : parts
  if (words.length === 0) return run.has('r') || (!run.isGnu && run.has('r')) ? [] : [[]]
  const most = run.value('n')
  return most === undefined ? bySize(words) : chunks(words, Number(most))
}

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] => {
  const result: (readonly T[])[] = []
  for (let at = 0; at < items.length; at += Math.max(1, size))
    result.push(items.slice(at, at + Math.max(1, size)))
  return result
}

const bySize = (words: readonly string[]): readonly (readonly string[])[] => {
  const result: string[][] = [[]]
  let length = 0
  for (const word of words) {
    length += word.length + 1
    if (length > LONGEST_LINE && result.at(-1)!.length > 0) {
      result.push([])
      length = word.length + 1
    }
    result.at(-1)!.push(word)
  }
  return result
}

/** A number: no more is run. */
function* runOne(run: Run, argv: readonly string[]): ToolRun<number | undefined> {
  if (run.has('t')) yield { kind: 'write', fd: 2, text: `${argv.join(' ')}\n` }
  yield* run.flush()
  const code = yield* runProgram({ argv, stdin: '' })
  if (code === NOT_FOUND) return yield* run.fail(`${argv[0]}: No such file or directory`, NOT_FOUND)
  if (code === 126) return yield* run.fail(`${argv[0]}: Permission denied`, 126)
  if (code === 255) return yield* run.fail(`${argv[0]}: exited with status 255; aborting`, 124)
  if (code > 128 && code < 160)
    return yield* run.fail(`${argv[0]}: terminated by signal ${code - 128}`, 125)
  if (code !== 0) run.exitCode = 123
  return undefined
}

export const timeout = tool(
  'timeout',
  {
    short: '+fk:s:v',
    long: {
      foreground: 'f',
      'kill-after': 'k',
      signal: 's',
      'preserve-status': 'preserve',
      verbose: 'v',
    },
    usageCode: 125,
  },
  function* (run) {
    const [duration, ...argv] = run.operands
    if (duration === undefined || argv.length === 0)
      return run.isGnu ? yield* run.hint(125) : yield* run.bare()
    const ms = durationOf(duration)
    if (ms === undefined)
      return run.isGnu
        ? yield* run.usage(`invalid time interval '${duration}'`, 125)
        : yield* run.fail(`invalid number '${duration}'`)
    const code = yield* runProgram(ms > 0 && ms < Infinity ? { argv, timeout: ms } : { argv })
    if (code === NOT_FOUND)
      return yield* run.fail(
        run.isGnu
          ? `failed to run command '${argv[0]}': No such file or directory`
          : `can't execute '${argv[0]}': No such file or directory`,
        NOT_FOUND,
      )
    // busybox tells of the signal
    if (code === 124) return run.has('preserve') || !run.isGnu ? 143 : 124
    return code
  },
)

const makeWrapper = (name: string, skip: RegExp): ToolOf =>
  rawTool(name, function* (run, given) {
    const words = [...given]
    while (words.length > 0 && skip.test(words[0]!)) {
      const option = words.shift()!
      if (option === '-n') words.shift()
    }
    if (words.length === 0)
      return run.isGnu ? yield* run.usage('missing operand', 125) : yield* run.bare()
    const code = yield* runProgram({ argv: words })
    if (code !== NOT_FOUND) return code
    return yield* run.fail(
      run.isGnu
        ? `${name === 'nice' ? '' : 'failed to run command '}'${words[0]}': No such file or directory`
        : `can't execute '${words[0]}': No such file or directory`,
      NOT_FOUND,
    )
  })

export const nohup = makeWrapper('nohup', /^--$/)
export const nice = makeWrapper('nice', /^-(?:n|[0-9]+|-adjustment=.*)/)
export const setsid = makeWrapper('setsid', /^-/)
export const stdbuf = makeWrapper('stdbuf', /^-/)
export const unbuffer = makeWrapper('unbuffer', /^-/)

export const time = rawTool('time', function* (run, given) {
  const words = given[0] === '-p' ? given.slice(1) : given
  if (words.length === 0) return yield* run.bare()
  const start = run.call.now()
  const code = yield* runProgram({ argv: words })
  const seconds = (run.call.now() - start) / 1000
  const shown =
    given[0] === '-p'
      ? [seconds.toFixed(2), '0.00', '0.00']
      : [`${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s`, '0m 0.00s', '0m 0.00s']
  const separator = given[0] === '-p' ? ' ' : '\t'
  yield {
    kind: 'write',
    fd: 2,
    text: ['real', 'user', 'sys']
      .map((name, index) => `${name}${separator}${shown[index]}\n`)
      .join(''),
  }
  return code
})

/** What is watched on the left of the screen, where and when on its right. */
const headOf = (run: Run, title: string): string => {
  const moment = `${run.call.hostname}: ${formatMoment('%a %b %e %H:%M:%S %Y', run.call.now())}`
  if (!run.call.isTTY(1)) return `${title}  ${moment}`
  const width = Math.max(0, sizeOf(run).columns - moment.length)
  const room = Math.max(0, width - 2)
  const shown = title.length > room ? `${title.slice(0, Math.max(0, room - 3))}...` : title
  return `${shown.padEnd(width)}${moment}`
}

export const watch = tool(
  'watch',
  {
    short: '+bcdegn:tx',
    long: {
      interval: 'n',
      'no-title': 't',
      differences: 'd',
      exec: 'x',
      errexit: 'e',
      chgexit: 'g',
    },
  },
  function* (run) {
    if (run.operands.length === 0)
      return run.isGnu ? yield* run.usage('missing command') : yield* run.bare()
    const seconds = Number(run.value('n') ?? 2)
    const ms = Math.max(0.1, Number.isFinite(seconds) ? seconds : 2) * 1000
    const command = run.operands.join(' ')
    for (;;) {
      const title = `Every ${(ms / 1000).toFixed(1)}s: ${command}`
      if (run.call.isTTY(1)) run.print('\x1b[H\x1b[J')
      if (!run.has('t')) run.print(`${headOf(run, title)}\n\n`)
      yield* run.flush()
      const code = yield* runProgram({ argv: run.has('x') ? run.operands : ['sh', '-c', command] })
      if (run.has('e') && code !== 0) return 8
      yield* sleepFor(ms)
    }
  },
)

const SEARCHED = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export const which = tool('which', { short: 'as', long: { all: 'a' } }, function* (run) {
  if (run.operands.length === 0) return run.isGnu ? 1 : yield* run.bare()
  const folders = (run.call.env['PATH'] ?? SEARCHED).split(':')
  for (const name of run.operands) {
    const candidates = name.includes('/')
      ? [name]
      : folders.map((folder) => `${folder === '' ? '.' : folder}/${name}`)
    const found = candidates.filter((path) => {
      const stat = run.files.stat(run.path(path))
      return !isFailure(stat) && stat.kind === 'file' && run.files.may(run.path(path), 'execute')
    })
    if (found.length === 0) run.exitCode = 1
    for (const path of run.has('a') ? found : found.slice(0, 1)) run.print(`${path}\n`)
  }
  return run.exitCode
})

const quiet = (name: string, code: number): ToolOf => rawTool(name, () => code)

export const trueTool = quiet('true', 0)
export const falseTool = quiet('false', 1)
export const sync = quiet('sync', 0)
export const stty = rawTool('stty', function* (run, [word]) {
  if (!run.call.isTTY(0))
    return yield* run.fail(
      run.isGnu ? "'standard input': Inappropriate ioctl for device" : 'standard input: Not a tty',
    )
  const { columns, rows } = sizeOf(run)
  if (word === 'size') run.print(`${rows} ${columns}\n`)
  else if (word === undefined) run.print('speed 38400 baud; line = 0;\n')
  else if (word === '-a')
    run.print(`speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;\n`)
  return 0
})

const sizeOf = ({ call }: Run) => call.terminalSize?.() ?? { columns: 80, rows: 24 }

export const tput = rawTool('tput', (run, [word]) => {
  const { columns, rows } = sizeOf(run)
  const known: Readonly<Record<string, string>> = {
    cols: `${columns}\n`,
    lines: `${rows}\n`,
    colors: '256\n',
    bold: '\x1b[1m',
    sgr0: '\x1b(B\x1b[m',
    clear: '\x1b[H\x1b[2J\x1b[3J',
  }
  if (word !== undefined && Object.hasOwn(known, word)) run.print(known[word]!)
  return 0
})
export const reset = quiet('reset', 0)

export const clear = rawTool('clear', (run) => {
  run.print('\x1b[H\x1b[2J\x1b[3J')
  return 0
})
