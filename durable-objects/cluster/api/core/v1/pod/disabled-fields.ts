// Fields behind feature gates that are off in 1.36 are dropped wherever a Pod's spec stands. kubernetes: pkg/api/pod/util.go dropDisabledFields
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import { assign, mapShared } from '#apimachinery/object.ts'

/** GenericWorkload, ContainerStopSignals, ClusterTrustBundleProjection, PodCertificateRequest. */
export const dropDisabledFields = (spec: PodSpec): PodSpec => {
  const { containers, initContainers, ephemeralContainers, volumes } = spec
  return assign(spec, {
    schedulingGroup: undefined,
    containers: containers && mapShared(containers, withoutStopSignal),
    initContainers: initContainers && mapShared(initContainers, withoutStopSignal),
    ephemeralContainers: ephemeralContainers && mapShared(ephemeralContainers, withoutStopSignal),
    volumes: volumes && mapShared(volumes, withoutCertificates),
  })
}

const withoutStopSignal = <C extends Pick<Container, 'lifecycle'>>(container: C): C => {
  if (container.lifecycle?.stopSignal === undefined) return container
  const { stopSignal: _stopSignal, ...rest } = container.lifecycle
  const lifecycle = Object.keys(rest).length === 0 ? undefined : rest
  return assign<Pick<Container, 'lifecycle'>>(container, { lifecycle }) as C
}

/** What is left of such a source is empty. */
const withoutCertificates = (volume: Volume): Volume => {
  const { projected } = volume
  // a required list that is left out is null when it was decoded
  const given = projected?.sources ?? []
  if (projected === undefined || given.length === 0) return volume
  const sources = mapShared(given, (source) =>
    assign(source, { clusterTrustBundle: undefined, podCertificate: undefined }),
  )
  return assign(volume, { projected: assign(projected, { sources }) })
}
