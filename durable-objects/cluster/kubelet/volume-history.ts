// What a Pod's volumes held while its programs ran, as far as these have looked: a process is worked out anew whenever it is needed, while
// ConfigMaps change and other containers write. Volumes at which no program looks cost nothing.
import type { Container, VolumeMount } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import { equal, type Mutable } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { MountedTree, RunPlace, TreeChange } from '#images/run-place.ts'
import type { EnvironmentMap } from '#kubelet/environment.ts'
import { EMPTY_VOLUME, isOfObjects, type VolumeSource, volumeSource } from '#kubelet/pod-volumes.ts'
import { behindLinks, namesOf, subPathOf } from '#kubelet/sub-path.ts'
import type { WrittenFiles } from '#kubelet/written-files.ts'
import { file, type Node } from '#shell/files/node.ts'
import { nodeAt, withPath } from '#shell/files/tree.ts'

/** What a volume held from some moment on. */
export interface VolumeState {
  /** Milliseconds since 1970; 0: ever since. */
  readonly at: number
  readonly tree: Node
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
  readonly #parts: Parts
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

  add(name: string, at: number, tree: Node): void {
    const states = this.states.get(name) ?? []
    const last = states.at(-1)
    if (last !== undefined && equal(last.tree, tree)) return
    if (states.length >= MOST_STATES || JSON.stringify(states).length > MOST_TEXT) return
    this.states.set(name, [...states, { at, tree }])
    this.#isChanged = true
  }

  /** What a container finds around it. */
  placeOf(container: Container, startedAt: number, env: EnvironmentMap): RunPlace | undefined {
    const { pod } = this.#parts
    const place: Mutable<RunPlace> = { mounts: this.#mountsOf(container, startedAt, env) }
    const user = userOf(pod, container)
    if (user !== undefined) place.user = user
    if (container.workingDir !== undefined) place.workingDir = container.workingDir
    if (container.securityContext?.readOnlyRootFilesystem === true) place.readOnlyRoot = true
    return place
  }

  #mountsOf(container: Container, startedAt: number, env: EnvironmentMap): readonly MountedTree[] {
    const { pod } = this.#parts
    const { volumeMounts = [] } = container
    const mounts = volumeMounts
      .toSorted((a, b) => (a.mountPath < b.mountPath ? -1 : 1))
      .flatMap((mount) => this.#mount(container, mount, startedAt, env) ?? [])
    const isMounted = volumeMounts.some(({ mountPath }) => mountPath.startsWith(ACCOUNT_PATH))
    if (isMounted || pod.spec.automountServiceAccountToken === false) return mounts
    const trees = () => this.#seen(ACCOUNT, startedAt, [], false)
    return [...mounts, { path: ACCOUNT_PATH, readOnly: true, trees }]
  }

  #mount(
    container: Container,
    mount: VolumeMount,
    startedAt: number,
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
      trees: () => this.#seen(volume.name, startedAt, names, !isObjects),
    }
    if (!isObjects) {
      const { device } = volumeSource(client, pod, container, volume) as WrittenSource
      if (device !== undefined) result.device = device
    }
    if (names.length > 0) result.isPart = true
    return result
  }

  /** What a run sees of a volume: what it held when the run began, and all changes since. */
  #seen(
    name: string,
    startedAt: number,
    names: readonly string[],
    isWritten: boolean,
  ): readonly TreeChange[] {
    if (!this.states.has(name)) this.add(name, 0, this.#first(name))
    const states = this.states.get(name)!
    const first = Math.max(
      0,
      states.findLastIndex(({ at }) => at <= startedAt),
    )
    const changes = states.slice(first).map(({ at, tree }, index) => ({
      after: index === 0 ? 0 : at - startedAt,
      tree: partOf(tree, names, isWritten),
    }))
    // a part of a volume of objects is mounted as it is then: its links lead elsewhere later
    return names.length > 0 && !isWritten ? changes.slice(0, 1) : changes
  }

  #first(name: string): Node {
    const objects = this.#treeOfObjects(name)
    if (objects !== undefined) return objects
    const { client, pod, files } = this.#parts
    const volume = this.#volume(name)
    const [container] = pod.spec.containers
    if (volume === undefined || container === undefined) return EMPTY_VOLUME
    const { place } = volumeSource(client, pod, container, volume) as WrittenSource
    return files.treeOf(place, EMPTY_VOLUME).tree
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

const partOf = (tree: Node, names: readonly string[], isWritten: boolean): Node => {
  if (names.length === 0) return tree
  if (!isWritten) return behindLinks(tree, names) ?? file('')
  return nodeAt(withPath(tree, names, false), names) ?? EMPTY_VOLUME
}

/** undefined: the image decides. */
export const userOf = (
  { spec }: Pod,
  { securityContext: own }: Container,
): RunPlace['user'] | undefined => {
  const { securityContext: ofPod } = spec
  const uid = own?.runAsUser ?? ofPod?.runAsUser
  const gid = own?.runAsGroup ?? ofPod?.runAsGroup
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
