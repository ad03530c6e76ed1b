// One place in a tree, read and put anew.
import { setKey } from '#apimachinery/object.ts'
import { directory, type DirectoryNode, file, type Node, withEntry } from '#shell/files/node.ts'

export const nodeAt = (tree: Node, names: readonly string[]): Node | undefined => {
  let node: Node | undefined = tree
  for (const name of names) {
    if (node?.kind !== 'directory') return undefined
    node = Object.hasOwn(node.entries, name) ? node.entries[name] : undefined
  }
  return node
}

export const replaced = (
  tree: Node,
  names: readonly string[],
  at: number,
  node: Node | undefined,
  now: number,
): Node => {
  const name = names[at]
  if (name === undefined) return node ?? tree
  const parent = tree as DirectoryNode
  const isHere = at === names.length - 1
  const child = isHere ? node : replaced(parent.entries[name]!, names, at + 1, node, now)
  const isNew = isHere && (node === undefined || !Object.hasOwn(parent.entries, name))
  return withEntry(parent, name, child, isNew ? now : parent.mtime)
}

/** With the directories of `names`, which a mount needs to be found at. */
export const withPath = (tree: Node, names: readonly string[], isFile: boolean): Node => {
  const [name, ...rest] = names
  if (name === undefined || tree.kind !== 'directory') return tree
  const before = Object.hasOwn(tree.entries, name) ? tree.entries[name] : undefined
  const made: Node = before ?? (isFile && rest.length === 0 ? file('') : directory({}))
  const entries: Record<string, Node> = { ...tree.entries }
  setKey(entries, name, withPath(made, rest, isFile))
  return { ...tree, entries }
}
