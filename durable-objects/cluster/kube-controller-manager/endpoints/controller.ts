// kubernetes: pkg/controller/endpoint/endpoints_controller.go
import type { EndpointAddress, EndpointPort, Endpoints } from '#api/core/v1/endpoints/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import { satisfies } from '#client/selector-index.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import { assign, equal, keyOf, own, splitKey, type StringMap } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { Backends, type Backend } from '#kube-controller-manager/endpoints/subsets.ts'
import { ChangedPods } from '#kube-controller-manager/service-pods/changed-pods.ts'
import {
  belongsInEndpoints,
  hasClusterIp,
  hasHostnameIn,
  isReady,
  podAddress,
  readyCondition,
  selectsPods,
  type IpFamily,
} from '#kube-controller-manager/service-pods/pod-backend.ts'
import { isNamespaceTerminating } from '#kube-controller-manager/pod-control.ts'
import {
  TargetPortFinder,
  type TargetPort,
} from '#kube-controller-manager/service-pods/target-ports.ts'

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const HEADLESS = 'service.kubernetes.io/headless'
const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'

interface Known {
  readonly finder: TargetPortFinder
  readonly backends: Backends
}

class EndpointsController implements Component {
  readonly name = 'endpoints-controller'
  readonly queue: WorkQueue
  readonly #client: Client
  readonly #context: ComponentContext
  readonly #changed: ChangedPods
  readonly #known = new Map<string, Known>()
  readonly #synced = new Map<string, string>()
  #isWriting = false

  constructor(context: ComponentContext) {
    const { client, queue } = context
    this.#context = context
    this.#client = client
    this.queue = queue
    this.#changed = new ChangedPods(client, (key) => queue.add(key))
    client.watch('endpoints', ({ object }) => {
      if (!this.#isWriting) queue.add(keyOf(object))
    })
  }

  resync(): void {
    this.#changed.resync()
    for (const service of this.#client.list('services')) {
      const key = keyOf(service)
      const isSynced = selectsPods(service) && this.queue.retryDueAt(key) === undefined
      this.#synced.set(key, isSynced ? (service.metadata.uid ?? '') : this.#writtenFor(service))
    }
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const service = this.#client.get('services', namespace, name)
    if (service === undefined || !selectsPods(service)) {
      this.#known.delete(key)
      this.#changed.drop(key)
      // the Endpoints of a deleted Service go with it, whoever wrote them
      if (service === undefined && this.#synced.delete(key)) this.#delete(namespace, name)
      else if (service !== undefined) this.#synced.set(key, this.#writtenFor(service))
      return
    }
    const changed = this.#changed.take(key)
    try {
      this.#reconcile(key, service, changed)
    } catch (error) {
      this.#changed.drop(key)
      if (!isNamespaceTerminating(error)) throw error
    }
    this.#synced.set(key, service.metadata.uid ?? '')
  }

  /** The uid of the Service if its Endpoints are ours, of a time when it still took Pods. */
  #writtenFor({ metadata }: Service): string {
    const { namespace = '', name = '', uid = '' } = metadata
    const existing = this.#client.get('endpoints', namespace, name)
    return own(existing?.metadata.labels, MANAGED_BY) === undefined ? '' : uid
  }

  #reconcile(key: string, service: Service, changed: ReadonlySet<string> | undefined): void {
    const { namespace = '', name = '' } = service.metadata
    const existing = this.#client.get('endpoints', namespace, name)
    const moved = this.#update(key, service, changed)
    const { backends } = this.#known.get(key)!
    const { subsets, truncated } = backends.subsets()
    const labels = labelsOf(service)
    if (existing !== undefined && isAsWanted(existing, subsets, labels, truncated)) return
    const isKnown = this.#synced.get(key) === service.metadata.uid
    const unlike = changed === undefined && isKnown ? notStanding(existing, moved) : moved
    const time = isKnown ? earliest(unlike) : service.metadata.creationTimestamp
    const annotations = annotationsOf(existing?.metadata.annotations, time, truncated)
    this.#write(service, existing, { labels, annotations, subsets })
  }

