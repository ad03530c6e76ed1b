// kubernetes: pkg/controller/deployment/util/deployment_util.go SetDeploymentCondition
import type { Deployment, DeploymentCondition } from '#api/apps/v1/deployment/types.ts'
import { formatTime } from '#apimachinery/time.ts'
import { UNLIMITED } from '#kube-controller-manager/deployment/replica-sets.ts'

export type Conditions = readonly DeploymentCondition[]

export const findCondition = (
  conditions: Conditions,
  type: string,
): DeploymentCondition | undefined => conditions.find((condition) => condition.type === type)

export const withoutCondition = (conditions: Conditions, type: string): Conditions =>
  findCondition(conditions, type) === undefined
    ? conditions
    : conditions.filter((condition) => condition.type !== type)

/**
 * The conditions with one set. It moves to the end; if status and reason are as before nothing changes, and the time of transition stays
 * if only the reason changes.
 */
export const withCondition = (
  conditions: Conditions,
  condition: DeploymentCondition,
): Conditions => {
  const { type, status, reason } = condition
  const current = findCondition(conditions, type)
  if (current?.status === status && current.reason === reason) return conditions
  const since = current?.status === status ? current.lastTransitionTime : undefined
  const kept = since === undefined ? condition : { ...condition, lastTransitionTime: since }
  return [...withoutCondition(conditions, type), kept]
}

export const newCondition = (
  type: 'Available' | 'Progressing',
  status: 'True' | 'False' | 'Unknown',
  why: { readonly reason: string; readonly message: string; readonly now: number },
): DeploymentCondition => ({
  type,
  status,
  lastUpdateTime: formatTime(why.now),
  lastTransitionTime: formatTime(why.now),
  reason: why.reason,
  message: why.message,
})

export const hasProgressDeadline = (deployment: Deployment): boolean =>
  (deployment.spec.progressDeadlineSeconds ?? UNLIMITED) !== UNLIMITED

/** Pausing and resuming stop the clock of the progress deadline. kubernetes: checkPausedConditions */
export const pausedConditions = (
  deployment: Deployment,
  conditions: Conditions,
  now: number,
): Conditions => {
  if (!hasProgressDeadline(deployment)) return conditions
  const current = findCondition(conditions, 'Progressing')
  if (current?.reason === 'ProgressDeadlineExceeded') return conditions
  const paused = deployment.spec.paused === true
  if (paused === (current?.reason === 'DeploymentPaused')) return conditions
  const why = paused
    ? { reason: 'DeploymentPaused', message: 'Deployment is paused', now }
    : { reason: 'DeploymentResumed', message: 'Deployment is resumed', now }
  return withCondition(conditions, newCondition('Progressing', 'Unknown', why))
}
