// The files that a container's programs see. The handle is bound to a user; the trees behind it are frozen data that whoever keeps the
// container can store, compare and share (`node.ts`).
import { byteLength } from '#shell/files/bytes.ts'
import { failure, type FileFailure, isFailure } from '#shell/files/failure.ts'
import {
  countOf,
  type Device,
  directory,
  type FileNode,
  link,
  type Node,
  weightOf,
} from '#shell/files/node.ts'
import { directoryName } from '#shell/files/path.ts'
import { nodeAt, replaced, withPath } from '#shell/files/tree.ts'
import type { Mount, Volume } from '#shell/files/volume.ts'
import {
  type Credentials,
  EXECUTE,
  mayDo,
  type Place,
  READ,
  walk,
  WRITE,
} from '#shell/files/walk.ts'

export interface Stat {
  readonly kind: Node['kind']
  /** Canonical: without links. */
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  /** Bytes. */
  readonly size: number
  /** Of a link: where it leads. */
  readonly target?: string
  readonly device?: Device
}

export interface WriteOptions {
  readonly append?: boolean
  /** Of a file that is made by it. */
  readonly mode?: number
}

export interface FileSystemOptions {
  readonly now: () => number
  /** Absent: root. */
  readonly user?: Credentials
  readonly readOnlyRoot?: boolean
  /** Characters in one file. */
  readonly fileLimit?: number
}

type Done = FileFailure | undefined

const FILE_LIMIT = 8 * 1024 * 1024
const DIRECTORY_SIZE = 4096
const ROOT: Credentials = { uid: 0, gid: 0 }
const STICKY = 0o1000

export class FileSystem {
  readonly #mounts: Map<string, Mount>
  readonly #options: FileSystemOptions
  readonly #user: Credentials

  constructor(root: Volume, options: FileSystemOptions, mounts?: Map<string, Mount>) {
    this.#mounts =
      mounts ??
      new Map([['/', { path: '/', volume: root, readOnly: options.readOnlyRoot === true }]])
    this.#options = options
    this.#user = options.user ?? ROOT
  }

