// A tree that is changed in place where nobody but its owner has seen it: two thousand files in one folder would be copied two thousand times.
import { setKey } from '#apimachinery/object.ts'
import type { DirectoryNode, Entries, Node } from '#shell/files/node.ts'

export class EditedTree {
  #tree: Node
  /** Made here since the tree was seen last. */
  #own = new WeakSet<Entries>()

  constructor(tree: Node) {
    this.#tree = tree
  }

  /** For whoever looks and does not keep it. */
  get current(): Node {
    return this.#tree
  }

  /** For whoever may keep it: it will not change any more. */
  seen(): Node {
    this.#own = new WeakSet()
    return this.#tree
  }

  replace(tree: Node): void {
    this.seen()
    this.#tree = tree
  }

  /** Another node at a place, or none; the folders that lead there are there. */
  put(names: readonly string[], node: Node | undefined, now: number): void {
    this.#tree = this.#put(this.#tree, names, 0, node, now)
  }

  #put(
    tree: Node,
    names: readonly string[],
    at: number,
    node: Node | undefined,
    now: number,
  ): Node {
    const name = names[at]
    if (name === undefined) return node ?? tree
    const parent = tree as DirectoryNode
    const before = Object.hasOwn(parent.entries, name) ? parent.entries[name] : undefined
    const isHere = at === names.length - 1
    const child = isHere ? node : this.#put(before!, names, at + 1, node, now)
    const isNew = isHere && (node === undefined || before === undefined)
    const mtime = isNew ? now : parent.mtime
    const entries = this.#ownEntries(parent)
    if (child === undefined) delete entries[name]
    else setKey(entries, name, child)
    return entries === parent.entries && mtime === parent.mtime
      ? parent
      : { ...parent, mtime, entries }
  }

  #ownEntries({ entries }: DirectoryNode): Record<string, Node> {
    if (this.#own.has(entries)) return entries
    const copy: Record<string, Node> = { ...entries }
    this.#own.add(copy)
    return copy
  }
}
