// kubernetes: pkg/controlplane/controller/kubernetesservice/controller.go, reconcilers/instancecount.go, defaultservicecidr
import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'

const SERVICE_CIDR = '10.96.0.0/12'
const API_SERVER = '192.168.49.2'
const API_PORT = 8443

export const defaultServiceCidr: ServiceCIDR = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs: [SERVICE_CIDR] },
  status: {},
}

export const apiService: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: {
    clusterIP: '10.96.0.1',
    clusterIPs: ['10.96.0.1'],
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: API_PORT }],
    sessionAffinity: 'None',
    type: 'ClusterIP',
  },
  status: { loadBalancer: {} },
}

export const apiEndpoints: Endpoints = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
  },
  subsets: [
    {
      addresses: [{ ip: API_SERVER }],
      ports: [{ name: 'https', port: API_PORT, protocol: 'TCP' }],
    },
  ],
}

export const apiSlice: EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { 'kubernetes.io/service-name': 'kubernetes' },
  },
  addressType: 'IPv4',
  endpoints: [{ addresses: [API_SERVER], conditions: { ready: true } }],
  ports: [{ name: 'https', port: API_PORT, protocol: 'TCP' }],
}

/** The API server's own Service, where it is found, and the range that it and all others are from. */
export const kubernetesService = (): readonly {
  readonly resource: string
  readonly object: KubeObject
}[] => [
  { resource: 'servicecidrs.networking.k8s.io', object: defaultServiceCidr },
  { resource: 'services', object: apiService },
  { resource: 'endpoints', object: apiEndpoints },
  { resource: 'endpointslices.discovery.k8s.io', object: apiSlice },
]
