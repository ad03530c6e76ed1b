// The cluster as a proxy sees it that has not heard of some changes.
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import { type KubeObject, splitKey } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import { idOf } from './past-objects.ts'
import { SERVICE_NAME, serviceOfSlice } from './slice-endpoints.ts'

export const SERVICES = 'services'
export const SLICES = 'endpointslices.discovery.k8s.io'
export const CONFIG_MAPS = 'configmaps'
export const SERVICE_CIDRS = 'servicecidrs.networking.k8s.io'

/** A Service and its slices as they were at one moment. */
export interface ServiceObjects {
  readonly service: Service | undefined
  readonly slices: readonly EndpointSlice[]
}

type Past = ReadonlyMap<string, KubeObject | undefined>

const NOTHING: Past = new Map()

export class PastView {
  readonly #client: Client
  readonly #past: Past
  /** Slices that are not as they were, by their Service then. */
  readonly #slices = new Map<string, EndpointSlice[]>()
  /** `namespace/name` of all Services that look other than they are. */
  readonly services: ReadonlySet<string>

  /** `past`: what is seen instead of what is there, by id. */
  constructor(client: Client, past: Past = NOTHING) {
    this.#client = client
    this.#past = past
    const services = new Set<string>()
    for (const [id, object] of past) {
      const space = id.indexOf(' ')
      const key = id.slice(space + 1)
      if (id.startsWith(`${SERVICES} `)) services.add(key)
      if (!id.startsWith(`${SLICES} `)) continue
      for (const service of this.#servicesOf(key, object as EndpointSlice | undefined))
        services.add(service)
    }
    this.services = services
  }

  #servicesOf(key: string, before: EndpointSlice | undefined): readonly string[] {
    const { namespace, name } = splitKey(key)
    const after = this.#client.get(SLICES, namespace, name)
    const now = after && serviceOfSlice(after)
    const then = before && serviceOfSlice(before)
    if (before !== undefined && then !== undefined) {
      const known = this.#slices.get(then)
      if (known === undefined) this.#slices.set(then, [before])
      else known.push(before)
    }
    return [now, then].filter((service) => service !== undefined)
  }

  objectsOf(key: string): ServiceObjects {
    const { namespace, name } = splitKey(key)
    const past = this.#past
    const id = `${SERVICES} ${key}`
    const service = past.has(id)
      ? (past.get(id) as Service | undefined)
      : this.#client.get(SERVICES, namespace, name)
    const current = this.#client
      .list(SLICES, { namespace, labels: selectorFromMap({ [SERVICE_NAME]: name }) })
      .filter((slice) => serviceOfSlice(slice) === key)
    if (past.size === 0) return { service, slices: current }
    const unchanged = current.filter((slice) => !past.has(idOf(SLICES, slice)))
    return { service, slices: [...unchanged, ...(this.#slices.get(key) ?? [])] }
  }

  configMap(namespace: string, name: string): ConfigMap | undefined {
    const id = `${CONFIG_MAPS} ${namespace}/${name}`
    return this.#past.has(id)
      ? (this.#past.get(id) as ConfigMap | undefined)
      : this.#client.get(CONFIG_MAPS, namespace, name)
  }

  /** Sorted by name. */
  serviceCIDRs(): readonly ServiceCIDR[] {
    const byName = new Map(
      this.#client
        .list(SERVICE_CIDRS)
        .map((cidr) => [`${SERVICE_CIDRS} ${cidr.metadata.name}`, cidr]),
    )
    for (const [id, object] of this.#past) {
      if (!id.startsWith(`${SERVICE_CIDRS} `)) continue
      if (object === undefined) byName.delete(id)
      else byName.set(id, object as ServiceCIDR)
    }
    return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cidr]) => cidr)
  }
}
