// kubernetes: pkg/controller/history/controller_history.go
import type { Client } from '#client/client.ts'
import type { ControllerRevision } from '#api/apps/v1/controller-revision/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { selectorFromLabelSelector, type LabelSelector } from '#apimachinery/labels.ts'
import {
  equal,
  own,
  type JsonValue,
  type KubeObject,
  type StringMap,
} from '#apimachinery/object.ts'
import { adopt, planClaims, release } from '#kube-controller-manager/claims.ts'
import { controllerRef } from '#kube-controller-manager/controller-ref.ts'
import { templateMetadata } from '#kube-controller-manager/pod-control.ts'
import { templateHash } from '#kube-controller-manager/template-hash.ts'

export const REVISION_LABEL = 'controller-revision-hash'
const MAX_PREFIX = 223

/** The revision data of a template: a patch that brings the template back. */
export const revisionData = (template: PodTemplateSpec): JsonValue =>
  ({ spec: { template: { ...template, $patch: 'replace' } } }) as unknown as JsonValue

/** The template that a revision brings back. */
export const templateOf = (revision: ControllerRevision): PodTemplateSpec => {
  const data = revision.data as unknown as {
    readonly spec: { readonly template: PodTemplateSpec & { readonly $patch?: string } }
  }
  const { $patch: _, ...template } = data.spec.template
  return template
}

export const byRevision = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision ||
  ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '')
    ? -1
    : (a.metadata.creationTimestamp ?? '') > (b.metadata.creationTimestamp ?? '')
      ? 1
      : (a.metadata.name ?? '') < (b.metadata.name ?? '')
        ? -1
        : 1)

/** What has revisions: a StatefulSet or DaemonSet. */
export interface Revised extends KubeObject {
  readonly spec: { readonly selector: LabelSelector; readonly template: PodTemplateSpec }
}

/** A controller's revisions, oldest first; adopts and releases them by their labels. */
export const claimRevisions = (client: Client, owner: Revised): readonly ControllerRevision[] => {
  const selector = selectorFromLabelSelector(owner.spec.selector) ?? []
  const { namespace = '', uid = '' } = owner.metadata
  const resource = 'controllerrevisions.apps'
  const owned = client.list(resource, { owner: uid })
  const orphans = client.list(resource, { namespace, labels: selector })
  const plan = planClaims(owner, selector, { owned, orphans })
  const adopted = plan.adopted.map((one) => client.update(resource, adopt(one, owner)))
  for (const one of plan.released) client.update(resource, release(one, owner))
  return [...plan.kept, ...adopted].sort(byRevision)
}

export interface RevisionPlan {
  /** The revision of the owner's template, as it should be. */
  readonly update: ControllerRevision
  /** What to write so that it is: nothing, a new object or a higher number. */
  readonly write: 'nothing' | 'create' | 'update'
  readonly collisionCount: number
}

export interface RevisionLabels {
  /** Labels of a new revision beside the template's, made of its hash. */
  readonly labelsOf: (hash: string) => StringMap
}

/**
 * Finds the revision of the current template or makes one. One that was current before gets the highest number again. `taken` gives
 * the revision that has a name already: another name is tried then.
 */
export const planRevision = (
  owner: Revised,
  sorted: readonly ControllerRevision[],
  options: RevisionLabels & {
    readonly collisionCount: number
    readonly taken: (name: string) => ControllerRevision | undefined
  },
): RevisionPlan => {
  const data = revisionData(owner.spec.template)
  const last = sorted.at(-1)
  const same = sorted.findLast((revision) => equal(revision.data, data))
  let { collisionCount } = options
  if (same !== undefined && same === last) return { update: same, write: 'nothing', collisionCount }
  const revision = (last?.revision ?? 0) + 1
  if (same !== undefined) return { update: { ...same, revision }, write: 'update', collisionCount }
  for (;;) {
    const made = newRevision(owner, { data, revision, collisionCount, labelsOf: options.labelsOf })
    const taken = options.taken(made.metadata.name ?? '')
    if (taken === undefined) return { update: made, write: 'create', collisionCount }
    if (equal(taken.data, data)) return { update: taken, write: 'nothing', collisionCount }
    collisionCount++
  }
}

const newRevision = (
  owner: Revised,
  {
    data,
    revision,
    collisionCount,
    labelsOf,
  }: RevisionLabels & {
    readonly data: JsonValue
    readonly revision: number
    readonly collisionCount: number
  },
): ControllerRevision => {
  const { name = '', namespace, annotations } = owner.metadata
  const hash = templateHash(data, collisionCount)
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name.slice(0, MAX_PREFIX)}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...templateMetadata(owner.spec.template).labels, ...labelsOf(hash) },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerRef(owner)],
    },
    data,
    revision,
  }
}

/** Writes what the plan says and returns the stored revision. */
export const writeRevision = (
  client: Client,
  { write, update }: RevisionPlan,
): ControllerRevision => {
  if (write === 'create') return client.create('controllerrevisions.apps', update)
  if (write === 'update') return client.update('controllerrevisions.apps', update)
  return update
}

/** The oldest revisions beyond the limit that nothing uses. */
export const revisionsToDelete = (
  sorted: readonly ControllerRevision[],
  isUsed: (revision: ControllerRevision) => boolean,
  limit: number,
): readonly ControllerRevision[] => {
  const unused = sorted.filter((revision) => !isUsed(revision))
  return unused.slice(0, Math.max(0, unused.length - limit))
}

export const deleteRevisions = (client: Client, revisions: readonly ControllerRevision[]): void => {
  for (const { metadata } of revisions)
    client.delete('controllerrevisions.apps', metadata.namespace ?? '', metadata.name ?? '')
}

export const revisionLabelOf = (object: KubeObject): string | undefined =>
  own(object.metadata.labels, REVISION_LABEL)
