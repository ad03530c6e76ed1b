// kubernetes: staging/src/k8s.io/endpointslice/topologycache/topologycache.go, reconciler.go
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { ComponentContext } from '#client/component.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { SlicePlan } from '#kube-controller-manager/endpointslice/service-slices.ts'
import {
  addHints,
  wantsTopologyHints,
  zoneRatios,
} from '#kube-controller-manager/endpointslice/topology-hints.ts'
import type { IpFamily } from '#kube-controller-manager/service-pods/pod-backend.ts'

const MEMORY = 'topology-hints/'
/** What is remembered of a Service that has hints; of another, why it has none. */
const ENABLED = ''

type Writes = Pick<SlicePlan, 'create' | 'update'>

/** Gives the slices of Services that ask for it their hints, and tells in events when hints come and go. */
export class TopologyHints {
  readonly #context: Pick<ComponentContext, 'client' | 'memory' | 'events'>
  #problem: string | undefined

  constructor(context: Pick<ComponentContext, 'client' | 'memory' | 'events'>) {
    this.#context = context
  }

  /** The Services that ask for hints. */
  services(): ReadonlySet<string> {
    const entries = this.#context.memory.entries(MEMORY)
    return new Set(entries.map(([entry]) => entry.slice(MEMORY.length, entry.lastIndexOf('/'))))
  }

  forget(key: string): void {
    for (const [entry] of this.#context.memory.entries(`${MEMORY}${key}/`))
      this.#context.memory.delete(entry)
  }

  /** The writes with hints, and what else must be written for them. */
  hint(
    service: Service,
    family: IpFamily,
    { create, update }: Writes,
    unchanged: () => readonly EndpointSlice[],
  ): Writes {
    this.#problem = undefined
    if (!wantsTopologyHints(service.metadata.annotations)) return { create, update }
    const ratios = zoneRatios(this.#context.client.list('nodes'))
    const before = [...create, ...update].map(({ endpoints }) => endpoints)
    const { written, taken, problem } = addHints(before, unchanged(), ratios)
    this.#problem = problem === undefined ? ENABLED : `${problem}, addressType: ${family}`
    return {
      create: create.map((one, index) => ({ ...one, endpoints: written[index]! })),
      update: [
        ...update.map((one, index) => ({ ...one, endpoints: written[create.length + index]! })),
        ...taken.map(({ slice, endpoints }) => ({ slice, ports: slice.ports ?? [], endpoints })),
      ],
    }
  }

  /** Tells what became of the hints since it was last told. Upstream says why there are none at every look. */
  tell(service: Service, family: IpFamily): void {
    const { memory } = this.#context
    const entry = `${MEMORY}${keyOf(service)}/${family}`
    const before = memory.get(entry)
    if (before === this.#problem) return
    if (this.#problem === undefined) {
      memory.delete(entry)
      if (before === ENABLED)
        this.#record(service, `Topology Aware Hints has been disabled, addressType: ${family}`)
      return
    }
    memory.set(entry, this.#problem)
    if (this.#problem === ENABLED)
      this.#record(service, `Topology Aware Hints has been enabled, addressType: ${family}`, true)
    else this.#record(service, this.#problem)
  }

  #record(service: Service, message: string, isEnabled = false): void {
    this.#context.events.record({
      object: service,
      type: isEnabled ? 'Normal' : 'Warning',
      reason: isEnabled ? 'TopologyAwareHintsEnabled' : 'TopologyAwareHintsDisabled',
      message,
      component: 'endpoint-slice-controller',
    })
  }
}
