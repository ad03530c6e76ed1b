// kubernetes: pod-security-admission policy/helpers.go, policy/visitor.go
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { quote } from '#apimachinery/field-error.ts'

/** Why a Pod is too free for a level. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

export type Check = (spec: PodSpec, metadata: ObjectMeta) => Violation | undefined

/** Ephemeral containers have all that checks look at. */
export const containersOf = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...(spec.ephemeralContainers ?? []),
]

export const quoted = (names: readonly string[]): string => names.map(quote).join(', ')

export const plural = (one: string, many: string, count: number): string =>
  count === 1 ? one : many

/** `container "a"`, `containers "a", "b"` */
export const containersText = (names: readonly string[]): string =>
  `${plural('container', 'containers', names.length)} ${quoted(names)}`

export const namesWhere = (
  spec: PodSpec,
  holds: (container: Container) => boolean,
): readonly string[] =>
  containersOf(spec)
    .filter(holds)
    .map(({ name }) => name)

/** `pod and containers "a", "b"`: who sets something that must not be set. */
export const settersText = (pod: boolean, containers: readonly string[]): string =>
  [...(pod ? ['pod'] : []), ...(containers.length === 0 ? [] : [containersText(containers)])].join(
    ' and ',
  )

export const sortedSet = (values: Iterable<string>): readonly string[] =>
  [...new Set(values)].sort()

export const isWindows = (spec: PodSpec): boolean => spec.os?.name === 'windows'
