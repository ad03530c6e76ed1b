// Which resource a word means. kubernetes: apimachinery pkg/api/meta/{restmapper,priority}.go, client-go restmapper/shortcut.go
import type { Discovery, ResourceInfo } from '#kubectl/client/discovery.ts'
import { KubectlFailure, NoMatchError } from '#kubectl/failure.ts'

export class RestMapper {
  readonly #discovery: () => Discovery
  readonly #warn: (text: string) => void

  constructor(discovery: () => Discovery, warn: (text: string) => void) {
    this.#discovery = discovery
    this.#warn = warn
  }

  get resources(): readonly ResourceInfo[] {
    return this.#discovery().resources
  }

  /** `deploy`, `deployments.apps`, `deployments.v1.apps`, `Deployment.v1.apps`. Throws. kubernetes: Builder.mappingFor */
  named(word: string): ResourceInfo {
    const [name = '', ...rest] = word.split('.')
    const versioned = rest.length >= 2 ? { version: rest[0]!, group: rest.slice(1).join('.') } : {}
    const found =
      (rest.length >= 2 ? this.byResource(name, versioned) : undefined) ??
      this.byResource(name, rest.length === 0 ? {} : { group: rest.join('.') }) ??
      (rest.length >= 2 ? this.byKind(name, versioned.group!, versioned.version) : undefined) ??
      this.byKind(name, rest.join('.'))
    if (found === undefined)
      throw new KubectlFailure(`the server doesn't have a resource type ${JSON.stringify(name)}`)
    return found
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

  /** The kind exactly as it is written. kubernetes: RESTMapping */
  byKind(kind: string, group: string, version?: string): ResourceInfo | undefined {
    return this.resources.find(
      (one) =>
        one.kind === kind &&
        one.group === group &&
        (version === undefined || one.version === version),
    )
  }

  /** What an object is. Throws NoMatchError. */
  ofObject(apiVersion: string, kind: string): ResourceInfo {
    const slash = apiVersion.indexOf('/')
    const group = slash < 0 ? '' : apiVersion.slice(0, slash)
    const version = apiVersion.slice(slash + 1)
    const found = this.byKind(kind, group, version)
    if (found !== undefined) return found
    throw new NoMatchError(
      `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`,
    )
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
