import type { ProxySettings } from '#kube-proxy/backend.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { parseCidr } from '#net/cidr.ts'
import { parseIp } from '#net/ip.ts'

export const ip = (text: string) => parseIp(text)!
export const cidr = (text: string) => parseCidr(text)!

export const SETTINGS: ProxySettings = {
  localDetector: { kind: 'cidr', cidr: cidr('10.244.0.0/16') },
  masqueradeAll: false,
  masqueradeMark: 0x4000,
  localhostNodePorts: true,
  nodePortAddresses: [],
  serviceCIDRs: [cidr('10.96.0.0/12')],
}

export const NODE_1 = { nodeName: 'node-1', zone: 'a', nodeIP: ip('192.168.49.2') }
export const NODE_3 = { nodeName: 'node-3', zone: 'a', nodeIP: ip('192.168.49.4') }

export const anEndpoint = (
  address: string,
  nodeName: string,
  more: Partial<ProxyEndpoint> = {},
): ProxyEndpoint => ({
  ip: ip(address),
  port: 8080,
  nodeName,
  isReady: true,
  isServing: true,
  isTerminating: false,
  zoneHints: [],
  nodeHints: [],
  ...more,
})

/** One on node-1, one on node-2. */
export const TWO = [anEndpoint('10.244.0.10', 'node-1'), anEndpoint('10.244.1.10', 'node-2')]
