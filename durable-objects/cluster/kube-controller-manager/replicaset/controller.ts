// kubernetes: pkg/controller/replicaset/replica_set.go
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext } from '#client/component.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import { matches, type Selector } from '#apimachinery/labels.ts'
import { keyOf, splitKey } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { claimPods } from '#kube-controller-manager/claims.ts'
import {
  PodControl,
  podFromTemplate,
  templateMetadata,
} from '#kube-controller-manager/pod-control.ts'
import { isPodActive, looksTheSame, nextAvailability } from '#kube-controller-manager/pod-state.ts'
import { OrphanPods, queuePodOwners, queueSelecting } from '#kube-controller-manager/pod-watch.ts'
import { planReplicas } from '#kube-controller-manager/replicaset/plan.ts'
import { replicasStatus } from '#kube-controller-manager/replicaset/status.ts'
import { PodTallies, type PodCounts } from '#kube-controller-manager/replicaset/tally.ts'

interface Kinds {
  'replicasets.apps': ReplicaSet
  replicationcontrollers: ReplicationController
}

/** What tells ReplicaSets from ReplicationControllers: one controller serves both. */
export interface ReplicasKind<R extends keyof Kinds> {
  readonly resource: R
  readonly kind: Kinds[R]['kind']
  readonly component: string
  readonly selectorOf: (owner: Kinds[R]) => Selector | undefined
  readonly templateOf: (owner: Kinds[R]) => PodTemplateSpec | undefined
  readonly writeStatus: (client: Client, owner: Kinds[R], status: Kinds[R]['status']) => void
  /** Pods of all controllers with the same owner, for ranking. */
  readonly relatedPods?: (context: ComponentContext, owner: Kinds[R]) => readonly Pod[]
  readonly countsTerminating: boolean
}

/** Keeps the number of Pods that a ReplicaSet or ReplicationController asks for. */
export const replicasController = <R extends keyof Kinds>(
  context: ComponentContext,
  kind: ReplicasKind<R>,
): Component => {
  const { client, queue } = context
  const { resource } = kind
  const orphans = new OrphanPods(client)
  const tallies = new PodTallies(client)
  const owners = { client, queue, resource, selectorOf: kind.selectorOf }
  queuePodOwners({ ...owners, kind: kind.kind, ignores: looksTheSame })
  client.watch(resource, ({ type, object, old }) => {
    if (type !== 'DELETED') return queue.add(keyOf(object))
    queue.drop(keyOf(object))
    tallies.forget(object.metadata.uid ?? '')
    // Pods that the deleted one released may fit another.
    for (const pod of orphans.in(old?.metadata.namespace ?? '')) queueSelecting(owners, pod)
  })
  const control = new PodControl(client, context.events, kind.component)
  const parts = { context, kind, control, orphans, tallies }
  return {
    name: kind.component,
    queue,
    resync: () => {
      for (const owner of client.list(resource)) queue.add(keyOf(owner))
    },
    sync: (key) => {
      const { namespace, name } = splitKey(key)
      const owner = client.get(resource, namespace, name)
      if (owner !== undefined) syncReplicas(parts, owner)
    },
  }
}

interface Parts<R extends keyof Kinds> {
  readonly context: ComponentContext
  readonly kind: ReplicasKind<R>
  readonly control: PodControl
  readonly orphans: OrphanPods
  readonly tallies: PodTallies
}

const syncReplicas = <R extends keyof Kinds>(parts: Parts<R>, owner: Kinds[R]): void => {
  const { context, kind, control, orphans, tallies } = parts
  const { client, queue } = context
  const selector = kind.selectorOf(owner)
  if (selector === undefined) return
  const free = orphans.in(owner.metadata.namespace ?? '')
  const known = tallies.of(owner)
  if (known?.active === desiredOf(owner) && !free.some((pod) => isSelected(selector, pod)))
    return writeStatus(context, kind, owner, known, undefined)
  const before = claimPods(client, owner, selector, free)
  const deleting = owner.metadata.deletionTimestamp !== undefined
  const managed = deleting ? UNTOUCHED : manageReplicas(context, kind, control, owner, before)
  const uid = owner.metadata.uid ?? ''
  const after = managed.touched ? client.list('pods', { owner: uid }) : before
  const minReadySeconds = owner.spec.minReadySeconds ?? 0
  const template = kind.templateOf(owner)
  const templateLabels = (template && templateMetadata(template).labels) ?? {}
  const counts = tallies.count(owner, { selector, templateLabels, minReadySeconds }, after)
  writeStatus(context, kind, owner, counts, managed.failure)
  const next = nextAvailability(after, minReadySeconds, client.now())
  if (next !== undefined) queue.addAt(keyOf(owner), next)
  if (managed.failure !== undefined) throw managed.failure
}

const desiredOf = ({ spec }: Kinds[keyof Kinds]): number => spec.replicas ?? 1

const isSelected = (selector: Selector, { metadata }: Pod): boolean =>
  matches(selector, metadata.labels)

interface Managed {
  readonly touched: boolean
  readonly failure: StatusError | undefined
}

const UNTOUCHED: Managed = { touched: false, failure: undefined }

/** Creates or deletes Pods until the number is right or one is refused. */
const manageReplicas = <R extends keyof Kinds>(
  context: ComponentContext,
  kind: ReplicasKind<R>,
  control: PodControl,
  owner: Kinds[R],
  pods: readonly Pod[],
): Managed => {
  const active = pods.filter(isPodActive)
  const related = (): readonly Pod[] => kind.relatedPods?.(context, owner) ?? active
  const plan = planReplicas(desiredOf(owner), active, related, context.client.now())
  const template = kind.templateOf(owner)
  if (plan.create > 0 && template !== undefined) {
    const pod = podFromTemplate(owner, template)
    for (let index = 0; index < plan.create; index++) {
      const created = control.create(owner, pod)
      // The rest would be refused like the first. kubernetes: slowStartBatch
      if (created === undefined) break
      if (created instanceof StatusError) return { touched: true, failure: created }
    }
    return { touched: true, failure: undefined }
  }
  let failure: StatusError | undefined
  for (const pod of plan.remove) failure = control.delete(owner, pod) ?? failure
  return { touched: plan.remove.length > 0, failure }
}

const writeStatus = <R extends keyof Kinds>(
  { client }: ComponentContext,
  kind: ReplicasKind<R>,
  owner: Kinds[R],
  counts: PodCounts,
  failure: StatusError | undefined,
): void => {
  const old: Kinds[R]['status'] = owner.status ?? { replicas: 0 }
  const status = replicasStatus(old, {
    counts,
    countsTerminating: kind.countsTerminating,
    desired: desiredOf(owner),
    generation: owner.metadata.generation ?? 0,
    failure,
    now: client.now(),
  })
  if (status !== owner.status) kind.writeStatus(client, owner, status)
}
