// Puts the interpreter together: scripts, substitutions, shells that are started by name.
import type { ParsedScript, Statement } from 'unbash'
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { openToRead } from '#shell/interpreter/devices.ts'
import { isOneCommand, runBody, runList } from '#shell/interpreter/execute.ts'
import { expandText } from '#shell/interpreter/expansion.ts'
import { findProgram, isProgram } from '#shell/interpreter/find-program.ts'
import {
  complain,
  Exit,
  type Executor,
  print,
  type Shell,
  ShellFailure,
  speak,
} from '#shell/interpreter/shell.ts'
import { runInteractive } from '#shell/interpreter/interactive.ts'
import { runArguments } from '#shell/interpreter/simple-command.ts'
import { OPTIONS, type OptionName } from '#shell/interpreter/state.ts'
import {
  becomeProgram,
  heritageOf,
  provideShell,
  refuse,
  shellSteps,
  startSubshell,
} from '#shell/interpreter/tasks.ts'
import { captureStream, pipe, type Stream, WAIT } from '#shell/kernel/stream.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'
import { isUnfinished, Lines, type Parsed, parseScript } from '#shell/language/parse.ts'
import { syntaxComplaint } from '#shell/language/syntax-error.ts'

/** Runs a text as the shell that reads it would: nothing of it if it cannot be read. */
export function* runText(shell: Shell, text: string, where = ''): Steps<number> {
  const parsed = parseScript(text)
  if ('error' in parsed) {
    yield* runReadable(shell, parsed, where)
    return yield* complainOfSyntax(shell, parsed, where)
  }
  const { state } = shell
  const { lines, position } = state
  state.lines = parsed.lines
  try {
    return yield* runList(shell, parsed.script.commands)
  } finally {
    if (lines !== undefined) {
      state.lines = lines
      state.position = position
    }
  }
}

/** Shells read line by line: what stands before the error has run when they find it. */
function* runReadable(shell: Shell, { source, error }: Failed, where: string): Steps<void> {
  if (shell.state.isInteractive) return
  let end = source.lastIndexOf('\n', Math.max(0, error.pos - 1))
  for (let tries = 0; end > 0 && tries < MOST_TRIES; tries++) {
    const text = source.slice(0, end)
    if ('script' in parseScript(text)) {
      yield* runText(shell, text, where)
      return
    }
    end = source.lastIndexOf('\n', end - 1)
  }
}

const MOST_TRIES = 50

type Failed = Extract<Parsed, { readonly error: unknown }>

function* complainOfSyntax(shell: Shell, failed: Failed, where: string): Steps<number> {
  const { state } = shell
  const { line, texts } = syntaxComplaint(failed, state.flavour)
  for (const text of texts) {
    if (state.isInteractive) yield* print(shell, `${speak(shell)}${text}\n`, 2)
    else if (state.flavour === 'bash')
      yield* print(shell, `${state.name}: ${where}line ${line}: ${text}\n`, 2)
    else if (state.flavour === 'dash') yield* print(shell, `${state.name}: ${line}: ${text}\n`, 2)
    else yield* print(shell, `${state.name}: ${text}\n`, 2)
  }
  if (!state.isInteractive && where !== 'eval: ') throw new Exit(2)
  return 2
}

function* substitute(
  shell: Shell,
  script: ParsedScript,
  source: string | undefined,
): Steps<string> {
  const { state, kernel } = shell
  const file = fileOf(script.commands)
  if (file !== undefined) return trimmed(yield* readWhole(shell, yield* expandText(shell, file)))
  const capture = captureStream(kernel.limits.text)
  const task = startSubshell(
    shell,
    (inner) => {
      if (source !== undefined) inner.state.lines = new Lines(source)
      inner.state.isLast = isOneCommand(script.commands)
      return runList(inner, script.commands)
    },
    (fds) => fds.set(1, capture.stream),
  )
  state.substitutionStatus = (yield* kernel.waitFor(task)) ?? 0
  state.status = state.substitutionStatus
  return trimmed(capture.text())
}

/** `<( … )`, `>( … )` */
const streamOf = (shell: Shell, script: ParsedScript, operator: '<' | '>'): Stream => {
  const { reader, writer } = pipe()
  const task = startSubshell(
    shell,
    (inner) => {
      if (script.source !== undefined) inner.state.lines = new Lines(script.source)
      inner.state.isLast = isOneCommand(script.commands)
      return runList(inner, script.commands)
    },
    (fds) => (operator === '<' ? fds.set(1, writer) : fds.set(0, reader)),
  )
  if (operator === '<') return reader
  shell.state.readers = [...shell.state.readers, task]
  return writer
}

const trimmed = (text: string): string => text.replace(/\n+$/, '').replaceAll('\0', '')

/** `$(< file)` */
const fileOf = ([statement, ...more]: readonly Statement[]) => {
  const command = statement?.command
  if (more.length > 0 || command?.type !== 'Command' || command.name !== undefined) return undefined
  const [redirect] = command.redirects
  const isRead = command.redirects.length === 1 && redirect?.type === 'Redirect'
  return isRead && redirect.operator === '<' ? redirect.target : undefined
}

