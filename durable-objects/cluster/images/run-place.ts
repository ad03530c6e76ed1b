// What a container's first process finds around it besides its image: who it is, and what is mounted. Volumes change under it; the changes
// up to now are known, and a process that would see one of them is worked out anew.
import { own, setKey } from '#apimachinery/object.ts'
import { directory, type Node } from '#shell/files/node.ts'
import { nodeAt, withPath } from '#shell/files/tree.ts'
import type { Volume } from '#shell/files/volume.ts'

/** A mounted tree from some moment on. */
export interface TreeChange {
  /** Milliseconds after the start of the run; what was there before has none. */
  readonly after: number
  readonly tree: Node
}

export interface MountedTree {
  readonly path: string
  readonly readOnly: boolean
  readonly device?: string
  /** The volume's name: what is written into one mount of it is seen in the others. */
  readonly volume: string
  /** Where in the volume the mount begins; of a volume of objects the trees are that part already. */
  readonly names: readonly string[]
  readonly isWritten: boolean
  /** It matters how much is in it. */
  readonly isWatched?: true
  /** In the order of time; the first is what it finds when it starts. Called when a program looks there for the first time. */
  readonly trees: () => readonly TreeChange[]
}

export interface RunPlace {
  /** What of it is absent the image decides. */
  readonly user?: {
    readonly uid?: number
    readonly gid?: number
    readonly groups?: readonly number[]
  }
  readonly workingDir?: string
  readonly readOnlyRoot?: boolean
  /** Called when a program starts that sees files. */
  readonly mounts: () => readonly MountedTree[]
  /** What the Pod sets of the kernel's parameters. */
  readonly sysctls?: Readonly<Record<string, string>>
  readonly noNewPrivileges?: true
  readonly isPrivileged?: true
}

const NOTHING = directory({})
const MOST_WRITTEN = 16 * 1024 * 1024

/** A mount as the running process sees it: what changes from outside is there from its moment on. */
export class TimedVolume implements Volume {
  used = 0
  readonly limit = MOST_WRITTEN
  readonly device?: string
  readonly #mounted: MountedTree
  readonly #time: () => number
  #changes: readonly TreeChange[] | undefined
  #seen = 0
  #tree: Node | undefined
  #isOpen = false

  constructor(mounted: MountedTree, time: () => number) {
    this.#mounted = mounted
    this.#time = time
    if (mounted.device !== undefined) this.device = mounted.device
  }

  /** It is mounted: from now on whoever looks into it sees what is there. */
  open(): void {
    this.#isOpen = true
  }

  get tree(): Node {
    if (!this.#isOpen) return NOTHING
    this.#changes ??= this.#mounted.trees()
    const time = this.#time()
    while (
      this.#seen < this.#changes.length &&
      (this.#tree === undefined || this.#changes[this.#seen]!.after <= time)
    ) {
      this.#tree = this.#changes[this.#seen]!.tree
      this.#seen++
    }
    return this.#tree!
  }

  set tree(tree: Node) {
    this.#tree = tree
  }

  /** The name by which its size is told; undefined: nobody asks. */
  get watchedAs(): string | undefined {
    return this.#mounted.isWatched === true ? this.#mounted.volume : undefined
  }

  /** When somebody else changes it next; Infinity: nobody does, or nobody has looked there yet. */
  nextChange(after: number): number {
    return this.#changes?.find((change) => change.after > after)?.after ?? Infinity
  }
}

/** A directory of a volume, mounted by itself. */
export class VolumePart implements Volume {
  readonly limit = MOST_WRITTEN
  readonly device?: string
  readonly #whole: TimedVolume
  readonly #names: readonly string[]

  constructor(whole: TimedVolume, names: readonly string[]) {
    this.#whole = whole
    this.#names = names
    if (whole.device !== undefined) this.device = whole.device
  }

  get used(): number {
    return this.#whole.used
  }

  set used(used: number) {
    this.#whole.used = used
  }

  get tree(): Node {
    return nodeAt(this.#whole.tree, this.#names) ?? NOTHING
  }

  set tree(tree: Node) {
    this.#whole.tree = putAt(withPath(this.#whole.tree, this.#names, false), this.#names, tree)
  }
}

const putAt = (tree: Node, [name, ...rest]: readonly string[], node: Node): Node => {
  if (name === undefined || tree.kind !== 'directory') return node
  const entries: Record<string, Node> = { ...tree.entries }
  setKey(entries, name, putAt(own(entries, name) ?? NOTHING, rest, node))
  return { ...tree, entries }
}
