// kubernetes: pkg/controller/deployment/util/deployment_util.go
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { assign, equal, own } from '#apimachinery/object.ts'
import { scaledValue } from '#kube-controller-manager/int-or-percent.ts'
import { templateMetadata } from '#kube-controller-manager/pod-control.ts'

export const HASH_LABEL = 'pod-template-hash'
export const REVISION = 'deployment.kubernetes.io/revision'
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'

/** What a limit or deadline that nobody set looks like after conversion. */
export const UNLIMITED = 2_147_483_647

export const isRollingUpdate = (deployment: Deployment): boolean =>
  deployment.spec.strategy.type === 'RollingUpdate'

export const desiredReplicas = (deployment: Deployment): number => deployment.spec.replicas ?? 1

export const sizeOf = (replicaSet: ReplicaSet): number => replicaSet.spec.replicas ?? 1

export const maxSurge = (deployment: Deployment): number => {
  if (!isRollingUpdate(deployment)) return 0
  return scaledValue(
    deployment.spec.strategy.rollingUpdate?.maxSurge,
    desiredReplicas(deployment),
    'up',
  )
}

/** kubernetes: MaxUnavailable, ResolveFenceposts: surge and unavailable are never both 0, or nothing would move */
export const maxUnavailable = (deployment: Deployment): number => {
  const replicas = desiredReplicas(deployment)
  if (!isRollingUpdate(deployment) || replicas === 0) return 0
  const value = deployment.spec.strategy.rollingUpdate?.maxUnavailable
  const unavailable = scaledValue(value, replicas, 'down')
  if (unavailable === 0 && maxSurge(deployment) === 0) return 1
  return Math.min(unavailable, replicas)
}

const numericAnnotation = (replicaSet: ReplicaSet, key: string): number | undefined => {
  const text = own(replicaSet.metadata.annotations, key)
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text)
}

/** Upstream counts in 64 bits. */
export const revisionOf = (replicaSet: ReplicaSet): bigint => {
  const text = own(replicaSet.metadata.annotations, REVISION) ?? ''
  return /^-?\d+$/.test(text) ? BigInt.asIntN(64, BigInt(text)) : 0n
}

export const desiredAnnotation = (replicaSet: ReplicaSet): number | undefined =>
  numericAnnotation(replicaSet, DESIRED_REPLICAS)

export const maxAnnotation = (replicaSet: ReplicaSet): number | undefined =>
  numericAnnotation(replicaSet, MAX_REPLICAS)

/** The ReplicaSet resized for a Deployment: it remembers what the Deployment wanted at the time. */
export const resized = (
  replicaSet: ReplicaSet,
  replicas: number,
  deployment: Deployment,
): ReplicaSet => {
  const annotations = assign(replicaSet.metadata.annotations ?? {}, {
    [DESIRED_REPLICAS]: String(desiredReplicas(deployment)),
    [MAX_REPLICAS]: String(desiredReplicas(deployment) + maxSurge(deployment)),
  })
  return assign(replicaSet, {
    metadata: assign(replicaSet.metadata, { annotations }),
    spec: assign(replicaSet.spec, { replicas }),
  })
}

export const sum = (
  replicaSets: readonly ReplicaSet[],
  count: (replicaSet: ReplicaSet) => number | undefined,
): number => replicaSets.reduce((total, replicaSet) => total + (count(replicaSet) ?? 0), 0)

const nameOf = (replicaSet: ReplicaSet): string => replicaSet.metadata.name ?? ''
const createdAt = (replicaSet: ReplicaSet): string => replicaSet.metadata.creationTimestamp ?? ''
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Oldest first. A ReplicaSet that is not stored yet counts as the youngest. */
export const byCreation = (a: ReplicaSet, b: ReplicaSet): number =>
  Number(createdAt(a) === '') - Number(createdAt(b) === '') ||
  byText(createdAt(a), createdAt(b)) ||
  byText(nameOf(a), nameOf(b))

export const byRevision = (a: ReplicaSet, b: ReplicaSet): number =>
  Number(revisionOf(a) > revisionOf(b)) - Number(revisionOf(a) < revisionOf(b)) || byCreation(a, b)

export const bySizeNewer = (a: ReplicaSet, b: ReplicaSet): number =>
  sizeOf(b) - sizeOf(a) || byRevision(b, a)

export const bySizeOlder = (a: ReplicaSet, b: ReplicaSet): number =>
  sizeOf(b) - sizeOf(a) || byRevision(a, b)

/** Whether two templates make the same Pods. kubernetes: EqualIgnoreHash */
export const sameTemplate = (a: PodTemplateSpec, b: PodTemplateSpec): boolean =>
  equal(a.spec, b.spec) && equal(withoutHash(templateMetadata(a)), withoutHash(templateMetadata(b)))

const withoutHash = (metadata: PodTemplateSpec['metadata']): PodTemplateSpec['metadata'] => {
  if (metadata.labels === undefined || !Object.hasOwn(metadata.labels, HASH_LABEL)) return metadata
  const { [HASH_LABEL]: _, ...labels } = metadata.labels
  return { ...metadata, labels }
}

/** The oldest ReplicaSet with the Deployment's template. kubernetes: FindNewReplicaSet */
export const findNewReplicaSet = (
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): ReplicaSet | undefined =>
  replicaSets
    .toSorted(byCreation)
    .find((replicaSet) => sameTemplate(replicaSet.spec.template, deployment.spec.template))
