import { NEVER_PROBED } from '#api/core/v1/pod/never-probed.ts'
import { schemaOf } from '#api/schemas.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import type { Eviction } from '#api/policy/v1/eviction/types.ts'
import type { DeleteOptions } from '#api/strategy.ts'
import { matches, selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { assign } from '#apimachinery/object.ts'
import {
  badRequest,
  forbidden,
  invalid,
  notFound,
  StatusError,
  tooManyRequests,
} from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { validateDeleteOptions } from '#apimachinery/validation/options.ts'
import { decodeBody } from '#kube-apiserver/endpoints/body.ts'
import { operationOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { successAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { checkDeletePreconditions, remove } from '#kube-apiserver/registry/delete.ts'

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

const VIOLATED = "Cannot evict pod as it would violate the pod's disruption budget."

const refuse = (message: string, retryAfterSeconds: number): StatusError =>
  tooManyRequests(VIOLATED, retryAfterSeconds, [{ reason: 'DisruptionBudget', message }])

/** Why the budget allows no disruption. */
const nothingLeft = ({ metadata, status }: PodDisruptionBudget): string => {
  const { name = '' } = metadata
  const failed = status.conditions?.find(
    ({ type, reason }) => type === 'DisruptionAllowed' && reason === 'SyncFailed',
  )
  return failed === undefined
    ? `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`
    : `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${failed.message ?? ''}`
}

/** The budget with one disruption taken, or a refusal. kubernetes: pkg/registry/core/pod/storage/eviction.go checkAndDecrement */
const spent = (budget: PodDisruptionBudget, pod: Pod, now: number): PodDisruptionBudget => {
  const { metadata, status } = budget
  const { name = '', generation = 0 } = metadata
  const allowed = status.disruptionsAllowed ?? 0
  if ((status.observedGeneration ?? 0) < generation)
    throw refuse(`The disruption budget ${name} is still being processed by the server.`, 10)
  const forbid = (why: string): StatusError =>
    forbidden({ group: 'policy', resource: 'poddisruptionbudget' }, name, why)
  if (allowed < 0) throw forbid('pdb disruptions allowed is negative')
  const disrupted = status.disruptedPods ?? {}
  if (Object.keys(disrupted).length > MAX_DISRUPTED)
    throw forbid('DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  if (allowed === 0) throw refuse(nothingLeft(budget), 0)
  return assign(budget, {
    status: assign(status, {
      disruptionsAllowed: allowed - 1,
      disruptedPods: { ...disrupted, [pod.metadata.name ?? '']: formatTime(now) },
    }),
  })
}

const MAX_DISRUPTED = 2000

/** A Pod that is not ready may go although nothing is left, if what is ready is enough or the budget says so. */
const isFree = ({ spec, status }: PodDisruptionBudget, pod: Pod): boolean => {
  if (isReady(pod)) return false
  const { currentHealthy = 0, desiredHealthy = 0 } = status
  return (
    spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
    (currentHealthy >= desiredHealthy && desiredHealthy > 0)
  )
}

const askBudget = (target: ResourceRequest, pod: Pod, dryRun: boolean): void => {
  const { context } = target
  const [budget, ...others] = budgetsOf(target, pod)
  if (others.length > 0)
    throw new StatusError(
      500,
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  if (budget === undefined || isFree(budget, pod)) return
  const after = spent(budget, pod, context.now())
  if (!dryRun) context.etcd.put('poddisruptionbudgets.policy', after)
}

/** Says in the Pod's status why it goes. kubernetes: addConditionAndDeletePod */
const withReason = (pod: Pod, now: number): Pod => {
  const conditions = pod.status.conditions ?? []
  const before = conditions.find(({ type }) => type === 'DisruptionTarget')
  const { generation } = pod.metadata
  const condition = {
    type: 'DisruptionTarget',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status: 'True',
    ...NEVER_PROBED,
    lastTransitionTime:
      before?.status === 'True' && before.lastTransitionTime !== undefined
        ? before.lastTransitionTime
        : formatTime(now),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  const others = conditions.filter(({ type }) => type !== 'DisruptionTarget')
  return assign(pod, { status: assign(pod.status, { conditions: [...others, condition] }) })
}

const EXPECTED = { group: 'policy', version: 'v1', kind: 'Eviction' }

/** POST to pods/NAME/eviction: a deletion that asks the disruption budget first. */
export const evict = (target: ResourceRequest): Answer => {
  const { context, request, path, warnings } = target
  const asked = operationOf(target, 'CreateOptions')
  const schema = schemaOf('io.k8s.api.policy.v1.Eviction')
  const eviction = decodeBody(request, { ...EXPECTED, schema }, warnings) as Eviction
  if (eviction.metadata.name !== path.name)
    throw badRequest('name in URL does not match name in Eviction object')
  const options = { ...eviction.deleteOptions } as DeleteOptions
  const errors = validateDeleteOptions(options)
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors)
  const dryRun = asked.dryRun || (options.dryRun?.length ?? 0) > 0
  const { subresource: _eviction, ...operation } = { ...asked, dryRun }
  const pod = context.etcd.get('pods', path.namespace, path.name) as Pod | undefined
  if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, path.name)
  checkDeletePreconditions(target.resource, pod, options)
  if (!needsNoBudget(pod)) askBudget(target, pod, dryRun)
  if (!dryRun) context.etcd.put('pods', withReason(pod, context.now()))
  const { preconditions: _checked, ...rest } = options
  remove(context, operation, path.name, rest)
  return successAnswer(201)
}
