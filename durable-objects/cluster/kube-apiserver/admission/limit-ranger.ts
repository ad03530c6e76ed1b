// kubernetes: plugin/pkg/admission/limitranger/admission.go
import type { LimitRange } from '#api/core/v1/limit-range/types.ts'
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { assign, mapShared, type StringMap } from '#apimachinery/object.ts'
import { claimLimitErrors, podLimitErrors } from '#kube-apiserver/admission/limit-constraints.ts'
import {
  aggregate,
  isCreate,
  isWrite,
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
} from '#kube-apiserver/admission/plugin.ts'

const ANNOTATION = 'kubernetes.io/limit-ranger'

interface Defaults {
  readonly requests: StringMap
  readonly limits: StringMap
}

const defaultsOf = ({ spec }: LimitRange): Defaults => {
  const containers = (spec.limits ?? []).filter(({ type }) => type === 'Container')
  return {
    requests: Object.assign({}, ...containers.map(({ defaultRequest }) => defaultRequest)),
    limits: Object.assign({}, ...containers.map((item) => item.default)),
  }
}

const missingFrom = (list: StringMap | undefined, defaults: StringMap): readonly string[] =>
  Object.keys(defaults)
    .filter((name) => list === undefined || !Object.hasOwn(list, name))
    .sort()

/** The container with what it does not say; what was set is told to `notes`. kubernetes: mergeContainerResources */
const withDefaults = (
  container: Container,
  { requests, limits }: Defaults,
  word: string,
  notes: string[],
): Container => {
  const resources = container.resources ?? {}
  const newRequests = missingFrom(resources.requests, requests)
  const newLimits = missingFrom(resources.limits, limits)
  if (newRequests.length > 0)
    notes.push(`${newRequests.join(', ')} request for ${word} ${container.name}`)
  if (newLimits.length > 0)
    notes.push(`${newLimits.join(', ')} limit for ${word} ${container.name}`)
  if (newRequests.length === 0 && newLimits.length === 0) return container
  return assign(container, {
    resources: assign(resources, {
      ...(newRequests.length === 0 ? {} : { requests: { ...requests, ...resources.requests } }),
      ...(newLimits.length === 0 ? {} : { limits: { ...limits, ...resources.limits } }),
    }),
  })
}

const podWithDefaults = (pod: Pod, range: LimitRange): Pod => {
  const defaults = defaultsOf(range)
  const notes: string[] = []
  const containers = mapShared(pod.spec.containers, (container) =>
    withDefaults(container, defaults, 'container', notes),
  )
  const initContainers = mapShared(pod.spec.initContainers ?? [], (container) =>
    withDefaults(container, defaults, 'init container', notes),
  )
  if (notes.length === 0) return pod
  const annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  }
  return assign(pod, {
    metadata: assign(pod.metadata, { annotations }),
    spec: assign(pod.spec, {
      containers,
      ...(pod.spec.initContainers === undefined ? {} : { initContainers }),
    }),
  })
}

export const limitRanger = ({ reader }: AdmissionContext): AdmissionPlugin => {
  const rangesIn = (namespace: string): readonly LimitRange[] =>
    reader.list('limitranges', { namespace }) as readonly LimitRange[]
  return {
    name: 'LimitRanger',
    resources: ['pods', 'persistentvolumeclaims'],
    admit: (request) => {
      if (!isCreate(request) || request.resource.name !== 'pods') return request.object
      let pod = request.object as Pod
      for (const range of rangesIn(request.namespace)) pod = podWithDefaults(pod, range)
      return pod
    },
    validate: (request) => {
      const { subresource, resource, operation } = request
      const isResize = subresource === 'resize'
      if (!isWrite(request) || (subresource !== undefined && !isResize)) return
      // What a Pod states cannot change otherwise.
      if (resource.name === 'pods' && operation === 'UPDATE' && !isResize) return
      for (const range of rangesIn(request.namespace)) {
        const errors =
          resource.name === 'pods'
            ? podLimitErrors(range, request.object as Pod)
            : claimLimitErrors(range, request.object as PersistentVolumeClaim)
        if (errors.length > 0) throw refuse(request, aggregate(errors))
      }
    },
  }
}
