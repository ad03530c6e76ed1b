// What the chains and sets of a Service port are called: `service-7ZLISZGN-default/web-service/tcp/`.
import { formatIp, type Ip } from '#net/ip.ts'
import { base32Sha256 } from '#kube-proxy/hash.ts'
import type { ServicePortName } from '#kube-proxy/service-port.ts'

/** The kernel allows 256 characters with the zero at the end; the prefix takes 16 at most. kubernetes: chainNameBaseLengthMax */
const LONGEST = 240

export interface PortNames {
  /** All endpoints that the policy Cluster allows. */
  readonly cluster: string
  /** The node's own. */
  readonly local: string
  /** Where traffic from outside arrives. */
  readonly external: string
  /** Drops what the source ranges do not allow. */
  readonly firewall: string
}

export interface EndpointNames {
  readonly chain: string
  readonly affinity: string
}

export const portNames = (name: ServicePortName): PortNames => {
  const base = hashAndTruncate(pathOf(name))
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
  }
}

export const endpointNames = (
  name: ServicePortName,
  { ip, port }: { readonly ip: Ip; readonly port: number },
): EndpointNames => {
  // the kernel allows no colon in a name
  const address = formatIp(ip).replaceAll(':', '.')
  const base = hashAndTruncate(`${pathOf(name)}__${address}/${port}`)
  return { chain: `endpoint-${base}`, affinity: `affinity-${base}` }
}

const pathOf = ({ namespace, name, port, protocol }: ServicePortName): string =>
  `${namespace}/${name}/${protocol.toLowerCase()}/${port}`

/** kubernetes: pkg/proxy/nftables/proxier.go hashAndTruncate */
const hashAndTruncate = (path: string): string => {
  const name = `${base32Sha256(path).slice(0, 8)}-${path}`
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 3)}...` : name
}
