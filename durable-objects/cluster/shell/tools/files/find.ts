// find
import { compilePattern } from '#apimachinery/re2.ts'
import { isFailure } from '#shell/files/failure.ts'
import type { Stat } from '#shell/files/file-system.ts'
import { baseName, joinPath } from '#shell/files/path.ts'
import { globSource } from '#shell/tools/glob.ts'
import { rawTool, type Run } from '#shell/tools/run.ts'
import { busyboxText, compareWith } from '#shell/tools/files/find-words.ts'
import { modeText } from '#shell/tools/files/modes.ts'
import { groupName, userName } from '#shell/tools/files/owners.ts'
import { runProgram, type ToolRun } from '#shell/tools/tool.ts'

interface Visit {
  readonly path: string
  readonly stat: Stat
  readonly depth: number
  /** Of the operand that it was found under. */
  readonly start: string
}

type Test = (visit: Visit) => ToolRun<boolean> | boolean

function* holds(test: Test, visit: Visit): ToolRun<boolean> {
  const answer = test(visit)
  return typeof answer === 'boolean' ? answer : yield* answer
}

const always = (): boolean => true

class Expression {
  readonly #run: Run
  readonly #words: readonly string[]
  #at = 0
  hasAction = false
  mostDepth = Infinity
  leastDepth = 0
  childrenFirst = false
  /** Directories that are not gone into. */
  readonly pruned = new Set<string>()
  /** Commands that get all paths at once, at the end. */
  readonly batches: { readonly argv: readonly string[]; readonly paths: string[] }[] = []
  hasQuit = false

  constructor(run: Run, words: readonly string[]) {
    this.#run = run
    this.#words = words
  }

  read(): Test {
    if (this.#words.length === 0) return always
    const test = this.#or()
    if (this.#at < this.#words.length) throw new FindError(unknown(this.#words[this.#at]!))
    return test
  }

  #peek(): string | undefined {
    return this.#words[this.#at]
  }

  #argument(name: string): string {
    const value = this.#words[this.#at++]
    if (value === undefined) throw new FindError(`missing argument to \`${name}'`)
    return value
  }

  #or(): Test {
    const parts = [this.#and()]
    while (this.#peek() === '-o' || this.#peek() === '-or') {
      this.#at++
      parts.push(this.#and())
    }
    if (parts.length === 1) return parts[0]!
    return function* (visit) {
      for (const part of parts) if (yield* holds(part, visit)) return true
      return false
    }
  }

  #and(): Test {
    const parts: Test[] = []
    for (;;) {
      const word = this.#peek()
      if (word === undefined || word === ')' || word === '-o' || word === '-or') break
      if (word === '-a' || word === '-and') this.#at++
      else parts.push(this.#not())
    }
    if (parts.length === 1) return parts[0]!
    if (parts.length === 0)
      throw new FindError('invalid expression; expected to find an expression')
    return function* (visit) {
      for (const part of parts) if (!(yield* holds(part, visit))) return false
      return true
    }
  }

  #not(): Test {
    const word = this.#words[this.#at++]!
    if (word === '!' || word === '-not') {
      if (this.#peek() === undefined) throw new FindError(`expected an expression after '${word}'`)
      const inner = this.#not()
      return function* (visit) {
        return !(yield* holds(inner, visit))
      }
    }
    if (word === '(') {
      const inner = this.#or()
      if (this.#words[this.#at++] !== ')')
        throw new FindError(
          "invalid expression; I was expecting to find a ')' somewhere but did not see one.",
        )
      return inner
    }
    return this.#primary(word)
  }

  #primary(word: string): Test {
    const option = this.#option(word)
    if (option) return always
    const test = this.#test(word)
    return test ?? this.#action(word)
  }

  #option(word: string): boolean {
    if (word === '-maxdepth' || word === '-mindepth') {
      const text = this.#argument(word)
      if (!/^[0-9]+$/.test(text))
        throw new FindError(
          `Expected a positive decimal integer argument to ${word}, but got \u2018${text}\u2019`.replaceAll(
            /[\u2018\u2019]/g,
            "'",
          ),
        )
      if (word === '-maxdepth') this.mostDepth = Number(text)
      else this.leastDepth = Number(text)
      return true
    }
    if (word === '-depth' || word === '-d') return (this.childrenFirst = true)
    return word === '-mount' || word === '-xdev' || word === '-noleaf' || word === '-daystart'
  }

