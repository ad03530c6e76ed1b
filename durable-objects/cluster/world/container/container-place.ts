// One run of a container as somebody finds it who looks into it: who he is there, what lies there, what he can start.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Container, VolumeMount } from '#api/core/v1/pod/container-types.ts'
import { keyOf, own } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import { hostsFileText } from '#coredns/hosts-file.ts'
import { podResolvConf, resolvConfText } from '#coredns/resolv-conf.ts'
import type { ImageBehaviour } from '#images/behaviour.ts'
import { EMPTY_VOLUME, volumeSource } from '#kubelet/pod-volumes.ts'
import type { RunningContainer } from '#kubelet/running-containers.ts'
import { behindLinks, namesOf, subPathOf } from '#kubelet/sub-path.ts'
import { accountVolume, userOf as userOfPod } from '#kubelet/volume-history.ts'
import { MOST_WRITTEN } from '#kubelet/written-files.ts'
import { isFailure } from '#shell/files/failure.ts'
import { FileSystem } from '#shell/files/file-system.ts'
import { procTree } from '#shell/files/mounted.ts'
import { changesSince, type DirectoryNode, file, type Node } from '#shell/files/node.ts'
import { nodeAt, withPath } from '#shell/files/tree.ts'
import { type Volume, volumeOf } from '#shell/files/volume.ts'
import { userName, users } from '#shell/tools/files/owners.ts'
import type { User } from '#shell/tools/tool.ts'
import { imageTree } from '#world/container/image-files.ts'
import { ownFiles, volumeFilesOf, type WrittenPlace } from '#world/container/written-trees.ts'
import { hostnameOf } from '#world/pods.ts'
import type { Worlds } from '#world/world.ts'

export interface PlaceParts {
  readonly worlds: Worlds
  readonly pod: Pod
  readonly running: RunningContainer
  readonly image: ImageBehaviour
  readonly now: () => number
}

/** A tree that is fetched before somebody works in it, and put back after that. */
interface Part {
  readonly volume: Volume
  readonly fetch: () => Node
  /** The tree as it was then. */
  fetched?: Node
  readonly keep?: (tree: Node) => void
}

