// Pods that use more of their machine's disk than they may are evicted. kubernetes: pkg/kubelet/eviction/eviction_manager.go localStorageEviction
import { podLimits } from '#api/core/v1/pod/resource-sums.ts'
import { own } from '#apimachinery/object.ts'
import { formatQuantity, quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { PodRun } from '#kubelet/pod-run.ts'

/** How often the kubelet looks. */
const PERIOD_MS = 10_000
const NAME = 'ephemeral-storage'

export interface Eviction {
  readonly at: number
  readonly message: string
}

/** What a container has on its disk from some moment on. */
interface Use {
  readonly container: PodContainer
  readonly at: number
  readonly bytes: number
}

const limitOf = ({ spec }: PodContainer): string | undefined => own(spec.resources?.limits, NAME)

/** When it is seen that the Pod has too much, or undefined. */
export const evictionOf = (run: PodRun): Eviction | undefined => {
  if (run.isAlways || !run.containers.some((container) => limitOf(container) !== undefined))
    return undefined
  const uses = usesOf(run)
  const known = new Map<PodContainer, number>()
  for (const [index, { container, at, bytes }] of uses.entries()) {
    known.set(container, bytes)
    const look = Math.ceil(at / PERIOD_MS) * PERIOD_MS
    const next = uses[index + 1]
    if (next !== undefined && next.at <= look) continue
    const message = excess(run, known)
    if (message !== undefined) return { at: look, message }
  }
  return undefined
}

const usesOf = (run: PodRun): readonly Use[] =>
  run.containers
    .flatMap((container) => {
      const { phase, at } = run.of(container)
      if (phase !== 'running') return []
      const { disk = [] } = run.process(container)
      return disk.map(({ after, bytes }) => ({ container, at: at + after, bytes }))
    })
    .toSorted((a, b) => a.at - b.at)

const excess = (run: PodRun, known: ReadonlyMap<PodContainer, number>): string | undefined => {
  const limit = podLimits(run.pod.spec).get(NAME)
  const used = [...known.values()].reduce((sum, bytes) => sum + bytes, 0)
  if (limit !== undefined && used > quantityValue(limit))
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${formatQuantity(limit)}. `
  for (const [container, bytes] of known) {
    const most = limitOf(container)
    if (most !== undefined && bytes > quantityValue(quantityOf(most)))
      return `Container ${container.spec.name} exceeded its local ephemeral storage limit "${most}". `
  }
  return undefined
}
