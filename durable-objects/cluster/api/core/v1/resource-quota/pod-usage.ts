// kubernetes: pkg/quota/v1/evaluator/core/pods.go
import { podLimits, podRequests } from '#api/core/v1/pod/resource-sums.ts'
import { qosClassOf } from '#api/core/v1/pod/qos.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { PodAffinityTerm } from '#api/core/v1/pod/affinity-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { isExtendedResource, isHugePages } from '#api/core/v1/resource-names.ts'
import { ONE, type ResourceAmounts } from '#api/core/v1/resource-quota/resource-amounts.ts'
import type { QuotaScope } from '#api/core/v1/resource-quota/scopes.ts'
import type { Quantity } from '#apimachinery/quantity.ts'
import { parseTime } from '#apimachinery/time.ts'

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage']
const RESOURCES: ReadonlySet<string> = new Set([
  'pods',
  'count/pods',
  ...COMPUTE,
  ...COMPUTE.map((name) => `requests.${name}`),
  ...COMPUTE.map((name) => `limits.${name}`),
])

export const isPodResource = (name: string): boolean => {
  if (RESOURCES.has(name) || isHugePages(name)) return true
  const requested = name.startsWith('requests.') ? name.slice('requests.'.length) : ''
  return isHugePages(requested) || (requested !== '' && isExtendedResource(requested))
}

/** The last moment at which a Pod that is to go still counts; undefined if it does as long as it lives. */
export const countedUntil = ({ metadata }: Pod): number | undefined => {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata
  return deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined
    ? undefined
    : parseTime(deletionTimestamp) + deletionGracePeriodSeconds * 1000
}

/** A Pod that ended, or should have, uses nothing but its place in etcd. kubernetes: QuotaV1Pod */
const isCounted = (pod: Pod, now: number): boolean =>
  pod.status?.phase !== 'Failed' &&
  pod.status?.phase !== 'Succeeded' &&
  now <= (countedUntil(pod) ?? Infinity)

/** kubernetes: podComputeUsageHelper */
const computeUsage = (
  requests: ResourceAmounts,
  limits: ResourceAmounts,
): Map<string, Quantity> => {
  const usage = new Map<string, Quantity>()
  for (const [name, amount] of requests) {
    if (COMPUTE.includes(name) || isHugePages(name)) usage.set(name, amount)
    if (COMPUTE.includes(name) || isHugePages(name) || isExtendedResource(name))
      usage.set(`requests.${name}`, amount)
  }
  for (const [name, amount] of limits)
    if (COMPUTE.includes(name)) usage.set(`limits.${name}`, amount)
  return usage
}

export const podUsage = (pod: Pod, now: number): ResourceAmounts => {
  const usage = new Map<string, Quantity>([['count/pods', ONE]])
  if (!isCounted(pod, now)) return usage
  usage.set('pods', ONE)
  for (const [name, amount] of computeUsage(podRequests(pod.spec), podLimits(pod.spec)))
    usage.set(name, amount)
  return usage
}

/** What a container must state if a quota limits it. */
const MUST_STATE: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
])

const statedBy = ({ resources }: Container): ReadonlySet<string> => {
  const stated = new Set<string>()
  for (const name of Object.keys(resources?.requests ?? {}))
    stated.add(name).add(`requests.${name}`)
  for (const name of Object.keys(resources?.limits ?? {})) stated.add(`limits.${name}`)
  return stated
}

/** `must specify requests.cpu for: a,b; requests.memory for: a`, or undefined. kubernetes: podEvaluator.Constraints */
export const podConstraintError = (
  { spec }: Pod,
  required: readonly string[],
): string | undefined => {
  const wanted = required.filter((name) => MUST_STATE.has(name)).sort()
  const { requests, limits } = spec.resources ?? {}
  const isStatedByPod = Object.keys({ ...requests, ...limits }).length > 0
  if (wanted.length === 0 || isStatedByPod) return undefined
  const containers = [...spec.containers, ...(spec.initContainers ?? [])]
  const missing = wanted.flatMap((name) => {
    const names = containers
      .filter((container) => !statedBy(container).has(name))
      .map((container) => container.name)
    return names.length === 0 ? [] : [`${name} for: ${[...new Set(names)].sort().join(',')}`]
  })
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`
}

/** kubernetes: podMatchesScopeFunc */
export const podIsInScope = (pod: Pod, scope: QuotaScope): boolean => {
  const deadline = pod.spec.activeDeadlineSeconds
  switch (scope.scopeName) {
    case 'Terminating':
      return deadline !== undefined && deadline >= 0
    case 'NotTerminating':
      return deadline === undefined || deadline < 0
    case 'BestEffort':
      return qosClassOf(pod.spec) === 'BestEffort'
    case 'NotBestEffort':
      return qosClassOf(pod.spec) !== 'BestEffort'
    case 'PriorityClass':
      return hasPriorityClass(pod.spec.priorityClassName ?? '', scope)
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod)
    default:
      return false
  }
}

const hasPriorityClass = (name: string, { operator, values = [] }: QuotaScope): boolean => {
  switch (operator) {
    case 'Exists':
      return name !== ''
    case 'DoesNotExist':
      return name === ''
    case 'In':
      return values.includes(name)
    case 'NotIn':
      return !values.includes(name)
  }
}

const crossesNamespaces = ({ spec }: Pod): boolean => {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  const terms = [podAffinity, podAntiAffinity].flatMap((affinity): readonly PodAffinityTerm[] => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ podAffinityTerm }) => podAffinityTerm,
    ),
  ])
  return terms.some(
    ({ namespaces = [], namespaceSelector }) =>
      namespaces.length > 0 || namespaceSelector !== undefined,
  )
}
