// What objects use of quotas. Shared by admission and by the quota controller.
// kubernetes: pkg/quota/v1/evaluator/core, apiserver pkg/quota/v1
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import {
  isPodResource,
  podConstraintError,
  podIsInScope,
  podUsage,
} from '#api/core/v1/resource-quota/pod-usage.ts'
import {
  addAmounts,
  listOf,
  maskedBy,
  ONE,
  ZERO,
  type ResourceAmounts,
} from '#api/core/v1/resource-quota/resource-amounts.ts'
import { scopesOf, type QuotaScope } from '#api/core/v1/resource-quota/scopes.ts'
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { storageClassOf } from '#api/core/v1/storage-validation.ts'
import { own, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import { newQuantity, quantityOf, type Quantity } from '#apimachinery/quantity.ts'

/** How one resource (`pods`, `deployments.apps`) counts against quotas. */
export interface QuotaEvaluator {
  readonly resource: string
  /** Whether a quota's entry of this name limits the resource. */
  readonly limits: (name: string) => boolean
  readonly usage: (object: KubeObject, now: number) => ResourceAmounts
  readonly isInScope: (object: KubeObject, scope: QuotaScope) => boolean
  /** Whether updates can use more, so that they are checked, too. */
  readonly countsUpdates: boolean
  /** What an object must say if a quota limits `required`; undefined if nothing is wrong. */
  readonly constraintError?: (object: KubeObject, required: readonly string[]) => string | undefined
}

// Each evaluator is asked only about objects of its own resource.
const evaluator = <T extends KubeObject>(
  parts: Omit<QuotaEvaluator, 'usage' | 'isInScope' | 'constraintError'> & {
    readonly usage: (object: T, now: number) => ResourceAmounts
    readonly isInScope?: (object: T, scope: QuotaScope) => boolean
    readonly constraintError?: (object: T, required: readonly string[]) => string | undefined
  },
): QuotaEvaluator => ({ isInScope: () => false, ...parts }) as unknown as QuotaEvaluator

const pods = evaluator<Pod>({
  resource: 'pods',
  limits: isPodResource,
  usage: podUsage,
  isInScope: podIsInScope,
  countsUpdates: false,
  constraintError: podConstraintError,
})

const SERVICE_RESOURCES: ReadonlySet<string> = new Set([
  'services',
  'services.nodeports',
  'services.loadbalancers',
  'count/services',
])

const count = (value: number): Quantity => newQuantity(value, 'DecimalSI')

/** kubernetes: pkg/quota/v1/evaluator/core/services.go Usage */
const serviceUsage = ({ spec }: Service): ResourceAmounts => {
  const ports = spec.ports ?? []
  const isLoadBalancer = spec.type === 'LoadBalancer'
  const allocates =
    spec.type === 'NodePort' || (isLoadBalancer && spec.allocateLoadBalancerNodePorts !== false)
  const asked = isLoadBalancer ? ports.filter(({ nodePort = 0 }) => nodePort !== 0).length : 0
  return new Map([
    ['count/services', ONE],
    ['services', ONE],
    ['services.loadbalancers', isLoadBalancer ? ONE : ZERO],
    ['services.nodeports', count(allocates ? ports.length : asked)],
  ])
}

const services = evaluator<Service>({
  resource: 'services',
  limits: (name) => SERVICE_RESOURCES.has(name),
  usage: serviceUsage,
  countsUpdates: true,
})

const CLAIM_RESOURCES: ReadonlySet<string> = new Set([
  'persistentvolumeclaims',
  'requests.storage',
  'count/persistentvolumeclaims',
])
const OF_CLASS = '.storageclass.storage.k8s.io/'

/** kubernetes: pkg/quota/v1/evaluator/core/persistent_volume_claims.go Usage */
const claimUsage = (claim: PersistentVolumeClaim): ResourceAmounts => {
  const usage = new Map<string, Quantity>([
    ['count/persistentvolumeclaims', ONE],
    ['persistentvolumeclaims', ONE],
  ])
  const storageClass = storageClassOf(claim)
  if (storageClass !== '') usage.set(`${storageClass}${OF_CLASS}persistentvolumeclaims`, ONE)
  const storage = own(claim.spec.resources?.requests, 'storage')
  if (storage === undefined) return usage
  usage.set('requests.storage', quantityOf(storage))
  if (storageClass !== '')
    usage.set(`${storageClass}${OF_CLASS}requests.storage`, quantityOf(storage))
  return usage
}

const claims = evaluator<PersistentVolumeClaim>({
  resource: 'persistentvolumeclaims',
  limits: (name) =>
    CLAIM_RESOURCES.has(name) ||
    name.endsWith(`${OF_CLASS}requests.storage`) ||
    name.endsWith(`${OF_CLASS}persistentvolumeclaims`),
  usage: claimUsage,
  countsUpdates: true,
})

/** Kinds that quotas may also name without `count/`. */
const LEGACY: ReadonlySet<string> = new Set([
  'configmaps',
  'resourcequotas',
  'replicationcontrollers',
  'secrets',
])

const counter = (resource: string): QuotaEvaluator => {
  const names = LEGACY.has(resource) ? [resource, `count/${resource}`] : [`count/${resource}`]
  const usage: ResourceAmounts = new Map(names.map((name) => [name, ONE]))
  return evaluator({
    resource,
    limits: (name) => names.includes(name),
    usage: () => usage,
    countsUpdates: false,
  })
}

const evaluators = new Map([pods, services, claims].map((each) => [each.resource, each]))

/** The evaluator of a resource; any that has none of its own is counted. */
export const evaluatorOf = (resource: string): QuotaEvaluator => {
  const known = evaluators.get(resource)
  if (known !== undefined) return known
  const made = counter(resource)
  if (LEGACY.has(resource)) evaluators.set(resource, made)
  return made
}

/** Whether the quota has a say in an object. kubernetes: pkg/quota/v1/generic/evaluator.go Matches */
export const quotaApplies = (
  quota: ResourceQuota,
  hard: readonly string[],
  { limits, isInScope }: QuotaEvaluator,
  object: KubeObject,
): boolean => hard.some(limits) && scopesOf(quota).every((scope) => isInScope(object, scope))

/** The resources whose objects a quota counts: `pods`, `deployments.apps`. */
export const resourcesLimitedBy = (hard: StringMap): readonly string[] => {
  const found = new Set<string>()
  for (const name of Object.keys(hard)) {
    if (name.startsWith('count/')) found.add(name.slice('count/'.length))
    else if (LEGACY.has(name)) found.add(name)
    else
      for (const each of [pods, services, claims]) if (each.limits(name)) found.add(each.resource)
  }
  return [...found].sort()
}

/**
 * What is used of a quota, from the objects that are. `list` gives the objects of a resource in the quota's namespace.
 * kubernetes: apiserver pkg/quota/v1/resources.go CalculateUsage
 */
export const usedOf = (
  quota: ResourceQuota,
  list: (resource: string) => readonly KubeObject[],
  now: number,
): StringMap => {
  const hard = quota.spec?.hard ?? {}
  const names = Object.keys(hard)
  let used: ResourceAmounts = new Map()
  for (const resource of resourcesLimitedBy(hard)) {
    const each = evaluatorOf(resource)
    const limited = names.filter(each.limits)
    used = addAmounts(used, new Map(limited.map((name) => [name, ZERO])))
    for (const object of list(resource))
      if (quotaApplies(quota, names, each, object))
        used = addAmounts(
          used,
          maskedBy(each.usage(object, now), (name) => limited.includes(name)),
        )
  }
  return listOf(used)
}
