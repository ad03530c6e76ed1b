// Trees that are mounted: a container's own, an emptyDir that several containers share, a ConfigMap.
import type { Node } from '#shell/files/node.ts'
import { EditedTree } from '#shell/files/edited-tree.ts'

export interface Volume {
  /** What is in it now; whoever changes it puts another tree here. A single file may be mounted as well. */
  tree: Node
  /** The same for whoever does not keep it. Absent: nothing is changed in place. */
  readonly edited?: EditedTree
  /** What was written into it. */
  used: number
  readonly limit: number
  /** Files, directories and links that it holds at most, and holds. Absent: nobody counts. */
  readonly places?: { readonly most: number; taken: number }
  /** As `df` and `mount` name it: `tmpfs`. Absent: `overlay`. */
  readonly device?: string
}

export interface Mount {
  /** Canonical: `/` or `/etc/config`. */
  readonly path: string
  readonly volume: Volume
  readonly readOnly: boolean
}

const VOLUME_LIMIT = 16 * 1024 * 1024

/** One into which much is written: as long as nobody else has seen the tree, it is changed in place. */
export const editedVolume = (tree: Node, more: Omit<Volume, 'tree' | 'edited'>): Volume => {
  const edited = new EditedTree(tree)
  return {
    ...more,
    edited,
    get tree() {
      return edited.seen()
    },
    set tree(next) {
      edited.replace(next)
    },
  }
}

export const volumeOf = (tree: Node, limit = VOLUME_LIMIT, device?: string): Volume => ({
  tree,
  used: 0,
  limit,
  ...(device === undefined ? {} : { device }),
})
