// What a Pod's volumes held while its programs ran, as far as these have looked: a process is worked out anew whenever it is needed, while
// ConfigMaps change and other containers write. Volumes at which no program looks cost nothing.
import type { Container, VolumeMount } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import { equal, type Mutable, own } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { MountedTree, RunPlace, TreeChange } from '#images/run-place.ts'
import { isWatched } from '#kubelet/eviction.ts'
import type { EnvironmentMap } from '#kubelet/environment.ts'
import { EMPTY_VOLUME, isOfObjects, type VolumeSource, volumeSource } from '#kubelet/pod-volumes.ts'
import { behindLinks, namesOf, subPathOf } from '#kubelet/sub-path.ts'
import { withWrites, type Written } from '#kubelet/write-tree.ts'
import type { FilePlace, WrittenFiles } from '#kubelet/written-files.ts'
import { applyChange, type Change, file, type Node } from '#shell/files/node.ts'
import { withPath } from '#shell/files/tree.ts'

/** What a volume held from some moment on. */
export interface VolumeState {
  /** Milliseconds since 1970; 0: ever since. */
  readonly at: number
  readonly tree: Node
  /** How many writes of which runs are in it. */
  readonly writes?: WriteCounts
}

/** By container and run: `web/0`. */
export type WriteCounts = Readonly<Record<string, number>>

/** When a run of a container began, and which run it is. */
export interface RunStart {
  /** Milliseconds since 1970. */
  readonly at: number
  /** How often the container had been restarted. */
  readonly run: number
}

export type VolumeStates = ReadonlyMap<string, readonly VolumeState[]>

type WrittenSource = Extract<VolumeSource, { readonly kind: 'written' }>

/** The name of the mount that every container has. */
const ACCOUNT = 'kube-api-access'
const ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
/** Of one volume; what comes after that nobody sees any more. */
const MOST_STATES = 100
const MOST_TEXT = 512 * 1024

interface Parts {
  readonly client: Client
  readonly pod: Pod
  readonly known: VolumeStates
  readonly files: WrittenFiles
}

