// kubernetes: pkg/controller/disruption/disruption.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import { matches, selectorFromLabelSelector, selectorText } from '#apimachinery/labels.ts'
import { controllerOf, equal, keyOf, splitKey, type OwnerReference } from '#apimachinery/object.ts'
import { planBudget } from '#kube-controller-manager/disruption/status.ts'
import { looksTheSame } from '#kube-controller-manager/pod-state.ts'

const NAME = 'disruption-controller'
const EVENT_SOURCE = 'controllermanager'
const RESOURCE = 'poddisruptionbudgets.policy'

export const disruptionController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:disruption-controller',
  create: (context) => {
    const { client, queue } = context
    client.watch(RESOURCE, ({ type, object }) => {
      if (type === 'DELETED') queue.drop(keyOf(object))
      else queue.add(keyOf(object))
    })
    client.watch('pods', ({ type, object, old }) => {
      if (type === 'MODIFIED' && old !== undefined && looksTheSame(object, old)) return
      for (const budget of client.list(RESOURCE, { namespace: object.metadata.namespace ?? '' })) {
        const selector = selectorFromLabelSelector(budget.spec.selector)
        const concerns = (pod: Pod | undefined): boolean =>
          selector !== undefined && pod !== undefined && matches(selector, pod.metadata.labels)
        if (concerns(object) || concerns(old)) queue.add(keyOf(budget))
      }
    })
    // upstream learns of another scale with the next Pod that changes; here nothing may hang on when somebody looks
    for (const resource of CONTROLLERS)
      client.watch(resource, ({ type, object, old }) => {
        if (type === 'MODIFIED' && isSameScale(old!, object)) return
        for (const budget of client.list(RESOURCE, { namespace: object.metadata.namespace ?? '' }))
          queue.add(keyOf(budget))
      })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const budget of client.list(RESOURCE)) queue.add(keyOf(budget))
      },
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        const budget = client.get(RESOURCE, namespace, name)
        if (budget !== undefined && budget.metadata.deletionTimestamp === undefined)
          syncBudget(context, budget)
      },
    } satisfies Component
  },
}

const syncBudget = (context: ComponentContext, budget: PodDisruptionBudget): void => {
  const { client, queue } = context
  const labels = selectorFromLabelSelector(budget.spec.selector)
  const { namespace = '' } = budget.metadata
  const pods = labels === undefined ? [] : client.list('pods', { namespace, labels })
  const plan = planBudget({
    budget,
    pods,
    expectedScale: () => expectedScale(context, pods),
    now: client.now(),
  })
  if (plan.recheckAt !== undefined) queue.addAt(keyOf(budget), plan.recheckAt)
  if (equal(plan.status, budget.status)) return
  // Upstream tells of these at every sync; here only when something changed, since a cluster at rest writes nothing.
  if (pods.length === 0) tell(context, budget, 'Normal', 'NoPods', 'No matching pods found')
  if (plan.failure !== undefined)
    tell(
      context,
      budget,
      'Warning',
      'CalculateExpectedPodCountFailed',
      `Failed to calculate the number of expected pods: ${plan.failure}`,
    )
  else if (
    typeof budget.spec.minAvailable !== 'number' &&
    pods.some((pod) => controllerOf(pod) === undefined)
  )
    tell(
      context,
      budget,
      'Warning',
      'UnmanagedPods',
      `Pods selected by this PodDisruptionBudget (selector: ${selectorText(labels ?? [])}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`,
    )
  client.update(RESOURCE, { ...budget, status: plan.status }, { subresource: 'status' })
}

const tell = (
  { events }: ComponentContext,
  object: PodDisruptionBudget,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void => events.record({ object, type, reason, message, component: EVENT_SOURCE })

/** The sum of what the Pods' controllers want. kubernetes: getExpectedScale */
const expectedScale = (context: ComponentContext, pods: readonly Pod[]): number | string => {
  const scales = new Map<string, number>()
  const seen = new Set<string>()
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (owner === undefined || seen.has(owner.uid)) continue
    seen.add(owner.uid)
    const found = scaleOf(context, owner, pod.metadata.namespace ?? '')
    if (found === undefined) return `found no controllers for pod "${pod.metadata.name ?? ''}"`
    scales.set(found.uid, found.scale)
  }
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0)
}

const scaleOf = (
  { client }: ComponentContext,
  { kind, name }: OwnerReference,
  namespace: string,
): { readonly uid: string; readonly scale: number } | undefined => {
  const resource = SCALED.get(kind)
  if (resource === undefined) return undefined
  const controller = client.get(resource, namespace, name)
  if (controller === undefined) return undefined
  const parent = controllerOf(controller)
  const deployment =
    parent?.kind === 'Deployment'
      ? client.get('deployments.apps', namespace, parent.name)
      : undefined
  const { metadata, spec } = deployment ?? controller
  return { uid: metadata.uid ?? '', scale: spec.replicas ?? 1 }
}

type Scaled = Deployment | ReplicaSet | ReplicationController | StatefulSet

const isSameScale = (old: Scaled, object: Scaled): boolean =>
  old.spec.replicas === object.spec.replicas &&
  old.metadata.uid === object.metadata.uid &&
  old.metadata.ownerReferences === object.metadata.ownerReferences

const CONTROLLERS = [
  'deployments.apps',
  'replicasets.apps',
  'replicationcontrollers',
  'statefulsets.apps',
] as const

const SCALED: ReadonlyMap<
  string,
  'replicationcontrollers' | 'replicasets.apps' | 'statefulsets.apps'
> = new Map([
  ['ReplicationController', 'replicationcontrollers'],
  ['ReplicaSet', 'replicasets.apps'],
  ['StatefulSet', 'statefulsets.apps'],
])
