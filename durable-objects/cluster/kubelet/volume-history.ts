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
import { withPath } from '#shell/files/tree.ts'

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
    const { securityContext } = container
    if (securityContext?.readOnlyRootFilesystem === true) place.readOnlyRoot = true
    if (securityContext?.allowPrivilegeEscalation === false) place.noNewPrivileges = true
    if (securityContext?.privileged === true) place.isPrivileged = true
    const sysctls = pod.spec.securityContext?.sysctls
    if (sysctls !== undefined)
      place.sysctls = Object.fromEntries(sysctls.map(({ name, value }) => [name, value]))
    return place
  }

  #mountsOf(container: Container, startedAt: number, env: EnvironmentMap): readonly MountedTree[] {
    const { pod } = this.#parts
    const { volumeMounts = [] } = container
    const mounts = volumeMounts
      .toSorted((a, b) => (a.mountPath < b.mountPath ? -1 : 1))
      .flatMap((mount) => this.#mount(container, mount, startedAt, env) ?? [])
      .concat(terminationLog(container))
    const isMounted = volumeMounts.some(({ mountPath }) => mountPath.startsWith(ACCOUNT_PATH))
    if (isMounted || pod.spec.automountServiceAccountToken === false) return mounts
    const account: MountedTree = {
      path: ACCOUNT_PATH,
      readOnly: true,
      volume: ACCOUNT,
      names: [],
      isWritten: false,
      trees: () => this.#seen(ACCOUNT, startedAt),
    }
    return [...mounts, account]
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
      volume: volume.name,
      names,
      isWritten: !isObjects,
      trees: () =>
        isObjects
          ? partOf(this.#seen(volume.name, startedAt), names)
          : withPaths(this.#seen(volume.name, startedAt), pathsIn(container, volume.name, env)),
    }
    if (!isObjects) {
      const { device } = volumeSource(client, pod, container, volume) as WrittenSource
      if (device !== undefined) result.device = device
    }
    return result
  }

  /** What a run sees of a volume: what it held when the run began, and all changes since. */
  #seen(name: string, startedAt: number): readonly TreeChange[] {
    if (!this.states.has(name)) this.add(name, 0, this.#first(name))
    const states = this.states.get(name)!
    const first = Math.max(
      0,
      states.findLastIndex(({ at }) => at <= startedAt),
    )
    return states
      .slice(first)
      .map(({ at, tree }, index) => ({ after: index === 0 ? 0 : at - startedAt, tree }))
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
