// kubernetes: staging/src/k8s.io/endpointslice/reconciler.go reconcileByPortMapping, finalize
import { append } from '#apimachinery/append.ts'
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'

export const MAX_ENDPOINTS = 100

/** What is to happen to the slices of one set of ports. */
export interface GroupChange {
  /** All slices of these ports, by name. */
  readonly slices: readonly EndpointSlice[]
  /** By slice and position: what stands there from now on, or null for nothing. */
  readonly edits: ReadonlyMap<string, ReadonlyMap<number, Endpoint | null>>
  /** Endpoints that are in no slice yet. */
  readonly additions: readonly Endpoint[]
  /** Slices whose labels are not the Service's. */
  readonly relabelled: ReadonlySet<string>
  /** No Pod has these ports any more. */
  readonly isUnwanted: boolean
}

export interface GroupPlan {
  /** The endpoints of slices to be written, by name. */
  readonly update: ReadonlyMap<string, readonly Endpoint[]>
  readonly create: readonly (readonly Endpoint[])[]
  readonly remove: readonly string[]
}

/**
 * Packs endpoints into slices with the fewest writes: slices that change anyway are filled up first, the fullest before; the rest goes
 * into one unchanged slice if it fits, else into new ones. Slices are not evened out.
 */
export const planGroup = (change: GroupChange): GroupPlan => {
  if (change.isUnwanted) return { update: new Map(), create: [], remove: change.slices.map(nameOf) }
  const { update, remove } = edited(change)
  const rest = fillUp(update, [...change.additions])
  const create: Endpoint[][] = []
  while (rest.length > 0) {
    const target =
      rest.length < MAX_ENDPOINTS ? sliceToFill(change, update, remove, rest.length) : undefined
    if (target === undefined) create.push(rest.splice(0, MAX_ENDPOINTS))
    else update.set(nameOf(target), [...endpointsOf(target), ...rest.splice(0)])
  }
  return { update, create, remove: [...remove] }
}

const edited = ({ slices, edits, relabelled }: GroupChange) => {
  const update = new Map<string, Endpoint[]>()
  const remove = new Set<string>()
  for (const slice of slices) {
    const name = nameOf(slice)
    const ofSlice = edits.get(name)
    if (ofSlice === undefined) {
      if (relabelled.has(name)) update.set(name, [...endpointsOf(slice)])
      continue
    }
    const kept = endpointsOf(slice).flatMap((endpoint, index) => {
      const edit = ofSlice.get(index)
      return edit === undefined ? [endpoint] : edit === null ? [] : [edit]
    })
    if (kept.length === 0) remove.add(name)
    else update.set(name, kept)
  }
  return { update, remove }
}

/** Puts endpoints into the slices that are written anyway; returns what is left over. */
const fillUp = (update: Map<string, Endpoint[]>, rest: Endpoint[]): Endpoint[] => {
  if (rest.length === 0) return rest
  const fullestFirst = [...update].sort(
    ([aName, a], [bName, b]) => b.length - a.length || (aName < bName ? -1 : 1),
  )
  for (const [, endpoints] of fullestFirst) {
    const room = MAX_ENDPOINTS - endpoints.length
    if (room > 0) append(endpoints, rest.splice(0, room))
  }
  return rest
}

/** The unchanged slice that would be fullest with `count` more. kubernetes: getSliceToFill */
const sliceToFill = (
  { slices }: GroupChange,
  update: ReadonlyMap<string, unknown>,
  remove: ReadonlySet<string>,
  count: number,
): EndpointSlice | undefined => {
  let best: EndpointSlice | undefined
  let least = MAX_ENDPOINTS
  for (const slice of slices) {
    const room = MAX_ENDPOINTS - count - endpointsOf(slice).length
    if (room < 0 || room >= least || update.has(nameOf(slice)) || remove.has(nameOf(slice)))
      continue
    best = slice
    least = room
    if (least === 0) break
  }
  return best
}

export const endpointsOf = (slice: EndpointSlice): readonly Endpoint[] => slice.endpoints ?? []

const nameOf = (slice: EndpointSlice): string => slice.metadata.name ?? ''
