// kubernetes: pkg/controller/daemon/daemon_controller.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { ControllerRevision } from '#api/apps/v1/controller-revision/types.ts'
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { equal, keyOf, own, splitKey } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { queueRevisionOwners } from '#kube-controller-manager/controller-history/revision-watch.ts'
import { BackOff } from '#kube-controller-manager/back-off.ts'
import { claimPods } from '#kube-controller-manager/claims.ts'
import {
  claimRevisions,
  deleteRevisions,
  planRevision,
  REVISION_LABEL,
  revisionLabelOf,
  revisionsToDelete,
  writeRevision,
} from '#kube-controller-manager/controller-history/revisions.ts'
import { planNodes, podsByNode, type NodePods } from '#kube-controller-manager/daemonset/nodes.ts'
import { planRolling } from '#kube-controller-manager/daemonset/rolling.ts'
import { daemonSetStatus } from '#kube-controller-manager/daemonset/status.ts'
import { daemonTemplate, onNode, targetNode } from '#kube-controller-manager/daemonset/template.ts'
import { withStatus } from '#kube-controller-manager/object-status.ts'
import { PodControl, podFromTemplate } from '#kube-controller-manager/pod-control.ts'
import { nextAvailability } from '#kube-controller-manager/pod-state.ts'
import { OrphanPods, queuePodOwners, type PodOwners } from '#kube-controller-manager/pod-watch.ts'

const NAME = 'daemonset-controller'
const RESOURCE = 'daemonsets.apps'

export const daemonSetController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:daemon-set-controller',
  create: (context) => {
    const { client, queue, memory } = context
    const tools: Tools = {
      context,
      orphans: new OrphanPods(client),
      control: new PodControl(client, context.events, NAME),
      backOff: new BackOff(memory, 'daemonset/', 1000, 15 * 60_000),
    }
    const queueAll = (): void => {
      for (const set of client.list(RESOURCE)) queue.add(keyOf(set))
    }
    watch(context, queueAll)
    return {
      name: NAME,
      queue,
      resync: queueAll,
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        const set = client.get(RESOURCE, namespace, name)
        if (set === undefined) tools.backOff.forget(`${key}/`)
        else if (set.metadata.deletionTimestamp === undefined)
          syncDaemonSet(tools, withStatus(set, NO_STATUS))
      },
    } satisfies Component
  },
}

const NO_STATUS = {
  currentNumberScheduled: 0,
  desiredNumberScheduled: 0,
  numberMisscheduled: 0,
  numberReady: 0,
} as const

interface Tools {
  readonly context: ComponentContext
  readonly orphans: OrphanPods
  readonly control: PodControl
  readonly backOff: BackOff
}

const watch = ({ client, queue }: ComponentContext, queueAll: () => void): void => {
  const owners: PodOwners<typeof RESOURCE> = {
    client,
    queue,
    resource: RESOURCE,
    kind: 'DaemonSet',
    selectorOf: (set) => selectorFromLabelSelector(set.spec.selector),
  }
  queuePodOwners(owners)
  queueRevisionOwners(owners)
  client.watch(RESOURCE, ({ object }) => queue.add(keyOf(object)))
  client.watch('nodes', ({ type, object, old }) => {
    const same =
      type === 'MODIFIED' &&
      equal(object.metadata.labels, old?.metadata.labels) &&
      equal(object.spec.taints, old?.spec.taints)
    if (!same) queueAll()
  })
}

