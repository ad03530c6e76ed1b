import type {
  Endpoint,
  EndpointPort,
  EndpointSlice,
} from '#api/discovery/v1/endpoint-slice/types.ts'
import {
  endpointsOf,
  planGroup,
  type GroupChange,
  type GroupPlan,
} from '#kube-controller-manager/endpointslice/plan.ts'
import {
  isSameEndpoint,
  isUnchangedEndpoint,
} from '#kube-controller-manager/endpointslice/endpoint.ts'
import { portsKey } from '#kube-controller-manager/service-pods/target-ports.ts'

/** Where a Pod should stand. */
export interface Desired {
  readonly key: string
  readonly ports: readonly EndpointPort[]
  readonly endpoint: Endpoint
  /** Hints are given to all endpoints of the Service together, afterwards. */
  readonly sharesHints: boolean
}

/** All slices of one set of ports. */
interface Group {
  readonly key: string
  readonly ports: readonly EndpointPort[]
  readonly slices: Map<string, EndpointSlice>
  size: number
}

/** Where a Pod stands. `slice` is '' until its slice has a name. */
interface Member {
  readonly group: Group
  endpoint: Endpoint
  slice: string
}

interface Edits {
  readonly slices: Map<string, Map<number, Endpoint | null>>
  readonly additions: { readonly pod: string; readonly endpoint: Endpoint }[]
}

interface PlannedSlice {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

/** What to write so that the slices are as they should be. */
export interface SlicePlan {
  readonly create: readonly PlannedSlice[]
  readonly update: readonly {
    readonly slice: EndpointSlice
    readonly ports: readonly EndpointPort[]
    readonly endpoints: readonly Endpoint[]
  }[]
  readonly remove: readonly EndpointSlice[]
  /** Pods whose endpoint is new or became ready or unready: the earliest of their moments is the trigger time. */
  readonly changedPods: readonly string[]
}

/**
 * The slices of one Service and address family, with an index of which Pod stands in which slice, so that a changed Pod is found
 * without a look at the others. Derived from the slices; made anew whenever somebody else touched them.
 */
export class ServiceSlices {
  readonly #groups = new Map<string, Group>()
  readonly #members = new Map<string, Member>()
  readonly #strays = new Map<string, number[]>()
  /** Nothing was planned yet: every group is looked at. */
  #isNew = true

  constructor(slices: readonly EndpointSlice[]) {
    for (const slice of slices) this.#load(slice)
  }

  /** The Pods that the slices speak of. */
  pods(): Iterable<string> {
    return this.#members.keys()
  }

  get sliceCount(): number {
    let count = 0
    for (const { slices } of this.#groups.values()) count += slices.size
    return count
  }

  /** The slices that a plan leaves as they are. */
  unchangedBy({ update, remove }: Pick<SlicePlan, 'update' | 'remove'>): readonly EndpointSlice[] {
    const named = new Set([...update.map(({ slice }) => slice), ...remove])
    return [...this.#groups.values()]
      .flatMap(({ slices }) => [...slices.values()])
      .filter((slice) => !named.has(slice))
      .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))
  }

