// Services and endpoints at random, few enough that they get in each other's way.
import fc from 'fast-check'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import type { ServicePort } from '#kube-proxy/service-port.ts'
import type { PortInput } from '#kube-proxy/service-tables.ts'
import type { NodePlace } from '#kube-proxy/topology.ts'
import type { Ip } from '#net/ip.ts'
import { aProxyEndpoint, aServicePort } from './proxy-objects.ts'
import { cidr, ip } from './proxy-recordings.ts'

export interface ProxyNode {
  readonly place: NodePlace
  readonly nodeIPs: readonly Ip[]
}

export const PROXY_NODES: readonly ProxyNode[] = ['a', 'b', 'a'].map((zone, index) => {
  const nodeIP = ip(`192.168.49.${index + 2}`)
  return { place: { nodeName: `node-${index + 1}`, zone, nodeIP }, nodeIPs: [nodeIP] }
})

export const SERVICES = ['default/a', 'default/b', 'other/a'] as const

const NODE_NAMES = PROXY_NODES.map(({ place }) => place.nodeName)

const endpoint: fc.Arbitrary<ProxyEndpoint> = fc
  .record({
    number: fc.integer({ min: 10, max: 15 }),
    port: fc.constantFrom(8080, 9090),
    nodeName: fc.constantFrom('', ...NODE_NAMES),
    state: fc.constantFrom('ready', 'ready', 'ready', 'terminating', 'unready', 'gone'),
    zoneHints: fc.constantFrom([], [], ['a'], ['b']),
    nodeHints: fc.constantFrom([], [], [], ['node-1']),
  })
  .map(({ number, state, ...rest }) =>
    aProxyEndpoint(`10.244.0.${number}`, {
      ...rest,
      isReady: state === 'ready',
      isServing: state === 'ready' || state === 'terminating',
      isTerminating: state === 'terminating' || state === 'gone',
    }),
  )

const compare = (a: ProxyEndpoint, b: ProxyEndpoint): number =>
  Number(a.ip.value) - Number(b.ip.value) || b.port - a.port

export const endpoints: fc.Arbitrary<readonly ProxyEndpoint[]> = fc
  .uniqueArray(endpoint, {
    maxLength: 5,
    selector: (one) => `${one.ip.value}:${one.port}`,
  })
  .map((list) => list.sort(compare))

const external = fc.record(
  {
    nodePort: fc.constantFrom(0, 30_080, 30_081),
    externalIPs: fc.subarray([ip('203.0.113.1'), ip('203.0.113.2')]),
    loadBalancerVIPs: fc.subarray([ip('198.51.100.1'), ip('203.0.113.1')]),
    loadBalancerSourceRanges: fc.subarray([cidr('192.0.2.0/24'), cidr('192.168.49.3/32')]),
    isExternalPolicyLocal: fc.boolean(),
    healthCheckNodePort: fc.constantFrom(0, 32_000),
  },
  { requiredKeys: [] },
)

/** One port of the Service; its cluster IP is its own. */
export const servicePort = (service: string, name: string): fc.Arbitrary<ServicePort> => {
  const [namespace = '', serviceName = ''] = service.split('/')
  const number = SERVICES.findIndex((known) => known === service)
  return fc
    .record({
      more: fc.oneof(fc.constant({}), external),
      protocol: fc.constantFrom('TCP' as const, 'TCP' as const, 'UDP' as const),
      stickySeconds: fc.constantFrom(0, 0, 10_800),
      isInternalPolicyLocal: fc.constantFrom(false, false, true),
    })
    .map(({ more, protocol, ...rest }) =>
      aServicePort({
        ...rest,
        ...more,
        protocol,
        name: { namespace, name: serviceName, port: name, protocol },
        clusterIP: ip(`10.96.0.${number + 10}`),
        port: name === 'b' ? 81 : 80,
      }),
    )
}

const portInput = (service: string, name: string): fc.Arbitrary<PortInput> =>
  fc.record({ port: servicePort(service, name), endpoints })

/** The ports of a Service that has none, one or two. */
export const portInputs = (service: string): fc.Arbitrary<readonly PortInput[]> =>
  fc.oneof(
    fc.constant<readonly PortInput[]>([]),
    fc.tuple(portInput(service, '')),
    fc.tuple(portInput(service, 'a'), portInput(service, 'b')),
  )

/** Some Services, each as it is from now on. */
export const change: fc.Arbitrary<ReadonlyMap<string, readonly PortInput[]>> = fc
  .uniqueArray(
    fc
      .constantFrom(...SERVICES)
      .chain((service) => fc.tuple(fc.constant(service), portInputs(service))),
    { minLength: 1, maxLength: 2, selector: ([service]) => service },
  )
  .map((entries) => new Map<string, readonly PortInput[]>(entries))
