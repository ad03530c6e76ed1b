// kubernetes: pkg/controller/endpointslice/endpointslice_controller.go, staging/src/k8s.io/endpointslice/reconciler.go
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { Change, Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import { satisfies } from '#client/selector-index.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import { assign, equal, keyOf, own, splitKey, type StringMap } from '#apimachinery/object.ts'
import { podEndpoint } from '#kube-controller-manager/endpointslice/endpoint.ts'
import {
  ServiceSlices,
  type Desired,
  type SlicePlan,
} from '#kube-controller-manager/endpointslice/service-slices.ts'
import {
  CONTROLLER,
  isManaged,
  isOwnedBy,
  isPlaceholder,
  labelsDiffer,
  MANAGED_BY,
  newSlice,
  SERVICE_NAME,
  sliceLabels,
  withTriggerTime,
} from '#kube-controller-manager/endpointslice/slice-object.ts'
import { TopologyHints } from '#kube-controller-manager/endpointslice/topology-cache.ts'
import {
  topologyOf,
  wantsTopologyHints,
} from '#kube-controller-manager/endpointslice/topology-hints.ts'
import { ChangedPods } from '#kube-controller-manager/service-pods/changed-pods.ts'
import {
  belongsInEndpoints,
  readyCondition,
  selectsPods,
  type IpFamily,
} from '#kube-controller-manager/service-pods/pod-backend.ts'
import { isNamespaceTerminating } from '#kube-controller-manager/pod-control.ts'
import { TargetPortFinder } from '#kube-controller-manager/service-pods/target-ports.ts'

const SLICES = 'endpointslices.discovery.k8s.io'
const ZONE = 'topology.kubernetes.io/zone'

/** What is known of a Service between two syncs. */
interface Known {
  readonly finder: TargetPortFinder
  readonly labels: StringMap
  readonly families: ReadonlyMap<IpFamily, ServiceSlices>
}

class EndpointSliceController implements Component {
  readonly name = 'endpointslice-controller'
  readonly queue: WorkQueue
  readonly #client: Client
  readonly #changed: ChangedPods
  readonly #known = new Map<string, Known>()
  /** The uids of Services synced before: the first write of a new one is triggered by the Service itself. */
  readonly #synced = new Map<string, string>()
  readonly #topology: TopologyHints
  #isWriting = false

  constructor({ client, queue, memory, events }: ComponentContext) {
    this.#client = client
    this.queue = queue
    this.#topology = new TopologyHints({ client, memory, events })
    this.#changed = new ChangedPods(client, (key) => queue.add(key))
    client.watch(SLICES, (change) => this.#sliceChanged(change))
    client.watch('nodes', (change) => this.#nodeChanged(change))
  }

  resync(): void {
    this.#changed.resync()
    for (const service of this.#client.list('services')) {
      const key = keyOf(service)
      if (this.queue.retryDueAt(key) !== undefined) continue
      if (selectsPods(service) || this.#hasSlices(service))
        this.#synced.set(key, service.metadata.uid ?? '')
    }
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const service = this.#client.get('services', namespace, name)
    if (service === undefined || !selectsPods(service)) {
      // slices of a Service that no longer selects Pods are left as they are, as upstream does; those of a deleted one are the garbage collector's
      this.#known.delete(key)
      this.#changed.drop(key)
      this.#topology.forget(key)
      if (service === undefined || !this.#hasSlices(service)) this.#synced.delete(key)
      return
    }
    const pods = this.#changed.take(key)
    if (pods === undefined) this.#known.delete(key)
    try {
      this.#reconcile(key, service, pods)
    } catch (error) {
      this.#changed.drop(key)
      if (!isNamespaceTerminating(error)) throw error
    }
    this.#synced.set(key, service.metadata.uid ?? '')
  }

  #hasSlices(service: Service): boolean {
    const { namespace = '', name = '' } = service.metadata
    const labels = selectorFromMap({ [SERVICE_NAME]: name, [MANAGED_BY]: CONTROLLER })
    return this.#client
      .list(SLICES, { namespace, labels })
      .some((slice) => isOwnedBy(slice, service))
  }

  #reconcile(key: string, service: Service, changed: ReadonlySet<string> | undefined): void {
    const known = this.#known.get(key)
    if (known !== undefined && changed !== undefined) {
      const pods = [...changed].sort().map((name) => this.#podOf(service, name))
      for (const [family, slices] of known.families)
        this.#syncFamily(key, service, known, family, slices, pods)
      return
    }
    const fresh = this.#load(service)
    const { namespace = '' } = service.metadata
    const labels = selectorFromMap(service.spec.selector ?? {})
    const pods = this.#client
      .list('pods', { namespace, labels })
      .map((pod) => [pod.metadata.name ?? '', pod] as const)
    for (const [family, slices] of fresh.families) {
      const selected = new Set(pods.map(([pod]) => pod))
      const gone = [...slices.pods()]
        .filter((pod) => !selected.has(pod))
        .map((pod) => [pod, undefined] as const)
      this.#syncFamily(key, service, fresh, family, slices, [...gone, ...pods])
    }
    this.#known.set(key, fresh)
  }

  /** Sorts the Service's slices by family. Those it cannot use any more are deleted. */
  #load(service: Service): Known {
    const { namespace = '', name = '' } = service.metadata
    const labels = selectorFromMap({ [SERVICE_NAME]: name, [MANAGED_BY]: CONTROLLER })
    const existing = this.#client
      .list(SLICES, { namespace, labels })
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    const families = new Map(familiesOf(service).map((family) => [family, [] as EndpointSlice[]]))
    for (const slice of existing) {
      const usable = isOwnedBy(slice, service)
        ? families.get(slice.addressType as IpFamily)
        : undefined
      if (usable === undefined) this.#delete(slice)
      else usable.push(slice)
    }
    return {
      finder: new TargetPortFinder(service),
      labels: sliceLabels(service),
      families: new Map(
        [...families].map(([family, slices]) => [family, new ServiceSlices(slices)]),
      ),
    }
  }

  #syncFamily(
    key: string,
    service: Service,
    known: Known,
    family: IpFamily,
    slices: ServiceSlices,
    pods: readonly (readonly [string, Pod | undefined])[],
  ): void {
    const desired = pods.map(
      ([name, pod]) =>
        [
          name,
          pod === undefined ? undefined : this.#desired(pod, service, known.finder, family),
        ] as const,
    )
    const plan = slices.plan(desired, (slice) => labelsDiffer(slice, known.labels))
    const time = this.#triggerTime(key, service, plan, pods)
    this.#apply(service, family, known.labels, slices, plan, time)
  }

  #podOf(service: Service, name: string): readonly [string, Pod | undefined] {
    const pod = this.#client.get('pods', service.metadata.namespace ?? '', name)
    const isSelected =
      pod !== undefined && satisfies(pod.metadata.labels, service.spec.selector ?? {})
    return [name, isSelected ? pod : undefined]
  }

  #desired(
    pod: Pod,
    service: Service,
    finder: TargetPortFinder,
    family: IpFamily,
  ): Desired | undefined {
    if (!belongsInEndpoints(pod, true)) return undefined
    const node =
      pod.spec.nodeName === undefined ? undefined : this.#client.get('nodes', '', pod.spec.nodeName)
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) return undefined
    const endpoint = podEndpoint(pod, node, service, family)
    const sharesHints = wantsTopologyHints(service.metadata.annotations)
    return endpoint === undefined ? undefined : { ...finder.of(pod), endpoint, sharesHints }
  }

  /** kubernetes: TriggerTimeTracker.ComputeEndpointLastChangeTriggerTime */
  #triggerTime(
    key: string,
    service: Service,
    { changedPods }: SlicePlan,
    pods: readonly (readonly [string, Pod | undefined])[],
  ): string | undefined {
    if (this.#synced.get(key) !== service.metadata.uid) return service.metadata.creationTimestamp
    if (changedPods.length === 0) return undefined
    const changed = new Set(changedPods)
    let earliest: string | undefined
    for (const [name, pod] of pods) {
      const time =
        pod === undefined || !changed.has(name)
          ? undefined
          : readyCondition(pod)?.lastTransitionTime
      if (time !== undefined && (earliest === undefined || time < earliest)) earliest = time
    }
    return earliest
  }

  #apply(
    service: Service,
    family: IpFamily,
    labels: StringMap,
    slices: ServiceSlices,
    plan: SlicePlan,
    time: string | undefined,
  ): void {
    let create = [...plan.create]
    const remove = [...plan.remove]
    if (slices.sliceCount === remove.length && create.length === 0) {
      // a Service always has a slice, so that "no endpoints" can be told from "not looked at yet"
      if (remove.length === 1 && isPlaceholder(remove[0]!, labels)) remove.pop()
      else create.push({ ports: [], endpoints: [] })
    }
    let update = [...plan.update]
    const hinted = this.#topology.hint(service, family, { create, update }, () =>
      slices.unchangedBy({ update: plan.update, remove: plan.remove }),
    )
    create = [...hinted.create]
    update = [...hinted.update]
    while (create.length > 0 && remove.length > 0)
      update.push({ slice: remove.shift()!, ...create.pop()! })
    if (service.metadata.deletionTimestamp === undefined)
      for (const { ports, endpoints } of create) {
        const slice = { ...newSlice(service, family, ports, labels), endpoints }
        slices.written(
          this.#write(() =>
            this.#client.create(SLICES, withTriggerTime(slice, time), { validated: true }),
          ),
        )
      }
    for (const { slice, ports, endpoints } of update) {
      const metadata = equal(slice.metadata.labels, labels)
        ? slice.metadata
        : assign(slice.metadata, { labels })
      const changed = withTriggerTime(assign(slice, { metadata, ports, endpoints }), time)
      slices.written(this.#write(() => this.#client.update(SLICES, changed, { validated: true })))
    }
    for (const slice of remove) {
      this.#delete(slice)
      slices.removed(slice)
    }
    this.#topology.tell(service, family)
  }

  #delete({ metadata }: EndpointSlice): void {
    this.#write(() => {
      if (this.#client.get(SLICES, metadata.namespace ?? '', metadata.name ?? '') !== undefined)
        this.#client.delete(SLICES, metadata.namespace ?? '', metadata.name ?? '')
    })
  }

  #write<T>(action: () => T): T {
    this.#isWriting = true
    try {
      return action()
    } finally {
      this.#isWriting = false
    }
  }

  /** Somebody else touched a slice of ours: it is put right again. */
  #sliceChanged({ object, old }: Change<EndpointSlice>): void {
    if (this.#isWriting) return
    for (const slice of old === undefined || old === object ? [object] : [old, object]) {
      const service = own(slice.metadata.labels, SERVICE_NAME) ?? ''
      if (service !== '' && isManaged(slice))
        this.#changed.forget(`${slice.metadata.namespace ?? ''}/${service}`)
    }
  }

  /** Endpoints tell the zone of their node, and those of nodes that are not there are left out. */
  #nodeChanged({ type, object, old }: Change<Node>): void {
    if (type !== 'MODIFIED' || topologyOf(object) !== topologyOf(old!))
      for (const key of this.#topology.services()) this.queue.add(key)
    if (
      type === 'MODIFIED' &&
      own(object.metadata.labels, ZONE) === own(old?.metadata.labels, ZONE)
    )
      return
    for (const pod of this.#client.list('pods', { node: object.metadata.name ?? '' }))
      this.#changed.touch(pod)
  }
}

/** kubernetes: getAddressTypesForService */
const familiesOf = ({ spec }: Service): readonly IpFamily[] => {
  const { ipFamilies = [], clusterIP = '' } = spec
  if (ipFamilies.length > 0) return ipFamilies
  if (clusterIP === '' || clusterIP === 'None') return ['IPv4', 'IPv6']
  return [clusterIP.includes(':') ? 'IPv6' : 'IPv4']
}

export const endpointSliceController: ComponentDefinition = {
  name: 'endpointslice-controller',
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:endpointslice-controller',
  create: (context) => new EndpointSliceController(context),
}