const syncDaemonSet = (tools: Tools, set: DaemonSet): void => {
  const { client, queue, events } = tools.context
  const selector = selectorFromLabelSelector(set.spec.selector)
  if (selector === undefined) return
  if (selector.length === 0) {
    const message = 'This daemon set is selecting all pods. A non-empty selector is required.'
    events.record({
      object: set,
      type: 'Warning',
      reason: 'SelectingAll',
      message,
      component: NAME,
    })
    return
  }
  // its revisions may be gone already, so that nothing true can be said of it
  if (set.metadata.deletionTimestamp !== undefined) return
  const sorted = claimRevisions(client, set)
  const revision = planRevision(set, sorted, {
    labelsOf: (hash) => ({ [REVISION_LABEL]: hash }),
    collisionCount: set.status.collisionCount ?? 0,
    taken: (name) => client.get('controllerrevisions.apps', set.metadata.namespace ?? '', name),
  })
  const current = writeRevision(client, revision)
  const hash = revisionLabelOf(current) ?? ''
  const template = daemonTemplate(set, hash)
  const nodes = client.list('nodes')
  const before = claimPods(client, set, selector, tools.orphans.in(set.metadata.namespace ?? ''))
  const failure = manage(tools, set, {
    nodes: podsByNode(nodes, template.spec, before),
    pod: podFromTemplate(set, template),
    hash,
  })
  const after = client.list('pods', { owner: set.metadata.uid ?? '' })
  const status = daemonSetStatus(set, podsByNode(nodes, template.spec, after), {
    hash,
    collisionCount: revision.collisionCount,
    now: client.now(),
  })
  if (!equal(status, set.status))
    client.update(RESOURCE, { ...set, status }, { subresource: 'status' })
  truncateHistory(tools, set, { sorted, current, pods: after })
  const next = nextAvailability(after, set.spec.minReadySeconds ?? 0, client.now())
  if (next !== undefined) queue.addAt(keyOf(set), next)
  if (failure !== undefined) throw failure
}

interface Managed {
  readonly nodes: readonly NodePods[]
  /** The Pod to create, but for its node. */
  readonly pod: Pod
  readonly hash: string
}

/** Puts the daemon where it should be; if it is there already, goes on with a rolling update. */
const manage = (
  tools: Tools,
  set: DaemonSet,
  { nodes, pod, hash }: Managed,
): StatusError | undefined => {
  const now = tools.context.client.now()
  const plan = planNodes(set, nodes, hash, now)
  const ended = plan.ended.filter((one) => mayReplace(tools, set, one, now))
  const work = { createOn: plan.createOn, remove: [...plan.remove, ...ended] }
  if (work.createOn.length + work.remove.length > 0) return apply(tools, set, pod, work)
  if (set.spec.updateStrategy.type !== 'RollingUpdate') return undefined
  return apply(tools, set, pod, planRolling(set, nodes, hash, now))
}

/** Tells of a Pod that ended. One that fails again and again is replaced less and less often. */
const mayReplace = (
  { context, backOff }: Tools,
  set: DaemonSet,
  pod: Pod,
  now: number,
): boolean => {
  const { namespace = '', name = '' } = pod.metadata
  const node = targetNode(pod) ?? ''
  const failed = pod.status.phase === 'Failed'
  if (failed) {
    const key = `${keyOf(set)}/${node}`
    const until = backOff.blockedUntil(key, now)
    if (until !== undefined) {
      context.queue.addAt(keyOf(set), until)
      return false
    }
    backOff.next(key, now)
  }
  context.events.record({
    object: set,
    type: failed ? 'Warning' : 'Normal',
    reason: failed ? 'FailedDaemonPod' : 'SucceededDaemonPod',
    message: failed
      ? `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`
      : `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`,
    component: NAME,
  })
  return true
}

const apply = (
  { control }: Tools,
  set: DaemonSet,
  pod: Pod,
  { createOn, remove }: { readonly createOn: readonly string[]; readonly remove: readonly Pod[] },
): StatusError | undefined => {
  let failure: StatusError | undefined
  for (const node of createOn) {
    const created = control.create(set, onNode(pod, node))
    if (created === undefined) break
    if (!(created instanceof StatusError)) continue
    failure = created
    break
  }
  for (const one of remove) failure = control.delete(set, one) ?? failure
  return failure
}

const truncateHistory = (
  { context }: Tools,
  set: DaemonSet,
  history: {
    readonly sorted: readonly ControllerRevision[]
    readonly current: ControllerRevision
    readonly pods: readonly Pod[]
  },
): void => {
  const hashes = new Set(history.pods.map((pod) => own(pod.metadata.labels, REVISION_LABEL)))
  const isUsed = (one: ControllerRevision): boolean =>
    one.metadata.name === history.current.metadata.name || hashes.has(revisionLabelOf(one))
  const limit = set.spec.revisionHistoryLimit ?? 10
  deleteRevisions(context.client, revisionsToDelete(history.sorted, isUsed, limit))
}
