// kubernetes: pkg/controller/job/pod_failure_policy.go
import type {
  PodFailurePolicy,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyRule,
} from '#api/batch/v1/shared-types.ts'
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'

export interface PolicyMatch {
  readonly action: PodFailurePolicyRule['action']
  /** Why the whole Job fails. */
  readonly failJobMessage?: string
}

/** The first rule that a failed Pod matches. */
export const matchFailurePolicy = (
  policy: PodFailurePolicy | undefined,
  pod: Pod,
): PolicyMatch | undefined => {
  const { namespace = '', name = '' } = pod.metadata
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const found = matchExitCodes(pod, rule) ?? matchConditions(pod, rule)
    if (found === undefined) continue
    const { action } = rule
    if (action !== 'FailJob') return { action }
    const end = `matching ${action} rule at index ${index}`
    const failJobMessage =
      'exitCode' in found
        ? `Container ${found.name} for pod ${namespace}/${name} failed with exit code ${found.exitCode} ${end}`
        : `Pod ${namespace}/${name} has condition ${found.type} ${end}`
    return { action, failJobMessage }
  }
  return undefined
}

const matchExitCodes = (
  pod: Pod,
  { onExitCodes }: PodFailurePolicyRule,
): { readonly name: string; readonly exitCode: number } | undefined => {
  if (onExitCodes === undefined) return undefined
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status
  for (const status of [...containerStatuses, ...initContainerStatuses]) {
    const exitCode = failedWith(status, onExitCodes)
    if (exitCode !== undefined) return { name: status.name, exitCode }
  }
  return undefined
}

const failedWith = (
  { name, state }: ContainerStatus,
  { containerName, operator, values }: PodFailurePolicyOnExitCodesRequirement,
): number | undefined => {
  const exitCode = state.terminated?.exitCode ?? 0
  if (exitCode === 0 || (containerName !== undefined && containerName !== name)) return undefined
  return values.includes(exitCode) === (operator === 'In') ? exitCode : undefined
}

const matchConditions = (
  pod: Pod,
  { onPodConditions = [] }: PodFailurePolicyRule,
): { readonly type: string } | undefined =>
  pod.status.conditions?.find((condition) =>
    onPodConditions.some(
      ({ type, status = 'True' }) => type === condition.type && status === condition.status,
    ),
  )
