// The recordings of a real kube-proxy (test/conformance/README.md), and the tables that a back end makes of their objects.
import { readdirSync, readFileSync } from 'node:fs'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { baseState, withBundles } from '#kube-proxy/apply-bundles.ts'
import type { Backend, ProxySettings } from '#kube-proxy/backend.ts'
import type { Bundle } from '#kube-proxy/bundle.ts'
import { portKey } from '#kube-proxy/service-port.ts'
import { servicePortsOf } from '#kube-proxy/service-ports.ts'
import { endpointsOfSlices, serviceOfSlice } from '#kube-proxy/slice-endpoints.ts'
import type { NodePlace } from '#kube-proxy/topology.ts'
import { parseCidr, type Cidr } from '#net/cidr.ts'
import { parseIp, type Ip } from '#net/ip.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'

export interface ProxyObjects {
  readonly nodes?: readonly Node[]
  readonly services: readonly Service[]
  readonly endpointSlices: readonly EndpointSlice[]
}

export interface ProxyRecording {
  readonly name: string
  readonly title: string
  readonly mode: 'iptables' | 'nftables'
  readonly nodeName: string
  readonly nodeIPs: readonly string[]
  readonly clusterCIDR: string
  readonly flags: readonly string[]
  readonly serviceCIDRs: readonly string[]
  readonly objects: ProxyObjects
  readonly output: string
}

const FOLDER = new URL('../conformance/proxy/', import.meta.url)

export const proxyRecordings = (mode: ProxyRecording['mode']): readonly ProxyRecording[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(`.${mode}.json`))
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as ProxyRecording)

export const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text)
  if (parsed === undefined) throw new Error(`no network: ${text}`)
  return parsed
}

export const ip = (text: string): Ip => {
  const parsed = parseIp(text)
  if (parsed === undefined) throw new Error(`no address: ${text}`)
  return parsed
}

/** What kube-proxy does when nobody says otherwise. */
export const proxySettings = (given: Partial<ProxySettings> = {}): ProxySettings => ({
  localDetector: { kind: 'cidr', cidr: cidr('10.244.0.0/16') },
  masqueradeAll: false,
  masqueradeMark: 0x4000,
  localhostNodePorts: true,
  nodePortAddresses: [],
  serviceCIDRs: [cidr('10.96.0.0/12')],
  ...given,
})

export const settingsOf = (recording: ProxyRecording): ProxySettings => {
  const unknown = recording.flags.filter((flag) => flag !== '--masquerade-all')
  if (unknown.length > 0) throw new Error(`what does ${unknown.join(' ')} mean?`)
  return proxySettings({
    localDetector: { kind: 'cidr', cidr: cidr(recording.clusterCIDR) },
    masqueradeAll: recording.flags.includes('--masquerade-all'),
    serviceCIDRs: recording.serviceCIDRs.map(cidr),
  })
}

export const placeOf = ({ nodeName, nodeIPs, objects }: ProxyRecording): NodePlace => {
  const node = objects.nodes?.find(({ metadata }) => metadata.name === nodeName)
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? ''
  return { nodeName, zone, nodeIP: ip(nodeIPs[0] ?? '') }
}

/** One bundle for each Service port, by its key. */
export const bundlesOf = (
  backend: Backend,
  { services, endpointSlices }: ProxyObjects,
  place: NodePlace,
  settings: ProxySettings,
): ReadonlyMap<string, Bundle> =>
  new Map(
    services.flatMap((service) => {
      const { namespace = '', name = '' } = service.metadata
      const slices = endpointSlices.filter(
        (slice) => serviceOfSlice(slice) === `${namespace}/${name}`,
      )
      const endpoints = endpointsOfSlices(namespace, name, slices)
      return servicePortsOf(service).map((port) => {
        const key = portKey(port.name)
        return [key, backend.bundle(port, endpoints.get(key) ?? [], place, settings)] as const
      })
    }),
  )

/** The tables of one node, as they are once kube-proxy has seen all objects. */
export const tablesOf = (
  backend: Backend,
  objects: ProxyObjects,
  place: NodePlace,
  settings: ProxySettings,
): Ruleset => {
  const nodeIPs = place.nodeIP === undefined ? [] : [place.nodeIP]
  const state = baseState(backend.base(settings, nodeIPs), backend.lastRules(settings, nodeIPs))
  return withBundles(state, bundlesOf(backend, objects, place, settings)).ruleset
}