function* readWhole(shell: Shell, path: string): Steps<string> {
  const stream = openToRead(shell, path)
  shell.state.substitutionStatus = isFailure(stream) ? 1 : 0
  if (isFailure(stream)) {
    const isMissing = stream.code === 'ENOENT'
    yield* complain(
      shell,
      isMissing ? MESSAGES.cannotOpen(path) : MESSAGES.cannotRead(path, stream.text),
    )
    return ''
  }
  return (yield* shell.kernel.read(stream)) ?? ''
}

/** The process is another program's from here on, and ends with it. */
function* replace(shell: Shell, argv: readonly string[]): Steps<number> {
  const heritage = heritageOf(shell)
  const found = findProgram(heritage, argv[0]!, argv)
  if (!isProgram(found)) {
    const status = yield* refuse(
      shell,
      found,
      `${shell.state.flavour === 'bash' ? 'exec: ' : ''}${argv[0]!}`,
    )
    throw new Exit(status)
  }
  shell.machine.onExec?.(shell.task)
  throw new Exit(yield* becomeProgram(shell, heritage, found, argv))
}

export const executor: Executor = {
  substitute,
  stream: streamOf,
  evaluate: (shell, text) => runText(shell, text, 'eval: '),
  run: runArguments,
  body: (shell, body) =>
    body.type === 'CompoundList' ? runBody(shell, body) : runFunction(shell, body),
  replace,
}

function* runFunction(
  shell: Shell,
  body: Exclude<Parameters<Executor['body']>[1], { type: 'CompoundList' }>,
): Steps<number> {
  return yield* runList(shell, [
    { type: 'Statement', pos: body.pos, end: body.end, command: body, background: undefined },
  ])
}

interface Given {
  readonly options: readonly OptionName[]
  readonly script?: string
  readonly file?: string
  readonly rest: readonly string[]
  readonly isLogin: boolean
  readonly bad?: string
}

const argumentsOf = (argv: readonly string[]): Given => {
  const options: OptionName[] = []
  let isCommand = false
  let isLogin = false
  let at = 1
  for (; at < argv.length; at++) {
    const word = argv[at]!
    if (word === '--' || word === '-') {
      at++
      break
    }
    if (word.startsWith('--')) continue
    if (!/^[-+]./.test(word)) break
    for (const letter of word.slice(1)) {
      if (letter === 'c') isCommand = true
      else if (letter === 'l') isLogin = true
      else if (letter === 'o') options.push(argv[++at] as OptionName)
      else if (letter === 's' || letter === 'i') continue
      else if (Object.hasOwn(OPTIONS, letter)) options.push(OPTIONS[letter as keyof typeof OPTIONS])
      else return { options, rest: [], isLogin, bad: word }
    }
  }
  const [first, ...rest] = argv.slice(at)
  if (isCommand)
    return { options, rest, isLogin, ...(first === undefined ? {} : { script: first }) }
  return first === undefined ? { options, rest, isLogin } : { options, rest, isLogin, file: first }
}

/** `sh -c script`, `sh file`, `sh` that reads its input. */
function* runShell(shell: Shell, argv: readonly string[]): Steps<number> {
  if (shell.state.isInteractive) return yield* runInteractive(shell)
  return yield* shellSteps(shell, (inner) => runGiven(inner, argv))
}

function* runGiven(shell: Shell, argv: readonly string[]): Steps<number> {
  const { state, files } = shell
  const given = argumentsOf(argv)
  for (const option of given.options) state.options.add(option)
  if (given.bad !== undefined) throw new ShellFailure(`${given.bad}: invalid option`, 2)
  if (given.script !== undefined) {
    const [name, ...positional] = given.rest
    if (name !== undefined) state.name = name
    state.positional = positional
    return yield* runText(shell, given.script, '-c: ')
  }
  if (given.file === undefined) return yield* runInput(shell)
  const text = files.read(givenPath(state.cwd, given.file))
  if (isFailure(text)) {
    const why =
      state.flavour === 'bash' ? text.text : text.code === 'ENOENT' ? 'No such file' : text.text
    const said = {
      dash: `${state.name}: 0: cannot open ${given.file}: ${why}`,
      ash: `${state.name}: can't open '${given.file}': ${text.text}`,
      bash: `${state.name}: ${given.file}: ${why}`,
    }
    yield* print(shell, `${said[state.flavour]}\n`, 2)
    return state.flavour === 'bash' ? 127 : 2
  }
  state.name = given.file
  state.positional = given.rest
  return yield* runText(shell, text.replace(/^#!.*/, ''))
}

/** What is there is done before more is waited for: somebody may want to see what comes of it. */
function* runInput(shell: Shell): Steps<number> {
  const { state, kernel, task } = shell
  const stream = task.fds.get(0)
  let [text, lines] = ['', 0]
  const run = function* (): Steps<void> {
    state.status = yield* runText(shell, '\n'.repeat(lines) + text)
    lines += text.split('\n').length - 1
    text = ''
  }
  for (;;) {
    let chunk = stream?.read()
    if (chunk === WAIT && isWhole(text)) yield* run()
    if (chunk === WAIT) chunk = yield* kernel.read(stream!)
    if (chunk === undefined || text.length > kernel.limits.text) break
    text += chunk
  }
  if (text !== '' || lines === 0) yield* run()
  return state.status
}

const isWhole = (text: string): boolean => text.endsWith('\n') && !isUnfinished(text)

provideShell(runShell)
