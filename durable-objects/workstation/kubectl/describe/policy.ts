import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import type { PriorityClass } from '#api/scheduling/v1/priority-class/types.ts'
import { formatLabels, formatLabelSelector } from '#apimachinery/label-text.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { tabbed } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe PodDisruptionBudgetDescriber */
export const describePodDisruptionBudget = (
  context: DescribeContext,
  object: KubeObject,
): string => {
  const { metadata, spec, status } = object as PodDisruptionBudget
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Namespace', metadata.namespace)
    if (spec.minAvailable !== undefined) w.field(0, 'Min available', spec.minAvailable)
    else if (spec.maxUnavailable !== undefined) w.field(0, 'Max unavailable', spec.maxUnavailable)
    const { selector } = spec
    w.field(0, 'Selector', selector === undefined ? '<unset>' : formatLabelSelector(selector))
    w.write(0, 'Status:\n')
    w.field(2, 'Allowed disruptions', status.disruptionsAllowed ?? 0)
    w.field(2, 'Current', status.currentHealthy ?? 0)
    w.field(2, 'Desired', status.desiredHealthy ?? 0)
    w.field(2, 'Total', status.expectedPods ?? 0)
    describeEventsOf(context, w, object)
  })
}

/** kubernetes: kubectl pkg/describe PriorityClassDescriber */
export const describePriorityClass = (context: DescribeContext, object: KubeObject): string => {
  const { metadata, value = 0, globalDefault = false, ...rest } = object as PriorityClass
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Value', value)
    w.field(0, 'GlobalDefault', globalDefault)
    w.field(0, 'PreemptionPolicy', rest.preemptionPolicy)
    w.field(0, 'Description', rest.description)
    w.field(0, 'Annotations', formatLabels(metadata.annotations))
    describeEventsOf(context, w, object)
  })
}
