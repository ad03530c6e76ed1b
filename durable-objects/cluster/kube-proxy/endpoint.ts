// What a proxy knows of one endpoint of a Service port. kubernetes: pkg/proxy/endpoint.go
import { formatIp, type Ip } from '#net/ip.ts'

export interface ProxyEndpoint {
  readonly ip: Ip
  readonly port: number
  /** '' if the slice names none. */
  readonly nodeName: string
  readonly isReady: boolean
  readonly isServing: boolean
  readonly isTerminating: boolean
  /** Zones and nodes whose traffic it should take. */
  readonly zoneHints: readonly string[]
  readonly nodeHints: readonly string[]
}

/** `10.244.0.10:8080`: what tells endpoints apart. */
export const endpointText = ({ ip, port }: Pick<ProxyEndpoint, 'ip' | 'port'>): string =>
  ip.version === 4 ? `${formatIp(ip)}:${port}` : `[${formatIp(ip)}]:${port}`
