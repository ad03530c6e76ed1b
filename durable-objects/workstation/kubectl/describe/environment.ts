import type {
  Container,
  EnvFromSource,
  EnvVar,
  EphemeralContainer,
  ResourceFieldSelector,
} from '#api/core/v1/pod/container-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'
import { quantityMilliValue, quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import type { PrefixWriter } from '#kubectl/output/prefix-writer.ts'

type AnyContainer = Container | EphemeralContainer

/** kubernetes: kubectl pkg/describe describeContainerEnvFrom */
export const describeEnvFrom = (w: PrefixWriter, sources: readonly EnvFromSource[]): void => {
  w.write(2, 'Environment Variables from:\n')
  for (const { configMapRef, secretRef, prefix } of sources) {
    const ref = configMapRef ?? secretRef
    const kind = configMapRef !== undefined ? 'ConfigMap' : secretRef !== undefined ? 'Secret' : ''
    const from = prefix ? `${kind} with prefix '${prefix}'` : kind
    w.write(3, `${ref?.name ?? ''}\t${from}\tOptional: ${ref?.optional === true}\n`)
  }
}

/** `pod`: undefined in a template, where nothing is known yet. kubernetes: kubectl pkg/describe describeContainerEnvVars */
export const describeEnv = (
  w: PrefixWriter,
  container: AnyContainer,
  pod: ObjectMeta | undefined,
): void => {
  const { env = [] } = container
  w.write(2, env.length === 0 ? 'Environment:\t<none>\n' : 'Environment:\n')
  for (const variable of env) {
    if (variable.valueFrom === undefined) {
      const [first = '', ...rest] = (variable.value ?? '').split('\n')
      w.write(3, `${variable.name}:\t${first}\n`)
      for (const line of rest) w.write(3, `\t${line}\n`)
      continue
    }
    const text = sourceText(variable.valueFrom, container, pod)
    if (text !== undefined) w.field(3, variable.name, text)
  }
}

const sourceText = (
  { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef }: NonNullable<EnvVar['valueFrom']>,
  container: AnyContainer,
  pod: ObjectMeta | undefined,
): string | undefined => {
  if (fieldRef !== undefined) {
    const { apiVersion = '', fieldPath } = fieldRef
    return `${fieldValue(fieldPath, pod)} (${apiVersion}:${fieldPath})`
  }
  if (resourceFieldRef !== undefined) return resourceText(resourceFieldRef, container)
  if (secretKeyRef !== undefined) {
    const { key, name = '', optional = false } = secretKeyRef
    return `<set to the key '${key}' in secret '${name}'>\tOptional: ${optional}`
  }
  if (configMapKeyRef !== undefined) {
    const { key, name = '', optional = false } = configMapKeyRef
    return `<set to the key '${key}' of config map '${name}'>\tOptional: ${optional}`
  }
  return undefined
}

/** kubectl's scheme converts no other field labels. kubernetes: apimachinery pkg/runtime DefaultMetaV1FieldSelectorConversion */
const fieldValue = (path: string, pod: ObjectMeta | undefined): string => {
  if (path === 'metadata.name') return pod?.name ?? ''
  return path === 'metadata.namespace' ? (pod?.namespace ?? '') : ''
}

const resourceText = (selector: ResourceFieldSelector, container: AnyContainer): string => {
  const { resource } = selector
  const value = resourceValue(selector, container)
  const isLimit = resource === 'limits.cpu' || resource === 'limits.memory'
  return `${value === '0' && isLimit ? 'node allocatable' : value} (${resource})`
}

/** kubernetes: kubectl pkg/util/resource ExtractContainerResourceValue */
export const resourceValue = (
  selector: ResourceFieldSelector,
  { resources }: AnyContainer,
): string => {
  const [, list, name = ''] =
    /^(limits|requests)\.(cpu|memory|ephemeral-storage)$/.exec(selector.resource) ?? []
  if (list === undefined) return ''
  const amounts = list === 'limits' ? resources?.limits : resources?.requests
  const amount = quantityOf(amounts?.[name] ?? '0')
  const given = quantityOf(selector.divisor ?? '0')
  const divisor = given.unscaled === 0n ? quantityOf('1') : given
  const value = name === 'cpu' ? quantityMilliValue : quantityValue
  return String(Math.ceil(value(amount) / value(divisor)))
}
