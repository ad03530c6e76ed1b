// The part of a volume that a mount shows. kubernetes: pkg/kubelet/kubelet_pods.go makeMounts, pkg/volume/util/subpath
import type { VolumeMount } from '#api/core/v1/pod/container-types.ts'
import { own } from '#apimachinery/object.ts'
import { expand } from '#kubelet/expansion.ts'
import type { Node } from '#shell/files/node.ts'
import { nodeAt } from '#shell/files/tree.ts'

export const namesOf = (path: string): readonly string[] =>
  path.split('/').filter((name) => name !== '')

export const subPathOf = (
  { subPath = '', subPathExpr }: VolumeMount,
  env: Readonly<Record<string, string>>,
): readonly string[] => {
  const path =
    subPathExpr === undefined ? subPath : expand(subPathExpr, (name) => own(env, name) ?? '')
  return namesOf(path)
}

/** Why a container cannot be created with its mounts; undefined: it can. kubernetes: pkg/kubelet/container/helpers.go ExpandContainerVolumeMounts */
export const subPathProblem = (
  mounts: readonly VolumeMount[] | undefined,
  env: Readonly<Record<string, string>>,
): string | undefined => {
  for (const mount of mounts ?? []) {
    const { subPathExpr, subPath = '' } = mount
    if (subPathExpr === undefined && subPath === '') continue
    const missing = new Set<string>()
    const path =
      subPathExpr === undefined
        ? subPath
        : expand(subPathExpr, (name) => {
            const value = own(env, name) ?? ''
            if (value === '') missing.add(name)
            return value
          })
    if (missing.size > 0) return `missing value for ${[...missing].sort().join(', ')}`
    if (path.startsWith('/')) return `error SubPath \`${path}\` must not be an absolute path`
    if (path.split('/').includes('..'))
      return `unable to provision SubPath \`${path}\`: must not contain '..'`
  }
  return undefined
}

/** Behind the links that lead to what is there now. */
export const behindLinks = (tree: Node, names: readonly string[]): Node | undefined => {
  const data = nodeAt(tree, ['..data'])
  return data?.kind === 'link' ? nodeAt(tree, [data.target, ...names]) : nodeAt(tree, names)
}
