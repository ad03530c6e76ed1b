// What users mean by clusterIP and clusterIPs, and the families that follow from them.
// kubernetes: pkg/registry/core/service/storage/{storage,alloc}.go
import {
  isHeadless,
  needsClusterIp,
  needsHealthCheck,
  needsNodePort,
  nodePortsOf,
  NONE,
  sameTexts,
} from '#api/core/v1/service/type-rules.ts'
import type { Service, ServiceSpec } from '#api/core/v1/service/types.ts'
import { validateClusterIpFields } from '#api/core/v1/service/validation-addresses.ts'
import { at, invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { assign, mapShared } from '#apimachinery/object.ts'
import { invalid, type StatusError } from '#apimachinery/status-error.ts'
import type { IpFamily } from '#kube-apiserver/service/ip-allocator.ts'
import { parseIpSloppy } from '#net/ip.ts'

type SpecChanges = { readonly [K in keyof ServiceSpec]?: ServiceSpec[K] | undefined }

export const withSpec = (service: Service, changes: SpecChanges): Service =>
  assign(service, { spec: assign(service.spec, changes) })

export const invalidService = (service: Service, errors: readonly FieldError[]): StatusError =>
  invalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', errors)

/** A client that knows only `clusterIP` gets `clusterIPs` set along, whether it sets, changes or clears it. */
export const normalizeClusterIps = (service: Service, old: Service | undefined): Service => {
  const { clusterIP = '', clusterIPs = [] } = service.spec
  if (old === undefined)
    return clusterIP !== '' && clusterIPs.length === 0
      ? withSpec(service, { clusterIPs: [clusterIP] })
      : service
  const { clusterIP: oldIp = '', clusterIPs: oldIps = [] } = old.spec
  if (clusterIP === oldIp)
    return oldIps.length > 0 && clusterIPs.length === 0
      ? withSpec(service, { clusterIPs: oldIps })
      : service
  if (!sameTexts(clusterIPs, oldIps)) return service
  return withSpec(service, { clusterIPs: clusterIP === '' ? undefined : [clusterIP] })
}

/**
 * Keeps what the server allocated where the new object says nothing of it, so that the same YAML can be
 * sent again and again.
 */
export const patchAllocatedValues = (service: Service, old: Service): Service => {
  let changes: SpecChanges = {}
  const { spec } = service
  if (needsClusterIp(old) && needsClusterIp(service)) {
    changes = { clusterIP: spec.clusterIP || old.spec.clusterIP }
    if ((spec.clusterIPs?.length ?? 0) === 0)
      changes = { ...changes, clusterIPs: old.spec.clusterIPs }
  }
  if (needsNodePort(old) && needsNodePort(service))
    changes = { ...changes, ports: withNodePorts(service, old) }
  if (needsHealthCheck(old) && needsHealthCheck(service))
    changes = {
      ...changes,
      healthCheckNodePort: spec.healthCheckNodePort || old.spec.healthCheckNodePort,
    }
  return withSpec(service, changes)
}

const withNodePorts = (service: Service, old: Service): ServiceSpec['ports'] => {
  const kept = new Set(nodePortsOf(service))
  const byName = new Map<string, number | undefined>()
  for (const { name = '', nodePort } of old.spec.ports ?? []) byName.set(name, nodePort)
  return (
    service.spec.ports &&
    mapShared(service.spec.ports, (port) => {
      if (port.nodePort) return port
      const known = byName.get(port.name ?? '')
      return known === undefined || kept.has(known) ? port : assign(port, { nodePort: known })
    })
  )
}

/** The families of the cluster's Service networks; the first is the default. */
export type ClusterFamilies = readonly IpFamily[]

const POLICY = 'spec.ipFamilyPolicy'

/** Fills in ipFamilyPolicy and ipFamilies, or throws Invalid. */
export const initIpFamilyFields = (
  given: Service,
  old: Service | undefined,
  families: ClusterFamilies,
): Service => {
  if (given.spec.type === 'ExternalName' || isSamePreferDualStack(given, old)) return given
  const withPolicy = withSpec(given, { ipFamilyPolicy: policyOf(given, old) })
  const malformed = validateClusterIpFields(withPolicy)
  if (malformed.length > 0) throw invalidService(given, malformed)
  const reduced = old === undefined ? withPolicy : withoutSecondary(withPolicy, old)
  const inferred = inferFamilies(reduced, families)
  const errors = [
    ...(old === undefined ? [] : checkReduction(reduced, old)),
    ...checkSingleStack(reduced),
    ...inferred.errors,
  ]
  if (errors.length > 0) throw invalidService(given, errors)
  const service = withSpec(reduced, { ipFamilies: inferred.families })
  return isHeadlessSelectorless(service)
    ? withAllFamilies(service, families)
    : withConfiguredFamilies(service, families)
}

/** The cluster may have become dual-stack or ceased to be: PreferDualStack does not follow by itself. */
export const isSamePreferDualStack = (service: Service, old: Service | undefined): boolean =>
  old !== undefined &&
  old.spec.type === service.spec.type &&
  needsClusterIp(service) &&
  service.spec.ipFamilyPolicy === 'PreferDualStack' &&
  (old.spec.ipFamilyPolicy ?? 'PreferDualStack') === 'PreferDualStack' &&
  sameTexts(service.spec.clusterIPs, old.spec.clusterIPs) &&
  sameTexts(service.spec.ipFamilies, old.spec.ipFamilies)

const isHeadlessSelectorless = ({ spec }: Service): boolean =>
  spec.clusterIP === NONE && Object.keys(spec.selector ?? {}).length === 0

const policyOf = (service: Service, old: Service | undefined): ServiceSpec['ipFamilyPolicy'] =>
  service.spec.ipFamilyPolicy ??
  old?.spec.ipFamilyPolicy ??
  (isHeadlessSelectorless(service) ? 'RequireDualStack' : 'SingleStack')

/** SingleStack alone, with addresses and families as they were, is clear enough: the second ones go. */
const withoutSecondary = (service: Service, old: Service): Service => {
  const { ipFamilyPolicy, clusterIPs = [], ipFamilies = [] } = service.spec
  if (ipFamilyPolicy !== 'SingleStack') return service
  const dropsIp = clusterIPs.length > 1 && sameTexts(clusterIPs, old.spec.clusterIPs)
  const dropsFamily = ipFamilies.length > 1 && sameTexts(ipFamilies, old.spec.ipFamilies)
  return withSpec(service, {
    ...(dropsIp ? { clusterIPs: clusterIPs.slice(0, 1) } : {}),
    ...(dropsFamily ? { ipFamilies: ipFamilies.slice(0, 1) } : {}),
  })
}

const checkReduction = (service: Service, old: Service): FieldError[] => {
  const { ipFamilyPolicy: policy } = service.spec
  if (policy === 'SingleStack') return []
  const isReduced = (now: readonly string[] = [], before: readonly string[] = []): boolean =>
    now.length > 0 && now.length < before.length
  const refuse = (what: string): FieldError =>
    invalidValue(POLICY, policy, `must be 'SingleStack' to release the secondary ${what}`)
  return [
    ...(isReduced(service.spec.clusterIPs, old.spec.clusterIPs) ? [refuse('cluster IP')] : []),
    ...(isReduced(service.spec.ipFamilies, old.spec.ipFamilies) ? [refuse('IP family')] : []),
  ]
}

const checkSingleStack = ({ spec }: Service): FieldError[] => {
  if (spec.ipFamilyPolicy !== 'SingleStack') return []
  const refuse = (what: string): FieldError =>
    invalidValue(
      POLICY,
      spec.ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    )
  return [
    ...(spec.clusterIPs?.length === 2 ? [refuse('cluster IPs')] : []),
    ...(spec.ipFamilies?.length === 2 ? [refuse('IP families')] : []),
  ]
}

/** Given addresses say which families are meant. */
const inferFamilies = (
  service: Service,
  configured: ClusterFamilies,
): { readonly families: readonly IpFamily[] | undefined; readonly errors: FieldError[] } => {
  const { clusterIPs = [], ipFamilies } = service.spec
  const families = [...(ipFamilies ?? [])]
  const errors: FieldError[] = []
  for (const [index, ip] of clusterIPs.entries()) {
    if (isHeadless(service)) break
    if (index < families.length) continue
    const family = parseIpSloppy(ip)?.ip.version === 6 ? 'IPv6' : 'IPv4'
    if (configured.includes(family)) families.push(family)
    else
      errors.push(
        invalidValue(
          at('spec.clusterIPs', index),
          clusterIPs,
          `${family} is not configured on this cluster`,
        ),
      )
  }
  return { families: families.length === 0 ? ipFamilies : keepSame(families, ipFamilies), errors }
}

const keepSame = (
  families: readonly IpFamily[],
  given: readonly IpFamily[] | undefined,
): readonly IpFamily[] => (given !== undefined && sameTexts(families, given) ? given : families)

const other = (family: IpFamily): IpFamily => (family === 'IPv4' ? 'IPv6' : 'IPv4')

/** Nobody knows which endpoints will be added by hand: both families, whatever the cluster has. */
const withAllFamilies = (service: Service, [primary = 'IPv4']: ClusterFamilies): Service => {
  const { ipFamilies = [], ipFamilyPolicy } = service.spec
  const first = ipFamilies[0] ?? primary
  if (ipFamilies.length >= 2) return service
  if (ipFamilyPolicy !== 'SingleStack')
    return withSpec(service, { ipFamilies: [first, other(first)] })
  return ipFamilies.length === 1 ? service : withSpec(service, { ipFamilies: [first] })
}

const withConfiguredFamilies = (service: Service, configured: ClusterFamilies): Service => {
  const { ipFamilies = [], ipFamilyPolicy: policy } = service.spec
  const errors: FieldError[] = []
  if (policy === 'RequireDualStack' && configured.length < 2)
    errors.push(
      invalidValue(POLICY, policy, 'this cluster is not configured for dual-stack services'),
    )
  for (const [index, family] of ipFamilies.entries())
    if (!configured.includes(family))
      errors.push(
        invalidValue(at('spec.ipFamilies', index), family, 'not configured on this cluster'),
      )
  if (errors.length > 0) throw invalidService(service, errors)
  const first = ipFamilies[0] ?? configured[0] ?? 'IPv4'
  if (policy !== 'SingleStack' && ipFamilies.length < 2 && configured.length === 2)
    return withSpec(service, { ipFamilies: [first, other(first)] })
  return ipFamilies.length > 0 ? service : withSpec(service, { ipFamilies: [first] })
}
