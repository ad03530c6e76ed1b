// What a generator puts into its object: literals, files, lines of files. kustomize: api/kv/kv.go
import { KustomizeError, withPrefix } from '#kubectl/kustomize/failure.ts'
import { baseName } from '#kubectl/kustomize/files.ts'
import type { Generator } from '#kubectl/kustomize/kustomization.ts'
import type { Loader } from '#kubectl/kustomize/loader.ts'

type Pair = readonly [key: string, value: string]

const withoutQuotes = (text: string): string => {
  const first = text[0]
  return text.length > 1 && (first === '"' || first === "'") && text.at(-1) === first
    ? text.slice(1, -1)
    : text
}

const literalPair = (source: string): Pair => {
  const at = source.indexOf('=')
  if (at <= 0) throw new KustomizeError(`invalid literal source ${source}, expected key=value`)
  return [source.slice(0, at), withoutQuotes(source.slice(at + 1))]
}

const fileSource = (source: string): readonly [key: string, path: string] => {
  const parts = source.split('=')
  const [key = '', path = ''] = parts
  if (parts.length === 1) return [baseName(source), source]
  if (parts.length > 2)
    throw new KustomizeError(`source ${JSON.stringify(source)} key name or file path contains '='`)
  if (key === '')
    throw new KustomizeError(
      `missing key name for file path ${JSON.stringify(path)} in source ${JSON.stringify(source)}`,
    )
  if (path === '')
    throw new KustomizeError(
      `missing file path for key name ${JSON.stringify(key)} in source ${JSON.stringify(source)}`,
    )
  return [key, path]
}

const linePairs = (text: string): readonly Pair[] => {
  const lines = text.replace(/^\ufeff/, '').split('\n')
  return lines.flatMap((line) => {
    const trimmed = line.replace(/\r$/, '').trimStart()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    const at = trimmed.indexOf('=')
    return [
      at < 0 ? ([trimmed, ''] as const) : ([trimmed.slice(0, at), trimmed.slice(at + 1)] as const),
    ]
  })
}

const goList = (list: readonly string[]): string => `[${list.join(' ')}]`

/** In upstream's order: lines of files, literals, files. */
export const keyValues = (loader: Loader, generator: Generator): readonly Pair[] =>
  withPrefix('loading KV pairs', () => {
    const { envs = [], env, literals = [], files = [] } = generator
    const sources = env === undefined || env === '' ? envs : [...envs, env]
    return [
      ...withPrefix(`env source files: ${goList(sources)}`, () =>
        sources.flatMap((path) => linePairs(loader.load(path))),
      ),
      ...withPrefix(`literal sources ${goList(literals)}`, () => literals.map(literalPair)),
      ...withPrefix(`file sources: ${goList(files)}`, () =>
        files.map((source): Pair => {
          const [key, path] = fileSource(source)
          return [key, loader.load(path)]
        }),
      ),
    ]
  })
