// kubernetes: pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go
import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import { keyOf, own, splitKey, type StringMap } from '#apimachinery/object.ts'
import {
  MAX_PER_SUBSET,
  MIRRORING_CONTROLLER,
  planMirror,
} from '#kube-controller-manager/endpointslicemirroring/mirror.ts'
import { isNamespaceTerminating } from '#kube-controller-manager/pod-control.ts'

const SLICES = 'endpointslices.discovery.k8s.io'
const SERVICE_NAME = 'kubernetes.io/service-name'
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'

/** Shows Endpoints that were written by hand, for Services without selector, as EndpointSlices. */
class MirroringController implements Component {
  readonly name = 'endpointslicemirroring-controller'
  readonly queue: WorkQueue
  readonly #context: ComponentContext
  readonly #client: Client
  #isWriting = false

  constructor(context: ComponentContext) {
    const { client, queue } = context
    this.#context = context
    this.#client = client
    this.queue = queue
    client.watch('endpoints', ({ object }) => queue.add(keyOf(object)))
    client.watch('services', ({ type, object, old }) => {
      if (type !== 'MODIFIED' || hasSelector(object) !== hasSelector(old!)) queue.add(keyOf(object))
    })
    client.watch(SLICES, ({ object, old }) => {
      if (!this.#isWriting) for (const slice of [object, old ?? object]) this.#queueFor(slice)
    })
  }

  resync(): void {
    for (const endpoints of this.#client.list('endpoints')) this.queue.add(keyOf(endpoints))
    for (const slice of this.#client.list(SLICES, {
      labels: selectorFromMap({ [MANAGED_BY]: MIRRORING_CONTROLLER }),
    }))
      this.#queueFor(slice)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const endpoints = this.#client.get('endpoints', namespace, name)
    const service = this.#client.get('services', namespace, name)
    const isMirrored =
      endpoints !== undefined &&
      shouldMirror(endpoints) &&
      service !== undefined &&
      !hasSelector(service)
    const labels = selectorFromMap({ [SERVICE_NAME]: name, [MANAGED_BY]: MIRRORING_CONTROLLER })
    const existing = this.#client
      .list(SLICES, { namespace, labels })
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    this.#isWriting = true
    try {
      if (isMirrored) this.#mirror(endpoints, existing)
      else for (const slice of existing) this.#delete(slice)
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error
    } finally {
      this.#isWriting = false
    }
  }

  #mirror(endpoints: Endpoints, existing: readonly EndpointSlice[]): void {
    const plan = planMirror(endpoints, existing)
    if (plan.skipped > 0 && plan.create.length + plan.update.length > 0)
      this.#context.events.record({
        object: endpoints,
        type: 'Warning',
        reason: 'TooManyAddressesToMirror',
        message: `A max of ${MAX_PER_SUBSET} addresses can be mirrored to EndpointSlices per Endpoints subset. ${plan.skipped} addresses were skipped`,
        component: 'endpoint-slice-mirroring-controller',
      })
    if (endpoints.metadata.deletionTimestamp === undefined)
      for (const slice of plan.create) this.#client.create(SLICES, slice, { validated: true })
    for (const slice of plan.update) this.#client.update(SLICES, slice, { validated: true })
    for (const slice of plan.remove) this.#delete(slice)
  }

  #delete({ metadata }: EndpointSlice): void {
    this.#client.delete(SLICES, metadata.namespace ?? '', metadata.name ?? '')
  }

  #queueFor({ metadata }: EndpointSlice): void {
    const service = own(metadata.labels, SERVICE_NAME) ?? ''
    if (service !== '' && own(metadata.labels, MANAGED_BY) === MIRRORING_CONTROLLER)
      this.queue.add(`${metadata.namespace ?? ''}/${service}`)
  }
}

const hasSelector = ({ spec }: Service): boolean => Object.keys(spec.selector ?? {}).length > 0

/** kubernetes: shouldMirror */
const shouldMirror = ({ metadata }: Endpoints): boolean =>
  !isTrue(metadata.labels) &&
  own(metadata.annotations, 'control-plane.alpha.kubernetes.io/leader') === undefined

const isTrue = (labels: StringMap | undefined): boolean => {
  const value = own(labels, 'endpointslice.kubernetes.io/skip-mirror')
  return value !== undefined && ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)
}

export const endpointSliceMirroringController: ComponentDefinition = {
  name: 'endpointslicemirroring-controller',
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:endpointslicemirroring-controller',
  create: (context) => new MirroringController(context),
}
