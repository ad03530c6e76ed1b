// kubernetes: pkg/apis/core/validation/validation.go validateResourceRequirements, validatePodResources
import { append } from '#apimachinery/append.ts'
import { checkDnsLabel, checkRequiredChoice, type Errors } from '#api/core/v1/pod/checks.ts'
import type {
  ContainerResizePolicy,
  ResourceClaim,
  ResourceRequirements,
} from '#api/core/v1/pod/container-types.ts'
import { isPodLevelResource, sumOfContainers } from '#api/core/v1/pod/resource-sums.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import {
  isHugePages,
  isOvercommitAllowed,
  validateContainerResourceName,
  validateResourceName,
  validateResourceQuantity,
} from '#api/core/v1/resource-names.ts'
import {
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notFoundValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { own, type StringMap } from '#apimachinery/object.ts'
import { compareQuantity, formatQuantity, quantityOf } from '#apimachinery/quantity.ts'

type NameCheck = (name: string, path: string) => readonly FieldError[]

const NOTHING: StringMap = Object.freeze({})

const namesOf = (list: StringMap): readonly string[] => {
  const names = Object.keys(list)
  return names.length > 1 ? names.sort() : names
}

/** Whether the amount is a multiple of the page size in the resource's name. */
const validateHugePages = (errors: Errors, name: string, text: string, path: string): void => {
  const page = quantityOf(name.slice('hugepages-'.length))
  const amount = quantityOf(text)
  const scale = 10n ** BigInt(-Math.min(0, amount.scale))
  const whole = amount.unscaled * 10n ** BigInt(Math.max(0, amount.scale))
  const size = page.unscaled * 10n ** BigInt(Math.max(0, page.scale)) * scale
  if (whole === 0n || size === 0n || whole % size !== 0n)
    errors.push(
      invalidValue(
        path,
        text,
        `${formatQuantity(amount)} is not positive integer multiple of ${name}`,
      ),
    )
}

const validateAmount = (
  errors: Errors,
  name: string,
  text: string,
  path: string,
  checkName: NameCheck,
): void => {
  append(errors, checkName(name, path), validateResourceQuantity(name, text, path))
}

/** A request is at most its limit, and exactly that for what cannot be overcommitted. */
const validateAgainstLimit = (
  errors: Errors,
  name: string,
  request: string,
  limits: StringMap,
  path: string,
): void => {
  const limit = own(limits, name)
  const isExact = !isOvercommitAllowed(name)
  if (limit === undefined) {
    if (isExact)
      errors.push(
        requiredValue(`${path}.limits`, 'Limit must be set for non overcommitable resources'),
      )
    return
  }
  const order = compareQuantity(quantityOf(request), quantityOf(limit))
  if (isExact && order !== 0)
    errors.push(
      invalidValue(`${path}.requests`, request, `must be equal to ${name} limit of ${limit}`),
    )
  else if (order > 0)
    errors.push(
      invalidValue(
        `${path}.requests`,
        request,
        `must be less than or equal to ${name} limit of ${limit}`,
      ),
    )
}

export const validateRequirements = (
  errors: Errors,
  resources: ResourceRequirements,
  claims: ReadonlySet<string>,
  path: string,
  checkName: NameCheck = validateContainerResourceName,
): void => {
  const { limits = NOTHING, requests = NOTHING } = resources
  let hasCompute = false
  let hasHugePages = false
  const note = (name: string): void => {
    hasCompute ||= name === 'cpu' || name === 'memory'
    hasHugePages ||= isHugePages(name)
  }
  for (const name of namesOf(limits)) {
    const here = `${path}.limits[${name}]`
    validateAmount(errors, name, limits[name]!, here, checkName)
    if (isHugePages(name)) validateHugePages(errors, name, limits[name]!, here)
    note(name)
  }
  for (const name of namesOf(requests)) {
    const here = `${path}.requests[${name}]`
    validateAmount(errors, name, requests[name]!, here, checkName)
    validateAgainstLimit(errors, name, requests[name]!, limits, path)
    if (isHugePages(name)) validateHugePages(errors, name, requests[name]!, here)
    note(name)
  }
  if (hasHugePages && !hasCompute)
    errors.push(forbiddenValue(path, 'HugePages require cpu or memory'))
  if (resources.claims !== undefined)
    validateClaimNames(errors, resources.claims, claims, `${path}.claims`)
}

const validateClaimNames = (
  errors: Errors,
  list: readonly ResourceClaim[],
  claims: ReadonlySet<string>,
  path: string,
): void => {
  const seen = new Set<string>()
  for (const [index, { name = '', request = '' }] of list.entries()) {
    const here = `${path}[${index}]`
    if (name === '') {
      errors.push(requiredValue(here))
      continue
    }
    const key = request === '' ? name : `${name}/${request}`
    if (seen.has(name)) errors.push(duplicateValue(here, name))
    else {
      if (request !== '') checkDnsLabel(errors, `${here}.request`, request)
      if (seen.has(key)) errors.push(duplicateValue(here, key))
      else if (request === '')
        for (const other of seen)
          if (other.startsWith(`${name}/`)) errors.push(duplicateValue(here, name))
      seen.add(key)
    }
    if (claims.has(name)) continue
    const known = [...claims].sort().join(', ')
    errors.push({
      ...notFoundValue(here, name),
      detail: `must be one of the names in pod.spec.resourceClaims${known === '' ? ' which is empty' : `: ${known}`}`,
    })
  }
}

export const validateResizePolicy = (
  errors: Errors,
  policies: readonly ContainerResizePolicy[],
  podRestartPolicy: string | undefined,
  path: string,
): void => {
  const seen = new Set<string>()
  for (const [index, { resourceName = '', restartPolicy = '' }] of policies.entries()) {
    if (seen.has(resourceName)) errors.push(duplicateValue(`${path}[${index}]`, resourceName))
    seen.add(resourceName)
    checkRequiredChoice(errors, path, resourceName, ['cpu', 'memory'])
    checkRequiredChoice(errors, path, restartPolicy, ['NotRequired', 'RestartContainer'])
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.push(
        invalidValue(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"),
      )
  }
}

const POD_LEVEL = ['cpu', 'hugepages-', 'memory']

const validatePodLevelName: NameCheck = (name, path) => {
  const errors = validateResourceName(name, path)
  return errors.length > 0 || isPodLevelResource(name)
    ? errors
    : [notSupported(path, name, POD_LEVEL)]
}

/** What the Pod as a whole requests, against its containers. */
export const validatePodResources = (
  errors: Errors,
  spec: PodSpec,
  claims: ReadonlySet<string>,
  path: string,
): void => {
  const { resources } = spec
  if (resources === undefined) return
  if (spec.os?.name === 'windows')
    return void errors.push(forbiddenValue(path, 'may not be set for a windows pod'))
  if (resources.claims !== undefined)
    errors.push(
      forbiddenValue(`${path}.claims`, 'claims may not be set for Resources at pod-level'),
    )
  validateRequirements(errors, resources, claims, path, validatePodLevelName)
  validateConsistency(errors, spec, path)
}

const validateConsistency = (errors: Errors, spec: PodSpec, path: string): void => {
  const { requests = NOTHING, limits = NOTHING } = spec.resources!
  for (const [name, sum] of sumOfContainers(spec, 'requests')) {
    const amount = own(requests, name)
    if (amount !== undefined && compareQuantity(sum, quantityOf(amount)) > 0)
      errors.push(
        invalidValue(
          `${path}.requests[${name}]`,
          amount,
          `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`,
        ),
      )
  }
  for (const [name, sum] of sumOfContainers(spec, 'limits')) {
    const limit = isHugePages(name) ? own(limits, name) : undefined
    if (limit !== undefined && compareQuantity(sum, quantityOf(limit)) > 0)
      errors.push(
        invalidValue(
          `${path}.limits[${name}]`,
          limit,
          `must be greater than or equal to aggregate container limits of ${formatQuantity(sum)}`,
        ),
      )
  }
  for (const [index, container] of spec.containers.entries()) {
    const ofContainer = container.resources?.limits ?? NOTHING
    for (const name of namesOf(ofContainer)) {
      const limit = own(limits, name)
      if (limit === undefined) continue
      if (compareQuantity(quantityOf(ofContainer[name]!), quantityOf(limit)) > 0)
        errors.push(
          invalidValue(
            `${path}.containers[${index}][${name}].limits`,
            ofContainer[name]!,
            `must be less than or equal to pod limits of ${limit}`,
          ),
        )
    }
  }
}
