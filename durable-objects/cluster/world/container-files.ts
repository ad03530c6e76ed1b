// The files that a container's programs see, as far as anybody knows them: what is mounted, what the kubelet writes, what it kept itself.
import type { VolumeMount } from '#api/core/v1/pod/container-types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import { decodeBase64 } from '#apimachinery/base64.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import type { Client } from '#client/client.ts'
import { hostsFileText } from '#coredns/hosts-file.ts'
import { podResolvConf, resolvConfText } from '#coredns/resolv-conf.ts'
import type { Self, Store } from '#images/behaviour.ts'
import { hostnameOf } from '#world/pods.ts'

type ReadFile = NonNullable<Self['file']>
type Files = ReadonlyMap<string, string>

export const filesOf =
  (client: Client, pod: Pod, { volumeMounts = [] }: Container, store: Store): ReadFile =>
  (path) => {
    const mount = volumeMounts
      .filter(({ mountPath }) => path === mountPath || path.startsWith(`${trimmed(mountPath)}/`))
      .toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0]
    const volume = pod.spec.volumes?.find(({ name }) => name === mount?.name)
    const files = volume === undefined ? undefined : filesIn(client, pod, volume)
    if (mount !== undefined && files !== undefined) return found(files, mount, path)
    return store.get(path) ?? written(pod, path)
  }

const trimmed = (path: string): string => path.replace(/\/+$/, '')

const written = (pod: Pod, path: string): string | undefined => {
  if (path === '/etc/hosts') return hostsFileText(pod)
  if (path === '/etc/resolv.conf') return resolvConfText(podResolvConf(pod))
  return path === '/etc/hostname' ? `${hostnameOf(pod)}\n` : undefined
}

const found = (
  files: Files,
  { mountPath, subPath = '' }: VolumeMount,
  path: string,
): string | readonly string[] | undefined => {
  const inVolume = `${subPath}${path.slice(trimmed(mountPath).length)}`.replace(/^\/+|\/+$/g, '')
  const text = files.get(inVolume)
  if (text !== undefined) return text
  const directory = inVolume === '' ? '' : `${inVolume}/`
  const names = [...files.keys()]
    .filter((name) => name.startsWith(directory))
    .map((name) => name.slice(directory.length).split('/')[0]!)
  return names.length === 0 && inVolume !== '' ? undefined : [...new Set(names)].sort()
}

/** undefined: not made of objects. */
const filesIn = (client: Client, { metadata }: Pod, volume: Volume): Files | undefined => {
  const { namespace = '' } = metadata
  const { configMap, secret } = volume
  if (configMap !== undefined) {
    const { data = {} } = client.get('configmaps', namespace, configMap.name ?? '') ?? {}
    return named(data, configMap.items)
  }
  if (secret === undefined) return undefined
  const { data = {} } = client.get('secrets', namespace, secret.secretName ?? '') ?? {}
  const texts = Object.entries(data).map(
    ([key, base64]) => [key, decodeUtf8Loosely(decodeBase64(base64))] as const,
  )
  return named(Object.fromEntries(texts), secret.items)
}

const named = (
  data: Readonly<Record<string, string>>,
  items: readonly { readonly key: string; readonly path: string }[] | undefined,
): Files => {
  const all = new Map(Object.entries(data))
  if (items === undefined) return all
  const chosen = items.map(({ key, path }) => [path, all.get(key)] as const)
  return new Map(chosen.filter((entry): entry is [string, string] => entry[1] !== undefined))
}
