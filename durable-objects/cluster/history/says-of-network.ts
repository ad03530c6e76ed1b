// What happened to Services and to those who serve for them.
import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { labelFacts, mapFacts, type Says } from './says-of-anything.ts'
import { counted, listed } from './words.ts'

type State = 'ready' | 'not ready' | 'ending'

/** By address. */
type Ends = ReadonlyMap<string, State>

const stateOf = ({ conditions }: Endpoint): State => {
  if (conditions?.terminating === true) return 'ending'
  return conditions?.ready === false ? 'not ready' : 'ready'
}

const endsOfSlice = ({ endpoints }: EndpointSlice): Ends =>
  new Map((endpoints ?? []).map((endpoint) => [endpoint.addresses[0] ?? '', stateOf(endpoint)]))

const endsOfEndpoints = ({ subsets = [] }: Endpoints): Ends =>
  new Map(
    subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) => [
      ...notReadyAddresses.map(({ ip }) => [ip, 'not ready'] as const),
      ...addresses.map(({ ip }) => [ip, 'ready'] as const),
    ]),
  )

const MOST_ADDRESSES = 3

/** `got endpoints 10.244.0.3 and 10.244.1.3` */
const endsFact = (verb: string, addresses: readonly string[], state = ''): string[] => {
  if (addresses.length === 0) return []
  const told = addresses.slice(0, MOST_ADDRESSES)
  const more = addresses.length - told.length
  const word = addresses.length === 1 ? 'endpoint' : 'endpoints'
  return [`${verb} ${word} ${listed(more === 0 ? told : [...told, `${more} more`])}${state}`]
}

const endFacts = (old: Ends, now: Ends): string[] => {
  const [before, after] = [[...old.keys()], [...now.keys()]]
  const turned = (state: State) =>
    after.filter((end) => now.get(end) === state && old.has(end) && old.get(end) !== state)
  const came = after.filter((end) => !old.has(end))
  return [
    ...endsFact(
      'got',
      came.filter((end) => now.get(end) === 'ready'),
    ),
    ...endsFact(
      'got',
      came.filter((end) => now.get(end) !== 'ready'),
      ', not ready yet',
    ),
    ...endsFact(
      'lost',
      before.filter((end) => !now.has(end)),
    ),
    ...endsFact('has', turned('ready'), ' ready now'),
    ...endsFact('has', turned('not ready'), ' no longer ready'),
    ...endsFact('has', turned('ending'), ' ending'),
  ]
}

export const saysOfEndpoints: Says<Endpoints> = {
  updated: (before, after) => endFacts(endsOfEndpoints(before), endsOfEndpoints(after)),
}

export const saysOfSlices: Says<EndpointSlice> = {
  created: ({ endpoints, metadata }) => {
    const service = metadata.labels?.['kubernetes.io/service-name']
    const of = service === undefined ? '' : ` for Service ${service}`
    return `${of} with ${counted(endpoints?.length ?? 0, 'endpoint')}`
  },
  updated: (before, after) => endFacts(endsOfSlice(before), endsOfSlice(after)),
}

const portsText = ({ spec }: Service): string =>
  (spec.ports ?? [])
    .map(({ port, targetPort = port, protocol = 'TCP' }) => `${port}→${targetPort}/${protocol}`)
    .join(', ')

const addressesOf = ({ status }: Service): readonly string[] =>
  (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '')

const changed = (name: string, before: string, after: string): string[] =>
  before === after ? [] : [`${name} ${before || 'none'} → ${after || 'none'}`]

export const saysOfServices: Says<Service> = {
  created: ({ spec }) =>
    spec.clusterIP === undefined || spec.clusterIP === ''
      ? ''
      : ` with the address ${spec.clusterIP}`,
  updated: (before, after) => [
    ...mapFacts('selector', before.spec.selector, after.spec.selector),
    ...changed('type', before.spec.type ?? '', after.spec.type ?? ''),
    ...changed('ports', portsText(before), portsText(after)),
    ...changed('cluster address', before.spec.clusterIP ?? '', after.spec.clusterIP ?? ''),
    ...changed(
      'load balancer address',
      addressesOf(before).join(', '),
      addressesOf(after).join(', '),
    ),
    ...labelFacts(before, after),
  ],
}
