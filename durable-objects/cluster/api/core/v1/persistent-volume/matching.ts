// Which volume a claim gets. kubernetes: component-helpers storage/volume FindMatchingVolume, pkg/controller/volume/persistentvolume/pv_controller.go
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import { matchesNodeTerm } from '#api/core/v1/pod/node-affinity.ts'
import { matches, selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { own } from '#apimachinery/object.ts'
import { compareQuantity, quantityOf } from '#apimachinery/quantity.ts'

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'

export const classOf = ({ metadata, spec }: PersistentVolumeClaim | PersistentVolume): string =>
  own(metadata.annotations, BETA_CLASS) ?? spec.storageClassName ?? ''

/** Whether the volume is for this claim, be it that somebody said so beforehand. */
export const isFor = (volume: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean => {
  const ref = volume.spec.claimRef
  if (ref === undefined || ref.name !== metadata.name || ref.namespace !== metadata.namespace)
    return false
  return (ref.uid ?? '') === '' || ref.uid === metadata.uid
}

const storage = (quantities: Readonly<Record<string, string>> | undefined) =>
  quantityOf(own(quantities, 'storage') ?? '0')

/** Whether the volume holds what the claim asks for. */
export const isLargeEnough = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  compareQuantity(storage(volume.spec.capacity), storage(claim.spec.resources?.requests)) >= 0

const modeOf = ({ spec }: PersistentVolumeClaim | PersistentVolume): string =>
  spec.volumeMode ?? 'Filesystem'

const offersModes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode) === true)

/** Why the volume that the claim names is none for it; undefined: it is. kubernetes: checkVolumeSatisfyClaim */
export const mismatch = (
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): string | undefined => {
  if (!isLargeEnough(volume, claim)) return 'requested PV is too small'
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match'
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode'
  return offersModes(volume, claim) ? undefined : 'incompatible accessMode'
}

/** Whether the volume can be had on the node. kubernetes: CheckNodeAffinity */
export const reachesNode = ({ spec }: PersistentVolume, node: Node): boolean =>
  spec.nodeAffinity?.required === undefined ||
  spec.nodeAffinity.required.nodeSelectorTerms.some((term) => matchesNodeTerm(term, node))

/** The volume that was meant for the claim, or the smallest that fits. `node`: where it must be had. */
export const findVolume = (
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
  node?: Node,
): PersistentVolume | undefined => {
  const { selector } = claim.spec
  const wanted = selector === undefined ? undefined : selectorFromLabelSelector(selector)
  let smallest: PersistentVolume | undefined
  for (const volume of volumes) {
    const { metadata, spec, status } = volume
    if (spec.claimRef !== undefined && !isFor(volume, claim)) continue
    if (modeOf(volume) !== modeOf(claim) || !isLargeEnough(volume, claim)) continue
    const isReached = node === undefined || reachesNode(volume, node)
    if (isFor(volume, claim)) return isReached ? volume : undefined
    const fits =
      isReached &&
      status?.phase === 'Available' &&
      metadata.deletionTimestamp === undefined &&
      (wanted === undefined || matches(wanted, metadata.labels)) &&
      classOf(volume) === classOf(claim) &&
      offersModes(volume, claim)
    if (!fits) continue
    const isSmaller =
      smallest === undefined ||
      compareQuantity(storage(spec.capacity), storage(smallest.spec.capacity)) < 0
    if (isSmaller) smallest = volume
  }
  return smallest
}
