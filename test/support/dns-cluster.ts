import type { Service, ServiceSpec } from '#api/core/v1/service/types.ts'
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { parseCorefile } from '#coredns/corefile.ts'
import { answerQuestion, type DnsServer } from '#coredns/server.ts'
import {
  absolute,
  type DnsMessage,
  emptyMessage,
  type Question,
  type QuestionType,
  recordText,
} from '#net/dns-message.ts'
import { FakeClient } from './fake-client.ts'
import { aService, SLICES } from './network-objects.ts'

/** As kubeadm writes it, but with the plugin's own lifetime of 5 seconds and no cache. */
export const PLAIN_COREFILE = `.:53 {
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
    }
    forward . /etc/resolv.conf
}
`

const namespaced = (namespace: string, name: string, spec: Partial<ServiceSpec>): Service => {
  const { clusterIP = 'None', clusterIPs = [clusterIP] } = spec
  return aService(name, { ...spec, clusterIP, clusterIPs }, { namespace })
}

export const aSlice = (
  namespace: string,
  service: string,
  endpoints: readonly Endpoint[],
  ports: EndpointSlice['ports'] = [{ name: 'http', port: 8080, protocol: 'TCP' }],
  suffix = 'a',
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: `${service}-${suffix}`,
    namespace,
    labels: { 'kubernetes.io/service-name': service },
  },
  addressType: endpoints[0]?.addresses[0]?.includes(':') === true ? 'IPv6' : 'IPv4',
  endpoints,
  ...(ports === undefined ? {} : { ports }),
})

export const anEndpoint = (address: string, more: Partial<Endpoint> = {}): Endpoint => ({
  addresses: [address],
  conditions: { ready: true },
  ...more,
})

const HTTP = [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }] as const
const external = (namespace: string, name: string, externalName: string): Service => {
  const service = aService(name, { type: 'ExternalName', externalName, ports: [] }, { namespace })
  const { clusterIP: _, ...spec } = service.spec
  return { ...service, spec }
}

/** A cluster with one Service of each sort. */
export const dnsCluster = (): FakeClient => {
  const client = new FakeClient()
  for (const name of ['default', 'kube-system', 'shop'])
    client.create('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
      spec: {},
      status: {},
    })
  const services = [
    namespaced('default', 'kubernetes', {
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
    }),
    namespaced('kube-system', 'kube-dns', { clusterIP: '10.96.0.10' }),
    namespaced('default', 'web', { clusterIP: '10.96.5.5', ports: HTTP }),
    namespaced('default', 'dual', {
      clusterIP: '10.96.6.6',
      clusterIPs: ['10.96.6.6', 'fd00::6'],
      ports: [...HTTP, { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 }],
    }),
    namespaced('shop', 'db', { ports: HTTP }),
    namespaced('shop', 'empty', { ports: HTTP }),
    namespaced('shop', 'portless', { ports: [] }),
    namespaced('shop', 'nullish', { ports: [] }),
    external('default', 'outside', 'api.external.com'),
    external('default', 'nowhere', 'missing.external.com'),
    external('default', 'alias', 'web.default.svc.cluster.local'),
    external('default', 'dangling', 'gone.default.svc.cluster.local'),
    external('default', 'address', '192.0.2.9'),
    external('default', 'itself', 'itself.default.svc.cluster.local'),
    external('default', 'ping', 'pong.default.svc.cluster.local'),
    external('default', 'pong', 'ping.default.svc.cluster.local'),
  ]
  for (const service of services) client.create('services', service)
  const slices = [
    aSlice('kube-system', 'kube-dns', [anEndpoint('10.244.0.2')]),
    aSlice('default', 'web', [anEndpoint('10.244.1.5'), anEndpoint('10.244.2.7')]),
    aSlice('shop', 'db', [
      anEndpoint('10.244.1.8', { hostname: 'db-0', targetRef: { name: 'db-0' } }),
      anEndpoint('10.244.1.9', { targetRef: { name: 'other' } }),
      anEndpoint('10.244.1.10', { conditions: { ready: false } }),
    ]),
    aSlice('shop', 'db', [anEndpoint('fd00::9')], undefined, 'b'),
    aSlice('shop', 'empty', [anEndpoint('10.244.1.11', { conditions: { ready: false } })]),
    aSlice('shop', 'portless', [anEndpoint('10.244.1.12')], []),
    // as the controller writes it, whatever the types say
    JSON.parse(
      JSON.stringify({ ...aSlice('shop', 'nullish', [anEndpoint('10.244.1.13')]), ports: null }),
    ) as EndpointSlice,
  ]
  for (const slice of slices) client.create(SLICES, slice)
  return client
}

const OUTSIDE: Readonly<Record<string, string>> = { 'api.external.com.': '192.0.2.80' }

/** Name servers beyond the cluster: they know one name. */
export const outsideWorld = (question: Question): DnsMessage => {
  const address = OUTSIDE[question.name]
  if (address === undefined) return emptyMessage(question, 'NXDOMAIN')
  const message = emptyMessage(question, 'NOERROR')
  if (question.type !== 'A') return message
  return { ...message, answer: [{ name: question.name, ttl: 300, type: 'A', address }] }
}

export const dnsServer = (
  client: FakeClient,
  corefile: string = PLAIN_COREFILE,
  more: Partial<DnsServer> = {},
): DnsServer => {
  const parsed = parseCorefile(corefile)
  if ('failure' in parsed) throw new Error(parsed.failure)
  return {
    client,
    blocks: parsed.blocks,
    serverIPs: ['10.244.0.2'],
    nodeNameServers: ['192.168.49.1'],
    forward: (_, question) => outsideWorld(question),
    ...more,
  }
}

/** `NOERROR: web. 5 IN A 10.0.0.1 | …`, then `;` and what is additional. */
export const messageText = ({ rcode, answer, authority, additional }: DnsMessage): string => {
  const parts = [answer.map(recordText).join(' | ')]
  if (authority.length > 0) parts.push(`SOA ${authority[0]!.name}`)
  if (additional.length > 0) parts.push(`also ${additional.map(recordText).join(' | ')}`)
  return [rcode, ...parts.filter((part) => part !== '')].join('; ')
}

/** Asks in short: `ask(server, 'A', 'web.default.svc.cluster.local')`. */
export const askText = (server: DnsServer, type: QuestionType, name: string): string =>
  messageText(answerQuestion(server, { type, name: absolute(name) }).message)
