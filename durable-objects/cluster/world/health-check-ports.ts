// The port of each node on which kube-proxy tells a load balancer whether the node has endpoints of a Service with the external
// policy Local. kubernetes: pkg/proxy/healthcheck/service_health.go
import type { Service } from '#api/core/v1/service/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { HttpReply } from '#images/behaviour.ts'
import { isForOtherProxy } from '#kube-proxy/service-ports.ts'
import { serviceOfSlice } from '#kube-proxy/slice-endpoints.ts'
import { ObjectIndex } from '#world/object-index.ts'

export class HealthCheckPorts {
  readonly #byPort: ObjectIndex<'services'>
  readonly #slices: ObjectIndex<'endpointslices.discovery.k8s.io'>

  constructor(client: Client) {
    this.#byPort = new ObjectIndex(client, 'services', (service) => {
      const port = healthCheckPortOf(service)
      return port === undefined ? [] : [String(port)]
    })
    this.#slices = new ObjectIndex(client, 'endpointslices.discovery.k8s.io', (slice) => {
      const service = serviceOfSlice(slice)
      return service === undefined ? [] : [service]
    })
  }

  /** The Service whose health the port tells. */
  serviceAt(port: number): Service | undefined {
    return this.#byPort.with(String(port))[0]
  }

  /** How many ready endpoints the Service has on the node. kubernetes: EndpointsMap.LocalReadyEndpoints */
  localEndpoints(service: Service, node: string): number {
    const addresses = new Set<string>()
    for (const { endpoints } of this.#slices.with(keyOf(service)))
      for (const { addresses: own, nodeName, conditions } of endpoints ?? [])
        if (nodeName === node && conditions?.ready !== false) addresses.add(own[0] ?? '')
    return addresses.size
  }

  answer(service: Service, node: string): HttpReply {
    const count = this.localEndpoints(service, node)
    const { namespace = '', name = '' } = service.metadata
    const body = [
      '{',
      '\t"service": {',
      `\t\t"namespace": ${JSON.stringify(namespace)},`,
      `\t\t"name": ${JSON.stringify(name)}`,
      '\t},',
      `\t"localEndpoints": ${count},`,
      '\t"serviceProxyHealthy": true',
      '}',
    ].join('\n')
    const headers = {
      'Content-Type': 'application/json',
      'X-Content-Type-Options': 'nosniff',
      'X-Load-Balancing-Endpoint-Weight': String(count),
    }
    return { status: count > 0 ? 200 : 503, headers, body }
  }
}

/** undefined: its health is not told apart. */
export const healthCheckPortOf = ({ metadata, spec }: Service): number | undefined =>
  spec.type === 'LoadBalancer' &&
  spec.externalTrafficPolicy === 'Local' &&
  !isForOtherProxy(metadata.labels)
    ? spec.healthCheckNodePort || undefined
    : undefined
