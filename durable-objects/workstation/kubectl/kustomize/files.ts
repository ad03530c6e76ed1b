// The files that a kustomization is made of, and paths among them.

export interface KustomizeFiles {
  /** Text of a file; undefined if there is none. Paths are absolute and clean. */
  read(path: string): string | undefined
  /** Names in a directory. */
  list(path: string): readonly string[]
  isDirectory(path: string): boolean
}

/** An absolute path without `.`, `..` and double slashes. Go: path/filepath Clean */
export const cleanPath = (path: string): string => {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

export const joinPath = (directory: string, path: string): string =>
  cleanPath(`${directory}/${path}`)

export const directoryOf = (path: string): string => cleanPath(`${path}/..`)

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Whether `path` is `directory` or lies in it. */
export const isWithin = (path: string, directory: string): boolean =>
  directory === '/' || path === directory || path.startsWith(`${directory}/`)

/** How `path` is reached from `directory`. */
export const relativePath = (directory: string, path: string): string => {
  const from = directory.split('/').filter((part) => part !== '')
  const to = path.split('/').filter((part) => part !== '')
  let same = 0
  while (same < from.length && same < to.length && from[same] === to[same]) same += 1
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/') || '.'
}

/** The first part of the path that is not there: what lstat complains of. */
export const missingPart = (files: KustomizeFiles, path: string): string | undefined => {
  const parts = path.split('/').filter((part) => part !== '')
  for (let count = 1; count <= parts.length; count++) {
    const part = `/${parts.slice(0, count).join('/')}`
    if (!files.isDirectory(part) && files.read(part) === undefined) return part
  }
  return undefined
}
