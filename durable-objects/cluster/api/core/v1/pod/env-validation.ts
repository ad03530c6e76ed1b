// kubernetes: pkg/apis/core/validation/validation.go ValidateEnv, ValidateEnvFrom
import {
  addInvalid,
  checkDnsLabel,
  checkNoBacksteps,
  checkQualifiedName,
  type Errors,
} from '#api/core/v1/pod/checks.ts'
import type {
  ConfigMapKeySelector,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  FileKeySelector,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '#api/core/v1/pod/container-types.ts'
import { invalidValue, notSupported, requiredValue } from '#apimachinery/field-error.ts'
import { canonicalQuantity, quantityOf } from '#apimachinery/quantity.ts'
import {
  isConfigMapKey,
  isRelaxedEnvVarName,
  nameIsDnsSubdomain,
} from '#apimachinery/validation/names.ts'

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

/** Fields that the downward API knows, more than env may use. kubernetes: ConvertDownwardAPIFieldLabel */
const CONVERTIBLE: ReadonlySet<string> = new Set([
  ...ENV_FIELDS,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
])

const BYTE_DIVISORS = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei'

const SOURCES =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
const TOO_MANY = 'may not have more than one field specified at a time'

export const validateEnv = (
  errors: Errors,
  variables: readonly EnvVar[] | undefined,
  path: string,
): void => {
  for (const [index, variable] of (variables ?? []).entries()) {
    const { name = '', value = '', valueFrom } = variable
    if (name === '') errors.push(requiredValue(`${path}[${index}].name`))
    else {
      const messages = isRelaxedEnvVarName(name)
      if (messages.length > 0) addInvalid(errors, `${path}[${index}].name`, name, messages)
    }
    if (valueFrom !== undefined)
      validateValueFrom(errors, valueFrom, value, `${path}[${index}].valueFrom`)
  }
}

const validateValueFrom = (
  errors: Errors,
  from: EnvVarSource,
  value: string,
  path: string,
): void => {
  if (from.fieldRef !== undefined)
    validateFieldSelector(errors, from.fieldRef, ENV_FIELDS, `${path}.fieldRef`)
  if (from.resourceFieldRef !== undefined)
    validateResourceSelector(errors, from.resourceFieldRef, false, `${path}.resourceFieldRef`)
  if (from.configMapKeyRef !== undefined)
    validateKeySelector(errors, from.configMapKeyRef, `${path}.configMapKeyRef`)
  if (from.secretKeyRef !== undefined)
    validateKeySelector(errors, from.secretKeyRef, `${path}.secretKeyRef`)
  if (from.fileKeyRef !== undefined) validateFileKey(errors, from.fileKeyRef, `${path}.fileKeyRef`)
  const sources = Object.keys(from).length
  if (sources === 0) errors.push(invalidValue(path, '', SOURCES))
  else if (value !== '')
    errors.push(invalidValue(path, '', 'may not be specified when `value` is not empty'))
  else if (sources > 1) errors.push(invalidValue(path, '', TOO_MANY))
}

/** `metadata.labels['app']` as its path and key. kubernetes: fieldpath.SplitMaybeSubscriptedPath */
const splitSubscript = (fieldPath: string): readonly [string, string] | undefined => {
  if (!fieldPath.endsWith("']")) return undefined
  const start = fieldPath.indexOf("['")
  return start <= 0 ? undefined : [fieldPath.slice(0, start), fieldPath.slice(start + 2, -2)]
}

const conversionProblem = (version: string, fieldPath: string): string | undefined => {
  if (version !== 'v1') return `unsupported pod version: ${version}`
  const split = splitSubscript(fieldPath)
  if (split !== undefined)
    return split[0] === 'metadata.annotations' || split[0] === 'metadata.labels'
      ? undefined
      : `field label does not support subscript: ${fieldPath}`
  return CONVERTIBLE.has(fieldPath) || fieldPath === 'spec.host'
    ? undefined
    : `field label not supported: ${fieldPath}`
}

/** `fields`: those that may be used here without subscript. */
export const validateFieldSelector = (
  errors: Errors,
  selector: ObjectFieldSelector,
  fields: readonly string[],
  path: string,
): void => {
  const { apiVersion = '', fieldPath = '' } = selector
  if (apiVersion === '') return void errors.push(requiredValue(`${path}.apiVersion`))
  if (fieldPath === '') return void errors.push(requiredValue(`${path}.fieldPath`))
  const problem = conversionProblem(apiVersion, fieldPath)
  if (problem !== undefined)
    return void errors.push(
      invalidValue(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${problem}`),
    )
  const split = splitSubscript(fieldPath)
  if (split !== undefined) {
    const [map, key] = split
    checkQualifiedName(errors, path, map === 'metadata.annotations' ? key.toLowerCase() : key)
  } else {
    const internal = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath
    if (!fields.includes(internal)) errors.push(notSupported(`${path}.fieldPath`, internal, fields))
  }
}

/** `isVolume`: a file of a volume must say which container it speaks of. */
export const validateResourceSelector = (
  errors: Errors,
  selector: ResourceFieldSelector,
  isVolume: boolean,
  path: string,
): void => {
  const { resource = '', containerName = '', divisor = '0' } = selector
  if (isVolume && containerName === '') errors.push(requiredValue(`${path}.containerName`))
  else if (resource === '') errors.push(requiredValue(`${path}.resource`))
  else if (!RESOURCES.includes(resource) && !isHugePages(resource))
    errors.push(notSupported(`${path}.resource`, resource, RESOURCES))
  validateDivisor(errors, resource, divisor, path)
}

const isHugePages = (resource: string): boolean => /^(requests|limits)\.hugepages-/.test(resource)

const validateDivisor = (errors: Errors, resource: string, divisor: string, path: string): void => {
  if (quantityOf(divisor).unscaled === 0n) return
  const text = canonicalQuantity(divisor)
  const refuse = (what: string): void =>
    void errors.push(
      invalidValue(`${path}.divisor`, resource, `only divisor's values ${what} resource`),
    )
  if (resource.endsWith('.cpu')) {
    if (text !== '1m' && text !== '1') refuse('1m and 1 are supported with the cpu')
  } else if (!BYTE_DIVISORS.split(', ').includes(text)) {
    if (resource.endsWith('.memory')) refuse(`${BYTE_DIVISORS} are supported with the memory`)
    else if (resource.endsWith('.ephemeral-storage'))
      refuse(`${BYTE_DIVISORS} are supported with the local ephemeral storage`)
    else if (isHugePages(resource)) refuse(`${BYTE_DIVISORS} are supported with the hugepages`)
  }
}

/** A key of a ConfigMap or of a Secret. */
const validateKeySelector = (
  errors: Errors,
  { name = '', key = '' }: ConfigMapKeySelector,
  path: string,
): void => {
  addInvalid(errors, `${path}.name`, name, nameIsDnsSubdomain(name, false))
  if (key === '') errors.push(requiredValue(`${path}.key`))
  else addInvalid(errors, `${path}.key`, key, isConfigMapKey(key))
}

const validateFileKey = (errors: Errors, selector: FileKeySelector, path: string): void => {
  const { key = '', volumeName = '', path: file = '' } = selector
  if (key === '') errors.push(requiredValue(`${path}.key`))
  else addInvalid(errors, `${path}.key`, key, isRelaxedEnvVarName(key))
  if (volumeName === '') errors.push(requiredValue(`${path}.volumeName`))
  else checkDnsLabel(errors, `${path}.volumeName`, volumeName)
  if (file === '') errors.push(requiredValue(`${path}.path`))
  else checkNoBacksteps(errors, `${path}.path`, file)
}

export const validateEnvFrom = (
  errors: Errors,
  sources: readonly EnvFromSource[] | undefined,
  path: string,
): void => {
  for (const [index, source] of (sources ?? []).entries()) {
    const here = `${path}[${index}]`
    if (source.prefix)
      addInvalid(errors, `${here}.prefix`, source.prefix, isRelaxedEnvVarName(source.prefix))
    let count = 0
    for (const kind of ['configMapRef', 'secretRef'] as const) {
      const reference = source[kind]
      if (reference === undefined) continue
      count += 1
      const { name = '' } = reference
      if (name === '') errors.push(requiredValue(`${here}.${kind}.name`))
      else addInvalid(errors, `${here}.${kind}.name`, name, nameIsDnsSubdomain(name, true))
    }
    // The path is the list's, as upstream has it.
    if (count === 0)
      errors.push(invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    else if (count > 1) errors.push(invalidValue(path, '', TOO_MANY))
  }
}
