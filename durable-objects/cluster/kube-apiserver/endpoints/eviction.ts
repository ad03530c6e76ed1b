import { schemaOf } from '#api/schemas.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import type { Eviction } from '#api/policy/v1/eviction/types.ts'
import type { DeleteOptions } from '#api/strategy.ts'
import { matches, selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { assign } from '#apimachinery/object.ts'
import { badRequest, notFound, StatusError, tooManyRequests } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { decodeBody } from '#kube-apiserver/endpoints/body.ts'
import { dryRunOf, operationOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { successAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { remove } from '#kube-apiserver/registry/delete.ts'

const isReady = (pod: Pod): boolean =>
  pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

const isTerminal = (pod: Pod): boolean =>
  pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'

/** Evicting a Pod that does not count cannot disrupt anything. kubernetes: canIgnorePDB */
const needsNoBudget = (pod: Pod): boolean =>
  isTerminal(pod) || pod.status.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined

const budgetsOf = ({ context }: ResourceRequest, pod: Pod): readonly PodDisruptionBudget[] => {
  const all = context.etcd.list('poddisruptionbudgets.policy', {
    namespace: pod.metadata.namespace ?? '',
  }) as readonly PodDisruptionBudget[]
  return all.filter(({ spec }) => {
    const selector = selectorFromLabelSelector(spec.selector)
    return selector !== undefined && matches(selector, pod.metadata.labels)
  })
}

/** Takes one disruption from the budget, or refuses. kubernetes: pkg/registry/core/pod/storage/eviction.go checkAndDecrement */
const spend = (
  target: ResourceRequest,
  budget: PodDisruptionBudget,
  pod: Pod,
  dryRun: boolean,
): void => {
  const { name = '' } = budget.metadata
  const { status } = budget
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) {
    throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 10, [
      {
        reason: 'DisruptionBudget',
        message: `The disruption budget ${name} is still being processed by the server.`,
      },
    ])
  }
  if ((status.disruptionsAllowed ?? 0) < 0)
    throw new StatusError(
      403,
      'Forbidden',
      `poddisruptionbudgets.policy "${name}" is forbidden: pdb disruptions allowed is negative`,
    )
  if ((status.disruptionsAllowed ?? 0) === 0) {
    throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 0, [
      {
        reason: 'DisruptionBudget',
        message: `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`,
      },
    ])
  }
  if (dryRun) return
  const disruptedPods = {
    ...status.disruptedPods,
    [pod.metadata.name ?? '']: formatTime(target.context.now()),
  }
  const spent = assign(status, {
    disruptionsAllowed: (status.disruptionsAllowed ?? 0) - 1,
    disruptedPods,
  })
  target.context.etcd.put('poddisruptionbudgets.policy', assign(budget, { status: spent }))
}

/** POST to pods/NAME/eviction: a deletion that asks the disruption budget first. */
export const evict = (target: ResourceRequest): Answer => {
  const { context, request, path, warnings } = target
  const expected = {
    group: 'policy',
    version: 'v1',
    kind: 'Eviction',
    schema: schemaOf('io.k8s.api.policy.v1.Eviction'),
  }
  const eviction = decodeBody(request, expected, warnings) as Eviction
  if (eviction.metadata.name !== undefined && eviction.metadata.name !== path.name)
    throw badRequest('name in URL does not match name in Eviction object')
  const options = { ...eviction.deleteOptions } as DeleteOptions
  const dryRun = dryRunOf(request).length > 0 || (options.dryRun?.length ?? 0) > 0
  const operation = { ...operationOf(target, 'CreateOptions'), dryRun }
  const pod = context.etcd.get('pods', path.namespace, path.name) as Pod | undefined
  if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, path.name)
  if (!needsNoBudget(pod)) {
    const budgets = budgetsOf(target, pod)
    if (budgets.length > 1)
      throw new StatusError(
        500,
        'InternalError',
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      )
    for (const budget of budgets)
      if (isReady(pod) || budget.spec.unhealthyPodEvictionPolicy !== 'AlwaysAllow')
        spend(target, budget, pod, dryRun)
  }
  remove(context, operation, path.name, options)
  return successAnswer(201)
}