  /** What must be written for the given Pods to stand as desired (undefined: not at all). `pods` are in the order to add them in. */
  plan(
    pods: Iterable<readonly [string, Desired | undefined]>,
    isMislabelled: (slice: EndpointSlice) => boolean,
  ): SlicePlan {
    const touched = new Map<Group, Edits>()
    const changedPods: string[] = []
    for (const [pod, desired] of pods) this.#edit(pod, desired, touched, changedPods)
    if (this.#isNew) this.#editStrays(touched)
    for (const group of this.#groups.values()) if (group.size === 0) editsOf(group, touched)
    const plan = {
      create: [] as PlannedSlice[],
      update: [] as SlicePlan['update'][number][],
      remove: [] as EndpointSlice[],
    }
    for (const [group, edits] of touched) {
      const change = changeOf(group, edits, this.#isNew ? isMislabelled : NEVER)
      collect(group, planGroup(change), plan)
    }
    this.#isNew = false
    return { ...plan, changedPods }
  }

  /** Takes in a slice as it was stored. */
  written(slice: EndpointSlice): void {
    const name = slice.metadata.name ?? ''
    const group = this.#group(slice.ports ?? [])
    for (const other of this.#groups.values()) if (other !== group) this.#forget(other, name)
    group.slices.set(name, slice)
    for (const endpoint of endpointsOf(slice)) {
      const member = this.#members.get(endpoint.targetRef?.name ?? '')
      if (member === undefined) continue
      member.slice = name
      member.endpoint = endpoint
    }
  }

  removed(slice: EndpointSlice): void {
    for (const group of this.#groups.values()) this.#forget(group, slice.metadata.name ?? '')
  }

  #forget(group: Group, name: string): void {
    if (group.slices.delete(name) && group.slices.size === 0 && group.size === 0)
      this.#groups.delete(group.key)
  }

  #load(slice: EndpointSlice): void {
    const group = this.#group(slice.ports ?? [])
    const name = slice.metadata.name ?? ''
    group.slices.set(name, slice)
    for (const [index, endpoint] of endpointsOf(slice).entries()) {
      const pod = endpoint.targetRef?.kind === 'Pod' ? endpoint.targetRef.name : undefined
      if (pod === undefined || this.#members.has(pod)) {
        this.#strays.set(name, [...(this.#strays.get(name) ?? []), index])
        continue
      }
      this.#members.set(pod, { group, endpoint, slice: name })
      group.size++
    }
  }

  #group(ports: readonly EndpointPort[]): Group {
    const key = portsKey(ports)
    let group = this.#groups.get(key)
    if (group === undefined)
      this.#groups.set(key, (group = { key, ports, slices: new Map(), size: 0 }))
    return group
  }

  #edit(
    pod: string,
    desired: Desired | undefined,
    touched: Map<Group, Edits>,
    changed: string[],
  ): void {
    const member = this.#members.get(pod)
    if (member !== undefined) {
      const isHere = desired !== undefined && desired.key === member.group.key
      if (isHere && isSameEndpoint(member.endpoint, desired.endpoint)) {
        if (isUnchangedEndpoint(member.endpoint, desired.endpoint, !desired.sharesHints)) return
        if (member.endpoint.conditions.serving !== desired.endpoint.conditions.serving)
          changed.push(pod)
        replace(member, pod, desired.endpoint, touched)
        member.endpoint = desired.endpoint
        return
      }
      replace(member, pod, null, touched)
      member.group.size--
      this.#members.delete(pod)
    }
    if (desired === undefined) return
    changed.push(pod)
    const group = this.#group(desired.ports)
    editsOf(group, touched).additions.push({ pod, endpoint: desired.endpoint })
    group.size++
    this.#members.set(pod, { group, endpoint: desired.endpoint, slice: '' })
  }

  #editStrays(touched: Map<Group, Edits>): void {
    for (const group of this.#groups.values()) {
      const edits = editsOf(group, touched)
      for (const name of group.slices.keys())
        for (const index of this.#strays.get(name) ?? []) setEdit(edits, name, index, null)
    }
    this.#strays.clear()
  }
}

const NEVER = (): boolean => false

const editsOf = (group: Group, touched: Map<Group, Edits>): Edits => {
  let edits = touched.get(group)
  if (edits === undefined) touched.set(group, (edits = { slices: new Map(), additions: [] }))
  return edits
}

const setEdit = (edits: Edits, slice: string, index: number, endpoint: Endpoint | null): void => {
  const ofSlice = edits.slices.get(slice)
  if (ofSlice === undefined) edits.slices.set(slice, new Map([[index, endpoint]]))
  else ofSlice.set(index, endpoint)
}

/** Changes the member's place in its slice. */
const replace = (
  { group, slice }: Member,
  pod: string,
  endpoint: Endpoint | null,
  touched: Map<Group, Edits>,
): void => {
  const edits = editsOf(group, touched)
  const stored = group.slices.get(slice)
  if (stored === undefined) return
  const index = endpointsOf(stored).findIndex(
    ({ targetRef }) => targetRef?.name === pod && targetRef.kind === 'Pod',
  )
  if (index >= 0) setEdit(edits, slice, index, endpoint)
}

const changeOf = (
  group: Group,
  { slices, additions }: Edits,
  isMislabelled: (slice: EndpointSlice) => boolean,
): GroupChange => {
  const sorted = [...group.slices.values()].sort((a, b) =>
    (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1,
  )
  return {
    slices: sorted,
    edits: slices,
    additions: additions.map(({ endpoint }) => endpoint),
    relabelled: new Set(sorted.filter(isMislabelled).map(({ metadata }) => metadata.name ?? '')),
    isUnwanted: group.size === 0,
  }
}

const collect = (
  { ports, slices }: Group,
  planned: GroupPlan,
  into: { create: PlannedSlice[]; update: SlicePlan['update'][number][]; remove: EndpointSlice[] },
): void => {
  for (const endpoints of planned.create) into.create.push({ ports, endpoints })
  for (const [name, endpoints] of planned.update)
    into.update.push({ slice: slices.get(name)!, ports, endpoints })
  for (const name of planned.remove) into.remove.push(slices.get(name)!)
}
