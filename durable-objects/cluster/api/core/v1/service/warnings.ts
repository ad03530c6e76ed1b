// kubernetes: pkg/api/service/warnings.go GetWarningsForService
import { append } from '#apimachinery/append.ts'
import { NONE } from '#api/core/v1/service/type-rules.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { TOPOLOGY_HINTS } from '#api/core/v1/service/validation.ts'
import { at } from '#apimachinery/field-error.ts'
import { own } from '#apimachinery/object.ts'
import { warningsForCidr, warningsForIp } from '#apimachinery/validation/ip.ts'

export const serviceWarnings = ({ metadata, spec }: Service): readonly string[] => {
  const warnings: string[] = []
  const { clusterIP = '', externalIPs = [], loadBalancerIP = '', type } = spec
  const isExternalName = type === 'ExternalName'
  const isHeadless = type === 'ClusterIP' && clusterIP === NONE
  if (own(metadata.annotations, TOPOLOGY_HINTS) !== undefined)
    warnings.push(
      `annotation ${TOPOLOGY_HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`,
    )
  if (clusterIP !== '' && clusterIP !== NONE)
    for (const [index, ip] of (spec.clusterIPs ?? []).entries())
      append(warnings, warningsForIp(at('spec.clusterIPs', index), ip))
  if (isHeadless) {
    if (loadBalancerIP !== '') warnings.push('spec.loadBalancerIP is ignored for headless services')
    if (externalIPs.length > 0) warnings.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None')
      warnings.push('spec.SessionAffinity is ignored for headless services')
  }
  for (const [index, ip] of externalIPs.entries())
    append(warnings, warningsForIp(at('spec.externalIPs', index), ip))
  if (externalIPs.length > 0 && !isHeadless && !isExternalName)
    warnings.push(
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    )
  if (loadBalancerIP !== '') append(warnings, warningsForIp('spec.loadBalancerIP', loadBalancerIP))
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries())
    append(warnings, warningsForCidr(at('spec.loadBalancerSourceRanges', index), range))
  if (isExternalName && externalIPs.length > 0)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (!isExternalName && spec.externalName)
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  if (spec.trafficDistribution === 'PreferClose')
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  return warnings
}

export const serviceStatusWarnings = ({ status }: Service): readonly string[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '' }, index) =>
    ip === '' ? [] : warningsForIp(at('status.loadBalancer.ingress', index), ip),
  )