  /** Brings what is known of the Service's Pods up to date; returns the Pods that changed. */
  #update(key: string, service: Service, changed: ReadonlySet<string> | undefined): readonly Pod[] {
    const { namespace = '' } = service.metadata
    const known = changed === undefined ? undefined : this.#known.get(key)
    if (known !== undefined)
      return this.#set(
        service,
        known,
        [...changed!].sort().map((name) => this.#podOf(service, name)),
      )
    const fresh = { finder: new TargetPortFinder(service), backends: new Backends() }
    const labels = selectorFromMap(service.spec.selector ?? {})
    const pods = this.#client.list('pods', { namespace, labels })
    this.#known.set(key, fresh)
    return this.#set(
      service,
      fresh,
      pods.map((pod) => [pod.metadata.name ?? '', pod]),
    )
  }

  #set(
    service: Service,
    { finder, backends }: Known,
    pods: readonly (readonly [string, Pod | undefined])[],
  ): readonly Pod[] {
    const moved: Pod[] = []
    for (const [name, pod] of pods) {
      const backend = pod === undefined ? undefined : backendOf(pod, service, finder)
      if (backends.set(name, backend) && pod !== undefined && backend !== undefined) moved.push(pod)
    }
    return moved
  }

  #podOf(service: Service, name: string): readonly [string, Pod | undefined] {
    const pod = this.#client.get('pods', service.metadata.namespace ?? '', name)
    return [
      name,
      pod !== undefined && satisfies(pod.metadata.labels, service.spec.selector ?? {})
        ? pod
        : undefined,
    ]
  }

  #write(
    { metadata }: Service,
    existing: Endpoints | undefined,
    {
      labels,
      annotations,
      subsets,
    }: {
      labels: StringMap
      annotations: StringMap | undefined
      subsets: NonNullable<Endpoints['subsets']>
    },
  ): void {
    const { namespace = '', name = '' } = metadata
    const base = existing ?? { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace } }
    const endpoints: Endpoints = assign(base, {
      metadata: assign(base.metadata, { labels, annotations }),
      subsets: subsets.length === 0 ? undefined : subsets,
    })
    this.#isWriting = true
    try {
      if (existing === undefined) this.#client.create('endpoints', endpoints, { validated: true })
      else this.#client.update('endpoints', endpoints, { validated: true })
    } catch (error) {
      this.#recordFailure(endpoints, existing === undefined, error)
      throw error
    } finally {
      this.#isWriting = false
    }
  }

  #recordFailure(object: Endpoints, isNew: boolean, error: unknown): void {
    if (!(error instanceof StatusError) || isNamespaceTerminating(error)) return
    const message = isNew
      ? `Failed to create endpoint for service ${keyOf(object)}: ${error.message}`
      : `Failed to update endpoint ${keyOf(object)}: ${error.message}`
    const reason = isNew ? 'FailedToCreateEndpoint' : 'FailedToUpdateEndpoint'
    this.#context.events.record({
      object,
      type: 'Warning',
      reason,
      message,
      component: 'endpoint-controller',
    })
  }

  #delete(namespace: string, name: string): void {
    if (this.#client.get('endpoints', namespace, name) === undefined) return
    this.#client.delete('endpoints', namespace, name)
  }
}

const backendOf = (pod: Pod, service: Service, finder: TargetPortFinder): Backend | undefined => {
  const publishes = service.spec.publishNotReadyAddresses === true
  if (!belongsInEndpoints(pod, publishes)) return undefined
  const ip = podAddress(pod, familyOfService(service))
  const { key, ports } = finder.of(pod)
  const isPortless = (service.spec.ports ?? []).length === 0
  if (
    ip === undefined ||
    (ports.length === 0 && !(isPortless && service.spec.clusterIP === 'None'))
  )
    return undefined
  const hostname = hasHostnameIn(pod, service) ? pod.spec.hostname : undefined
  return new PodBackend(
    key,
    portsWithoutEmptyNames(ports),
    ip,
    pod,
    hostname,
    publishes || isReady(pod),
  )
}

