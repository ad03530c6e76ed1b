// `set env --list`: what containers have, and with `--resolve` what it means. kubernetes: kubectl pkg/cmd/set/{set_env.go,env/env_resolve.go}
import type { Container, EnvVar } from '#api/core/v1/pod/container-types.ts'
import { type JsonObject, own } from '#apimachinery/object.ts'
import { decodeBase64 } from '#apimachinery/base64.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import { resourceValue } from '#kubectl/describe/environment.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'

type Source = NonNullable<EnvVar['valueFrom']>

export class EnvironmentList {
  readonly #run: Invocation
  #hasFailed = false

  constructor(run: Invocation) {
    this.#run = run
  }

  list(info: Info, container: JsonObject, env: readonly EnvVar[]): void {
    const run = this.#run
    run.out(`# ${info.resource.kind} ${info.name}, container ${String(container['name'])}\n`)
    const failed = new Map<string, string[]>()
    for (const one of env) {
      if (one.valueFrom === undefined) {
        run.out(`${one.name}=${one.value ?? ''}\n`)
        continue
      }
      if (run.flags.bool('resolve')) {
        try {
          run.out(`${one.name}=${this.#resolved(one.valueFrom, info, container)}\n`)
          continue
        } catch (error) {
          if (!(error instanceof KubectlFailure)) throw error
          failed.set(error.message, [...(failed.get(error.message) ?? []), one.name])
        }
      }
      run.out(`# ${one.name} from ${referenceText(one.valueFrom)}\n`)
    }
    this.#hasFailed ||= failed.size > 0
    const lines = [...failed].map(
      ([message, names]) =>
        `error retrieving reference for ${names.toSorted().join(', ')}: ${message}\n`,
    )
    for (const line of lines.toSorted()) run.err(line)
  }

  /** Throws if something could not be resolved. */
  finish(): void {
    if (this.#hasFailed) throw new KubectlFailure('failed to retrieve valueFrom references')
  }

  /** kubernetes: GetEnvVarRefValue */
  #resolved(from: Source, info: Info, container: JsonObject): string {
    const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from
    if (secretKeyRef !== undefined) {
      const { name = '', key } = secretKeyRef
      const text = this.#dataOf('secrets', name)[key]
      if (text === undefined) throw new KubectlFailure(`key ${key} not found in secret ${name}`)
      return decodeUtf8Loosely(decodeBase64(String(text)))
    }
    if (configMapKeyRef !== undefined) {
      const { name = '', key } = configMapKeyRef
      const text = this.#dataOf('configmaps', name)[key]
      if (text === undefined) throw new KubectlFailure(`key ${key} not found in config map ${name}`)
      return String(text)
    }
    if (fieldRef !== undefined) return fieldOf(info, fieldRef.fieldPath)
    if (resourceFieldRef === undefined) throw new KubectlFailure('invalid valueFrom')
    return resourceValue(resourceFieldRef, container as unknown as Container)
  }

  #dataOf(plural: string, name: string): JsonObject {
    const { client, namespace } = this.#run
    const place = `/api/v1/namespaces/${encodeURIComponent(namespace)}`
    const object = client.get(`${place}/${plural}/${encodeURIComponent(name)}`)
    return (object['data'] ?? {}) as JsonObject
  }
}

const SUBSCRIPT = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/s

/** kubernetes: pkg/fieldpath ExtractFieldPathAsString */
const fieldOf = ({ object }: Info, path: string): string => {
  const metadata = metadataOf(object)
  const [, field, key = ''] = SUBSCRIPT.exec(path) ?? []
  if (field !== undefined) {
    const texts = field === 'metadata.labels' ? metadata.labels : metadata.annotations
    return own(texts, key) ?? ''
  }
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return formatted(metadata.labels)
    case 'metadata.annotations':
      return formatted(metadata.annotations)
    default:
      throw new KubectlFailure(`unsupported fieldPath: ${path}`)
  }
}

const formatted = (texts: JsonObject = {}): string =>
  Object.keys(texts)
    .toSorted()
    .map((key) => `${key}=${JSON.stringify(texts[key])}`)
    .join('\n')

/** kubernetes: GetEnvVarRefString */
const referenceText = (from: Source): string => {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from
  if (configMapKeyRef !== undefined)
    return `configmap ${configMapKeyRef.name ?? ''}, key ${configMapKeyRef.key}`
  if (secretKeyRef !== undefined)
    return `secret ${secretKeyRef.name ?? ''}, key ${secretKeyRef.key}`
  if (fieldRef !== undefined) return `field path ${fieldRef.fieldPath}`
  if (resourceFieldRef === undefined) return 'invalid valueFrom'
  const { containerName = '', resource } = resourceFieldRef
  return `resource field ${containerName === '' ? '' : `${containerName}/`}${resource}`
}
