// Hints by the zones' share of the nodes' CPU, for Services that say `service.kubernetes.io/topology-mode: Auto`.
// kubernetes: staging/src/k8s.io/endpointslice/topologycache
import type { Node } from '#api/core/v1/node/types.ts'
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { own, type StringMap } from '#apimachinery/object.ts'
import { parseQuantity, quantityMilliValue } from '#apimachinery/quantity.ts'

const ZONE = 'topology.kubernetes.io/zone'
const EXCLUDED = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']
/** How much more than its share an endpoint may get. */
const OVERLOAD_THRESHOLD = 0.2

/** kubernetes: hintsEnabled */
export const wantsTopologyHints = (annotations: StringMap | undefined): boolean => {
  const mode =
    own(annotations, 'service.kubernetes.io/topology-aware-hints') ??
    own(annotations, 'service.kubernetes.io/topology-mode')
  return mode === 'Auto' || mode === 'auto'
}

/** What of a node matters here. */
export const topologyOf = ({ metadata, status }: Node): string =>
  [
    own(metadata.labels, ZONE) ?? '',
    EXCLUDED.some((label) => own(metadata.labels, label) !== undefined),
    status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True',
    own(status?.allocatable, 'cpu') ?? '0',
  ].join(' ')

/** Each zone's share of the CPU; undefined if that cannot be told. kubernetes: SetNodes */
export const zoneRatios = (nodes: readonly Node[]): ReadonlyMap<string, number> | undefined => {
  const cpus = new Map<string, number>()
  let total = 0
  for (const { metadata, status } of nodes) {
    if (EXCLUDED.some((label) => own(metadata.labels, label) !== undefined)) continue
    if (status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True') continue
    const zone = own(metadata.labels, ZONE) ?? ''
    const cpu = quantityMilliValue(parseQuantity(own(status.allocatable, 'cpu') ?? '0'))
    if (zone === '' || cpu === 0) return undefined
    cpus.set(zone, (cpus.get(zone) ?? 0) + cpu)
    total += cpu
  }
  if (cpus.size < 2) return undefined
  // upstream goes through zones by chance
  const sorted = [...cpus].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(sorted.map(([zone, cpu]) => [zone, cpu / total]))
}

interface Allocation {
  readonly maximum: number
  readonly desired: number
}

/** How many endpoints each zone should get, or why that cannot be. kubernetes: getAllocations */
const allocationsOf = (
  ratios: ReadonlyMap<string, number> | undefined,
  count: number,
): ReadonlyMap<string, Allocation> | string => {
  if (ratios === undefined)
    return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes'
  const numbers = `(${count} endpoints, ${ratios.size} zones)`
  if (ratios.size > count) return `Insufficient number of endpoints ${numbers}`
  const shares = [...ratios].map(([zone, ratio]) => {
    const minimum = Math.ceil(ratio * count * (1 / (1 + OVERLOAD_THRESHOLD)))
    return { zone, minimum, desired: Math.max(ratio * count, minimum) }
  })
  const left = count - shares.reduce((sum, { minimum }) => sum + minimum, 0)
  if (left < 0)
    return `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${numbers}`
  return new Map(
    shares.map(({ zone, minimum, desired }) => [zone, { maximum: minimum + left, desired }]),
  )
}

export interface Hinted {
  /** The endpoints to write, in the order they were given in. */
  readonly written: readonly (readonly Endpoint[])[]
  /** Slices that were to stay as they are and must change. */
  readonly taken: readonly {
    readonly slice: EndpointSlice
    readonly endpoints: readonly Endpoint[]
  }[]
  /** Why there are no hints. */
  readonly problem?: string
}

/** Gives endpoints that are to be written hints, so that with those of unchanged slices each zone gets its share. */
export const addHints = (
  written: readonly (readonly Endpoint[])[],
  unchanged: readonly EndpointSlice[],
  ratios: ReadonlyMap<string, number> | undefined,
): Hinted => {
  const all = [...written, ...unchanged.map(endpointsOf)]
  const allocations = allocationsOf(ratios, all.flat().filter(isReady).length)
  if (typeof allocations === 'string') return withoutHints(written, unchanged, allocations)
  const counts = new Map<string, number>()
  const taken = unchanged.filter((slice) => !keepsHints(slice, counts, allocations))
  const parts = [...written, ...taken.map(endpointsOf)].map((endpoints) =>
    endpoints.map(withOwnZone),
  )
  for (const endpoint of parts.flat().filter(isReady)) {
    if (endpoint.zone === undefined)
      return withoutHints(written, unchanged, 'One or more endpoints do not have a zone specified')
    counts.set(endpoint.zone, (counts.get(endpoint.zone) ?? 0) + 1)
  }
  redistribute(parts, givingAndReceiving(allocations, counts))
  if (counts.size === 0) return withoutHints(written, unchanged, 'No hints allocated for zones')
  return {
    written: parts.slice(0, written.length),
    taken: taken.map((slice, index) => ({ slice, endpoints: parts[written.length + index]! })),
  }
}

const endpointsOf = ({ endpoints }: EndpointSlice): readonly Endpoint[] => endpoints ?? []
const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready === true

const withoutHint = (endpoint: Endpoint): Endpoint => {
  if (endpoint.hints === undefined) return endpoint
  const { hints: _, ...rest } = endpoint
  return rest
}

const withZone = (endpoint: Endpoint, zone: string): Endpoint => ({
  ...endpoint,
  hints: { forZones: [{ name: zone }] },
})

const withOwnZone = (endpoint: Endpoint): Endpoint =>
  isReady(endpoint) && endpoint.zone !== undefined
    ? withZone(endpoint, endpoint.zone)
    : withoutHint(endpoint)

/** kubernetes: RemoveHintsFromSlices */
const withoutHints = (
  written: readonly (readonly Endpoint[])[],
  unchanged: readonly EndpointSlice[],
  problem: string,
): Hinted => ({
  written: written.map((endpoints) => endpoints.map(withoutHint)),
  taken: unchanged
    .filter((slice) => endpointsOf(slice).some(({ hints }) => hints !== undefined))
    .map((slice) => ({ slice, endpoints: endpointsOf(slice).map(withoutHint) })),
  problem,
})

/** Whether a slice's hints still serve; if so they are counted. kubernetes: getHintsByZone */
const keepsHints = (
  slice: EndpointSlice,
  counts: Map<string, number>,
  allocations: ReadonlyMap<string, Allocation>,
): boolean => {
  const mine = new Map<string, number>()
  for (const { hints } of endpointsOf(slice).filter(isReady)) {
    const zones = hints?.forZones ?? []
    if (zones.length === 0) return false
    for (const { name } of zones) mine.set(name, (mine.get(name) ?? 0) + 1)
  }
  for (const [zone, count] of mine) {
    const allocation = allocations.get(zone)
    if (allocation === undefined || count + (counts.get(zone) ?? 0) > allocation.maximum)
      return false
  }
  for (const [zone, count] of mine) counts.set(zone, (counts.get(zone) ?? 0) + count)
  return true
}

interface Exchange {
  readonly giving: Map<string, number>
  readonly receiving: Map<string, number>
}

/** How many endpoints zones give to others, and get. kubernetes: getGivingAndReceivingZones */
const givingAndReceiving = (
  allocations: ReadonlyMap<string, Allocation>,
  counts: ReadonlyMap<string, number>,
): Exchange => {
  const surplus = [...allocations].map(
    ([zone, { desired }]) => [zone, (counts.get(zone) ?? 0) - desired] as const,
  )
  const tooMany = new Map(surplus.filter(([, over]) => over > 0))
  const tooFew = new Map(
    surplus.filter(([, over]) => over < 0).map(([zone, over]) => [zone, -over]),
  )
  const exchange: Exchange = { giving: new Map(), receiving: new Map() }
  for (;;) {
    const [giver, give] = most(tooMany)
    const [receiver, receive] = most(tooFew)
    if (giver === '' || receiver === '' || (give < 1 && receive < 1) || give < 0.5 || receive < 0.5)
      return exchange
    exchange.giving.set(giver, (exchange.giving.get(giver) ?? 0) + 1)
    exchange.receiving.set(receiver, (exchange.receiving.get(receiver) ?? 0) + 1)
    tooMany.set(giver, give - 1)
    tooFew.set(receiver, receive - 1)
  }
}

const most = (zones: ReadonlyMap<string, number>): readonly [string, number] => {
  let best: readonly [string, number] = ['', 0]
  for (const entry of zones) if (entry[1] > best[1]) best = entry
  return best
}

/** kubernetes: redistributeHints */
const redistribute = (parts: readonly Endpoint[][], { giving, receiving }: Exchange): void => {
  for (const endpoints of parts)
    for (const [index, endpoint] of endpoints.entries()) {
      const left = giving.get(endpoint.zone ?? '') ?? 0
      const receiver = [...receiving].find(([, count]) => count > 0)
      if (!isReady(endpoint) || left === 0 || receiver === undefined) continue
      endpoints[index] = withZone(endpoint, receiver[0])
      giving.set(endpoint.zone!, left - 1)
      receiving.set(receiver[0], receiver[1] - 1)
    }
}
