// Which container of a Pod is meant. kubernetes: kubectl pkg/cmd/util/podcmd/podcmd.go
import type { Container, EphemeralContainer } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { own } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

type AnyContainer = Container | EphemeralContainer

export const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

export const initContainersOf = ({ spec }: Pod): readonly Container[] => spec.initContainers ?? []
export const ephemeralContainersOf = ({ spec }: Pod): readonly EphemeralContainer[] =>
  spec.ephemeralContainers ?? []

/** Undefined: the Pod has none of this name. */
export const containerNamed = (pod: Pod, name: string): AnyContainer | undefined =>
  [...pod.spec.containers, ...initContainersOf(pod), ...ephemeralContainersOf(pod)].find(
    (one) => one.name === name,
  )

export const isEphemeral = (pod: Pod, name: string): boolean =>
  [...pod.spec.containers, ...initContainersOf(pod)].every((one) => one.name !== name) &&
  ephemeralContainersOf(pod).some((one) => one.name === name)

/** `web, debugger (ephem), setup (init)` */
export const allContainerNames = (pod: Pod): string =>
  [
    ...pod.spec.containers.map(({ name }) => name),
    ...ephemeralContainersOf(pod).map(({ name }) => `${name} (ephem)`),
    ...initContainersOf(pod).map(({ name }) => `${name} (init)`),
  ].join(', ')

/** It has more containers than the one that is taken if nobody says which. */
export const hasSeveralContainers = (pod: Pod): boolean =>
  pod.spec.containers.length > 1 ||
  initContainersOf(pod).length > 0 ||
  ephemeralContainersOf(pod).length > 0

export const defaultContainerNameOf = (pod: Pod): string =>
  own(pod.metadata.annotations, DEFAULT_CONTAINER) ?? ''

/** kubernetes: FindOrDefaultContainerByName */
export const containerOrDefault = (
  run: Invocation,
  pod: Pod,
  name: string,
  isQuiet: boolean,
  say = (text: string): void => run.err(text),
): AnyContainer => {
  if (name !== '') {
    const found = containerNamed(pod, name)
    if (found !== undefined) return found
    throw new KubectlFailure(
      `container ${name} is not valid for pod ${pod.metadata.name} out of: ${allContainerNames(pod)}`,
    )
  }
  const preset = defaultContainerNameOf(pod)
  const marked = preset === '' ? undefined : containerNamed(pod, preset)
  if (marked !== undefined) return marked
  const first = pod.spec.containers[0]!
  if (!isQuiet && hasSeveralContainers(pod)) say(defaultText(pod, first.name))
  return first
}

const defaultText = (pod: Pod, name: string): string =>
  `Defaulted container ${JSON.stringify(name)} out of: ${allContainerNames(pod)}\n`

export const tellDefault = (run: Invocation, pod: Pod, name: string): void =>
  run.err(defaultText(pod, name))
