// What programs themselves have written up to now, as trees: into their container, and into volumes that they share.
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import { keyOf, own } from '#apimachinery/object.ts'
import type { FileWrite } from '#images/behaviour.ts'
import { containersOf } from '#kubelet/pod-facts.ts'
import type { RunningContainer } from '#kubelet/running-containers.ts'
import { containerFiles, type FilePlace } from '#kubelet/written-files.ts'
import { directory, file, type Node } from '#shell/files/node.ts'
import { nodeAt, replaced, withPath } from '#shell/files/tree.ts'
import { EMPTY_VOLUME, volumeSource } from '#world/container/pod-volumes.ts'
import type { Worlds } from '#world/world.ts'

interface Written {
  readonly path: string
  readonly at: number
  readonly text?: string
  readonly isMore?: true
}

/** Where something lies that is written, and what programs have written there. */
export interface WrittenPlace {
  readonly place: FilePlace
  readonly base: Node
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
  const written = writesUntil(process.writes, startedAt, worlds.parts.client.now())
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
  const texts = worlds.disks.volumeTexts(keyOf(pod), pod.metadata.uid ?? '', volume.name)
  const all = [...keptTexts(texts), ...volumeWrites(worlds, pod, volume.name)]
  const { place, device } = source
  const base = withWrites(EMPTY_VOLUME, all)
  return device === undefined ? { place, base } : { place, base, device }
}

const keptTexts = (texts: Readonly<Record<string, string>>): readonly Written[] =>
  Object.keys(texts)
    .filter((path) => path.startsWith('/'))
    .map((path) => ({ path, at: 0, text: own(texts, path)! }))

const writesUntil = (
  writes: readonly FileWrite[] | undefined,
  startedAt: number,
  now: number,
): readonly Written[] => {
  if (writes === undefined) return []
  return writes
    .filter(({ after }) => startedAt + after <= now)
    .map(({ after, ...write }) => ({ ...write, at: startedAt + after }))
}

/** Of all containers that mount the volume, those that have ended among them, in the order of time. */
const volumeWrites = (worlds: Worlds, pod: Pod, volume: string): readonly Written[] => {
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
    return writesUntil(writes, startedAt, until).flatMap((write) => {
      const mount = mounts.find(({ mountPath }) => isUnderAny(write.path, [mountPath]))
      if (mount === undefined) return []
      const inside = write.path.slice(mount.mountPath.replace(/\/+$/, '').length)
      return [{ ...write, path: `/${mount.subPath ?? ''}${inside}` }]
    })
  })
  return all.toSorted((a, b) => a.at - b.at)
}

const isUnderAny = (path: string, directories: readonly string[]): boolean =>
  directories.some((each) => `${path}/`.startsWith(`${each.replace(/\/+$/, '')}/`))

const withWrites = (tree: Node, writes: readonly Written[]): Node => {
  let result = tree
  for (const { path, text, isMore, at } of writes) {
    const names = path.split('/').filter((name) => name !== '')
    if (names.length === 0) continue
    const before = nodeAt(result, names)
    if (text === undefined) {
      if (before !== undefined) result = replaced(result, names, 0, undefined, at)
      continue
    }
    const all = isMore === true && before?.kind === 'file' ? before.text + text : text
    result = replaced(withPath(result, names, true), names, 0, file(all, 0o644, at), at)
  }
  return result
}