export class VolumeHistory {
  readonly states: Map<string, readonly VolumeState[]>
  /** To be written onto disks. */
  readonly kept: { readonly place: FilePlace; readonly base: Node; readonly tree: Node }[] = []
  readonly #parts: Parts
  readonly #counted = new Map<string, WriteCounts>()
  #isChanged = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.states = new Map(parts.known)
  }

  /** Whether there is something to remember that was not. */
  get isChanged(): boolean {
    return this.#isChanged
  }

  /** How many changes have been seen. */
  get count(): number {
    let sum = 0
    for (const states of this.states.values()) sum += states.length
    return sum
  }

  /** Takes what has become of objects. */
  refresh(now: number): void {
    for (const name of this.states.keys()) {
      const tree = this.#treeOfObjects(name)
      if (tree !== undefined) this.add(name, now, tree)
    }
  }

  add(name: string, at: number, tree: Node, writes?: WriteCounts): void {
    const states = this.states.get(name) ?? []
    const last = states.at(-1)
    if (last !== undefined && equal(last.tree, tree)) return
    if (states.length >= MOST_STATES || JSON.stringify(states).length > MOST_TEXT) return
    const state = writes === undefined ? { at, tree } : { at, tree, writes }
    this.states.set(name, [...states, state])
    this.#isChanged = true
  }

  /** Whether a program has looked into a volume that programs write. */
  isSeen(name: string): boolean {
    const volume = this.#volume(name)
    return this.states.has(name) && volume !== undefined && !isOfObjects(volume)
  }

  /** How many of the writes of a run have been put into the volume. */
  writesOf(name: string, run: string): number {
    const known = this.#counted.get(name) ?? this.states.get(name)?.at(-1)?.writes
    return own(known, run) ?? 0
  }

  /** Puts more of what programs have written into the volume. */
  extend(name: string, at: number, writes: readonly Written[], counts: WriteCounts): void {
    const last = this.states.get(name)?.at(-1)
    if (last === undefined) return
    const all = { ...(this.#counted.get(name) ?? last.writes), ...counts }
    this.#counted.set(name, all)
    if (writes.length > 0) this.add(name, at, withWrites(last.tree, writes), all)
  }

  /** Somebody else has changed what is in it. */
  change(name: string, at: number, change: Change): void {
    const last = this.states.get(name)?.at(-1)
    if (last === undefined) return
    const counts = this.#counted.get(name) ?? last.writes
    this.add(name, at, applyChange(last.tree, change) ?? last.tree, counts)
  }

  /** What outlives the Pod stays on its disk: claims, and what is the node's own. */
  keep(name: string): void {
    const { client, pod } = this.#parts
    const volume = this.#volume(name)
    const [container] = pod.spec.containers
    const tree = this.states.get(name)?.at(-1)?.tree
    if (volume === undefined || container === undefined || tree === undefined) return
    const { place, base } = volumeSource(client, pod, container, volume) as WrittenSource
    if (place.pod === undefined) this.kept.push({ place, base, tree })
  }

  /** What a container finds around it. */
  placeOf(container: Container, start: RunStart, env: EnvironmentMap): RunPlace | undefined {
    const { pod } = this.#parts
    const place: Mutable<RunPlace> = {
      mounts: () => this.#mountsOf(container, start, env),
    }
    const user = userOf(pod, container)
    if (user !== undefined) place.user = user
    if (container.workingDir !== undefined) place.workingDir = container.workingDir
    const { securityContext } = container
    if (securityContext?.readOnlyRootFilesystem === true) place.readOnlyRoot = true
    if (securityContext?.allowPrivilegeEscalation === false) place.noNewPrivileges = true
    if (securityContext?.privileged === true) place.isPrivileged = true
    const sysctls = pod.spec.securityContext?.sysctls
    if (sysctls !== undefined)
      place.sysctls = Object.fromEntries(sysctls.map(({ name, value }) => [name, value]))
    return place
  }

  #mountsOf(container: Container, start: RunStart, env: EnvironmentMap): readonly MountedTree[] {
    const { pod } = this.#parts
    const { volumeMounts = [] } = container
    const mounts = volumeMounts
      .toSorted((a, b) => (a.mountPath < b.mountPath ? -1 : 1))
      .flatMap((mount) => this.#mount(container, mount, start, env) ?? [])
      .concat(terminationLog(container))
    const isMounted = volumeMounts.some(({ mountPath }) => mountPath.startsWith(ACCOUNT_PATH))
    if (isMounted || pod.spec.automountServiceAccountToken === false) return mounts
    const account: MountedTree = {
      path: ACCOUNT_PATH,
      readOnly: true,
      volume: ACCOUNT,
      names: [],
      isWritten: false,
      trees: () => this.#seen(ACCOUNT, start, container),
    }
    return [...mounts, account]
  }

  #mount(
    container: Container,
    mount: VolumeMount,
    start: RunStart,
    env: EnvironmentMap,
  ): MountedTree | undefined {
    const { client, pod } = this.#parts
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name)
    if (volume === undefined) return undefined
    const names = subPathOf(mount, env)
    const isObjects = isOfObjects(volume)
    const result: Mutable<MountedTree> = {
      path: `/${namesOf(mount.mountPath).join('/')}`,
      readOnly: isObjects || mount.readOnly === true,
      volume: volume.name,
      names,
      isWritten: !isObjects,
      trees: () =>
        isObjects
          ? partOf(this.#seen(volume.name, start, container), names)
          : withPaths(
              this.#seen(volume.name, start, container),
              pathsIn(container, volume.name, env),
            ),
    }
    if (isWatched(pod, volume)) result.isWatched = true
    if (!isObjects) {
      const { device } = volumeSource(client, pod, container, volume) as WrittenSource
      if (device !== undefined) result.device = device
    }
    return result
  }

  /** What a run sees of a volume: what it held when the run began, and all changes since. */
  #seen(name: string, { at: startedAt, run }: RunStart, { name: of }: Container) {
    if (!this.states.has(name)) this.add(name, 0, this.#first(name))
    const states = this.states.get(name)!
    // what a run has written itself it does not find when it starts
    const isOwn = ({ writes }: VolumeState): boolean => (own(writes, `${of}/${run}`) ?? 0) > 0
    const last = states.findLastIndex((state) => state.at <= startedAt && !isOwn(state))
    const first = Math.max(0, last)
    return states.slice(first).map((state, index): TreeChange => {
      const after = Math.max(0, state.at - startedAt) + (isOwn(state) ? 1 : 0)
      return { after: index === 0 ? 0 : after, tree: state.tree }
    })
  }

  #first(name: string): Node {
    const objects = this.#treeOfObjects(name)
    if (objects !== undefined) return objects
    const { client, pod, files } = this.#parts
    const volume = this.#volume(name)
    const [container] = pod.spec.containers
    if (volume === undefined || container === undefined) return EMPTY_VOLUME
    const { place, base } = volumeSource(client, pod, container, volume) as WrittenSource
    return files.treeOf(place, base).tree
  }

  #treeOfObjects(name: string): Node | undefined {
    const { client, pod } = this.#parts
    const volume = this.#volume(name)
    const [container] = pod.spec.containers
    if (volume === undefined || container === undefined || !isOfObjects(volume)) return undefined
    const source = volumeSource(client, pod, container, volume)
    return source.kind === 'objects' ? source.tree : undefined
  }

  #volume(name: string): Volume | undefined {
    const known = this.#parts.pod.spec.volumes?.find((volume) => volume.name === name)
    return known ?? (name === ACCOUNT ? accountVolume : undefined)
  }
}

