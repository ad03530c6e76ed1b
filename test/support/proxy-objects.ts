import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import type { ServicePort } from '#kube-proxy/service-port.ts'
import { ip } from './proxy-recordings.ts'

/** `default/web`, a ClusterIP Service of one TCP port. */
export const aServicePort = (given: Partial<ServicePort> = {}): ServicePort => ({
  name: { namespace: 'default', name: 'web', port: '', protocol: given.protocol ?? 'TCP' },
  clusterIP: ip('10.96.10.1'),
  port: 80,
  protocol: 'TCP',
  nodePort: 0,
  externalIPs: [],
  loadBalancerVIPs: [],
  loadBalancerSourceRanges: [],
  stickySeconds: 0,
  healthCheckNodePort: 0,
  isExternalPolicyLocal: false,
  isInternalPolicyLocal: false,
  ...given,
})

/** Ready, at port 8080 of the address. */
export const aProxyEndpoint = (
  address: string,
  given: Partial<ProxyEndpoint> = {},
): ProxyEndpoint => ({
  ip: ip(address),
  port: 8080,
  nodeName: 'node-1',
  isReady: true,
  isServing: true,
  isTerminating: false,
  zoneHints: [],
  nodeHints: [],
  ...given,
})

export const aSlice = (
  name: string,
  endpoints: readonly Endpoint[],
  given: Partial<EndpointSlice> = {},
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints,
  ...given,
})
