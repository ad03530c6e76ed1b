// The part of a volume that a mount shows. kubernetes: pkg/kubelet/kubelet_pods.go makeMounts, pkg/volume/util/subpath
import type { VolumeMount } from '#api/core/v1/pod/container-types.ts'
import { own } from '#apimachinery/object.ts'
import type { Node } from '#shell/files/node.ts'
import { nodeAt } from '#shell/files/tree.ts'

export const namesOf = (path: string): readonly string[] =>
  path.split('/').filter((name) => name !== '')

export const subPathOf = (
  { subPath = '', subPathExpr }: VolumeMount,
  env: Readonly<Record<string, string>>,
): readonly string[] => {
  const path =
    subPathExpr?.replace(/\$\((\w+)\)/g, (whole, name: string) => own(env, name) ?? whole) ??
    subPath
  return namesOf(path)
}

/** Behind the links that lead to what is there now. */
export const behindLinks = (tree: Node, names: readonly string[]): Node | undefined => {
  const data = nodeAt(tree, ['..data'])
  return data?.kind === 'link' ? nodeAt(tree, [data.target, ...names]) : nodeAt(tree, names)
}
