import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service, ServiceSpec } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export const SLICES = 'endpointslices.discovery.k8s.io'

export const aNode = (
  name: string,
  labels: Record<string, string> = {},
  more: Partial<Node['spec']> = {},
): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  spec: more,
  status: {
    allocatable: { cpu: '2', memory: '8Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {} as Node['status']['nodeInfo'],
  },
})

export const aService = (
  name: string,
  spec: Partial<ServiceSpec> = {},
  metadata: ObjectMeta = {},
): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', ...metadata },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.10',
    ipFamilies: ['IPv4'],
    selector: { app: name },
    ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }],
    ...spec,
  },
  status: { loadBalancer: {} },
})

export interface BackendOptions {
  readonly labels?: Record<string, string>
  readonly node?: string
  readonly ready?: boolean
  readonly since?: string
  readonly spec?: Partial<Pod['spec']>
  readonly phase?: 'Running' | 'Succeeded'
}

/** A Pod that runs at `ip`. */
export const aBackend = (name: string, ip: string, options: BackendOptions = {}): Pod => {
  const { labels = { app: 'web' }, node = 'node-1', ready = true, phase = 'Running' } = options
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { nodeName: node, containers: [{ name: 'c', resources: {} }], ...options.spec },
    status: {
      phase,
      podIP: ip,
      podIPs: [{ ip }],
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          lastTransitionTime: options.since ?? '2026-01-01T00:00:00Z',
        },
      ],
    },
  }
}

export const withReady = (pod: Pod, ready: boolean, since: string): Pod => ({
  ...pod,
  status: {
    ...pod.status,
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: since }],
  },
})

/** `web-1 [10.0.0.1 ready]` for each slice, for tests to read. */
export const sliceText = (slice: EndpointSlice): string => {
  const ports = (slice.ports ?? [])
    .map(({ name, port, protocol }) => `${name}:${port}/${protocol}`)
    .join(' ')
  const endpoints = (slice.endpoints ?? []).map(({ addresses, conditions }) => {
    const state = [
      conditions.ready === true ? 'ready' : '',
      conditions.serving === true ? 'serving' : '',
      conditions.terminating === true ? 'terminating' : '',
    ]
    return `${addresses[0]} ${state.filter((word) => word !== '').join('+')}`.trim()
  })
  return `${slice.addressType} ${ports} [${endpoints.join(', ')}]`
}

export const endpointsText = ({ subsets = [] }: Endpoints): string =>
  subsets
    .map(({ addresses = [], notReadyAddresses = [], ports = [] }) =>
      [
        addresses.map(({ ip }) => ip).join(','),
        notReadyAddresses.map(({ ip }) => `!${ip}`).join(','),
        ports.map(({ name, port, protocol }) => `${name ?? ''}:${port}/${protocol}`).join(','),
      ].join(' '),
    )
    .join(' | ')
