// clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy, which only make sense together.
// kubernetes: pkg/apis/core/validation/validation.go ValidateServiceClusterIPsRelatedFields, validateUpgradeDowngrade*
import { append } from '#apimachinery/append.ts'
import { isHeadless, NONE } from '#api/core/v1/service/type-rules.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import {
  at,
  duplicateValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateLegacyIp } from '#apimachinery/validation/ip.ts'
import { parseIpSloppy } from '#net/ip.ts'

const FAMILIES: readonly string[] = ['IPv4', 'IPv6']
const POLICIES: readonly string[] = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const CLUSTER_IPS = 'spec.clusterIPs'
const IP_FAMILIES = 'spec.ipFamilies'
const POLICY = 'spec.ipFamilyPolicy'

const isIpv6 = (text: string): boolean => parseIpSloppy(text)?.ip.version === 6

/** Also used before allocation, which need not think of nonsense then. */
export const validateClusterIpFields = (service: Service): FieldError[] => {
  const { spec } = service
  if (spec.type === 'ExternalName') return []
  const { clusterIP = '', clusterIPs = [], ipFamilies = [] } = spec
  const errors = [...validateAgreement(clusterIP, spec.clusterIPs), ...validateFamilies(ipFamilies)]
  if (spec.ipFamilyPolicy !== undefined && !POLICIES.includes(spec.ipFamilyPolicy))
    errors.push(notSupported(POLICY, spec.ipFamilyPolicy, POLICIES))
  const addressErrors = validateAddresses(clusterIPs)
  append(errors, addressErrors)
  if (clusterIPs.length > 2)
    errors.push(invalidValue(CLUSTER_IPS, clusterIPs, 'may only hold up to 2 values'))
  // Anything said about families of bad addresses would only confuse.
  if (addressErrors.length > 0) return errors
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(isIpv6)).size < 2)
    errors.push(
      invalidValue(CLUSTER_IPS, clusterIPs, 'may specify no more than one IP for each IP family'),
    )
  if (!isHeadless(service))
    for (const [index, ip] of clusterIPs.slice(0, ipFamilies.length).entries()) {
      const family = ipFamilies[index]
      if ((family === 'IPv4' && isIpv6(ip)) || (family === 'IPv6' && !isIpv6(ip)))
        errors.push(
          invalidValue(
            at(CLUSTER_IPS, index),
            ip,
            `expected an ${family} value as indicated by \`ipFamilies[${index}]\``,
          ),
        )
    }
  return errors
}

const validateAgreement = (
  clusterIP: string,
  clusterIPs: readonly string[] | undefined,
): FieldError[] => {
  const isEmpty = (clusterIPs?.length ?? 0) === 0
  if (clusterIP === '')
    return isEmpty
      ? []
      : [invalidValue(CLUSTER_IPS, clusterIPs, 'must be empty when `clusterIP` is not specified')]
  if (isEmpty) return [requiredValue(CLUSTER_IPS)]
  return clusterIPs![0] === clusterIP
    ? []
    : [invalidValue(CLUSTER_IPS, clusterIPs, 'first value must match `clusterIP`')]
}

const validateFamilies = (families: readonly string[]): FieldError[] =>
  families.flatMap((family, index) => [
    ...(FAMILIES.includes(family) ? [] : [notSupported(at(IP_FAMILIES, index), family, FAMILIES)]),
    ...(families.indexOf(family) < index ? [duplicateValue(at(IP_FAMILIES, index), family)] : []),
  ])

const validateAddresses = (clusterIPs: readonly string[]): FieldError[] =>
  clusterIPs.flatMap((ip, index) => {
    if (index > 0 || ip !== NONE) return validateLegacyIp(at(CLUSTER_IPS, index), ip)
    return clusterIPs.length === 1
      ? []
      : [invalidValue(CLUSTER_IPS, clusterIPs, "'None' must be the first and only value")]
  })

const changed = (field: string, shown: unknown, index = 0): FieldError =>
  invalidValue(at(field, index), shown, 'may not change once set')

/** A secondary address may come and go; the primary one stays, but for ExternalName. */
export const validateClusterIpsUpdate = (service: Service, old: Service): FieldError[] => {
  if (service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return []
  if (isHeadless(service) && isHeadless(old)) return []
  const shown = service.spec.clusterIPs
  const now = shown ?? []
  const before = old.spec.clusterIPs ?? []
  if (before.length === now.length)
    return before.flatMap((ip, index) =>
      ip === now[index] ? [] : [changed(CLUSTER_IPS, shown, index)],
    )
  const errors: FieldError[] = []
  if (now.length === 0)
    errors.push(invalidValue(at(CLUSTER_IPS, 0), shown, 'primary clusterIP can not be unset'))
  if (now.length > 0 && before.length > 0 && now[0] !== before[0])
    errors.push(changed(CLUSTER_IPS, shown))
  if (now.length < before.length && now.length === 1 && !isSingleStack(service))
    errors.push(
      invalidValue(
        POLICY,
        service.spec.ipFamilyPolicy,
        "must be set to 'SingleStack' when releasing the secondary clusterIP",
      ),
    )
  return errors
}

const isSingleStack = ({ spec }: Service): boolean => spec.ipFamilyPolicy === 'SingleStack'

export const validateIpFamiliesUpdate = (service: Service, old: Service): FieldError[] => {
  if (service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return []
  // Headless Services may change their families, and so may those that become or cease to be headless.
  if (isHeadless(service) || isHeadless(old)) return []
  const { clusterIPs, ipFamilies: shown } = service.spec
  const now = shown ?? []
  const before = old.spec.ipFamilies ?? []
  if (before.length === now.length)
    return before.flatMap((family, index) =>
      family === now[index] ? [] : [changed(IP_FAMILIES, shown)],
    )
  const errors: FieldError[] = []
  if (now.length < before.length && (clusterIPs?.length ?? 0) === 0)
    errors.push(invalidValue(at(IP_FAMILIES, 0), shown, 'primary ipFamily can not be unset'))
  // Upstream shows the addresses here, not the families.
  if (now.length > 0 && before.length > 0 && now[0] !== before[0])
    errors.push(changed(IP_FAMILIES, clusterIPs))
  if (now.length < before.length && now.length === 1 && !isSingleStack(service))
    errors.push(
      invalidValue(
        POLICY,
        service.spec.ipFamilyPolicy,
        "must be set to 'SingleStack' when releasing the secondary ipFamily",
      ),
    )
  return errors
}
