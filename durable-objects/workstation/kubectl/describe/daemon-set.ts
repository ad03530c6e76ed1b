import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import { formatLabels, labelSelectorText } from '#apimachinery/label-text.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { describeLabelsAndAnnotations } from '#kubectl/describe/metadata.ts'
import { describePodTemplate } from '#kubectl/describe/pod-template.ts'
import { podsStatus } from '#kubectl/describe/workload-parts.ts'
import { tabbed } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe DaemonSetDescriber */
export const describeDaemonSet = (context: DescribeContext, object: KubeObject): string => {
  const set = object as DaemonSet
  const { metadata, spec, status } = set
  const selector = labelSelectorText(spec.selector)
  const pods = podsStatus(context, set, selector)
  return tabbed((w) => {
    const nodes = (which: string, count: number | undefined): void =>
      w.write(0, `Number of Nodes ${which}: ${count ?? 0}\n`)
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Namespace', metadata.namespace)
    w.field(0, 'Selector', selector)
    w.field(0, 'Node-Selector', formatLabels(spec.template.spec.nodeSelector))
    describeLabelsAndAnnotations(w, metadata)
    w.write(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled}\n`)
    w.write(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled}\n`)
    nodes('Scheduled with Up-to-date Pods', status.updatedNumberScheduled)
    nodes('Scheduled with Available Pods', status.numberAvailable)
    nodes('Misscheduled', status.numberMisscheduled)
    w.field(0, 'Pods Status', pods)
    describePodTemplate(w, spec.template)
    describeEventsOf(context, w, set)
  })
}
