import type { DynamicClient } from '#client/client.ts'
import type { KubeObject, OwnerReference } from '#apimachinery/object.ts'
import type { OwnerLookup } from '#kube-controller-manager/garbage-collector/owners.ts'
import type { Dependent } from '#kube-controller-manager/garbage-collector/plan.ts'

interface Served {
  readonly resource: string
  readonly namespaced: boolean
}

/** Nothing owns them, they own nothing, and there are many. kubernetes: pkg/controller/garbagecollector/graph_builder.go ignoredResources */
export const IGNORED = 'events'

const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** Which resources are served, and how objects refer to each other. What is served is kept until a definition changes. */
export class Catalog {
  readonly #client: DynamicClient
  #resources: readonly string[] | undefined
  #kinds: ReadonlyMap<string, Served> | undefined

  constructor(client: DynamicClient) {
    this.#client = client
    client.watchAll((resource) => {
      if (resource !== 'customresourcedefinitions.apiextensions.k8s.io') return
      this.#resources = undefined
      this.#kinds = undefined
    })
  }

  get resources(): readonly string[] {
    return (this.#resources ??= this.#client
      .resources()
      .map(({ resource }) => resource)
      .filter((resource) => resource !== IGNORED))
  }

  /** All objects with an owner reference to a uid. */
  dependentsOf(uid: string): readonly Dependent[] {
    return this.resources.flatMap((resource) =>
      this.#client.list(resource, { owner: uid }).map((object) => ({ resource, object })),
    )
  }

  readonly ownerOf: OwnerLookup = (reference, dependent) => {
    const found = this.find(reference, dependent.metadata.namespace)
    if (found === 'unknown' || found === undefined) return found ?? 'absent'
    return found.object.metadata.uid === reference.uid ? found.object : 'absent'
  }

  /** What a reference from a namespace names; `unknown` if its kind is not served or cannot be named from there. */
  find(
    reference: OwnerReference,
    namespace: string | undefined,
  ): Dependent | 'unknown' | undefined {
    const served = this.#served(reference)
    if (served === undefined || (served.namespaced && namespace === undefined)) return 'unknown'
    const { resource, namespaced } = served
    const object = this.#client.get(resource, namespaced ? (namespace ?? '') : '', reference.name)
    return object === undefined ? undefined : { resource, object }
  }

  #served({ apiVersion, kind }: OwnerReference): Served | undefined {
    this.#kinds ??= new Map(
      this.#client.resources().map((one) => [`${groupOf(one.apiVersion)}/${one.kind}`, one]),
    )
    return this.#kinds.get(`${groupOf(apiVersion)}/${kind}`)
  }
}

/** `pods default/web-1`: how work queues name an object of any resource. */
export const itemKey = (resource: string, { metadata }: KubeObject): string =>
  `${resource} ${metadata.namespace ?? ''}/${metadata.name ?? ''}`

export const splitItemKey = (
  key: string,
): { readonly resource: string; readonly namespace: string; readonly name: string } => {
  const blank = key.indexOf(' ')
  const slash = key.indexOf('/', blank)
  return {
    resource: key.slice(0, blank),
    namespace: key.slice(blank + 1, slash),
    name: key.slice(slash + 1),
  }
}
