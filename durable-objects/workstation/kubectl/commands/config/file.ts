// The kubeconfig as commands change it. kubernetes: client-go tools/clientcmd/config.go ModifyConfig
import { isFailure } from '#shell/files/failure.ts'
import { directoryName } from '#shell/files/path.ts'
import { own, type JsonObject, type JsonValue, setKey } from '#apimachinery/object.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { configPaths } from '#kubectl/client/config.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export type Entry = Record<string, JsonValue | undefined>
export type Entries = Map<string, Entry>

export const SECTIONS = { clusters: 'cluster', contexts: 'context', users: 'user' } as const
export type Section = keyof typeof SECTIONS

/** A kubeconfig with its entries by name. */
export class ConfigFile {
  readonly path: string
  readonly clusters: Entries = new Map()
  readonly contexts: Entries = new Map()
  readonly users: Entries = new Map()
  currentContext = ''

  constructor(path: string) {
    this.path = path
  }

  /** As it is written: names in order. */
  document(): JsonObject {
    const list = (section: Section): JsonValue => {
      const names = [...this[section].keys()].sort()
      return names.length === 0
        ? null
        : names.map((name) => ({
            name,
            [SECTIONS[section]]: this[section].get(name) as JsonObject,
          }))
    }
    return {
      kind: 'Config',
      apiVersion: 'v1',
      clusters: list('clusters'),
      users: list('users'),
      contexts: list('contexts'),
      'current-context': this.currentContext,
    }
  }
}

const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const read = (run: Invocation, path: string): ConfigFile => {
  const config = new ConfigFile(path)
  const { files } = run.call
  const text = files.exists(path) ? files.read(path) : ''
  if (isFailure(text) || text.trim() === '') return config
  let value: JsonValue
  try {
    value = parseYaml(text).value
  } catch (error) {
    throw new KubectlFailure(`error loading config file "${path}": ${(error as Error).message}`)
  }
  if (!isMap(value)) return config
  for (const [section, inner] of Object.entries(SECTIONS) as [Section, string][]) {
    const items = value[section]
    for (const item of Array.isArray(items) ? (items as readonly JsonValue[]) : []) {
      if (!isMap(item)) continue
      const entry = own(item, inner)
      config[section].set(String(item['name'] ?? ''), isMap(entry) ? { ...entry } : {})
    }
  }
  const current = value['current-context']
  config.currentContext = typeof current === 'string' ? current : ''
  return config
}

/** All files as one; what is said first counts. */
export const mergedConfig = (run: Invocation): ConfigFile => {
  const [first, ...others] = configPaths(run.call, run.flags).map((path) => read(run, path))
  for (const other of others) {
    for (const section of Object.keys(SECTIONS) as Section[])
      for (const [name, entry] of other[section])
        if (!first![section].has(name)) first![section].set(name, entry)
    if (first!.currentContext === '') first!.currentContext = other.currentContext
  }
  return first!
}

/** The file that an entry stands in; the first if it stands nowhere. */
export const fileWith = (run: Invocation, section: Section, name: string): ConfigFile => {
  const files = configPaths(run.call, run.flags).map((path) => read(run, path))
  return files.find((one) => one[section].has(name)) ?? files[0]!
}

/** The first file, in which the current context is written. */
export const firstFile = (run: Invocation): ConfigFile =>
  read(run, configPaths(run.call, run.flags)[0]!)

export const writeConfig = (run: Invocation, config: ConfigFile): void => {
  const { files } = run.call
  const folder = directoryName(config.path)
  if (!files.exists(folder)) files.mkdir(folder)
  const failure = files.write(config.path, printYaml(config.document()))
  if (isFailure(failure))
    throw new KubectlFailure(`open ${config.path}: ${failure.text.toLowerCase()}`)
}

/** Sets a field, or takes it away. */
export const setField = (entry: Entry, name: string, value: JsonValue | undefined): void => {
  if (value === undefined) delete entry[name]
  else setKey(entry, name, value)
}
