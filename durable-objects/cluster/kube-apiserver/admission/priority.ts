// kubernetes: plugin/pkg/admission/priority/admission.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PriorityClass } from '#api/scheduling/v1/priority-class/types.ts'
import { assign } from '#apimachinery/object.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import {
  isCreate,
  isWrite,
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
  type WriteRequest,
} from '#kube-apiserver/admission/plugin.ts'

const CLASSES = 'priorityclasses.scheduling.k8s.io'

/** Of several defaults the lowest counts. kubernetes: getDefaultPriorityClass */
const defaultClass = (reader: Reader): PriorityClass | undefined => {
  let found: PriorityClass | undefined
  for (const object of reader.list(CLASSES)) {
    const each = object as PriorityClass
    if (each.globalDefault !== true) continue
    if (found === undefined || (each.value ?? 0) < (found.value ?? 0)) found = each
  }
  return found
}

const classOf = (
  request: WriteRequest,
  reader: Reader,
  name: string,
): PriorityClass | undefined => {
  if (name === '') return defaultClass(reader)
  const found = reader.get(CLASSES, '', name) as PriorityClass | undefined
  if (found === undefined) throw refuse(request, `no PriorityClass with name ${name} was found`)
  return found
}

const admitPod = (request: WriteRequest, reader: Reader): Pod => {
  const pod = request.object as Pod
  const { priorityClassName = '', priority, preemptionPolicy } = pod.spec
  const found = classOf(request, reader, priorityClassName)
  const value = found?.value ?? 0
  const policy = found === undefined ? 'PreemptLowerPriority' : found.preemptionPolicy
  if (priority !== undefined && priority !== value)
    throw refuse(
      request,
      `the integer value of priority (${priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    )
  if (policy !== undefined && preemptionPolicy !== undefined && preemptionPolicy !== policy)
    throw refuse(
      request,
      `the string value of PreemptionPolicy (${preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    )
  return assign(pod, {
    spec: assign(pod.spec, {
      priority: value,
      preemptionPolicy: policy ?? preemptionPolicy,
      ...(found === undefined ? {} : { priorityClassName: found.metadata.name }),
    }),
  })
}

/** A write that leaves the computed fields out does not clear them. */
const keepPriority = (pod: Pod, old: Pod): Pod =>
  assign(pod, {
    spec: assign(pod.spec, {
      priority: pod.spec.priority ?? old.spec.priority,
      preemptionPolicy: pod.spec.preemptionPolicy ?? old.spec.preemptionPolicy,
    }),
  })

export const priority = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'Priority',
  resources: ['pods', CLASSES],
  admit: (request) => {
    const { resource, object, old, subresource } = request
    if (resource.name !== 'pods' || subresource !== undefined) return object
    if (isCreate(request)) return admitPod(request, reader)
    return old === undefined ? object : keepPriority(object as Pod, old as Pod)
  },
  validate: (request) => {
    if (request.resource.name !== CLASSES || !isWrite(request)) return
    const object = request.object as PriorityClass
    const other = object.globalDefault === true ? defaultClass(reader) : undefined
    if (other !== undefined && (isCreate(request) || other.metadata.name !== object.metadata.name))
      throw refuse(
        request,
        `PriorityClass ${other.metadata.name ?? ''} is already marked as default. Only one default can exist`,
      )
  },
})
