// The words of a command line that name resources. kubernetes: cli-runtime pkg/resource/builder.go
import { KubectlFailure } from '#kubectl/failure.ts'

export const MISSING_RESOURCE = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

export interface Tuple {
  readonly type: string
  readonly name: string
}

/** `a,b c` is `a/c b/c`. */
export const normalized = (args: readonly string[]): readonly string[] => {
  const [types = '', ...names] = args
  const all = unique(types.split(','))
  return names.length === 0 || all.length < 2
    ? args
    : all.flatMap((type) => names.map((name) => `${type}/${name}`))
}

export const tupleOf = (text: string): Tuple => {
  const [type = '', name = '', ...more] = text.split('/')
  if (more.length > 0)
    throw new KubectlFailure('arguments in resource/name form may not have more than one slash')
  if (type === '' || name === '' || type.includes(','))
    throw new KubectlFailure('arguments in resource/name form must have a single resource and name')
  return { type, name }
}

export const unique = (items: readonly string[]): readonly string[] => [...new Set(items)]

export const uniqueBy = <T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] => {
  const seen = new Set<string>()
  return items.filter((item) => {
    const key = keyOf(item)
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  })
}
