// Which files a pattern names.
import { isFailure } from '#shell/files/failure.ts'
import { absolutePath } from '#shell/files/path.ts'
import type { Shell } from '#shell/interpreter/shell.ts'
import { Glob, hasGlob } from '#shell/language/glob.ts'

const MOST_NAMES = 10_000

/** The names in order; none if nothing fits. */
export const pathNames = (shell: Shell, pattern: string): readonly string[] => {
  const isAbsolute = pattern.startsWith('/')
  let found: readonly string[] = [isAbsolute ? '/' : '']
  const parts = pattern.split('/').filter((part) => part !== '')
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    const next: string[] = []
    for (const base of found) {
      for (const name of namesIn(shell, base, part)) {
        shell.kernel.step()
        const path = base + name
        if (next.length < MOST_NAMES && (isLast || isDirectory(shell, path)))
          next.push(isLast ? path : `${path}/`)
      }
    }
    found = next
  }
  const isFolder = pattern.endsWith('/')
  return isFolder
    ? found.filter((path) => isDirectory(shell, path)).map((path) => `${path}/`)
    : found
}

const isDirectory = ({ files, state }: Shell, path: string): boolean =>
  files.isDirectory(absolutePath(state.cwd, path))

const namesIn = ({ files, state }: Shell, base: string, part: string): readonly string[] => {
  const glob = new Glob(part)
  if (!hasGlob(part)) {
    const name = glob.literal ?? part
    return isFailure(files.lstat(absolutePath(state.cwd, base + name))) ? [] : [name]
  }
  const names = files.list(absolutePath(state.cwd, base === '' ? '.' : base))
  return isFailure(names) ? [] : names.filter((name) => glob.matchesName(name))
}