/** As admission would mount it. kubernetes: plugin/pkg/admission/serviceaccount TokenVolumeSource */
export const accountVolume: Volume = {
  name: ACCOUNT,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [
            {
              path: 'namespace',
              fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
            },
          ],
        },
      },
    ],
  },
}

/** The file for the last message: anybody may write it. */
const terminationLog = ({ terminationMessagePath }: Container): readonly MountedTree[] =>
  terminationMessagePath === undefined
    ? []
    : [
        {
          path: terminationMessagePath,
          readOnly: false,
          volume: '',
          names: [],
          isWritten: false,
          trees: () => [{ after: 0, tree: file('', 0o666) }],
        },
      ]

/** A part of a volume of objects is mounted as it is when the container starts: its links lead elsewhere later. */
const partOf = (
  changes: readonly TreeChange[],
  names: readonly string[],
): readonly TreeChange[] => {
  if (names.length === 0) return changes
  const { after, tree } = changes[0]!
  return [{ after, tree: behindLinks(tree, names) ?? file('') }]
}

/** The directories that mounts begin at are made when the container starts. */
const withPaths = (
  changes: readonly TreeChange[],
  paths: readonly (readonly string[])[],
): readonly TreeChange[] =>
  changes.map(({ after, tree }) => ({
    after,
    tree: paths.reduce((made, names) => withPath(made, names, false), tree),
  }))

const pathsIn = (
  { volumeMounts = [] }: Container,
  volume: string,
  env: EnvironmentMap,
): readonly (readonly string[])[] =>
  volumeMounts.filter(({ name }) => name === volume).map((mount) => subPathOf(mount, env))

/** undefined: the image decides. */
export const userOf = (
  { spec }: Pod,
  { securityContext: ofContainer }: Container,
): RunPlace['user'] | undefined => {
  const { securityContext: ofPod } = spec
  const uid = ofContainer?.runAsUser ?? ofPod?.runAsUser
  const gid = ofContainer?.runAsGroup ?? ofPod?.runAsGroup
  const groups = [
    ...(ofPod?.supplementalGroups ?? []),
    ...(ofPod?.fsGroup === undefined ? [] : [ofPod.fsGroup]),
  ]
  if (uid === undefined && gid === undefined && groups.length === 0) return undefined
  const user: Mutable<NonNullable<RunPlace['user']>> = {}
  if (uid !== undefined) user.uid = uid
  if (gid !== undefined) user.gid = gid
  if (groups.length > 0) user.groups = groups
  return user
}
