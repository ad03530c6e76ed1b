// What a word of a command line may become. cobra: completions.go; kubernetes: kubectl pkg/util/completion
import type { CompletionPlace, ToolCall } from '#shell/tools/tool.ts'
import { flagValues } from '#kubectl/command/completion-values.ts'
import { argumentValues } from '#kubectl/command/completion-arguments.ts'
import type { FlagSpec } from '#kubectl/command/flag-spec.ts'
import { parseFlags } from '#kubectl/command/flags.ts'
import { commandNamed, findCommand, type Command } from '#kubectl/command/tree.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { KubectlHost } from '#kubectl/host.ts'
import { type DiscoveryMemory, Invocation } from '#kubectl/invocation.ts'

/** What the shell should do with them. cobra: ShellCompDirective */
export const DEFAULT = 0
export const NO_SPACE = 2
export const NO_FILES = 4
export const FILE_EXTENSIONS = 8

export interface Completions {
  /** Words, each with a tab and what it means if that is known. */
  readonly words: readonly string[]
  readonly directive: number
}

const NOTHING: Completions = { words: [], directive: DEFAULT }

/** `words`: what follows `kubectl`; the last one is being typed. */
export const completionsOf = (
  call: ToolCall,
  host: KubectlHost,
  words: readonly string[],
  memory: DiscoveryMemory = {},
): Completions => {
  const typed = words.at(-1) ?? ''
  const { command, args, next } = findCommand(words.slice(0, -1))
  if (command.name === '' && next !== undefined) return NOTHING
  const flags = command.flags
  const given = flagBeingGiven(flags, args, typed)
  try {
    const rest = given?.isSeparate === true ? args.slice(0, -1) : args
    const run = new Invocation(command, parseFlags(rest, flags), call, host, memory)
    if (given !== undefined) return flagValues(run, given.flag, given.value)
    if (typed.startsWith('-')) return flagNames(run, typed)
    return argumentsOf(run, typed)
  } catch (error) {
    if (error instanceof KubectlFailure) return NOTHING
    throw error
  }
}

interface GivenFlag {
  readonly flag: FlagSpec
  readonly value: string
  /** The flag is a word of its own. */
  readonly isSeparate: boolean
}

const flagBeingGiven = (
  flags: readonly FlagSpec[],
  args: readonly string[],
  typed: string,
): GivenFlag | undefined => {
  const named = (word: string): FlagSpec | undefined =>
    flags.find(({ name, shorthand }) =>
      word.startsWith('--') ? name === word.slice(2) : shorthand === word.slice(1),
    )
  const equals = typed.indexOf('=')
  if (typed.startsWith('-') && equals > 0) {
    const flag = named(typed.slice(0, equals))
    return flag && { flag, value: typed.slice(equals + 1), isSeparate: false }
  }
  const last = args.at(-1) ?? ''
  if (typed.startsWith('-') || !/^-(-[\w-]+|\w)$/.test(last)) return undefined
  const flag = named(last)
  if (flag === undefined || flag.bare !== undefined) return undefined
  return { flag, value: typed, isSeparate: true }
}

const described = (word: string, text: string): string => (text === '' ? word : `${word}\t${text}`)

/** The first line of what a help text says of a flag. */
const usageOf = (command: Command, { name }: FlagSpec): string => {
  for (const { help } of [command, commandNamed('options')!]) {
    const found = new RegExp(`^ {4}(?:-\\S, )?--${name}=.*:\\n\\t(.*)$`, 'm').exec(help)
    if (found !== null) return found[1]!
  }
  return name === 'help' ? `help for ${command.name.split(' ').at(-1) || 'kubectl'}` : ''
}

/** Those that every command has first. */
const flagNames = ({ command, flags }: Invocation, typed: string): Completions => {
  const own = new Set(
    [...command.help.matchAll(/^ {4}(?:-\S, )?--([\w-]+)=/gm)].map(([, name]) => name!),
  )
  const isOwn = ({ name }: FlagSpec): boolean => own.has(name) || name === 'help'
  const words = command.flags
    .filter(
      ({ name, kind, isHidden }) => isHidden !== true && (!flags.changed(name) || isList(kind)),
    )
    .toSorted((a, b) => Number(isOwn(a)) - Number(isOwn(b)) || (a.name < b.name ? -1 : 1))
    .flatMap((flag) =>
      [`--${flag.name}`, ...(flag.shorthand === undefined ? [] : [`-${flag.shorthand}`])]
        .filter((word) => word.startsWith(typed))
        .map((word) => described(word, usageOf(command, flag))),
    )
  return { words, directive: NO_FILES }
}

const isList = (kind: FlagSpec['kind']): boolean => ['list', 'array', 'map'].includes(kind)

/** The commands below a command, each with its line in the help. */
const childWords = (command: Command, typed: string): readonly string[] => {
  const extra = command.name === '' ? ['help', 'options'] : []
  return [...command.children, ...extra]
    .filter((name) => name.startsWith(typed))
    .toSorted()
    .map((name) => described(name, lineOf(command, name)))
}

const FIXED: Readonly<Record<string, string>> = {
  help: 'Help about any command',
  options: 'Print the list of flags inherited by all commands',
}

const lineOf = ({ help }: Command, name: string): string =>
  new RegExp(`^ {2}${name} {2,}(.*)$`, 'm').exec(help)?.[1]?.trim() ?? FIXED[name] ?? ''

const argumentsOf = (run: Invocation, typed: string): Completions => {
  const { command, args, flags } = run
  if (command.name === 'help') {
    const { command: topic } = findCommand(args)
    return { words: childWords(topic, typed), directive: NO_FILES }
  }
  const children = args.length === 0 ? childWords(command, typed) : []
  const required = command.flags
    .filter(
      ({ name, isRequired }) =>
        isRequired === true && !flags.changed(name) && `--${name}`.startsWith(typed),
    )
    .map((flag) => described(`--${flag.name}`, usageOf(command, flag)))
  const values = argumentValues(run, typed)
  const isGroup = args.length === 0 && command.children.length > 0
  return {
    words: [...children, ...required, ...(values?.words ?? [])],
    directive: values?.directive ?? (isGroup ? NO_FILES : DEFAULT),
  }
}

/** For the terminal's Tab: whole words; undefined: a file's name. */
export const completionsFor = (
  host: KubectlHost,
  words: readonly string[],
  place: CompletionPlace,
  memory: DiscoveryMemory = {},
): readonly string[] | undefined => {
  const call: ToolCall = {
    ...place,
    argv: words,
    hostname: '',
    pid: 0,
    now: () => 0,
    isTTY: () => false,
    random: () => 0,
  }
  const { words: found, directive } = completionsOf(call, host, words.slice(1), memory)
  if (directive === FILE_EXTENSIONS || (directive === DEFAULT && found.length === 0))
    return undefined
  return found.map((word) => word.split('\t')[0]!)
}
