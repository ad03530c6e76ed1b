// kubernetes: apiserver pkg/admission/plugin/resourcequota/controller.go
import {
  addAmounts,
  amountsOf,
  amountsText,
  exceeding,
  increaseOver,
  listOf,
  maskedBy,
  withoutZeros,
  type ResourceAmounts,
} from '#api/core/v1/resource-quota/resource-amounts.ts'
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import {
  evaluatorOf,
  quotaApplies,
  type QuotaEvaluator,
} from '#api/core/v1/resource-quota/usage.ts'
import { assign, own } from '#apimachinery/object.ts'
import type { AdmissionRequest } from '#kube-apiserver/registry/operation.ts'
import {
  isWrite,
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
  type WriteRequest,
} from '#kube-apiserver/admission/plugin.ts'

/** How a quota's new status is written. */
export type WriteQuotaStatus = (quota: ResourceQuota) => void

const isResize = ({ resource, subresource }: AdmissionRequest): boolean =>
  resource.name === 'pods' && subresource === 'resize'

const handles = (request: AdmissionRequest, evaluator: QuotaEvaluator): request is WriteRequest =>
  isWrite(request) &&
  (isResize(request) ||
    (request.subresource === undefined &&
      (request.operation === 'CREATE' || evaluator.countsUpdates)))

/** Throws if the quota limits something that the object does not state, or if its usage is not known yet. */
const checkQuota = (
  request: WriteRequest,
  quota: ResourceQuota,
  evaluator: QuotaEvaluator,
): void => {
  const limited = Object.keys(quota.status?.hard ?? {})
    .filter(evaluator.limits)
    .sort()
  const name = quota.metadata.name ?? ''
  const error = evaluator.constraintError?.(request.object, limited)
  if (error !== undefined) throw refuse(request, `failed quota: ${name}: ${error}`)
  if (limited.some((resource) => own(quota.status?.used, resource) === undefined))
    throw refuse(request, `status unknown for quota: ${name}, resources: ${limited.join(',')}`)
}

/** What the request uses more than before. */
const increase = (
  { operation, object, old }: WriteRequest,
  evaluator: QuotaEvaluator,
  now: number,
): ResourceAmounts => {
  const usage = evaluator.usage(object, now)
  return withoutZeros(
    operation === 'UPDATE' && old !== undefined
      ? increaseOver(usage, evaluator.usage(old, now))
      : usage,
  )
}

/** The quota with the increase counted in; itself if that is none of its business. Throws if it is exceeded. */
const charged = (
  request: WriteRequest,
  quota: ResourceQuota,
  delta: ResourceAmounts,
): ResourceQuota => {
  const hard = amountsOf(quota.status?.hard)
  const used = amountsOf(quota.status?.used)
  const requested = maskedBy(delta, (name) => hard.has(name))
  if (requested.size === 0) return quota
  const after = addAmounts(used, requested)
  const exceeded = exceeding(
    maskedBy(after, (name) => requested.has(name)),
    hard,
  )
  if (exceeded.length > 0)
    throw refuse(
      request,
      `exceeded quota: ${quota.metadata.name ?? ''}, requested: ${amountsText(requested, exceeded)}, used: ${amountsText(used, exceeded)}, limited: ${amountsText(hard, exceeded)}`,
    )
  return assign(quota, { status: { ...quota.status, used: listOf(after) } })
}

/** Runs last: what it lets pass is counted as used, before the controller sees it. */
export const resourceQuota = (
  { reader, now }: AdmissionContext,
  write: WriteQuotaStatus,
): AdmissionPlugin => ({
  name: 'ResourceQuota',
  validate: (request) => {
    const { namespace, resource } = request
    if (namespace === '' || request.operation === 'DELETE') return
    const quotas = reader.list('resourcequotas', { namespace }) as readonly ResourceQuota[]
    if (quotas.length === 0) return
    const evaluator = evaluatorOf(resource.name)
    if (!handles(request, evaluator)) return
    const applying = quotas.filter((quota) =>
      quotaApplies(quota, Object.keys(quota.status?.hard ?? {}), evaluator, request.object),
    )
    for (const quota of applying) checkQuota(request, quota, evaluator)
    const delta = increase(request, evaluator, now())
    if (delta.size === 0) return
    const changed = applying
      .map((quota) => ({ quota, next: charged(request, quota, delta) }))
      .filter(({ quota, next }) => next !== quota)
    if (!request.dryRun) for (const { next } of changed) write(next)
  },
})
