// The home folder as somebody sees it who is not at the computer: a page's editor, a grader.
import { bytesOf, byteLength, textOf } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { FileSystem } from '#shell/files/file-system.ts'
import { formatTime } from '#apimachinery/time.ts'
import { HOME, LEARNER } from '#workstation/computer-image.ts'
import type { Home } from '#workstation/home.ts'
import { volumeOf } from '#shell/files/volume.ts'
import { directory } from '#shell/files/node.ts'

export interface ListedFile {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  /** Bytes. */
  readonly size: number
  readonly modifiedAt: string
}

export type FilesCall =
  | { readonly act: 'list' }
  | { readonly act: 'read' | 'remove'; readonly path: string }
  | { readonly act: 'write'; readonly path: string; readonly bytes: Uint8Array }

export type FilesAnswer =
  | { readonly kind: 'list'; readonly files: readonly ListedFile[] }
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly isText: boolean }
  | { readonly kind: 'done'; readonly isNew: boolean }
  | { readonly kind: 'missing' }
  /** Why not, in words. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It does not fit. */
  | { readonly kind: 'full' }

const LONGEST_NAME = 255
const LONGEST_PATH = 1024
const MOST_FOLDERS = 32
const NO_TEXT = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** undefined: it is one. */
const problemOf = (path: string): string | undefined => {
  const names = path.split('/')
  if (path.length > LONGEST_PATH || names.length > MOST_FOLDERS)
    return `a path may have ${LONGEST_PATH} characters and ${MOST_FOLDERS} folders`
  for (const name of names) {
    if (name === '' || name === '.' || name === '..' || name.includes('\0'))
      return 'a path is the names of folders and a file with slashes between them, such as shop/web.yaml'
    if (name.length > LONGEST_NAME) return `a name may have ${LONGEST_NAME} characters`
  }
  return undefined
}

/** Whoever is used to a shell names the folder: `~/web.yaml`, `/home/learner/web.yaml`. */
const inHome = (path: string): string =>
  path.replace(new RegExp(`^/*(?:~|${HOME.slice(1)})/+`), '').replace(/^(?:\.\/+)+/, '')

export const callFiles = (home: Home, now: number, call: FilesCall): FilesAnswer => {
  if (call.act === 'list') return { kind: 'list', files: listed(home) }
  const given = inHome(call.path)
  const why = problemOf(given)
  if (why !== undefined) return { kind: 'refused', why }
  const files = new FileSystem(volumeOf(directory({})), { now: () => now, user: LEARNER })
  files.mount(HOME, home.volume)
  const path = `${HOME}/${given}`
  // a link may lead to anywhere on the computer: only what is in the home folder is here
  switch (call.act) {
    case 'read':
      return read(files, path)
    case 'remove':
      return isFailure(files.lstat(path)) ? { kind: 'missing' } : remove(files, path)
    case 'write':
      return write(files, path, textOf(call.bytes))
  }
}

const listed = (home: Home): readonly ListedFile[] =>
  home.files().map(({ path, kind, text, mtime }) => ({
    path,
    kind,
    size: byteLength(text),
    modifiedAt: formatTime(mtime),
  }))

const read = (files: FileSystem, path: string): FilesAnswer => {
  const text = files.read(path)
  if (!isFailure(text)) return { kind: 'file', bytes: bytesOf(text), isText: !NO_TEXT.test(text) }
  return text.code === 'EISDIR' ? { kind: 'refused', why: 'it is a folder' } : { kind: 'missing' }
}

const remove = (files: FileSystem, path: string): FilesAnswer => {
  const stat = files.lstat(path)
  if (isFailure(stat)) return { kind: 'missing' }
  if (stat.kind !== 'directory') return outcomeOf(files.unlink(path), false)
  const names = files.list(path)
  if (!isFailure(names)) for (const name of names) remove(files, `${path}/${name}`)
  return outcomeOf(files.rmdir(path), false)
}

const write = (files: FileSystem, path: string, text: string): FilesAnswer => {
  const folders = path
    .slice(HOME.length + 1)
    .split('/')
    .slice(0, -1)
  let folder = HOME
  for (const name of folders) {
    folder = `${folder}/${name}`
    if (files.isDirectory(folder)) continue
    const failed = files.mkdir(folder)
    if (failed !== undefined) return outcomeOf(failed, false)
  }
  const isNew = !files.exists(path)
  // who sends a script means to run it, and has no other way to say so
  const mode = text.startsWith('#!') ? 0o755 : 0o644
  return outcomeOf(files.write(path, text, { mode }), isNew)
}

const outcomeOf = (failed: ReturnType<FileSystem['write']>, isNew: boolean): FilesAnswer => {
  if (failed === undefined) return { kind: 'done', isNew }
  if (failed.code === 'ENOSPC') return { kind: 'full' }
  return { kind: 'refused', why: failed.text.toLowerCase() }
}
