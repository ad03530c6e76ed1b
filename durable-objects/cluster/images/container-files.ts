// The files of a container whose image nobody has looked into: what a command asks for is taken to be there, but for what lies in /tmp.
import { failure, type FileFailure, isFailure } from '#shell/files/failure.ts'
import { FileSystem, type Stat, type WriteOptions } from '#shell/files/file-system.ts'
import { type DirectoryNode, weightWithin } from '#shell/files/node.ts'
import { absolutePath, directoryName } from '#shell/files/path.ts'
import { type Volume, volumeOf } from '#shell/files/volume.ts'
import type { Credentials } from '#shell/files/walk.ts'
import { own } from '#apimachinery/object.ts'
import type { TimedVolume } from '#images/run-place.ts'
import type { DiskUse, FileChange, FileWrite } from '#images/behaviour.ts'

type Done = FileFailure | undefined

type WatchedVolume = Pick<TimedVolume, 'tree' | 'watchedAs'>

interface ContainerFilesOptions {
  /** Milliseconds since the start. */
  readonly time: () => number
  /** Milliseconds since 1970 at the start. */
  readonly startedAt: number
  /** What the image brings along, as far as it is known. */
  readonly tree: DirectoryNode
  /** Whether a file exists when the command starts. */
  readonly exists?: (path: string) => boolean
  /** Absent: root. */
  readonly user?: Credentials
  readonly readOnlyRoot?: boolean
}

/** So much of what is written is kept, in characters and in pieces. */
const MOST_KEPT = 64 * 1024
const MOST_PIECES = 500

export class ContainerFiles extends FileSystem {
  readonly changes: FileChange[] = []
  readonly writes: FileWrite[] = []
  readonly disk: DiskUse[] = []
  /** By volume; undefined: nobody asks. */
  volumeDisk: Readonly<Record<string, DiskUse[]>> | undefined
  readonly #root: Volume
  #watched: readonly WatchedVolume[] = []
  #kept = 0
  readonly #options: ContainerFilesOptions
  readonly #removed = new Set<string>()
  /** What files were at the last turn of a loop, of those that were written since. */
  readonly #before = new Map<string, string | undefined>()

  constructor(options: ContainerFilesOptions) {
    const { tree, user, readOnlyRoot = false, startedAt, time } = options
    const more = user === undefined ? {} : { user }
    const root = volumeOf(tree)
    super(root, {
      now: () => startedAt + time(),
      readOnlyRoot,
      fileLimit: root.limit,
      ...more,
    })
    this.#options = options
    this.#root = root
  }

