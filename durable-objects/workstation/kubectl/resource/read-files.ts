// Manifests in files, folders and pipes. kubernetes: cli-runtime pkg/resource/{builder,visitor}.go
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { globSource } from '#shell/tools/glob.ts'

export interface Source {
  /** As errors name it. */
  readonly name: string
  readonly text: string
}

const EXTENSIONS = ['.json', '.yaml', '.yml']
const NO_SUCH = (path: string) => `the path ${JSON.stringify(path)} does not exist`

/** The files that `-f` names, in the order in which they are read. Throws KubectlFailure. */
export const sourcesOf = (
  run: Invocation,
  names: readonly string[],
  isRecursive: boolean,
): readonly Source[] =>
  names.flatMap((name) => {
    if (name === '-') return [{ name: 'STDIN', text: run.stdin }]
    if (name === '/dev/stdin') return [{ name, text: run.stdin }]
    if (/^https?:\/\//.test(name)) throw unreadable(name)
    return matching(run, name).flatMap((path) => under(run, path, isRecursive))
  })

const unreadable = (url: string): KubectlFailure => {
  const host = url.replace(/^https?:\/\//, '').replace(/[/?#].*/, '')
  return new KubectlFailure(
    `unable to read URL ${JSON.stringify(url)}, dial tcp: lookup ${host}: no such host`,
  )
}

/** A pattern that the shell left alone. Its last part only may be one. kubernetes: expandIfFilePattern */
const matching = (run: Invocation, name: string): readonly string[] => {
  const { files, cwd } = run.call
  if (files.exists(givenPath(cwd, name))) return [name]
  const slash = name.lastIndexOf('/')
  const [folder, pattern] = [name.slice(0, slash + 1), name.slice(slash + 1)]
  const names = /[*?[]/.test(pattern)
    ? files.list(givenPath(cwd, folder === '' ? '.' : folder))
    : []
  const expression = new RegExp(`^${globSource(pattern, false)}$`)
  const found = isFailure(names) ? [] : names.filter((one) => expression.test(one)).toSorted()
  if (found.length === 0) throw new KubectlFailure(NO_SUCH(name))
  return found.map((one) => folder + one)
}

/** The manifests of a folder, those in folders below it if asked for. */
const under = (run: Invocation, path: string, isRecursive: boolean): readonly Source[] => {
  const { files, cwd } = run.call
  const stat = files.stat(givenPath(cwd, path))
  if (isFailure(stat) || stat.kind !== 'directory') return [{ name: path, text: textOf(run, path) }]
  return walk(run, path.replace(/\/+$/, ''), isRecursive)
}

const walk = (run: Invocation, folder: string, isRecursive: boolean): readonly Source[] => {
  const { files, cwd } = run.call
  const names = files.list(givenPath(cwd, folder))
  if (isFailure(names)) throw new KubectlFailure(`open ${folder}: permission denied`)
  return names.toSorted().flatMap((name) => {
    const path = folder === '.' ? name : `${folder}/${name}`
    const stat = files.stat(givenPath(cwd, path))
    if (!isFailure(stat) && stat.kind === 'directory')
      return isRecursive ? walk(run, path, true) : []
    return EXTENSIONS.some((extension) => name.endsWith(extension))
      ? [{ name: path, text: textOf(run, path) }]
      : []
  })
}

const textOf = ({ call }: Invocation, path: string): string => {
  const text = call.files.read(givenPath(call.cwd, path))
  if (isFailure(text)) throw new KubectlFailure(`open ${path}: ${text.text.toLowerCase()}`)
  // a mark of the byte order says nothing
  return text.replace(/^\ufeff/, '')
}
