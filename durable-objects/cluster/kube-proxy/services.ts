// The Services of the cluster as proxies see them: read when somebody looks, and after that only where something changed.
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import { splitKey } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import { portKey } from './service-port.ts'
import { servicePortsOf } from './service-ports.ts'
import type { PortInput, ServiceInputs } from './service-tables.ts'
import { endpointsOfSlices, serviceOfSlice } from './slice-endpoints.ts'

const SERVICE_NAME = 'kubernetes.io/service-name'

/** A Service and its slices as they were at one moment. */
export interface ServiceObjects {
  readonly service: Service | undefined
  readonly slices: readonly EndpointSlice[]
}

const NONE: readonly PortInput[] = Object.freeze([])

export const portInputsOf = ({ service, slices }: ServiceObjects): readonly PortInput[] => {
  if (service === undefined) return NONE
  const ports = servicePortsOf(service)
  if (ports.length === 0) return NONE
  const { namespace = '', name = '' } = service.metadata
  const endpoints = endpointsOfSlices(namespace, name, slices)
  return ports.map((port) => ({ port, endpoints: endpoints.get(portKey(port.name)) ?? [] }))
}

export class Services {
  readonly #client: Client
  /** `namespace/name` of those that changed since `take`; undefined: nobody has looked yet, all of them. */
  #changed: Set<string> | undefined

  constructor(client: Client) {
    this.#client = client
  }

  markChanged(key: string): void {
    this.#changed?.add(key)
  }

  objectsOf(key: string): ServiceObjects {
    const { namespace, name } = splitKey(key)
    const slices = this.#client.list('endpointslices.discovery.k8s.io', {
      namespace,
      labels: selectorFromMap({ [SERVICE_NAME]: name }),
    })
    return {
      service: this.#client.get('services', namespace, name),
      slices: slices.filter((slice) => serviceOfSlice(slice) === key),
    }
  }

  /** What changed since the last call. */
  take(): ServiceInputs {
    const keys = this.#changed ?? this.#allKeys()
    this.#changed = new Set()
    return new Map([...keys].map((key) => [key, portInputsOf(this.objectsOf(key))]))
  }

  /** Everything, as it is now. */
  all(): ServiceInputs {
    this.#changed = undefined
    return this.take()
  }

  #allKeys(): Iterable<string> {
    return this.#client
      .list('services')
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
  }
}