/** Written by the kubelet, one by one. */
const FILES: ReadonlySet<string> = new Set(['/etc/hosts', '/etc/resolv.conf', '/etc/hostname'])
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export class ContainerPlace {
  readonly files: FileSystem
  readonly user: User
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly #parts: PlaceParts
  readonly #trees: Part[] = []
  readonly #canonical = new Map<string, string>()

  constructor(parts: PlaceParts) {
    const { pod, running, image, now } = parts
    const { spec } = running
    this.#parts = parts
    this.cwd = spec.workingDir ?? '/'
    const root = this.#root()
    this.user = userOf(pod, spec, image, root.volume.tree)
    this.env = {
      PATH,
      HOSTNAME: hostnameOf(pod),
      ...running.env,
      HOME: own(running.env, 'HOME') ?? this.user.home,
    }
    const readOnlyRoot = spec.securityContext?.readOnlyRootFilesystem === true
    this.files = new FileSystem(root.volume, { now, user: this.user, readOnlyRoot })
    this.#mountAll()
    this.fetch()
  }

  /** Everything as it is now. */
  fetch(): void {
    for (const part of this.#trees) part.volume.tree = part.fetched = part.fetch()
  }

  /** Keeps what was written since. */
  keep(): void {
    for (const part of this.#trees) {
      const { volume, fetched, keep } = part
      if (fetched === volume.tree) continue
      keep?.(volume.tree)
      part.fetched = volume.tree
    }
  }

  #root(): Part {
    const { worlds, pod, running, image } = this.#parts
    const plain = imageTree(running.spec.image ?? '', image)
    const ready = this.#mountPoints(plain).reduce<Node>(
      (tree, path) => withPath(tree, namesOf(path), FILES.has(path)),
      plain,
    )
    return this.#written(() => ownFiles(worlds, pod, running, ready))
  }

  /** All that has to be there for something to be mounted on it, without links on the way. */
  #mountPoints(plain: Node): readonly string[] {
    const { volumeMounts = [] } = this.#parts.running.spec
    const files = new FileSystem(volumeOf(plain), { now: this.#parts.now })
    const paths = [this.cwd, ...FILES, SERVICE_ACCOUNT, ...volumeMounts.map((m) => m.mountPath)]
    for (const path of paths) this.#canonical.set(path, canonicalIn(files, path))
    return [...this.#canonical.values()]
  }

  #mount(path: string, volume: Volume, readOnly = false): void {
    this.files.mount(this.#canonical.get(path) ?? path, volume, readOnly)
  }

  /** What is written into it is kept. `names`: the part of it that is seen. */
  #written(files: () => WrittenPlace, names: readonly string[] = []): Part {
    const { written } = this.#parts.worlds
    const whole = (): Node => {
      const { place, base, more } = files()
      return written.treeOf(place, base, more).tree
    }
    const { place, base, device } = files()
    const part = this.#part(
      {
        fetch: () => nodeAt(withPath(whole(), names, false), names) ?? EMPTY_VOLUME,
        keep: (tree) => this.#keepWritten(files(), names, tree),
      },
      device,
    )
    part.volume.used = written.treeOf(place, base).used
    return part
  }

  #keepWritten(files: WrittenPlace, names: readonly string[], tree: Node): void {
    const { worlds, pod, now } = this.#parts
    const { place, base, more, volume, keptFrom = base } = files
    const before = worlds.written.treeOf(place, base, more).tree
    const after = putAt(before, names, tree)
    if (volume === undefined) return worlds.written.write(place, keptFrom, after)
    worlds.written.write(place, keptFrom, after, now())
    const change = changesSince(before, after)
    if (change !== undefined) worlds.parts.written(keyOf(pod), { volume, place, change })
  }

  #part(part: Omit<Part, 'volume'>, device?: string): Part {
    const whole = { ...part, volume: volumeOf(part.fetch(), MOST_WRITTEN, device) }
    this.#trees.push(whole)
    return whole
  }

  #mountAll(): void {
    const { worlds, pod, running } = this.#parts
    const mount = (path: string, text: () => string): void =>
      this.#mount(path, this.#part({ fetch: () => file(text()) }).volume)
    mount('/etc/hosts', () => hostsFileText(pod))
    mount('/etc/resolv.conf', () => resolvConfText(podResolvConf(pod)))
    mount('/etc/hostname', () => `${hostnameOf(pod)}\n`)
    this.#mount('/proc', volumeOf(this.#proc(), 0, 'proc'), true)
    const mounts = [...(running.spec.volumeMounts ?? [])].sort((a, b) =>
      a.mountPath < b.mountPath ? -1 : 1,
    )
    for (const one of mounts) this.#mountVolume(one)
    const isMounted = mounts.some(({ mountPath }) => mountPath.startsWith(SERVICE_ACCOUNT))
    if (isMounted || pod.spec.automountServiceAccountToken === false) return
    const fetch = (): Node => accountTree(worlds.parts.client, pod, running.spec)
    this.#mount(SERVICE_ACCOUNT, this.#part({ fetch }).volume, true)
  }

  #proc(): DirectoryNode {
    const { running, image } = this.#parts
    const { command = image.entrypoint, args } = running.spec
    return procTree({
      argv: [...command, ...(args ?? (running.spec.command === undefined ? image.cmd : []))],
      env: this.env,
      cpus: 4,
      memoryBytes: 8 * 1024 ** 3,
      kernel: '6.8.0',
    })
  }

  #mountVolume(mount: VolumeMount): void {
    const { worlds, pod, running } = this.#parts
    const { client } = worlds.parts
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name)
    if (volume === undefined) return
    const names = subPathOf(mount, this.env)
    const source = volumeSource(client, pod, running.spec, volume)
    if (source.kind === 'objects') {
      const fetch = (): Node => {
        const now = volumeSource(client, pod, running.spec, volume)
        const tree = now.kind === 'objects' ? now.tree : EMPTY_VOLUME
        return names.length === 0 ? tree : (behindLinks(tree, names) ?? file(''))
      }
      return this.#mount(mount.mountPath, this.#part({ fetch }).volume, true)
    }
    const files = (): WrittenPlace => volumeFilesOf(worlds, pod, running.spec, volume)!
    const part = this.#written(files, names)
    this.#mount(mount.mountPath, part.volume, mount.readOnly === true)
  }
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

const accountTree = (client: Client, pod: Pod, container: Container): Node => {
  const source = volumeSource(client, pod, container, accountVolume)
  return source.kind === 'objects' ? source.tree : EMPTY_VOLUME
}

/** What of the path is there may lead elsewhere: `/var/run` is `/run`. */
const canonicalIn = (files: FileSystem, path: string): string => {
  const names = namesOf(path)
  for (let length = names.length; length > 0; length--) {
    const real = files.realpath(`/${names.slice(0, length).join('/')}`)
    if (isFailure(real)) continue
    return [real === '/' ? '' : real, ...names.slice(length)].join('/')
  }
  return `/${names.join('/')}`
}

const putAt = (tree: Node, names: readonly string[], node: Node): Node => {
  const [name, ...rest] = names
  if (name === undefined || tree.kind !== 'directory') return node
  const inner = own(tree.entries, name) ?? EMPTY_VOLUME
  return { ...tree, entries: { ...tree.entries, [name]: putAt(inner, rest, node) } }
}

const userOf = (pod: Pod, container: Container, image: ImageBehaviour, root: Node): User => {
  const { uid = image.user, ...more } = userOfPod(pod, container) ?? {}
  const files = new FileSystem(volumeOf(root), { now: () => 0 })
  const { gid = 0, home = '/' } = users(files).find((user) => user.uid === uid) ?? {}
  return { name: userName(files, uid), uid, gid, home, ...more }
}
