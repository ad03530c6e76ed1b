// kubernetes: pkg/apis/networking/validation/validation.go ValidateIPAddress
import { append } from '#apimachinery/append.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import type { IPAddress, ParentReference } from '#api/networking/v1/ip-address/types.ts'
import { child, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { invalidEach, validateImmutable } from '#apimachinery/validation/metadata.ts'
import { isDns1123Subdomain, nameIsPathSegment } from '#apimachinery/validation/names.ts'

export const validateIpAddress = ({ spec }: IPAddress): FieldError[] => {
  const path = 'spec.parentRef'
  const reference = (spec as { readonly parentRef?: ParentReference } | undefined)?.parentRef
  if (reference === undefined) return [requiredValue(path)]
  const { group = '', namespace = '' } = reference
  const errors =
    group === '' ? [] : invalidEach(child(path, 'group'), group, isDns1123Subdomain(group))
  for (const field of ['resource', 'name'] as const) {
    const value = reference[field] ?? ''
    const here = child(path, field)
    if (value === '') errors.push(requiredValue(here))
    else append(errors, invalidEach(here, value, nameIsPathSegment(value, false)))
  }
  if (namespace !== '')
    append(
      errors,
      invalidEach(child(path, 'namespace'), namespace, nameIsPathSegment(namespace, false)),
    )
  return errors
}

export const validateIpAddressUpdate = (address: IPAddress, old: IPAddress): FieldError[] =>
  validateImmutable(
    address.spec?.parentRef,
    old.spec?.parentRef,
    'spec.parentRef',
    internalForm('ParentReference', address.spec?.parentRef),
  )
