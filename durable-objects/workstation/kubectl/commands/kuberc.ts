// Preferences are shown and changed. kubernetes: kubectl pkg/cmd/kuberc/{view,set}.go
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { readChunk, type ToolRun } from '#shell/tools/tool.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { outputFormat } from '#kubectl/output/format.ts'
import { typedPrinterFor } from '#kubectl/output/printer.ts'
import { preferenceFile, textIn } from '#kubectl/preferences/file.ts'
import { makeFoldersFor } from '#kubectl/resource/folders.ts'
import { GROUP } from '#kubectl/preferences/preference.ts'

const TYPE = { kind: 'Preference', apiVersion: `${GROUP}/v1beta1` } as const

const fileOf = (run: Invocation) => {
  const file = preferenceFile(run.call, run.flags.string('kuberc'))
  if (file !== undefined) return file
  throw new KubectlFailure('KUBERC is disabled via KUBERC=off environment variable')
}

const FIELDS = ['defaults', 'aliases', 'credentialPluginPolicy', 'credentialPluginAllowlist']
const PARTS = ['name', 'command', 'prependArgs', 'appendArgs', 'options', 'default']

/** In the order of Go's types, without what they do not know. */
const inOrder = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const map = value as JsonObject
  return Object.fromEntries(
    PARTS.flatMap((key) => (map[key] === undefined ? [] : [[key, inOrder(map[key])] as const])),
  )
}

const parsed = (text: string): JsonObject => {
  let value: JsonValue
  try {
    ;({ value } = parseYaml(text))
  } catch (error) {
    throw new KubectlFailure(`error parsing kuberc file: ${(error as Error).message}`)
  }
  const map = (value ?? {}) as JsonObject
  const { kind = '', apiVersion = '' } = map
  const fields = FIELDS.flatMap((key) =>
    map[key] === undefined ? [] : [[key, inOrder(map[key])] as const],
  )
  return { kind, apiVersion, ...Object.fromEntries(fields) }
}

const OFFER = 'Would you like to generate a default kuberc file with recommended options? (y/N): '
const RECOMMENDED: JsonObject = {
  ...TYPE,
  defaults: [
    { command: 'apply', options: [{ name: 'server-side', default: 'true' }] },
    { command: 'delete', options: [{ name: 'interactive', default: 'true' }] },
  ],
}

export function* viewPreferences(run: Invocation): ToolRun<void> {
  const { name, isExplicit } = fileOf(run)
  const text = textIn(run.call, name)
  if (text === undefined) {
    if (isExplicit) throw new KubectlFailure(`kuberc file not found at ${name}`)
    run.out(`kuberc file not found at ${name}\n${OFFER}`)
    yield* run.flush()
    const answer = yield* readChunk()
    if ((answer ?? '').trim().toLowerCase() === 'y') save(run, name, RECOMMENDED)
    return
  }
  const { kind = '', apiVersion = '', defaults, aliases, ...rest } = parsed(text)
  const shown: JsonObject = {
    kind,
    apiVersion,
    defaults: defaults ?? [],
    aliases: aliases ?? [],
    ...rest,
  }
  run.out(typedPrinterFor(run, outputFormat(run))(shown))
}

const save = (run: Invocation, name: string, preference: JsonObject): void => {
  const { files, cwd } = run.call
  const path = givenPath(cwd, name)
  makeFoldersFor(files, path)
  const whole: JsonObject = { ...preference }
  const { defaults = null, aliases = null } = whole
  const problem = files.write(path, printYaml({ ...whole, defaults, aliases }))
  if (isFailure(problem))
    throw new KubectlFailure(
      `error writing kuberc file: open ${name}: ${problem.text.toLowerCase()}`,
    )
  run.out(`Updated ${name}\n`)
}

export const setPreference = (run: Invocation): void => {
  const { flags } = run
  const { name } = fileOf(run)
  const section = flags.string('section')
  check(run, section)
  const text = textIn(run.call, name) ?? ''
  const current: JsonObject = text.trim() === '' ? TYPE : parsed(text)
  if (section === 'credentialplugin') return save(run, name, withPolicy(run, current))
  const options = optionsOf(run)
  save(
    run,
    name,
    section === 'defaults' ? withDefaults(run, current, options) : withAlias(run, current, options),
  )
}

/** kubernetes: Validate */
const check = ({ flags }: Invocation, section: string): void => {
  const name = flags.string('name')
  if (!['defaults', 'aliases', 'credentialplugin'].includes(section))
    throw new KubectlFailure(
      `--section must be "defaults", "aliases", or "credentialplugin", got: ${section}`,
    )
  if (section === 'credentialplugin') return checkPolicy(flags.string('policy'), flags)
  if (section === 'aliases' && name === '')
    throw new KubectlFailure('--name is required when --section=aliases')
  if (section === 'defaults' && name !== '')
    throw new KubectlFailure('--name should not be specified when --section=defaults')
  const hasArgs = flags.list('prependarg').length > 0 || flags.list('appendarg').length > 0
  if (section === 'defaults' && hasArgs)
    throw new KubectlFailure('--prependarg and --appendarg are only valid for --section=aliases')
  if (flags.string('command') === '')
    throw new KubectlFailure('--command is required when --section=aliases or --section=defaults')
}

