// kubernetes: pkg/controller/deployment/deployment_controller.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { selectorFromLabelSelector, type Selector } from '#apimachinery/labels.ts'
import { controllerOf, keyOf, splitKey } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { adopt, planClaims, release } from '#kube-controller-manager/claims.ts'
import {
  hasProgressDeadline,
  newCondition,
  withCondition,
} from '#kube-controller-manager/deployment/conditions.ts'
import { planDeployment, type DeploymentPlan } from '#kube-controller-manager/deployment/plan.ts'
import { withStatus } from '#kube-controller-manager/object-status.ts'
import { isNamespaceTerminating } from '#kube-controller-manager/pod-control.ts'
import { isPodFinished } from '#kube-controller-manager/pod-state.ts'
import { queueSelecting } from '#kube-controller-manager/pod-watch.ts'

const COMPONENT = 'deployment-controller'

export const deploymentController: ComponentDefinition = {
  name: COMPONENT,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:deployment-controller',
  create: (context) => {
    const { client, queue } = context
    watch(context)
    return {
      name: COMPONENT,
      queue,
      resync: () => {
        for (const deployment of client.list('deployments.apps')) queue.add(keyOf(deployment))
      },
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        const deployment = client.get('deployments.apps', namespace, name)
        if (deployment !== undefined) syncDeployment(context, deployment)
      },
    } satisfies Component
  },
}

const selectorOf = (deployment: Deployment): Selector | undefined =>
  selectorFromLabelSelector(deployment.spec.selector)

/** Pods need no watch: their ReplicaSet's status tells of each that comes or goes. */
const watch = ({ client, queue }: ComponentContext): void => {
  client.watch('deployments.apps', ({ type, object }) => {
    if (type === 'DELETED') queue.drop(keyOf(object))
    else queue.add(keyOf(object))
  })
  client.watch('replicasets.apps', ({ type, object, old }) => {
    const { namespace = '' } = object.metadata
    const owners = [controllerOf(object), old === undefined ? undefined : controllerOf(old)]
    for (const owner of owners)
      if (owner?.kind === 'Deployment') queue.add(`${namespace}/${owner.name}`)
    if (owners[0] === undefined && type !== 'DELETED')
      queueSelecting({ client, queue, resource: 'deployments.apps', selectorOf }, object)
  })
}

const syncDeployment = (context: ComponentContext, deployment: Deployment): void => {
  const { client, queue, events } = context
  const selector = selectorOf(deployment)
  if (selector === undefined) return
  if (selector.length === 0) {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.'
    events.record({
      object: deployment,
      type: 'Warning',
      reason: 'SelectingAll',
      message,
      component: COMPONENT,
    })
    return
  }
  const replicaSets = claimReplicaSets(context, deployment, selector)
  const { namespace = '' } = deployment.metadata
  const plan = planDeployment({
    deployment,
    replicaSets,
    isTaken: (name) => client.get('replicasets.apps', namespace, name) !== undefined,
    hasPodsBeside: (newReplicaSet) =>
      replicaSets.some(
        (one) => one !== newReplicaSet && !sameUid(one, newReplicaSet) && hasPods(context, one),
      ),
    now: client.now(),
  })
  apply(context, deployment, plan)
  if (plan.checkAt !== undefined) queue.addAt(keyOf(deployment), plan.checkAt)
}

const sameUid = (a: ReplicaSet, b: ReplicaSet | undefined): boolean =>
  b?.metadata.uid !== undefined && a.metadata.uid === b.metadata.uid

/** Whether a ReplicaSet has Pods that have not ended, terminating ones too. kubernetes: oldPodsRunning */
const hasPods = ({ client }: ComponentContext, replicaSet: ReplicaSet): boolean =>
  client.list('pods', { owner: replicaSet.metadata.uid ?? '' }).some((pod) => !isPodFinished(pod))

const claimReplicaSets = (
  { client }: ComponentContext,
  deployment: Deployment,
  selector: Selector,
): readonly ReplicaSet[] => {
  const { namespace = '', uid = '' } = deployment.metadata
  const owned = client.list('replicasets.apps', { owner: uid })
  const orphans = client.list('replicasets.apps', { namespace, labels: selector })
  const plan = planClaims(deployment, selector, { owned, orphans })
  const adopted = plan.adopted.map((one) =>
    client.update('replicasets.apps', adopt(one, deployment)),
  )
  for (const one of plan.released) client.update('replicasets.apps', release(one, deployment))
  return [...plan.kept, ...adopted].map((one) => withStatus(one, { replicas: 0 }))
}

const apply = (context: ComponentContext, deployment: Deployment, plan: DeploymentPlan): void => {
  const { client, events } = context
  if (plan.create !== undefined && !create(context, deployment, plan.create)) return
  for (const replicaSet of plan.update) client.update('replicasets.apps', replicaSet)
  for (const message of plan.events)
    events.record({
      object: deployment,
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message,
      component: COMPONENT,
    })
  for (const { metadata } of plan.delete)
    client.delete('replicasets.apps', metadata.namespace ?? '', metadata.name ?? '')
  if (plan.deployment !== undefined)
    client.update('deployments.apps', plan.deployment, { subresource: 'status' })
}

/** Creates the new ReplicaSet; a refusal becomes an event and a condition. False in a namespace that is on its way out. */
const create = (
  { client, events }: ComponentContext,
  deployment: Deployment,
  replicaSet: ReplicaSet,
): boolean => {
  try {
    client.create('replicasets.apps', replicaSet)
    return true
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    if (isNamespaceTerminating(error)) return false
    const message = `Failed to create new replica set "${replicaSet.metadata.name ?? ''}": ${error.message}`
    const reason = 'ReplicaSetCreateError'
    events.record({ object: deployment, type: 'Warning', reason, message, component: COMPONENT })
    if (hasProgressDeadline(deployment)) {
      const condition = newCondition('Progressing', 'False', { reason, message, now: client.now() })
      const conditions = withCondition(deployment.status?.conditions ?? [], condition)
      const failed = { ...deployment, status: { ...deployment.status, conditions } }
      client.update('deployments.apps', failed, { subresource: 'status' })
    }
    throw error
  }
}
