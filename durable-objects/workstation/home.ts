// The learner's home folder: a tree of files in memory, and what of it has changed since somebody stored it.
import { setKey } from '#apimachinery/object.ts'
import {
  countOf,
  directory,
  type DirectoryNode,
  type FileNode,
  type LinkNode,
  type Node,
  weightWithin,
} from '#shell/files/node.ts'
import { editedVolume, type Volume } from '#shell/files/volume.ts'
import { firstHome, LEARNER } from '#workstation/computer-image.ts'

/** Characters, each name and file counted. */
export const HOME_LIMIT = 5 * 1024 * 1024
export const MOST_FILES = 2000

/** One file, directory or link as it is stored. */
export interface StoredFile {
  /** Inside of the home folder: `shop/web.yaml`. */
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  readonly mode: number
  readonly mtime: number
  /** A file's text, a link's target; bytes that are no text as lone surrogates (`shell/files/bytes.ts`). */
  readonly text: string
}

/** `file` absent: it is gone. */
export interface HomeChange {
  readonly path: string
  readonly file?: StoredFile
}

const OWNER = { uid: LEARNER.uid, gid: LEARNER.gid }

export class Home {
  readonly volume: Volume
  #stored: Node
  /** What a home begins with is made anew until something is written into it. */
  readonly #first: Node

  /** `stored` undefined: nothing was ever stored. */
  constructor(stored: readonly StoredFile[] | undefined, now: number) {
    this.#stored = { ...directory({}), ...OWNER }
    const tree = stored === undefined ? firstHome(now) : treeOf(stored)
    if (stored !== undefined) this.#stored = tree
    this.#first = tree
    this.volume = homeVolume(tree)
  }

  /** Another home with the same files, of which nothing is kept. */
  copy(): Volume {
    return homeVolume(this.volume.tree)
  }

  get isChanged(): boolean {
    return this.volume.tree !== this.#stored && this.volume.tree !== this.#first
  }

  /** What has changed since the last call. */
  takeChanges(): readonly HomeChange[] {
    const changes: HomeChange[] = []
    compare(this.#stored, this.volume.tree, '', changes)
    this.#stored = this.volume.tree
    return changes
  }

  /** All that is there, sorted by path. */
  files(): readonly StoredFile[] {
    const files: HomeChange[] = []
    compare(directory({}), this.volume.tree, '', files)
    return files.flatMap(({ file }) => file ?? []).sort((a, b) => (a.path < b.path ? -1 : 1))
  }
}

const homeVolume = (tree: Node): Volume =>
  editedVolume(tree, {
    used: weightWithin(tree),
    limit: HOME_LIMIT,
    places: { most: MOST_FILES, taken: countOf(tree) - 1 },
    device: '/dev/sda2',
  })

const nodeOf = ({ kind, mode, mtime, text }: StoredFile): Node => {
  const attributes = { mode, mtime, ...OWNER }
  if (kind === 'directory') return { kind, entries: {}, ...attributes }
  return kind === 'file' ? { kind, text, ...attributes } : { kind, target: text, ...attributes }
}

interface Growing {
  readonly node: Node
  readonly entries: Record<string, Growing>
}

/** Directories stand before what is in them. */
const treeOf = (files: readonly StoredFile[]): DirectoryNode => {
  // the folder itself is not stored: it is as old as the newest of what stands in it
  const mtime = files.reduce(
    (newest, file) => (file.path.includes('/') ? newest : Math.max(newest, file.mtime)),
    0,
  )
  const root: Growing = { node: { ...directory({}, 0o755, mtime), ...OWNER }, entries: {} }
  const places = new Map([['', root]])
  for (const stored of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const slash = stored.path.lastIndexOf('/')
    const parent = places.get(slash < 0 ? '' : stored.path.slice(0, slash))
    if (parent === undefined) continue
    const place: Growing = { node: nodeOf(stored), entries: {} }
    setKey(parent.entries, stored.path.slice(slash + 1), place)
    if (stored.kind === 'directory') places.set(stored.path, place)
  }
  return grown(root) as DirectoryNode
}

const grown = ({ node, entries }: Growing): Node => {
  if (node.kind !== 'directory') return node
  const all: Record<string, Node> = {}
  for (const [name, place] of Object.entries(entries)) setKey(all, name, grown(place))
  return { ...node, entries: all }
}

const at = (node: Node | undefined, name: string): Node | undefined =>
  node?.kind === 'directory' && Object.hasOwn(node.entries, name) ? node.entries[name] : undefined

const namesIn = (node: Node | undefined): readonly string[] =>
  node?.kind === 'directory' ? Object.keys(node.entries) : []

/** Shared parts are not looked at. */
const compare = (
  before: Node | undefined,
  after: Node | undefined,
  path: string,
  changes: HomeChange[],
): void => {
  if (before === after) return
  if (path !== '') {
    if (after === undefined || after.kind === 'device') changes.push({ path })
    else if (before === undefined || !isAlike(before, after))
      changes.push({ path, file: storedOf(path, after) })
  }
  const inside = (name: string): string => (path === '' ? name : `${path}/${name}`)
  for (const name of namesIn(before))
    if (at(after, name) === undefined) compare(at(before, name), undefined, inside(name), changes)
  for (const name of namesIn(after))
    compare(at(before, name), at(after, name), inside(name), changes)
}

const contentOf = (node: Node): string =>
  node.kind === 'file' ? node.text : node.kind === 'link' ? node.target : ''

const isAlike = (before: Node, after: Node): boolean =>
  before.kind === after.kind &&
  before.mode === after.mode &&
  before.mtime === after.mtime &&
  contentOf(before) === contentOf(after)

const storedOf = (path: string, node: DirectoryNode | FileNode | LinkNode): StoredFile => ({
  path,
  kind: node.kind,
  mode: node.mode,
  mtime: node.mtime,
  text: contentOf(node),
})
