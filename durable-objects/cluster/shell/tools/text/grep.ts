// grep, egrep, fgrep.
import { append } from '#apimachinery/append.ts'
import type { Pattern } from '#apimachinery/re2.ts'
import { isFailure } from '#shell/files/failure.ts'
import { joinPath } from '#shell/files/path.ts'
import { type Input, openInput } from '#shell/tools/input.ts'
import { compilePerl } from '#shell/tools/text/perl-pattern.ts'
import { compileFixed, compilePosix, PatternError } from '#shell/tools/posix-pattern.ts'
import { type Run, tool, type ToolOf } from '#shell/tools/run.ts'
import { compilePattern } from '#apimachinery/re2.ts'
import { Context } from '#shell/tools/text/grep-context.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const LONG = {
  'after-context': 'A',
  'before-context': 'B',
  context: 'C',
  count: 'c',
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'basic-regexp': 'G',
  'perl-regexp': 'P',
  regexp: 'e',
  file: 'f',
  'with-filename': 'H',
  'no-filename': 'h',
  'ignore-case': 'i',
  'files-without-match': 'L',
  'files-with-matches': 'l',
  'max-count': 'm',
  'line-number': 'n',
  'only-matching': 'o',
  quiet: 'q',
  silent: 'q',
  recursive: 'r',
  'no-messages': 's',
  'invert-match': 'v',
  'word-regexp': 'w',
  'line-regexp': 'x',
  text: 'a',
  'line-buffered': 'buffered',
  color: 'color::',
  colour: 'color::',
  include: 'include:',
  exclude: 'exclude:',
  'exclude-dir': 'excludeDir:',
  'byte-offset': 'b',
  'null-data': 'z',
} as const

type Find = (line: string, from: number) => readonly [number, number] | undefined

export interface Search {
  readonly find: Find
  readonly isSelected: (line: string) => boolean
  readonly withNames: boolean
  readonly isColoured: boolean
}

const contextOfOld = (words: readonly string[]): readonly string[] =>
  words.map((word) => (/^-[0-9]+$/.test(word) ? `-C${word.slice(1)}` : word))

const makeGrep = (name: string, mode: 'E' | 'F' | undefined): ToolOf =>
  tool(
    name,
    {
      short: 'A:aB:bC:cEe:Ff:GHhiIlLm:noPqrRsUvwxyz',
      long: LONG,
      usageCode: 2,
      synopsis: `Usage: ${name} [OPTION]... PATTERNS [FILE]...\n`,
      rewrite: contextOfOld,
    },
    function* (run) {
      const operands = [...run.operands]
      const patterns = [...run.options.values('e')].flatMap((text) => text.split('\n'))
      for (const path of run.options.values('f')) {
        const input = openInput(run, path)
        if (isFailure(input)) return yield* run.fail(`${path}: ${input.text}`, 2)
        append(patterns, yield* input.lines())
      }
      if (!run.has('e') && !run.has('f')) {
        const first = operands.shift()
        if (first === undefined) return yield* noPattern(run)
        append(patterns, first.split('\n'))
      }
      let find: Find
      try {
        find = finderOf(run, patterns, run.options.last('EFGP') ?? mode)
      } catch (error) {
        if (!(error instanceof PatternError)) throw error
        return yield* run.fail(
          run.isGnu ? error.message : `bad regex '${patterns[0] ?? ''}': ${error.message}`,
          2,
        )
      }
      return yield* grepFiles(run, operands, find)
    },
  )

export const grep = makeGrep('grep', undefined)
export const egrep = makeGrep('egrep', 'E')
export const fgrep = makeGrep('fgrep', 'F')

function* noPattern(run: Run): ToolRun {
  if (!run.isGnu) return yield* run.bare()
  yield {
    kind: 'write',
    fd: 2,
    text: `Usage: ${run.name} [OPTION]... PATTERNS [FILE]...\nTry '${run.name} --help' for more information.\n`,
  }
  return 2
}

const finderOf = (run: Run, patterns: readonly string[], mode: string | undefined): Find => {
  const ignoreCase = run.has('i') || run.has('y')
  const compiled = patterns.map((source): Pattern => {
    if (mode === 'F') return compileFixed(source, ignoreCase)
    if (mode === 'P') return compilePerl(source, ignoreCase)
    return compilePosix(source, { extended: mode === 'E', ignoreCase })
  })
  const finders = compiled.map((pattern) => finder(pattern, run.has('w'), run.has('x')))
  if (finders.length === 1) return finders[0]!
  return (line, from) => {
    let best: readonly [number, number] | undefined
    for (const one of finders) {
      const found = one(line, from)
      if (found === undefined) continue
      const isBetter =
        best === undefined || found[0] < best[0] || (found[0] === best[0] && found[1] > best[1])
      if (isBetter) best = found
    }
    return best
  }
}

const isWord = (char: string | undefined): boolean =>
  char !== undefined && /[0-9A-Za-z_]/.test(char)

