// What is mounted for a container's first process: its volumes, and the files that the kubelet writes, as soon as somebody looks at them.
import type { ProgramContext } from '#images/behaviour.ts'
import type { Network, ResolvConf } from '#images/network.ts'
import { type MountedTree, type RunPlace, TimedVolume, VolumePart } from '#images/run-place.ts'
import { FileSystem } from '#shell/files/file-system.ts'
import { type DirectoryNode, file, type Node } from '#shell/files/node.ts'
import { type Volume, volumeOf } from '#shell/files/volume.ts'
import { userName, users } from '#shell/tools/files/owners.ts'
import type { User } from '#shell/tools/tool.ts'

const ROOT: User = { name: 'root', uid: 0, gid: 0, home: '/root' }

/** By the image's own list of users, as far as it is known. */
export const userIn = (tree: DirectoryNode, place: RunPlace | undefined): User => {
  if (place?.user === undefined) return ROOT
  const { uid = 0, ...more } = place.user
  const files = new FileSystem(volumeOf(tree), { now: () => 0 })
  const { gid = 0, home = '/' } = users(files).find((user) => user.uid === uid) ?? {}
  return { name: userName(files, uid), uid, gid, home, ...more }
}

export const mountAll = (
  files: FileSystem,
  { place, networkAt, hostname = '' }: ProgramContext,
  time: () => number,
): readonly TimedVolume[] => {
  if (networkAt !== undefined) {
    const network = (path: string) => networkAt(time(), [path])
    mountFile(files, '/etc/hosts', () => network('/etc/hosts').hosts)
    mountFile(files, '/etc/resolv.conf', () => resolvConf(network('/etc/resolv.conf').resolvConf))
    mountFile(files, '/etc/hostname', () => `${hostname}\n`)
  }
  return mountVolumes(files, place?.mounts() ?? [], time)
}

const mountVolumes = (
  files: FileSystem,
  mounts: readonly MountedTree[],
  time: () => number,
): readonly TimedVolume[] => {
  const written = new Map<string, TimedVolume>()
  return mounts.map((mount) => {
    const { path, readOnly, names, isWritten } = mount
    const volume = written.get(mount.volume) ?? new TimedVolume(mount, time)
    if (isWritten) written.set(mount.volume, volume)
    // what is part of a volume of objects may be a file
    if (!isWritten && names.length > 0) volume.open()
    files.mount(
      path,
      isWritten && names.length > 0 ? new VolumePart(volume, names) : volume,
      readOnly,
    )
    volume.open()
    return volume
  })
}

/** Nobody is asked for the text before somebody reads it. */
const mountFile = (files: FileSystem, path: string, text: () => string): void => {
  let isMounted = false
  let node: Node | undefined
  const volume: Volume = {
    used: 0,
    limit: 0,
    get tree() {
      if (!isMounted) return file('')
      return (node ??= file(text()))
    },
    set tree(tree) {
      node = tree
    },
  }
  files.mount(path, volume)
  isMounted = true
}

/** As cri-dockerd writes it; `network` knows no other options. */
const resolvConf = ({ nameservers, searches, ndots }: Network['resolvConf']): string =>
  [
    ...nameservers.map((address) => `nameserver ${address}\n`),
    ...(searches.length > 0 ? [`search ${searches.join(' ')}\n`] : []),
    ...(ndots === DEFAULT_NDOTS ? [] : [`options ndots:${ndots}\n`]),
  ].join('')

const DEFAULT_NDOTS: ResolvConf['ndots'] = 1
