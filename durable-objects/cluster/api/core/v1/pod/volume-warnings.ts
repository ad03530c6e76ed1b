// kubernetes: pkg/api/pod/warnings.go
import type { Volume, VolumeProjection } from '#api/core/v1/pod/volume-types.ts'
import { quote } from '#apimachinery/field-error.ts'

/** Volume kinds that do nothing any more, with the name upstream gives them. */
const DEPRECATED: readonly (readonly [keyof Volume, string, string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

export const volumeWarnings = (
  volumes: readonly Volume[] | undefined,
  path: string,
): readonly string[] => {
  if (volumes === undefined) return []
  const deprecated = volumes.flatMap((volume, index) =>
    DEPRECATED.filter(([kind]) => volume[kind] !== undefined).map(
      ([, name, message]) => `${path}[${index}].${name}: ${message}`,
    ),
  )
  return [...deprecated, ...tokenWarnings(volumes, path)]
}

/** Files that lie where a token will be written. */
const tokenWarnings = (volumes: readonly Volume[], path: string): readonly string[] => {
  const sources = volumes.flatMap((volume) => volume.projected?.sources ?? [])
  const tokens = new Set(sources.flatMap((source) => source.serviceAccountToken?.path ?? []))
  if (tokens.size === 0) return []
  return volumes.flatMap((volume, index) =>
    (volume.projected?.sources ?? []).flatMap((source) =>
      filesOf(source)
        .filter(([, file]) => tokens.has(file))
        .map(
          ([place, file]) =>
            `${path}[${index}].projected.sources.${place}: has duplicated path with ServiceAccountToken ${quote(file)}`,
        ),
    ),
  )
}

const filesOf = (source: VolumeProjection): readonly (readonly [string, string])[] => [
  ...(source.configMap?.items ?? []).map(({ path }, i) => [`configMap[${i}]`, path] as const),
  ...(source.secret?.items ?? []).map(({ path }, i) => [`secrets[${i}]`, path] as const),
  ...(source.downwardAPI?.items ?? []).map(({ path }, i) => [`downwardAPI[${i}]`, path] as const),
  ...(source.clusterTrustBundle === undefined
    ? []
    : [['ClusterTrustBundle', source.clusterTrustBundle.path] as const]),
]