  /** The same files for another user. */
  as(user: Credentials): FileSystem {
    const root = this.#mounts.get('/')!.volume
    return new FileSystem(root, { ...this.#options, user }, this.#mounts)
  }

  /** The directory that it hides is made if it is not there. */
  mount(path: string, volume: Volume, readOnly = false): void {
    const isFile = volume.tree.kind !== 'directory'
    const root = this.#mounts.get('/')!
    const names = path.split('/').filter((name) => name !== '')
    const place = walk(this.#mounts, path, ROOT, true)
    if (isFailure(place) || place.node === undefined)
      root.volume.tree = withPath(root.volume.tree, names, isFile)
    this.#mounts.set(`/${names.join('/')}`, { path: `/${names.join('/')}`, volume, readOnly })
  }

  mounts(): readonly Mount[] {
    return [...this.#mounts.values()]
  }

  /** What the path leads to; a link at its end itself. */
  lstat(path: string): Stat | FileFailure {
    return this.#stat(path, false)
  }

  stat(path: string): Stat | FileFailure {
    return this.#stat(path, true)
  }

  exists(path: string): boolean {
    return !isFailure(this.stat(path))
  }

  isDirectory(path: string): boolean {
    const found = this.stat(path)
    return !isFailure(found) && found.kind === 'directory'
  }

  /** Whether this user may `read`, `write` or `execute` it, as `test -r` asks. */
  may(path: string, right: 'read' | 'write' | 'execute'): boolean {
    const place = this.#find(path, true)
    if (isFailure(place)) return false
    if (right === 'write' && this.#mountOf(place.path).readOnly) return false
    const bit = right === 'read' ? READ : right === 'write' ? WRITE : EXECUTE
    return mayDo(place.node, bit, this.#user)
  }

  /** A file's text. Devices have none: see `stat(path).device`. */
  read(path: string): string | FileFailure {
    const place = this.#find(path, true)
    if (isFailure(place)) return place
    if (!mayDo(place.node, READ, this.#user)) return failure('EACCES')
    if (place.node.kind === 'directory') return failure('EISDIR')
    return place.node.kind === 'file' ? place.node.text : ''
  }

  /** The names in a directory, sorted. */
  list(path: string): readonly string[] | FileFailure {
    const place = this.#find(path, true)
    if (isFailure(place)) return place
    if (place.node.kind !== 'directory') return failure('ENOTDIR')
    if (!mayDo(place.node, READ, this.#user)) return failure('EACCES')
    return Object.keys(place.node.entries).sort()
  }

  readlink(path: string): string | FileFailure {
    const place = this.#find(path, false)
    if (isFailure(place)) return place
    return place.node.kind === 'link' ? place.node.target : failure('EINVAL')
  }

  /** The path without links. Its last name need not exist. */
  realpath(path: string): string | FileFailure {
    const place = this.#walk(path, true)
    return isFailure(place) ? place : place.path
  }

  /** The tool that lies there, if one does and may be run: `ls` for `/bin/ls`. */
  program(path: string): string | undefined {
    const place = this.#find(path, true)
    if (isFailure(place) || place.node.kind !== 'file') return undefined
    return mayDo(place.node, EXECUTE, this.#user) ? place.node.program : undefined
  }

  write(path: string, text: string, options: WriteOptions = {}): Done {
    const place = this.#walk(path, true)
    if (isFailure(place)) return place
    const { node } = place
    if (path.endsWith('/')) return failure('EISDIR')
    if (node === undefined) {
      const made: FileNode = { kind: 'file', mode: options.mode ?? 0o644, mtime: 0, text }
      return this.#create(place, made)
    }
    if (node.kind === 'directory') return failure('EISDIR')
    if (!mayDo(node, WRITE, this.#user)) return failure('EACCES')
    if (node.kind === 'device')
      return node.device === 'full' && text !== '' ? failure('ENOSPC') : undefined
    if (node.kind === 'link') return failure('ELOOP')
    const { program: _replaced, ...rest } = node
    const all = options.append === true ? node.text + text : text
    return this.#replace(place, { ...rest, text: all, mtime: this.#options.now() })
  }

  mkdir(path: string, mode = 0o755): Done {
    const place = this.#walk(path, true)
    if (isFailure(place)) return place
    if (place.node !== undefined) return failure('EEXIST')
    return this.#create(place, directory({}, mode))
  }

  symlink(target: string, path: string): Done {
    const place = this.#walk(path, false)
    if (isFailure(place)) return place
    if (place.node !== undefined) return failure('EEXIST')
    return this.#create(place, link(target))
  }

  /** differs: the second name begins as a copy and is changed by itself. */
  hardLink(from: string, path: string): Done {
    const source = this.#find(from, false)
    if (isFailure(source)) return source
    if (source.node.kind === 'directory') return failure('EPERM')
    const place = this.#walk(path, false)
    if (isFailure(place)) return place
    if (place.node !== undefined) return failure('EEXIST')
    if (this.#mountOf(source.path) !== this.#mountOf(place.path)) return failure('EXDEV')
    return this.#create(place, source.node, true)
  }

  /** Removes what is no directory. */
  unlink(path: string): Done {
    const place = this.#find(path, false)
    if (isFailure(place)) return place
    return place.node.kind === 'directory' ? failure('EISDIR') : this.#remove(place)
  }

  /** Removes an empty directory. */
  rmdir(path: string): Done {
    const place = this.#find(path, false)
    if (isFailure(place)) return place
    if (place.node.kind !== 'directory') return failure('ENOTDIR')
    if (this.#mounts.has(place.path)) return failure('EBUSY')
    return Object.keys(place.node.entries).length > 0 ? failure('ENOTEMPTY') : this.#remove(place)
  }

  rename(from: string, to: string): Done {
    const source = this.#find(from, false)
    if (isFailure(source)) return source
    const target = this.#walk(to, false)
    if (isFailure(target)) return target
    if (source.path === target.path) return undefined
    if (this.#mounts.has(source.path) || this.#mounts.has(target.path)) return failure('EBUSY')
    if (`${target.path}/`.startsWith(`${source.path}/`)) return failure('EINVAL')
    const { node } = target
    if (node?.kind === 'directory') {
      if (source.node.kind !== 'directory') return failure('EISDIR')
      if (Object.keys(node.entries).length > 0) return failure('ENOTEMPTY')
    } else if (node !== undefined && source.node.kind === 'directory') return failure('ENOTDIR')
    if (this.#mountOf(source.path) !== this.#mountOf(target.path)) return failure('EXDEV')
    const refused = this.#mayChange(source) ?? this.#mayChange(target)
    if (refused !== undefined) return refused
    this.#put(source.path, undefined)
    this.#put(target.path, source.node)
    return undefined
  }

  chmod(path: string, mode: number): Done {
    return this.#alter(path, true, { mode })
  }

  /** Only root may give files away. */
  chown(path: string, owner: { readonly uid?: number; readonly gid?: number }): Done {
    if (this.#user.uid === 0) return this.#alter(path, true, owner)
    const place = this.#find(path, true)
    return isFailure(place) ? place : failure('EPERM')
  }

  setModified(path: string, mtime: number): Done {
    return this.#alter(path, true, { mtime })
  }

  #alter(path: string, follow: boolean, changes: Partial<Node>): Done {
    const place = this.#find(path, follow)
    if (isFailure(place)) return place
    const { uid } = this.#user
    if (uid !== 0 && uid !== (place.node.uid ?? 0)) return failure('EPERM')
    return this.#replace(place, { ...place.node, ...changes } as Node)
  }

  #walk(path: string, follow: boolean): Place | FileFailure {
    return walk(this.#mounts, path, this.#user, follow)
  }

  #find(path: string, follow: boolean): (Place & { readonly node: Node }) | FileFailure {
    const place = this.#walk(path, follow)
    if (isFailure(place)) return place
    const { node } = place
    return node === undefined ? failure('ENOENT') : { ...place, node }
  }

  #stat(path: string, follow: boolean): Stat | FileFailure {
    const place = this.#find(path, follow)
    if (isFailure(place)) return place
    const { node } = place
    const { kind, mode, uid = 0, gid = 0, mtime } = node
    const common = { kind, path: place.path, mode, uid, gid, mtime }
    if (node.kind === 'directory') return { ...common, size: DIRECTORY_SIZE }
    if (node.kind === 'file') {
      // Most only ask whether the file is there, and a log grows by many lines: it is counted when somebody wants to know.
      const { text } = node
      return {
        ...common,
        get size() {
          return byteLength(text)
        },
      }
    }
    if (node.kind === 'link') return { ...common, size: node.target.length, target: node.target }
    return { ...common, size: 0, device: node.device }
  }

  #mountOf(path: string): Mount {
    let at = path
    for (;;) {
      const mount = this.#mounts.get(at)
      if (mount !== undefined) return mount
      at = directoryName(at)
    }
  }

  /** Whether an entry of this name may appear or go. */
  #mayChange({ path, node, parent }: Place): Done {
    if (this.#mountOf(path).readOnly) return failure('EROFS')
    if (!mayDo(parent, WRITE, this.#user)) return failure('EACCES')
    const { uid } = this.#user
    if (node === undefined || uid === 0 || (parent.mode & STICKY) === 0) return undefined
    return uid === (node.uid ?? 0) || uid === (parent.uid ?? 0) ? undefined : failure('EPERM')
  }

  #create(place: Place, node: Node, isAsItIs = false): Done {
    const refused = this.#mayChange(place)
    if (refused !== undefined) return refused
    const { uid, gid } = this.#user
    if (isAsItIs) return this.#fit(place, node)
    const owned = { ...node, mtime: this.#options.now() }
    return this.#fit(place, {
      ...owned,
      ...(uid === 0 ? {} : { uid }),
      ...(gid === 0 ? {} : { gid }),
    })
  }

  #replace(place: Place, node: Node): Done {
    return this.#mountOf(place.path).readOnly ? failure('EROFS') : this.#fit(place, node)
  }

  #remove(place: Place): Done {
    const refused = this.#mayChange(place)
    if (refused !== undefined) return refused
    if (this.#mounts.has(place.path)) return failure('EBUSY')
    this.#put(place.path, undefined)
    return undefined
  }

  #fit(place: Place, node: Node): Done {
    const { volume } = this.#mountOf(place.path)
    const limit = this.#options.fileLimit ?? FILE_LIMIT
    if (node.kind === 'file' && node.text.length > limit) return failure('ENOSPC')
    const more = weightOf(node.kind === 'directory' ? { ...node, entries: {} } : node)
    const fewer = place.node?.kind === 'file' ? weightOf(place.node) : 0
    const { places } = volume
    if (place.node === undefined && places !== undefined && places.taken >= places.most)
      return failure('ENOSPC')
    if (more > fewer && volume.used + more - fewer > volume.limit) return failure('ENOSPC')
    this.#put(place.path, node)
    return undefined
  }

  /** Everything is allowed and fits. */
  #put(path: string, node: Node | undefined): void {
    const mount = this.#mounts.get(path) ?? this.#mountOf(path)
    const { volume } = mount
    const inside = path.slice(mount.path === '/' ? 0 : mount.path.length)
    const names = inside.split('/').filter((name) => name !== '')
    const replacedNode = nodeAt(volume.edited?.current ?? volume.tree, names)
    if (volume.edited === undefined)
      volume.tree = replaced(volume.tree, names, 0, node, this.#options.now())
    else volume.edited.put(names, node, this.#options.now())
    if (volume.places !== undefined) volume.places.taken += countOf(node) - countOf(replacedNode)
    const change = weightOf(node) - weightOf(replacedNode)
    volume.used = Math.max(0, volume.used + change)
  }
}
