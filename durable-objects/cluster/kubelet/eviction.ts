// Pods that use more of their machine's disk than they may are evicted. kubernetes: pkg/kubelet/eviction/eviction_manager.go localStorageEviction
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import { podLimits } from '#api/core/v1/pod/resource-sums.ts'
import { own } from '#apimachinery/object.ts'
import { formatQuantity, quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import type { DiskUse } from '#images/behaviour.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { PodRun } from '#kubelet/pod-run.ts'
import { weightWithin } from '#shell/files/node.ts'

/** How often the kubelet looks. */
const PERIOD_MS = 10_000
const NAME = 'ephemeral-storage'

export interface Eviction {
  readonly at: number
  readonly message: string
}

/** What a container has on its disk, or what is in a volume, from some moment on. */
interface Use {
  readonly of: PodContainer | string
  readonly at: number
  readonly bytes: number
}

type Known = ReadonlyMap<Use['of'], number>

const limitOf = ({ spec }: Pick<PodContainer, 'spec'>): string | undefined =>
  own(spec.resources?.limits, NAME)

/** What is kept in memory does not grow beyond its limit. */
const isOnDisk = ({ emptyDir }: Volume): boolean =>
  emptyDir !== undefined && emptyDir.medium !== 'Memory'

const isLimited = (volume: Volume): boolean =>
  volume.emptyDir?.sizeLimit !== undefined && isOnDisk(volume)

/** Whether it matters how much is in the volume. */
export const isWatched = ({ spec }: Pod, volume: Volume): boolean =>
  isLimited(volume) ||
  (isOnDisk(volume) && spec.containers.some((one) => limitOf({ spec: one }) !== undefined))

/** When it is seen that the Pod has too much, or undefined. */
export const evictionOf = (run: PodRun): Eviction | undefined => {
  if (run.isAlways) return undefined
  const { volumes } = run.pod.spec
  if (!run.containers.some((one) => limitOf(one) !== undefined) && !volumes?.some(isLimited))
    return undefined
  const uses = usesOf(run)
  const known = new Map<Use['of'], number>()
  for (const [index, { of, at, bytes }] of uses.entries()) {
    known.set(of, bytes)
    const look = Math.ceil(at / PERIOD_MS) * PERIOD_MS
    const next = uses[index + 1]
    if (next !== undefined && next.at <= look) continue
    const message = excess(run, known)
    if (message !== undefined) return { at: look, message }
  }
  return undefined
}

const usesOf = (run: PodRun): readonly Use[] => {
  const uses: Use[] = seenIn(run)
  const add = (of: Use['of'], startedAt: number, disk: readonly DiskUse[]): void => {
    for (const { after, bytes } of disk) uses.push({ of, at: startedAt + after, bytes })
  }
  for (const container of run.containers) {
    const { phase, at } = run.of(container)
    if (phase !== 'running') continue
    const { disk = [], volumeDisk = {} } = run.process(container)
    add(container, at, disk)
    for (const name of Object.keys(volumeDisk)) add(name, at, own(volumeDisk, name)!)
  }
  return uses.sort((a, b) => a.at - b.at)
}

/** What others have written into volumes, by hand or before. */
const seenIn = (run: PodRun): Use[] =>
  (run.pod.spec.volumes ?? []).flatMap((volume) => {
    if (!isWatched(run.pod, volume)) return []
    const states = run.facts.volumes?.states.get(volume.name) ?? []
    return states.map(({ at, tree }) => ({
      of: volume.name,
      at: Math.max(at, run.since),
      bytes: weightWithin(tree),
    }))
  })

const excess = (run: PodRun, known: Known): string | undefined => {
  for (const { name, emptyDir } of run.pod.spec.volumes ?? []) {
    const used = known.get(name) ?? 0
    if (emptyDir?.sizeLimit === undefined || used === 0) continue
    const size = quantityOf(emptyDir.sizeLimit)
    const most = quantityValue(size)
    if (most > 0 && used > most)
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${formatQuantity(size)}". `
  }
  const limit = podLimits(run.pod.spec).get(NAME)
  const used = [...known.values()].reduce((sum, bytes) => sum + bytes, 0)
  if (limit !== undefined && used > quantityValue(limit))
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${formatQuantity(limit)}. `
  for (const [of, bytes] of known) {
    if (typeof of === 'string') continue
    const most = limitOf(of)
    if (most !== undefined && bytes > quantityValue(quantityOf(most)))
      return `Container ${of.spec.name} exceeded its local ephemeral storage limit "${most}". `
  }
  return undefined
}
