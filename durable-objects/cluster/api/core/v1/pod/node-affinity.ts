// kubernetes: component-helpers scheduling/corev1/nodeaffinity GetRequiredNodeAffinity
import type { NodeSelectorRequirement, NodeSelectorTerm } from '#api/core/v1/pod/affinity-types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { matches, selectorFromMap, type Selector } from '#apimachinery/labels.ts'

const selectorOf = (requirements: readonly NodeSelectorRequirement[]): Selector =>
  requirements.map(({ key, operator, values }) => ({ key, operator, values: values ?? [] }))

/** Whether a node fulfils one term. A term without requirements fits no node. */
export const matchesNodeTerm = (term: NodeSelectorTerm, node: Node): boolean => {
  const expressions = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (expressions.length === 0 && fields.length === 0) return false
  return (
    matches(selectorOf(expressions), node.metadata.labels) &&
    matches(selectorOf(fields), { 'metadata.name': node.metadata.name ?? '' })
  )
}

/** Whether a node fulfils a Pod's nodeSelector and its required node affinity. */
export const matchesNodeAffinity = (spec: PodSpec, node: Node): boolean => {
  const { nodeSelector, affinity } = spec
  if (nodeSelector !== undefined && !matches(selectorFromMap(nodeSelector), node.metadata.labels))
    return false
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required.nodeSelectorTerms.some((t) => matchesNodeTerm(t, node))
}
