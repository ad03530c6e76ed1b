// kubernetes: pkg/scheduler/framework/plugins/volumebinding, volumerestrictions
import type { Node } from '#api/core/v1/node/types.ts'
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import { findVolume, reachesNode } from '#api/core/v1/persistent-volume/matching.ts'
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { storageClassOf } from '#api/core/v1/storage-validation.ts'
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import { own } from '#apimachinery/object.ts'
import { compareQuantity, quantityOf, type Quantity } from '#apimachinery/quantity.ts'
import type { Client } from '#client/client.ts'
import type { NodeInfo } from '#kube-scheduler/node-info.ts'
import { final, unfit, type Refusal, type Rejection } from '#kube-scheduler/filter-status.ts'

const PLUGIN = 'VolumeBinding'
const NO_VOLUME = "node(s) didn't find available persistent volumes to bind"
const ELSEWHERE = "node(s) didn't match PersistentVolume's node affinity"
const VANISHED = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'
const TAKEN = unfit(
  'VolumeRestrictions',
  'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
)
const NO_PROVISIONER = 'kubernetes.io/no-provisioner'
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'

const refusal = (reason: string, isFinal: boolean): Refusal => ({ plugin: PLUGIN, reason, isFinal })

const claimNamesOf = ({ metadata, spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(
    (volume) =>
      volume.persistentVolumeClaim?.claimName ??
      (volume.ephemeral === undefined ? [] : `${metadata.name ?? ''}-${volume.name}`),
  )

/** Whether the claim has its volume, and both know. kubernetes: binder.isPVCFullyBound */
export const isBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  (spec.volumeName ?? '') !== '' &&
  own(metadata.annotations, 'pv.kubernetes.io/bind-completed') !== undefined

/** The claims of a Pod that are there. */
export const claimsOf = (pod: Pod, client: Client): readonly PersistentVolumeClaim[] =>
  claimNamesOf(pod).flatMap(
    (name) => client.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name) ?? [],
  )

/** Judges by the Pod's claims: refused, rejected by node, or (undefined) no matter. */
export const volumeFilter = (
  pod: Pod,
  client: Client,
): Refusal | ((info: NodeInfo) => Rejection | undefined) | undefined => {
  const names = claimNamesOf(pod)
  if (names.length === 0) return undefined
  const problem = missingClaim(pod, client)
  if (problem !== undefined) return problem
  const claims = claimsOf(pod, client)
  const unbound = claims.filter((claim) => !isBound(claim))
  if (unbound.some((claim) => !waitsForConsumer(claim, client)))
    return refusal('pod has unbound immediate PersistentVolumeClaims', true)
  if (isClaimTaken(pod, claims, client)) return () => TAKEN
  const bound = claims.filter(isBound)
  return ({ node }) => {
    const reasons = [...boundProblems(bound, node, client)]
    if (unbound.length > 0 && planFor(unbound, node, client) === undefined)
      reasons.unshift(NO_VOLUME)
    return reasons.length === 0 ? undefined : final(PLUGIN, ...reasons)
  }
}

const missingClaim = (pod: Pod, client: Client): Refusal | undefined => {
  for (const volume of pod.spec.volumes ?? []) {
    const isOwn = volume.ephemeral !== undefined
    const name = isOwn
      ? `${pod.metadata.name ?? ''}-${volume.name}`
      : volume.persistentVolumeClaim?.claimName
    if (name === undefined) continue
    const claim = client.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name)
    if (claim === undefined)
      return isOwn
        ? refusal(
            `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`,
            true,
          )
        : refusal(`persistentvolumeclaim "${name}" not found`, false)
    if (claim.metadata.deletionTimestamp !== undefined)
      return refusal(`persistentvolumeclaim "${name}" is being deleted`, true)
  }
  return undefined
}

const classOf = (claim: PersistentVolumeClaim, client: Client): StorageClass | undefined => {
  const name = storageClassOf(claim)
  return name === '' ? undefined : client.get('storageclasses.storage.k8s.io', '', name)
}

const waitsForConsumer = (claim: PersistentVolumeClaim, client: Client): boolean =>
  (claim.spec.volumeName ?? '') === '' &&
  classOf(claim, client)?.volumeBindingMode === 'WaitForFirstConsumer'

/** A claim that one Pod may use is used by another. */
const isClaimTaken = (
  pod: Pod,
  claims: readonly PersistentVolumeClaim[],
  client: Client,
): boolean => {
  const single = claims
    .filter(({ spec }) => spec.accessModes?.includes('ReadWriteOncePod') === true)
    .map(({ metadata }) => metadata.name ?? '')
  if (single.length === 0) return false
  return client
    .list('pods', { namespace: pod.metadata.namespace ?? '' })
    .some(
      (other) =>
        other.metadata.uid !== pod.metadata.uid &&
        (other.spec.nodeName ?? '') !== '' &&
        other.status.phase !== 'Succeeded' &&
        other.status.phase !== 'Failed' &&
        claimNamesOf(other).some((name) => single.includes(name)),
    )
}

/** kubernetes: binder.checkBoundClaims */
const boundProblems = (
  claims: readonly PersistentVolumeClaim[],
  node: Node,
  client: Client,
): readonly string[] => {
  for (const { spec } of claims) {
    const volume = client.get('persistentvolumes', '', spec.volumeName ?? '')
    if (volume === undefined) return [VANISHED]
    if (!reachesNode(volume, node)) return [ELSEWHERE]
  }
  return []
}

/** How claims get their volumes once the Pod is on its node. */
export interface VolumePlan {
  /** Volumes that are there. */
  readonly found: readonly (readonly [PersistentVolumeClaim, PersistentVolume])[]
  /** Claims whose volumes are yet to be made. */
  readonly wanted: readonly PersistentVolumeClaim[]
}

const sizeOf = ({ spec }: PersistentVolumeClaim): Quantity =>
  quantityOf(own(spec.resources?.requests, 'storage') ?? '0')

const bySize = (a: PersistentVolumeClaim, b: PersistentVolumeClaim): number =>
  compareQuantity(sizeOf(a), sizeOf(b))

/** Undefined if the node is none for the claims. kubernetes: binder.FindPodVolumes */
export const planFor = (
  claims: readonly PersistentVolumeClaim[],
  node: Node,
  client: Client,
): VolumePlan | undefined => {
  const found: [PersistentVolumeClaim, PersistentVolume][] = []
  const wanted: PersistentVolumeClaim[] = []
  let volumes = client.list('persistentvolumes')
  // the smallest first: it could take what is just large enough for another
  for (const claim of [...claims].sort(bySize)) {
    const selected = own(claim.metadata.annotations, SELECTED_NODE)
    if (selected !== undefined && selected !== node.metadata.name) return undefined
    const volume = selected === undefined ? findVolume(volumes, claim, node) : undefined
    if (volume !== undefined) {
      found.push([claim, volume])
      volumes = volumes.filter((other) => other !== volume)
    } else if (canBeMade(classOf(claim, client), node)) wanted.push(claim)
    else return undefined
  }
  return { found, wanted }
}

/** kubernetes: binder.checkVolumeProvisions */
const canBeMade = (storageClass: StorageClass | undefined, node: Node): boolean => {
  if (storageClass === undefined || storageClass.provisioner === '') return false
  if (storageClass.provisioner === NO_PROVISIONER) return false
  const topologies = storageClass.allowedTopologies ?? []
  return (
    topologies.length === 0 ||
    topologies.some(({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.every(({ key, values }) =>
        values.includes(own(node.metadata.labels, key) ?? ''),
      ),
    )
  )
}
