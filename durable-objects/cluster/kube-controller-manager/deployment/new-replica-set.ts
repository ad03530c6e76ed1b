// kubernetes: pkg/controller/deployment/sync.go getNewReplicaSet
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { assign, own, setKey } from '#apimachinery/object.ts'
import { controllerRef } from '#kube-controller-manager/controller-ref.ts'
import {
  findCondition,
  hasProgressDeadline,
  newCondition,
  withCondition,
} from '#kube-controller-manager/deployment/conditions.ts'
import type { Draft } from '#kube-controller-manager/deployment/draft.ts'
import {
  desiredReplicas,
  HASH_LABEL,
  isRollingUpdate,
  maxSurge,
  resized,
  REVISION,
  REVISION_HISTORY,
  revisionOf,
  sizeOf,
  sum,
} from '#kube-controller-manager/deployment/replica-sets.ts'
import { templateMetadata } from '#kube-controller-manager/pod-control.ts'
import { templateHash } from '#kube-controller-manager/template-hash.ts'

const MAX_HISTORY_LENGTH = 2000

/** Annotations of the Deployment that its ReplicaSets do not get. */
const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
])

/**
 * Brings annotations and revision of the new ReplicaSet up to date, or creates it. Returns false if the name that its hash gives is
 * taken: then the collision count went up and the next sync tries another.
 */
export const syncNewReplicaSet = (draft: Draft, create: boolean): boolean => {
  const { deployment, now } = draft
  const revision =
    draft.old.map(revisionOf).reduce((max, each) => (each > max ? each : max), 0n) + 1n
  const existing = draft.newReplicaSet
  if (existing !== undefined) {
    const annotated = withAnnotations(existing, deployment, revision)
    const { minReadySeconds } = deployment.spec
    draft.put(assign(annotated, { spec: assign(annotated.spec, { minReadySeconds }) }))
    draft.revision = String(revisionOf(annotated))
    if (
      hasProgressDeadline(deployment) &&
      findCondition(draft.conditions, 'Progressing') === undefined
    )
      report(draft, 'FoundNewReplicaSet', `Found new replica set "${existing.metadata.name ?? ''}"`)
    return true
  }
  if (!create) return true
  const replicaSet = newReplicaSet(draft, revision)
  const name = replicaSet.metadata.name ?? ''
  if (draft.found.isTaken(name)) {
    draft.collisionCount = (draft.collisionCount ?? 0) + 1
    return false
  }
  draft.add(replicaSet)
  const size = sizeOf(replicaSet)
  if (size > 0) draft.events.push(`Scaled up replica set ${name} from 0 to ${size}`)
  draft.revision = String(revision)
  if (hasProgressDeadline(deployment))
    report(draft, 'NewReplicaSetCreated', `Created new replica set "${name}"`)
  return true

  function report(to: Draft, reason: string, message: string): void {
    const condition = newCondition('Progressing', 'True', { reason, message, now })
    to.conditions = withCondition(to.conditions, condition)
  }
}

const newReplicaSet = (draft: Draft, revision: bigint): ReplicaSet => {
  const { deployment } = draft
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = templateHash(template, draft.collisionCount)
  const labels = { ...templateMetadata(template).labels, [HASH_LABEL]: hash }
  const { namespace } = deployment.metadata
  const draftless: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name ?? ''}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...templateMetadata(template), labels } },
    },
    status: { replicas: 0 },
  }
  const size = newReplicaSetSize(deployment, [...draft.old, draftless], draftless)
  return resized(withAnnotations(draftless, deployment, revision), size, deployment)
}

/** How big the new ReplicaSet may be now. kubernetes: NewRSNewReplicas */
export const newReplicaSetSize = (
  deployment: Deployment,
  all: readonly ReplicaSet[],
  replicaSet: ReplicaSet,
): number => {
  const desired = desiredReplicas(deployment)
  if (!isRollingUpdate(deployment)) return desired
  const room = desired + maxSurge(deployment) - sum(all, sizeOf)
  const size = sizeOf(replicaSet)
  return room <= 0 ? size : size + Math.min(room, desired - size)
}

/** kubernetes: SetNewReplicaSetAnnotations */
const withAnnotations = (
  replicaSet: ReplicaSet,
  deployment: Deployment,
  revision: bigint,
): ReplicaSet => {
  const changes: Record<string, string> = {}
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!OWN_ANNOTATIONS.has(key)) setKey(changes, key, value)
  const current = own(replicaSet.metadata.annotations, REVISION)
  const isNumber = current === undefined || /^\d+$/.test(current)
  if (isNumber && BigInt(current ?? 0) < revision) {
    changes[REVISION] = String(revision)
    if (current !== undefined)
      changes[REVISION_HISTORY] = revisionHistory(
        own(replicaSet.metadata.annotations, REVISION_HISTORY) ?? '',
        current,
      )
  }
  const annotations = assign(replicaSet.metadata.annotations ?? {}, changes)
  return assign(replicaSet, {
    metadata: assign(replicaSet.metadata, {
      annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
    }),
  })
}

/** The revisions a ReplicaSet had before, as many of the latest as fit. */
const revisionHistory = (history: string, revision: string): string => {
  const revisions = [...(history === '' ? [] : history.split(',')), revision]
  while (revisions.length > 1 && revisions.join(',').length > MAX_HISTORY_LENGTH) revisions.shift()
  return revisions.join(',')
}
