// What a command line becomes by the preferences of whoever typed it. kubernetes: kubectl pkg/kuberc/kuberc.go Apply
import type { ToolCall } from '#shell/tools/tool.ts'
import { parseFlags } from '#kubectl/command/flags.ts'
import { type Command, findCommand } from '#kubectl/command/tree.ts'
import { KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import { preferenceFile, textIn } from '#kubectl/preferences/file.ts'
import {
  type Alias,
  decodePreference,
  type OptionDefault,
  type Preference,
} from '#kubectl/preferences/preference.ts'

export interface Preferred {
  /** The words of the command line, those of an alias in place of its name. */
  readonly words: readonly string[]
  /** Flags that nobody has typed: `--output=wide`. */
  readonly flags: readonly string[]
  /** What stands on standard error before anything else. */
  readonly warnings: string
}

/** Throws if they cannot be used. */
export const preferred = (call: ToolCall, words: readonly string[]): Preferred => {
  const none: Preferred = { words, flags: [], warnings: '' }
  if (words.length === 0 || call.env['KUBECTL_KUBERC'] === 'false') return none
  try {
    const { preference, warnings } = load(call, explicitFile(words))
    if (preference === undefined) return { ...none, warnings }
    check(preference)
    const aliased = withAlias(preference, words, call.argv[0] ?? '')
    const found = withDefaults(preference, aliased.words, aliased.alias)
    return {
      words: aliased.words,
      flags: [...aliased.flags, ...found.flags],
      warnings: warnings + found.warnings,
    }
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error
    throw new PlainFailure(`error occurred while applying preferences ${error.message}`)
  }
}

/** `--kuberc`; '' if it is not there. */
const explicitFile = (words: readonly string[]): string => {
  for (const [at, word] of words.entries()) {
    if (word === '--') return ''
    const name = word === '--kuberc' ? words[at + 1] : /--kuberc=([^=]*)/.exec(word)?.[1]
    if (word !== '--kuberc' && name === undefined) continue
    if (name === undefined || (name === '' && word !== '--kuberc'))
      throw new KubectlFailure('kuberc file is not found')
    return name
  }
  return ''
}

interface Loaded {
  readonly preference?: Preference
  readonly warnings: string
}

/** kubernetes: DefaultGetPreferences */
const load = (call: ToolCall, given: string): Loaded => {
  const file = preferenceFile(call, given)
  if (file === undefined) {
    if (given === '') return { warnings: '' }
    throw new KubectlFailure(
      'kuberc error disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive',
    )
  }
  const { name, isExplicit } = file
  const text = textIn(call, name)
  if (text === undefined) {
    if (!isExplicit) return { warnings: '' }
    throw new KubectlFailure(`kuberc error kuberc: open ${name}: no such file or directory`)
  }
  const found = decodePreference(text)
  if (found === 'none') return { warnings: '' }
  if (found === 'unusable') {
    const problem = `no valid preferences found in ${name}, use --v=5 to see details`
    if (isExplicit) throw new KubectlFailure(`kuberc error kuberc: ${problem}`)
    return { warnings: `kuberc: no preferences loaded from ${name}: ${problem}` }
  }
  const unknown = found.unknownFields.map((field) => `unknown field ${JSON.stringify(field)}`)
  return {
    preference: found.preference,
    warnings:
      unknown.length === 0
        ? ''
        : `kuberc: ignoring strict decoding error in ${name}: strict decoding error: ${unknown.join(', ')}`,
  }
}

/** kubernetes: validate */
const check = ({ aliases, defaults }: Preference): void => {
  const names = new Set<string>()
  for (const { name, options } of aliases) {
    if (!/^[a-zA-Z]+$/.test(name))
      throw new KubectlFailure('invalid alias name, can only include alphabetical characters')
    checkOptions(options)
    if (names.has(name)) throw new KubectlFailure(`duplicate alias name ${name}`)
    names.add(name)
  }
  for (const { options } of defaults) checkOptions(options)
}

const checkOptions = (options: readonly OptionDefault[]): void => {
  const wrong = options.find(({ name }) => name.startsWith('-'))
  if (wrong !== undefined)
    throw new KubectlFailure(`flag name ${wrong.name} should be in long form without dashes`)
}

const fieldsOf = (text: string): readonly string[] =>
  text.split(/\s+/).filter((word) => word !== '')

/** Undefined: there is none. */
const commandOf = (words: readonly string[]): Command | undefined => {
  const { command, next } = findCommand(words)
  return command.name === '' && next !== undefined ? undefined : command
}

interface Aliased {
  readonly words: readonly string[]
  readonly flags: readonly string[]
  readonly alias?: Alias
}

/** kubernetes: applyAliases */
const withAlias = ({ aliases }: Preference, words: readonly string[], program: string): Aliased => {
  if (commandOf(words) !== undefined) return { words, flags: [] }
  const at = words.findIndex((word) => !word.startsWith('-'))
  const alias = aliases.find(({ name }) => name === words[at])
  if (alias === undefined) return { words, flags: [] }
  const commandWords = fieldsOf(alias.command)
  const command = commandOf(commandWords)
  if (command === undefined)
    throw new KubectlFailure(
      `command ${JSON.stringify(alias.command)} not found to set alias ${JSON.stringify(alias.name)}: [${commandWords.join(' ')}]`,
    )
  const flags = alias.options.flatMap((option) => {
    const flag = command.flags.find(({ name }) => name === option.name)
    if (flag === undefined)
      throw new KubectlFailure(`invalid alias flag ${option.name} in alias ${program}`)
    if (isGiven(words, flag)) return []
    return [
      checkedFlag(
        command,
        option,
        `could not apply value ${option.default} to flag ${option.name} in alias ${program} err: `,
      ),
    ]
  })
  // words that the alias has beyond its command are not taken over
  const own = command.name.split(' ')
  return {
    words: [
      ...words.slice(0, at),
      ...own,
      ...alias.prependArgs,
      ...words.slice(at + 1),
      ...alias.appendArgs,
    ],
    flags,
    alias,
  }
}

/** kubernetes: applyOverrides */
const withDefaults = (
  { defaults }: Preference,
  words: readonly string[],
  alias: Alias | undefined,
): { readonly flags: readonly string[]; readonly warnings: string } => {
  const command = commandOf(words)
  if (command === undefined) return { flags: [], warnings: '' }
  const lastName = (name: string): string => name.split(' ').at(-1)!
  const own = alias?.name ?? lastName(command.name)
  let warnings = ''
  const flags = defaults.flatMap((one) => {
    const wanted = commandOf(fieldsOf(one.command))
    if (wanted === undefined) {
      warnings += `Warning: command ${JSON.stringify(one.command)} not found to set kuberc override\n`
      return []
    }
    if (lastName(wanted.name) !== own) return []
    return one.options.flatMap((option) => {
      const flag = command.flags.find(({ name }) => name === option.name)
      if (flag === undefined)
        throw new KubectlFailure(`invalid flag ${option.name} for command ${one.command}`)
      if (isGiven(words, flag)) return []
      return [
        checkedFlag(
          command,
          option,
          `could not apply override value ${option.default} to flag ${option.name} in command ${one.command} err: `,
        ),
      ]
    })
  })
  return { flags, warnings }
}

/** kubernetes: searchInArgs */
const isGiven = (
  words: readonly string[],
  { name, shorthand }: { readonly name: string; readonly shorthand?: string },
): boolean =>
  words.some(
    (word) =>
      word === `--${name}` ||
      word.startsWith(`--${name}=`) ||
      (shorthand !== undefined &&
        (word.startsWith(`-${shorthand}`) ||
          (/^-[a-zA-Z]+$/.test(word) && word.includes(shorthand)))),
  )

/** Throws with words in front if the flag does not take the value. */
const checkedFlag = (command: Command, option: OptionDefault, words: string): string => {
  const flag = `--${option.name}=${option.default}`
  try {
    parseFlags([flag], command.flags)
    return flag
  } catch (error) {
    throw new KubectlFailure(words + (error as Error).message)
  }
}
