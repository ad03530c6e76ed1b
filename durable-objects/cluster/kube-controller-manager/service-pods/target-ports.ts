import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import type { Service, ServicePort } from '#api/core/v1/service/types.ts'

/** A port of an endpoint: the same shape in Endpoints and EndpointSlices, but for the name. */
export interface TargetPort {
  readonly name: string
  readonly port: number
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly appProtocol?: string
}

/** The ports at which a Pod serves a Service. */
interface TargetPorts {
  /** Equal for equal ports in whatever order. */
  readonly key: string
  readonly ports: readonly TargetPort[]
}

/**
 * Finds the ports of a Service's Pods. Only named ports depend on the Pod, and Pods of one template share its containers, so the
 * answer is remembered by container list.
 */
export class TargetPortFinder {
  readonly #service: Service
  readonly #fixed: TargetPorts | undefined
  readonly #byContainers = new Map<readonly Container[], TargetPorts>()

  constructor(service: Service) {
    this.#service = service
    const named = (service.spec.ports ?? []).some(
      ({ targetPort }) => typeof targetPort === 'string',
    )
    if (!named) this.#fixed = targetPorts(service, undefined)
  }

  of(pod: Pod): TargetPorts {
    if (this.#fixed !== undefined) return this.#fixed
    const { containers } = pod.spec
    const sharable = pod.spec.initContainers === undefined
    const known = sharable ? this.#byContainers.get(containers) : undefined
    if (known !== undefined) return known
    const found = targetPorts(this.#service, pod.spec)
    if (this.#byContainers.size >= 1000) this.#byContainers.clear()
    if (sharable) this.#byContainers.set(containers, found)
    return found
  }
}

/** The ports of the Service that the Pod has; one that it lacks is left out. kubernetes: getEndpointPorts */
const targetPorts = (service: Service, spec: PodSpec | undefined): TargetPorts => {
  const ports = (service.spec.ports ?? []).flatMap((servicePort) => {
    const port = findPort(spec, servicePort)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
  return { key: portsKey(ports), ports }
}

/** kubernetes: NewPortMapKey */
export const portsKey = (
  ports: readonly {
    readonly name?: string
    readonly port?: number
    readonly protocol?: string
    readonly appProtocol?: string
  }[],
): string =>
  ports
    .map(({ name, port, protocol, appProtocol }) =>
      [name ?? '', port ?? '', protocol ?? '', appProtocol ?? ''].join(' '),
    )
    .sort()
    .join('\n')

/** kubernetes: FindPort. A number stands for itself, a name is looked up in the containers and sidecars. */
const findPort = (spec: PodSpec | undefined, servicePort: ServicePort): number | undefined => {
  const { targetPort = servicePort.port, protocol = 'TCP' } = servicePort
  if (typeof targetPort === 'number') return targetPort
  const sidecars = (spec?.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === 'Always',
  )
  for (const { ports = [] } of [...(spec?.containers ?? []), ...sidecars])
    for (const port of ports)
      if (port.name === targetPort && (port.protocol ?? 'TCP') === protocol)
        return port.containerPort
  return undefined
}
