import discovery from '#api/facts/discovery.json' with { type: 'json' }
import protobufFacts from '#api/facts/protobuf.json' with { type: 'json' }
import schemaFacts from '#api/facts/schemas.json' with { type: 'json' }
import { behaviours } from '#api/behaviours.ts'
import { kubariumDiscovery } from '#api/kubarium/v1/discovery.ts'
import { kubariumSchemas } from '#api/kubarium/v1/schemas.ts'
import { schemaForKind } from '#api/schemas.ts'
import type { KindBehaviour, Strategy } from '#api/strategy.ts'
import { freeze, type JsonObject, type KubeObject } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { compileSchemas } from '#apimachinery/schema/compile.ts'
import type { GroupResource } from '#apimachinery/status-error.ts'
import type { JsonSchema } from '#apimachinery/structural/json-schema.ts'

interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

export interface SubresourceDiscovery {
  readonly subresource: string
  readonly responseKind?: GroupVersionKind
  readonly verbs: readonly string[]
}

export interface ResourceDiscovery {
  readonly resource: string
  readonly responseKind: GroupVersionKind
  readonly scope: string
  readonly singularResource: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly subresources?: readonly SubresourceDiscovery[]
}

/** An item of the aggregated discovery document. */
export interface GroupDiscovery {
  readonly metadata: { readonly name?: string }
  readonly versions: readonly {
    readonly version: string
    readonly resources: readonly ResourceDiscovery[]
    readonly freshness?: string
  }[]
}

/** One served resource of one version: what discovery says, and what the kind adds. */
export interface Resource {
  readonly group: string
  readonly version: string
  /** The URL word: `services`. */
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  readonly discovery: ResourceDiscovery
  /** `services`, `deployments.apps`: what the store and components call it. Versions that share a store share the name. */
  readonly name: string
  readonly schema: Schema | undefined
  readonly strategy: Strategy
  readonly behaviour: KindBehaviour
  /** What a CustomResourceDefinition makes of it. */
  readonly custom?: CustomKind
}

/** What is particular about the objects of a CustomResourceDefinition. */
export interface CustomKind {
  /** The name of the definition. */
  readonly definition: string
  /** A request's document as an object of the kind; `unknown` collects the fields that nobody knows. Throws a DecodeError. */
  readonly decode: (value: JsonObject, unknown: string[]) => KubeObject
  /** A stored object, of whichever version, as this version shows it. */
  readonly read: (object: KubeObject) => KubeObject
  /** An object of this version as it is stored. */
  readonly write: (object: KubeObject) => KubeObject
  readonly columns: readonly Column[]
  /** What every request for it is warned of. */
  readonly deprecation?: string
  /** What the OpenAPI documents say. */
  readonly schema: JsonSchema | undefined
  readonly listKind: string
}

/** A column of a table. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description?: string
  readonly priority: number
}

export const apiVersionOf = (resource: {
  readonly group: string
  readonly version: string
}): string => (resource.group === '' ? resource.version : `${resource.group}/${resource.version}`)

/** What errors speak of: the stored resource. */
export const groupResourceOf = ({ name, plural }: Resource): GroupResource => ({
  group: name.slice(plural.length + 1),
  resource: plural,
})

export const groupKindOf = (
  resource: Resource,
): { readonly group: string; readonly kind: string } => ({
  group: groupResourceOf(resource).group,
  kind: resource.kind,
})

const shown = new WeakMap<KubeObject, KubeObject>()

/** A stored object as this version shows it. The same object every time, so that its bytes are made once. */
export const fromStored = ({ behaviour }: Resource, object: KubeObject): KubeObject => {
  if (behaviour.conversion === undefined) return object
  const known = shown.get(object)
  if (known !== undefined) return known
  const converted = freeze(behaviour.conversion.fromStored(object))
  if (Object.isFrozen(object)) shown.set(object, converted)
  return converted
}

/** An object of this version as it is stored. */
export const toStored = ({ behaviour }: Resource, object: KubeObject): KubeObject =>
  behaviour.conversion?.toStored(object) ?? object

/** False for custom resources, whose schemas come from objects. */
export const isBuiltIn = ({ custom }: Resource): boolean => custom === undefined

// The servers of these validate metadata by themselves.
const OTHER_SERVERS: ReadonlySet<string> = new Set([
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
])

/** Whether finalizers must be well known or belong to a domain. kubernetes: pkg/apis/core/validation ValidateFinalizerName */
export const checksFinalizers = (resource: Resource): boolean =>
  isBuiltIn(resource) && !OTHER_SERVERS.has(resource.group)

/** What a key of the store holds, in the version of the resource. */
export const readStored = ({ custom }: Resource, object: KubeObject): KubeObject =>
  custom === undefined ? object : custom.read(object)

/** An object of the resource's version as it goes into the store. */
export const writeStored = ({ custom }: Resource, object: KubeObject): KubeObject =>
  custom === undefined ? object : custom.write(object)

/** The same for a list, which is returned itself if nothing is to be done. */
export const readAllStored = (
  resource: Resource,
  objects: readonly KubeObject[],
): readonly KubeObject[] =>
  resource.custom === undefined ? objects : objects.map(resource.custom.read)

export const subresourceOf = (resource: Resource, name: string): SubresourceDiscovery | undefined =>
  resource.discovery.subresources?.find(({ subresource }) => subresource === name)

// Kubarium's own kinds are described in the same way; what they share with Kubernetes' (metadata) comes from there.
let kubarium: ReadonlyMap<string, Schema> | undefined

