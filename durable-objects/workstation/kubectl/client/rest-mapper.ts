// Which resource a word means. kubernetes: apimachinery pkg/api/meta/{restmapper,priority}.go, client-go restmapper/shortcut.go
import type { Discovery, ResourceInfo } from '#kubectl/client/discovery.ts'
import { KubectlFailure, NoMatchError } from '#kubectl/failure.ts'

/** A list of anything, which no server says that it serves. */
const LIST: ResourceInfo = {
  group: '',
  version: 'v1',
  kind: 'List',
  plural: 'lists',
  singular: 'list',
  isNamespaced: false,
  shortNames: [],
  categories: [],
  verbs: [],
  subresources: [],
}

export class RestMapper {
  readonly #discovery: () => Discovery
  readonly #warn: (text: string) => void
  readonly #renew: () => boolean

  /** `renew`: asks anew what is served; false: that has just been done. */
  constructor(
    discovery: () => Discovery,
    warn: (text: string) => void,
    renew: () => boolean = () => false,
  ) {
    this.#discovery = discovery
    this.#warn = warn
    this.#renew = renew
  }

  get resources(): readonly ResourceInfo[] {
    return this.#discovery().resources
  }

  /** `deploy`, `deployments.apps`, `deployments.v1.apps`, `Deployment.v1.apps`. Throws. kubernetes: Builder.mappingFor */
  named(word: string): ResourceInfo {
    const found = this.#named(word) ?? this.#again(() => this.#named(word))
    if (found !== undefined) return found
    const [name = ''] = word.split('.')
    throw new KubectlFailure(`the server doesn't have a resource type ${JSON.stringify(name)}`)
  }

  #named(word: string): ResourceInfo | undefined {
    const [name = '', ...rest] = word.split('.')
    const versioned = rest.length >= 2 ? { version: rest[0]!, group: rest.slice(1).join('.') } : {}
    return (
      (rest.length >= 2 ? this.byResource(name, versioned) : undefined) ??
      this.byResource(name, rest.length === 0 ? {} : { group: rest.join('.') }) ??
      (rest.length >= 2 ? this.byKind(name, versioned.group!, versioned.version) : undefined) ??
      this.byKind(name, rest.join('.'))
    )
  }

  /** Plural, singular or short name in any case. */
  byResource(
    given: string,
    { group, version }: { readonly group?: string; readonly version?: string },
  ): ResourceInfo | undefined {
    const expanded = this.#expand(given.toLowerCase(), group)
    const name = expanded?.plural ?? given.toLowerCase()
    const wantedGroup = expanded === undefined ? group : expanded.group
    const all = this.resources.filter(
      ({ plural, singular }) => plural === name || singular === name,
    )
    const exact =
      wantedGroup === undefined || wantedGroup === ''
        ? all
        : all.filter((one) => one.group === wantedGroup)
    const found =
      exact.length > 0 || wantedGroup === undefined
        ? exact
        : all.filter((one) => one.group.startsWith(wantedGroup))
    return version === undefined ? found[0] : found.find((one) => one.version === version)
  }

  /** The kind as it is written, or in small letters. kubernetes: RESTMapping, NewDiscoveryRESTMapper */
  byKind(kind: string, group: string, version?: string): ResourceInfo | undefined {
    return this.resources.find(
      (one) =>
        (one.kind === kind || one.kind.toLowerCase() === kind) &&
        one.group === group &&
        (version === undefined || one.version === version),
    )
  }

  /** What an object is; lists are known by their items. Throws NoMatchError. */
  ofObject(apiVersion: string, kind: string): ResourceInfo {
    const found =
      this.#typeOf(apiVersion, kind) ?? this.#again(() => this.#typeOf(apiVersion, kind))
    if (found !== undefined) return found
    throw new NoMatchError(
      `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`,
    )
  }

  #typeOf(apiVersion: string, kind: string): ResourceInfo | undefined {
    const slash = apiVersion.indexOf('/')
    const group = slash < 0 ? '' : apiVersion.slice(0, slash)
    const version = apiVersion.slice(slash + 1)
    const wanted = version === '' ? undefined : version
    const found = this.byKind(kind, group, wanted)
    if (found !== undefined) return version === '' ? { ...found, version } : found
    if (!kind.endsWith('List')) return undefined
    const item = kind.slice(0, -4)
    return item === ''
      ? { ...LIST, group, version }
      : this.resources.find(
          (one) => one.kind === item && one.group === group && one.version === version,
        )
  }

  /** What is served may have changed since it was asked. */
  #again<T>(find: () => T | undefined): T | undefined {
    return this.#renew() ? find() : undefined
  }

  /** `all` */
  category(name: string): readonly ResourceInfo[] {
    const seen = new Set<string>()
    return this.resources.filter((one) => {
      const key = `${one.plural}.${one.group}`
      if (!one.categories.includes(name) || seen.has(key)) return false
      seen.add(key)
      return true
    })
  }

  /** kubernetes: shortcutExpander.expandResourceShortcut */
  #expand(name: string, group: string | undefined): ResourceInfo | undefined {
    const isPlain = this.resources.some(
      ({ plural, singular }) => plural === name || singular === name,
    )
    if (isPlain) return undefined
    const matching = this.resources.filter(({ shortNames }) => shortNames.includes(name))
    if (matching.length === 0) return undefined
    if (group !== undefined && group !== '') {
      const inGroup = matching.find((one) => one.group === group)
      return inGroup ?? matching.find((one) => one.group.startsWith(group))
    }
    const [first] = matching
    const other = matching.find((one) => one.group !== first!.group || one.plural !== first!.plural)
    if (other !== undefined)
      this.#warn(
        `short name ${JSON.stringify(name)} could also match lower priority resource ${other.plural}${other.group === '' ? '' : `.${other.group}`}`,
      )
    return first
  }
}
