// diff: what must be changed in one file, or folder, to make it the other. diffutils 3.8
import { append } from '#apimachinery/append.ts'
import {
  type LineChange,
  lineChanges,
  linesOf,
  markedLines,
  unifiedHunks,
} from '#apimachinery/line-diff.ts'
import { isFailure } from '#shell/files/failure.ts'
import { baseName } from '#shell/files/path.ts'
import { Glob } from '#shell/language/glob.ts'
import { openInput } from '#shell/tools/input.ts'
import { type Run, tool, wholeNumber } from '#shell/tools/run.ts'
import { formatMoment } from '#shell/tools/system/moment.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const TROUBLE = 2
const CONTEXT = 3
/** Folders within folders. */
const MOST_DEPTH = 64
const COLORS = { remove: '\x1b[31m', add: '\x1b[32m', place: '\x1b[36m', head: '\x1b[1m' }

interface Side {
  readonly name: string
  readonly text: string
  readonly mtime: number
}

const isBlank = (line: string): boolean => /^\s*$/.test(line)

/** What of a line counts. */
const keyOf = (run: Run): ((line: string) => string) => {
  const [all, amount, end, letters] = ['w', 'b', 'Z', 'i'].map((letter) => run.has(letter))
  if (!(all || amount || end || letters)) return (line) => line
  return (line) => {
    let key = letters ? line.toLowerCase() : line
    if (all) key = key.replace(/\s+/g, '')
    else if (amount) key = key.replace(/[ \t]+/g, ' ').replace(/\s+$/, '')
    else if (end) key = key.replace(/\s+$/, '')
    return key
  }
}

const place = (start: number, end: number): string =>
  end - start <= 1 ? String(end) : `${start + 1},${end}`

const normal = (
  a: readonly string[],
  b: readonly string[],
  changes: readonly LineChange[],
): string => {
  const out: string[] = []
  for (const { x1, x2, y1, y2 } of changes) {
    const letter = x1 === x2 ? 'a' : y1 === y2 ? 'd' : 'c'
    out.push(`${place(x1, x2)}${letter}${place(y1, y2)}`)
    append(out, markedLines('< ', a.slice(x1, x2)))
    if (letter === 'c') out.push('---')
    append(out, markedLines('> ', b.slice(y1, y2)))
  }
  return out.map((line) => `${line}\n`).join('')
}

const isUnified = (run: Run): boolean => run.has('u') || run.has('U') || !run.isGnu

const heading = (run: Run, mark: string, { name, mtime }: Side, label: string | undefined) => {
  if (label !== undefined) return `${mark} ${label}\n`
  const time = formatMoment('%Y-%m-%d %H:%M:%S.%N +0000', mtime)
  return `${mark} ${name}${run.isGnu ? `\t${time}` : ''}\n`
}

const colored = (run: Run, text: string): string => {
  const when = run.value('color')
  const isWanted = when === 'always' || ((when === '' || when === 'auto') && run.call.isTTY(1))
  if (!isWanted) return text
  const colorOf = (line: string): string => {
    if (/^(?:---|\+\+\+) /.test(line)) return COLORS.head
    if (/^[-<]/.test(line) && line !== '---') return COLORS.remove
    if (/^[+>]/.test(line)) return COLORS.add
    return /^(?:@@|\d)/.test(line) ? COLORS.place : ''
  }
  return text.replace(/[^\n]+/g, (line) =>
    colorOf(line) === '' ? line : `${colorOf(line)}${line}\x1b[0m`,
  )
}

/** What tells them apart; '' if nothing that counts does. */
const differences = (run: Run, one: Side, other: Side): string => {
  const [a, b] = [linesOf(one.text), linesOf(other.text)]
  const key = keyOf(run)
  const changes = lineChanges(a.map(key), b.map(key)).filter(
    ({ x1, x2, y1, y2 }) =>
      !run.has('B') || ![...a.slice(x1, x2), ...b.slice(y1, y2)].every(isBlank),
  )
  if (changes.length === 0) return ''
  if (!isUnified(run)) return normal(a, b, changes)
  const context = wholeNumber(run.value('U') ?? '') ?? CONTEXT
  const [from, to] = run.options.values('label')
  const head = heading(run, '---', one, from) + heading(run, '+++', other, to)
  return head + unifiedHunks(a, b, changes, context)
}

/** undefined: it cannot be read, which was said. */
function* sideAt(run: Run, name: string, isMissingEmpty = false): ToolRun<Side | undefined> {
  const input = openInput(run, name)
  if (isFailure(input)) {
    if (isMissingEmpty && input.code === 'ENOENT') return { name, text: '', mtime: 0 }
    yield* run.error(`${name}: ${input.text}`, TROUBLE)
    return undefined
  }
  const stat = name === '-' ? undefined : run.files.stat(run.path(name))
  const mtime = stat === undefined || isFailure(stat) ? run.call.now() : stat.mtime
  return { name, text: yield* input.rest(), mtime }
}

