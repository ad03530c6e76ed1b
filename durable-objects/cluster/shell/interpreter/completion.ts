// What the word that is being typed may become: a command, a file, what a program knows of its arguments. bash: bashline.c
import { append } from '#apimachinery/append.ts'
import { builtinNames } from '#shell/builtins/table.ts'
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { findProgram } from '#shell/interpreter/find-program.ts'
import type { Shell } from '#shell/interpreter/shell.ts'
import { heritageOf } from '#shell/interpreter/tasks.ts'
import type { Completion } from '#shell/terminal.ts'

interface Typed {
  /** Without quotes. The last one is being typed. */
  readonly words: readonly string[]
  /** The last word as it stands there. */
  readonly raw: string
  /** It stands behind a `>` or `<`. */
  readonly isRedirected: boolean
}

const NOTHING: Completion = { replaces: 0, choices: [] }
const SPECIAL = /[ \t'"\\$&|;<>()*?[\]`!#]/g

/** The command at the end of a text, as far as it was typed. */
const typedOf = (text: string): Typed => {
  let words: string[] = []
  let word: string | undefined
  let start = text.length
  let quote = ''
  let isRedirected = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (word === undefined && char !== ' ' && char !== '\t') {
      word = ''
      start = at
    }
    if (quote !== '') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === "'" || char === '"') quote = char
    else if (char === '\\' && at + 1 < text.length) word += text[++at]!
    else if (/[|;&(`\n<>]/.test(char)) {
      isRedirected = char === '<' || char === '>'
      if (!isRedirected) words = []
      word = undefined
    } else if (char === ' ' || char === '\t') {
      if (word !== undefined && !isRedirected) words.push(word)
      if (word !== undefined) isRedirected = false
      word = undefined
    } else word += char
  }
  const raw = word === undefined ? '' : text.slice(start)
  const isAssignment = (one: string): boolean => /^[A-Za-z_]\w*=/.test(one)
  const first = words.findIndex((one) => !isAssignment(one))
  const command = first < 0 ? [] : words.slice(first)
  return { words: [...command, word ?? ''], raw, isRedirected }
}

export const completionOf = (shell: Shell, before: string): Completion => {
  const typed = typedOf(before)
  const { words, raw, isRedirected } = typed
  const word = words.at(-1)!
  if (/^\$\w*$/.test(raw)) return chosen(raw, variablesLike(shell, raw.slice(1)))
  if (words.length === 1 && !isRedirected && !word.includes('/'))
    return chosen(raw, commandsLike(shell, word))
  const known = isRedirected || words.length === 1 ? undefined : argumentsLike(shell, words)
  return known === undefined ? filesLike(shell, raw, word, words[0] === 'cd') : chosen(raw, known)
}

const chosen = (raw: string, names: readonly string[]): Completion => ({
  replaces: raw.length,
  choices: [...new Set(names)].sort().map((name) => ({
    typed: names.length === 1 && !/[/=,]$/.test(name) ? `${name} ` : name,
    listed: name,
  })),
})

const variablesLike = ({ state }: Shell, start: string): readonly string[] =>
  [...state.variables.keys()].filter((name) => name.startsWith(start)).map((name) => `$${name}`)

const commandsLike = ({ state, files }: Shell, start: string): readonly string[] => {
  if (start === '') return []
  const names = [...state.aliases.keys(), ...state.functions.keys(), ...builtinNames(state.flavour)]
  for (const folder of (state.get('PATH') ?? '').split(':')) {
    const inside = files.list(folder)
    if (!isFailure(inside)) append(names, inside)
  }
  return [...new Set(names)].filter((name) => name.startsWith(start))
}

/** What the program itself knows; undefined: it takes files. */
const argumentsLike = (shell: Shell, words: readonly string[]): readonly string[] | undefined => {
  const { state, machine, files } = shell
  const [first = '', ...rest] = words
  const alias = state.aliases.get(first)
  const argv = alias === undefined ? words : [...alias.trim().split(/\s+/), ...rest]
  const found = findProgram(heritageOf(shell), argv[0] ?? '', argv)
  if (found.kind !== 'tool') return undefined
  const place = { env: state.environment(), cwd: state.cwd, files, user: machine.user }
  const last = argv.at(-1)!
  return found.tool.complete?.(argv, place)?.filter((word) => word.startsWith(last))
}

const filesLike = (
  { state, files }: Shell,
  raw: string,
  word: string,
  onlyFolders: boolean,
): Completion => {
  const home = state.get('HOME') ?? '/'
  const path = word.startsWith('~/') ? home + word.slice(1) : word
  const slash = path.lastIndexOf('/')
  const folder = slash < 0 ? state.cwd : givenPath(state.cwd, path.slice(0, slash + 1))
  const start = path.slice(slash + 1)
  const names = files.list(folder)
  if (isFailure(names)) return NOTHING
  const inside = folder.endsWith('/') ? folder : `${folder}/`
  const like = names
    .filter((name) => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
    .map((name) => ({ name, isFolder: files.isDirectory(inside + name) }))
    .filter(({ isFolder }) => isFolder || !onlyFolders)
  const isQuoted = /^['"]/.test(raw)
  const kept = isQuoted
    ? raw.slice(0, raw.length - start.length)
    : escaped(word.slice(0, word.length - start.length))
  return {
    replaces: raw.length,
    choices: like.map(({ name, isFolder }) => ({
      typed:
        kept + (isQuoted ? name : escaped(name)) + (isFolder ? '/' : like.length === 1 ? ' ' : ''),
      listed: isFolder ? `${name}/` : name,
    })),
  }
}

const escaped = (text: string): string => text.replace(SPECIAL, '\\$&')
