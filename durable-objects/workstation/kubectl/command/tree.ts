// The commands of kubectl and which of them a command line means. github.com/spf13/cobra command.go Find
import {
  flagsInHelp,
  HELP_FLAG,
  hiddenFlags,
  ownFlags,
  type FlagSpec,
} from '#kubectl/command/flag-spec.ts'
import helps from '#kubectl/facts/commands.json' with { type: 'json' }

/** `help` shows what others say of themselves; `alpha` says nothing. */
const HELPS: Readonly<Record<string, string>> = { ...helps, alpha: '', help: '' }

/** Commands that no list shows. */
const SILENT: ReadonlySet<string> = new Set(['alpha', 'help', 'options'])

/** Other names of commands, by the name that help shows. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  'config current-context': [],
  'config use-context': ['use'],
  'config delete-context': [],
  'create clusterrole': [],
  'create configmap': ['cm'],
  'create cronjob': ['cj'],
  'create deployment': ['deploy', 'dep'],
  'create ingress': ['ing'],
  'create namespace': ['ns'],
  'create poddisruptionbudget': ['pdb'],
  'create priorityclass': ['pc'],
  'create quota': ['resourcequota'],
  'create secret': [],
  'create service': ['svc'],
  'create serviceaccount': ['sa'],
  options: [],
  'set serviceaccount': ['sa'],
  'top node': ['nodes', 'no'],
  'top pod': ['pods', 'po'],
}

export interface Command {
  /** `create service clusterip`; '' is kubectl itself. */
  readonly name: string
  /** Its recorded help. */
  readonly help: string
  readonly flags: readonly FlagSpec[]
  /** The words below it. */
  readonly children: readonly string[]
}

const known = new Map<string, Command>()

/** Undefined: there is none of this name. */
export const commandNamed = (name: string): Command | undefined => {
  const found = known.get(name)
  if (found !== undefined || !Object.hasOwn(HELPS, name)) return found
  const help = HELPS[name]!
  const own = name === 'options' ? [] : ownFlags(name, help)
  const names = new Set(own.map((flag) => flag.name))
  const shorthands = new Set(own.map(({ shorthand }) => shorthand))
  const inherited = [HELP_FLAG, ...globalFlags(), ...hiddenFlags(name)].filter(
    (flag) => !names.has(flag.name),
  )
  const flags = [
    ...own,
    ...inherited.map((flag) => {
      if (flag.shorthand === undefined || !shorthands.has(flag.shorthand)) return flag
      const { shorthand: _taken, ...rest } = flag
      return rest
    }),
  ]
  const command = { name, help, flags, children: childrenOf(name) }
  known.set(name, command)
  return command
}

let global: readonly FlagSpec[] | undefined

/** The flags that every command has. */
const globalFlags = (): readonly FlagSpec[] =>
  (global ??= flagsInHelp(HELPS['options']!).map((flag) => ({ ...flag, isGlobal: true })))

const childrenOf = (name: string): readonly string[] => {
  const prefix = name === '' ? '' : `${name} `
  return Object.keys(HELPS)
    .filter((other) => other !== '' && other.startsWith(prefix) && other !== name)
    .map((other) => other.slice(prefix.length))
    .filter((word) => !word.includes(' ') && !SILENT.has(word))
}

const childNamed = (parent: string, word: string): string | undefined => {
  const prefix = parent === '' ? '' : `${parent} `
  if (Object.hasOwn(HELPS, prefix + word)) return prefix + word
  return childrenOf(parent)
    .map((name) => prefix + name)
    .find((name) => ALIASES[name]?.includes(word) === true)
}

/** Flags and the values that follow them stand aside while a command is looked for. cobra: stripFlags */
const wordsIn = (args: readonly string[], flags: readonly FlagSpec[]): readonly number[] => {
  const places: number[] = []
  // `--help` becomes a flag later: what follows it is taken for its value
  const early = flags.filter(({ name }) => name !== 'help')
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!
    if (word === '--') break
    const takesNext =
      !word.includes('=') &&
      ((word.startsWith('--') && !isBare(early.find(({ name }) => name === word.slice(2)))) ||
        (/^-[^-]$/.test(word) && !isBare(early.find(({ shorthand }) => shorthand === word[1]))))
    if (takesNext) at++
    else if (word !== '' && !word.startsWith('-')) places.push(at)
  }
  return places
}

const isBare = (flag: FlagSpec | undefined): boolean => flag?.bare !== undefined

export interface FoundCommand {
  readonly command: Command
  /** The command line without the command's own words. */
  readonly args: readonly string[]
  /** The first word that is no flag, if any is left. */
  readonly next: string | undefined
}

export const findCommand = (words: readonly string[]): FoundCommand => {
  let command = commandNamed('')!
  let args = words
  for (;;) {
    const [first] = wordsIn(args, command.flags)
    if (first === undefined) return { command, args, next: undefined }
    const word = args[first]!
    const child = childNamed(command.name, word)
    if (child === undefined) return { command, args, next: word }
    args = args.toSpliced(first, 1)
    command = commandNamed(child)!
  }
}

/** `kubectl create service`. */
export const pathOf = ({ name }: Pick<Command, 'name'>): string =>
  name === '' ? 'kubectl' : `kubectl ${name}`

const MOST_DISTANCE = 2

/** Commands whose names are like a word that is none. cobra: SuggestionsFor */
export const suggestionsFor = (command: Command, word: string): readonly string[] =>
  command.children
    .filter(
      (name) =>
        distance(word.toLowerCase(), name.toLowerCase()) <= MOST_DISTANCE ||
        name.toLowerCase().startsWith(word.toLowerCase()),
    )
    .toSorted((a, b) => placeIn(command, a) - placeIn(command, b) || (a < b ? -1 : 1))

/** Where the help of a command lists one below it. */
const placeIn = ({ help }: Command, name: string): number => {
  const place = help.search(new RegExp(`^  ${name} `, 'm'))
  return place < 0 ? help.length : place
}

/** Levenshtein. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)),
      )
    row = next
  }
  return row[b.length]!
}
