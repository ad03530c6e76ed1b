// kubernetes: apiextensions pkg/apiserver/{customresource_handler,customresource_discovery_controller}.go
import { isConditionTrue } from '#api/apiextensions/v1/custom-resource-definition/conditions.ts'
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { equal, type KubeObject } from '#apimachinery/object.ts'
import type { Etcd } from '#etcd/etcd.ts'
import { customResource, TERMINATING_VERBS } from '#kube-apiserver/apiextensions/custom-resource.ts'
import { compareVersions } from '#kube-apiserver/apiextensions/version-order.ts'
import type {
  GroupDiscovery,
  Resource,
  ResourceDiscovery,
  Resources,
} from '#kube-apiserver/resources.ts'

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'

/** Serves what the definitions in the store define, now and whenever they change. */
export const followDefinitions = (etcd: Etcd, resources: Resources): void => {
  const served = new Served(resources)
  served.update(etcd.list(DEFINITIONS))
  etcd.onRevision(() => served.update(etcd.list(DEFINITIONS)), DEFINITIONS)
}

interface Made {
  readonly from: readonly unknown[]
  readonly stored: Resource | undefined
  readonly served: readonly Resource[]
  readonly isTerminating: boolean
}

class Served {
  readonly #resources: Resources
  #made: ReadonlyMap<string, Made> = new Map()

  constructor(resources: Resources) {
    this.#resources = resources
  }

  update(objects: readonly KubeObject[]): void {
    const made = new Map<string, Made>()
    let same = true
    for (const object of objects) {
      const definition = object as CustomResourceDefinition
      if (!isConditionTrue(definition, 'Established')) continue
      const name = definition.metadata.name ?? ''
      const before = this.#made.get(name)
      const next = this.#make(definition, before)
      if (next !== before) same = false
      made.set(name, next)
    }
    if (same && made.size === this.#made.size) return
    this.#made = made
    const all = [...made.values()]
    const served = all.flatMap((one) => one.served)
    this.#resources.serve(
      served,
      all.flatMap(({ stored }) => (stored === undefined ? [] : [stored])),
      groupsOf(all),
      new Set([...made].filter(([, { isTerminating }]) => isTerminating).map(([name]) => name)),
    )
  }

  /** The same as before unless what it is made from changed: a new status alone ends no watch. */
  #make(definition: CustomResourceDefinition, before: Made | undefined): Made {
    const from = [definition.spec, definition.status?.acceptedNames]
    const isTerminating = isConditionTrue(definition, 'Terminating')
    if (before?.from.every((part, index) => equal(part, from[index])))
      return before.isTerminating === isTerminating ? before : { ...before, isTerminating }
    const { versions } = definition.spec
    const storage = versions.find((version) => version.storage)
    const make = (version: CustomResourceDefinitionVersion): Resource =>
      customResource(definition, version, storage!)
    const served = versions.filter((version) => version.served).map(make)
    const stored =
      served.find(({ version }) => version === storage?.name) ??
      (storage === undefined ? undefined : make(storage))
    return { from, served, stored, isTerminating }
  }
}

/** The groups by name, their versions from the most to the least stable, their resources by name. */
const groupsOf = (made: readonly Made[]): readonly GroupDiscovery[] => {
  const groups = new Map<string, Map<string, ResourceDiscovery[]>>()
  const served = made.flatMap((one) =>
    one.served.map(({ group, version, discovery }) => ({
      group,
      version,
      discovery: one.isTerminating ? { ...discovery, verbs: TERMINATING_VERBS } : discovery,
    })),
  )
  for (const { group, version, discovery } of served) {
    let versions = groups.get(group)
    if (versions === undefined) groups.set(group, (versions = new Map()))
    const resources = versions.get(version)
    if (resources === undefined) versions.set(version, [discovery])
    else resources.push(discovery)
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, versions]) => ({
      metadata: { name },
      versions: [...versions]
        .sort(([a], [b]) => compareVersions(a, b))
        .map(([version, resources]) => ({ version, resources, freshness: 'Current' })),
    }))
}
