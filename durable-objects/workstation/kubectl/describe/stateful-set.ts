import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import { labelSelectorText } from '#apimachinery/label-text.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { canonicalQuantity } from '#apimachinery/quantity.ts'
import { storageClassOf } from '#kubectl/describe/claim.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { goList, rfc1123 } from '#kubectl/describe/go-format.ts'
import { describeLabels, describeLabelsAndAnnotations } from '#kubectl/describe/metadata.ts'
import { describePodTemplate } from '#kubectl/describe/pod-template.ts'
import { podsStatus } from '#kubectl/describe/workload-parts.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe StatefulSetDescriber */
export const describeStatefulSet = (context: DescribeContext, object: KubeObject): string => {
  const set = object as StatefulSet
  const { metadata, spec, status } = set
  const selector = labelSelectorText(spec.selector)
  const pods = podsStatus(context, set, selector)
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Namespace', metadata.namespace)
    w.field(0, 'CreationTimestamp', rfc1123(metadata.creationTimestamp))
    w.field(0, 'Selector', selector)
    describeLabelsAndAnnotations(w, metadata)
    w.field(0, 'Replicas', `${spec.replicas ?? 0} desired | ${status.replicas} total`)
    w.field(0, 'Update Strategy', spec.updateStrategy.type)
    const { partition, maxUnavailable } = spec.updateStrategy.rollingUpdate ?? {}
    if (partition !== undefined) {
      w.field(1, 'Partition', partition)
      if (maxUnavailable !== undefined) w.field(1, 'MaxUnavailable', maxUnavailable)
    }
    w.field(0, 'Pods Status', pods)
    describePodTemplate(w, spec.template)
    describeClaimTemplates(w, spec)
    describeEventsOf(context, w, set)
  })
}

/** kubernetes: kubectl pkg/describe describeVolumeClaimTemplates */
const describeClaimTemplates = (w: PrefixWriter, spec: StatefulSet['spec']): void => {
  const { volumeClaimTemplates = [] } = spec
  if (volumeClaimTemplates.length === 0) return w.field(0, 'Volume Claims', '<none>')
  w.write(0, 'Volume Claims:\n')
  for (const { metadata, spec: claim } of volumeClaimTemplates) {
    w.field(1, 'Name', metadata.name)
    w.field(1, 'StorageClass', storageClassOf(metadata, claim))
    describeIndented(w, 'Labels', metadata.labels)
    describeIndented(w, 'Annotations', metadata.annotations)
    const size = claim.resources?.requests?.['storage']
    w.field(1, 'Capacity', size === undefined ? '<default>' : canonicalQuantity(size))
    w.field(1, 'Access Modes', goList(claim.accessModes))
  }
}

type Map = Readonly<Record<string, string>>

/** Lines after the first are indented before their tab, too. */
const describeIndented = (w: PrefixWriter, title: string, map: Map = {}): void => {
  const keys = Object.keys(map).sort()
  if (keys.length === 0) return describeLabels(w, `  ${title}`, map)
  for (const [index, key] of keys.entries())
    w.write(0, `  ${index === 0 ? `${title}:` : ''}\t${key}=${map[key]!}\n`)
}
