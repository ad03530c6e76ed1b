// kubernetes: pkg/controller/endpointslicemirroring/reconciler.go, reconciler_helpers.go, utils.go
import type { EndpointAddress, Endpoints, EndpointSubset } from '#api/core/v1/endpoints/types.ts'
import type {
  Endpoint,
  EndpointPort,
  EndpointSlice,
} from '#api/discovery/v1/endpoint-slice/types.ts'
import { assign, equal, type StringMap } from '#apimachinery/object.ts'
import { familyOf, type IpFamily } from '#kube-controller-manager/service-pods/pod-backend.ts'
import { portsKey } from '#kube-controller-manager/service-pods/target-ports.ts'

export const MIRRORING_CONTROLLER = 'endpointslicemirroring-controller.k8s.io'
export const MAX_PER_SUBSET = 1000

/** One slice as it should be. */
interface MirroredSlice {
  readonly key: string
  readonly addressType: IpFamily
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

interface MirrorPlan {
  readonly create: readonly EndpointSlice[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
  /** Addresses that were left out because a subset has too many. */
  readonly skipped: number
}

/** What is to be written so that the slices show what the Endpoints say: one slice for each set of ports and family. */
export const planMirror = (
  endpoints: Endpoints,
  existing: readonly EndpointSlice[],
): MirrorPlan => {
  const { wanted, skipped } = mirrored(endpoints)
  const create: EndpointSlice[] = []
  const update: EndpointSlice[] = []
  const unused = new Set(existing)
  for (const slice of wanted) {
    const [match] = existing.filter(
      (candidate) => unused.has(candidate) && keyOfSlice(candidate) === slice.key,
    )
    if (match === undefined) create.push(sliceObject(endpoints, slice))
    else {
      unused.delete(match)
      if (!isMirrored(match, endpoints, slice)) update.push(rewritten(match, endpoints, slice))
    }
  }
  const remove = recycle(create, update, [...unused])
  return { create, update, remove, skipped }
}

/** Slices that would be deleted become those that would be created; returns the rest. kubernetes: recycleSlices */
const recycle = (
  create: EndpointSlice[],
  update: EndpointSlice[],
  unused: readonly EndpointSlice[],
): readonly EndpointSlice[] =>
  unused.filter((old) => {
    const index = create.findIndex(({ addressType }) => addressType === old.addressType)
    const [slice] = index < 0 ? [] : create.splice(index, 1)
    if (slice === undefined) return true
    const { labels, annotations, ownerReferences } = slice.metadata
    const metadata = assign(old.metadata, { labels, annotations, ownerReferences })
    update.push(assign(slice, { metadata }))
    return false
  })

const mirrored = (endpoints: Endpoints) => {
  const wanted = new Map<
    string,
    { -readonly [K in keyof MirroredSlice]: MirroredSlice[K] } & { endpoints: Endpoint[] }
  >()
  let skipped = 0
  for (const subset of endpoints.subsets ?? []) {
    const addresses = addressesOf(subset)
    skipped += Math.max(0, addresses.length - MAX_PER_SUBSET)
    const ports = (subset.ports ?? []).map(mirroredPort)
    for (const [address, ready] of addresses.slice(0, MAX_PER_SUBSET)) {
      const addressType = familyOf(address.ip)
      const key = `${addressType}\n${portsKey(ports)}`
      let slice = wanted.get(key)
      if (slice === undefined) wanted.set(key, (slice = { key, addressType, ports, endpoints: [] }))
      const endpoint = mirroredEndpoint(address, ready)
      if (
        !slice.endpoints.some((other) => isSameEndpoint(other, endpoint)) &&
        slice.endpoints.length < MAX_PER_SUBSET
      )
        slice.endpoints.push(endpoint)
    }
  }
  return { wanted: [...wanted.values()], skipped }
}

const addressesOf = ({ addresses = [], notReadyAddresses = [] }: EndpointSubset) => [
  ...addresses.map((address) => [address, true] as const),
  ...notReadyAddresses.map((address) => [address, false] as const),
]

const mirroredPort = ({
  name = '',
  port,
  protocol = 'TCP',
  appProtocol,
}: NonNullable<EndpointSubset['ports']>[number]): EndpointPort => ({
  name,
  port,
  protocol,
  ...(appProtocol === undefined ? {} : { appProtocol }),
})

const READY = Object.freeze({ ready: true })
const NOT_READY = Object.freeze({ ready: false })

const mirroredEndpoint = (
  { ip, hostname, nodeName, targetRef }: EndpointAddress,
  ready: boolean,
): Endpoint => ({
  addresses: [ip],
  conditions: ready ? READY : NOT_READY,
  ...(hostname === undefined || hostname === '' ? {} : { hostname }),
  ...(nodeName === undefined ? {} : { nodeName }),
  ...(targetRef === undefined ? {} : { targetRef }),
})

const isSameEndpoint = (a: Endpoint, b: Endpoint): boolean =>
  a.addresses[0] === b.addresses[0] &&
  a.hostname === b.hostname &&
  a.nodeName === b.nodeName &&
  equal(a.targetRef, b.targetRef)

const keyOfSlice = ({ addressType, ports }: EndpointSlice): string =>
  `${addressType}\n${portsKey(ports ?? [])}`

const NOT_MIRRORED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'endpoints.kubernetes.io/last-change-trigger-time',
])

const annotationsOf = ({ metadata }: Endpoints): StringMap | undefined => {
  const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => !NOT_MIRRORED.has(key))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

const labelsOf = ({ metadata }: Endpoints): StringMap => ({
  ...metadata.labels,
  'kubernetes.io/service-name': metadata.name ?? '',
  'endpointslice.kubernetes.io/managed-by': MIRRORING_CONTROLLER,
})

const isMirrored = (slice: EndpointSlice, endpoints: Endpoints, wanted: MirroredSlice): boolean =>
  sameEndpoints(slice.endpoints ?? [], wanted.endpoints) &&
  equal(slice.metadata.labels, labelsOf(endpoints)) &&
  equal(slice.metadata.annotations ?? {}, annotationsOf(endpoints) ?? {})

/** In whatever order: a slice is not rewritten for its order. */
const sameEndpoints = (a: readonly Endpoint[], b: readonly Endpoint[]): boolean => {
  if (a.length !== b.length) return false
  const left = new Map(a.map((endpoint) => [textOf(endpoint), endpoint]))
  return b.every((endpoint) => left.has(textOf(endpoint)))
}

const textOf = ({ addresses, conditions, hostname, nodeName, targetRef }: Endpoint): string =>
  JSON.stringify([addresses, conditions.ready, hostname, nodeName, targetRef?.uid, targetRef?.name])

const rewritten = (
  slice: EndpointSlice,
  endpoints: Endpoints,
  { ports, endpoints: list }: MirroredSlice,
): EndpointSlice =>
  assign(slice, {
    metadata: assign(slice.metadata, {
      labels: labelsOf(endpoints),
      annotations: annotationsOf(endpoints),
    }),
    ports,
    endpoints: list,
  })

const sliceObject = (
  endpoints: Endpoints,
  { addressType, ports, endpoints: list }: MirroredSlice,
): EndpointSlice => {
  const { name = '', namespace = '', uid = '' } = endpoints.metadata
  const annotations = annotationsOf(endpoints)
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: name.length < 253 ? `${name}-` : name,
      namespace,
      labels: labelsOf(endpoints),
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Endpoints',
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    addressType,
    endpoints: list,
    ports,
  }
}
