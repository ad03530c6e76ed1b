// The names of resources in quotas, limits and capacities.
// kubernetes: pkg/apis/core/helper/helpers.go, pkg/apis/core/validation/validation.go
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { quantityMilliValue, quantityOf } from '#apimachinery/quantity.ts'
import { isQualifiedName } from '#apimachinery/validation/names.ts'

const CONTAINER = ['cpu', 'memory', 'ephemeral-storage']
const COUNTED = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]

const container: ReadonlySet<string> = new Set(CONTAINER)
const counted: ReadonlySet<string> = new Set(COUNTED)
const quota: ReadonlySet<string> = new Set([
  ...CONTAINER,
  ...CONTAINER.map((name) => `requests.${name}`),
  ...CONTAINER.map((name) => `limits.${name}`),
  ...COUNTED,
  'requests.storage',
])

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-')

const isQuotaHugePages = (name: string): boolean =>
  isHugePages(name) || name.startsWith('requests.hugepages-')

/** Without a domain, or of kubernetes.io. */
export const isNativeResource = (name: string): boolean =>
  !name.includes('/') || name.includes('kubernetes.io/')

/** A resource of a device plugin, counted in whole numbers: `example.com/gpu`. */
export const isExtendedResource = (name: string): boolean =>
  !isNativeResource(name) &&
  !name.startsWith('requests.') &&
  isQualifiedName(`requests.${name}`).length === 0

export const isOvercommitAllowed = (name: string): boolean =>
  isNativeResource(name) && !isHugePages(name)

export const isQuotaResource = (name: string): boolean => quota.has(name) || isQuotaHugePages(name)

const isStandardResource = (name: string): boolean =>
  quota.has(name) || name === 'storage' || isQuotaHugePages(name)

const isStandardContainerResource = (name: string): boolean =>
  container.has(name) || isHugePages(name)

const isIntegerResource = (name: string): boolean => counted.has(name) || isExtendedResource(name)

export const validateResourceName = (name: string, path: string): FieldError[] => {
  const errors = isQualifiedName(name).map((message) => invalidValue(path, name, message))
  if (errors.length > 0 || name.includes('/') || isStandardResource(name)) return errors
  return [invalidValue(path, name, 'must be a standard resource type or fully qualified')]
}

export const validateContainerResourceName = (name: string, path: string): FieldError[] => {
  const errors = validateResourceName(name, path)
  if (!name.includes('/')) {
    if (!isStandardContainerResource(name))
      errors.push(invalidValue(path, name, 'must be a standard resource for containers'))
  } else if (!isNativeResource(name) && !isExtendedResource(name))
    errors.push(invalidValue(path, name, "doesn't follow extended resource name standard"))
  return errors
}

export const validateQuotaResourceName = (name: string, path: string): FieldError[] => {
  const errors = validateResourceName(name, path)
  if (!name.includes('/') && !isQuotaResource(name))
    errors.push(invalidValue(path, name, 'must be a standard resource for quota'))
  return errors
}

/** kubernetes: ValidateResourceQuantityValue */
export const validateResourceQuantity = (
  name: string,
  value: string,
  path: string,
): FieldError[] => {
  const errors: FieldError[] = []
  const quantity = quantityOf(value)
  if (quantity.unscaled < 0n)
    errors.push(invalidValue(path, value, 'must be greater than or equal to 0'))
  if (isIntegerResource(name) && quantityMilliValue(quantity) % 1000 !== 0)
    errors.push(invalidValue(path, value, 'must be an integer'))
  return errors
}