  #test(word: string): ((visit: Visit) => boolean) | undefined {
    const name = word.slice(1)
    if (['name', 'iname', 'path', 'ipath', 'wholename', 'regex', 'iregex'].includes(name))
      return this.#nameTest(word)
    if (name === 'true') return () => true
    if (name === 'false') return () => false
    if (name === 'empty') return (visit) => this.#isEmpty(visit)
    if (name === 'type') {
      const letters = this.#argument(word)
      const wrong = [...letters].find((letter) => !'fdlcbps,'.includes(letter))
      if (wrong !== undefined) throw new FindError(`Unknown argument to -type: ${wrong}`)
      return ({ stat }) => letters.includes(stat.kind === 'device' ? 'c' : stat.kind[0]!)
    }
    if (['size', 'mtime', 'mmin', 'atime', 'amin', 'ctime', 'cmin'].includes(name))
      return this.#numberTest(word)
    if (name === 'newer') {
      const other = this.#run.files.stat(this.#run.path(this.#argument(word)))
      return ({ stat }) => !isFailure(other) && stat.mtime > other.mtime
    }
    if (name === 'perm') return this.#modeTest(this.#argument(word))
    if (name === 'user' || name === 'group') {
      const wanted = this.#argument(word)
      const { files } = this.#run
      return ({ stat }) =>
        name === 'user'
          ? userName(files, stat.uid) === wanted || String(stat.uid) === wanted
          : groupName(files, stat.gid) === wanted || String(stat.gid) === wanted
    }
    return undefined
  }

  #nameTest(word: string): (visit: Visit) => boolean {
    const glob = this.#argument(word)
    const ignoreCase = word.startsWith('-i')
    const source = word.endsWith('regex') ? glob : globSource(glob, true)
    const pattern = compilePattern(`^(?:${source})$`, { ignoreCase, dotAll: true })
    return word.endsWith('name') && !word.endsWith('wholename')
      ? ({ path }) => pattern.test(baseName(path))
      : ({ path }) => pattern.test(path)
  }

  #isEmpty({ stat }: Visit): boolean {
    if (stat.kind === 'file') return stat.size === 0
    const names = stat.kind === 'directory' ? this.#run.files.list(stat.path) : undefined
    return names !== undefined && !isFailure(names) && names.length === 0
  }

  #numberTest(word: string): (visit: Visit) => boolean {
    const text = this.#argument(word)
    const [, sign = '', digits, unit = ''] = /^([+-]?)([0-9]+)([bcwkMG]?)$/.exec(text) ?? []
    if (digits === undefined) throw new FindError(`invalid argument \`${text}' to \`${word}'`)
    const bound = Number(digits)
    const compare = (value: number): boolean => compareWith(sign, value, bound)
    if (word === '-size') {
      const units = { b: 512, c: 1, w: 2, k: 1024, M: 1024 ** 2, G: 1024 ** 3, '': 512 }
      const size = units[unit as keyof typeof units]
      if (this.#run.isGnu) return ({ stat }) => compare(Math.ceil(stat.size / size))
      // busybox does not count in units
      return ({ stat }) => compareWith(sign, stat.size, bound * size)
    }
    const step = word.endsWith('min') ? 60_000 : 86_400_000
    return ({ stat }) => compare(Math.floor((this.#run.call.now() - stat.mtime) / step))
  }

  #modeTest(text: string): (visit: Visit) => boolean {
    const [, sign = '', digits] = /^([-/]?)([0-7]{1,4})$/.exec(text) ?? []
    if (digits === undefined) throw new FindError(`invalid mode '${text}'`)
    const mode = Number.parseInt(digits, 8)
    return ({ stat }) => {
      if (sign === '-') return (stat.mode & mode) === mode
      return sign === '/' ? mode === 0 || (stat.mode & mode) !== 0 : (stat.mode & 0o7777) === mode
    }
  }

  #action(word: string): Test {
    const run = this.#run
    if (word === '-prune') {
      const { pruned } = this
      return ({ path }) => {
        pruned.add(path)
        return true
      }
    }
    if (word === '-print' || word === '-print0' || word === '-ls') {
      this.hasAction = true
      const end = word === '-print0' ? '\0' : '\n'
      return function* (visit) {
        run.print((word === '-ls' ? longLine(run, visit) : visit.path) + end)
        if (run.isFull) yield* run.flush()
        return true
      }
    }
    if (word === '-printf') {
      this.hasAction = true
      const format = this.#argument(word)
      return (visit) => {
        run.print(formatted(run, format, visit))
        return true
      }
    }
    if (word === '-delete') return this.#delete()
    if (word === '-exec' || word === '-execdir' || word === '-ok') return this.#exec(word)
    if (word === '-quit') {
      this.hasAction = true
      return () => (this.hasQuit = true)
    }
    throw new FindError(unknown(word))
  }

  #delete(): Test {
    this.hasAction = true
    this.childrenFirst = true
    const run = this.#run
    return function* ({ path, stat }) {
      if (path === '.') return true
      const at = run.path(path)
      const failed = stat.kind === 'directory' ? run.files.rmdir(at) : run.files.unlink(at)
      if (failed !== undefined)
        yield* run.error(
          run.isGnu ? `cannot delete '${path}': ${failed.text}` : `${path}: ${failed.text}`,
        )
      return failed === undefined
    }
  }

  #exec(word: string): Test {
    this.hasAction = true
    const argv: string[] = []
    for (;;) {
      const next = this.#words[this.#at++]
      if (next === undefined) throw new FindError(`missing argument to \`${word}'`)
      if (next === ';') break
      if (next === '+' && argv.at(-1) === '{}') return this.#batch(argv.slice(0, -1))
      argv.push(next)
    }
    const run = this.#run
    return function* ({ path }) {
      yield* run.flush()
      const code = yield* runProgram({ argv: argv.map((part) => part.replaceAll('{}', path)) })
      return code === 0
    }
  }

  #batch(argv: readonly string[]): Test {
    const batch = { argv, paths: [] as string[] }
    this.batches.push(batch)
    return ({ path }) => {
      batch.paths.push(path)
      return true
    }
  }
}

