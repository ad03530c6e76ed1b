// From a path to what lies there: through links and mounts, with the rights of whoever asks.
import { append } from '#apimachinery/append.ts'
import { own } from '#apimachinery/object.ts'
import { failure, type FileFailure } from '#shell/files/failure.ts'
import type { DirectoryNode, Node } from '#shell/files/node.ts'
import type { Mount } from '#shell/files/volume.ts'

export interface Credentials {
  readonly uid: number
  readonly gid: number
  /** Further groups. */
  readonly groups?: readonly number[]
}

/** Where a path leads. */
export interface Place {
  /** Without links. */
  readonly path: string
  /** Absent: only the directory is there that it would be in. */
  readonly node?: Node
  /** Of the directory that it is in; the root's is the root. */
  readonly parent: DirectoryNode
}

export const READ = 4
export const WRITE = 2
export const EXECUTE = 1

const MOST_LINKS = 40
const LONGEST_NAME = 255
const LONGEST_PATH = 4096

export const mayDo = (node: Node, right: number, { uid, gid, groups }: Credentials): boolean => {
  if (uid === 0) return right !== EXECUTE || node.kind === 'directory' || (node.mode & 0o111) !== 0
  if ((node.uid ?? 0) === uid) return (node.mode & (right << 6)) !== 0
  const group = node.gid ?? 0
  if (group === gid || groups?.includes(group) === true) return (node.mode & (right << 3)) !== 0
  return (node.mode & right) !== 0
}

interface Visited {
  readonly path: string
  readonly node: Node
}

const treeOf = ({ volume }: Mount): Node => volume.edited?.current ?? volume.tree

/** `follow`: whether a link at the path's end leads on. */
export const walk = (
  mounts: ReadonlyMap<string, Mount>,
  path: string,
  user: Credentials,
  follow: boolean,
): Place | FileFailure => {
  if (path.length > LONGEST_PATH) return failure('ENAMETOOLONG')
  if (path === '') return failure('ENOENT')
  const root = treeOf(mounts.get('/')!)
  const visited: Visited[] = []
  const left = path.split('/').reverse()
  const asksDirectory = path.endsWith('/')
  let links = 0
  const here = (): Node => visited.at(-1)?.node ?? root
  while (left.length > 0) {
    const name = left.pop()!
    if (name === '') continue
    const node = here()
    if (node.kind !== 'directory') return failure('ENOTDIR')
    if (!mayDo(node, EXECUTE, user)) return failure('EACCES')
    if (name === '.') continue
    if (name === '..') {
      visited.pop()
      continue
    }
    if (name.length > LONGEST_NAME) return failure('ENAMETOOLONG')
    const at = `${visited.at(-1)?.path ?? ''}/${name}`
    const mounted = mounts.size > 1 ? mounts.get(at) : undefined
    const child = mounted === undefined ? own(node.entries, name) : treeOf(mounted)
    const isLast = left.every((part) => part === '')
    if (child === undefined) return isLast ? { path: at, parent: node } : failure('ENOENT')
    if (child.kind === 'link' && (!isLast || follow || asksDirectory)) {
      if (++links > MOST_LINKS) return failure('ELOOP')
      if (child.target.startsWith('/')) visited.length = 0
      append(left, child.target.split('/').reverse())
      continue
    }
    visited.push({ path: at, node: child })
  }
  const node = here()
  if (asksDirectory && node.kind !== 'directory') return failure('ENOTDIR')
  const above = visited.at(-2)?.node ?? root
  return { path: visited.at(-1)?.path ?? '/', node, parent: above as DirectoryNode }
}