class PodBackend implements Backend {
  readonly key: string
  readonly ports: readonly EndpointPort[]
  readonly ip: string
  readonly hostname: string | undefined
  readonly ready: boolean
  readonly #pod: Pod
  #address: EndpointAddress | undefined

  constructor(
    key: string,
    ports: readonly EndpointPort[],
    ip: string,
    pod: Pod,
    hostname: string | undefined,
    ready: boolean,
  ) {
    this.key = key
    this.ports = ports
    this.ip = ip
    this.hostname = hostname
    this.ready = ready
    this.#pod = pod
  }

  get uid(): string {
    return this.#pod.metadata.uid ?? ''
  }

  get nodeName(): string | undefined {
    return this.#pod.spec.nodeName
  }

  get address(): EndpointAddress {
    const { namespace = '', name = '' } = this.#pod.metadata
    return (this.#address ??= {
      ...(this.hostname === undefined ? {} : { hostname: this.hostname }),
      ip: this.ip,
      ...(this.nodeName === undefined ? {} : { nodeName: this.nodeName }),
      targetRef: { kind: 'Pod', namespace, name, uid: this.uid },
    })
  }
}

const renamed = new WeakMap<readonly TargetPort[], readonly EndpointPort[]>()

const portsWithoutEmptyNames = (ports: readonly TargetPort[]): readonly EndpointPort[] => {
  const known = renamed.get(ports)
  if (known !== undefined) return known
  const result = ports.map(withoutEmptyName)
  renamed.set(ports, result)
  return result
}

const withoutEmptyName = ({ name, ...port }: TargetPort): EndpointPort =>
  name === '' ? port : { name, ...port }

/** kubernetes: podToEndpointAddressForService */
const familyOfService = ({ spec }: Service): IpFamily =>
  spec.ipFamilies?.[0] ?? (spec.clusterIP?.includes(':') === true ? 'IPv6' : 'IPv4')

const labelsOf = (service: Service): StringMap => {
  const { [HEADLESS]: _, ...labels } = service.metadata.labels ?? {}
  return {
    ...labels,
    [MANAGED_BY]: 'endpoint-controller',
    ...(hasClusterIp(service) ? {} : { [HEADLESS]: '' }),
  }
}

const isAsWanted = (
  { metadata, subsets = [] }: Endpoints,
  wanted: NonNullable<Endpoints['subsets']>,
  labels: StringMap,
  truncated: boolean,
): boolean =>
  (own(metadata.annotations, OVER_CAPACITY) !== undefined) === truncated &&
  equal(metadata.labels, labels) &&
  equal(subsets, wanted)

const annotationsOf = (
  existing: StringMap | undefined,
  time: string | undefined,
  truncated: boolean,
): StringMap | undefined => {
  const wanted = { [TRIGGER_TIME]: time, [OVER_CAPACITY]: truncated ? 'truncated' : undefined }
  const annotations = assign<Record<string, string>>({ ...existing }, wanted)
  return Object.keys(annotations).length === 0 ? undefined : annotations
}

/** The Pods that do not stand in the Endpoints as ready as they are. */
const notStanding = (endpoints: Endpoints | undefined, pods: readonly Pod[]): readonly Pod[] => {
  const ready = new Map<string | undefined, boolean>()
  for (const { addresses = [], notReadyAddresses = [] } of endpoints?.subsets ?? []) {
    for (const { targetRef } of addresses) ready.set(targetRef?.uid, true)
    for (const { targetRef } of notReadyAddresses) ready.set(targetRef?.uid, false)
  }
  return pods.filter((pod) => ready.get(pod.metadata.uid) !== isReady(pod))
}

const earliest = (pods: readonly Pod[]): string | undefined => {
  let time: string | undefined
  for (const pod of pods) {
    const moment = readyCondition(pod)?.lastTransitionTime
    if (moment !== undefined && (time === undefined || moment < time)) time = moment
  }
  return time
}

export const endpointsController: ComponentDefinition = {
  name: 'endpoints-controller',
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:endpoint-controller',
  create: (context) => new EndpointsController(context),
}
