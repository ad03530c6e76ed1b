import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import { formatLabels, formatLabelSelector, labelSelectorText } from '#apimachinery/label-text.ts'
import { selectorFromMap, selectorText } from '#apimachinery/labels.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { attempt, type DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { describeController, describeLabelsAndAnnotations } from '#kubectl/describe/metadata.ts'
import { describePodTemplate } from '#kubectl/describe/pod-template.ts'
import { describeScaleConditions, podsStatus } from '#kubectl/describe/workload-parts.ts'
import { tabbed } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe ReplicaSetDescriber */
export const describeReplicaSet = (context: DescribeContext, object: KubeObject): string => {
  const set = object as ReplicaSet
  const { metadata, spec, status } = set
  const pods = attempt(() => podsStatus(context, set, labelSelectorText(spec.selector)))
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Namespace', metadata.namespace)
    w.field(0, 'Selector', formatLabelSelector(spec.selector))
    describeLabelsAndAnnotations(w, metadata)
    describeController(w, set)
    w.field(0, 'Replicas', `${status.replicas} current / ${spec.replicas ?? 0} desired`)
    w.field(
      0,
      'Pods Status',
      'value' in pods ? pods.value : `error in fetching pods: ${pods.failure.message}`,
    )
    describePodTemplate(w, spec.template)
    describeScaleConditions(w, status.conditions)
    describeEventsOf(context, w, set)
  })
}

/** kubernetes: kubectl pkg/describe ReplicationControllerDescriber */
export const describeReplicationController = (
  context: DescribeContext,
  object: KubeObject,
): string => {
  const controller = object as ReplicationController
  const { metadata, spec, status } = controller
  const selector = selectorText(selectorFromMap(spec.selector ?? {}))
  const pods = podsStatus(context, controller, selector)
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Namespace', metadata.namespace)
    w.field(0, 'Selector', formatLabels(spec.selector))
    describeLabelsAndAnnotations(w, metadata)
    w.field(0, 'Replicas', `${status.replicas} current / ${spec.replicas ?? 0} desired`)
    w.field(0, 'Pods Status', pods)
    describePodTemplate(w, spec.template)
    describeScaleConditions(w, status.conditions)
    describeEventsOf(context, w, controller)
  })
}