const checkPolicy = (policy: string, flags: Invocation['flags']): void => {
  const hasEntries = flags.list('allowlist-entry').length > 0
  if (policy === '')
    throw new KubectlFailure('--policy is required when --section=credentialplugin')
  if (!['AllowAll', 'DenyAll', 'Allowlist'].includes(policy))
    throw new KubectlFailure(
      ` --policy must be  "AllowAll", "DenyAll", or "Allowlist", got: ${policy}`,
    )
  if (policy === 'Allowlist' && !hasEntries)
    throw new KubectlFailure(
      '--allowlist-entry is required when --section=credentialplugin and --policy=Allowlist',
    )
  if (policy !== 'Allowlist' && hasEntries)
    throw new KubectlFailure(
      '--allowlist-entry may only be used when --section=credentialplugin and --policy=Allowlist',
    )
}

const optionsOf = ({ flags }: Invocation): readonly JsonObject[] =>
  flags.list('option').map((option) => {
    const at = option.indexOf('=')
    if (at < 0)
      throw new KubectlFailure(
        `invalid option format ${JSON.stringify(option)}, expected flag=value`,
      )
    return { name: option.slice(0, at).replace(/^-+/, ''), default: option.slice(at + 1) }
  })

const listIn = (preference: JsonObject, key: string): readonly JsonObject[] =>
  (preference[key] ?? []) as readonly JsonObject[]

/** The list with this entry, in place of the one that is there. */
const replaced = (
  list: readonly JsonObject[],
  at: number,
  entry: JsonObject,
): readonly JsonObject[] => (at < 0 ? [...list, entry] : list.with(at, entry))

const withDefaults = (
  { flags }: Invocation,
  preference: JsonObject,
  options: readonly JsonObject[],
): JsonObject => {
  const command = flags.string('command')
  const list = listIn(preference, 'defaults')
  const at = list.findIndex((one) => one['command'] === command)
  if (at >= 0 && !flags.bool('overwrite'))
    throw new KubectlFailure(
      `defaults for command ${JSON.stringify(command)} already exist, use --overwrite to replace`,
    )
  const kept = options.length === 0 && at >= 0 ? list[at]!['options'] : options
  const entry = { command, options: kept ?? null } as JsonObject
  return { ...preference, defaults: replaced(list, at, entry) }
}

const withAlias = (
  { flags }: Invocation,
  preference: JsonObject,
  options: readonly JsonObject[],
): JsonObject => {
  const [name, command] = [flags.string('name'), flags.string('command')]
  const list = listIn(preference, 'aliases')
  const at = list.findIndex((one) => one['name'] === name)
  if (at >= 0 && !flags.bool('overwrite'))
    throw new KubectlFailure(
      `alias ${JSON.stringify(name)} already exists, use --overwrite to replace`,
    )
  const before: JsonObject = at < 0 ? {} : list[at]!
  const given: JsonObject = {
    prependArgs: flags.list('prependarg'),
    appendArgs: flags.list('appendarg'),
    options,
  }
  const parts = Object.entries(given).flatMap(([key, value]) => {
    const kept = (value as readonly JsonValue[]).length > 0 ? value : before[key]
    return kept === undefined ? [] : [[key, kept] as const]
  })
  const entry: JsonObject = { name, command, ...Object.fromEntries(parts) }
  return { ...preference, aliases: replaced(list, at, entry) }
}

const withPolicy = ({ flags }: Invocation, preference: JsonObject): JsonObject => {
  const { credentialPluginAllowlist: _before, ...rest } = preference
  const entries = flags.list('allowlist-entry').map(entryOf)
  return {
    ...rest,
    credentialPluginPolicy: flags.string('policy'),
    ...(entries.length === 0 ? {} : { credentialPluginAllowlist: entries }),
  }
}

const entryOf = (text: string): JsonObject => {
  const at = text.indexOf('=')
  if (at < 0)
    throw new KubectlFailure(`improperly formatted allowlist entry: ${JSON.stringify(text)}`)
  const [field, value] = [text.slice(0, at), text.slice(at + 1)]
  if (value === '')
    throw new KubectlFailure(`empty value in allowlist entry for field ${JSON.stringify(field)}`)
  if (field === 'name')
    throw new KubectlFailure('allowlist entry field "name" is deprecated, use "command" instead')
  if (field !== 'command')
    throw new KubectlFailure(`unrecognized allowlist entry field: ${JSON.stringify(field)}`)
  return { command: value }
}
