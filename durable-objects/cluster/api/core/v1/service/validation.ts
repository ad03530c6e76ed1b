// kubernetes: pkg/apis/core/validation/validation.go ValidateService*
import { append } from '#apimachinery/append.ts'
import {
  isExternallyAccessible,
  isHeadless,
  needsHealthCheck,
  NONE,
} from '#api/core/v1/service/type-rules.ts'
import type { Service, SessionAffinityConfig } from '#api/core/v1/service/types.ts'
import {
  validateClusterIpFields,
  validateClusterIpsUpdate,
  validateIpFamiliesUpdate,
} from '#api/core/v1/service/validation-addresses.ts'
import {
  validatePortsTogether,
  validateServicePorts,
} from '#api/core/v1/service/validation-ports.ts'
import {
  at,
  child,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { own } from '#apimachinery/object.ts'
import {
  validateEndpointIp,
  validateLegacyCidr,
  validateLegacyIp,
} from '#apimachinery/validation/ip.ts'
import {
  FIELD_IMMUTABLE,
  invalidEach,
  validateLabels,
  validateObjectMetaCreate,
} from '#apimachinery/validation/metadata.ts'
import {
  isDns1123Subdomain,
  isQualifiedName,
  nameIsDnsLabel,
} from '#apimachinery/validation/names.ts'
import { parseIpSloppy } from '#net/ip.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const AFFINITIES = ['ClientIP', 'None']
const TRAFFIC_POLICIES = ['Cluster', 'Local']
const DISTRIBUTIONS = ['PreferClose', 'PreferSameNode', 'PreferSameZone']
const IP_MODES = ['Proxy', 'VIP']
const MAX_AFFINITY_SECONDS = 86_400
const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'"
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode'
export const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints'
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'

/** Everything but metadata, which the pipeline has checked. In upstream's order, which users see. */
export const validateService = (service: Service): FieldError[] => {
  const { spec } = service
  const errors = [...validateTopologyAnnotations(service), ...validateType(service)]
  append(errors, validateServicePorts(service, 'spec.ports'))
  append(errors, validateLabels(spec.selector, 'spec.selector'))
  append(errors, validateAffinity(service))
  append(errors, validateClusterIpFields(service))
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    const path = at('spec.externalIPs', index)
    const malformed = validateLegacyIp(path, ip)
    append(errors, malformed.length > 0 ? malformed : validateEndpointIp(ip, path))
  }
  if (!spec.type) errors.push(requiredValue('spec.type'))
  else if (!TYPES.includes(spec.type)) errors.push(notSupported('spec.type', spec.type, TYPES))
  append(errors, validatePortsTogether(service, 'spec.ports'))
  append(errors, validateSourceRanges(service))
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer')
    errors.push(forbiddenValue('spec.allocateLoadBalancerNodePorts', ONLY_LOAD_BALANCER))
  if (spec.allocateLoadBalancerNodePorts === undefined && spec.type === 'LoadBalancer')
    errors.push(requiredValue('allocateLoadBalancerNodePorts'))
  append(errors, validateLoadBalancerClass(service))
  append(errors, validateExternalTraffic(service))
  append(errors, validateInternalTraffic(service))
  if (spec.trafficDistribution !== undefined && !DISTRIBUTIONS.includes(spec.trafficDistribution))
    errors.push(notSupported('spec.trafficDistribution', spec.trafficDistribution, DISTRIBUTIONS))
  return errors
}

export const validateServiceUpdate = (service: Service, old: Service): FieldError[] => {
  const errors = [
    ...validateClusterIpsUpdate(service, old),
    ...validateIpFamiliesUpdate(service, old),
    ...validateLoadBalancerClass(service, old),
  ]
  if (
    needsHealthCheck(old) &&
    needsHealthCheck(service) &&
    old.spec.healthCheckNodePort !== service.spec.healthCheckNodePort
  )
    errors.push(forbiddenValue('spec.healthCheckNodePort', FIELD_IMMUTABLE))
  append(
    errors,
    validateObjectMetaCreate(service.metadata, {
      namespaced: true,
      validateName: nameIsDnsLabel,
    }),
    validateService(service),
  )
  return errors
}

