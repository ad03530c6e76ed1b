// What was written into containers' files and volumes by hand: on the machine's disk, as what differs from where it began.
import type { Memory } from '#client/work-queue.ts'
import { utf8Length } from '#apimachinery/utf8.ts'
import { withWrites, type Written } from '#kubelet/write-tree.ts'
import { applyChange, type Change, changesSince, type Node, weightOf } from '#shell/files/node.ts'

/** Where files lie, and how long they stay there. */
export interface FilePlace {
  /** `default/web-1/c/nginx`, `default/web-1/v/data`, `claim/default/data`, `host/node-1/var/log` */
  readonly path: string
  /** Whose they are: what somebody else of that name left is not seen. */
  readonly owner: string
  /** They go with the Pod. */
  readonly pod?: string
}

export interface WrittenTree {
  readonly tree: Node
  /** What was written into it, in characters. */
  readonly used: number
}

interface Entry {
  readonly owner: string
  readonly change: Change
  /** When, in milliseconds since 1970. */
  readonly at?: number
}

/** What somebody wrote into a volume of a Pod beside what its programs write. */
export interface VolumeWrite {
  /** The volume's name in the Pod. */
  readonly volume: string
  readonly place: FilePlace
  readonly change: Change
}

/** Of one place, in bytes: one row of the store. */
const MOST_BYTES = 1_900_000
/** Of one place, in characters. */
export const MOST_WRITTEN = 1024 * 1024
const MOST_READ = 32

interface Read extends WrittenTree {
  readonly text: string | undefined
  readonly base: Node
}

export class WrittenFiles {
  readonly #memory: Memory
  readonly #tell: ((pod: string) => void) | undefined
  /** What was put together last, by place. */
  readonly #read = new Map<string, Read>()

  /** `tell` is told of Pods in which something was written. */
  constructor(memory: Memory, tell?: (pod: string) => void) {
    this.#memory = memory
    this.#tell = tell
  }

  /** `base`: what was there before anybody wrote; `more`: what programs have written, which may be later. */
  treeOf({ path, owner }: FilePlace, base: Node, more: readonly Written[] = []): WrittenTree {
    const text = this.#memory.get(fileKey(path))
    if (text === undefined) return { tree: base, used: 0 }
    const known = this.#read.get(path)
    if (known !== undefined && known.text === text && known.base === base) return known
    const entry = JSON.parse(text) as Entry
    if (entry.owner !== owner) return { tree: base, used: 0 }
    const { at = Infinity } = entry
    const later = more.filter((write) => write.at > at)
    const tree = withWrites(applyChange(base, entry.change) ?? base, later)
    const used = weightOfChange(entry.change)
    this.#keep(path, { text, base, tree, used })
    return { tree, used }
  }

  /** What is too much is not kept. `at`: what programs write after that moment is newer. */
  write({ path, owner, pod }: FilePlace, base: Node, tree: Node, at?: number): void {
    const change = changesSince(base, tree)
    if (pod !== undefined) this.#tell?.(pod)
    if (change === undefined) return this.#memory.delete(fileKey(path))
    const text = JSON.stringify(
      (at === undefined ? { owner, change } : { owner, at, change }) satisfies Entry,
    )
    if (utf8Length(text) > MOST_BYTES) return
    this.#memory.set(fileKey(path), text)
    if (pod !== undefined) this.#list(pod, path)
    this.#keep(path, { text, base, tree, used: weightOfChange(change) })
  }

  #list(pod: string, path: string): void {
    const paths = placesOf(this.#memory, pod)
    if (!paths.includes(path)) this.#memory.set(listKey(pod), JSON.stringify([...paths, path]))
  }

  #keep(path: string, read: Read): void {
    this.#read.delete(path)
    this.#read.set(path, read)
    if (this.#read.size <= MOST_READ) return
    const [oldest] = this.#read.keys()
    this.#read.delete(oldest!)
  }
}

const listKey = (pod: string): string => `kubelet/written/${pod}`

const placesOf = (memory: Memory, pod: string): readonly string[] =>
  JSON.parse(memory.get(listKey(pod)) ?? '[]') as string[]

/** Changes whenever somebody writes into the Pod's files. */
export const filesMark = (memory: Memory, pod: string): string =>
  placesOf(memory, pod)
    .map((path) => markOf(memory.get(fileKey(path)) ?? ''))
    .join(' ')

/** FNV-1a: what is equal has equal marks, what is not hardly ever. */
const markOf = (text: string): string => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return `${text.length}.${(hash >>> 0).toString(36)}`
}

/** The Pod is gone, and what was written in it. */
export const eraseWritten = (memory: Memory, pod: string): void => {
  if (memory.get(listKey(pod)) === undefined) return
  for (const path of placesOf(memory, pod)) memory.delete(fileKey(path))
  memory.delete(listKey(pod))
}

const fileKey = (path: string): string => `kubelet/files/${path}`

const weightOfChange = (change: Change): number => {
  if (change === null) return 0
  if ('node' in change) return weightOf(change.node)
  return Object.values(change.within).reduce((sum, inner) => sum + weightOfChange(inner), 0)
}

/** The names of a Pod's places on its machine. */
export const containerFiles = (pod: string, uid: string, name: string, run: number): FilePlace => ({
  pod,
  path: `${pod}/c/${name}`,
  owner: `${uid}/${run}`,
})

export const volumeFiles = (pod: string, uid: string, name: string): FilePlace => ({
  pod,
  path: `${pod}/v/${name}`,
  owner: uid,
})
