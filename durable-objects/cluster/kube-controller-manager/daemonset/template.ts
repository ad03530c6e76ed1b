// kubernetes: pkg/controller/daemon/util/daemonset_util.go
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import type { Pod, PodSpec, Toleration } from '#api/core/v1/pod/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { equal, own } from '#apimachinery/object.ts'
import { REVISION_LABEL } from '#kube-controller-manager/controller-history/revisions.ts'
import { templateMetadata } from '#kube-controller-manager/pod-control.ts'

const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation'
const GENERATION_LABEL = 'pod-template-generation'

const exists = (key: string, effect: 'NoExecute' | 'NoSchedule'): Toleration => ({
  effect,
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
})

const TOLERATIONS: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
]

/** Daemons stay on nodes in trouble. kubernetes: AddOrUpdateDaemonPodTolerations */
export const withDaemonTolerations = (spec: PodSpec): PodSpec => {
  const network = spec.hostNetwork === true ? [exists('network-unavailable', 'NoSchedule')] : []
  const given = spec.tolerations ?? []
  const added = [...TOLERATIONS, ...network].filter(
    (one) => !given.some((other) => equal(one, other)),
  )
  return { ...spec, tolerations: [...given, ...added] }
}

/** The template of the Pods of one revision. kubernetes: CreatePodTemplate */
export const daemonTemplate = (set: DaemonSet, hash: string): PodTemplateSpec => {
  const { template } = set.spec
  const generation = templateGeneration(set)
  const metadata = templateMetadata(template)
  return {
    metadata: {
      ...metadata,
      labels: {
        ...metadata.labels,
        ...(generation === undefined ? {} : { [GENERATION_LABEL]: generation }),
        [REVISION_LABEL]: hash,
      },
    },
    spec: withDaemonTolerations(template.spec),
  }
}

const templateGeneration = (set: DaemonSet): string | undefined => {
  const text = own(set.metadata.annotations, GENERATION_ANNOTATION)
  return text !== undefined && /^\d+$/.test(text) ? text : undefined
}

/** Whether a Pod is of the current revision. kubernetes: IsPodUpdated */
export const isUpdated = (set: DaemonSet, pod: Pod, hash: string): boolean => {
  const generation = templateGeneration(set)
  return (
    own(pod.metadata.labels, REVISION_LABEL) === hash ||
    (generation !== undefined && own(pod.metadata.labels, GENERATION_LABEL) === generation)
  )
}

/** The Pod for a node: the scheduler can put it nowhere else. */
export const onNode = (pod: Pod, node: string): Pod => ({
  ...pod,
  spec: {
    ...pod.spec,
    affinity: {
      ...pod.spec.affinity,
      nodeAffinity: {
        ...pod.spec.affinity?.nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] },
          ],
        },
      },
    },
  },
})

/** The node a Pod is on or made for. kubernetes: GetTargetNodeName */
export const targetNode = (pod: Pod): string | undefined => {
  const { nodeName, affinity } = pod.spec
  if (nodeName !== undefined && nodeName !== '') return nodeName
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  for (const term of required?.nodeSelectorTerms ?? [])
    for (const { key, operator, values } of term.matchFields ?? [])
      if (key === 'metadata.name' && operator === 'In' && values?.length === 1) return values[0]
  return undefined
}
