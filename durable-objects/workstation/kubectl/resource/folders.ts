import type { FileSystem } from '#shell/files/file-system.ts'

/** Makes the folders above a file that are not there. The path is absolute. */
export const makeFoldersFor = (files: FileSystem, path: string): void => {
  const parts = path.split('/').slice(1, -1)
  for (let at = 1; at <= parts.length; at++) {
    const folder = `/${parts.slice(0, at).join('/')}`
    if (!files.exists(folder)) files.mkdir(folder)
  }
}
