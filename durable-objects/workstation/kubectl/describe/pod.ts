import type { Pod, TopologySpreadConstraint } from '#api/core/v1/pod/types.ts'
import { qosClassOf } from '#api/core/v1/pod/qos.ts'
import { age } from '#apimachinery/age.ts'
import { formatLabelSelector } from '#apimachinery/label-text.ts'
import { own, type KubeObject } from '#apimachinery/object.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import {
  describeContainers,
  describeResources,
  describeSeccompProfile,
} from '#kubectl/describe/containers.ts'
import { describeEvents, referenceTo, searchEvents } from '#kubectl/describe/events.ts'
import { rfc1123 } from '#kubectl/describe/go-format.ts'
import { goSort } from '#kubectl/describe/go-sort.ts'
import {
  describeController,
  describeLabels,
  describeLabelsAndAnnotations,
  describeTolerations,
} from '#kubectl/describe/metadata.ts'
import { describeVolumes } from '#kubectl/describe/volumes.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

const MIRROR = 'kubernetes.io/config.mirror'

/** kubernetes: kubectl pkg/describe PodDescriber */
export const describePod = (context: DescribeContext, object: KubeObject): string => {
  const pod = object as Pod
  return tabbed((w) => {
    describeIdentity(w, pod)
    describePhase(w, pod, context.now())
    describeAddresses(w, pod)
    describeParts(w, pod)
    describeConditions(w, pod)
    describeVolumes(w, pod.spec.volumes, '')
    w.field(0, 'QoS Class', pod.status.qosClass || qosClassOf(pod.spec))
    describeLabels(w, 'Node-Selectors', pod.spec.nodeSelector)
    describeTolerations(w, 'Tolerations', pod.spec.tolerations)
    describeSpread(w, pod.spec.topologySpreadConstraints, '')
    describeSchedulingGroup(w, pod.spec, '')
    if (context.showEvents) describeEvents(context, w, eventsOf(context, pod))
  })
}

/** A mirror Pod's events are about the static Pod that it mirrors. */
const eventsOf = (context: DescribeContext, pod: Pod) => {
  const mirrored = own(pod.metadata.annotations, MIRROR)
  const ref = referenceTo(pod)
  return searchEvents(context, { ...ref, kind: '', uid: mirrored ?? ref.uid })
}

const describeIdentity = (w: PrefixWriter, { metadata, spec, status }: Pod): void => {
  w.field(0, 'Name', metadata.name)
  w.field(0, 'Namespace', metadata.namespace)
  if (spec.priority !== undefined) w.field(0, 'Priority', spec.priority)
  if (spec.priorityClassName) w.field(0, 'Priority Class Name', spec.priorityClassName)
  if (spec.runtimeClassName) w.field(0, 'Runtime Class Name', spec.runtimeClassName)
  if (spec.serviceAccountName) w.field(0, 'Service Account', spec.serviceAccountName)
  w.field(0, 'Node', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>')
  if (status.startTime) w.field(0, 'Start Time', rfc1123(status.startTime))
  describeLabelsAndAnnotations(w, metadata)
}

const describePhase = (w: PrefixWriter, { metadata, spec, status }: Pod, now: number): void => {
  const isOver = status.phase === 'Failed' || status.phase === 'Succeeded'
  if (metadata.deletionTimestamp && !isOver) {
    w.field(0, 'Status', `Terminating (lasts ${age(now, metadata.deletionTimestamp)})`)
    w.field(0, 'Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`)
  } else w.field(0, 'Status', status.phase)
  if (status.reason) w.field(0, 'Reason', status.reason)
  if (status.message) w.field(0, 'Message', status.message)
  describeSeccompProfile(w, 0, spec.securityContext?.seccompProfile, 0)
}

const describeAddresses = (w: PrefixWriter, pod: Pod): void => {
  const { podIP, podIPs = [], nominatedNodeName } = pod.status
  w.field(0, 'IP', podIP)
  if (podIPs.length === 0) w.field(0, 'IPs', '<none>')
  else w.write(0, 'IPs:\n')
  for (const { ip } of podIPs) w.field(1, 'IP', ip)
  describeController(w, pod)
  if (nominatedNodeName) w.field(0, 'NominatedNodeName', nominatedNodeName)
}

const describeParts = (w: PrefixWriter, { metadata, spec, status }: Pod): void => {
  if (spec.resources !== undefined) {
    w.write(0, 'Resources:\n')
    describeResources(w, 1, spec.resources)
  }
  const { initContainers = [], containers, ephemeralContainers = [] } = spec
  const around = { pod: metadata, space: '' }
  if (initContainers.length > 0)
    describeContainers(w, 'Init Containers', initContainers, {
      ...around,
      statuses: status.initContainerStatuses,
    })
  describeContainers(w, 'Containers', containers, { ...around, statuses: status.containerStatuses })
  if (ephemeralContainers.length > 0)
    describeContainers(w, 'Ephemeral Containers', ephemeralContainers, {
      ...around,
      statuses: status.ephemeralContainerStatuses,
    })
}

const describeConditions = (w: PrefixWriter, { spec, status }: Pod): void => {
  const { conditions = [] } = status
  const { readinessGates = [] } = spec
  if (readinessGates.length > 0) w.write(0, 'Readiness Gates:\n  Type\tStatus\n')
  for (const { conditionType } of readinessGates) {
    const condition = conditions.find(({ type }) => type === conditionType)
    w.write(1, `${conditionType} \t${condition?.status ?? '<none>'} \n`)
  }
  if (conditions.length > 0) w.write(0, 'Conditions:\n  Type\tStatus\n')
  for (const { type, status: value } of conditions) w.write(1, `${type} \t${value} \n`)
}

/** kubernetes: kubectl pkg/describe describeTopologySpreadConstraints */
export const describeSpread = (
  w: PrefixWriter,
  constraints: readonly TopologySpreadConstraint[] = [],
  space: string,
): void => {
  if (constraints.length === 0) return
  const sorted = goSort(constraints, (a, b) => a.topologyKey < b.topologyKey)
  w.write(0, `${space}Topology Spread Constraints:\t`)
  for (const [index, constraint] of sorted.entries()) {
    const { topologyKey, whenUnsatisfiable, maxSkew, labelSelector } = constraint
    const selector =
      labelSelector === undefined ? '' : ` for selector ${formatLabelSelector(labelSelector)}`
    const text = `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`
    w.write(0, `${index === 0 ? '' : `${space}\t`}${text}\n`)
  }
}

export const describeSchedulingGroup = (
  w: PrefixWriter,
  { schedulingGroup }: Pod['spec'],
  space: string,
): void => {
  if (schedulingGroup === undefined) return
  w.write(0, `${space}SchedulingGroup:\n`)
  w.field(1, 'PodGroupName', schedulingGroup.podGroupName)
}
