// What the chains of a Service port are called. The kernel allows 28 characters, so that names are hashes.
// kubernetes: pkg/proxy/iptables/proxier.go servicePortPolicyClusterChain, servicePortEndpointChainName
import { base32Sha256 } from '#kube-proxy/hash.ts'
import { portNameText, type ServicePortName } from '#kube-proxy/service-port.ts'

export interface ChainNames {
  /** Leads to the endpoints of the traffic policy Cluster. */
  readonly cluster: string
  /** Leads to the endpoints of the traffic policy Local. */
  readonly local: string
  /** Takes the traffic to node ports, external IPs and load balancers. */
  readonly external: string
  /** Lets only the load balancer's source ranges pass. */
  readonly firewall: string
}

const HASH_LENGTH = 16

const hash = (text: string): string => base32Sha256(text).slice(0, HASH_LENGTH)

export const chainNames = (name: ServicePortName): ChainNames => {
  const tail = hash(`${portNameText(name)}${name.protocol.toLowerCase()}`)
  return {
    cluster: `KUBE-SVC-${tail}`,
    local: `KUBE-SVL-${tail}`,
    external: `KUBE-EXT-${tail}`,
    firewall: `KUBE-FW-${tail}`,
  }
}

/** The chain that sends traffic to one endpoint; `endpoint` is its text. */
export const endpointChainName = (name: ServicePortName, endpoint: string): string =>
  `KUBE-SEP-${hash(`${portNameText(name)}${name.protocol.toLowerCase()}${endpoint}`)}`
