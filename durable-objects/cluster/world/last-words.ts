// The end of a container's log: what its program said, and what it said while it answered.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { ComponentContext } from '#client/component.ts'
import { ContainerDisks } from '#kubelet/container-disk.ts'
import { RunningContainers } from '#kubelet/running-containers.ts'

const MOST_LINES = 20

/** Of a container that ended; the oldest line first. */
export const lastWords = (
  context: Pick<ComponentContext, 'client' | 'memory' | 'settings'>,
  pod: Pod,
  container: string,
): readonly string[] => {
  const ended = new RunningContainers(context).ended(pod, container)
  const { log = [], ends } = ended?.process ?? {}
  const said = log.filter(({ after }) => after <= (ends?.after ?? Infinity))
  const kept = new ContainerDisks(context.memory).linesOf(
    keyOf(pod),
    pod.metadata.uid ?? '',
    container,
  )
  return [...said, ...kept].slice(-MOST_LINES).map(({ text }) => text)
}
