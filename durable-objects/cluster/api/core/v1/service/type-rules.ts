// Which fields of a Service mean something for which type.
// kubernetes: pkg/api/service/util.go, pkg/registry/core/service/strategy.go
import type { Service } from '#api/core/v1/service/types.ts'

export const NONE = 'None'

/** Even `None` counts as a value of clusterIP; only ExternalName has none. */
export const needsClusterIp = ({ spec }: Service): boolean => spec.type !== 'ExternalName'

export const needsNodePort = ({ spec }: Service): boolean =>
  spec.type === 'NodePort' || spec.type === 'LoadBalancer'

/** Load balancers must know which nodes have local endpoints. */
export const needsHealthCheck = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

export const isExternallyAccessible = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' ||
  spec.type === 'NodePort' ||
  (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0)

export const isHeadless = ({ spec }: Service): boolean =>
  spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === NONE

export const nodePortsOf = ({ spec }: Service): readonly number[] =>
  (spec.ports ?? []).flatMap(({ nodePort = 0 }) => (nodePort === 0 ? [] : [nodePort]))

/** The lists hold the same texts in the same order; absent and empty are the same. */
export const sameTexts = (
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): boolean =>
  (a?.length ?? 0) === (b?.length ?? 0) && (a ?? []).every((text, index) => text === b![index])
