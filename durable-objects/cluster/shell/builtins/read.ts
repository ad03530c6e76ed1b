// read, mapfile.
import { type Builtin, NAME } from '#shell/builtins/builtin.ts'
import { ifsOf } from '#shell/interpreter/chunks.ts'
import { setParameter } from '#shell/interpreter/parameters.ts'
import { complain, Interrupted, print, type Shell } from '#shell/interpreter/shell.ts'
import { hasInput, type Stream, WAIT } from '#shell/kernel/stream.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { MESSAGES } from '#shell/language/flavour.ts'

interface Options {
  isRaw: boolean
  isSilent: boolean
  prompt: string
  delimiter: string
  count: number | undefined
  timeout: number | undefined
  array: string | undefined
  fd: number
}

const optionsOf = (
  args: readonly string[],
): { options: Options; names: readonly string[]; bad?: string } => {
  const options: Options = {
    isRaw: false,
    isSilent: false,
    prompt: '',
    delimiter: '\n',
    count: undefined,
    timeout: undefined,
    array: undefined,
    fd: 0,
  }
  let at = 0
  for (; at < args.length && /^-./.test(args[at]!) && args[at] !== '--'; at++) {
    const word = args[at]!
    for (let letter = 1; letter < word.length; letter++) {
      const name = word[letter]!
      if (name === 'r') options.isRaw = true
      else if (name === 's') options.isSilent = true
      else if (name === 'e') continue
      else if ('pdntNau'.includes(name)) {
        const value = letter + 1 < word.length ? word.slice(letter + 1) : (args[++at] ?? '')
        if (name === 'p') options.prompt = value
        else if (name === 'd') options.delimiter = value === '' ? '\0' : value[0]!
        else if (name === 't') options.timeout = Number(value) * 1000
        else if (name === 'a') options.array = value
        else if (name === 'u') options.fd = Number(value)
        else options.count = Number(value)
        break
      } else return { options, names: [], bad: `-${name}` }
    }
  }
  if (args[at] === '--') at++
  return { options, names: args.slice(at) }
}

const read: Builtin = function* run(shell, args) {
  const { options, names: given, bad } = optionsOf(args)
  if (bad !== undefined) {
    yield* complain(shell, MESSAGES.badOption('read', bad))
    return 2
  }
  if (given.length === 0 && options.array === undefined && shell.state.flavour === 'dash') {
    yield* complain(shell, 'read: arg count')
    return 2
  }
  const wrong = given.find((name) => !NAME.test(name))
  if (wrong !== undefined) {
    yield* complain(shell, MESSAGES.badName('read', wrong, wrong))
    return shell.state.flavour === 'bash' ? 1 : 2
  }
  const stream = shell.task.fds.get(options.fd)
  if (stream === undefined) return 1
  if (options.prompt !== '' && stream.isTTY) yield* print(shell, options.prompt, 2)
  const line = yield* readLine(shell, stream, options)
  assign(shell, options, given, line.marks)
  if (line.isTimedOut) return 142
  return line.isWhole ? 0 : 1
}

interface Line {
  /** Characters, and which of them were escaped. */
  readonly marks: Marked
  readonly isWhole: boolean
  readonly isTimedOut?: boolean
}

interface Marked {
  readonly text: string
  readonly escaped: ReadonlySet<number>
}

function* readLine(shell: Shell, stream: Stream, options: Options): Steps<Line> {
  const { kernel, pending, task } = shell
  const until = options.timeout === undefined ? Infinity : kernel.time + options.timeout
  let text = ''
  const escaped = new Set<number>()
  let isEscape = false
  for (;;) {
    if (stream.isTTY) yield* kernel.comeForward(task)
    if (pending.includes('^C')) throw new Interrupted()
    const chunk = stream.read()
    if (chunk === WAIT) {
      if (kernel.time >= until)
        return { marks: { text, escaped }, isWhole: false, isTimedOut: true }
      yield {
        for: stream.isTTY ? 'input' : 'pipe',
        until,
        ready: () =>
          (stream.isTTY && !kernel.isInFront(task)) || hasInput(stream) || pending.includes('^C'),
      }
      continue
    }
    kernel.changes++
    if (chunk === undefined) return { marks: { text, escaped }, isWhole: false }
    for (let at = 0; at < chunk.length; at++) {
      const character = chunk[at]!
      if (isEscape) {
        isEscape = false
        if (character === '\n') continue
        escaped.add(text.length)
      } else if (character === options.delimiter) {
        stream.unread(chunk.slice(at + 1))
        return { marks: { text, escaped }, isWhole: true }
      } else if (character === '\\' && !options.isRaw) {
        isEscape = true
        continue
      }
      text += character
      if (text.length === options.count) {
        stream.unread(chunk.slice(at + 1))
        return { marks: { text, escaped }, isWhole: true }
      }
      if (text.length > kernel.limits.text) return { marks: { text, escaped }, isWhole: false }
    }
  }
}

const assign = (shell: Shell, options: Options, given: readonly string[], marks: Marked): void => {
  const ifs = ifsOf(shell)
  if (options.array !== undefined) {
    shell.state.setItems(options.array, splitWords(marks, ifs, Infinity))
    return
  }
  if (given.length === 0) {
    setParameter(shell, 'REPLY', marks.text)
    return
  }
  const words = splitWords(marks, ifs, given.length)
  for (const [index, name] of given.entries()) setParameter(shell, name, words[index] ?? '')
}

/** The last of `most` words is the whole rest. */
const splitWords = ({ text, escaped }: Marked, ifs: string, most: number): string[] => {
  const isSeparator = (at: number): boolean => ifs.includes(text[at]!) && !escaped.has(at)
  const isSpace = (at: number): boolean => isSeparator(at) && /\s/.test(text[at]!)
  const words: string[] = []
  let at = 0
  while (at < text.length && isSpace(at)) at++
  while (at < text.length && words.length < most - 1) {
    const start = at
    while (at < text.length && !isSeparator(at)) at++
    words.push(text.slice(start, at))
    while (at < text.length && isSpace(at)) at++
    if (at < text.length && isSeparator(at) && !isSpace(at)) {
      // white space before it was skipped already: it belongs to this one separator
      if (at > start) at++
      while (at < text.length && isSpace(at)) at++
    }
  }
  if (at >= text.length) return words
  let end = text.length
  while (end > at && isSpace(end - 1)) end--
  words.push(text.slice(at, end))
  return words
}

const mapfile: Builtin = function* run(shell, args) {
  const isTrimmed = args.includes('-t')
  const name = args.findLast((word) => NAME.test(word)) ?? 'MAPFILE'
  const stream = shell.task.fds.get(0)
  const lines: string[] = []
  for (;;) {
    const chunk =
      stream === undefined ? undefined : yield* readLine(shell, stream, optionsOf(['-r']).options)
    if (chunk === undefined) break
    if (chunk.isWhole || chunk.marks.text !== '')
      lines.push(chunk.marks.text + (isTrimmed || !chunk.isWhole ? '' : '\n'))
    if (!chunk.isWhole) break
  }
  shell.state.setItems(name, lines)
  return 0
}

export const READ: readonly (readonly [string, Builtin])[] = [
  ['read', read],
  ['mapfile', mapfile],
  ['readarray', mapfile],
]
