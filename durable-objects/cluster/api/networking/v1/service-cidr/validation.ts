// kubernetes: pkg/apis/networking/validation/validation.go ValidateServiceCIDR*
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import { at, invalidValue, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { isValidCidr } from '#apimachinery/validation/ip.ts'
import { FIELD_IMMUTABLE, invalidEach } from '#apimachinery/validation/metadata.ts'
import { parseCidrSloppy } from '#net/cidr.ts'

const CIDRS = 'spec.cidrs'

export const validateServiceCidr = ({ spec }: ServiceCIDR): FieldError[] => {
  const cidrs = spec?.cidrs ?? []
  if (cidrs.length === 0) return [requiredValue(CIDRS, 'at least one CIDR required')]
  // Upstream shows its internal spec here.
  if (cidrs.length > 2)
    return [invalidValue(CIDRS, { CIDRs: cidrs }, 'may only hold up to 2 values')]
  const errors = cidrs.flatMap((cidr, index) =>
    invalidEach(at(CIDRS, index), cidr, isValidCidr(cidr)),
  )
  const [first, second] = cidrs.map((cidr) => parseCidrSloppy(cidr)?.cidr.network.version)
  if (cidrs.length === 2 && first !== undefined && first === second)
    errors.push(
      invalidValue(
        CIDRS,
        cidrs,
        'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
      ),
    )
  return errors
}

/** A second family may be added; nothing else changes. */
export const validateServiceCidrUpdate = (cidr: ServiceCIDR, old: ServiceCIDR): FieldError[] => {
  const now = cidr.spec?.cidrs ?? []
  const before = old.spec?.cidrs ?? []
  const isExtended = before.length === 1 && now.length === 2
  if (now.length !== before.length && !isExtended)
    return [invalidValue(CIDRS, cidr.spec?.cidrs, FIELD_IMMUTABLE)]
  const changed = before.flatMap((text, index) =>
    text === now[index] ? [] : [invalidValue(at(CIDRS, index), now[index], FIELD_IMMUTABLE)],
  )
  return isExtended ? [...changed, ...validateServiceCidr(cidr)] : changed
}
