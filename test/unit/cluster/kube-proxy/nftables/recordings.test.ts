// Rule sets of a real kube-proxy 1.36 in mode nftables: the same objects must give the same table.
import { readdirSync, readFileSync } from 'node:fs'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { LocalDetector, ProxySettings } from '#kube-proxy/backend.ts'
import { nftablesBackend } from '#kube-proxy/nftables/nftables-backend.ts'
import { portKey } from '#kube-proxy/service-port.ts'
import { servicePortsOf } from '#kube-proxy/service-ports.ts'
import { type PortInput, ServiceTables } from '#kube-proxy/service-tables.ts'
import { endpointsOfSlices, serviceOfSlice } from '#kube-proxy/slice-endpoints.ts'
import { parseCidr } from '#net/cidr.ts'
import { parseIp } from '#net/ip.ts'
import { nftList } from '#netfilter/nftables-text.ts'
import { describe, expect, test } from 'vitest'
import { canonicalNftables } from './canonical.ts'

interface Recording {
  readonly name: string
  readonly nodeName: string
  readonly nodeIPs: readonly string[]
  readonly clusterCIDR: string
  readonly detectLocalMode: string
  readonly flags: readonly string[]
  readonly serviceCIDRs: readonly string[]
  readonly objects: {
    readonly nodes: readonly Node[]
    readonly services: readonly Service[]
    readonly endpointSlices: readonly EndpointSlice[]
  }
  readonly output: string
}

const FOLDER = new URL('../../../../conformance/proxy/', import.meta.url)

const recordings = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.nftables.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Recording)

const settingsOf = ({ clusterCIDR, flags, serviceCIDRs }: Recording): ProxySettings => {
  const localDetector: LocalDetector = { kind: 'cidr', cidr: parseCidr(clusterCIDR)! }
  return {
    localDetector,
    masqueradeAll: flags.includes('--masquerade-all'),
    masqueradeMark: 0x4000,
    localhostNodePorts: true,
    nodePortAddresses: [],
    serviceCIDRs: serviceCIDRs.map((range) => parseCidr(range)!),
  }
}

const inputsOf = ({ objects }: Recording): ReadonlyMap<string, readonly PortInput[]> =>
  new Map(
    objects.services.map((service) => {
      const { namespace = '', name = '' } = service.metadata
      const key = `${namespace}/${name}`
      const slices = objects.endpointSlices.filter((slice) => serviceOfSlice(slice) === key)
      const endpoints = endpointsOfSlices(namespace, name, slices)
      const inputs = servicePortsOf(service).map((port) => ({
        port,
        endpoints: endpoints.get(portKey(port.name)) ?? [],
      }))
      return [key, inputs]
    }),
  )

const tableOf = (recording: Recording): string => {
  const { nodeName, objects } = recording
  const nodeIPs = recording.nodeIPs.map((ip) => parseIp(ip)!)
  const tables = new ServiceTables(nftablesBackend, settingsOf(recording))
  tables.update(inputsOf(recording))
  const node = objects.nodes.find(({ metadata }) => metadata.name === nodeName)
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? ''
  const ruleset = tables.at({ nodeName, zone, nodeIP: nodeIPs[0]! }, nodeIPs)
  return nftList(ruleset, { family: 'ip', table: 'kube-proxy' })
}

describe('a recorded table', () => {
  test('is there', () => {
    expect(recordings.length).toBeGreaterThan(30)
  })

  test.each(recordings.map((recording) => [recording.name, recording] as const))(
    '%s is written alike',
    (_, recording) => {
      expect(canonicalNftables(tableOf(recording))).toBe(canonicalNftables(recording.output))
    },
  )
})
