// From the EndpointSlices of a Service to what a proxy knows of its endpoints.
// kubernetes: pkg/proxy/endpointslicecache.go, endpointschangetracker.go
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { own } from '#apimachinery/object.ts'
import { parseIpSloppy } from '#net/ip.ts'
import { endpointText, type ProxyEndpoint } from './endpoint.ts'
import { portKey } from './service-port.ts'
import { isForOtherProxy } from './service-ports.ts'

export const SERVICE_NAME = 'kubernetes.io/service-name'

/** `namespace/name` of the Service whose endpoints these are; undefined if they are none of a proxy's business. */
export const serviceOfSlice = ({ addressType, metadata }: EndpointSlice): string | undefined => {
  const name = own(metadata.labels, SERVICE_NAME) ?? ''
  return addressType !== 'IPv4' || name === '' || isForOtherProxy(metadata.labels)
    ? undefined
    : `${metadata.namespace}/${name}`
}

/**
 * By `portKey`; a port without endpoints is absent, each list is in the order of the endpoints' texts. `slices` are those for which
 * `serviceOfSlice` is this Service. The same endpoint of a slice makes the same object every time, so that what was made of it can
 * be kept.
 */
export const endpointsOfSlices = (
  namespace: string,
  name: string,
  slices: readonly EndpointSlice[],
): ReadonlyMap<string, readonly ProxyEndpoint[]> => {
  const byPort = new Map<string, Map<string, ProxyEndpoint>>()
  for (const { ports, endpoints } of inOrder(slices))
    // an empty list of either is null where a client wrote null
    for (const { name: port, port: number = 0, protocol = 'TCP' } of ports ?? []) {
      // a port without a number would mean all ports, which no proxy can do
      if (port === undefined || number === 0) continue
      const key = portKey({ namespace, name, port, protocol })
      let found = byPort.get(key)
      if (found === undefined) byPort.set(key, (found = new Map()))
      for (const endpoint of endpoints ?? []) add(found, proxyEndpoint(endpoint, key, number))
    }
  const sorted = new Map<string, readonly ProxyEndpoint[]>()
  for (const [key, found] of byPort)
    if (found.size > 0)
      sorted.set(
        key,
        [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint),
      )
  return sorted
}

/** By name: what comes last wins where two slices name one endpoint, and that must not hang on who asks. */
const inOrder = (slices: readonly EndpointSlice[]): readonly EndpointSlice[] =>
  slices.length < 2
    ? slices
    : slices.toSorted((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))

/** An address may be a Pod's again while its last owner still ends: the running one counts. kubernetes: addEndpoints */
const add = (found: Map<string, ProxyEndpoint>, endpoint: ProxyEndpoint | undefined): void => {
  if (endpoint === undefined) return
  const text = endpointText(endpoint)
  if (!endpoint.isTerminating || !found.has(text)) found.set(text, endpoint)
}

interface Made {
  readonly key: string
  readonly port: number
  readonly endpoint: ProxyEndpoint | undefined
}

const made = new WeakMap<Endpoint, readonly Made[]>()

const proxyEndpoint = (
  endpoint: Endpoint,
  key: string,
  port: number,
): ProxyEndpoint | undefined => {
  const before = made.get(endpoint) ?? []
  const known = before.find((entry) => entry.key === key && entry.port === port)
  if (known !== undefined) return known.endpoint
  const fresh = { key, port, endpoint: endpointAt(endpoint, port) }
  made.set(endpoint, [...before, fresh])
  return fresh.endpoint
}

const NO_HINTS: readonly string[] = Object.freeze([])

/** undefined: without an IPv4 address. */
const endpointAt = (endpoint: Endpoint, port: number): ProxyEndpoint | undefined => {
  const { addresses, conditions, nodeName = '', hints } = endpoint
  // the addresses of one endpoint are interchangeable; kube-proxy takes the first
  const ip = parseIpSloppy(addresses[0] ?? '')?.ip
  if (ip?.version !== 4) return undefined
  return {
    ip,
    port,
    nodeName,
    isReady: conditions?.ready ?? true,
    isServing: conditions?.serving ?? true,
    isTerminating: conditions?.terminating ?? false,
    zoneHints: hints?.forZones?.map(({ name }) => name) ?? NO_HINTS,
    nodeHints: hints?.forNodes?.map(({ name }) => name) ?? NO_HINTS,
  }
}
