// What somebody prefers: defaults of flags, and commands of his own. kubernetes: kubectl pkg/config/v1beta1/types.go, pkg/kuberc/marshal.go
import { type JsonObject, type JsonValue, own } from '#apimachinery/object.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'

export const GROUP = 'kubectl.config.k8s.io'

export interface OptionDefault {
  readonly name: string
  readonly default: string
}

export interface CommandDefaults {
  readonly command: string
  readonly options: readonly OptionDefault[]
}

export interface Alias extends CommandDefaults {
  readonly name: string
  readonly prependArgs: readonly string[]
  readonly appendArgs: readonly string[]
}

export interface Preference {
  readonly defaults: readonly CommandDefaults[]
  readonly aliases: readonly Alias[]
}

export interface DecodedPreference {
  readonly preference: Preference
  /** `defaults[0].more` */
  readonly unknownFields: readonly string[]
}

/** How the versions call the parts. */
const VERSIONS: Readonly<Record<string, { readonly defaults: string; readonly options: string }>> =
  {
    v1beta1: { defaults: 'defaults', options: 'options' },
    v1alpha1: { defaults: 'overrides', options: 'flags' },
  }

/** Something is not what it has to be. */
class Misfit extends Error {}

class Reader {
  readonly unknownFields: string[] = []

  map(value: JsonValue, place: string, known: readonly string[]): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misfit()
    for (const key of Object.keys(value))
      if (!known.includes(key)) this.unknownFields.push(place === '' ? key : `${place}.${key}`)
    return value as JsonObject
  }

  list<Item>(
    value: JsonValue | undefined,
    place: string,
    item: (value: JsonValue, place: string) => Item,
  ): readonly Item[] {
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) throw new Misfit()
    return (value as readonly JsonValue[]).map((one, index) => item(one, `${place}[${index}]`))
  }

  text(value: JsonValue | undefined): string {
    if (value === undefined || value === null) return ''
    if (typeof value !== 'string') throw new Misfit()
    return value
  }
}

/** Undefined: it is none of a known version. */
const decoded = (value: JsonValue): DecodedPreference | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { apiVersion, kind } = value as JsonObject
  const [group, version = ''] = String(apiVersion).split('/')
  const names = group === GROUP && kind === 'Preference' ? own(VERSIONS, version) : undefined
  if (names === undefined) return undefined
  const reader = new Reader()
  const option = (one: JsonValue, place: string): OptionDefault => {
    const map = reader.map(one, place, ['name', 'default'])
    return { name: reader.text(map['name']), default: reader.text(map['default']) }
  }
  const defaults = (one: JsonValue, place: string, more: readonly string[]) => {
    const map = reader.map(one, place, ['command', names.options, ...more])
    return {
      map,
      command: reader.text(map['command']),
      options: reader.list(map[names.options], `${place}.${names.options}`, option),
    }
  }
  const words = (one: JsonValue): string => reader.text(one)
  try {
    const known = ['kind', 'apiVersion', names.defaults, 'aliases', 'credentialPluginPolicy']
    const root = reader.map(value, '', [...known, 'credentialPluginAllowlist'])
    const preference: Preference = {
      defaults: reader.list(root[names.defaults], names.defaults, (one, place) => {
        const { command, options } = defaults(one, place, [])
        return { command, options }
      }),
      aliases: reader.list(root['aliases'], 'aliases', (one, place) => {
        const more = ['name', 'prependArgs', 'appendArgs']
        const { map, command, options } = defaults(one, place, more)
        return {
          name: reader.text(map['name']),
          command,
          options,
          prependArgs: reader.list(map['prependArgs'], place, words),
          appendArgs: reader.list(map['appendArgs'], place, words),
        }
      }),
    }
    return { preference, unknownFields: reader.unknownFields }
  } catch (error) {
    if (error instanceof Misfit) return undefined
    throw error
  }
}

const parsed = (text: string): JsonValue => {
  try {
    return parseYaml(text).value
  } catch {
    return null
  }
}

/** The first document that is one. `none`: there is nothing in it. `unusable`: nothing of a known version. */
export const decodePreference = (text: string): DecodedPreference | 'none' | 'unusable' => {
  const documents = text.split(/^---.*$/m).filter((one) => one.trim() !== '')
  for (const document of documents) {
    const found = decoded(parsed(document))
    if (found !== undefined) return found
  }
  return documents.length === 0 ? 'none' : 'unusable'
}
