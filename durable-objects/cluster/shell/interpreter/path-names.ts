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
    if (part === '**' && shell.state.shopts.has('globstar')) {
      found = deeper(shell, found, isLast)
      continue
    }
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
  if (parts.includes('**')) found = found.toSorted()
  const isFolder = pattern.endsWith('/')
  return isFolder
    ? found.filter((path) => isDirectory(shell, path)).map((path) => `${path}/`)
    : found
}

/** `**`: every folder below, and if nothing follows every file too. */
const deeper = (shell: Shell, bases: readonly string[], isLast: boolean): readonly string[] => {
  const out: string[] = isLast ? [] : [...bases]
  const walk = (base: string): void => {
    for (const name of namesIn(shell, base, '*')) {
      shell.kernel.step()
      if (out.length >= MOST_NAMES) return
      const isFolder = isDirectory(shell, base + name)
      if (isLast) out.push(base + name)
      else if (isFolder) out.push(`${base}${name}/`)
      if (isFolder) walk(`${base}${name}/`)
    }
  }
  for (const base of bases) walk(base)
  return out.sort()
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
  const hasDots = state.shopts.has('dotglob')
  return isFailure(names)
    ? []
    : names.filter((name) => (hasDots ? glob.matches(name) : glob.matchesName(name)))
}
