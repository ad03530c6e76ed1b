// What programs write, put into trees.
import type { FileWrite } from '#images/behaviour.ts'
import { file, type Node } from '#shell/files/node.ts'
import { nodeAt, replaced, withPath } from '#shell/files/tree.ts'

/** Something written at a moment, in milliseconds since 1970. */
export interface Written {
  readonly path: string
  readonly at: number
  readonly text?: string
  readonly isMore?: true
}

interface MountPoint {
  readonly mountPath: string
  readonly subPath?: string
}

/** What a run wrote in `(after, until]`. */
export const writesBetween = (
  writes: readonly FileWrite[] | undefined,
  startedAt: number,
  after: number,
  until: number,
): readonly Written[] => {
  if (writes === undefined) return []
  return writes
    .map((write) => ({ write, at: startedAt + write.after }))
    .filter(({ at }) => at > after && at <= until)
    .map(({ write: { after: _after, ...write }, at }) => ({ ...write, at }))
}

export const isUnder = (path: string, directory: string): boolean =>
  `${path}/`.startsWith(`${directory.replace(/\/+$/, '')}/`)

/** The writes that went into a volume, with paths in it. */
export const writesIn = (
  writes: readonly Written[],
  mounts: readonly MountPoint[],
): readonly Written[] =>
  writes.flatMap((write) => {
    const mount = mounts.find(({ mountPath }) => isUnder(write.path, mountPath))
    if (mount === undefined) return []
    const inside = write.path.slice(mount.mountPath.replace(/\/+$/, '').length)
    return [{ ...write, path: `/${mount.subPath ?? ''}${inside}` }]
  })

export const withWrites = (tree: Node, writes: readonly Written[]): Node => {
  let result = tree
  for (const { path, text, isMore, at } of writes) {
    const names = path.split('/').filter((name) => name !== '')
    if (names.length === 0) continue
    const before = nodeAt(result, names)
    if (text === undefined) {
      if (before !== undefined) result = replaced(result, names, 0, undefined, at)
      continue
    }
    const all = isMore === true && before?.kind === 'file' ? before.text + text : text
    result = replaced(withPath(result, names, true), names, 0, file(all, 0o644, at), at)
  }
  return result
}
