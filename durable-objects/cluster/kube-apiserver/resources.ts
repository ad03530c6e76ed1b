import discovery from '#api/facts/discovery.json' with { type: 'json' }
import protobufFacts from '#api/facts/protobuf.json' with { type: 'json' }
import schemaFacts from '#api/facts/schemas.json' with { type: 'json' }
import { behaviours } from '#api/behaviours.ts'
import { kubariumDiscovery } from '#api/kubarium/v1/discovery.ts'
import { kubariumSchemas } from '#api/kubarium/v1/schemas.ts'
import { schemaForKind } from '#api/schemas.ts'
import type { KindBehaviour, Strategy } from '#api/strategy.ts'
import { freeze, type KubeObject } from '#apimachinery/object.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { compileSchemas } from '#apimachinery/schema/compile.ts'
import type { GroupResource } from '#apimachinery/status-error.ts'

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
export const isBuiltIn = ({ schema }: Resource): boolean =>
  schema?.preserveUnknown !== true && schema?.source === undefined

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

/** Every group that is served, in the order of discovery. */
export const groups: readonly GroupDiscovery[] = [
  ...(discovery as unknown as GroupDiscovery[]),
  kubariumDiscovery,
]

/** The resources that are built in. */
export const builtInResources = (): readonly Resource[] =>
  groups.flatMap((group) =>
    group.versions.flatMap(({ version, resources }) =>
      resources.map((entry) => resourceOf(group.metadata.name ?? '', version, entry)),
    ),
  )

const pathKey = (group: string, version: string, plural: string): string =>
  `${group}/${version}/${plural}`

/** The served resources, found by path or by name. */
export class Resources {
  readonly #byPath = new Map<string, Resource>()
  readonly #byName = new Map<string, Resource>()

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      this.#byPath.set(pathKey(resource.group, resource.version, resource.plural), resource)
      if (resource.behaviour.conversion === undefined) this.#byName.set(resource.name, resource)
    }
  }

  at(group: string, version: string, plural: string): Resource | undefined {
    return this.#byPath.get(pathKey(group, version, plural))
  }

  /** The version that is stored. */
  named(name: string): Resource | undefined {
    return this.#byName.get(name)
  }

  all(): readonly Resource[] {
    return [...this.#byPath.values()]
  }
}

let shared: Resources | undefined

/** The built-in resources, made once per isolate. */
export const sharedResources = (): Resources => (shared ??= new Resources(builtInResources()))
