// What programs themselves have written up to now, as trees: into their container, and into volumes that they share.
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import { keyOf, type Mutable, own } from '#apimachinery/object.ts'
import { containersOf } from '#kubelet/pod-facts.ts'
import { volumeSource } from '#kubelet/pod-volumes.ts'
import type { RunningContainer } from '#kubelet/running-containers.ts'
import type { WriteCounts } from '#kubelet/volume-history.ts'
import { isUnder, withWrites, type Written, writesBetween, writesIn } from '#kubelet/write-tree.ts'
import { containerFiles, type FilePlace } from '#kubelet/written-files.ts'
import { directory, type Node } from '#shell/files/node.ts'
import type { Worlds } from '#world/world.ts'

/** Where something lies that is written, and what programs have written there. */
export interface WrittenPlace {
  readonly place: FilePlace
  readonly base: Node
  /** What programs have written up to now, whether it is in `base` or not. */
  readonly more?: readonly Written[]
  /** The Pod's name for the volume. */
  readonly volume?: string
  /** What others begin with who do not see what this Pod's programs write. */
  readonly keptFrom?: Node
  readonly device?: string
}

const NOTHING = directory({})

/** The container's own files; `base` is what the image brings along. */
export const ownFiles = (
  worlds: Worlds,
  pod: Pod,
  { spec, run, process, startedAt }: RunningContainer,
  base: Node = NOTHING,
): WrittenPlace => {
  const uid = pod.metadata.uid ?? ''
  const texts = worlds.disks.textsOf({ pod: keyOf(pod), uid, container: spec, run })
  const written = writesBetween(process.writes, startedAt, -1, worlds.parts.client.now())
  const mounts = (spec.volumeMounts ?? []).map(({ mountPath }) => mountPath)
  const all = [...keptTexts(texts), ...written].filter(({ path }) => !isUnderAny(path, mounts))
  return { place: containerFiles(keyOf(pod), uid, spec.name, run), base: withWrites(base, all) }
}

/** undefined: it is made of objects. */
export const volumeFilesOf = (
  worlds: Worlds,
  pod: Pod,
  container: Container,
  volume: Volume,
): WrittenPlace | undefined => {
  const source = volumeSource(worlds.parts.client, pod, container, volume)
  if (source.kind === 'objects') return undefined
  const { name } = volume
  const texts = keptTexts(worlds.disks.volumeTexts(keyOf(pod), pod.metadata.uid ?? '', name))
  const more = volumeWrites(worlds, pod, name)
  const seen = worlds.containers.volumesOf(pod).get(name)?.at(-1)
  const fresh = seen === undefined ? more : volumeWrites(worlds, pod, name, seen.writes)
  const base = withWrites(seen?.tree ?? source.base, [...texts, ...fresh])
  const files: Mutable<WrittenPlace> = { place: source.place, base, more, volume: name }
  if (source.place.pod === undefined) files.keptFrom = source.base
  if (source.device !== undefined) files.device = source.device
  return files
}

const keptTexts = (texts: Readonly<Record<string, string>>): readonly Written[] =>
  Object.keys(texts)
    .filter((path) => path.startsWith('/'))
    .map((path) => ({ path, at: 0, text: own(texts, path)! }))

/** Of all containers that mount the volume, those that have ended among them, in the order of time. */
const volumeWrites = (
  worlds: Worlds,
  pod: Pod,
  volume: string,
  /** Those that are known already. */
  counts?: WriteCounts,
): readonly Written[] => {
  const record = worlds.containers.recordOf(pod)
  const now = worlds.parts.client.now()
  const all = containersOf(pod).flatMap((container) => {
    const { spec } = container
    const mounts = (spec.volumeMounts ?? []).filter(({ name }) => name === volume)
    const state = record?.containers.get(spec.name)
    if (mounts.length === 0 || state === undefined) return []
    const isRunning = state.phase === 'running'
    const startedAt = isRunning ? state.at : state.exit?.startedAt
    if (startedAt === undefined) return []
    const { writes } = worlds.containers.processOf(pod, container, state.restarts, startedAt)
    const until = isRunning ? now : Math.min(now, state.exit!.finishedAt)
    const known = own(counts, `${spec.name}/${state.restarts}`) ?? 0
    return writesIn(writesBetween(writes?.slice(known), startedAt, -1, until), mounts)
  })
  return all.toSorted((a, b) => a.at - b.at)
}

const isUnderAny = (path: string, directories: readonly string[]): boolean =>
  directories.some((each) => isUnder(path, each))