class FindError extends Error {}

const unknown = (word: string): string =>
  word.startsWith('-')
    ? `unknown predicate \`${word}'`
    : `paths must precede expression: \`${word}'`

const longLine = (run: Run, { path, stat }: Visit): string =>
  [
    modeText(stat),
    '1',
    userName(run.files, stat.uid),
    groupName(run.files, stat.gid),
    String(stat.size),
    path,
  ].join(' ')

const formatted = (run: Run, format: string, { path, stat, depth, start }: Visit): string =>
  format
    .replace(/%([pfhsmyuUgGdPl%]|T@)/g, (_, letter: string) => {
      const slash = path.lastIndexOf('/')
      const values: Readonly<Record<string, string>> = {
        p: path,
        f: baseName(path),
        h: slash < 0 ? '.' : path.slice(0, slash),
        s: String(stat.size),
        m: stat.mode.toString(8),
        y: stat.kind === 'device' ? 'c' : stat.kind[0]!,
        u: userName(run.files, stat.uid),
        U: String(stat.uid),
        g: groupName(run.files, stat.gid),
        G: String(stat.gid),
        d: String(depth),
        P: path.slice(start.length).replace(/^\//, ''),
        l: stat.target ?? '',
        '%': '%',
        'T@': (stat.mtime / 1000).toFixed(10),
      }
      return values[letter] ?? ''
    })
    .replace(/\\([nt0\\])/g, (_, letter: string) => ({ n: '\n', t: '\t', 0: '\0' })[letter] ?? '\\')

export const find = rawTool('find', function* (run, words) {
  const follows = words[0] === '-L' || words[0] === '-follow'
  const rest = /^-[LHP]$/.test(words[0] ?? '') ? words.slice(1) : words
  const first = rest.findIndex((word) => /^(?:-.|[!(]$)/.test(word))
  const paths = first < 0 ? rest : rest.slice(0, first)
  const expression = new Expression(run, first < 0 ? [] : rest.slice(first))
  let test: Test
  try {
    test = expression.read()
  } catch (error) {
    if (!(error instanceof FindError)) throw error
    return run.isGnu ? yield* run.fail(error.message) : yield* run.fail(busyboxText(error.message))
  }
  for (const path of paths.length === 0 ? ['.'] : paths)
    yield* visitTree(run, expression, test, path, follows)
  yield* run.flush()
  for (const { argv, paths: found } of expression.batches)
    if (found.length > 0 && (yield* runProgram({ argv: [...argv, ...found] })) !== 0)
      run.exitCode = 1
  return run.exitCode
})

function* visitTree(
  run: Run,
  expression: Expression,
  test: Test,
  start: string,
  follows: boolean,
): ToolRun<void> {
  function* visit(path: string, depth: number): ToolRun<void> {
    const at = run.path(path)
    const link = run.files.lstat(at)
    const target = follows ? run.files.stat(at) : link
    const stat = isFailure(target) ? link : target
    if (isFailure(stat))
      return yield* run.error(run.isGnu ? `'${path}': ${stat.text}` : `${path}: ${stat.text}`)
    const one = { path, stat, depth, start }
    const isShown = depth >= expression.leastDepth
    if (isShown && !expression.childrenFirst) yield* check(one)
    if (
      stat.kind === 'directory' &&
      depth < expression.mostDepth &&
      !expression.pruned.has(path) &&
      !expression.hasQuit
    ) {
      const names = run.files.list(at)
      if (isFailure(names)) yield* run.error(`${run.isGnu ? `'${path}'` : path}: ${names.text}`)
      else
        for (const name of names)
          if (!expression.hasQuit) yield* visit(joinPath(path, name), depth + 1)
    }
    if (isShown && expression.childrenFirst) yield* check(one)
  }
  function* check(one: Visit): ToolRun<void> {
    if (expression.hasQuit) return
    const isTrue = yield* holds(test, one)
    if (!isTrue || expression.hasAction || expression.batches.length > 0) return
    run.print(`${one.path}\n`)
    if (run.isFull) yield* run.flush()
  }
  yield* visit(start, 0)
}
