import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import type { CSINode } from '#api/storage/v1/csi-node/types.ts'
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import type { VolumeAttributesClass } from '#api/storage/v1/volume-attributes-class/types.ts'
import { formatLabels } from '#apimachinery/label-text.ts'
import { own, type KubeObject, type ObjectMeta } from '#apimachinery/object.ts'
import { canonicalQuantity } from '#apimachinery/quantity.ts'
import { accessModesText, describePhase, storageClassOf } from '#kubectl/describe/claim.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { goList, rfc1123 } from '#kubectl/describe/go-format.ts'
import { describeLabelsAndAnnotations, yesNo } from '#kubectl/describe/metadata.ts'
import { describePlainSource } from '#kubectl/describe/volume-source.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe PersistentVolumeDescriber */
export const describePersistentVolume = (context: DescribeContext, object: KubeObject): string => {
  const volume = object as PersistentVolume
  const { metadata, spec, status } = volume
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    describeLabelsAndAnnotations(w, metadata)
    w.field(0, 'Finalizers', goList(metadata.finalizers))
    w.field(0, 'StorageClass', storageClassOf(metadata, spec))
    describePhase(w, metadata, status.phase, context.now())
    const claim = spec.claimRef
    w.field(0, 'Claim', claim && `${claim.namespace ?? ''}/${claim.name ?? ''}`)
    w.field(0, 'Reclaim Policy', spec.persistentVolumeReclaimPolicy)
    w.field(0, 'Access Modes', accessModesText(spec.accessModes))
    if (spec.volumeMode !== undefined) w.field(0, 'VolumeMode', spec.volumeMode)
    w.field(0, 'Capacity', canonicalQuantity(spec.capacity?.['storage'] ?? '0'))
    describeNodeAffinity(w, spec)
    w.field(0, 'Message', status.message)
    w.write(0, 'Source:\n')
    if (!describePlainSource(w, { ...spec }, true)) w.write(1, '<unknown>\n')
    describeEventsOf(context, w, volume)
  })
}

/** kubernetes: kubectl pkg/describe printVolumeNodeAffinity */
const describeNodeAffinity = (
  w: PrefixWriter,
  { nodeAffinity }: PersistentVolume['spec'],
): void => {
  w.write(0, 'Node Affinity:\t')
  const terms = nodeAffinity?.required?.nodeSelectorTerms
  if (terms === undefined) return w.writeLine('<none>')
  w.writeLine('')
  w.write(1, 'Required Terms:\t')
  w.writeLine(terms.length === 0 ? '<none>' : '')
  for (const [index, { matchExpressions = [] }] of terms.entries())
    describeTerm(
      w,
      2,
      index,
      matchExpressions.map(({ key, operator, values }) =>
        requirementText(key, operator.toLowerCase(), values),
      ),
    )
}

const requirementText = (key: string, operator: string, values: readonly string[] = []): string =>
  `${key} ${operator}${values.length === 0 ? '' : ` [${values.join(', ')}]`}`

/** kubernetes: kubectl pkg/describe printNodeSelectorTermsMultilineWithIndent */
const describeTerm = (
  w: PrefixWriter,
  level: number,
  index: number,
  requirements: readonly string[],
): void => {
  w.write(level, `Term ${index}:\t`)
  if (requirements.length === 0) return w.writeLine('<none>')
  for (const [position, requirement] of requirements.entries()) {
    if (position > 0) w.write(level, '\t')
    w.write(0, `${requirement}\n`)
  }
}

const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

const isDefault = ({ annotations }: ObjectMeta): boolean =>
  DEFAULT_CLASS.some((key) => own(annotations, key) === 'true')

/** kubernetes: kubectl pkg/describe StorageClassDescriber */
export const describeStorageClass = (context: DescribeContext, object: KubeObject): string => {
  const storageClass = object as StorageClass
  const { metadata, mountOptions = [], reclaimPolicy, volumeBindingMode } = storageClass
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'IsDefaultClass', isDefault(metadata) ? 'Yes' : 'No')
    w.field(0, 'Annotations', formatLabels(metadata.annotations))
    w.field(0, 'Provisioner', storageClass.provisioner)
    w.field(0, 'Parameters', formatLabels(storageClass.parameters))
    w.field(0, 'AllowVolumeExpansion', yesNo(storageClass.allowVolumeExpansion))
    w.write(0, mountOptions.length === 0 ? 'MountOptions:\t<none>\n' : 'MountOptions:\n')
    for (const option of mountOptions) w.write(1, `${option}\n`)
    if (reclaimPolicy !== undefined) w.field(0, 'ReclaimPolicy', reclaimPolicy)
    if (volumeBindingMode !== undefined) w.field(0, 'VolumeBindingMode', volumeBindingMode)
    describeTopologies(w, storageClass)
    describeEventsOf(context, w, storageClass)
  })
}

const describeTopologies = (w: PrefixWriter, { allowedTopologies }: StorageClass): void => {
  if (allowedTopologies === undefined) return
  w.write(0, 'AllowedTopologies:\t')
  w.writeLine(allowedTopologies.length === 0 ? '<none>' : '')
  for (const [index, { matchLabelExpressions = [] }] of allowedTopologies.entries())
    describeTerm(
      w,
      1,
      index,
      matchLabelExpressions.map(({ key, values }) => requirementText(key, 'in', values)),
    )
}

/** kubernetes: kubectl pkg/describe VolumeAttributesClassDescriber */
export const describeVolumeAttributesClass = (
  context: DescribeContext,
  object: KubeObject,
): string => {
  const { metadata, driverName, parameters } = object as VolumeAttributesClass
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Annotations', formatLabels(metadata.annotations))
    w.field(0, 'DriverName', driverName)
    w.field(0, 'Parameters', formatLabels(parameters))
    describeEventsOf(context, w, object)
  })
}

/** kubernetes: kubectl pkg/describe CSINodeDescriber */
export const describeCsiNode = (context: DescribeContext, object: KubeObject): string => {
  const { metadata, spec } = object as CSINode
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    describeLabelsAndAnnotations(w, metadata)
    w.field(0, 'CreationTimestamp', rfc1123(metadata.creationTimestamp))
    w.write(0, 'Spec:\n')
    const drivers = spec.drivers as CSINode['spec']['drivers'] | null | undefined
    if (drivers) w.write(1, 'Drivers:\n')
    for (const driver of drivers ?? []) {
      w.write(2, `${driver.name}:\n`)
      w.field(3, 'Node ID', driver.nodeID)
      if (driver.allocatable?.count !== undefined) {
        w.write(3, 'Allocatables:\n')
        w.field(4, 'Count', driver.allocatable.count)
      }
      if (driver.topologyKeys) w.field(3, 'Topology Keys', goList(driver.topologyKeys))
    }
    describeEventsOf(context, w, object)
  })
}
