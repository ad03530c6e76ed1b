// kubernetes: pkg/controller/statefulset/stateful_set.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { ControllerRevision } from '#api/apps/v1/controller-revision/types.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { equal, keyOf, splitKey } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { queueRevisionOwners } from '#kube-controller-manager/controller-history/revision-watch.ts'
import { claimPods } from '#kube-controller-manager/claims.ts'
import {
  claimRevisions,
  deleteRevisions,
  planRevision,
  revisionLabelOf,
  revisionsToDelete,
  templateOf,
  writeRevision,
} from '#kube-controller-manager/controller-history/revisions.ts'
import { isNamespaceTerminating } from '#kube-controller-manager/pod-control.ts'
import { withStatus } from '#kube-controller-manager/object-status.ts'
import { nextAvailability } from '#kube-controller-manager/pod-state.ts'
import { OrphanPods, queuePodOwners, type PodOwners } from '#kube-controller-manager/pod-watch.ts'
import { isMember } from '#kube-controller-manager/statefulset/identity.ts'
import { planStatefulSet, type StatefulSetPlan } from '#kube-controller-manager/statefulset/plan.ts'
import { StatefulPodControl } from '#kube-controller-manager/statefulset/pod-control.ts'
import { statefulSetStatus } from '#kube-controller-manager/statefulset/status.ts'

const NAME = 'statefulset-controller'
const RESOURCE = 'statefulsets.apps'

export const statefulSetController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:statefulset-controller',
  create: (context) => {
    const { client, queue } = context
    const orphans = new OrphanPods(client)
    const owners: PodOwners<typeof RESOURCE> = {
      client,
      queue,
      resource: RESOURCE,
      kind: 'StatefulSet',
      selectorOf: (set) => selectorFromLabelSelector(set.spec.selector),
    }
    queuePodOwners(owners)
    queueRevisionOwners(owners)
    client.watch(RESOURCE, ({ type, object }) => {
      if (type === 'DELETED') queue.drop(keyOf(object))
      else queue.add(keyOf(object))
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const set of client.list(RESOURCE)) queue.add(keyOf(set))
      },
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        const set = client.get(RESOURCE, namespace, name)
        if (set !== undefined) syncStatefulSet(context, orphans, withStatus(set, { replicas: 0 }))
      },
    } satisfies Component
  },
}

const syncStatefulSet = (
  context: ComponentContext,
  orphans: OrphanPods,
  set: StatefulSet,
): void => {
  const { client, queue } = context
  const selector = selectorFromLabelSelector(set.spec.selector)
  if (selector === undefined) return
  const mayAdopt = orphans.in(set.metadata.namespace ?? '').filter((pod) => isMember(set, pod))
  const pods = claimPods(client, set, selector, mayAdopt).filter((pod) => isMember(set, pod))
  const history = syncRevisions(context, set)
  const { current, update } = history
  const plan = planStatefulSet({
    set,
    pods,
    current: { revision: nameOf(current), template: templateFor(set, current, update) },
    update: { revision: nameOf(update), template: set.spec.template },
    now: client.now(),
  })
  const failure = apply(new StatefulPodControl(client, context.events, set), plan, pods)
  const after = client
    .list('pods', { owner: set.metadata.uid ?? '' })
    .filter((pod) => isMember(set, pod))
  writeStatus(context, set, after, history)
  if (set.metadata.deletionTimestamp === undefined) truncateHistory(context, set, after, history)
  const next = nextAvailability(after, set.spec.minReadySeconds ?? 0, client.now())
  if (next !== undefined) queue.addAt(keyOf(set), next)
  if (failure !== undefined) throw failure
}

const nameOf = ({ metadata }: ControllerRevision): string => metadata.name ?? ''

/** Of the current revision the set's own template is shared. */
const templateFor = (
  set: StatefulSet,
  revision: ControllerRevision,
  update: ControllerRevision,
): StatefulSet['spec']['template'] =>
  nameOf(revision) === nameOf(update) ? set.spec.template : templateOf(revision)

interface History {
  readonly sorted: readonly ControllerRevision[]
  readonly current: ControllerRevision
  readonly update: ControllerRevision
  readonly collisionCount: number
}

/** kubernetes: getStatefulSetRevisions */
const syncRevisions = ({ client }: ComponentContext, set: StatefulSet): History => {
  const sorted = claimRevisions(client, set)
  const { namespace = '' } = set.metadata
  const plan = planRevision(set, sorted, {
    labelsOf: (hash) => ({ 'controller.kubernetes.io/hash': hash }),
    collisionCount: set.status.collisionCount ?? 0,
    taken: (name) => client.get('controllerrevisions.apps', namespace, name),
  })
  // the garbage collector takes the revisions of a set that is going: a new one would go as well
  const isGoing = set.metadata.deletionTimestamp !== undefined
  const update = isGoing ? plan.update : writeRevision(client, plan)
  const current = sorted.find((revision) => nameOf(revision) === set.status.currentRevision)
  return { sorted, current: current ?? update, update, collisionCount: plan.collisionCount }
}

/** Does what the plan says up to the first refusal, which it returns. */
const apply = (
  control: StatefulPodControl,
  plan: StatefulSetPlan,
  pods: readonly Pod[],
): StatusError | undefined => {
  try {
    for (const pod of plan.create) control.create(pod)
    for (const pod of plan.relabel) control.relabel(pod)
    for (const pod of plan.claim) control.createClaims(pod)
    for (const pod of pods) control.reconcileClaims(pod)
    for (const pod of plan.remove) control.delete(pod)
    return undefined
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return isNamespaceTerminating(error) ? undefined : error
  }
}

const writeStatus = (
  { client }: ComponentContext,
  set: StatefulSet,
  pods: readonly Pod[],
  { current, update, collisionCount }: History,
): void => {
  const status = statefulSetStatus({
    set,
    pods,
    currentRevision: nameOf(current),
    updateRevision: nameOf(update),
    collisionCount,
    now: client.now(),
  })
  if (!equal(status, set.status))
    client.update(RESOURCE, { ...set, status }, { subresource: 'status' })
}

const truncateHistory = (
  { client }: ComponentContext,
  set: StatefulSet,
  pods: readonly Pod[],
  { sorted, current, update }: History,
): void => {
  const used = new Set([nameOf(current), nameOf(update), ...pods.map(revisionLabelOf)])
  const limit = set.spec.revisionHistoryLimit ?? 10
  deleteRevisions(
    client,
    revisionsToDelete(sorted, (one) => used.has(nameOf(one)), limit),
  )
}
