// Paths as text.

/** Nearly all paths are as they should be, and every command asks for some. */
const UNTIDY = /\/(?:[./]|$)/

/** Absolute, without `.`, `..` and doubled slashes; links are not looked at. */
export const absolutePath = (cwd: string, path: string): string => {
  if (path.startsWith('/') && !UNTIDY.test(path)) return path
  const parts: string[] = []
  for (const part of `${path.startsWith('/') ? '' : cwd}/${path}`.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  return `/${parts.join('/')}`
}

/** As it is given to the file system: absolute, its last slash kept, since `file/` is no file. */
export const givenPath = (cwd: string, path: string): string =>
  path.startsWith('/') ? path : cwd === '/' ? `/${path}` : `${cwd}/${path}`

export const joinPath = (directory: string, name: string): string =>
  directory.endsWith('/') ? directory + name : `${directory}/${name}`

/** `/a/b/` is `b`, `/` is `/`. */
export const baseName = (path: string): string => {
  const trimmed = path.replace(/\/+$/, '')
  if (trimmed === '') return path === '' ? '' : '/'
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** `/a/b/` is `/a`, `a` is `.`. */
export const directoryName = (path: string): string => {
  const trimmed = path.replace(/\/+$/, '')
  if (trimmed === '') return path === '' ? '.' : '/'
  const slash = trimmed.lastIndexOf('/')
  if (slash < 0) return '.'
  const directory = trimmed.slice(0, slash).replace(/\/+$/, '')
  return directory === '' ? '/' : directory
}
