import type { EndpointSlice, Service } from './objects.ts'

export interface EndpointView {
  readonly address: string
  readonly state: 'ready' | 'not ready' | 'terminating'
  readonly pod: string | undefined
}

export interface ServiceView {
  readonly service: Service
  /** Which of the eight hues it has, wherever it appears. */
  readonly hue: number
  readonly endpoints: readonly EndpointView[]
}

const HUES = 8
const hues = new Map<string, number>()

/** A Service keeps its hue for as long as it lives; a new one gets the hue that the fewest have. */
const assignHues = (services: readonly Service[]): void => {
  const living = new Set(services.map(({ metadata }) => metadata.uid))
  for (const uid of hues.keys()) if (!living.has(uid)) hues.delete(uid)
  for (const uid of living) {
    if (hues.has(uid)) continue
    const uses = Array.from({ length: HUES }, () => 0)
    for (const hue of hues.values()) uses[hue]!++
    hues.set(uid, uses.indexOf(Math.min(...uses)))
  }
}

const ownerOf = ({ metadata }: EndpointSlice): string =>
  `${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`

const byAddress = new Intl.Collator('en', { numeric: true })

const endpointsOf = (slices: readonly EndpointSlice[]): readonly EndpointView[] =>
  slices
    .flatMap(({ endpoints, ports }) => {
      const port = ports?.[0]?.port
      return (endpoints ?? []).map(({ addresses, conditions, targetRef }): EndpointView => {
        const ip = addresses[0] ?? ''
        const host = ip.includes(':') && port !== undefined ? `[${ip}]` : ip
        const isEnding = conditions?.terminating === true
        return {
          address: port === undefined ? host : `${host}:${port}`,
          state: isEnding ? 'terminating' : conditions?.ready === false ? 'not ready' : 'ready',
          pod: targetRef?.uid,
        }
      })
    })
    .sort((a, b) => byAddress.compare(a.address, b.address))

/** Services with their endpoints, as the EndpointSlices have them. */
export const serviceViews = (
  services: readonly Service[],
  slices: readonly EndpointSlice[],
): readonly ServiceView[] => {
  assignHues(services)
  const byService = Map.groupBy(slices, ownerOf)
  return services.map((service) => {
    const { namespace, name, uid } = service.metadata
    return {
      service,
      hue: hues.get(uid) ?? 0,
      endpoints: endpointsOf(byService.get(`${namespace ?? ''}/${name}`) ?? []),
    }
  })
}

/** By a Pod's UID, the Services whose endpoints it is among. */
export const servicesByPod = (
  views: readonly ServiceView[],
): ReadonlyMap<string, readonly ServiceView[]> => {
  const index = new Map<string, ServiceView[]>()
  for (const view of views)
    for (const { pod } of view.endpoints) {
      if (pod === undefined) continue
      const found = index.get(pod)
      if (found === undefined) index.set(pod, [view])
      else if (found.at(-1) !== view) found.push(view)
    }
  return index
}
