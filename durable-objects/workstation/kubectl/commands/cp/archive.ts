// What `kubectl cp` packs and unpacks. kubernetes: kubectl pkg/cmd/cp/cp.go recursiveTar, untarAll
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import type { FileSystem } from '#shell/files/file-system.ts'
import { absolutePath, directoryName } from '#shell/files/path.ts'
import { type ArchiveEntry, END, writeEntry } from '#shell/tools/binary/archive.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

/** As deep as folders may be in one another. */
const MOST_DEPTH = 64

/** A file, or all that is in a folder, under this name; empty folders only are told as such. */
export const archiveOf = (files: FileSystem, path: string, name: string): string => {
  const parts: string[] = []
  const add = (at: string, shown: string, depth: number): void => {
    const stat = files.lstat(at)
    if (isFailure(stat)) throw new KubectlFailure(`lstat ${at}: ${stat.text.toLowerCase()}`)
    const inner = stat.kind === 'directory' ? files.list(at) : []
    if (isFailure(inner)) throw new KubectlFailure(`open ${at}: ${inner.text.toLowerCase()}`)
    if (inner.length > 0) {
      if (depth > MOST_DEPTH) throw new KubectlFailure(`open ${at}: file name too long`)
      for (const one of inner) add(`${at}/${one}`, `${shown}/${one}`, depth + 1)
      return
    }
    const content = stat.kind === 'file' ? files.read(at) : ''
    if (isFailure(content)) throw new KubectlFailure(`open ${at}: ${content.text.toLowerCase()}`)
    if (stat.kind === 'device') return
    parts.push(
      writeEntry({
        name: toByteString(stat.kind === 'directory' ? `${shown}/` : shown),
        mode: stat.mode,
        uid: stat.uid,
        gid: stat.gid,
        mtime: Math.floor(stat.mtime / 1000),
        kind: stat.kind,
        content: toByteString(content),
        ...(stat.target === undefined ? {} : { target: toByteString(stat.target) }),
      }),
    )
  }
  add(path, name, 0)
  return parts.join('') + END
}

export interface UnpackOptions {
  /** What the names of the archive begin with. */
  readonly prefix: string
  /** Where it goes, as it was given. */
  readonly path: string
  readonly source: { readonly namespace: string; readonly pod: string; readonly path: string }
}

/** Throws what is wrong with the archive, or with the files of this computer. */
export const unpack = (
  run: Invocation,
  entries: readonly ArchiveEntry[],
  { prefix, path, source }: UnpackOptions,
): void => {
  const { files, cwd } = run.call
  const root = absolutePath(cwd, path)
  let hasWarned = false
  for (const entry of entries) {
    const name = fromByteString(entry.name)
    if (!name.startsWith(prefix)) throw new KubectlFailure('tar contents corrupted')
    const rest = name.slice(prefix.length).replace(/^\/+|\/+$/g, '')
    const shown = rest === '' ? path : `${path.replace(/\/+$/, '')}/${rest}`
    const target = absolutePath(root, rest === '' ? '.' : rest)
    if (target !== root && !target.startsWith(root === '/' ? '/' : `${root}/`)) {
      run.err(`warning: file ${JSON.stringify(shown)} is outside target destination, skipping\n`)
      continue
    }
    makeFolders(files, directoryName(target))
    if (entry.kind === 'directory') makeFolders(files, target)
    else if (entry.kind === 'link') {
      warnOfLink(run, shown, fromByteString(entry.target ?? ''), hasWarned, source)
      hasWarned = true
    } else {
      const failed = files.write(target, fromByteString(entry.content))
      if (failed !== undefined) throw refused('open', shown, failed.text)
    }
  }
}

const refused = (verb: string, path: string, text: string): KubectlFailure =>
  new KubectlFailure(`${verb} ${path}: ${text.toLowerCase()}`)

const makeFolders = (files: FileSystem, path: string): void => {
  if (files.isDirectory(path)) return
  if (path !== '/') makeFolders(files, directoryName(path))
  const failed = files.mkdir(path)
  if (failed !== undefined) throw refused('mkdir', path, failed.text)
}

const warnOfLink = (
  run: Invocation,
  shown: string,
  target: string,
  hasWarned: boolean,
  { namespace, pod, path }: UnpackOptions['source'],
): void => {
  const [file, link, space, name, source] = [shown, target, namespace, pod, path].map((text) =>
    JSON.stringify(text),
  )
  const advice = hasWarned
    ? ''
    : ` (consider using "kubectl exec -n ${space} ${name} -- tar cf - ${source} | tar xf -")`
  run.err(`warning: skipping symlink: ${file} -> ${link}${advice}\n`)
}
