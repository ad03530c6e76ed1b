// IP addresses and networks in fields. StrictIPCIDRValidation is on by default since 1.36.
// kubernetes: apimachinery pkg/util/validation/ip.go, pkg/apis/core/validation/validation.go ValidateEndpointIP
import { invalidValue, quote, type FieldError } from '#apimachinery/field-error.ts'
import { formatCidr, parseCidrSloppy } from '#net/cidr.ts'
import {
  formatIp,
  isLinkLocalMulticast,
  isLinkLocalUnicast,
  isLoopback,
  isUnspecified,
  parseIpSloppy,
} from '#net/ip.ts'

const legacyIpMessages = (value: string): readonly string[] => {
  const parsed = parseIpSloppy(value)
  if (parsed === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
  if (parsed.hasLeadingZeros) return ['must not have leading 0s']
  return parsed.isMapped ? ['must not be an IPv4-mapped IPv6 address'] : []
}

/** The strict form, canonical text included: for names of IPAddresses and new fields. kubernetes: IsValidIP */
export const isValidIp = (value: string): readonly string[] => {
  const messages = legacyIpMessages(value)
  if (messages.length > 0) return messages
  const canonical = formatIp(parseIpSloppy(value)!.ip)
  return value === canonical ? [] : [`must be in canonical form (${quote(canonical)})`]
}

/** Fields older than strict validation: IPv6 need not be canonical. kubernetes: IsValidIPForLegacyField */
export const validateLegacyIp = (path: string, value: string): FieldError[] =>
  legacyIpMessages(value).map((message) => invalidValue(path, value, message))

const legacyCidrMessages = (value: string): readonly string[] => {
  const parsed = parseCidrSloppy(value)
  if (parsed === undefined)
    return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']
  if (parsed.hasLeadingZeros) return ['must not have leading 0s in IP or prefix length']
  if (parsed.isMapped) return ['must not have an IPv4-mapped IPv6 address']
  return parsed.cidr.network.value === parsed.ip.value
    ? []
    : ['must not have bits set beyond the prefix length']
}

/** kubernetes: IsValidCIDR */
export const isValidCidr = (value: string): readonly string[] => {
  const messages = legacyCidrMessages(value)
  if (messages.length > 0) return messages
  const canonical = formatCidr(parseCidrSloppy(value)!.cidr)
  return value === canonical ? [] : [`must be in canonical form (${quote(canonical)})`]
}

/** kubernetes: IsValidCIDRForLegacyField */
export const validateLegacyCidr = (path: string, value: string): FieldError[] =>
  legacyCidrMessages(value).map((message) => invalidValue(path, value, message))

/** What the server warns of in a field checked by `validateLegacyIp`. kubernetes: GetWarningsForIP */
export const warningsForIp = (path: string, value: string): readonly string[] => {
  const parsed = parseIpSloppy(value)
  if (parsed === undefined) return []
  const canonical = quote(formatIp(parsed.ip))
  if (parsed.hasLeadingZeros || parsed.isMapped)
    return [
      `${path}: non-standard IP address ${quote(value)} will be considered invalid in a future Kubernetes release: use ${canonical}`,
    ]
  return parsed.ip.version === 6 && canonical !== quote(value)
    ? [
        `${path}: IPv6 address ${quote(value)} should be in RFC 5952 canonical format (${canonical})`,
      ]
    : []
}

/** What the server warns of in a field checked by `validateLegacyCidr`. kubernetes: GetWarningsForCIDR */
export const warningsForCidr = (path: string, value: string): readonly string[] => {
  const parsed = parseCidrSloppy(value)
  if (parsed === undefined) return []
  const { cidr, ip } = parsed
  const canonical = quote(formatCidr(cidr))
  const warnings: string[] = []
  if (cidr.network.value !== ip.value)
    warnings.push(
      `${path}: CIDR value ${quote(value)} is ambiguous in this context (should be ${canonical} or ${quote(`${formatIp(ip)}/${ip.version === 4 ? 32 : 128}`)}?)`,
    )
  if (parsed.hasLeadingZeros || parsed.isMapped)
    warnings.push(
      `${path}: non-standard CIDR value ${quote(value)} will be considered invalid in a future Kubernetes release: use ${canonical}`,
    )
  if (warnings.length === 0 && ip.version === 6 && canonical !== quote(value))
    warnings.push(
      `${path}: IPv6 CIDR value ${quote(value)} should be in RFC 5952 canonical format (${canonical})`,
    )
  return warnings
}

/** Addresses that may stand for endpoints and external IPs. kubernetes: ValidateEndpointIP */
export const validateEndpointIp = (value: string, path: string): FieldError[] => {
  const ip = parseIpSloppy(value)?.ip
  if (ip === undefined) return [invalidValue(path, value, 'must be a valid IP address')]
  const messages: string[] = []
  if (isUnspecified(ip)) messages.push(`may not be unspecified (${value})`)
  if (isLoopback(ip)) messages.push('may not be in the loopback range (127.0.0.0/8, ::1/128)')
  if (isLinkLocalUnicast(ip))
    messages.push('may not be in the link-local range (169.254.0.0/16, fe80::/10)')
  if (isLinkLocalMulticast(ip))
    messages.push('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')
  return messages.map((message) => invalidValue(path, value, message))
}
