// The variables that a container is started with. kubernetes: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Container, EnvVarSource } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Secret } from '#api/core/v1/secret/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { decodeBase64 } from '#apimachinery/base64.ts'
import { own, setKey } from '#apimachinery/object.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import { expand } from '#kubelet/expansion.ts'
import { fieldValue, type PodAddresses, resourceValue } from '#kubelet/field-reference.ts'
import { serviceEnvironment } from '#kubelet/service-environment.ts'
import { subPathProblem } from '#kubelet/sub-path.ts'

export type EnvironmentMap = Readonly<Record<string, string>>

/** What the environment is made from. */
export interface EnvironmentSources extends PodAddresses {
  readonly configMap: (name: string) => ConfigMap | undefined
  readonly secret: (name: string) => Secret | undefined
  /** Services of the pod's namespace. */
  readonly services: () => readonly Service[]
  /** The API server's own Service. */
  readonly kubernetes: () => Service | undefined
  readonly allocatable: Node['status']['allocatable']
}

export type EnvironmentResult = { readonly env: EnvironmentMap } | { readonly error: string }

/** All variables of the container in the order in which they were set, or the message of what it cannot be created for. */
export const environmentOf = (
  pod: Pod,
  container: Container,
  sources: EnvironmentSources,
): EnvironmentResult => {
  const result = variablesOf(pod, container, sources)
  if (container.volumeMounts === undefined || 'error' in result) return result
  const error = subPathProblem(container.volumeMounts, result.env)
  return error === undefined ? result : { error }
}

const variablesOf = (
  pod: Pod,
  container: Container,
  sources: EnvironmentSources,
): EnvironmentResult => {
  const services = serviceEnvironment({
    services: sources.services(),
    kubernetes: sources.kubernetes(),
    hasLinks: pod.spec.enableServiceLinks !== false,
  })
  if (container.env === undefined && container.envFrom === undefined) return { env: services.env }
  const env: Record<string, string> = {}
  for (const from of container.envFrom ?? []) {
    const data = dataOf(from, sources)
    if (data === undefined) continue
    if ('error' in data) return data
    for (const key of Object.keys(data.data))
      setKey(env, (from.prefix ?? '') + key, data.data[key]!)
  }
  const lookUp = (name: string) => own(env, name) ?? services.map.get(name)
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (value !== undefined && value !== '') setKey(env, name, expand(value, lookUp))
    else if (valueFrom === undefined) setKey(env, name, '')
    else {
      const found = sourceValue(valueFrom, pod, container, sources)
      if (found === undefined) continue
      if ('error' in found) return found
      setKey(env, name, found.value)
    }
  }
  for (const [name, value] of services.map) if (!Object.hasOwn(env, name)) setKey(env, name, value)
  return { env }
}

type Data = Readonly<Record<string, string>>

const dataOf = (
  { configMapRef, secretRef }: NonNullable<Container['envFrom']>[number],
  sources: EnvironmentSources,
): { data: Data } | { error: string } | undefined => {
  if (configMapRef !== undefined) {
    const configMap = sources.configMap(configMapRef.name ?? '')
    if (configMap !== undefined) return { data: configMap.data ?? {} }
    return configMapRef.optional === true ? undefined : missing('configmap', configMapRef.name)
  }
  if (secretRef === undefined) return undefined
  const secret = sources.secret(secretRef.name ?? '')
  if (secret === undefined)
    return secretRef.optional === true ? undefined : missing('secret', secretRef.name)
  const data: Record<string, string> = {}
  for (const key of Object.keys(secret.data ?? {})) setKey(data, key, plain(secret.data![key]!))
  return { data }
}

const missing = (kind: string, name: string | undefined): { error: string } => ({
  error: `${kind} ${JSON.stringify(name ?? '')} not found`,
})

const plain = (base64: string): string => decodeUtf8Loosely(decodeBase64(base64))

type Value = { readonly value: string } | { readonly error: string } | undefined

const sourceValue = (
  source: EnvVarSource,
  pod: Pod,
  container: Container,
  sources: EnvironmentSources,
): Value => {
  const { fieldRef, resourceFieldRef } = source
  if (fieldRef !== undefined) return fieldValue(fieldRef.fieldPath, pod, sources)
  if (resourceFieldRef !== undefined) {
    const name = resourceFieldRef.containerName
    const named =
      name === undefined || name === ''
        ? container
        : [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((c) => c.name === name)
    if (named === undefined) return { error: `container ${name} not found` }
    return resourceValue(resourceFieldRef, named, sources.allocatable)
  }
  return keyValue(source, pod.metadata.namespace ?? '', sources)
}

const keyValue = (
  { configMapKeyRef, secretKeyRef }: EnvVarSource,
  namespace: string,
  sources: EnvironmentSources,
): Value => {
  if (configMapKeyRef !== undefined) {
    const { name, key, optional } = configMapKeyRef
    const configMap = sources.configMap(name ?? '')
    if (configMap === undefined) return optional === true ? undefined : missing('configmap', name)
    const value = own(configMap.data, key)
    if (value !== undefined) return { value }
    if (optional === true) return undefined
    return { error: `couldn't find key ${key} in ConfigMap ${namespace}/${name ?? ''}` }
  }
  if (secretKeyRef === undefined) return { value: '' }
  const { name, key, optional } = secretKeyRef
  const secret = sources.secret(name ?? '')
  if (secret === undefined) return optional === true ? undefined : missing('secret', name)
  const value = own(secret.data, key)
  if (value !== undefined) return { value: plain(value) }
  if (optional === true) return undefined
  return { error: `couldn't find key ${key} in Secret ${namespace}/${name ?? ''}` }
}

/** Whether the variables depend on objects that may change after the container was started. */
export const dependsOnObjects = ({ env, envFrom }: Container): boolean =>
  (envFrom !== undefined && envFrom.length > 0) ||
  env?.some(
    ({ valueFrom }) =>
      valueFrom?.configMapKeyRef !== undefined ||
      valueFrom?.secretKeyRef !== undefined ||
      /^metadata\.(labels|annotations)/.test(valueFrom?.fieldRef?.fieldPath ?? ''),
  ) === true

/** Command or args with `$(NAME)` replaced. kubernetes: pkg/kubelet/container/helpers.go ExpandContainerCommandAndArgs */
export const expandArguments = (words: readonly string[], env: EnvironmentMap): readonly string[] =>
  words.map((word) => expand(word, (name) => own(env, name)))