const isFolder = (run: Run, name: string): boolean =>
  name !== '-' && run.files.isDirectory(run.path(name))

/** The command line without the two names. */
const optionsText = (run: Run): string => {
  const operands = [...run.operands]
  return run.call.argv
    .slice(1)
    .filter((word) => {
      const at = operands.indexOf(word)
      if (at >= 0) operands.splice(at, 1)
      return at < 0
    })
    .map((word) => `${word} `)
    .join('')
}

const isBinary = (text: string): boolean => text.slice(0, 4096).includes('\0')

function* compareFiles(run: Run, first: string, second: string, isNamed: boolean): ToolRun<void> {
  const one = yield* sideAt(run, first, run.has('N'))
  const other = yield* sideAt(run, second, run.has('N'))
  if (one === undefined || other === undefined) return
  if (one.text === other.text) {
    if (run.has('s') && run.isGnu) run.print(`Files ${first} and ${second} are identical\n`)
    return
  }
  const isOdd = (isBinary(one.text) || isBinary(other.text)) && !run.has('a')
  if (run.has('q') || isOdd) {
    run.exitCode = Math.max(run.exitCode, 1)
    run.print(
      `${isOdd && !run.has('q') ? 'Binary files' : 'Files'} ${first} and ${second} differ\n`,
    )
    return
  }
  const text = differences(run, one, other)
  if (text === '') return
  run.exitCode = Math.max(run.exitCode, 1)
  const [from = first, to = second] = run.options.values('label')
  if (isNamed && run.isGnu) run.print(`diff ${optionsText(run)}${from} ${to}\n`)
  run.print(colored(run, text))
  if (run.isFull) yield* run.flush()
}

const namesIn = (run: Run, folder: string): ReadonlySet<string> => {
  const names = run.files.list(run.path(folder))
  if (isFailure(names)) return new Set()
  const left = run.options.values('x').map((pattern) => new Glob(pattern))
  return new Set(names.filter((name) => !left.some((glob) => glob.matches(name))))
}

const join = (folder: string, name: string): string => `${folder.replace(/\/+$/, '')}/${name}`

function* compareFolders(run: Run, first: string, second: string, depth = 0): ToolRun<void> {
  const [left, right] = [namesIn(run, first), namesIn(run, second)]
  for (const name of [...new Set([...left, ...right])].toSorted()) {
    const [one, other] = [join(first, name), join(second, name)]
    const isAlone = !left.has(name) || !right.has(name)
    const [isOne, isOther] = [isFolder(run, one), isFolder(run, other)]
    if (isAlone && !run.has('N')) {
      run.exitCode = Math.max(run.exitCode, 1)
      run.print(`Only in ${left.has(name) ? first : second}: ${name}\n`)
    } else if (isOne && isOther) {
      if (!run.has('r')) run.print(`Common subdirectories: ${one} and ${other}\n`)
      else if (depth < MOST_DEPTH) yield* compareFolders(run, one, other, depth + 1)
    } else if (isOne !== isOther && !isAlone) {
      run.exitCode = Math.max(run.exitCode, 1)
      const kind = (is: boolean): string => (is ? 'directory' : 'regular file')
      run.print(`File ${one} is a ${kind(isOne)} while file ${other} is a ${kind(isOther)}\n`)
    } else if (!isOne) yield* compareFiles(run, one, other, true)
  }
}

const LONG = {
  unified: 'u',
  brief: 'q',
  recursive: 'r',
  'new-file': 'N',
  'report-identical-files': 's',
  'ignore-case': 'i',
  'ignore-all-space': 'w',
  'ignore-space-change': 'b',
  'ignore-trailing-space': 'Z',
  'ignore-blank-lines': 'B',
  text: 'a',
  exclude: 'x',
  label: 'label:',
  color: 'color::',
  normal: 'n',
  'no-dereference': 'h',
}

/** It has its name before each line. */
const SYNOPSIS = 'diff: '

/** `-u5` */
const rewrite = (words: readonly string[]): readonly string[] =>
  words.map((word) => word.replace(/^-(\w*)u(\d+)$/, '-$1U$2'))

export const diff = tool(
  'diff',
  { short: 'uU:qrNsiwbZBax:nhpdt', long: LONG, usageCode: TROUBLE, synopsis: SYNOPSIS, rewrite },
  function* (run) {
    const [first, second, extra] = run.operands
    if (first === undefined || second === undefined)
      return yield* run.usage(`missing operand after '${first ?? 'diff'}'`, TROUBLE, SYNOPSIS)
    if (extra !== undefined) return yield* run.usage(`extra operand '${extra}'`, TROUBLE, SYNOPSIS)
    const [isOne, isOther] = [isFolder(run, first), isFolder(run, second)]
    if (isOne && isOther) yield* compareFolders(run, first, second)
    else {
      const one = isOne ? join(first, baseName(second)) : first
      const other = isOther ? join(second, baseName(first)) : second
      yield* compareFiles(run, one, other, false)
    }
    return run.exitCode
  },
)
