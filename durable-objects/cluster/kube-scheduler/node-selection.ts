// kubernetes: component-helpers/scheduling/corev1/nodeaffinity, corev1/helpers.go
import type { NodeSelector, NodeSelectorTerm } from '#api/core/v1/pod/affinity-types.ts'
import type { Node, Taint } from '#api/core/v1/node/types.ts'
import type { Pod, Toleration } from '#api/core/v1/pod/types.ts'
import { holds, isInteger } from '#apimachinery/labels.ts'
import { own } from '#apimachinery/object.ts'
import { satisfies } from '#client/selector-index.ts'

/** The node has what the Pod's nodeSelector and required node affinity ask for. */
export const nodeIsWanted = ({ spec }: Pod, node: Node): boolean => {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return (
    (spec.nodeSelector === undefined || satisfies(node.metadata.labels, spec.nodeSelector)) &&
    (required === undefined || matchesNodeSelector(required, node))
  )
}

/** One of the terms holds. */
const matchesNodeSelector = ({ nodeSelectorTerms }: NodeSelector, node: Node): boolean =>
  nodeSelectorTerms.some((term) => matchesTerm(term, node))

/** All requirements of the term hold. An empty term selects nothing. */
export const matchesTerm = (
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  node: Node,
): boolean =>
  matchExpressions.length + matchFields.length > 0 &&
  matchExpressions.every(({ key, operator, values = [] }) =>
    holds(operator, values, own(node.metadata.labels, key)),
  ) &&
  matchFields.every(({ key, operator, values = [] }) =>
    holds(operator, values, key === 'metadata.name' ? node.metadata.name : undefined),
  )

/** The names of the only nodes that can come into question, if the Pod asks for nodes by name (as those of DaemonSets do). */
export const namedNodes = ({ spec }: Pod): ReadonlySet<string> | undefined => {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (required === undefined) return undefined
  const names = new Set<string>()
  for (const { matchFields = [] } of required.nodeSelectorTerms) {
    const named = matchFields.filter(
      ({ key, operator }) => key === 'metadata.name' && operator === 'In',
    )
    if (named.length === 0) return undefined
    const [first, ...rest] = named.map(({ values = [] }) => values)
    for (const name of first!) if (rest.every((values) => values.includes(name))) names.add(name)
  }
  return names
}

/** kubernetes: Toleration.ToleratesTaint */
export const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  const { effect, key = '', operator = 'Equal', value = '' } = toleration
  if (effect !== undefined && effect !== taint.effect) return false
  if (key !== '' && key !== taint.key) return false
  if (operator === 'Exists') return true
  const actual = taint.value ?? ''
  if (operator === 'Equal') return key !== '' && value === actual
  if (!isInteger(value) || !isInteger(actual)) return false
  return operator === 'Gt' ? Number(actual) > Number(value) : Number(actual) < Number(value)
}

export const isTolerated = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerations.some((toleration) => tolerates(toleration, taint))