const finder =
  (pattern: Pattern, words: boolean, lines: boolean): Find =>
  (line, from) => {
    for (let at = from; at <= line.length;) {
      const found = pattern.exec(line, at)
      if (found === undefined) return undefined
      const [start, end] = [found[0]!, found[1]!]
      const isWhole = start === 0 && end === line.length
      const isAlone = !isWord(line[start - 1]) && !isWord(line[end])
      if ((!lines || isWhole) && (!words || isAlone)) return [start, end]
      if (lines) return undefined
      at = start + 1
    }
    return undefined
  }

function* grepFiles(run: Run, operands: readonly string[], find: Find): ToolRun {
  const isRecursive = run.has('r') || run.has('R')
  const inverted = run.has('v')
  const color = run.value('color')
  const search: Search = {
    find,
    isSelected: (line) => (find(line, 0) !== undefined) !== inverted,
    withNames:
      run.options.last('Hh') === 'H' || ((operands.length > 1 || isRecursive) && !run.has('h')),
    isColoured:
      color === 'always' || (color !== undefined && color !== 'never' && run.call.isTTY(1)),
  }
  const state = { hasMatched: false, hasFailed: false, shown: false }
  const start = operands.length > 0 ? operands : isRecursive ? ['.'] : ['-']
  for (const path of start) {
    const isOver = yield* grepPath(run, path, search, state, isRecursive, operands.length > 0)
    if (isOver) return 0
  }
  if (state.hasFailed && !(state.hasMatched && run.has('q'))) return 2
  if (run.has('L')) return state.hasMatched ? 0 : 1
  return state.hasMatched ? 0 : 1
}

interface State {
  hasMatched: boolean
  hasFailed: boolean
  shown: boolean
}

const baseMatches = (globs: readonly string[], name: string): boolean =>
  globs.some((glob) =>
    compilePattern(
      `^${glob
        .replace(/[\\.+^$()|{}]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    ).test(name),
  )

/** Whether no more is to be looked at. */
function* grepPath(
  run: Run,
  path: string,
  search: Search,
  state: State,
  isRecursive: boolean,
  isNamed: boolean,
): ToolRun<boolean> {
  if (isRecursive && path !== '-' && run.files.isDirectory(run.path(path))) {
    const names = run.files.list(run.path(path))
    if (isFailure(names)) {
      yield* complain(run, path, names.text, state)
      return false
    }
    for (const name of names) {
      const inner = path === '.' && !isNamed ? name : joinPath(path, name)
      const stat = run.files.lstat(run.path(inner))
      if (isFailure(stat) || (stat.kind === 'link' && !run.has('R')) || stat.kind === 'device')
        continue
      const isDirectory = run.files.isDirectory(run.path(inner))
      if (isDirectory && baseMatches(run.options.values('excludeDir'), name)) continue
      if (!isDirectory && isExcluded(run, name)) continue
      if (yield* grepPath(run, inner, search, state, true, isNamed)) return true
    }
    return false
  }
  const input = openInput(run, path)
  if (!isFailure(input)) return yield* grepInput(run, input, search, state)
  yield* complain(run, path, input.text, state)
  return false
}

const isExcluded = (run: Run, name: string): boolean => {
  const included = run.options.values('include')
  return (
    baseMatches(run.options.values('exclude'), name) ||
    (included.length > 0 && !baseMatches(included, name))
  )
}

function* complain(run: Run, path: string, text: string, state: State): ToolRun<void> {
  if (!run.isGnu && text === 'Is a directory') return
  state.hasFailed = true
  if (!run.has('s')) yield* run.error(`${path}: ${text}`, 2)
}

/** Whether one match was enough for everything. */
function* grepInput(run: Run, input: Input, search: Search, state: State): ToolRun<boolean> {
  const name = input.name === '-' ? '(standard input)' : input.name
  const most = Number(run.value('m') ?? Infinity)
  const isQuiet = run.has('q')
  const listsFiles = run.has('l') || run.has('L')
  const context = new Context(run, search, name, state)
  let count = 0
  for (let number = 1; count < most || context.isOpen; number++) {
    const line = yield* input.line(run.has('z') ? '\0' : '\n')
    if (line === undefined) break
    const isSelected = count < most && search.isSelected(line)
    if (isSelected) count++
    if (isSelected && isQuiet) return (state.hasMatched = true)
    if (isSelected && listsFiles) break
    if (run.has('c') || listsFiles) continue
    if (isSelected) context.selected(line, number)
    else context.passed(line, number, count >= most)
  }
  const listed = run.has('L') ? count === 0 : count > 0
  if (run.has('c') && !listsFiles) run.print(`${search.withNames ? `${name}:` : ''}${count}\n`)
  if (listsFiles && listed) run.print(`${name}\n`)
  if (run.has('L') ? listed : count > 0) state.hasMatched = true
  return false
}
