// What a file system is made of: frozen plain data. A change copies the path that leads to it and shares everything else, so that a
// container costs no more than what it wrote.
import { equal, own, setKey } from '#apimachinery/object.ts'

interface Attributes {
  /** Permission bits: 0o755. */
  readonly mode: number
  /** Absent: root's. */
  readonly uid?: number
  readonly gid?: number
  /** Milliseconds since 1970. */
  readonly mtime: number
}

export type Entries = Readonly<Record<string, Node>>

export interface DirectoryNode extends Attributes {
  readonly kind: 'directory'
  readonly entries: Entries
}

export interface FileNode extends Attributes {
  readonly kind: 'file'
  readonly text: string
  /** The tool that it is, if it is one: `ls`. */
  readonly program?: string
}

export interface LinkNode extends Attributes {
  readonly kind: 'link'
  readonly target: string
}

export interface DeviceNode extends Attributes {
  readonly kind: 'device'
  readonly device: Device
}

export type Device =
  | 'null'
  | 'zero'
  | 'full'
  | 'random'
  | 'urandom'
  | 'stdin'
  | 'stdout'
  | 'stderr'
  | 'tty'

export type Node = DirectoryNode | FileNode | LinkNode | DeviceNode

export const directory = (entries: Entries, mode = 0o755, mtime = 0): DirectoryNode => ({
  kind: 'directory',
  mode,
  mtime,
  entries,
})

export const file = (text: string, mode = 0o644, mtime = 0): FileNode => ({
  kind: 'file',
  mode,
  mtime,
  text,
})

/** A file whose text is worked out when somebody reads it. */
export const lazyFile = (text: () => string, mode = 0o644, mtime = 0): FileNode => {
  let known: string | undefined
  return {
    kind: 'file',
    mode,
    mtime,
    get text() {
      return (known ??= text())
    },
  }
}

export const link = (target: string, mtime = 0): LinkNode => ({
  kind: 'link',
  mode: 0o777,
  mtime,
  target,
})

/** A copy with one entry set, or without it. */
export const withEntry = (
  node: DirectoryNode,
  name: string,
  child: Node | undefined,
  mtime: number,
): DirectoryNode => {
  const entries: Record<string, Node> = { ...node.entries }
  if (child === undefined) delete entries[name]
  else setKey(entries, name, child)
  return { ...node, mtime, entries }
}

/** What every node costs besides its text. */
const NODE_SIZE = 64

/** What a tree counts towards its volume's limit. */
export const weightOf = (node: Node | undefined): number => {
  if (node === undefined) return 0
  if (node.kind === 'file') return NODE_SIZE + node.text.length
  if (node.kind === 'link') return NODE_SIZE + node.target.length
  if (node.kind === 'device') return NODE_SIZE
  let sum = NODE_SIZE
  for (const name of Object.keys(node.entries)) sum += name.length + weightOf(node.entries[name])
  return sum
}

/** How many files, directories and links there are in a tree, itself among them. */
export const countOf = (node: Node | undefined): number => {
  if (node === undefined) return 0
  if (node.kind !== 'directory') return 1
  return Object.values(node.entries).reduce((sum, entry) => sum + countOf(entry), 1)
}

/** What a tree's entries weigh. */
export const weightWithin = (node: Node): number =>
  node.kind === 'directory' ? weightOf(node) - NODE_SIZE : weightOf(node)

/** What became of a tree: plain, as small as what was written. */
export type Change =
  /** Removed. */
  | null
  /** New, or another one in its place. */
  | { readonly node: Node }
  /** A directory that stayed. */
  | {
      readonly within: Readonly<Record<string, Change>>
      readonly attributes?: Omit<DirectoryNode, 'kind' | 'entries'>
    }

/** undefined: nothing. Shared parts are not looked at. */
export const changesSince = (before: Node | undefined, after: Node): Change | undefined => {
  if (before === after) return undefined
  if (before?.kind !== 'directory' || after.kind !== 'directory')
    return equal(before, after) ? undefined : { node: after }
  const within: Record<string, Change> = {}
  for (const name of Object.keys(before.entries))
    if (own(after.entries, name) === undefined) setKey(within, name, null)
  for (const name of Object.keys(after.entries)) {
    const change = changesSince(own(before.entries, name), own(after.entries, name)!)
    if (change !== undefined) setKey(within, name, change)
  }
  const { kind: _kind, entries: _entries, ...attributes } = after
  const { kind: _was, entries: _had, ...earlier } = before
  const isSame = equal(attributes, earlier)
  if (isSame) return Object.keys(within).length === 0 ? undefined : { within }
  return { within, attributes }
}

/** The tree that `changesSince(before, it)` came from. A directory that is not there any more is made anew. */
export const applyChange = (before: Node | undefined, change: Change): Node | undefined => {
  if (change === null) return undefined
  if ('node' in change) return change.node
  const base = before?.kind === 'directory' ? before : directory({})
  const entries: Record<string, Node> = { ...base.entries }
  for (const name of Object.keys(change.within)) {
    const node = applyChange(own(base.entries, name), own(change.within, name) ?? null)
    if (node === undefined) delete entries[name]
    else setKey(entries, name, node)
  }
  return { ...base, ...change.attributes, entries }
}
