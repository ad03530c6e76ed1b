// Labels of nodes that have another name by now. kubernetes: pkg/api/node/util.go
import type { LabelSelector } from '#apimachinery/labels.ts'
import { own } from '#apimachinery/object.ts'

const DEPRECATED: { readonly [key: string]: string | undefined } = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods':
    'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

/** What is said of a label; undefined: nothing. */
export const deprecatedLabel = (key: string): string | undefined => own(DEPRECATED, key)

/** Goes by key, where upstream goes by Go's random map order. `path` of a key. */
export const labelKeyWarnings = (
  labels: Readonly<Record<string, string>> | undefined,
  path: (key: string) => string,
): readonly string[] =>
  Object.keys(labels ?? {})
    .sort()
    .flatMap((key) => {
      const why = deprecatedLabel(key)
      return why === undefined ? [] : [`${path(key)}: ${why}`]
    })

/** kubernetes: GetWarningsForNodeSelector */
export const nodeSelectorWarnings = (
  { matchExpressions = [], matchLabels }: LabelSelector,
  path: string,
): readonly string[] => [
  ...matchExpressions.flatMap(({ key }, index) => {
    const why = deprecatedLabel(key)
    return why === undefined ? [] : [`${path}.matchExpressions[${index}].key: ${key} is ${why}`]
  }),
  ...labelKeyWarnings(matchLabels, (key) => `${path}.matchLabels.${key}`),
]
