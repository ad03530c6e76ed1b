// kubernetes: pkg/registry/core/pod/strategy.go
import { defaultPod } from '#api/core/v1/pod/defaults.ts'
import { mergeLabelKeys } from '#api/core/v1/pod/label-keys.ts'
import { withoutTimes } from '#api/core/v1/pod/never-probed.ts'
import { qosClassOf } from '#api/core/v1/pod/qos.ts'
import { validatePodStatusUpdate } from '#api/core/v1/pod/status-validation.ts'
import { ephemeralContainersStages, resizeStages } from '#api/core/v1/pod/subresources.ts'
import type { Pod, PodStatus } from '#api/core/v1/pod/types.ts'
import { validatePodUpdate } from '#api/core/v1/pod/update-validation.ts'
import { validatePod } from '#api/core/v1/pod/validation.ts'
import { podWarnings } from '#api/core/v1/pod/warnings.ts'
import type { DeleteOptions, Strategy } from '#api/strategy.ts'
import { assign, mapShared } from '#apimachinery/object.ts'

/** A Pod with scheduling gates says so from its first moment. */
const GATED = withoutTimes({
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
})

const initialStatus = (pod: Pod): PodStatus => {
  const status: PodStatus = { phase: 'Pending', qosClass: qosClassOf(pod.spec) }
  return pod.spec.schedulingGates?.length ? { ...status, conditions: [GATED] } : status
}

const prepareForCreate = (pod: Pod): Pod =>
  assign(pod, {
    status: initialStatus(pod),
    spec: mergeLabelKeys(pod.spec, pod.metadata.labels),
  })

/** The first of `podIPs` and `podIP` say the same; older writers know only `podIP`. */
const alignAddresses = (status: PodStatus): PodStatus => {
  const first = status.podIPs?.[0]?.ip
  if (status.podIP && status.podIP !== first)
    return assign(status, { podIPs: [{ ip: status.podIP }] })
  return first !== undefined && !status.podIP ? assign(status, { podIP: first }) : status
}

/** A writer that does not know of observed generations does not clear them. */
const keepObservedGeneration = (status: PodStatus, old: PodStatus): PodStatus => {
  const left = [...(old.conditions ?? [])]
  const conditions =
    status.conditions &&
    mapShared(status.conditions, (condition) => {
      const index = left.findIndex((before) => before.type === condition.type)
      const [before] = index < 0 ? [] : left.splice(index, 1)
      return condition.observedGeneration || !before?.observedGeneration
        ? condition
        : assign(condition, { observedGeneration: before.observedGeneration })
    })
  return assign(status, {
    conditions,
    observedGeneration: status.observedGeneration || old.observedGeneration,
    qosClass: status.qosClass || old.qosClass,
  })
}

const prepareForStatusUpdate = (pod: Pod, old: Pod): Pod =>
  assign(pod, {
    spec: old.spec,
    metadata: assign(pod.metadata, {
      deletionTimestamp: old.metadata.deletionTimestamp,
      deletionGracePeriodSeconds: old.metadata.deletionGracePeriodSeconds,
      ownerReferences: old.metadata.ownerReferences,
    }),
    status: keepObservedGeneration(alignAddresses(pod.status ?? {}), old.status),
  })

/** kubernetes: CheckGracefulDelete */
export const podGracePeriod = (pod: Pod, options: DeleteOptions): number => {
  const isOver = pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded'
  if (!pod.spec.nodeName || isOver) return 0
  const seconds = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 0
  return seconds < 0 ? 1 : seconds
}

const selectableFields = (pod: Pod): Readonly<Record<string, string>> => ({
  'spec.nodeName': pod.spec.nodeName ?? '',
  'spec.restartPolicy': pod.spec.restartPolicy ?? '',
  'spec.schedulerName': pod.spec.schedulerName ?? '',
  'spec.serviceAccountName': pod.spec.serviceAccountName ?? '',
  'spec.hostNetwork': String(pod.spec.hostNetwork ?? false),
  'status.phase': pod.status.phase ?? '',
  'status.podIP': pod.status.podIPs?.[0]?.ip ?? '',
  'spec.host': pod.spec.nodeName ?? '', // its name in old times
  'status.podIPs': '', // may be asked for, and is never found
  'status.nominatedNodeName': pod.status.nominatedNodeName ?? '',
})

export const podStrategy: Strategy<Pod> = {
  defaults: defaultPod,
  prepareForCreate,
  validate: validatePod,
  warningsOnCreate: podWarnings,
  prepareForUpdate: (pod, old) => assign(pod, { status: old.status }),
  validateUpdate: validatePodUpdate,
  status: { prepareForUpdate: prepareForStatusUpdate, validateUpdate: validatePodStatusUpdate },
  subresources: { ephemeralcontainers: ephemeralContainersStages, resize: resizeStages },
  gracePeriod: podGracePeriod,
  returnsDeletedObject: true,
  selectableFields,
}