const kubariumSchema = (kind: string, group: string): Schema | undefined => {
  if (group !== 'kubarium.dev') return undefined
  kubarium ??= compileSchemas({ ...schemaFacts, ...kubariumSchemas }, protobufFacts)
  return kubarium.get(`dev.kubarium.v1.${kind}`)
}

const resourceOf = (group: string, version: string, entry: ResourceDiscovery): Resource => {
  const name = group === '' ? entry.resource : `${entry.resource}.${group}`
  // discovery leaves group and version empty in responseKind where they are the resource's own
  const kindGroup =
    entry.responseKind.group === '' && entry.responseKind.version === ''
      ? group
      : entry.responseKind.group
  const kindVersion = entry.responseKind.version === '' ? version : entry.responseKind.version
  const behaviour = behaviours[`${entry.resource}.${version}.${group}`] ?? behaviours[name] ?? {}
  return {
    group,
    version,
    plural: entry.resource,
    kind: entry.responseKind.kind,
    namespaced: entry.scope === 'Namespaced',
    discovery: entry,
    name: behaviour.conversion?.store ?? name,
    schema:
      schemaForKind(kindGroup, kindVersion, entry.responseKind.kind) ??
      kubariumSchema(entry.responseKind.kind, group),
    strategy: behaviour.strategy ?? {},
    behaviour,
  }
}

const UPSTREAM = discovery as unknown as readonly GroupDiscovery[]
const WITH_OWN: readonly GroupDiscovery[] = [...UPSTREAM, kubariumDiscovery]

/** Every group that is built in, in the order of discovery: with kubarium.dev or without. */
export const builtInGroups = (hasOwn: boolean): readonly GroupDiscovery[] =>
  hasOwn ? WITH_OWN : UPSTREAM

/** The resources that are built in. */
export const builtInResources = (): readonly Resource[] =>
  WITH_OWN.flatMap((group) =>
    group.versions.flatMap(({ version, resources }) =>
      resources.map((entry) => resourceOf(group.metadata.name ?? '', version, entry)),
    ),
  )

const pathKey = (group: string, version: string, plural: string): string =>
  `${group}/${version}/${plural}`

interface Index {
  readonly byPath: ReadonlyMap<string, Resource>
  readonly byName: ReadonlyMap<string, Resource>
}

const indexOf = (resources: Iterable<Resource>): Index => {
  const byPath = new Map<string, Resource>()
  const byName = new Map<string, Resource>()
  for (const resource of resources) {
    byPath.set(pathKey(resource.group, resource.version, resource.plural), resource)
    if (resource.behaviour.conversion === undefined) byName.set(resource.name, resource)
  }
  return { byPath, byName }
}

const NOTHING: Index = indexOf([])

/** The served resources, found by path or by name: the built-in ones, which all clusters share, and a cluster's own. */
export class Resources {
  readonly #builtIn: Index
  #custom: Index = NOTHING
  readonly #builtInGroups: readonly GroupDiscovery[]
  #groups: readonly GroupDiscovery[]
  #terminating: ReadonlySet<string> = new Set()

  constructor(builtIn: Index, hasOwn: boolean) {
    this.#builtIn = builtIn
    this.#builtInGroups = builtInGroups(hasOwn)
    this.#groups = this.#builtInGroups
  }

  at(group: string, version: string, plural: string): Resource | undefined {
    const key = pathKey(group, version, plural)
    return this.#builtIn.byPath.get(key) ?? this.#custom.byPath.get(key)
  }

  /** The version that is stored. */
  named(name: string): Resource | undefined {
    return this.#builtIn.byName.get(name) ?? this.#custom.byName.get(name)
  }

  all(): readonly Resource[] {
    return [...this.#builtIn.byPath.values(), ...this.#custom.byPath.values()]
  }

  /** Those that are no other version of one that is stored. */
  stored(): readonly Resource[] {
    return [...this.#builtIn.byName.values(), ...this.#custom.byName.values()]
  }

  /** The custom ones, in the order of discovery. */
  custom(): readonly Resource[] {
    return [...this.#custom.byPath.values()]
  }

  /** Whether the definition of a custom resource is being deleted: nothing new is created. */
  isTerminating({ custom }: Resource): boolean {
    return custom !== undefined && this.#terminating.has(custom.definition)
  }

  /** Every group that discovery shows, in its order. */
  groups(): readonly GroupDiscovery[] {
    return this.#groups
  }

  /** From now on these are the custom resources. `stored` are those of the versions that are stored. */
  serve(
    custom: readonly Resource[],
    stored: readonly Resource[],
    customGroups: readonly GroupDiscovery[],
    terminating: ReadonlySet<string>,
  ): void {
    this.#terminating = terminating
    this.#custom = {
      byPath: indexOf(custom).byPath,
      byName: new Map(stored.map((resource) => [resource.name, resource])),
    }
    this.#groups =
      customGroups.length === 0 ? this.#builtInGroups : [...this.#builtInGroups, ...customGroups]
  }
}

let shared: Index | undefined

/** The resources of a cluster that has no definitions yet. What is built in is made once per isolate. */
export const clusterResources = (hasOwn = true): Resources =>
  new Resources((shared ??= indexOf(builtInResources())), hasOwn)

let builtIn: Resources | undefined

/** The built-in resources alone. */
export const sharedResources = (): Resources => (builtIn ??= clusterResources())
