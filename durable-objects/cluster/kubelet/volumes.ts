// What a pod's volumes wait for. kubernetes: pkg/volume/{configmap,secret,projected}
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import type { Secret } from '#api/core/v1/secret/types.ts'
import { own } from '#apimachinery/object.ts'

export interface VolumeSources {
  readonly configMap: (name: string) => ConfigMap | undefined
  readonly secret: (name: string) => Secret | undefined
}

type Keys = readonly { readonly key: string }[] | undefined

/** The message of the first volume that cannot be mounted; undefined: all can. */
export const mountFailure = (pod: Pod, sources: VolumeSources): string | undefined => {
  for (const volume of pod.spec.volumes ?? []) {
    const reason = failureOf(volume, sources)
    if (reason !== undefined)
      return `MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${reason}`
  }
  return undefined
}

const failureOf = (
  { configMap, secret, projected }: Volume,
  sources: VolumeSources,
): string | undefined => {
  if (configMap !== undefined) return configMapFailure(configMap.name ?? '', configMap, sources)
  if (secret !== undefined) return secretFailure(secret.secretName ?? '', secret, sources)
  const failures = (projected?.sources ?? []).flatMap((source) => {
    // Every namespace gets the root certificate in a moment: nobody waits for it here.
    if (source.configMap !== undefined && source.configMap.name !== 'kube-root-ca.crt')
      return configMapFailure(source.configMap.name ?? '', source.configMap, sources) ?? []
    if (source.secret !== undefined)
      return secretFailure(source.secret.name ?? '', source.secret, sources) ?? []
    return []
  })
  if (failures.length === 0) return undefined
  return failures.length === 1 ? failures[0] : `[${failures.join(', ')}]`
}

const configMapFailure = (
  name: string,
  { items, optional }: { readonly items?: Keys; readonly optional?: boolean },
  sources: VolumeSources,
): string | undefined => {
  if (optional === true) return undefined
  const found = sources.configMap(name)
  if (found === undefined) return `configmap ${JSON.stringify(name)} not found`
  const absent = items?.find(
    ({ key }) => own(found.data, key) === undefined && own(found.binaryData, key) === undefined,
  )
  return absent === undefined
    ? undefined
    : `configmap references non-existent config key: ${absent.key}`
}

const secretFailure = (
  name: string,
  { items, optional }: { readonly items?: Keys; readonly optional?: boolean },
  sources: VolumeSources,
): string | undefined => {
  if (optional === true) return undefined
  const found = sources.secret(name)
  if (found === undefined) return `secret ${JSON.stringify(name)} not found`
  const absent = items?.find(({ key }) => own(found.data, key) === undefined)
  return absent === undefined ? undefined : `references non-existent secret key: ${absent.key}`
}