const validateTopologyAnnotations = ({ metadata }: Service): FieldError[] => {
  const mode = own(metadata.annotations, TOPOLOGY_MODE)
  const hints = own(metadata.annotations, TOPOLOGY_HINTS)
  if (mode === undefined || hints === undefined || mode === hints) return []
  return [
    invalidValue(
      at('metadata.annotations', TOPOLOGY_MODE),
      mode,
      `must match annotations[${TOPOLOGY_HINTS}] when both are specified`,
    ),
  ]
}

const validateType = (service: Service): FieldError[] => {
  const { spec } = service
  const errors: FieldError[] = []
  const hasPorts = (spec.ports?.length ?? 0) > 0
  if (!hasPorts && !isHeadless(service) && spec.type !== 'ExternalName')
    errors.push(requiredValue('spec.ports'))
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') {
    if (isHeadless(service))
      errors.push(
        invalidValue(
          'spec.clusterIPs[0]',
          NONE,
          `may not be set to 'None' for ${spec.type} services`,
        ),
      )
  } else if (spec.type === 'ExternalName') append(errors, validateExternalName(service))
  return errors
}

const validateExternalName = ({ spec }: Service): FieldError[] => {
  const errors: FieldError[] = []
  const forbid = (field: string): void => {
    errors.push(forbiddenValue(child('spec', field), 'may not be set for ExternalName services'))
  }
  if ((spec.clusterIPs?.length ?? 0) > 0) forbid('clusterIPs')
  if ((spec.ipFamilies?.length ?? 0) > 0) forbid('ipFamilies')
  if (spec.ipFamilyPolicy !== undefined) forbid('ipFamilyPolicy')
  // A trailing dot says that the name is fully qualified.
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  if (name === '') errors.push(requiredValue('spec.externalName'))
  else append(errors, invalidEach('spec.externalName', name, isDns1123Subdomain(name)))
  return errors
}

const validateAffinity = ({ spec }: Service): FieldError[] => {
  const { sessionAffinity: affinity = '', sessionAffinityConfig: config } = spec
  const errors: FieldError[] = []
  if (affinity === '') errors.push(requiredValue('spec.sessionAffinity'))
  else if (!AFFINITIES.includes(affinity))
    errors.push(notSupported('spec.sessionAffinity', affinity, AFFINITIES))
  if (affinity === 'ClientIP') append(errors, validateAffinityConfig(config))
  else if (affinity === 'None' && config !== undefined)
    errors.push(
      forbiddenValue('spec.sessionAffinityConfig', 'must not be set when session affinity is None'),
    )
  return errors
}

