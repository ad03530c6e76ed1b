// kubernetes: pkg/controller/statefulset/stateful_set_utils.go
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { own, type OwnerReference } from '#apimachinery/object.ts'
import { REVISION_LABEL } from '#kube-controller-manager/controller-history/revisions.ts'
import { controllerRef } from '#kube-controller-manager/controller-ref.ts'
import { podFromTemplate } from '#kube-controller-manager/pod-control.ts'

const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name'
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index'

export const firstOrdinal = (set: StatefulSet): number => set.spec.ordinals?.start ?? 0
export const replicasOf = (set: StatefulSet): number => set.spec.replicas ?? 1

/** `db` and 3 of `db-3`; ordinal -1 if the name has none. */
export const parentAndOrdinal = (
  pod: Pod,
): { readonly parent: string; readonly ordinal: number } => {
  const match = /^(.*)-([0-9]+)$/.exec(pod.metadata.name ?? '')
  return match === null
    ? { parent: '', ordinal: -1 }
    : { parent: match[1] ?? '', ordinal: Number(match[2]) }
}

export const ordinalOf = (pod: Pod): number => parentAndOrdinal(pod).ordinal

export const isMember = (set: StatefulSet, pod: Pod): boolean =>
  parentAndOrdinal(pod).parent === set.metadata.name

export const podNameOf = (set: StatefulSet, ordinal: number): string =>
  `${set.metadata.name ?? ''}-${ordinal}`

const claimNameOf = (template: PersistentVolumeClaim, podName: string): string =>
  `${template.metadata.name ?? ''}-${podName}`

const identityLabels = (name: string, ordinal: number) => ({
  [POD_NAME_LABEL]: name,
  [POD_INDEX_LABEL]: String(ordinal),
})

/** The Pod with an ordinal: its name, host name, labels and claims follow from it. */
export const podWithOrdinal = (
  set: StatefulSet,
  ordinal: number,
  from: { readonly template: PodTemplateSpec; readonly revision: string },
): Pod => {
  const pod = podFromTemplate(set, from.template)
  const name = podNameOf(set, ordinal)
  const { serviceName } = set.spec
  const claims = (set.spec.volumeClaimTemplates ?? []).map((claim) => ({
    name: claim.metadata.name ?? '',
    persistentVolumeClaim: { claimName: claimNameOf(claim, name) },
  }))
  const names = new Set(claims.map((claim) => claim.name))
  const others = (pod.spec.volumes ?? []).filter((volume) => !names.has(volume.name))
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      name,
      labels: {
        ...pod.metadata.labels,
        ...identityLabels(name, ordinal),
        [REVISION_LABEL]: from.revision,
      },
    },
    spec: {
      ...pod.spec,
      hostname: name,
      ...(serviceName === undefined || serviceName === '' ? {} : { subdomain: serviceName }),
      ...(claims.length === 0 ? {} : { volumes: [...claims, ...others] }),
    },
  }
}

/** The Pod with the labels of its identity; the same object if it has them. */
export const withIdentity = (pod: Pod): Pod => {
  const wanted = Object.entries(identityLabels(pod.metadata.name ?? '', ordinalOf(pod)))
  const labels = pod.metadata.labels
  if (wanted.every(([key, value]) => own(labels, key) === value)) return pod
  const complete = { ...labels, ...Object.fromEntries(wanted) }
  return { ...pod, metadata: { ...pod.metadata, labels: complete } }
}

/** The claims that a Pod needs. */
export const claimsOf = (set: StatefulSet, pod: Pod): readonly PersistentVolumeClaim[] =>
  (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const { name: _, ...metadata } = template.metadata
    return {
      ...template,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...metadata,
        name: claimNameOf(template, pod.metadata.name ?? ''),
        ...(set.metadata.namespace === undefined ? {} : { namespace: set.metadata.namespace }),
        labels: { ...metadata.labels, ...set.spec.selector.matchLabels },
      },
      status: template.status ?? {},
    }
  })

const isReferenceTo = (reference: OwnerReference, owner: StatefulSet | Pod): boolean =>
  reference.apiVersion === owner.apiVersion &&
  reference.kind === owner.kind &&
  reference.name === owner.metadata.name

/** Who owns a claim by the retention policy: the set if claims go with it, the Pod if they go when it is scaled away. */
const wantedOwner = (set: StatefulSet, pod: Pod): StatefulSet | Pod | undefined => {
  const policy = set.spec.persistentVolumeClaimRetentionPolicy
  const ordinal = ordinalOf(pod)
  const first = firstOrdinal(set)
  const isScaledDown = ordinal < first || ordinal >= first + replicasOf(set)
  if (isScaledDown && policy?.whenScaled === 'Delete') return pod
  return policy?.whenDeleted === 'Delete' ? set : undefined
}

/**
 * The owners of a claim as they should be; those it was given if there is nothing to do. References to an earlier set or Pod of the
 * name are left alone, and so are claims that somebody else controls.
 * kubernetes: isClaimOwnerUpToDate, updateClaimOwnerRefForSetAndPod
 */
export const claimOwners = (
  set: StatefulSet,
  pod: Pod,
  owners: readonly OwnerReference[],
): readonly OwnerReference[] => {
  const mine = owners.filter((one) => isReferenceTo(one, set) || isReferenceTo(one, pod))
  const uids = [set.metadata.uid, pod.metadata.uid]
  if (mine.some(({ uid }) => !uids.includes(uid))) return owners
  const others = mine.length === 0 ? owners : owners.filter((one) => !mine.includes(one))
  if (others.some(({ controller }) => controller === true)) return others
  const wanted = wantedOwner(set, pod)
  const uid = wanted?.metadata.uid
  if (wanted === undefined || uid === undefined) return others
  const isDone = mine.length === 1 && mine[0]?.uid === uid && mine[0].controller === true
  return isDone ? owners : [...others, controllerRef(wanted)]
}