  /** How much is in these is noted whenever something is written. */
  watch(volumes: readonly WatchedVolume[]): void {
    this.#watched = volumes.filter(({ watchedAs }) => watchedAs !== undefined)
    if (this.#watched.length === 0) return
    this.volumeDisk = Object.fromEntries(
      this.#watched.map(({ watchedAs }): [string, DiskUse[]] => [watchedAs!, []]),
    )
  }

  /** Whether all that was written since the last time has come to what was there before. */
  isSettled(): boolean {
    let isSame = true
    for (const [path, text] of this.#before) if (this.#textOf(path) !== text) isSame = false
    this.#before.clear()
    return isSame
  }

  #assumes(given: string): boolean {
    const path = absolutePath('/', given)
    if (this.#removed.has(path) || this.#isMounted(path)) return false
    return this.#options.exists?.(path) ?? !/^\/(tmp|dev|proc)\//.test(path)
  }

  /** What is in a volume is known. */
  #isMounted(path: string): boolean {
    return this.mounts().some(
      (mount) => mount.path !== '/' && `${path}/`.startsWith(`${mount.path}/`),
    )
  }

  override stat(path: string): Stat | FileFailure {
    const found = super.stat(path)
    if (!isFailure(found) || found.code !== 'ENOENT' || !this.#assumes(path)) return found
    return {
      kind: 'file',
      path,
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtime: this.#options.startedAt,
      size: 1,
    }
  }

  /** What is really there: programs are not assumed. */
  override exists(path: string): boolean {
    return !isFailure(super.stat(path))
  }

  override isDirectory(path: string): boolean {
    const found = super.stat(path)
    return isFailure(found)
      ? found.code === 'ENOENT' && this.#assumes(path)
      : found.kind === 'directory'
  }

  override may(path: string, right: 'read' | 'write' | 'execute'): boolean {
    return this.exists(path) ? super.may(path, right) : this.#assumes(path)
  }

  override read(path: string): string | FileFailure {
    const text = super.read(path)
    return isFailure(text) && text.code === 'ENOENT' && this.#assumes(path) ? '' : text
  }

  override list(path: string): readonly string[] | FileFailure {
    const names = super.list(path)
    return isFailure(names) && names.code === 'ENOENT' && this.#assumes(path) ? [] : names
  }

  override write(path: string, text: string, options?: WriteOptions): Done {
    this.#keep(path)
    const isNew = !this.exists(path)
    let failed = super.write(path, text, options)
    if (failed?.code === 'ENOENT' && this.#makeWay(path)) failed = super.write(path, text, options)
    if (failed === undefined && isNew) this.#note(path, true)
    if (failed === undefined) this.#noteText(path, text, options?.append === true && !isNew)
    this.#noteDisk()
    return failed
  }

  override mkdir(path: string, mode?: number): Done {
    this.#keep(path)
    let failed = super.mkdir(path, mode)
    if (failed?.code === 'ENOENT' && this.#makeWay(path)) failed = super.mkdir(path, mode)
    if (failed === undefined) this.#note(path, true)
    return failed
  }

  override unlink(path: string): Done {
    this.#keep(path)
    const isAssumed = !this.exists(path) && this.#assumes(path)
    const failed = isAssumed ? undefined : super.unlink(path)
    if (failed === undefined) {
      this.#note(path, false)
      this.#noteText(path, undefined)
      this.#noteDisk()
    }
    return failed
  }

  override rename(from: string, to: string): Done {
    this.#keep(from)
    this.#keep(to)
    if (!this.exists(from)) return this.#assumes(from) ? undefined : failure('ENOENT')
    const failed = super.rename(from, to)
    if (failed === undefined) {
      this.#note(from, false)
      this.#note(to, true)
      const text = super.read(to)
      this.#noteText(from, undefined)
      if (!isFailure(text)) this.#noteText(to, text)
      this.#noteDisk()
    }
    return failed
  }

  override chmod(path: string, mode: number): Done {
    return this.exists(path) ? super.chmod(path, mode) : this.#quietly(path)
  }

  override chown(path: string, owner: { readonly uid?: number; readonly gid?: number }): Done {
    return this.exists(path) ? super.chown(path, owner) : this.#quietly(path)
  }

  #quietly(path: string): Done {
    return this.#assumes(path) ? undefined : failure('ENOENT')
  }

  /** Directories that are taken to be there are made when something is put into them. */
  #makeWay(path: string): boolean {
    const parent = directoryName(path)
    if (this.exists(parent)) return false
    if (!this.#assumes(parent)) return false
    return this.#makeOwn(parent) || (this.#makeWay(parent) && this.#makeOwn(parent))
  }

  /** What an image brings along for its programs belongs to them. */
  #makeOwn(path: string): boolean {
    const { user } = this.#options
    if (user === undefined) return super.mkdir(path) === undefined
    const files = this.as({ uid: 0, gid: 0 })
    return files.mkdir(path) === undefined && files.chown(path, user) === undefined
  }

  #note(given: string, exists: boolean): void {
    const path = absolutePath('/', given)
    if (exists) this.#removed.delete(path)
    else this.#removed.add(path)
    this.changes.push({ path, after: this.#options.time(), exists })
  }

  #noteText(given: string, text: string | undefined, isMore = false): void {
    this.#kept += text?.length ?? 0
    if (this.#kept > MOST_KEPT || this.writes.length >= MOST_PIECES) return
    const write = { path: absolutePath('/', given), after: this.#options.time() }
    if (text === undefined) this.writes.push(write)
    else this.writes.push(isMore ? { ...write, text, isMore } : { ...write, text })
  }

  /** What is mounted lies elsewhere. */
  #noteDisk(): void {
    this.#noteUse(this.disk, this.#root.used)
    for (const volume of this.#watched)
      this.#noteUse(own(this.volumeDisk, volume.watchedAs!)!, weightWithin(volume.tree))
  }

  #noteUse(disk: DiskUse[], bytes: number): void {
    const last = disk.at(-1)
    if (bytes === (last?.bytes ?? 0)) return
    const after = this.#options.time()
    if (last?.after === after || disk.length >= MOST_PIECES) disk.pop()
    disk.push({ after, bytes })
  }

  #keep(path: string): void {
    if (!this.#before.has(path)) this.#before.set(path, this.#textOf(path))
  }

  #textOf(path: string): string | undefined {
    const text = super.read(path)
    return isFailure(text) ? (text.code === 'EISDIR' ? '/' : undefined) : text
  }
}
