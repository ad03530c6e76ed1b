// Names that a cluster and a kubeconfig know.
import { pathTo } from '#kubectl/client/discovery.ts'
import type { Completions } from '#kubectl/command/completions.ts'
import type { FlagSpec } from '#kubectl/command/flag-spec.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { itemsOf } from '#kubectl/resource/documents.ts'
import { metadataOf } from '#kubectl/resource/info.ts'

const NO_FILES = 4
const FILE_EXTENSIONS = 8

/** Nothing, if nobody answers. */
const quietly = (act: () => readonly string[]): readonly string[] => {
  try {
    return act()
  } catch (error) {
    if (error instanceof KubectlFailure) return []
    throw error
  }
}

/** Of all objects of a type. */
export const objectNames = (run: Invocation, type: string, start: string): readonly string[] =>
  quietly(() => {
    const resource = run.mapper.named(type)
    const list = run.client.get(pathTo(resource, resource.isNamespaced ? run.namespace : ''))
    return itemsOf(list).map((object) => metadataOf(object).name ?? '')
  }).filter((name) => name !== '' && name.startsWith(start))

interface PodSpec {
  readonly initContainers?: readonly { readonly name: string }[]
  readonly containers?: readonly { readonly name: string }[]
}

/** `web-1`, `pod/web-1` */
export const containerNames = (run: Invocation, pod: string, start: string): readonly string[] =>
  quietly(() => {
    const object = run.client.get(
      pathTo(run.mapper.named('pods'), run.namespace, pod.replace(/^.*\//, '')),
    )
    const { initContainers = [], containers = [] } = object['spec'] as PodSpec
    return [...initContainers, ...containers].map(({ name }) => name)
  }).filter((name) => name.startsWith(start))

export const configNames = (
  run: Invocation,
  part: 'contexts' | 'clusters' | 'users',
  start: string,
): readonly string[] =>
  quietly(() => run.config[part].map(({ name }) => name)).filter((name) => name.startsWith(start))

const CONTAINERS: ReadonlySet<string> = new Set(['logs', 'exec', 'attach', 'cp', 'debug'])

export const flagValues = (
  run: Invocation,
  { name, isGlobal = false }: FlagSpec,
  start: string,
): Completions => {
  const plain = (words: readonly string[]): Completions => ({ words, directive: NO_FILES })
  switch (name) {
    case 'namespace':
      return plain(objectNames(run, 'namespaces', start))
    case 'context':
      return plain(configNames(run, 'contexts', start))
    case 'cluster':
      return plain(configNames(run, 'clusters', start))
    case 'user':
      if (!isGlobal) break
      return plain(configNames(run, 'users', start))
    case 'clusterrole':
      if (run.command.name !== 'create clusterrolebinding') break
      return plain(objectNames(run, 'clusterroles', start))
    case 'container':
      if (CONTAINERS.has(run.command.name) && run.args.length > 0)
        return plain(containerNames(run, run.args[0]!, start))
      break
    case 'filename':
      return { words: ['json', 'yaml', 'yml'], directive: FILE_EXTENSIONS }
    case 'output': {
      const formats = /Output format\. One of: \(([^)]*)\)/.exec(run.command.help)?.[1]
      if (formats !== undefined)
        return plain(formats.split(', ').filter((format) => format.startsWith(start)))
    }
  }
  return { words: [], directive: 0 }
}