const validateAffinityConfig = (config: SessionAffinityConfig | undefined): FieldError[] => {
  const path = 'spec.sessionAffinityConfig'
  const when = 'when session affinity type is ClientIP'
  if (config === undefined) return [requiredValue(path, when)]
  if (config.clientIP === undefined) return [requiredValue(child(path, 'clientIP'), when)]
  const seconds = config.clientIP.timeoutSeconds
  const field = child(path, 'clientIP', 'timeoutSeconds')
  if (seconds === undefined) return [requiredValue(field, when)]
  return seconds > 0 && seconds <= MAX_AFFINITY_SECONDS
    ? []
    : [invalidValue(field, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`)]
}

const validateSourceRanges = ({ spec, metadata }: Service): FieldError[] => {
  const ranges = spec.loadBalancerSourceRanges ?? []
  const annotation = own(metadata.annotations, SOURCE_RANGES)
  if (ranges.length === 0 && annotation === undefined) return []
  // Upstream spells the field with a capital letter.
  const path =
    ranges.length > 0 ? 'spec.LoadBalancerSourceRanges' : at('metadata.annotations', SOURCE_RANGES)
  const errors = spec.type === 'LoadBalancer' ? [] : [forbiddenValue(path, ONLY_LOAD_BALANCER)]
  if (ranges.length > 0)
    return [
      ...errors,
      ...ranges.flatMap((range, index) => validateLegacyCidr(at(path, index), range.trim())),
    ]
  const text = annotation!.trim()
  if (text === '') return errors
  return [...errors, ...text.split(',').flatMap((range) => validateLegacyCidr(path, range.trim()))]
}

const validateLoadBalancerClass = (service: Service, old?: Service): FieldError[] => {
  const path = 'spec.loadBalancerClass'
  const { loadBalancerClass: name, type } = service.spec
  const errors: FieldError[] = []
  const isBalancer = type === 'LoadBalancer'
  if (old?.spec.type === 'LoadBalancer' && isBalancer && old.spec.loadBalancerClass !== name)
    errors.push(invalidValue(path, name, 'may not change once set'))
  if (name !== undefined) {
    if (isBalancer) append(errors, invalidEach(path, name, isQualifiedName(name)))
    else errors.push(forbiddenValue(path, ONLY_LOAD_BALANCER))
  }
  return errors
}

const validateExternalTraffic = (service: Service): FieldError[] => {
  const { externalTrafficPolicy: policy = '', healthCheckNodePort: port = 0 } = service.spec
  const errors: FieldError[] = []
  const field = 'spec.externalTrafficPolicy'
  if (!isExternallyAccessible(service)) {
    if (policy !== '')
      errors.push(invalidValue(field, policy, 'may only be set for externally-accessible services'))
  } else if (policy === '') errors.push(requiredValue(field))
  else if (!TRAFFIC_POLICIES.includes(policy))
    errors.push(notSupported(field, policy, TRAFFIC_POLICIES))
  const portField = 'spec.healthCheckNodePort'
  if (!needsHealthCheck(service)) {
    if (port !== 0)
      errors.push(
        invalidValue(
          portField,
          port,
          "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        ),
      )
  } else if (port === 0) errors.push(requiredValue(portField))
  else if (port < 1 || port > 65_535)
    errors.push(invalidValue(portField, port, 'must be between 1 and 65535, inclusive'))
  return errors
}

const validateInternalTraffic = ({ spec }: Service): FieldError[] => {
  const { internalTrafficPolicy: policy, type } = spec
  const field = 'spec.internalTrafficPolicy'
  if (policy === undefined)
    return type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer'
      ? [requiredValue(field)]
      : []
  return TRAFFIC_POLICIES.includes(policy) ? [] : [notSupported(field, policy, TRAFFIC_POLICIES)]
}

/** kubernetes: ValidateLoadBalancerStatus */
export const validateServiceStatus = ({ spec, status }: Service): FieldError[] => {
  const path = 'status.loadBalancer.ingress'
  const ingress = status?.loadBalancer?.ingress ?? []
  if (ingress.length === 0) return []
  if (spec.type !== 'LoadBalancer')
    return [forbiddenValue(path, "may only be used when `spec.type` is 'LoadBalancer'")]
  return ingress.flatMap(({ ip = '', ipMode, hostname = '' }, index) => {
    const here = at(path, index)
    const errors = ip === '' ? [] : validateLegacyIp(child(here, 'ip'), ip)
    const modePath = child(here, 'ipMode')
    if (ipMode === undefined) {
      if (ip !== '') errors.push(requiredValue(modePath, 'must be specified when `ip` is set'))
    } else if (ip === '')
      errors.push(forbiddenValue(modePath, 'may not be specified when `ip` is not set'))
    else if (!IP_MODES.includes(ipMode)) errors.push(notSupported(modePath, ipMode, IP_MODES))
    return [...errors, ...validateIngressHostname(hostname, child(here, 'hostname'))]
  })
}

/** The name under which a load balancer is reached. Also of Ingresses. */
export const validateIngressHostname = (hostname: string, path: string): FieldError[] => {
  if (hostname === '') return []
  const errors = invalidEach(path, hostname, isDns1123Subdomain(hostname))
  if (parseIpSloppy(hostname) !== undefined)
    errors.push(invalidValue(path, hostname, 'must be a DNS name, not an IP address'))
  return errors
}
