// kubernetes: pkg/apis/core/v1/defaults.go, zz_generated.defaults.go
import type {
  DownwardAPIVolumeFile,
  Volume,
  VolumeProjection,
} from '#api/core/v1/pod/volume-types.ts'
import { defaultPullPolicy, defaultResourceField } from '#api/core/v1/pod/defaults-containers.ts'
import { defaultResourceList } from '#api/core/v1/pod/defaults-resources.ts'
import { assign, fill, mapShared } from '#apimachinery/object.ts'
import { canonicalQuantity } from '#apimachinery/quantity.ts'

/** rw-r--r-- */
const FILE_MODE = 0o644
const HOUR_IN_SECONDS = 3600

/** A volume of no kind is an empty directory. */
export const defaultVolume = (volume: Volume): Volume => {
  if (Object.keys(volume).every((key) => key === 'name')) return { ...volume, emptyDir: {} }
  return defaultAttached(
    assign(volume, {
      hostPath: volume.hostPath && fill(volume.hostPath, HOST_PATH),
      emptyDir:
        volume.emptyDir?.sizeLimit === undefined
          ? volume.emptyDir
          : assign(volume.emptyDir, { sizeLimit: canonicalQuantity(volume.emptyDir.sizeLimit) }),
      secret: volume.secret && fill(volume.secret, { defaultMode: FILE_MODE }),
      configMap: volume.configMap && fill(volume.configMap, { defaultMode: FILE_MODE }),
      downwardAPI:
        volume.downwardAPI &&
        fill(assign(volume.downwardAPI, { items: downwardItems(volume.downwardAPI.items) }), {
          defaultMode: FILE_MODE,
        }),
      projected:
        volume.projected &&
        fill(
          assign(volume.projected, {
            sources:
              volume.projected.sources && mapShared(volume.projected.sources, defaultProjection),
          }),
          { defaultMode: FILE_MODE },
        ),
      image:
        volume.image &&
        fill(volume.image, { pullPolicy: defaultPullPolicy(volume.image.reference) }),
      ephemeral: volume.ephemeral && defaultEphemeral(volume.ephemeral),
    }),
  )
}

/** The unset type of a host path is the empty text, which is written. */
const HOST_PATH = Object.freeze({ type: '' as 'File' })

const downwardItems = (
  items: readonly DownwardAPIVolumeFile[] | undefined,
): readonly DownwardAPIVolumeFile[] | undefined =>
  items &&
  mapShared(items, (item) =>
    assign(item, {
      fieldRef: item.fieldRef && fill(item.fieldRef, { apiVersion: 'v1' }),
      resourceFieldRef: item.resourceFieldRef && defaultResourceField(item.resourceFieldRef),
    }),
  )

const defaultProjection = (source: VolumeProjection): VolumeProjection =>
  assign(source, {
    downwardAPI:
      source.downwardAPI &&
      assign(source.downwardAPI, { items: downwardItems(source.downwardAPI.items) }),
    serviceAccountToken:
      source.serviceAccountToken &&
      fill(source.serviceAccountToken, { expirationSeconds: HOUR_IN_SECONDS }),
  })

type Ephemeral = NonNullable<Volume['ephemeral']>

const defaultEphemeral = (ephemeral: Ephemeral): Ephemeral => {
  const template = ephemeral.volumeClaimTemplate
  if (template === undefined) return ephemeral
  const { spec } = template
  const resources =
    spec.resources &&
    assign(spec.resources, {
      limits: defaultResourceList(spec.resources.limits),
      requests: defaultResourceList(spec.resources.requests),
    })
  return assign(ephemeral, {
    volumeClaimTemplate: assign(template, {
      spec: fill(assign(spec, { resources }), { volumeMode: 'Filesystem' }),
    }),
  })
}

/** Volumes of storage systems, of which few are used any more. */
const defaultAttached = (volume: Volume): Volume =>
  assign(volume, {
    iscsi: volume.iscsi && fill(volume.iscsi, { iscsiInterface: 'default' }),
    rbd:
      volume.rbd && fill(volume.rbd, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
    azureDisk:
      volume.azureDisk &&
      fill(volume.azureDisk, {
        cachingMode: 'ReadWrite',
        fsType: 'ext4',
        readOnly: false,
        kind: 'Shared',
      }),
    scaleIO:
      volume.scaleIO && fill(volume.scaleIO, { storageMode: 'ThinProvisioned', fsType: 'xfs' }),
  })
