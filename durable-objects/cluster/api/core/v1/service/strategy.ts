// kubernetes: pkg/registry/core/service/strategy.go
import { defaultService } from '#api/core/v1/service/defaults.ts'
import {
  isExternallyAccessible,
  needsClusterIp,
  needsHealthCheck,
  needsNodePort,
  nodePortsOf,
  sameTexts,
} from '#api/core/v1/service/type-rules.ts'
import type { LoadBalancerStatus, Service, ServiceSpec } from '#api/core/v1/service/types.ts'
import {
  validateService,
  validateServiceStatus,
  validateServiceUpdate,
} from '#api/core/v1/service/validation.ts'
import { serviceStatusWarnings, serviceWarnings } from '#api/core/v1/service/warnings.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign, mapShared } from '#apimachinery/object.ts'
import { nameIsDnsLabel } from '#apimachinery/validation/names.ts'

const NO_BALANCER = { loadBalancer: {} } as const

type SpecChanges = { readonly [K in keyof ServiceSpec]?: ServiceSpec[K] | undefined }

/**
 * Clears what the new type has no use for, if the server may have set it and the user did not change it
 * in the same breath (then validation refuses it).
 */
export const dropTypeDependentFields = (service: Service, old: Service): Service => {
  const spec = assign(service.spec, {
    ...droppedAddresses(service, old),
    ...droppedPorts(service, old),
    ...droppedBalancerFields(service, old),
  })
  const isBalanced = spec.type === 'LoadBalancer' || isEmpty(service.status?.loadBalancer)
  const status = isBalanced ? service.status : { ...service.status, ...NO_BALANCER }
  return assign(service, { spec, status })
}

const isEmpty = (balancer: LoadBalancerStatus | undefined): boolean =>
  balancer !== undefined && balancer.ingress === undefined

const droppedAddresses = (service: Service, old: Service): SpecChanges => {
  if (!needsClusterIp(old) || needsClusterIp(service)) return {}
  const { spec } = service
  const isSameIp =
    (spec.clusterIP ?? '') === (old.spec.clusterIP ?? '') &&
    sameTexts(spec.clusterIPs, old.spec.clusterIPs)
  return {
    ...(isSameIp ? { clusterIP: undefined, clusterIPs: undefined } : {}),
    ...(sameTexts(spec.ipFamilies, old.spec.ipFamilies) ? { ipFamilies: undefined } : {}),
    ...(spec.ipFamilyPolicy === old.spec.ipFamilyPolicy ? { ipFamilyPolicy: undefined } : {}),
  }
}

const droppedPorts = (service: Service, old: Service): SpecChanges => {
  const { spec } = service
  const known = new Set(nodePortsOf(old))
  const dropsNodePorts =
    needsNodePort(old) &&
    !needsNodePort(service) &&
    nodePortsOf(service).every((port) => known.has(port))
  const dropsHealthCheck =
    needsHealthCheck(old) &&
    !needsHealthCheck(service) &&
    spec.healthCheckNodePort === old.spec.healthCheckNodePort
  return {
    ...(dropsNodePorts && spec.ports !== undefined
      ? { ports: mapShared(spec.ports, (port) => assign(port, { nodePort: undefined })) }
      : {}),
    ...(dropsHealthCheck ? { healthCheckNodePort: undefined } : {}),
  }
}

const droppedBalancerFields = (service: Service, old: Service): SpecChanges => {
  const { spec } = service
  const wasBalancer = old.spec.type === 'LoadBalancer' && spec.type !== 'LoadBalancer'
  const unchanged = (field: keyof ServiceSpec): boolean => spec[field] === old.spec[field]
  const losesAccess = isExternallyAccessible(old) && !isExternallyAccessible(service)
  return {
    ...(wasBalancer && unchanged('allocateLoadBalancerNodePorts')
      ? { allocateLoadBalancerNodePorts: undefined }
      : {}),
    ...(wasBalancer && unchanged('loadBalancerClass') ? { loadBalancerClass: undefined } : {}),
    ...(losesAccess && unchanged('externalTrafficPolicy')
      ? { externalTrafficPolicy: undefined }
      : {}),
  }
}

// Upstream stores the policy it once defaulted, and hides it on every read.
const hideInternalTrafficPolicy = (service: Service): Service =>
  service.spec.type === 'ExternalName'
    ? assign(service, { spec: assign(service.spec, { internalTrafficPolicy: undefined }) })
    : service

export const serviceStrategy: Strategy<Service> = {
  defaults: defaultService,
  validateName: nameIsDnsLabel,
  prepareForCreate: (service) => assign(service, { status: NO_BALANCER }),
  validate: validateService,
  warningsOnCreate: serviceWarnings,
  prepareForUpdate: dropTypeDependentFields,
  validateUpdate: validateServiceUpdate,
  warningsOnUpdate: serviceWarnings,
  canonicalize: hideInternalTrafficPolicy,
  status: {
    validateUpdate: validateServiceStatus,
    warningsOnUpdate: serviceStatusWarnings,
  },
  allowCreateOnUpdate: true,
  returnsDeletedObject: true,
  hasGeneration: false,
  selectableFields: ({ spec }) => ({
    'spec.clusterIP': spec.clusterIP ?? '',
    'spec.type': spec.type ?? '',
  }),
}
