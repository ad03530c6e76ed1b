// kubernetes: pkg/controller/replicaset/replica_set.go
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext } from '#client/component.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import type { Selector } from '#apimachinery/labels.ts'
import { keyOf, splitKey } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { claimPods } from '#kube-controller-manager/claims.ts'
import {
  PodControl,
  podFromTemplate,
  templateMetadata,
} from '#kube-controller-manager/pod-control.ts'
import {
  isPodActive,
  isPodTerminating,
  looksTheSame,
  nextAvailability,
} from '#kube-controller-manager/pod-state.ts'
import { OrphanPods, queuePodOwners, queueSelecting } from '#kube-controller-manager/pod-watch.ts'
import { planReplicas } from '#kube-controller-manager/replicaset/plan.ts'
import { replicasStatus } from '#kube-controller-manager/replicaset/status.ts'

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
  const owners = { client, queue, resource, selectorOf: kind.selectorOf }
  queuePodOwners({ ...owners, kind: kind.kind, ignores: looksTheSame })
  client.watch(resource, ({ type, object, old }) => {
    if (type !== 'DELETED') return queue.add(keyOf(object))
    // Pods that the deleted one released may fit another.
    for (const pod of orphans.in(old?.metadata.namespace ?? '')) queueSelecting(owners, pod)
  })
  const control = new PodControl(client, context.events, kind.component)
  return {
    name: kind.component,
    queue,
    resync: () => {
      for (const owner of client.list(resource)) queue.add(keyOf(owner))
    },
    sync: (key) => {
      const { namespace, name } = splitKey(key)
      const owner = client.get(resource, namespace, name)
      if (owner !== undefined) syncReplicas(context, kind, control, orphans, owner)
    },
  }
}

const syncReplicas = <R extends keyof Kinds>(
  context: ComponentContext,
  kind: ReplicasKind<R>,
  control: PodControl,
  orphans: OrphanPods,
  owner: Kinds[R],
): void => {
  const { client, queue } = context
  const selector = kind.selectorOf(owner)
  if (selector === undefined) return
  const before = claimPods(client, owner, selector, orphans.in(owner.metadata.namespace ?? ''))
  const deleting = owner.metadata.deletionTimestamp !== undefined
  const managed = deleting ? UNTOUCHED : manageReplicas(context, kind, control, owner, before)
  const uid = owner.metadata.uid ?? ''
  const after = managed.touched ? client.list('pods', { owner: uid }) : before
  writeStatus(context, kind, owner, after, managed.failure)
  const next = nextAvailability(after, owner.spec.minReadySeconds ?? 0, client.now())
  if (next !== undefined) queue.addAt(keyOf(owner), next)
  if (managed.failure !== undefined) throw managed.failure
}

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
  const plan = planReplicas(owner.spec.replicas ?? 1, active, related, context.client.now())
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
  pods: readonly Pod[],
  failure: StatusError | undefined,
): void => {
  const template = kind.templateOf(owner)
  const old: Kinds[R]['status'] = owner.status ?? { replicas: 0 }
  const status = replicasStatus(old, {
    active: pods.filter(isPodActive),
    ...(kind.countsTerminating ? { terminating: pods.filter(isPodTerminating).length } : {}),
    templateLabels: (template && templateMetadata(template).labels) ?? {},
    minReadySeconds: owner.spec.minReadySeconds ?? 0,
    desired: owner.spec.replicas ?? 1,
    generation: owner.metadata.generation ?? 0,
    failure,
    now: client.now(),
  })
  if (status !== owner.status) kind.writeStatus(client, owner, status)
}
