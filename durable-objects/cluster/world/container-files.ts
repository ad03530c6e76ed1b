// The files that a container's programs see, as far as anybody knows them: what is mounted, what the kubelet writes, what was written.
import type { VolumeMount } from '#api/core/v1/pod/container-types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import { hostsFileText } from '#coredns/hosts-file.ts'
import { podResolvConf, resolvConfText } from '#coredns/resolv-conf.ts'
import type { Self } from '#images/behaviour.ts'
import type { RunningContainer } from '#kubelet/running-containers.ts'
import { FileSystem } from '#shell/files/file-system.ts'
import { isFailure } from '#shell/files/failure.ts'
import { directory, type Node } from '#shell/files/node.ts'
import { nodeAt } from '#shell/files/tree.ts'
import { volumeOf } from '#shell/files/volume.ts'
import { imageTree } from '#world/container/image-files.ts'
import { volumeSource } from '#kubelet/pod-volumes.ts'
import { ownFiles, volumeFilesOf, type WrittenPlace } from '#world/container/written-trees.ts'
import { hostnameOf } from '#world/pods.ts'
import type { Worlds } from '#world/world.ts'

type ReadFile = NonNullable<Self['file']>

/** `worlds` absent: nobody has written anything. */
export const filesOf =
  (
    client: Client,
    pod: Pod,
    container: Container,
    worlds?: Worlds,
    running?: RunningContainer,
  ): ReadFile =>
  (path) => {
    const mount = (container.volumeMounts ?? [])
      .filter(({ mountPath }) => path === mountPath || path.startsWith(`${trimmed(mountPath)}/`))
      .toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0]
    const volume = pod.spec.volumes?.find(({ name }) => name === mount?.name)
    if (mount !== undefined && volume !== undefined) {
      const source = volumeSource(client, pod, container, volume)
      const inside = inVolume(mount, path)
      if (source.kind === 'objects') return read(source.tree, inside)
      const files = worlds === undefined ? undefined : volumeFilesOf(worlds, pod, container, volume)
      return files === undefined ? undefined : read(treeOf(worlds!, files), inside)
    }
    if (worlds === undefined || running === undefined) return written(pod, path)
    const image = worlds.containers.imageOf(pod, container, running.run)
    const files = ownFiles(worlds, pod, running, imageTree(container.image ?? '', image))
    return fromRoot(worlds, files, path) ?? written(pod, path)
  }

/** Whether a path leads to something that the image brought along and that is not there any more. */
export const goneFrom =
  (worlds: Worlds, pod: Pod, running: RunningContainer): NonNullable<Self['isGone']> =>
  (path) => {
    const { containers } = worlds
    const image = containers.imageOf(pod, running.spec, running.run)
    const plain = imageTree(running.spec.image ?? '', image)
    const names = path.split('/').filter((name) => name !== '')
    if (nodeAt(plain, names) === undefined) return false
    return nodeAt(treeOf(worlds, ownFiles(worlds, pod, running, plain)), names) === undefined
  }

const trimmed = (path: string): string => path.replace(/\/+$/, '')

const inVolume = ({ mountPath, subPath = '' }: VolumeMount, path: string): string =>
  `/${subPath}${path.slice(trimmed(mountPath).length)}`

const treeOf = ({ written: trees }: Worlds, { place, base, more }: WrittenPlace): Node =>
  trees.treeOf(place, base, more).tree

/** A text, or the names in a directory; links are followed. */
const read = (tree: Node, path: string): string | readonly string[] | undefined => {
  const root = tree.kind === 'directory' ? tree : directory({})
  const files = new FileSystem(volumeOf(root), { now: () => 0 })
  const text = files.read(path)
  if (!isFailure(text)) return text
  if (text.code !== 'EISDIR') return undefined
  const names = files.list(path)
  return isFailure(names) ? undefined : names.filter((name) => !name.startsWith('..'))
}

const fromRoot = (worlds: Worlds, files: WrittenPlace, path: string): string | undefined => {
  const names = path.split('/').filter((name) => name !== '')
  const node = nodeAt(treeOf(worlds, files), names)
  return node?.kind === 'file' ? node.text : undefined
}

const written = (pod: Pod, path: string): string | undefined => {
  if (path === '/etc/hosts') return hostsFileText(pod)
  if (path === '/etc/resolv.conf') return resolvConfText(podResolvConf(pod))
  return path === '/etc/hostname' ? `${hostnameOf(pod)}\n` : undefined
}
