import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { describeContainers } from '#kubectl/describe/containers.ts'
import {
  describeAnnotations,
  describeLabels,
  describeTolerations,
} from '#kubectl/describe/metadata.ts'
import { describeSchedulingGroup, describeSpread } from '#kubectl/describe/pod.ts'
import { describeVolumes } from '#kubectl/describe/volumes.ts'
import type { PrefixWriter } from '#kubectl/output/prefix-writer.ts'

const SPACE = '  '

/** kubernetes: kubectl pkg/describe DescribePodTemplate */
export const describePodTemplate = (
  w: PrefixWriter,
  template: PodTemplateSpec | undefined,
): void => {
  w.write(0, 'Pod Template:\n')
  if (template?.spec === undefined) return w.write(1, '<unset>')
  const { metadata, spec } = template
  describeLabels(w, '  Labels', metadata.labels)
  if (Object.keys(metadata.annotations ?? {}).length > 0)
    describeAnnotations(w, '  Annotations', metadata.annotations)
  if (spec.serviceAccountName) w.field(1, 'Service Account', spec.serviceAccountName)
  const { initContainers = [] } = spec
  if (initContainers.length > 0)
    describeContainers(w, 'Init Containers', initContainers, { space: SPACE })
  describeContainers(w, 'Containers', spec.containers, { space: SPACE })
  describeVolumes(w, spec.volumes, SPACE)
  describeSpread(w, spec.topologySpreadConstraints, SPACE)
  if (spec.priorityClassName) w.field(1, 'Priority Class Name', spec.priorityClassName)
  describeLabels(w, '  Node-Selectors', spec.nodeSelector)
  describeTolerations(w, '  Tolerations', spec.tolerations)
  describeSchedulingGroup(w, spec, SPACE)
}
