// kubernetes: pkg/kubelet/envvars/envvars.go
import type { Service } from '#api/core/v1/service/types.ts'
import { setKey } from '#apimachinery/object.ts'

/** Variables by name, for looking up and as an object. */
interface Variables {
  readonly map: ReadonlyMap<string, string>
  readonly env: Readonly<Record<string, string>>
}

interface Asked {
  readonly services: readonly Service[]
  readonly kubernetes: Service | undefined
  readonly hasLinks: boolean
}

// The pods of a namespace all see the same until a Service changes, which makes a new list.
let last: { readonly asked: Asked; readonly variables: Variables } | undefined

/** What a container sees of the Services of its namespace: `WEB_SERVICE_HOST`, `WEB_PORT_80_TCP_ADDR`… */
export const serviceEnvironment = (asked: Asked): Variables => {
  const { services, kubernetes, hasLinks } = asked
  const isSame =
    last?.asked.services === services &&
    last.asked.kubernetes === kubernetes &&
    last.asked.hasLinks === hasLinks
  if (isSame) return last!.variables
  const map = new Map(visibleServices(services, kubernetes, hasLinks).flatMap(variablesOf))
  const env: Record<string, string> = {}
  for (const [name, value] of map) setKey(env, name, value)
  const variables = { map, env: Object.freeze(env) }
  last = { asked, variables }
  return variables
}

/** The Services that a pod of `namespace` sees. */
const visibleServices = (
  services: readonly Service[],
  kubernetes: Service | undefined,
  hasLinks: boolean,
): readonly Service[] => {
  const linked = hasLinks ? services.filter(hasClusterIP) : []
  if (kubernetes === undefined || !hasClusterIP(kubernetes)) return linked
  // A Service of that name in the pod's own namespace hides the API server's.
  const isHidden = linked.some((service) => service.metadata.name === 'kubernetes')
  return isHidden ? linked : [...linked, kubernetes]
}

const hasClusterIP = ({ spec }: Service): boolean =>
  spec.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None'

const variablesOf = (service: Service): readonly (readonly [string, string])[] => {
  const ports = service.spec.ports ?? []
  const first = ports[0]
  if (first === undefined) return []
  const prefix = upper(service.metadata.name!)
  const ip = service.spec.clusterIP!
  const host = ip.includes(':') ? `[${ip}]` : ip
  const variables: (readonly [string, string])[] = [
    [`${prefix}_SERVICE_HOST`, ip],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
  ]
  for (const port of ports)
    if (port.name !== undefined && port.name !== '')
      variables.push([`${prefix}_SERVICE_PORT_${upper(port.name)}`, String(port.port)])
  for (const [index, port] of ports.entries()) {
    const protocol = port.protocol ?? 'TCP'
    const url = `${protocol.toLowerCase()}://${host}:${port.port}`
    const name = `${prefix}_PORT_${port.port}_${protocol}`
    if (index === 0) variables.push([`${prefix}_PORT`, url])
    variables.push(
      [name, url],
      [`${name}_PROTO`, protocol.toLowerCase()],
      [`${name}_PORT`, String(port.port)],
      [`${name}_ADDR`, ip],
    )
  }
  return variables
}

const upper = (name: string): string => name.toUpperCase().replaceAll('-', '_')
